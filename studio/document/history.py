"""Undo and redo: the edits that were made, in steps a user recognises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from studio.document.document import Document, same
from studio.document.edits import Edit
from studio.document.loose_ends import tied


@dataclass
class _Step:
    label: str
    undo: Edit
    redo: Edit
    merge_key: object


class Editing(Protocol):
    """What edits a graph, a document's own or that of one of its functions, in steps that can be taken back."""

    @property
    def document(self) -> Document:
        """The graph that is edited."""

    @property
    def root(self) -> Document:
        """The whole document."""

    @property
    def function(self) -> str:
        """The function whose graph is edited, "" for the document's own."""

    @property
    def whole(self) -> Editing:
        """What edits the document's own graph, in the same steps."""

    @property
    def labels(self) -> list[str]:
        """The label of each step of the whole document, also of those that were undone."""

    def do(self, edit: Edit) -> None:
        """Apply an edit of this graph as a step; see `History.do`."""

    def seal(self) -> None:
        """End the last step: the next edit begins one of its own."""


class History:
    """The steps that led to a document's present state.

    Parameters
    ----------
    saved
        Whether the document, as it is now, is the one on disk.

    Notes
    -----
    Edits go through `do`. Consecutive edits with the same merge key become one step until `seal` is called, as at the
    end of a drag.

    Examples
    --------
    >>> from studio.document.document import Node
    >>> from studio.document.edits import AddNode, Move
    >>> history = History(Document())
    >>> for edit in (AddNode(Node("a", "op.add")), Move({"a": (1.0, 0.0)}), Move({"a": (2.0, 0.0)})):
    ...     history.do(edit)
    >>> history.labels, history.undo(), history.document.nodes["a"].position
    (['Add node', 'Move'], 'Move', (0.0, 0.0))
    """

    def __init__(self, document: Document, saved: bool = True) -> None:
        self.document = document
        self._steps: list[_Step] = []
        self._done = 0
        self._saved: int | None = 0 if saved else None
        self._open = False

    @property
    def root(self) -> Document:
        """The whole document."""
        return self.document

    @property
    def function(self) -> str:
        """The empty name: the document's own graph is edited."""
        return ""

    @property
    def whole(self) -> Editing:
        """This: the document's own graph is edited."""
        return self

    def within(self, function: str) -> Editing:
        """Return what edits the graph of a function, in the same steps; "" stands for the document's own graph."""
        return _Within(self, function) if function else self

    @property
    def labels(self) -> list[str]:
        """The label of each step, also of those that were undone."""
        return [s.label for s in self._steps]

    @property
    def position(self) -> int:
        """How many of the steps are in force."""
        return self._done

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._done > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to make again."""
        return self._done < len(self._steps)

    @property
    def modified(self) -> bool:
        """Whether the document differs from what was saved last."""
        return self._saved != self._done

    def do(self, edit: Edit) -> None:
        """Apply `edit` as a step, or as part of the last one if their merge keys agree.

        What changes nothing is no step, be it one edit or a drag that ends where it began.
        """
        inverse = self.document.apply(edit)
        if same(inverse, edit):
            return
        if self._saved is not None and self._saved > self._done:
            self._saved = None  # the saved state lay in the future that ends here
        del self._steps[self._done :]
        last = self._steps[-1] if self._steps else None
        if self._open and last and edit.merge_key is not None and edit.merge_key == last.merge_key:
            last.redo = edit  # the same things are set anew: the first inverse still leads back
            if same(last.redo, last.undo):
                self._steps.pop()
                self._done -= 1
                self.seal()
            return
        self._steps.append(_Step(edit.label, inverse, edit, edit.merge_key))
        self._done += 1
        self._open = True

    def seal(self) -> None:
        """End the last step: the next edit begins one of its own."""
        self._open = False

    def undo(self) -> str:
        """Take the last step back and return its label, "" if there is none."""
        if not self.can_undo:
            return ""
        self.seal()
        step = self._steps[self._done - 1]
        self.document.apply(step.undo)
        self._done -= 1
        return step.label

    def redo(self) -> str:
        """Make the step again that was undone last and return its label, "" if there is none."""
        if not self.can_redo:
            return ""
        self.seal()
        step = self._steps[self._done]
        self.document.apply(step.redo)
        self._done += 1
        return step.label

    def go_to(self, position: int) -> None:
        """Take steps back, or make them again, until so many are in force.

        Examples
        --------
        >>> from studio.document.document import Node
        >>> from studio.document.edits import AddNode
        >>> history = History(Document())
        >>> for name in "abc":
        ...     history.do(AddNode(Node(name, "op.add")))
        >>> history.go_to(1), list(history.document.nodes), history.go_to(3), list(history.document.nodes)
        (None, ['a'], None, ['a', 'b', 'c'])
        """
        while self._done > max(position, 0):
            self.undo()
        while self._done < min(position, len(self._steps)):
            self.redo()

    def mark_saved(self) -> None:
        """Remember that the present state is the one on disk."""
        self._saved = self._done
        self.seal()

    def mark_unsaved(self) -> None:
        """Remember that no state is on disk any more."""
        self._saved = None
        self.seal()


class _Within:
    """Edits the graph of a function."""

    def __init__(self, history: History, function: str) -> None:
        self._history = history
        self.function = function
        self.document = history.document.functions[function]

    @property
    def root(self) -> Document:
        return self._history.document

    @property
    def whole(self) -> Editing:
        return self._history

    @property
    def labels(self) -> list[str]:
        return self._history.labels

    def do(self, edit: Edit) -> None:
        self._history.do(tied(self.root, self.function, edit))

    def seal(self) -> None:
        self._history.seal()
