"""The types of nodes that can be added: those of the program, and those of functions."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from studio.document.catalogue import CATALOGUE
from studio.document.document import Document
from studio.document.edits import Edit, Move
from studio.document.flat import MAX_DEPTH
from studio.document.function import INPUT, OUTPUT, PREFIX, function_type, reaches
from studio.document.function_edits import AddFunction, RemoveFunction, Within
from studio.document.nodetype import Catalogue, NodeType

_versions: Final = itertools.count(1)
"""One for each type that is made: what is learned of a function of one document is not true of another's."""


Library = Mapping[str, NodeType]
EMPTY: Final[Library] = MappingProxyType({})


class Types(Catalogue):
    """A catalogue that follows the functions of a document.

    Parameters
    ----------
    document
        Whose functions are node types, too.
    function
        The function in whose graph the types are to be used; "" for the document's own graph. Listed are those that
        make sense there: no ports of functions outside of functions, no function within itself.
    base
        The types of the program.
    library
        Those of the functions in the user's library, which may come and go.

    Examples
    --------
    >>> from studio.document.document import Contents
    >>> document = Document()
    >>> types = Types(document)
    >>> undo = document.apply(AddFunction("block", Contents(settings={"title": "My block"})))
    >>> types["function.block"].title, "function.block" in list(types), "port.input" in list(types)
    ('My block', True, False)
    """

    def __init__(
        self, document: Document, function: str = "", base: Catalogue = CATALOGUE, library: Library = EMPTY
    ) -> None:
        super().__init__("node type")
        self.function = function
        self._base, self._library = base, library
        self._depth = 0
        self._document = document
        self._leave = document.subscribe(self._on_edit)

    def close(self) -> None:
        """Stop following the document."""
        self._leave()

    def _on_edit(self, edit: Edit) -> None:
        # A type may show what lies in functions within: all are made anew when they are next asked for.
        if any(map(_shapes_a_function, edit.leaves())):
            self._records.clear()

    def __getitem__(self, name: str) -> NodeType:
        if (kept := self._library.get(name)) is not None:
            return kept
        if name in self._base or name not in self:
            return self._base[name]
        if name not in self._records:
            # one that contains itself, or too many others, in a file that somebody wrote by hand, meets this
            self._records[name] = NodeType(name, "function", name, "")
            if self._depth > MAX_DEPTH:
                return self._records.pop(name)
            self._depth += 1
            id = name.removeprefix(PREFIX)
            self._records[name] = function_type(id, self._document.functions, self, next(_versions))
            self._depth -= 1
        return self._records[name]

    def __contains__(self, name: object) -> bool:
        return (
            name in self._base
            or name in self._library
            or (isinstance(name, str) and name.startswith(PREFIX) and name[len(PREFIX) :] in self._document.functions)
        )

    def __iter__(self) -> Iterator[str]:
        hidden = () if self.function else (INPUT, OUTPUT)
        yield from (id for id in self._base if id not in hidden)
        functions = self._document.functions
        yield from (PREFIX + id for id in functions if not self.function or not reaches(functions, id, self.function))
        yield from self._library

    def __len__(self) -> int:
        return sum(1 for _id in self)


def _shapes_a_function(leaf: Edit) -> bool:
    return isinstance(leaf, AddFunction | RemoveFunction) or (
        isinstance(leaf, Within) and not isinstance(leaf.edit, Move)
    )
