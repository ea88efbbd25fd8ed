"""The catalogues are complete: no text without a translation, no placeholder lost, nothing stale."""

from __future__ import annotations

import ast
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from engine.core.param import Param
from studio.document.catalogue import CATALOGUE
from studio.document.nodetype import Catalogue, NodeType, Port
from studio.ui import extract
from studio.ui.i18n import LANGUAGES
from studio.ui.resources import resource

pytest_plugins = ("look",)
pytestmark = pytest.mark.usefixtures("look")

AGAIN = "Run: python -m studio.ui.extract"


def po(code: str):
    return resource("locale", code, "LC_MESSAGES", "trenza.po")


def entries(code: str) -> dict[extract.Message, tuple[str, ...]]:
    with po(code).open("rb") as file:
        found = [message for message in read_po(file, locale=code) if message.id]
    return {tuple(m.id) if m.pluralizable else m.id: tuple(m.string) if m.pluralizable else (m.string,) for m in found}


def placeholders(text: str) -> set[str | None]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", sorted(LANGUAGES.keys() - {"en"}))
def test_every_text_is_translated(code: str) -> None:
    known = entries(code)
    wanted = extract.messages(CATALOGUE)
    assert [text for text in wanted if not all(known.get(text, ("",)))] == [], AGAIN
    assert [text for text in known if text not in wanted] == [], AGAIN


@pytest.mark.parametrize("code", sorted(LANGUAGES.keys() - {"en"}))
def test_translations_keep_the_placeholders(code: str) -> None:
    for text, translations in entries(code).items():
        forms = text if isinstance(text, tuple) else (text,)
        wanted = [placeholders(form) for form in forms]  # the form for one may do without the number
        assert all(placeholders(translation) in wanted for translation in translations if translation), text


@pytest.mark.parametrize("code", sorted(LANGUAGES.keys() - {"en"}))
def test_the_binary_catalogue_is_that_of_the_texts(code: str) -> None:
    assert po(code).with_suffix(".mo").read_bytes() == extract.compiled(po(code)), AGAIN


def texts(source: str) -> set[extract.Message]:
    tree = ast.parse(source)
    return set(extract.texts_of(tree, extract.error_classes([tree])))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('_("Save")', {"Save"}),
        ('N_("Save")', {"Save"}),
        ('ngettext("{n} node", "{n} nodes", n)', {("{n} node", "{n} nodes")}),
        ('class MyError(EngineError): ...\nraise MyError("No.", hint="Yes.")', {"No.", "Yes."}),
        ('EngineError("No.", hint="A." if x else "B.")', {"No.", "A.", "B."}),
        ('refuse("No.", hint="Yes.")', {"No.", "Yes."}),
        ('class Move:\n    label = "Move"', {"Move"}),
        ('Compound("Delete", ())', {"Delete"}),
        ("_(text)", set()),
        ('print("Not shown")', set()),
    ],
)
def test_what_is_collected(source: str, found: set[extract.Message]) -> None:
    assert texts(source) == found


def test_node_types_yield_what_they_show() -> None:
    catalogue: Catalogue = Catalogue("node type")
    param = Param("int", 1, "How many.", unit="samples")
    ports, params = (Port("x_true"),), {"batch_size": param}
    one = NodeType("data.spiral", "data", "Spiral", "Two arms.", (), ports, params, family="data sets")
    dense = NodeType("layer.Dense", "layer", "Dense", "Fully connected.", family="basic")
    for node_type in (one, dense):
        catalogue.add(node_type.id, node_type)
    found = set(extract.catalogue_texts(catalogue))
    shown = {"Spiral", "Two arms.", "x true", "batch size", "How many.", "samples", "Fully connected."}
    assert found == shown | {"data sets", "basic"}
