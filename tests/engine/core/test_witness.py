"""A witness sees all of a training step: what is computed for what, the gradients, and the variables that change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import engine as tf
from engine.core.dispatch import phase, place
from engine.core.witness import Witness, witness, witnessed


class Everything(Witness):
    """Keeps what it sees."""

    def __init__(self) -> None:
        self.ops: list[tuple[str, tuple[str, ...], str]] = []
        self.pending: list[str] = []
        self.batches: list[list[Any]] = []
        self.returns: dict[str, Any] = {}
        self.slopes: dict[int, Any] = {}
        self.changes: dict[str, tuple[Any, Any]] = {}
        self.reversed: list[str] = []

    def fed(self, tensors: Any, index: Any) -> None:
        self.batches.append(list(tensors))

    def before(self, op: Any, operands: Any, attrs: Any) -> None:
        self.pending.append(op.name)

    def after(self, op: Any, outputs: Any, seconds: float) -> None:
        assert self.pending.pop() == op.name
        assert seconds >= 0
        self.ops.append((phase(), place(), op.name))

    def returned(self, name: str, outputs: Any) -> None:
        self.returns[name] = outputs

    def reverses(self, op: Any, inputs: Any, outputs: Any, attrs: Any) -> None:
        self.reversed.append(op.name)

    def slope(self, of: Any, gradient: Any) -> None:
        self.slopes[id(of)] = gradient

    def assigned(self, variable: Any, before: Any, after: Any) -> None:
        self.changes[variable.name] = before, after


def model() -> Any:
    found = tf.keras.Sequential(
        [
            tf.keras.Input([3]),
            tf.keras.layers.Dense(4, "relu", name="hidden"),
            tf.keras.layers.Dense(2, name="scores"),
        ]
    )
    loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True, name="loss")
    found.compile(tf.keras.optimizers.SGD(0.1, momentum=0.9, name="sgd"), loss, metrics=["accuracy"], run_eagerly=True)
    return found


def test_a_training_step_is_seen_whole() -> None:
    network, seen = model(), Everything()
    x = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    y = np.array([0, 1, 0, 1, 1], "int32")
    network.predict(x)  # draws the weights
    before = {w.name: w.numpy() for w in network.weights}
    with witnessed(seen):
        network.train_on_batch(x, y)
    assert [t.numpy().tolist() for t in seen.batches[0]] == [x.tolist(), y.tolist()]
    phases = [p for p, _, _ in seen.ops if p]
    assert list(dict.fromkeys(phases)) == ["forward", "loss", "metrics", "backward", "update"]
    assert [(at, op) for p, at, op in seen.ops if p == "forward"] == [
        (("hidden",), "matmul"),
        (("hidden",), "bias_add"),
        (("hidden",), "relu"),
        (("scores",), "matmul"),
        (("scores",), "bias_add"),
    ]
    assert {at[0] for p, at, _ in seen.ops if p == "backward" and at} == {"loss", "scores", "hidden"}
    assert {at[:2] for p, at, _ in seen.ops if p == "update"} >= {("sgd", "hidden/kernel"), ("sgd", "scores/bias")}
    assert [op for op in seen.reversed if op != "identity"][-5:] == [
        "bias_add",
        "matmul",
        "relu",
        "bias_add",
        "matmul",
    ]
    assert {"hidden", "scores", "loss", "accuracy"} <= set(seen.returns)
    assert seen.returns["hidden"][0].shape == (5, 4)
    for weight in network.weights:
        old, new = seen.changes[weight.name]
        np.testing.assert_array_equal(old, before[weight.name])
        np.testing.assert_array_equal(new, weight.numpy())
        slope = seen.slopes[id(weight)].numpy()
        np.testing.assert_allclose(new, old - 0.1 * slope, rtol=1e-5, atol=1e-7)
    assert id(seen.returns["hidden"][0]) in seen.slopes


def test_a_compiled_step_shows_its_calls_and_slopes_while_it_is_traced() -> None:
    network, seen = model(), Everything()
    network.run_eagerly = False
    with witnessed(seen):
        network.train_on_batch(np.zeros((5, 3), "float32"), np.zeros(5, "int32"))
    assert "scores" in seen.returns
    assert not hasattr(seen.returns["scores"][0], "_array"), "it is a symbolic tensor"
    assert not [op for p, _, op in seen.ops if p == "backward"]


def test_what_a_witness_raises_ends_the_computation() -> None:
    class EnoughError(Exception):
        pass

    class Impatient(Witness):
        def before(self, op: Any, operands: Any, attrs: Any) -> None:
            raise EnoughError

    with pytest.raises(EnoughError), witnessed(Impatient()):
        tf.square(tf.constant(1.0))
    assert witness() is None
