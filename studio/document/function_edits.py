"""Edits of a document's functions: they come and go, and edits take place within them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.core.errors import InvalidArgumentError
from studio.document.document import Contents, Document, check_name
from studio.document.edits import COSMETIC, AddNode, Compound, Edit, SetTitle
from studio.document.function import function_of, reaches, title_of


class _Root:
    """An edit of the whole document, whichever of its graphs is being looked at."""

    merge_key: object = None

    def leaves(self) -> Iterator[Any]:
        yield self


@dataclass(frozen=True)
class AddFunction(_Root):
    """Give the document a function."""

    id: str
    contents: Contents
    label = "Add function"

    def carry_out(self, document: Document) -> Edit:
        check_name(self.id, "function")
        if self.id in document.functions:
            raise InvalidArgumentError(
                "There is already a {what} '{node}' in this document.", what="function", node=self.id
            )
        document._functions[self.id] = Document.of(self.contents)
        return RemoveFunction(self.id)


@dataclass(frozen=True)
class RemoveFunction(_Root):
    """Take a function away. Nodes that stand for it stay, as placeholders."""

    id: str
    label = "Delete function"

    def carry_out(self, document: Document) -> Edit:
        _require(document, self.id)
        return AddFunction(self.id, document._functions.pop(self.id).contents())


@dataclass(frozen=True)
class Within(_Root):
    """An edit of the graph of a function."""

    function: str
    edit: Edit

    @property
    def label(self) -> str:
        """That of the edit itself."""
        return self.edit.label

    @property
    def merge_key(self) -> object:  # type: ignore[override]
        """That of the edit itself, within this function."""
        key = self.edit.merge_key
        return None if key is None else ("within", self.function, key)

    def carry_out(self, document: Document) -> Edit:
        _require(document, self.function)
        for leaf in self.edit.leaves():
            if isinstance(leaf, AddNode) and (inner := function_of(leaf.node)) is not None:
                _refuse_circle(document, self.function, inner)
        return Within(self.function, document.functions[self.function].apply(self.edit))

    def leaves(self) -> Iterator[Any]:
        for leaf in self.edit.leaves():
            yield Within(self.function, leaf)


def _require(document: Document, function: str) -> None:
    if function not in document.functions:
        raise InvalidArgumentError("There is no {what} '{name}' in this document.", what="function", name=function)


def _refuse_circle(document: Document, function: str, inner: str) -> None:
    if reaches(document.functions, inner, function):
        raise InvalidArgumentError(
            "The function '{function}' would contain itself.",
            hint="Put another node there, or make a copy of the function first.",
            function=title_of(function, document.functions[function]),
        )


def within(function: str, edit: Edit) -> Edit:
    """Return an edit of the graph of a function as one of its document; for "", the document's own graph.

    What concerns the whole document stays as it is.

    Examples
    --------
    >>> from studio.document.edits import RemoveNode
    >>> within("block", RemoveNode("a")), within("block", RemoveFunction("other"))
    (Within(function='block', edit=RemoveNode(id='a')), RemoveFunction(id='other'))
    """
    if not function or isinstance(edit, _Root):
        return edit
    if isinstance(edit, Compound) and any(isinstance(leaf, _Root) for leaf in edit.leaves()):
        return Compound(edit.label, tuple(within(function, part) for part in edit.edits), edit.merge_key)
    return Within(function, edit)


def is_cosmetic(leaf: Edit) -> bool:
    """Return whether every wire, of every graph, still carries after a simple edit what it carried before."""
    if isinstance(leaf, Within):
        return isinstance(leaf.edit, COSMETIC) and not isinstance(leaf.edit, SetTitle)  # that may name a port
    return isinstance(leaf, COSMETIC)
