"""A training that goes on from a checkpoint ends where one that was never interrupted ends, bit for bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import engine as tf
from engine.core.errors import DataLossError, FailedPreconditionError, InvalidArgumentError, NotFoundError
from engine.io import checkpoint, checkpoint_file
from engine.io.checkpoint_file import Checkpoint
from engine.keras.callbacks import Callback, EarlyStopping
from engine.runtime import rng

RNG = np.random.default_rng(0)
X = RNG.normal(size=(70, 6)).astype(np.float32)
Y = RNG.integers(0, 3, 70)
EPOCHS, STEPS = 4, 7  # of 11 examples each, the last of 4


def make(optimizer: Any = "adam", units: int = 8, seed: int = 1, run_eagerly: bool = False) -> tf.keras.Model:
    rng.set_seed(seed)
    x = tf.keras.Input((6,))
    hidden = tf.keras.layers.Dense(units, activation="relu")(x)
    hidden = tf.keras.layers.BatchNormalization()(tf.keras.layers.Dropout(0.3)(hidden))
    model = tf.keras.Model(x, tf.keras.layers.Dense(3, activation="softmax")(hidden))
    accuracy = tf.keras.metrics.SparseCategoricalAccuracy()
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=[accuracy], run_eagerly=run_eagerly)
    return model


class Taking(Callback):
    """Takes a checkpoint behind a step, and writes down every loss."""

    def __init__(self, epoch: int, done: int, watching: tuple[Callback, ...] = ()) -> None:
        self.at, self.watching = (epoch, done), watching
        self.taken: Checkpoint | None = None
        self.losses: list[float] = []

    def take(self) -> None:
        if (self.model.position.epoch, self.model.position.done) == self.at:
            self.taken = checkpoint.capture(self.model, self.watching)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.losses.append(logs["loss"])
        self.take()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.take()


class GoingOn(Taking):
    """Goes on from a checkpoint."""

    def __init__(self, start: Checkpoint, watching: tuple[Callback, ...] = ()) -> None:
        super().__init__(-1, -1, watching)
        self.start = start

    def on_train_begin(self, logs: Any = None) -> None:
        checkpoint.restore(self.start, self.model, self.watching)


def fit(model: tf.keras.Model, *callbacks: Callback, epochs: int = EPOCHS) -> dict[str, list[float]]:
    found = model.fit(X, Y, 11, epochs, verbose=0, callbacks=list(callbacks), validation_split=0.0)
    return found.history


@pytest.mark.parametrize("optimizer", ["adam", "sgd", tf.keras.optimizers.SGD(0.1, momentum=0.9), "rmsprop"])
@pytest.mark.parametrize(("epoch", "done"), [(1, 3), (1, STEPS), (2, 0), (3, STEPS - 1)])
def test_it_goes_on_bit_for_bit(optimizer: Any, epoch: int, done: int, tmp_path: Path) -> None:
    model, whole = make(optimizer), Taking(epoch, done)
    logs = fit(model, whole)
    assert whole.taken is not None
    checkpoint_file.write(tmp_path / "a.npz", whole.taken)
    again, rest = make(seed=9), GoingOn(checkpoint_file.read(tmp_path / "a.npz"))
    again.optimizer = tf.keras.optimizers.get(optimizer).__class__.from_config(model.optimizer.get_config())
    found = fit(again, rest)
    assert rest.losses == whole.losses[epoch * STEPS + done :]
    assert found == {name: values[epoch:] for name, values in logs.items()}
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_eagerly_too() -> None:
    whole = Taking(0, 4)
    fit(make(run_eagerly=True), whole, epochs=2)
    assert whole.taken is not None
    rest = GoingOn(whole.taken)
    fit(make(seed=3, run_eagerly=True), rest, epochs=2)
    assert rest.losses == whole.losses[4:]


def test_several_outputs_have_their_running_means() -> None:
    def two(seed: int) -> tf.keras.Model:
        rng.set_seed(seed)
        x = tf.keras.Input((6,))
        model = tf.keras.Model(x, [tf.keras.layers.Dense(1, name="a")(x), tf.keras.layers.Dense(6, name="b")(x)])
        model.compile("adam", ["mse", "mae"], metrics=[[tf.keras.metrics.MeanAbsoluteError()], []])
        return model

    class Going(GoingOn):
        pass

    targets = [Y.astype(np.float32)[:, None], X]
    whole = Taking(1, 2)
    logs = two(1).fit(X, targets, 11, 2, verbose=0, callbacks=[whole]).history
    assert whole.taken is not None
    rest = Going(whole.taken)
    found = two(2).fit(X, targets, 11, 2, verbose=0, callbacks=[rest]).history
    assert len(logs) == 4
    assert found == {name: values[1:] for name, values in logs.items()}


def test_early_stopping_remembers_what_was_best() -> None:
    def stopping() -> EarlyStopping:
        return EarlyStopping("loss", patience=2, min_delta=0.2, restore_best_weights=True)

    first, second = stopping(), stopping()
    whole = Taking(2, 0, (first,))
    model = make()
    logs = fit(model, first, whole, epochs=30)
    assert 3 <= len(logs["loss"]) < 30
    assert whole.taken is not None
    again = make(seed=2)
    found = fit(again, second, GoingOn(whole.taken, (second,)), epochs=30)
    assert found["loss"] == logs["loss"][2:]
    assert second.best_epoch == first.best_epoch
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_frozen_layers_stay_frozen() -> None:
    class Freezing(Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == 1:
                self.model.layers[1].trainable = False

    whole = Taking(2, 3)
    fit(make(), Freezing(), whole)
    assert whole.taken is not None
    rest = GoingOn(whole.taken)
    fit(make(seed=4), rest)
    assert rest.losses == whole.losses[2 * STEPS + 3 :]


def test_another_network_is_refused_and_left_as_it_was() -> None:
    whole = Taking(1, 0)
    fit(make(), whole)
    assert whole.taken is not None
    other = make(units=9)
    before = other.get_weights()
    with pytest.raises(InvalidArgumentError, match=r"holds .*\(6, 8\), the network has .*\(6, 9\)"):
        checkpoint.restore_weights(whole.taken, other)
    for a, b in zip(before, other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_model_that_does_not_train_has_no_checkpoint() -> None:
    with pytest.raises(FailedPreconditionError, match="has not been trained"):
        checkpoint.capture(make())


@pytest.mark.parametrize("cut", [0, 10, 400, 3000, -30])
def test_half_a_file_is_no_checkpoint(cut: int, tmp_path: Path) -> None:
    whole = Taking(1, 0)
    fit(make(), whole, epochs=2)
    assert whole.taken is not None
    path = tmp_path / "a.npz"
    checkpoint_file.write(path, whole.taken)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(DataLossError, match="no whole checkpoint"):
        checkpoint_file.read(path)


def test_other_files_and_none_say_so(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no file"):
        checkpoint_file.read(tmp_path / "a.npz")
    np.savez(tmp_path / "b.npz", x=X)
    with pytest.raises(DataLossError, match="no whole checkpoint"):
        checkpoint_file.read(tmp_path / "b.npz")
    checkpoint_file.write(tmp_path / "c.npz", Checkpoint({}, {"format": checkpoint_file.FORMAT, "version": 99}))
    with pytest.raises(DataLossError, match="newer Trenza: its format has version 99"):
        checkpoint_file.read(tmp_path / "c.npz")


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.npz"
    checkpoint_file.write(path, Checkpoint({}, {"format": checkpoint_file.FORMAT, "version": 1}))
    before = path.read_bytes()

    def full(*_args: Any, **_kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space"):
        checkpoint_file.write(path, Checkpoint({}, {}))
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.npz"]


def test_one_weight_is_read_alone(tmp_path: Path) -> None:
    arrays = {"weights/0": np.eye(2), "weights/1": np.ones(3), "slots/1/momentum": np.full(3, 2.0)}
    facts = {"format": checkpoint_file.FORMAT, "version": 1, "weights": [["a/kernel"], ["a/bias"]]}
    path = tmp_path / "one.npz"
    checkpoint_file.write(path, Checkpoint(arrays, facts))
    for name, slot, wanted in (("a/bias", "", np.ones(3)), ("a/bias", "momentum", np.full(3, 2.0))):
        np.testing.assert_array_equal(checkpoint_file.read_weight(path, name, slot), wanted)
    assert checkpoint_file.read_weight(path, "a/kernel", "momentum") is None
    assert checkpoint_file.read_weight(path, "b/kernel") is None
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(DataLossError, match="no whole checkpoint"):
        checkpoint_file.read_weight(path, "a/bias")
