"""The flat form of a document that is being edited: it is told what has changed, and nothing else is made anew."""

from __future__ import annotations

import time
from typing import Any

from studio.document.difference import differing
from studio.document.document import Document, Node
from studio.document.edits import Edit
from studio.document.flat import Flat, Flattening, has_functions
from studio.document.function_edits import is_cosmetic
from studio.document.work import Work


class Flattened:
    """The flat form of a document, which follows its edits. Close it when the document is let go."""

    def __init__(self, document: Document) -> None:
        self._root = document
        self._known: dict[str, tuple[Any, Node]] = {}
        self._stale = True
        self._begun: Work[None] | None = None
        self._flat = Flat(document)
        self._leave = document.subscribe(self._on_edit)

    def close(self) -> None:
        """Stop following the document."""
        self._leave()

    def _on_edit(self, edit: Edit) -> None:
        if not all(map(is_cosmetic, edit.leaves())):
            self._stale, self._begun = True, None

    def now(self) -> Flat:
        """Return the flat form of the document as it is now: as long as there are functions, one and the same graph."""
        self.advance()
        return self._flat

    def advance(self, seconds: float = float("inf")) -> bool:
        """Follow the document, for so many seconds at most; return whether `now` has nothing left to do."""
        if not self._stale:
            return True
        if not has_functions(self._root):
            self._stale, self._known, self._flat = False, {}, Flat(self._root)
            return True
        end = time.perf_counter() + seconds
        if self._begun is None:
            self._begun = self._following()
        for _part in self._begun:
            if time.perf_counter() > end:
                return False
        self._stale, self._begun = False, None
        return time.perf_counter() <= end  # what comes next has a turn of its own

    def _following(self) -> Work[None]:
        """Bring the flat graph up to date in small parts; until the last is done, it is as it was."""
        work = Flattening(self._root.functions, self._known, self._flat.document.wires)
        yield from work.spread(self._root)
        after = work.contents(self._root)
        document = self._flat.document
        if document is self._root:
            document = Document.of(after)
        elif (change := (yield from differing(document, after))).edits:
            document.apply(change)
        self._known = work.made
        self._flat = Flat(document, work.shares, work.problems, work.entries)
