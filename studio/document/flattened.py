"""The flat form of a document that is being edited: it is told what has changed, and nothing else is made anew."""

from __future__ import annotations

from typing import Any

from studio.document.difference import difference
from studio.document.document import Document, Node
from studio.document.edits import Edit
from studio.document.flat import Flat, Flattening, has_functions
from studio.document.function_edits import is_cosmetic


class Flattened:
    """The flat form of a document, which follows its edits. Close it when the document is let go."""

    def __init__(self, document: Document) -> None:
        self._root = document
        self._known: dict[str, tuple[Any, Node]] = {}
        self._stale = True
        self._flat = Flat(document)
        self._leave = document.subscribe(self._on_edit)

    def close(self) -> None:
        """Stop following the document."""
        self._leave()

    def _on_edit(self, edit: Edit) -> None:
        self._stale = self._stale or not all(map(is_cosmetic, edit.leaves()))

    def now(self) -> Flat:
        """Return the flat form of the document as it is now: as long as there are functions, one and the same graph."""
        if not self._stale:
            return self._flat
        self._stale = False
        if not has_functions(self._root):
            self._known, self._flat = {}, Flat(self._root)
            return self._flat
        work = Flattening(self._root.functions, self._known)
        work.spread(self._root)
        self._known = work.made
        after = work.contents(self._root)
        document = self._flat.document
        if document is self._root:
            document = Document.of(after)
        elif (change := difference(document, after)).edits:
            document.apply(change)
        self._flat = Flat(document, work.shares, work.problems, work.entries)
        return self._flat
