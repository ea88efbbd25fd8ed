"""What the selected nodes have in common. Knows no widget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.core.param import Param
from studio.document.document import Document, Node
from studio.document.edits import UNSET, Compound, Edit, SetParams
from studio.document.nodetype import Catalogue, NodeType

MIXED: Final = object()
"""Stands for the value of a parameter in which the selected nodes differ."""


@dataclass(frozen=True)
class Selection:
    """Nodes of a document, with their types; nodes of unknown types take no part."""

    nodes: tuple[Node, ...] = ()
    types: tuple[NodeType, ...] = ()

    @classmethod
    def of(cls, document: Document, catalogue: Catalogue, ids: Sequence[str]) -> Selection:
        """Return the selection of the nodes called `ids`, as the document has them now."""
        nodes = tuple(document.nodes[id] for id in ids if id in document.nodes)
        known = tuple(node for node in nodes if node.type in catalogue)
        return cls(known, tuple(catalogue[type] for type in dict.fromkeys(node.type for node in known)))

    @property
    def params(self) -> dict[str, Param]:
        """The parameters that all types declare alike."""
        if not self.types:
            return {}
        first, *others = self.types
        return {n: p for n, p in first.params.items() if all(t.params.get(n) == p for t in others)}

    def value(self, name: str) -> Any:
        """Return the value that all nodes have, `MIXED` if they differ, `REQUIRED` where it is still to be given."""
        param = self.params[name]
        values = [param.to_json(node.params.get(name, param.default)) for node in self.nodes]
        return values[0] if all(v == values[0] for v in values) else MIXED

    def is_default(self, name: str) -> bool:
        """Return whether no node was told anything else; a parameter without a default has no way back to it."""
        param = self.params[name]
        if param.required:
            return True
        plain = param.to_json(param.default)
        return all(param.to_json(node.params.get(name, param.default)) == plain for node in self.nodes)

    def set(self, name: str, value: Any) -> Edit:
        """Return the edit that gives all nodes this value, or the default for `UNSET`."""
        plain = self.params[name].to_json(value) if value is not UNSET else UNSET
        edits = tuple(SetParams(node.id, {name: plain}) for node in self.nodes)
        if len(edits) == 1:
            return edits[0]
        return Compound(SetParams.label, edits, ("params", tuple(n.id for n in self.nodes), name))
