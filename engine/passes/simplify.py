"""Algebra: ops that change nothing, or that two of cancel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from engine.core.shape import TensorShape
from engine.graph.graph import Graph, Node, Value
from engine.graph.known import known
from engine.graph.rewrite import Outcome, Rule, rewrite


def _is(value: Value, number: float) -> bool:
    array = known(value)
    return array is not None and array.size > 0 and bool((array == number).all())


def _keeps(node: Node, value: Value) -> Outcome:
    """Return `value` in place of the node, if it has the node's shape and dtype."""
    spec = node.specs[0]
    same = value.spec == spec and spec.shape.is_static
    return [value] if same else None


def _neutral(number: float, *positions: int) -> Callable[[Node], Outcome]:
    def apply(node: Node) -> Outcome:
        for position in positions:
            if _is(node.inputs[position], number):
                return _keeps(node, node.inputs[1 - position])
        return None

    return apply


def _itself(node: Node) -> Outcome:
    return [node.inputs[0]]


def _same_shape(node: Node) -> Outcome:
    return _keeps(node, node.inputs[0])


def _same_dtype(node: Node) -> Outcome:
    return [node.inputs[0]] if node.inputs[0].spec.dtype is node.attrs["dtype"] else None


def _transposed_twice(node: Node) -> Outcome:
    inner = node.inputs[0].node
    if inner.op.name != "transpose":
        return None
    rank = len(node.specs[0].shape)
    back = tuple(reversed(range(rank)))
    outer_perm = node.attrs["perm"] or back
    inner_perm = inner.attrs["perm"] or back
    cancels = all(inner_perm[p] % rank == i for i, p in enumerate(outer_perm))
    return [inner.inputs[0]] if cancels else None


def _negated_twice(node: Node) -> Outcome:
    inner = node.inputs[0].node
    return [inner.inputs[0]] if inner.op.name == "negative" else None


def _unchanged_order(node: Node) -> Outcome:
    rank = len(node.specs[0].shape)
    perm = node.attrs["perm"]
    unchanged = rank <= 1 or (perm is not None and tuple(p % rank for p in perm) == tuple(range(rank)))
    return [node.inputs[0]] if unchanged else None


def _reshaped_twice(node: Node) -> Outcome:
    """Skip a view of a view where it leads back to a shape that is there already."""
    value = node.inputs[0]
    target: TensorShape = node.specs[0].shape
    while value.node.op.view:
        value = value.node.inputs[0]
        if value.spec.shape == target and target.is_static:
            return [value]
    return None


_VIEWS = ("reshape", "reshape_like", "flatten", "squeeze", "expand_dims")

RULES: Final = (
    Rule("x+0 -> x", ("add",), _neutral(0, 0, 1)),
    Rule("x-0 -> x", ("subtract",), _neutral(0, 1)),
    Rule("x*1 -> x", ("multiply",), _neutral(1, 0, 1)),
    Rule("x/1 -> x", ("divide",), _neutral(1, 1)),
    Rule("x^1 -> x", ("pow",), _neutral(1, 1)),
    Rule("-(-x) -> x", ("negative",), _negated_twice),
    Rule("identity(x) -> x", ("identity", "stop_gradient"), _itself),
    Rule("cast(x, dtype of x) -> x", ("cast",), _same_dtype),
    Rule("broadcast(x) to its own shape -> x", ("broadcast_like", "sum_like", *_VIEWS), _same_shape),
    Rule("reshape(reshape(x)) back to its shape -> x", _VIEWS, _reshaped_twice),
    Rule("transpose(x) in its own order -> x", ("transpose",), _unchanged_order),
    Rule("transpose(transpose(x)) -> x", ("transpose",), _transposed_twice),
)


def simplify(graph: Graph) -> Graph:
    """Return the graph without ops that change nothing."""
    return rewrite(graph, RULES, "simplify")
