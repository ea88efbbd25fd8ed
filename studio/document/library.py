"""The library: functions that a user keeps beside documents, to be taken into any of them.

Each is a file of its own, an ordinary document: it holds the function, those that it contains, and one node that stands
for it. To take one into a document copies it: what becomes of the library later does not change the document.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from engine.core.errors import DataLossError, UnavailableError
from studio.document import function_errors
from studio.document.adopt import adopt
from studio.document.document import Contents, Document, Node
from studio.document.edits import AddNode, Compound, Edit, SetSetting
from studio.document.enclose import stem_of
from studio.document.file import dumps, load, reason_of, write_text
from studio.document.function import PREFIX, TITLE, Definition, contained, functions_in, reaches, title_of
from studio.document.nodetype import Catalogue, NodeType
from studio.document.types import Types

LIBRARY: Final = "library."
"""What the types of functions in the library begin with; the name of the file follows."""

FAMILY: Final = "my functions"
SUFFIX: Final = ".trenza"


@dataclass(frozen=True)
class Kept:
    """A function in the library: its file, the document that this holds, and which of its functions is meant."""

    path: Path
    document: Document
    function: str

    @property
    def type_id(self) -> str:
        """The id of its type of nodes."""
        return LIBRARY + self.path.stem

    @property
    def title(self) -> str:
        """What it is called."""
        return title_of(self.function, self.document.functions[self.function])

    def node_type(self) -> NodeType:
        """Return the type of the nodes that are added for it."""
        types = Types(self.document)
        return replace(types[PREFIX + self.function], id=self.type_id, family=FAMILY)

    def is_same(self, functions: Mapping[str, Document], id: str) -> bool:
        """Return whether a function of a document, with all that it contains, is this one to the letter."""
        foreign = {i: functions[i] for i in contained(functions, [id]) if i in functions}
        edits, names = adopt(self.document.functions, foreign)
        return not edits and names[id] == self.function


# --------------------------------------------------------------------------------------------------------------- files


def read(path: Path) -> Kept:
    """Return the function that a file of the library holds.

    Raises
    ------
    EngineError
        As `load`; and if the document is none of the library.
    """
    document = load(path)
    meant = functions_in(document)
    if len(meant) != 1:
        raise DataLossError(
            "{file} holds no function of the library.",
            hint="Such a document has nodes that stand for one function, and for no other.",
            file=path.name,
        )
    functions = document.functions
    for id in contained(functions, meant):
        if id not in functions:
            raise function_errors.missing(id)
        if any(reaches(functions, inner, id) for inner in functions_in(functions[id])):
            raise function_errors.endless(title_of(id, functions[id]))
    return Kept(path, document, meant[0])


def document_of(functions: Mapping[str, Document], id: str) -> Document:
    """Return the document that is a function's file: the function, those that it contains, a node that stands for it.

    Examples
    --------
    >>> found = document_of({"f": Document(), "other": Document()}, "f")
    >>> list(found.functions), list(found.nodes.values())[0].type
    (['f'], 'function.f')
    """
    kept = {i: functions[i].contents() for i in contained(functions, [id]) if i in functions}
    return Document.of(Contents({id: Node(id, PREFIX + id)}, functions=kept))


def put(folder: Path, functions: Mapping[str, Document], id: str, over: Kept | None = None) -> Path:
    """Put a function into the library, as a new file or in place of another, and return where it is.

    Raises
    ------
    UnavailableError
        If it cannot be written; the library is as it was.
    """
    document = document_of(functions, id)
    if over is not None:
        write_text(dumps(document), over.path)
        return over.path
    return _write_new(folder, title_of(id, functions[id]), dumps(document))


def rename(kept: Kept, title: str) -> Path:
    """Give a function of the library another title, and its file another name, which is returned.

    Raises
    ------
    UnavailableError
        As `put`.
    """
    document = Document.of(kept.document.contents())
    document.functions[kept.function].apply(SetSetting(TITLE, title))
    path = _write_new(kept.path.parent, title, dumps(document))
    remove(kept.path)
    return path


def remove(path: Path) -> None:
    """Take a file out of the library; one that another window has taken out is gone, too.

    Raises
    ------
    UnavailableError
        If the system does not allow it.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise UnavailableError(
            "{path} cannot be deleted: {why}.",
            hint="Look at who may change the folder.",
            path=path,
            why=reason_of(error),
        ) from error


def _write_new(folder: Path, title: str, text: str) -> Path:
    """Write a file under a name that none has, be it given by another window at this moment."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(
            "{path} cannot be saved: {why}.",
            hint="Look at who may change the folder.",
            path=folder,
            why=reason_of(error),
        ) from error
    whole = folder / f".{secrets.token_hex(6)}.tmp"
    write_text(text, whole)
    try:
        return next(path for path in _names(folder, title) if _claim(whole, path))
    finally:
        with contextlib.suppress(OSError):
            whole.unlink()


def _names(folder: Path, title: str) -> Iterator[Path]:
    stem, number = stem_of(title), 1
    while True:
        yield folder / f"{stem}{f'_{number}' if number > 1 else ''}{SUFFIX}"
        number += 1


def _claim(whole: Path, path: Path) -> bool:
    """Give a whole file its name; return whether the name was free."""
    try:
        os.link(whole, path)  # unlike a rename, it never replaces
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        if path.exists():
            return False
        os.replace(whole, path)
    return True


# ---------------------------------------------------------------------------------------------------- into documents


def taken_in(edit: Edit, types: Catalogue, functions: Mapping[str, Document]) -> Edit:
    """Return an edit that adds nodes for functions of the library as one that adds these functions, too.

    Parameters
    ----------
    types
        Where the types of the library are found.
    functions
        Those that the document has. One that is among them already, to the letter, is used as it is.
    """
    wanted = dict.fromkeys(
        leaf.node.type
        for leaf in edit.leaves()
        if isinstance(leaf, AddNode) and leaf.node.type.startswith(LIBRARY) and leaf.node.type in types
    )
    added: list[Edit] = []
    called: dict[str, str] = {}
    for type_id in wanted:
        definition = types[type_id].make
        assert isinstance(definition, Definition)
        foreign = {id: definition.functions[id] for id in contained(definition.functions, [definition.id])}
        edits, names = adopt(functions, foreign)
        functions = {**functions, **{edit.id: Document.of(edit.contents) for edit in edits}}
        added += edits
        called[type_id] = PREFIX + names[definition.id]
    return Compound(edit.label, (*added, _renamed(edit, called)), edit.merge_key) if wanted else edit


def _renamed(edit: Edit, called: Mapping[str, str]) -> Edit:
    if isinstance(edit, Compound):
        return Compound(edit.label, tuple(_renamed(part, called) for part in edit.edits), edit.merge_key)
    if isinstance(edit, AddNode) and edit.node.type in called:
        return AddNode(replace(edit.node, type=called[edit.node.type]), edit.index)
    return edit
