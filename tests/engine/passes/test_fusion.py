"""Fusion: what goes into one kernel, and that it stays what it was. See also ``test_random_programs``."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from programs import arrays_of, assert_same, graph_of, run_graph

import engine as tf
from engine.graph.graph import Graph
from engine.graph.interpret import evaluate
from engine.passes import optimise
from engine.passes.fuse import FUSED, MOST_ARRAYS, fuse

SIZES = (4, 3)
X = np.linspace(-1.5, 1.5, 12, dtype=np.float64).reshape(SIZES)

#: What a random program is made of; all stay in shapes that broadcast to (4, 3), and within bounds.
UNARY: dict[str, Callable[[Any], Any]] = {
    "tanh": lambda a: tf.tanh(a),
    "sigmoid": lambda a: tf.nn.sigmoid(a),
    "sin": lambda a: tf.sin(a),
    "line": lambda a: a * 0.5 + 1.0,
    "negative": lambda a: -a,
    "bell": lambda a: tf.exp(-tf.square(a)),
    "bend": lambda a: tf.where(a > 0.1, a, a * 0.3),
    "sum of rows": lambda a: tf.reduce_sum(a, axis=0, keepdims=True) * 0.3 if len(a.shape) == 2 else a,
    "mean of columns": lambda a: tf.reduce_mean(a, axis=1, keepdims=True) if len(a.shape) == 2 else a,
    "mean of rows": lambda a: tf.reduce_mean(a, axis=0) if len(a.shape) == 2 else a,
    "maximum of all": lambda a: tf.reduce_max(a),
    "reshape": lambda a: tf.reshape(tf.reshape(a, [-1]), a.shape),
    "transpose": lambda a: tf.transpose(tf.transpose(a) * 2.0) * 0.5,
}
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda a, b: a + b,
    "multiply": lambda a, b: a * b,
    "subtract": lambda a, b: a - b,
    "maximum": lambda a, b: tf.maximum(a, b),
    "quotient": lambda a, b: tf.tanh(a) / (tf.square(b) + 1.0),
    "product": lambda a, b: tf.matmul(full(a), full(b), transpose_b=True) @ full(b) * 0.05,
}

Step = tuple[str, tuple[int, ...]]


def full(a: Any) -> Any:
    """Return a value broadcast to the whole shape."""
    return a + tf.zeros(SIZES, a.dtype)


@st.composite
def programs(draw: st.DrawFn) -> list[Step]:
    """Return steps: a function and the numbers of the values that it takes, up to 30 of them."""
    steps: list[Step] = []
    for number in range(1, draw(st.integers(2, 30)) + 1):
        name = draw(st.sampled_from([*UNARY, *BINARY]))
        taken = tuple(draw(st.integers(0, number - 1)) for _ in range(2 if name in BINARY else 1))
        steps.append((name, taken))
    return steps


def build(steps: list[Step]) -> Callable[[Any], Any]:
    """Return the program: its last value, one in the middle, and the gradient of their sum."""

    def program(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            values = [x]
            for name, taken in steps:
                function: Any = UNARY.get(name) or BINARY[name]
                values.append(function(*(values[i] for i in taken)))
            result = values[-1], values[len(values) // 2]
            total = tf.reduce_sum(result[0]) + tf.reduce_sum(tf.square(result[1]))
        gradient = tape.gradient(total, x)
        return *result, (tf.zeros_like(x) if gradient is None else gradient)

    return program


#: Two clusters of which each would need a part of the other.
CROSSED: list[Step] = [
    ("mean of rows", (0,)),
    ("bend", (1,)),
    ("add", (0, 1)),
    ("tanh", (1,)),
    ("tanh", (2,)),
    ("subtract", (4, 3)),
]


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(programs())
@example(CROSSED)
def test_random_programs_fuse_without_a_cycle(steps: list[Step]) -> None:
    graph = optimise(graph_of(build(steps), X))
    graph.check()  # every node after what it takes
    for node in graph.nodes:
        if node.op is FUSED:
            node.attrs["body"].check()
            assert len(node.inputs) + len(node.specs) <= MOST_ARRAYS


def test_clusters_that_need_parts_of_each_other_compute_the_same() -> None:
    program = build(CROSSED)
    assert_same(run_graph(graph_of(program, X), [X]), arrays_of(program(tf.constant(X))), scale=10)


def test_what_nobody_reads_is_not_fused() -> None:
    graph = fuse(graph_of(lambda x: (tf.exp(tf.sin(x)), x[0])[1], X))
    assert [n.op.name for n in graph.nodes] == ["placeholder", "getitem"]
    assert_same(evaluate(graph, [X]), [X[0]])


def clusters(program: Callable[..., Any], *arrays: Any) -> list[list[str]]:
    """Return the ops of each fused node."""
    graph: Graph = optimise(graph_of(program, *arrays))
    bodies = [n.attrs["body"] for n in graph.nodes if n.op is FUSED]
    return [[m.op.name for m in body.nodes if m.op.name != "placeholder"] for body in bodies]


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (lambda x: tf.exp(tf.sin(x) + 1.0), [["sin", "add", "exp"]]),
        (lambda x: tf.reduce_sum(tf.exp(x), axis=1), [["exp", "reduce_sum"]]),
        (lambda x: (tf.sin(x), tf.reduce_max(tf.sin(x))), [["sin", "reduce_max"]]),
        (lambda x: x - tf.reduce_mean(x), [["reduce_mean"], ["subtract"]]),
        (lambda x: tf.exp(x - tf.reduce_max(tf.sin(x))), [["sin", "reduce_max"], ["subtract", "exp"]]),
        (lambda x: tf.sin(x) + tf.matmul(tf.sin(x), x, transpose_b=True) @ x, [["sin"], ["add"]]),
        (lambda x: tf.reduce_sum(tf.reduce_sum(tf.exp(x), axis=0)), [["exp", "reduce_sum"], ["reduce_sum"]]),
    ],
)
def test_chains_fuse_up_to_a_reduction_and_not_around_another_op(program: Any, expected: list[list[str]]) -> None:
    assert clusters(program, X) == expected
    assert_same(run_graph(graph_of(program, X), [X]), arrays_of(program(tf.constant(X))), scale=10)


def test_a_kernel_does_not_take_too_many_arrays() -> None:
    arrays = [np.full(5, float(i)) for i in range(40)]

    def program(*xs: Any) -> Any:
        total = xs[0]
        for x in xs[1:]:
            total = total + x
        return total

    graph = optimise(graph_of(program, *arrays))
    assert max(len(n.inputs) for n in graph.nodes) < MOST_ARRAYS
    assert run_graph(graph_of(program, *arrays), arrays)[0].tolist() == [780.0] * 5


SHAPES = [(1,), (1, 1), (0,), (3, 0), (0, 3), (1, 5), (5, 1), (2, 1, 3), (2, 3, 1, 2)]


@pytest.mark.parametrize(("shape", "axis"), [((), None), *product(SHAPES, (None, 0, -1))])
def test_reductions_of_any_shape(shape: tuple[int, ...], axis: int | None) -> None:
    x = np.random.default_rng(1).normal(size=shape).astype(np.float32)

    def program(x: Any) -> Any:
        y = x * 2.0
        parts = [tf.reduce_sum(y, axis=axis), tf.reduce_prod(y, axis=axis, keepdims=True), tf.reduce_mean(y, axis=axis)]
        if x.shape.num_elements():
            parts += [tf.reduce_max(y, axis=axis), tf.reduce_min(y, axis=axis), tf.reduce_any(y > 0.0, axis=axis)]
        return parts

    assert_same(run_graph(graph_of(program, x), [x]), arrays_of(program(tf.constant(x))))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((3, 1, 2), (1, 4, 1)),
        ((2, 3, 4), (3, 1)),
        ((2, 1, 1, 3), (2, 4, 1)),
        ((), (2, 3)),
        ((1, 1), (1,)),
        ((0, 3), (1, 3)),
        ((2, 2, 2), (2,)),
        ((2, 2), (2, 1)),
    ],
)
def test_broadcasting_with_its_gradients(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=a), rng.normal(size=b)

    def program(x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch([x, y])
            z = tf.sin(x * y) + y
        return z, *tape.gradient(z, [x, y])

    expected = arrays_of(program(tf.constant(x), tf.constant(y)))
    assert_same(run_graph(graph_of(program, x, y), [x, y]), expected, scale=10)


def test_what_is_one_element_shares_a_kernel_though_nothing_links_it() -> None:
    def program(x: Any, total: Any, count: Any) -> Any:
        return total + tf.reduce_sum(x), count + 1.0, tf.exp(total) * 2.0

    one = np.array(3.0, X.dtype)
    graph = optimise(graph_of(program, X, one, one))
    assert [n.op.name for n in graph.nodes if n.op.name not in ("placeholder", "constant")] == ["fused", "fused"]
    assert_same(run_graph(graph_of(program, X, one, one), [X, one, one]), arrays_of(program(X, one, one)))
