"""Collects the texts of the program into the catalogues: ``python -m studio.ui.extract``.

It reads the source, not the running program: the arguments of ``_``, ``N_``, ``ngettext`` and ``NN_``, the templates
and hints of the engine's errors, the labels of edits. What the engine's registries declare comes from the catalogue of
nodes. Translations that are already there are kept; what is missing is listed. Needs babel, which the program does not.
"""

from __future__ import annotations

import ast
import io
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as BabelMessage
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from engine.core.param import Param
from studio.document import function, library
from studio.document.catalogue import CATALOGUE
from studio.document.function import OWN_PARAMS
from studio.document.nodetype import Catalogue
from studio.ui import phrases
from studio.ui.i18n import DOMAIN, LANGUAGES, words
from studio.ui.resources import resource

Message = str | tuple[str, str]

_ROOT: Final = Path(__file__).resolve().parents[2]
_SOURCES: Final = ("engine", "studio")
_MARKERS: Final = ("_", "N_")
_FORMS: Final = ("ngettext", "NN_")
# A date in the header would change with each run and nothing else.
_DATE: Final = datetime(2026, 1, 1, tzinfo=UTC)


def messages(catalogue: Catalogue | None = None) -> dict[Message, list[str]]:
    """Return all texts to be translated, each with the files it is in."""
    found: dict[Message, set[str]] = defaultdict(set)
    trees = {
        path.relative_to(_ROOT).as_posix(): ast.parse(path.read_text("utf-8"))
        for folder in _SOURCES
        for path in sorted((_ROOT / folder).rglob("*.py"))
    }
    errors = error_classes(trees.values())
    for file, tree in trees.items():
        for text in texts_of(tree, errors):
            found[text].add(file)
    for family in (function.FAMILY, library.FAMILY):  # of types that are no part of the program
        found[family].add("studio/document")
    for text in (*phrases.PATTERNS, *phrases.WORDS):
        found[text].add("studio/ui/phrases.py")
    # the types of functions come with documents; what all of them can be told is known here
    shown = (*catalogue_texts(catalogue), *_param_texts(OWN_PARAMS)) if catalogue is not None else ()
    for text in shown:
        found[text].add("engine")
    return {text: sorted(files) for text, files in found.items() if text}


#: Classes of which the first argument is a text for the user.
_LABELLED: Final = ("Compound", "Fix")


def error_classes(trees: Iterable[ast.Module]) -> set[str]:
    """Return the names of `EngineError` and of all classes derived from it."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    known = {"EngineError"}
    while more := {name for name, above in bases.items() if above & known} - known:
        known |= more
    return known


def texts_of(tree: ast.Module, errors: Iterable[str]) -> Iterator[Message]:
    """Yield the texts of one module."""
    errors = set(errors)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _texts_of_call(node, errors)
        elif isinstance(node, ast.ClassDef):
            for statement in node.body:
                if isinstance(statement, ast.Assign) and _target(statement) == "label":
                    yield from _literals(statement.value)


def _texts_of_call(call: ast.Call, errors: set[str]) -> Iterator[Message]:
    name = getattr(call.func, "id", None) or getattr(call.func, "attr", "")
    hint = next((k.value for k in call.keywords if k.arg == "hint"), None)
    first = call.args[0] if call.args else None
    if name in _MARKERS and first is not None:
        yield from _literals(first)
    elif name in _FORMS and len(call.args) >= 2:
        yield from zip(_literals(call.args[0]), _literals(call.args[1]), strict=True)
    elif (name in errors or hint is not None or name in _LABELLED) and first is not None:
        yield from _literals(first)
    if hint is not None:
        yield from _literals(hint)


def _literals(node: ast.expr) -> Iterator[str]:
    """Yield the string, or both strings of ``a if condition else b``."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)


def _target(statement: ast.Assign) -> str:
    target = statement.targets[0]
    return target.id if isinstance(target, ast.Name) else ""


def catalogue_texts(catalogue: Catalogue) -> Iterator[str]:
    """Yield what the node types of `catalogue` show: titles, families, summaries, names and helps of params, ports.

    And what they are found by: synonyms, but for signs.
    """
    for node_type in catalogue.values():
        if not is_name(node_type.id, node_type.title):
            yield node_type.title
        yield node_type.summary
        yield node_type.family
        yield from (word for word in node_type.keywords if word.isascii() and any(map(str.isalpha, word)))
        for port in (*node_type.inputs, *node_type.outputs):
            yield words(port.name)
        yield from _param_texts(node_type.params)


def _param_texts(params: Mapping[str, Param]) -> Iterator[str]:
    for name, param in params.items():
        yield words(name)
        yield param.help
        yield param.unit


def is_name(id: str, title: str) -> bool:
    """Return whether the title of a layer or an op is its name in the engine, which no language translates.

    Examples
    --------
    >>> is_name("layer.Dense", "Dense"), is_name("op.reduce_mean", "ReduceMean"), is_name("data.spiral", "Spiral")
    (True, True, False)
    """
    category, _dot, name = id.partition(".")
    return category in ("layer", "op") and _bare(name) == _bare(title)


def _bare(name: str) -> str:
    return name.replace("_", "").replace(" ", "").lower()


def update(catalogue: Catalogue | None = None) -> list[str]:
    """Write the template and bring the catalogues up to date; return the texts that lack a translation."""
    template = _new(None)
    for text, files in messages(catalogue).items():
        template.add(text, locations=[(file, 1) for file in files])
    _write(template, resource("locale", f"{DOMAIN}.pot"))
    missing = []
    for code in sorted(LANGUAGES.keys() - {"en"}):
        path = resource("locale", code, "LC_MESSAGES", f"{DOMAIN}.po")
        translated = _new(code)
        for message in _read(path, code) if path.exists() else ():
            if message.id:
                translated[message.id] = message
        translated.update(template, no_fuzzy_matching=True)
        translated.obsolete.clear()
        missing += [f"{code}: {message.id}" for message in translated if not is_translated(message)]
        _write(translated, path)
        path.with_suffix(".mo").write_bytes(compiled(path))
    return missing


def is_translated(message: BabelMessage) -> bool:
    """Return whether all forms of a text have a translation."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(all(forms) or not message.id)


def compiled(path: Path) -> bytes:
    """Return the binary form of the catalogue in the file `path`."""
    result = io.BytesIO()
    write_mo(result, _read(path))
    return result.getvalue()


def _new(code: str | None) -> Catalog:
    return Catalog(
        locale=code,
        project="Trenza",
        version="0",
        header_comment="# Texts of Trenza. Written by studio/ui/extract.py, which keeps the translations.",
        msgid_bugs_address="",
        last_translator="The Trenza authors",
        language_team="The Trenza authors",
        creation_date=_DATE,
        revision_date=_DATE,
        fuzzy=False,
    )


def _read(path: Path, code: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=code, domain=DOMAIN)


def _write(catalog: Catalog, path: Path) -> None:
    with path.open("wb") as file:
        write_po(file, catalog, sort_output=True, include_lineno=False, width=120)


if __name__ == "__main__":
    lacking = update(CATALOGUE)
    print(*lacking, sep="\n", file=sys.stderr)
    sys.exit(bool(lacking))
