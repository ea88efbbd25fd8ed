"""Constant folding: what is known before the program runs is computed once."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from engine.core.dtype import Array
from engine.core.op import as_arrays
from engine.graph.graph import Graph, Node, Value, constant_node
from engine.graph.rewrite import Outcome, Rule, rewrite

#: A folded result may have this many elements; beyond, it costs more memory than it saves time.
MOST_ELEMENTS: Final = 4096


def known(value: Value) -> Array | None:
    """Return the array that a value is known to be, or None."""
    array: Array | None = value.node.attrs.get("value") if value.node.op.name == "constant" else None
    return array


def _stand_in(node: Node, index: int) -> Array | None:
    """Return an array for an operand: its values, or one of its shape if only that matters."""
    value = node.inputs[index]
    array = known(value)
    if array is None and index in node.op.shape_only and value.spec.shape.is_static:
        shape = tuple(d for d in value.spec.shape if d is not None)
        return np.broadcast_to(np.zeros((), value.spec.dtype.as_numpy_dtype), shape)
    return array


def _fold(node: Node) -> Outcome:
    if (
        node.op.stateful
        or node.op.name in ("placeholder", "constant")
        or not all(s.shape.is_static for s in node.specs)
    ):
        return None
    if any(math.prod(d or 0 for d in s.shape) > MOST_ELEMENTS for s in node.specs):
        return None
    arrays = [_stand_in(node, i) for i in range(len(node.inputs))]
    if any(a is None for a in arrays):
        return None
    results = as_arrays(node.op.reference(*arrays, **node.attrs))
    return [constant_node(np.asarray(a), node.origin).outputs[0] for a in results]


RULES: Final = (Rule("f(constants) -> constant", (), _fold),)


def fold(graph: Graph) -> Graph:
    """Return the graph with constant subgraphs replaced by their values."""
    return rewrite(graph, RULES, "fold")
