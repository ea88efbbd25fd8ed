"""Branches, loops and scans: the same eagerly and compiled, with gradients that are those of finite differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from programs import arrays_of, assert_same

import engine as tf
from engine.core import nest

X = np.array([0.5, -0.3, 0.8])
Program = Callable[..., Any]


def _collatz(n: Any) -> Any:
    return tf.while_loop(
        lambda n, steps: n > 1,
        lambda n, steps: (tf.cond(n % 2 == 0, lambda: n // 2, lambda: n * 3 + 1), steps + 1),
        [n, 0],
    )


PROGRAMS: dict[str, tuple[Program, Sequence[Any]]] = {
    "first branch": (lambda x: tf.cond(tf.reduce_sum(x) > 0.0, lambda: x * 2.0, lambda: x * x), [X]),
    "second branch": (lambda x: tf.cond(tf.reduce_sum(x) > 5.0, lambda: x * 2.0, lambda: x * x), [X]),
    "branches of structures": (
        lambda x: tf.cond(x[0] > 0.0, lambda: {"a": x, "b": (x[1],)}, lambda: {"a": x + 1.0, "b": (x[2],)}),
        [X],
    ),
    "a branch without a slope": (lambda x: tf.cond(x[1] < 0.0, lambda: x * 0.0, lambda: x * x), [X]),
    "a branch by number": (lambda i, x: tf.switch_case(i, [lambda: x, lambda: x * x, lambda: -x]), [np.int32(1), X]),
    "a number without a branch": (lambda i, x: tf.switch_case(i, {0: lambda: x, 2: lambda: x * x}), [np.int32(7), X]),
    "the default": (lambda i, x: tf.switch_case(i, [lambda: x], default=lambda: x * x), [np.int32(-1), X]),
    "cases": (
        lambda x: tf.case([(x[0] > 1.0, lambda: x), (x[0] > 0.2, lambda: x * x)], default=lambda: x * 3.0),
        [X],
    ),
    "rounds that are counted": (
        lambda x: tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * x + tf.sin(y)), [0, x]),
        [X],
    ),
    "rounds that depend on values": (
        lambda x: tf.while_loop(lambda y: tf.reduce_sum(y) < 20.0, lambda y: (y * 1.5 + x * x,), [x]),
        [X],
    ),
    "no round": (lambda x: tf.while_loop(lambda y: y[0] < -9.0, lambda y: (y * x,), [x]), [X]),
    "at most so many rounds": (
        lambda x: tf.while_loop(lambda y: True, lambda y: (y * x,), [x], maximum_iterations=2),
        [X],
    ),
    "at most a tensor's number of rounds": (
        lambda n, x: tf.while_loop(lambda y: y[0] < 9.0, lambda y: (y + x,), [x], maximum_iterations=n),
        [np.int32(2), X],
    ),
    "two that change places": (
        lambda x: tf.while_loop(lambda i, a, b: i < 3, lambda i, a, b: (i + 1, b, a * x), [0, x, x * x]),
        [X],
    ),
    "whole numbers": (_collatz, [np.int32(27)]),
    "running totals": (lambda x: tf.scan(lambda a, e: a * e + x[0], x), [X]),
    "running totals from the end": (lambda x: tf.scan(lambda a, e: a * e + 1.0, x, x[1], reverse=True), [X]),
    "along no elements": (lambda x: tf.scan(lambda a, e: a * e, x[:0], tf.reduce_sum(x)), [X]),
    "totals of structures": (
        lambda x: tf.scan(lambda a, e: (a[0] + e[0], a[1] * e[1]), (x, x * x), (x[0], x[1])),
        [X],
    ),
    "each element": (lambda x: tf.map_fn(lambda e: tf.exp(e) * x, x), [X]),
    "the last total": (lambda x: tf.foldl(lambda a, e: a * 2.0 + e * a, x), [X]),
    "the last total from the end": (lambda x: tf.foldr(lambda a, e: a * 2.0 + e * a, x), [X]),
    "all in one": (
        lambda x: tf.while_loop(
            lambda i, y: i < 4,
            lambda i, y: (
                i + 1,
                tf.cond(tf.reduce_sum(y) > 1.0, lambda: y * 0.5, lambda: tf.scan(lambda a, e: a + e * x[1], y)),
            ),
            [0, x],
        ),
        [X],
    ),
}


def _sum(tensors: Sequence[Any]) -> Any:
    total = tf.constant(0.0, tf.float64)
    for tensor in tensors:
        total = total + tf.reduce_sum(tensor * tensor)
    return total


def _slope(function: Program, x: Any, others: Sequence[Any]) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(*others, x)
    return tape.gradient(y, x)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_means_the_same_eagerly_and_compiled(name: str) -> None:
    program, arrays = PROGRAMS[name]
    tensors = [tf.constant(a) for a in arrays]
    assert_same(arrays_of(tf.function(program)(*tensors)), arrays_of(program(*tensors)), what=name)


@pytest.mark.parametrize("name", [n for n, (_, arrays) in PROGRAMS.items() if any(a is X for a in arrays)])
def test_gradients_are_those_of_finite_differences(name: str) -> None:
    program, arrays = PROGRAMS[name]
    others = [tf.constant(a) for a in arrays[:-1]]

    def loss(*tensors: Any) -> Any:
        return _sum([t for t in nest.leaves(program(*tensors)) if t.dtype.is_floating])

    step = 1e-6
    wanted = [
        (float(loss(*others, tf.constant(X + d))) - float(loss(*others, tf.constant(X - d)))) / (2 * step)
        for d in np.eye(3) * step
    ]
    x = tf.constant(X)
    ways = {
        "eager": _slope(loss, x, others),
        "compiled": tf.function(lambda x: _slope(loss, x, others))(x),
        "of a compiled function": _slope(tf.function(loss), x, others),
    }
    for way, found in ways.items():
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-7, err_msg=way)


@pytest.mark.parametrize("name", ["second branch", "rounds that depend on values", "running totals", "each element"])
def test_gradients_can_be_differentiated_again(name: str) -> None:
    program, _ = PROGRAMS[name]

    def loss(x: Any) -> Any:
        return _sum(list(nest.leaves(program(x))))

    def curvature(x: Any) -> Any:
        with tf.GradientTape() as outer:
            outer.watch(x)
            slope = _slope(loss, x, ())
            total = tf.reduce_sum(slope * slope)
        return outer.gradient(total, x)

    x = tf.constant(X)
    np.testing.assert_allclose(tf.function(curvature)(x), curvature(x), rtol=1e-9)


def test_variables_change_only_in_the_branch_that_runs_and_in_each_round() -> None:
    v = tf.Variable(2.0)

    @tf.function
    def grow(rounds: Any) -> Any:
        tf.while_loop(lambda i: i < rounds, lambda i: (v.assign_add(1.0), i + 1)[1:], [0])
        tf.cond(v > 5.0, lambda: v.assign(v * 10.0).read_value(), lambda: v + 0.0)
        return v * 2.0

    assert [float(grow(tf.constant(n))) for n in (2, 3)] == [8.0, 140.0]
    assert float(v) == 70.0
    w = tf.Variable([0.0, 0.0])
    tf.function(lambda x: tf.map_fn(lambda e: w.assign_add(tf.stack([e, 1.0])), x))(tf.constant([1.0, 2.0]))
    assert w.numpy().tolist() == [3.0, 2.0]


def test_a_variable_read_in_a_branch_has_a_gradient() -> None:
    v = tf.Variable(3.0)

    @tf.function
    def slope(x: Any) -> Any:
        with tf.GradientTape() as tape:
            y = tf.cond(x > 0.0, lambda: x * v * v, lambda: x)
        return tape.gradient(y, v)

    assert float(slope(tf.constant(2.0))) == 12.0
    assert float(slope(tf.constant(-2.0))) == 0.0


def test_only_one_branch_runs() -> None:
    table = tf.constant([1.0, 2.0])
    pick = tf.function(lambda i: tf.cond(i < 2, lambda: tf.gather(table, i), lambda: tf.constant(-1.0)))
    assert [float(pick(tf.constant(i))) for i in (1, 5)] == [2.0, -1.0], "position 5 does not exist"


def test_a_state_may_grow_if_it_says_so() -> None:
    @tf.function
    def powers(n: Any) -> Any:
        return tf.while_loop(
            lambda row: tf.size(row) < n,
            lambda row: (tf.concat([row, row[-1:] * 2.0], 0),),
            [tf.constant([1.0])],
            shape_invariants=[tf.TensorShape([None])],
        )[0]

    for n in (1, 5, 3):
        assert powers(tf.constant(n)).numpy().tolist() == [2.0**i for i in range(n)]


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (lambda x: tf.cond(x, lambda: x, lambda: x), "pred is float32"),
        (lambda x: tf.cond(x[0] > 0.0, lambda: x, lambda: (x, x)), "true_fn returns float32 .* and false_fn returns"),
        (lambda x: tf.cond(x[0] > 0.0, lambda: x, lambda: 1), "with the same dtypes"),
        (lambda x: tf.cond(x[0] > 0.0, lambda: x, lambda: None), "with the same dtypes"),
        (lambda x: tf.cond(x[0] > 0.0, lambda: x, lambda: x[0]), "same dtype and number of axes"),
        (lambda x: tf.while_loop(lambda y: y > 0.0, lambda y: (y,), [x]), "condition of a loop gives"),
        (lambda x: tf.while_loop(lambda y: y[0] > 0.0, lambda y: (y, y), [x]), "the body returns"),
        (lambda x: tf.while_loop(lambda y: y[0] > 0.0, lambda y: (y[:2],), [x]), "shape_invariants"),
        (lambda x: tf.while_loop(lambda y: y[0] > 0.0, lambda y: (tf.cast(y, tf.int32),), [x]), "dtype must stay"),
        (lambda x: tf.scan(lambda a, e: e, x[0]), "no axis to go along"),
        (lambda x: tf.scan(lambda a, e: a + e[0], (x, x[:2]), 0.0), "differ in their first axis"),
        (lambda x: tf.switch_case(tf.size(x), {}), "functions with numbers from 0"),
        (lambda x: tf.case([]), "nothing to choose from"),
    ],
)
def test_what_cannot_be_is_said_when_the_function_is_traced(program: Program, words: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        tf.function(program)(tf.constant([1.0, 2.0, 3.0]))
