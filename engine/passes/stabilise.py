"""Numbers: formulas that overflow or cancel are put in the form that does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engine.core.op import OPS
from engine.graph.graph import Graph, Node, Value, make
from engine.graph.known import known
from engine.graph.rewrite import Outcome, Rule, rewrite


def _apply(name: str, value: Value, node: Node, **attrs: Any) -> Value:
    """Return an op on a value, in the place of `node`."""
    return make(OPS[name], (value,), attrs, node.origin).outputs[0]


def _of(inner: str, build: Callable[[Node, Node], Value]) -> Callable[[Node], Outcome]:
    """Return a rule for an op on the result of another."""

    def apply(node: Node) -> Outcome:
        other = node.inputs[0].node
        return [build(node, other)] if other.op.name == inner else None

    return apply


def _log_softmax(node: Node, softmax: Node) -> Value:
    return _apply("log_softmax", softmax.inputs[0], node, **softmax.attrs)


def _log_sigmoid(node: Node, sigmoid: Node) -> Value:
    negative = _apply("negative", sigmoid.inputs[0], node)
    return _apply("negative", _apply("softplus", negative, node), node)


def _is_one(value: Value, like: Value) -> bool:
    array = known(value)
    return array is not None and array.size == 1 and array.ndim <= len(like.spec.shape) and bool((array == 1).all())


def _log_of_sum(node: Node) -> Outcome:
    total = node.inputs[0].node
    if total.op.name != "add":
        return None
    for one, other in (total.inputs, total.inputs[::-1]):
        if _is_one(one, other):
            return [_apply("log1p", other, node)]
    return None


def _exp_less_one(node: Node) -> Outcome:
    power, one = node.inputs
    fits = power.node.op.name == "exp" and _is_one(one, power)
    return [_apply("expm1", power.node.inputs[0], node)] if fits else None


RULES: Final = (
    Rule("log(softmax(x)) -> log_softmax(x)", ("log",), _of("softmax", _log_softmax)),
    Rule("log(sigmoid(x)) -> -softplus(-x)", ("log",), _of("sigmoid", _log_sigmoid)),
    Rule("log(exp(x)) -> x", ("log",), _of("exp", lambda n, e: e.inputs[0])),
    Rule("log(1+x) -> log1p(x)", ("log",), _log_of_sum),
    Rule("exp(x)-1 -> expm1(x)", ("subtract",), _exp_less_one),
)


def stabilise(graph: Graph) -> Graph:
    """Return the graph with formulas in the form that neither overflows nor cancels."""
    return rewrite(graph, RULES, "stabilise")
