"""Each rewriting rule: where it fits, where it must not, and that the passes keep what a graph computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from programs import assert_same, graph_of, run_graph

import engine as tf
from engine.graph.graph import Graph
from engine.passes import PIPELINE, cse, fold, optimise, prune, simplify, stabilise, stages
from engine.passes.simplify import RULES as SIMPLIFY
from engine.passes.stabilise import RULES as STABILISE

X = np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]], np.float32)


def names(graph: Graph) -> list[str]:
    """Return the ops of a graph, inputs and constants aside."""
    return [n.op.name for n in graph.nodes if n.op.name not in ("placeholder", "constant")]


#: For each law programs that it reduces, with the ops that are left.
FITTING: dict[str, list[tuple[Callable[[Any], Any], list[str]]]] = {
    "x+0 -> x": [(lambda x: tf.exp(x + 0.0), ["exp"]), (lambda x: tf.exp(0.0 + x), ["exp"])],
    "x-0 -> x": [(lambda x: tf.exp(x - 0.0), ["exp"])],
    "x*1 -> x": [(lambda x: tf.exp(x * 1.0), ["exp"]), (lambda x: tf.exp(tf.ones([2, 3]) * x), ["exp"])],
    "x/1 -> x": [(lambda x: tf.exp(x / 1.0), ["exp"])],
    "x^1 -> x": [(lambda x: tf.exp(x**1.0), ["exp"])],
    "-(-x) -> x": [(lambda x: tf.exp(tf.negative(-x)), ["exp"])],
    "identity(x) -> x": [
        (lambda x: tf.exp(tf.identity(x)), ["exp"]),
        (lambda x: tf.exp(tf.stop_gradient(x)), ["exp"]),
    ],
    "x+(-y) -> x-y": [(lambda x: tf.exp(x + tf.negative(x[0])), ["getitem", "subtract", "exp"])],
    "x-(-y) -> x+y": [(lambda x: tf.exp(x - tf.negative(x[0])), ["getitem", "add", "exp"])],
    "x^2 -> square(x)": [(lambda x: tf.exp(x**2.0), ["square", "exp"])],
    "sum, mean, ... of one element -> it": [
        (lambda x: tf.exp(tf.reduce_sum(x[0, 0])), ["getitem", "exp"]),
        (lambda x: tf.exp(tf.reduce_mean(x[:1], axis=0)), ["getitem", "reshape", "exp"]),
        (lambda x: tf.exp(tf.reduce_max(x[:1], axis=0, keepdims=True)), ["getitem", "exp"]),
    ],
    "a branch of known number -> its ops": [
        (lambda x: tf.cond(tf.size(x) > 5, lambda: tf.exp(x), lambda: tf.sin(x)), ["exp"]),
        (lambda x: tf.cond(tf.size(x) > 6, lambda: tf.exp(x), lambda: tf.sin(x)), ["sin"]),
    ],
    "cast(cast(x)) back, nothing lost -> x": [
        (lambda x: tf.exp(tf.cast(tf.cast(x, "float64"), "float32")), ["exp"]),
    ],
    "log(softmax(x)) -> log_softmax(x)": [(lambda x: tf.math.log(tf.nn.softmax(x, axis=0)), ["log_softmax"])],
    "log(sigmoid(x)) -> -softplus(-x)": [
        (lambda x: tf.math.log(tf.nn.sigmoid(x)), ["negative", "softplus", "negative"]),
    ],
    "log(exp(x)) -> x": [(lambda x: tf.sin(tf.math.log(tf.exp(x))), ["sin"])],
    "log(1+x) -> log1p(x)": [
        (lambda x: tf.math.log(1.0 + tf.square(x)), ["square", "log1p"]),
        (lambda x: tf.math.log(tf.square(x) + 1.0), ["square", "log1p"]),
    ],
    "exp(x)-1 -> expm1(x)": [(lambda x: tf.exp(x) - 1.0, ["expm1"])],
    "cast(x, dtype of x) -> x": [(lambda x: tf.exp(tf.cast(x, "float32")), ["exp"])],
    "broadcast(x) to its own shape -> x": [
        (lambda x: tf.exp(tf.raw_ops.broadcast_like(x, x)), ["exp"]),
        (lambda x: tf.exp(tf.raw_ops.sum_like(x, x)), ["exp"]),
        (lambda x: tf.exp(tf.reshape(x, [2, -1])), ["exp"]),
    ],
    "reshape(reshape(x)) back to its shape -> x": [
        (lambda x: tf.exp(tf.reshape(tf.reshape(x, [6]), [2, 3])), ["exp"]),
        (lambda x: tf.exp(tf.squeeze(tf.expand_dims(tf.reshape(x, [3, 2]), 0))), ["reshape", "exp"]),
    ],
    "transpose(x) in its own order -> x": [
        (lambda x: tf.exp(tf.transpose(x, [0, 1])), ["exp"]),
        (lambda x: tf.exp(tf.transpose(x[0])), ["getitem", "exp"]),
        (lambda x: tf.exp(tf.transpose(x, [-2, -1])), ["exp"]),
    ],
    "transpose(transpose(x)) -> x": [
        (lambda x: tf.exp(tf.transpose(tf.transpose(x))), ["exp"]),
        (lambda x: tf.exp(tf.transpose(tf.transpose(x[None], [1, 2, 0]), [2, 0, 1])), ["getitem", "exp"]),
    ],
}

CASES = [(law, *case) for law, cases in FITTING.items() for case in cases]


def test_every_rule_has_a_case() -> None:
    assert {rule.law for rule in (*SIMPLIFY, *STABILISE)} == set(FITTING)


@pytest.mark.parametrize(("law", "program", "left"), CASES, ids=[law for law, *_ in CASES])
def test_a_rule_fits(law: str, program: Any, left: list[str]) -> None:
    graph = optimise(graph_of(program, X), (fold, simplify, stabilise, prune))
    assert law in [entry.law for entry in graph.log]
    assert names(graph) == left
    assert_same(run_graph(graph, [X], pipeline=()), [np.asarray(program(tf.constant(X)))])


#: Programs that look alike but must be left alone.
UNFITTING: list[Callable[[Any], Any]] = [
    lambda x: 0.0 - x,
    lambda x: 1.0 / x,
    lambda x: 1.0**x,
    lambda x: x + tf.constant([[1.0, 0.0, 0.0]]),
    lambda x: x[0] * tf.ones([2, 3]),
    lambda x: x[0] + tf.zeros([2, 3]),
    lambda x: tf.cast(x, "float64"),
    lambda x: tf.transpose(tf.transpose(x[None], [1, 2, 0]), [1, 2, 0]),
    lambda x: tf.transpose(x),
    lambda x: tf.raw_ops.broadcast_like(x[0], x),
    lambda x: tf.raw_ops.sum_like(x, x[0]),
    lambda x: tf.reshape(tf.reshape(x, [6]), [3, 2]),
    lambda x: tf.reshape(tf.transpose(tf.reshape(x, [3, 2])), [6]),
    lambda x: tf.cast(tf.cast(x, "float16"), "float32"),
    lambda x: tf.cast(tf.cast(x, "int32"), "float32"),
    lambda x: tf.math.log(tf.square(x) + 2.0),
    lambda x: tf.exp(x[0]) - tf.ones([2, 3]),
    lambda x: 1.0 - tf.exp(x),
    lambda x: x**3.0,
    lambda x: tf.reduce_sum(x, axis=0),
    lambda x: tf.reduce_sum(x[:0], axis=0),
]


@pytest.mark.parametrize("program", UNFITTING)
def test_rules_leave_other_programs_alone(program: Any) -> None:
    graph = graph_of(program, X)
    simplified = stabilise(simplify(graph))
    assert names(simplified) == names(graph)
    expected = [np.asarray(program(tf.constant(X)))]
    assert_same(run_graph(graph, [X]), expected)


# ------------------------------------------------------------------------------------------------- the other passes


def test_constants_are_folded() -> None:
    graph = prune(fold(graph_of(lambda x: x * tf.reduce_sum(tf.exp(tf.constant([0.0, 1.0])) + 1.0), X)))
    assert names(graph) == ["multiply"]


def test_what_only_depends_on_a_known_shape_is_folded() -> None:
    graph = prune(fold(graph_of(lambda x: (tf.zeros_like(x), tf.size(x), tf.shape(x) + 1), X)))
    assert names(graph) == []


def test_folding_stops_where_it_would_cost_memory() -> None:
    graph = fold(graph_of(lambda x: x[0, 0] + tf.zeros([100, 100]), X))
    assert "fill" in names(graph)


def test_random_numbers_are_neither_folded_nor_shared() -> None:
    state = tf.constant(np.array([1, 2], np.int64))
    generator = tf.random.Generator(3)
    graph = optimise(graph_of(lambda: (generator.normal([2]), generator.normal([2]))), (fold, simplify, cse, prune))
    assert names(graph).count("random_normal") == 2
    same = optimise(graph_of(lambda: [tf.raw_ops.random_normal(state, shape=[2]) for _ in range(2)]), (cse, prune))
    assert names(same) == ["random_normal"], "but the same state gives the same numbers"


def test_a_product_that_is_written_twice_is_computed_once() -> None:
    def program(a: Any, b: Any, c: Any) -> Any:
        return a * b + c, a * b * c

    graph = graph_of(program, X, X, X)
    shared = optimise(graph, (fold, simplify, cse, prune))
    products = [n for n in shared.nodes if n.op.name == "multiply" and n.inputs == shared.inputs[:2]]
    assert len(products) == 1
    assert names(shared) == ["multiply", "add", "multiply"]
    compiled = optimise(graph)
    inner = [m for n in compiled.nodes if n.op.name == "fused" for m in n.attrs["body"].nodes]
    assert [m.op.name for m in inner if m.op.name != "placeholder"] == ["multiply", "add", "multiply"]


@pytest.mark.parametrize(
    "program",
    [
        lambda x: (tf.reduce_sum(x, axis=0), tf.reduce_sum(x, axis=1)),
        lambda x: (x * 2.0, x * tf.constant(2.0, "float32") * 1.0, 2.0 - x, x - 2.0),
        lambda x: (tf.cast(x, "int32"), tf.cast(x, "float64")),
        lambda x: (x * 0.0, x * -0.0),
    ],
)
def test_what_only_looks_equal_is_not_merged(program: Any) -> None:
    assert_same(run_graph(graph_of(program, X), [X]), [np.asarray(r) for r in program(tf.constant(X))])


def test_unused_ops_go_and_unused_inputs_stay() -> None:
    graph = graph_of(lambda x, y: (tf.exp(y), x * 2.0)[1], X, X)
    pruned = prune(graph)
    assert names(pruned) == ["multiply"]
    assert len(pruned.inputs) == 2


def test_stages_show_every_pass_and_every_rewrite() -> None:
    shown = stages(graph_of(lambda x: tf.exp(x * 1.0) + tf.exp(x), X))
    assert [name for name, _ in shown] == ["trace", *(p.__name__ for p in PIPELINE)]
    assert {entry.stage for entry in shown[-1][1].log} == {"simplify", "cse", "prune", "fuse"}
    assert all(":" in entry.line for entry in shown[-1][1].log)


def test_signed_zeros_and_nan_survive() -> None:
    x = np.array([0.0, -0.0, np.nan, np.inf, 1.0], np.float32)

    def program(x: Any) -> Any:
        return x * 0.0, x - x, x / x, 0.0 * x + 1.0, tf.maximum(x, x), -x

    for found, expected in zip(run_graph(graph_of(program, x), [x]), program(tf.constant(x)), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_logarithms_of_probabilities_do_not_underflow() -> None:
    x = tf.constant([[0.0, 200.0, -200.0]])
    np.testing.assert_allclose(tf.function(lambda x: tf.math.log(tf.nn.softmax(x)))(x), [[-200.0, 0.0, -400.0]])
    np.testing.assert_allclose(tf.function(lambda x: tf.math.log(tf.nn.sigmoid(x)))(x), [[-np.log(2), 0.0, -200.0]])
    tiny = tf.constant([1e-12])
    np.testing.assert_allclose(tf.function(lambda x: tf.math.log(1.0 + x))(tiny), [1e-12])
    np.testing.assert_allclose(tf.function(lambda x: tf.exp(x) - 1.0)(tiny), [1e-12])
