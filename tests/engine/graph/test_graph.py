"""Graphs: what is traced, how it prints, and that its digest tells programs apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from programs import graph_of

import engine as tf
from engine.core.errors import EngineError
from engine.core.op import OPS
from engine.graph.graph import Graph, Node, Value, constant_node, freeze, input_node, key_of, make
from engine.graph.rewrite import Rule, rewrite

X = np.ones((2, 3), np.float32)


def test_a_trace_prints_as_a_program() -> None:
    graph = graph_of(lambda x: tf.reduce_sum(tf.exp(x) * 2.0, axis=1), X)
    assert str(graph).splitlines() == [
        "%0 = placeholder -> float32 (2, 3)",
        "%1 = exp(%0) -> float32 (2, 3)",
        "%2 = constant(value=array(2., dtype=float32)) -> float32 ()",
        "%3 = multiply(%1, %2) -> float32 (2, 3)",
        "%4 = reduce_sum(%3, axis=1, keepdims=False) -> float32 (2,)",
        "return %4",
    ]


def test_the_same_program_has_the_same_digest() -> None:
    first, second = (graph_of(lambda x: tf.exp(x) @ tf.transpose(x), X) for _ in range(2))
    assert first is not second
    assert first.digest() == second.digest()


#: Programs of x and y that differ in one thing each: an edge, an op, an attribute, a constant, a dtype, an output.
OTHERS: dict[str, Any] = {
    "base": lambda x, y: tf.reduce_sum(x - y * 2.0, axis=0),
    "edge": lambda x, y: tf.reduce_sum(y - x * 2.0, axis=0),
    "both edges": lambda x, y: tf.reduce_sum(x - x * 2.0, axis=0),
    "op": lambda x, y: tf.reduce_sum(x + y * 2.0, axis=0),
    "attribute": lambda x, y: tf.reduce_sum(x - y * 2.0, axis=1),
    "attribute type": lambda x, y: tf.reduce_sum(x - y * 2.0, axis=(0,)),
    "constant": lambda x, y: tf.reduce_sum(x - y * 2.5, axis=0),
    "zero's sign": lambda x, y: tf.reduce_sum(x - y * -0.0, axis=0),
    "zero": lambda x, y: tf.reduce_sum(x - y * 0.0, axis=0),
    "constant's shape": lambda x, y: tf.reduce_sum(x - y * [2.0], axis=0),
    "output": lambda x, y: x - y * 2.0,
    "outputs": lambda x, y: (tf.reduce_sum(x - y * 2.0, axis=0), y),
    "order of outputs": lambda x, y: (y, tf.reduce_sum(x - y * 2.0, axis=0)),
}


def test_the_digest_tells_programs_apart() -> None:
    digests = {name: graph_of(f, X, X).digest() for name, f in OTHERS.items()}
    digests["dtype"] = graph_of(OTHERS["base"], X.astype("float64"), X.astype("float64")).digest()
    digests["shape"] = graph_of(OTHERS["base"], X[:, :2], X[:, :2]).digest()
    assert len(set(digests.values())) == len(digests)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (1, 1.0),
        (True, 1),
        (0.0, -0.0),
        ((1, 2), (2, 1)),
        ("1", 1),
        (None, 0),
        (np.zeros(2), np.zeros(2, np.float32)),
        (np.zeros((1, 2)), np.zeros(2)),
        (np.array(0.0), np.array(-0.0)),
        (np.array([1, 2]), np.array([1, 3])),
    ],
)
def test_keys_of_different_attributes_differ(a: Any, b: Any) -> None:
    assert freeze(a) != freeze(b)
    assert freeze(a) == freeze(a)
    assert hash(key_of({"p": a})) != hash(key_of({"p": b}))


def test_equal_nans_have_equal_keys() -> None:
    assert freeze(float("nan")) == freeze(float("nan"))
    assert freeze(np.array([np.nan])) == freeze(np.array([np.nan]))


def test_substitution_drops_what_nobody_mentions_and_leaves_the_graph_alone() -> None:
    graph = graph_of(lambda x: tf.exp(tf.sin(x)) + 1.0, X)
    before = str(graph)
    without = graph.substitute(lambda n, inputs: inputs if n.op.name == "sin" else Node(n.op, inputs, n.attrs, n.specs))
    assert str(graph) == before
    assert [n.op.name for n in without.nodes] == ["placeholder", "exp", "constant", "add"]
    without.check()


def test_a_rule_that_never_fits_returns_the_graph_itself() -> None:
    graph = graph_of(lambda x: tf.exp(x), X)
    assert rewrite(graph, [Rule("nothing", ("sin",), lambda node: None)], "test") is graph


def test_a_rewrite_is_logged_with_its_rule_and_line() -> None:
    rule = Rule("exp -> sin", ("exp",), lambda node: make(OPS["sin"], node.inputs, {}))
    result = rewrite(graph_of(lambda x: tf.exp(x), X), [rule], "test")
    (entry,) = result.log
    assert (entry.stage, entry.law, entry.before.op.name, entry.after[0].node.op.name) == (
        "test",
        "exp -> sin",
        "exp",
        "sin",
    )
    assert entry.line.startswith(__file__)


def test_check_finds_broken_graphs() -> None:
    x = input_node(tf.TensorSpec([2]))
    y = make(OPS["exp"], x.outputs, {})
    wrong = Node(OPS["exp"], x.outputs, {}, (tf.TensorSpec([3]),))
    for graph, words in (
        (Graph(x.outputs, (y, x), y.outputs), "runs before"),
        (Graph(x.outputs, (x, wrong), wrong.outputs), "claims"),
        (Graph(x.outputs, (x,), y.outputs), "not part of the graph"),
        (Graph((), (y,), y.outputs), "runs before"),
    ):
        with pytest.raises(EngineError, match=words):
            graph.check()
    Graph(x.outputs, (x, y), y.outputs).check()


def test_values_count_the_outputs_of_a_node() -> None:
    node = make(OPS["split"], constant_node(np.arange(4)).outputs, {"num_or_size_splits": 2, "axis": 0})
    assert node.outputs == (Value(node, 0), Value(node, 1))
    assert [v.spec.shape for v in node.outputs] == [(2,), (2,)]
