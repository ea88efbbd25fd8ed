"""Finding and replacing values of parameters, without a widget."""

from __future__ import annotations

import pytest
from graphs import build

from studio.document.catalogue import CATALOGUE
from studio.document.document import Document
from studio.document.history import History
from studio.inspector.replacing import Search, changes, names, replacement, values
from studio.ui import i18n

pytest_plugins = ("look",)


@pytest.fixture
def document(look: object) -> Document:
    return build(
        {
            "a": ("layer.Dense", {"units": 16, "activation": "relu"}),
            "b": ("layer.Dense", {"units": 16, "activation": None}),
            "c": ("layer.LSTM", {"units": 32}),
            "d": ("layer.Dropout", {"rate": 0.5}),
            "e": ("layer.Dropout", {"rate": 0.25}),
            "odd": ("plugin.Odd", {"units": 16}),
        }
    )


def found(document: Document, name: str, old: str, new: str, ids=None) -> dict[str, tuple[str, str]]:
    return {
        c.node: (c.before, c.after) for c in changes(document, CATALOGUE, Search(name, old, new, ids)) if not c.error
    }


def test_parameters_and_values_are_listed_by_how_many_have_them(document: Document) -> None:
    counts = names(document, CATALOGUE)
    assert (counts["units"], counts["rate"], counts["activation"]) == (3, 2, 3)
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    assert values(document, CATALOGUE, "units") == ["16", "32"]
    assert names(document, CATALOGUE, ["d"])["rate"] == 1


@pytest.mark.parametrize(
    ("name", "old", "new", "ids", "wanted"),
    [
        ("units", "16", "64", None, {"a": ("16", "64"), "b": ("16", "64")}),
        ("units", "", "64", None, {"a": ("16", "64"), "b": ("16", "64"), "c": ("32", "64")}),
        ("units", "", "16", None, {"c": ("32", "16")}),
        ("units", " 16 ", "64", ["b", "c"], {"b": ("16", "64")}),
        ("units", "17", "64", None, {}),
        ("rate", "0.50", "0,1", None, {"d": ("0.5", "0.1")}),
        ("activation", "none", "tanh", ["a", "b"], {"b": ("none", "tanh")}),
        ("activation", "relu", "none", ["a", "b"], {"a": ("relu", "none")}),
        ("use_bias", "true", "false", ["a"], {"a": ("true", "false")}),
    ],
)
def test_what_would_change(document: Document, name: str, old: str, new: str, ids, wanted) -> None:
    assert found(document, name, old, new, ids) == wanted


def test_words_of_the_language_are_understood(document: Document) -> None:
    i18n.set_language("es")
    assert found(document, "use_bias", "verdadero", "falso", ["a"]) == {"a": ("verdadero", "falso")}
    assert found(document, "activation", "relu", "ninguno", ["a"]) == {"a": ("relu", "ninguno")}
    assert found(document, "rate", "0,5", "0,1") == {"d": ("0,5", "0,1")}


def test_a_value_that_is_refused_is_told_in_the_words_of_the_engine(document: Document) -> None:
    (a, b, c) = changes(document, CATALOGUE, Search("units", "", "0"))
    assert all("is 0. It takes a whole number of 1 or more." in str(change.error) for change in (a, b, c))
    mixed = changes(document, CATALOGUE, Search("activation", "", "no such thing", ["a"]))
    assert [change.error is not None for change in mixed] == [True]


def test_a_replacement_is_one_step(document: Document) -> None:
    history = History(document)
    history.do(replacement("units", changes(document, CATALOGUE, Search("units", "16", "64"))))
    assert [document.nodes[id].params["units"] for id in ("a", "b", "c", "odd")] == [64, 64, 32, 16]
    assert history.labels == ["Replace values"]
    history.undo()
    assert [document.nodes[id].params["units"] for id in ("a", "b", "c")] == [16, 16, 32]
