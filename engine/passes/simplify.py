"""Algebra: ops that change nothing, or that two of cancel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from engine.core.op import OPS
from engine.core.shape import TensorShape
from engine.graph.control import chosen, switch
from engine.graph.graph import Graph, Node, Value, make
from engine.graph.interpret import inlined
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


def _cast_back(node: Node) -> Outcome:
    """Skip a cast to a dtype that holds every number of the one before, and back."""
    inner = node.inputs[0].node
    if inner.op.name != "cast":
        return None
    source = inner.inputs[0]
    between = node.inputs[0].spec.dtype.as_numpy_dtype
    is_back = source.spec.dtype is node.attrs["dtype"]
    return [source] if is_back and np.can_cast(source.spec.dtype.as_numpy_dtype, between, "safe") else None


def _sign(name: str) -> Callable[[Node], Outcome]:
    """Return a rule that takes the minus of the second operand into the op."""

    def apply(node: Node) -> Outcome:
        inner = node.inputs[1].node
        if inner.op.name != "negative":
            return None
        return make(OPS[name], (node.inputs[0], inner.inputs[0]), {}, node.origin)

    return apply


def _squared(node: Node) -> Outcome:
    if not _is(node.inputs[1], 2) or node.inputs[0].spec != node.specs[0]:
        return None
    return make(OPS["square"], node.inputs[:1], {}, node.origin)


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


def _of_one_each(node: Node) -> Outcome:
    """Skip a reduction that takes no two elements together."""
    value, spec = node.inputs[0], node.specs[0]
    count = value.spec.shape.num_elements()
    if not count or spec.shape.num_elements() != count or value.spec.dtype is not spec.dtype:
        return None
    if value.spec.shape == spec.shape:
        return [value]
    return make(OPS["reshape"], [value], {"shape": tuple(spec.shape)}, node.origin)


def _known_branch(node: Node) -> Outcome:
    index = known(node.inputs[0])
    if node.op is not switch or index is None:
        return None
    branches = node.attrs["branches"]
    values = inlined(branches[chosen(index, branches)], node.inputs[1:])
    return values if all(v.spec == s for v, s in zip(values, node.specs, strict=True)) else None


_REDUCTIONS = tuple(op.name for op in OPS.values() if op.reduction is not None)
_VIEWS = ("reshape", "reshape_like", "flatten", "squeeze", "expand_dims")

RULES: Final = (
    Rule("x+0 -> x", ("add",), _neutral(0, 0, 1)),
    Rule("x-0 -> x", ("subtract",), _neutral(0, 1)),
    Rule("x*1 -> x", ("multiply",), _neutral(1, 0, 1)),
    Rule("x/1 -> x", ("divide",), _neutral(1, 1)),
    Rule("x^1 -> x", ("pow",), _neutral(1, 1)),
    Rule("-(-x) -> x", ("negative",), _negated_twice),
    Rule("x+(-y) -> x-y", ("add",), _sign("subtract")),
    Rule("x-(-y) -> x+y", ("subtract",), _sign("add")),
    Rule("x^2 -> square(x)", ("pow",), _squared),
    Rule("identity(x) -> x", ("identity", "stop_gradient"), _itself),
    Rule("cast(x, dtype of x) -> x", ("cast",), _same_dtype),
    Rule("cast(cast(x)) back, nothing lost -> x", ("cast",), _cast_back),
    Rule("broadcast(x) to its own shape -> x", ("broadcast_like", "sum_like", *_VIEWS), _same_shape),
    Rule("reshape(reshape(x)) back to its shape -> x", _VIEWS, _reshaped_twice),
    Rule("sum, mean, ... of one element -> it", _REDUCTIONS, _of_one_each),
    Rule("transpose(x) in its own order -> x", ("transpose",), _unchanged_order),
    Rule("transpose(transpose(x)) -> x", ("transpose",), _transposed_twice),
    Rule("a branch of known number -> its ops", ("switch",), _known_branch),
)


def simplify(graph: Graph) -> Graph:
    """Return the graph without ops that change nothing."""
    return rewrite(graph, RULES, "simplify")
