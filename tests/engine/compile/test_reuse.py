"""What is written over: values that nobody needs any more, and the states of variables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from programs import graph_of

import engine as tf
from engine.compile.plan import Plan
from engine.passes import optimise
from engine.runtime.concrete import ConcreteFunction

X = np.linspace(0.5, 1.5, 12, dtype=np.float32).reshape(4, 3)


def plan_of(program: Any, *arrays: Any) -> Plan:
    """Return the plan of a program, bound to its arguments."""
    plan = Plan(optimise(graph_of(program, *arrays)))
    for i, array in enumerate(arrays):
        plan.bind(i, array)
    return plan


def test_a_value_that_nobody_needs_any_more_is_written_over() -> None:
    plan = plan_of(lambda x: tf.exp(tf.transpose(x)), X)
    assert list(plan.overwrites.values()) == [{0: 0}]
    assert plan.nbytes == X.nbytes
    plan.run()
    np.testing.assert_allclose(plan.output(0), np.exp(X.T), rtol=1e-6)


@pytest.mark.parametrize(
    "program",
    [
        lambda x: tf.exp(x),  # the caller's own array
        lambda x: [tf.exp(t := tf.transpose(x)), t],  # a result
        lambda x: tf.matmul(tf.exp(t := tf.transpose(x)), t, transpose_b=True),  # read later
        lambda x: tf.exp(t := tf.transpose(x)) + t[:1],  # read at other places, too
        lambda x: tf.cast(tf.transpose(x), tf.float64),  # of another dtype
    ],
)
def test_what_is_still_needed_is_not(program: Any) -> None:
    plan = plan_of(program, X.copy())
    for _ in range(2):
        plan.run()
        wanted = program(tf.constant(X))
        for i, value in enumerate(wanted if isinstance(wanted, list) else [wanted]):
            np.testing.assert_allclose(plan.output(i), value, rtol=1e-6)


def test_states_are_written_over_where_they_are_read_at_the_same_place() -> None:
    a, b = tf.Variable(X), tf.Variable(X * 2)

    def program() -> Any:
        a.assign(a * 2.0 + b)  # in place
        b.assign(b[::-1] + 1.0)  # not: other places are read
        return tf.reduce_sum(a)

    concrete = ConcreteFunction(program, ((), {}), [], "step")
    plan = concrete.executor([]).plan
    assert len(plan.inplace) == 1
    before = np.array(a), np.array(b)
    concrete()
    np.testing.assert_allclose(a, before[0] * 2 + before[1])
    np.testing.assert_allclose(b, before[1][::-1] + 1)
