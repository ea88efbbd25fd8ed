"""What passes do with control flow: loops are run once, and branches that are known are no branches."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from programs import graph_of

import engine as tf
from engine.graph.control import CONTROL, loop, scan
from engine.passes import optimise

X = np.array([0.5, -0.3, 0.8])


def _with_slope(program: Any) -> Any:
    def both(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = program(x)
        return y, tape.gradient(y, x)

    return both


@pytest.mark.parametrize(
    ("op", "program"),
    [
        (loop, lambda x: tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * x), [0, x])[1]),
        (scan, lambda x: tf.scan(lambda a, e: a * e, x, tf.reduce_sum(x))),
    ],
)
def test_the_rounds_of_a_gradient_are_those_that_were_run_already(op: Any, program: Any) -> None:
    graph = graph_of(_with_slope(program), X)
    assert [n.op for n in graph.nodes].count(op) == 3
    better = optimise(graph)
    assert [n.op for n in better.nodes].count(op) == 2, "once forward, once back"
    assert any(r.stage == "merge" for r in better.log)


def test_a_branch_that_is_known_is_no_branch() -> None:
    def program(x: Any) -> Any:
        return tf.cond(tf.size(x) > 2, lambda: tf.exp(x), lambda: x)

    better = optimise(graph_of(program, X))
    assert [n.op.name for n in better.nodes if n.op.name != "placeholder"] == ["fused"]
    assert not {n.op for n in better.nodes} & set(CONTROL)
    other = tf.function(program)
    np.testing.assert_allclose(other(tf.constant(X)), np.exp(X))
    np.testing.assert_allclose(other(tf.constant(X[:2])), X[:2])
