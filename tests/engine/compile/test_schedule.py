"""When nodes run: side by side if they are large and do not depend on each other, and in their order otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from programs import arrays_of, assert_same, graph_of, on_threads

import engine as tf
from engine.compile.plan import Plan
from engine.compile.schedule import Moment, schedule
from engine.compile.select import parts_of, seconds_of
from engine.core.processors import available
from engine.graph.graph import Graph, Node
from engine.passes import optimise
from engine.passes.fuse import FUSED

RNG = np.random.default_rng(0)
X = RNG.random((32, 128), dtype=np.float32)
A, B = (RNG.random((128, 256), dtype=np.float32) for _ in range(2))
SQUARE = RNG.random((256, 256), dtype=np.float32)


def moments(graph: Graph, threads: int = 2) -> list[Moment]:
    """Return when the nodes of a graph run, if every product alone is on one thread."""
    order = [n for n in optimise(graph).nodes if n.op.name not in ("placeholder", "constant")]
    found = schedule(order, lambda n: 1e-3 if n.op.name == "matmul" else seconds_of(n), lambda n: 1, threads)
    assert sorted(map(id, (n for moment in found for n in moment))) == sorted(map(id, order))
    done: set[Node] = set()
    for moment in found:
        needed = {v.node for node in moment for v in node.inputs if v.node in order}
        assert needed <= done, "what a node needs has been computed"
        done.update(moment)
    return found


def names(found: list[Moment]) -> list[str]:
    """Return the ops of each moment."""
    fused = {n: n.attrs["body"].nodes[-1].op.name for moment in found for n in moment if n.op is FUSED}
    return [" | ".join(fused.get(n, n.op.name) for n in moment) for moment in found]


def two_towers(x: Any, a: Any, b: Any, c: Any) -> Any:
    left = tf.matmul(tf.exp(tf.matmul(x, a)), c)
    right = tf.matmul(tf.tanh(tf.matmul(x, b)), c)
    return left - right


def test_branches_run_side_by_side() -> None:
    found = names(moments(graph_of(two_towers, X, A, B, SQUARE)))
    assert found == ["matmul | matmul", "exp", "tanh", "matmul | matmul", "subtract"]


def test_on_one_thread_the_order_stays() -> None:
    found = moments(graph_of(two_towers, X, A, B, SQUARE), 1)
    assert names(found) == ["matmul", "exp", "matmul", "matmul", "tanh", "matmul", "subtract"]


def test_what_needs_the_other_comes_after_it() -> None:
    chain = graph_of(lambda x, a, c: tf.matmul(tf.matmul(tf.matmul(x, a), c), c), X, A, SQUARE)
    assert names(moments(chain)) == ["matmul"] * 3


def test_what_stays_at_its_place_is_not_overtaken() -> None:
    def program(x: Any, a: Any, b: Any) -> Any:
        left = tf.matmul(x, a)
        branch = tf.cond(tf.reduce_sum(x) > 0, lambda: tf.exp(x), lambda: -x)
        return left + tf.matmul(branch, b)

    found = moments(graph_of(program, X, A, B))
    assert all(len(moment) == 1 for moment in found), "what the second product needs may have effects"


def test_what_python_computes_comes_before_those_that_run_side_by_side() -> None:
    graph = graph_of(lambda x, a, b: tf.matmul(x, a) + tf.matmul(tf.sort(x), b), X, A, B)  # NumPy sorts
    assert names(moments(graph)) == ["sort", "matmul | matmul", "add"]


def test_small_work_is_not_worth_it() -> None:
    small = graph_of(lambda x: tf.matmul(x, x) + tf.matmul(x, x, transpose_a=True), np.eye(4, dtype=np.float32))
    order = [n for n in small.nodes if n.op.name != "placeholder"]
    assert schedule(order, seconds_of, parts_of, 2) == [(n,) for n in order]


def test_work_that_all_threads_share_stays_alone() -> None:
    graph = graph_of(lambda x, a, b: tf.matmul(x, a) + tf.matmul(x, b), X, A, B)
    order = [n for n in graph.nodes if n.op.name != "placeholder"]
    assert all(len(m) == 1 for m in schedule(order, lambda n: 1e-3, lambda n: 16, 2))
    assert any(len(m) == 2 for m in schedule(order, lambda n: 1e-3, lambda n: 1, 2))


@pytest.mark.skipif(available() == 1, reason="there is one processor")
def test_a_bidirectional_network_runs_both_ways_at_once() -> None:
    layers = tf.keras.layers
    forward, backward = layers.LSTM(64), layers.LSTM(64, go_backwards=True)
    x = RNG.random((16, 28, 64), dtype=np.float32)  # so few examples that neither is divided

    def program(x: Any) -> Any:
        return forward(x), backward(x)

    program(tf.constant(x))
    function = tf.function(program)
    wanted = arrays_of(program(tf.constant(x)))
    for _ in range(8):
        assert_same(arrays_of(function(x)), wanted, scale=10)
    kernels = function.get_concrete_function(x).explain().kernels
    moments = [k.moment for k in kernels if k.ops == ("lstm",)]
    assert len(moments) == 2
    assert moments[0] == moments[1]


@pytest.mark.parametrize("threads", [2, 3])
def test_of_more_branches_than_threads_all_run_in_one_moment(threads: int) -> None:
    graph = graph_of(lambda x, a, b: [tf.matmul(x, a + float(i)) for i in range(5)], X, A, B)
    assert max(len(m) for m in moments(graph, threads)) == 5


def test_branches_compute_what_they_do_alone(all_work_is_divided: None) -> None:
    plan = Plan(optimise(graph_of(two_towers, X, A, B, SQUARE)))
    numbers = [k.moment for k in plan.explain().kernels]
    assert len(set(numbers)) < len(numbers), "some share a moment"
    one, several = on_threads(two_towers, X, A, B, SQUARE)
    assert_same(one, arrays_of(two_towers(X, A, B, SQUARE)), scale=200)
    np.testing.assert_array_equal(one, several)


def test_buffers_of_branches_lie_apart(all_work_is_divided: None) -> None:
    def program(x: Any, a: Any, b: Any) -> Any:
        left, right = tf.exp(-tf.matmul(x, a)), tf.exp(-tf.matmul(x, b))
        return tf.reduce_sum(tf.sort(left) - tf.sort(right))

    plan = Plan(optimise(graph_of(program, X, A, B)))
    at_once: dict[int, list[Any]] = {}
    for step, kernel in zip(plan.steps, plan.explain().kernels, strict=True):
        at_once.setdefault(kernel.moment, []).append(step)
    assert max(map(len, at_once.values())) > 1
    for steps in at_once.values():
        for step in steps:
            others = [s for s in steps if s is not step]
            written = step.outputs
            assert not any(np.shares_memory(w, a) for w in written for o in others for a in (*o.inputs, *o.outputs))


def test_an_error_in_one_of_several_branches_is_told(all_work_is_divided: None) -> None:
    def program(x: Any, i: Any, j: Any) -> Any:
        return tf.gather(x, i) + tf.gather(x, j)

    f = tf.function(program)
    wrong = np.array([0, 99], np.int32)
    with pytest.raises(tf.errors.InvalidArgumentError, match="99"):
        f(X, np.zeros(2, np.int32), wrong)
    with pytest.raises(tf.errors.InvalidArgumentError, match="99"):
        f(X, wrong, np.zeros(2, np.int32))
