"""Parameters that a function exposes, as their nodes make way for others."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from studio.document.document import Document
from studio.document.edits import UNSET, SetSetting
from studio.document.function import EXPOSED, Exposed, exposed


class Owner(NamedTuple):
    """Whose an exposed parameter is: a node, and what the parameter is called there."""

    node: str
    param: str


def handed_on(graph: Document, heir: Callable[[Exposed], Owner | None]) -> list[SetSetting]:
    """Return the edits, none or one, after which the parameters that a graph exposes are those of their heirs.

    Parameters
    ----------
    heir
        Returns whose an exposed parameter is from now on; None if it is nobody's.

    Examples
    --------
    >>> from studio.document.document import Contents, Node
    >>> graph = Document.of(Contents({"a": Node("a", "layer.Dense")}, settings={"exposed": (("width", "a", "units"),)}))
    >>> handed_on(graph, lambda entry: Owner("b", entry.param))
    [SetSetting(name='exposed', value=(('width', 'b', 'units'),))]
    >>> handed_on(graph, lambda entry: Owner(entry.node, entry.param))
    []
    """
    before = list(exposed(graph))
    after = [Exposed(entry.name, *owner) for entry in before if (owner := heir(entry)) is not None]
    return [SetSetting(EXPOSED, after or UNSET)] if after != before else []
