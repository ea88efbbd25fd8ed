"""Max pooling's gradient as what is handed back and where to: each rule, and that it computes what it did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import arrays_of, assert_same, graph_of, run_graph

import engine as tf
from engine.core.shape import TensorShape
from engine.graph.graph import Graph
from engine.passes import PIPELINE, optimise, stages
from engine.passes.unpool import RULES, unpool

#: How far sums may lie off that are added up in another order, in units of `programs.TOLERANCE`.
REORDERED = 100

Program = Callable[..., Any]

_rng = np.random.default_rng(5)
X = _rng.uniform(-1, 1, (3, 10, 9, 4)).astype(np.float32)
F = _rng.uniform(-1, 1, (3, 3, 4, 5)).astype(np.float32)
B = _rng.uniform(-1, 1, 5).astype(np.float32)


def names(graph: Graph) -> list[str]:
    """Return the ops of a graph."""
    return [n.op.name for n in graph.nodes]


def laws(graph: Graph) -> set[str]:
    """Return the laws by which the pass has rewritten a graph."""
    return {entry.law for entry in stages(graph)[-1][1].log if entry.stage == "unpool"}


def gradients_of(layer: Program) -> Program:
    """Return a program that gives a weighted sum of a layer's results, and its gradients by all operands."""

    def program(*operands: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(operands)
            y = layer(*operands)
            weights = tf.reshape(tf.sin(tf.range(float(tf.size(y)), dtype=y.dtype)), tf.shape(y))
            loss = tf.reduce_sum(y * weights)
        return loss, *tape.gradient(loss, operands)

    return program


def assert_unchanged(program: Program, *arrays: Any) -> Graph:
    """Hold a program after all passes against its eager form; return its graph as traced."""
    graph = graph_of(program, *arrays)
    assert_same(run_graph(graph, arrays), arrays_of(program(*map(tf.constant, arrays))), REORDERED)
    return graph


def network(activation: Program, stride: int = 1, padding: str = "VALID", pool: Any = 2, dilations: int = 1) -> Program:
    """Return convolution, bias, activation, and max pooling."""

    def layer(x: Any, filters: Any, bias: Any) -> Any:
        y = tf.nn.conv2d(x, filters, stride, padding, dilations=dilations)
        return tf.nn.max_pool2d(activation(tf.nn.bias_add(y, bias)), pool)

    return layer


MASKED, SCALED, SUMMED, BY_FILTERS, BY_INPUT = (rule.law for rule in RULES)
POOLED = "pool(x), its gradient -> y, i = pool(x), U(g, i)"
RECTIFIED = {POOLED, MASKED, SUMMED, BY_FILTERS, BY_INPUT}

#: Networks, and the laws that they are rewritten by.
FITTING: dict[str, tuple[Program, set[str]]] = {
    "rectifier": (network(tf.nn.relu), RECTIFIED),
    "between two limits": (network(tf.nn.relu6), RECTIFIED),
    "slopes on both sides": (network(tf.nn.leaky_relu), RECTIFIED | {SCALED}),
    "of the result": (network(tf.tanh), {POOLED, SCALED, SUMMED, BY_FILTERS, BY_INPUT}),
    "of the operand": (network(tf.nn.silu), {POOLED, SCALED, SUMMED, BY_FILTERS, BY_INPUT}),
    "of both": (network(tf.nn.elu), RECTIFIED | {SCALED}),
    "none": (network(lambda x: x), {POOLED, SUMMED, BY_FILTERS, BY_INPUT}),
    "borders": (network(tf.nn.relu, padding="SAME"), RECTIFIED),
    "strides": (network(tf.nn.relu, stride=2, padding="SAME"), RECTIFIED),
    "gaps": (network(tf.nn.relu, dilations=2), RECTIFIED - {BY_INPUT}),
    "overlapping windows": (network(tf.nn.relu, pool=(3, 3)), RECTIFIED),
}


def test_every_rule_has_a_case() -> None:
    assert {law for _, found in FITTING.values() for law in found} == {POOLED, *(rule.law for rule in RULES)}


@pytest.mark.parametrize(("layer", "expected"), FITTING.values(), ids=FITTING)
def test_rules_fit(layer: Program, expected: set[str]) -> None:
    graph = assert_unchanged(gradients_of(layer), X[..., :4].repeat(2, -1), F.repeat(2, 2), B)
    assert laws(graph) == expected
    kinds = names(optimise(graph, PIPELINE[:-1]))
    if BY_INPUT in expected:
        assert not {"max_unpool", "max_pool_gradient", "conv_input_gradient", "conv_filter_gradient"} & set(kinds)


def test_a_mask_is_asked_for_at_what_pooling_found() -> None:
    graph = graph_of(gradients_of(network(tf.nn.relu)), X.repeat(2, -1), F.repeat(2, 2), B)
    after = optimise(graph, PIPELINE[:-1])
    mask = next(n for n in after.nodes if n.op.name == "where")
    assert mask.specs[0].shape == (3, 4, 3, 5)
    assert "take_pooled" not in names(after)
    others = optimise(graph_of(gradients_of(network(tf.nn.silu)), X.repeat(2, -1), F.repeat(2, 2), B), PIPELINE[:-1])
    assert "take_pooled" in names(others), "what is no function of the result is taken from where it is"


def test_what_a_factor_holds_twice_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def activation(x: Any) -> Any:
        for _ in range(14):
            x = (x + tf.sin(x)) * 0.5
        return x

    graph = assert_unchanged(gradients_of(network(activation)), X.repeat(2, -1), F.repeat(2, 2), B)
    before = optimise(graph, PIPELINE[: PIPELINE.index(unpool)])
    counted = TensorShape.num_elements
    asked = 0

    def counting(shape: TensorShape) -> int | None:
        nonlocal asked
        asked += 1
        return counted(shape)

    monkeypatch.setattr(TensorShape, "num_elements", counting)
    unpool(before)
    assert asked < 1000, "not once for each of 2**14 ways to the convolution"


#: Layers that the convolution's gradients, or the whole pass, must leave alone, with the laws that remain.
UNFITTING: dict[str, tuple[Program, set[str]]] = {
    "no gradient asked for": (lambda x, f: tf.nn.max_pool2d(tf.nn.conv2d(x, f), 2), set()),
    "windows at every pixel": (gradients_of(lambda x, f: tf.nn.max_pool2d(tf.nn.conv2d(x, f), 2, 1)), {POOLED}),
    "few channels": (gradients_of(lambda x, f: tf.nn.max_pool2d(tf.nn.conv2d(x, f), 2)), {POOLED, BY_FILTERS}),
    "means": (gradients_of(lambda x, f: tf.nn.avg_pool2d(tf.nn.conv2d(x, f), 2)), set()),
    "a sum for each image": (
        gradients_of(lambda x, f: tf.nn.max_pool2d(tf.nn.conv2d(x, f) + x[:, :1, :1, :1], 2)),
        {POOLED, BY_FILTERS},
    ),
}


@pytest.mark.parametrize(("program", "expected"), UNFITTING.values(), ids=UNFITTING)
def test_others_are_left_alone(program: Program, expected: set[str]) -> None:
    graph = assert_unchanged(program, X, F)
    assert laws(graph) == expected


def test_convolutions_in_groups_have_their_own_gradients() -> None:
    program = gradients_of(lambda x, f: tf.nn.max_pool2d(tf.nn.conv2d(x, f), 2))
    graph = assert_unchanged(program, X.repeat(8, -1), F[..., :4].repeat(4, 2))
    assert laws(graph) == {POOLED}


@pytest.mark.parametrize("count", [1, 3])
def test_other_numbers_of_axes(count: int) -> None:
    convolve, pool = (getattr(tf.nn, f"{kind}{count}d") for kind in ("conv", "max_pool"))
    x = _rng.uniform(-1, 1, (2, *(5,) * count, 16)).astype(np.float32)
    filters = _rng.uniform(-1, 1, (*(2,) * count, 16, 3)).astype(np.float32)
    program = gradients_of(lambda x, f: pool(tf.nn.relu(convolve(x, f, 1, "SAME")), 2))
    if count == 1:  # half of all elements are what is handed back: more than the convolution's gradients take so
        program = gradients_of(lambda x, f: pool(tf.nn.relu(convolve(x, f, 1, "SAME")), 3))
    assert laws(assert_unchanged(program, x, filters)) == {POOLED, MASKED, BY_FILTERS, BY_INPUT}


def test_ties_and_what_is_not_a_number_go_where_they_went() -> None:
    x = np.array([1, 1, 0, 0, 2, np.nan, np.nan, 3, -1, -1, -1, -1], np.float32).reshape(1, 3, 4, 1)
    for activation in (tf.nn.relu, lambda x: x):
        program = gradients_of(lambda x, a=activation: tf.nn.max_pool2d(a(x), (1, 2)))
        graph = graph_of(program, x)
        found, expected = run_graph(graph, [x])[1], run_graph(graph, [x], pipeline=())[1]
        np.testing.assert_array_equal(found[:, [0, 2]], expected[:, [0, 2]])  # the row between holds the NaN
        assert np.isfinite(found).all()


def test_sizes_may_be_open() -> None:
    def program(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(tf.square(tf.nn.max_pool2d(tf.nn.relu(x) * x, 2)))
        return tape.gradient(loss, x)

    graph = tf.function(program).get_concrete_function(tf.TensorSpec([None, None, None, None], "float32")).graph
    assert laws(graph) == {POOLED}
    assert_same(run_graph(graph, [X]), arrays_of(program(tf.constant(X))), REORDERED)


def test_without_pooling_nothing_is_done() -> None:
    graph = graph_of(lambda x: tf.nn.relu(x), X)
    assert unpool(graph) is graph


@given(
    st.integers(1, 3), st.integers(4, 9), st.integers(4, 9), st.integers(1, 3), st.integers(1, 3),
    st.sampled_from(["VALID", "SAME"]), st.sampled_from([(1, 1), (2, 1), (1, 2)]), st.integers(2, 4),
    st.sampled_from([None, 2, 3]), st.sampled_from(["VALID", "SAME"]), st.sampled_from(["float32", "float64"]),
)  # fmt: skip
def test_any_network_has_the_gradients_it_had(
    batch: int, high: int, wide: int, a: int, b: int, padding: str, steps: tuple[int, int], pool: int,
    strides: int | None, around: str, dtype: str,
) -> None:  # fmt: skip
    rng = np.random.default_rng([batch, high, wide, a, b])
    x = rng.uniform(-1, 1, (batch, high + 4, wide + 4, 16)).astype(dtype)
    filters = rng.uniform(-1, 1, (a, b, 16, 3)).astype(dtype)

    def layer(x: Any, f: Any) -> Any:
        y = tf.nn.conv2d(x, f, steps[0], padding, dilations=steps[1])
        return tf.nn.max_pool2d(tf.nn.relu(y), pool, strides, around)

    try:
        layer(tf.constant(x), tf.constant(filters))
    except tf.errors.InvalidArgumentError:  # a window larger than what it would slide over
        return
    assert_unchanged(gradients_of(layer), x, filters)
