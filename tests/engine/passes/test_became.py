"""What each node has become in each pass: nothing comes from nowhere, and nothing is lost without being said so."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from programs import graph_of

import engine as tf
from engine.core.dispatch import during
from engine.graph.graph import Graph, Node, became
from engine.passes import stages

X = np.linspace(-1, 1, 6, dtype=np.float32).reshape(2, 3)
IMAGE = np.linspace(-1, 1, 64, dtype=np.float32).reshape(1, 4, 4, 4)


def pooled(x: Any) -> Any:
    """Max pooling, which the pass for it rewrites in two goes."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.nn.max_pool2d(tf.nn.relu(x), 2, 2, "VALID"))
    return tape.gradient(y, x)


PROGRAMS: dict[str, tuple[Any, Any]] = {
    "algebra": (lambda x: tf.exp(x * 1.0) + tf.exp(x) * (tf.constant(2.0) + 3.0), X),
    "stability": (lambda x: tf.math.log(tf.nn.softmax(x)), X),
    "unused": (lambda x: (tf.sin(x), tf.cos(x))[0], X),
    "pooling": (pooled, IMAGE),
}


def passes_of(name: str) -> list[tuple[str, Graph, Graph]]:
    """Return for each pass its name, and the graph before and after it."""
    program, array = PROGRAMS[name]
    found = stages(graph_of(program, array))
    return [(after[0], before[1], after[1]) for before, after in pairwise(found)]


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_node_is_accounted_for(name: str) -> None:
    for stage, before, after in passes_of(name):
        links = became(before, after)
        assert set(links) == set(before.nodes), stage
        assert {node for nodes in links.values() for node in nodes} >= set(after.nodes), stage


def ops(nodes: tuple[Node, ...]) -> list[str]:
    """Return the names of the ops of nodes."""
    return [node.op.name for node in nodes]


def test_what_is_rewritten_says_what_it_became() -> None:
    found = {stage: became(before, after) for stage, before, after in passes_of("algebra")}
    simplified = {node.op.name: ops(nodes) for node, nodes in found["simplify"].items()}
    assert simplified["multiply"] in (["placeholder"], ["multiply"])  # x*1 is x; the other product stays
    assert [ops(nodes) for node, nodes in found["simplify"].items() if ops(nodes) == ["placeholder"]]
    twice = [nodes for node, nodes in found["cse"].items() if node.op.name == "exp"]
    assert len(twice) == 2
    assert twice[0] == twice[1]
    fused = {nodes for node, nodes in found["fuse"].items() if node.op.name in ("exp", "multiply", "add")}
    assert [ops(nodes) for nodes in fused] == [["fused"]]


def test_what_nobody_reads_becomes_nothing() -> None:
    (links,) = (became(before, after) for stage, before, after in passes_of("unused") if stage == "prune")
    assert {node.op.name: ops(nodes) for node, nodes in links.items()} == {
        "placeholder": ["placeholder"],
        "sin": ["sin"],
        "cos": [],
    }


def test_a_rule_that_puts_several_ops_in_place_of_one_names_them_all() -> None:
    program = lambda x: tf.math.log(tf.nn.sigmoid(x))  # noqa: E731
    found = stages(graph_of(program, X))
    before = next(graph for name, graph in found if name == "simplify")
    after = next(graph for name, graph in found if name == "stabilise")
    (log,) = (node for node in before.nodes if node.op.name == "log")
    assert sorted(ops(became(before, after)[log])) == ["negative", "negative", "softplus"]


def test_nodes_remember_what_they_were_traced_for() -> None:
    def program(x: Any) -> Any:
        with during("loss"):
            y = tf.square(x)
        return tf.sqrt(y)

    assert {n.op.name: n.phase for n in graph_of(program, X).nodes} == {"placeholder": "", "square": "loss", "sqrt": ""}
