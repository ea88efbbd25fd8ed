"""Callbacks: those that watch, those that write, and who is told what."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import engine as tf

keras, layers, callbacks = tf.keras, tf.keras.layers, tf.keras.callbacks
X = np.linspace(-1, 1, 40, dtype=np.float32).reshape(10, 4)
Y = X[:, :1] * 2


def model() -> Any:
    """Return a compiled model."""
    made = keras.Sequential([keras.Input((4,)), layers.Dense(1, kernel_initializer="ones")])
    made.compile(keras.optimizers.SGD(0.1), "mse")
    return made


class Stub:
    """A model that only has what a callback needs."""

    def __init__(self) -> None:
        self.stop_training = False
        self.epoch = -1
        self.optimizer = SimpleNamespace(learning_rate=1.0)

    def get_weights(self) -> list[int]:
        return [self.epoch]

    def set_weights(self, weights: list[int]) -> None:
        self.restored = weights[0]


def watch(callback: Any, values: list[float], name: str = "val_loss") -> tuple[Stub, int]:
    """Let a callback see a value an epoch, and return the model and how many epochs there were."""
    stub = Stub()
    callback.set_model(stub)
    callback.on_train_begin({})
    for stub.epoch, value in enumerate(values):
        callback.on_epoch_end(stub.epoch, {name: value})
        if stub.stop_training:
            break
    callback.on_train_end({})
    return stub, stub.epoch + 1


@pytest.mark.parametrize(
    ("options", "name", "values", "epochs"),
    [
        ({}, "val_loss", [3, 2, 2.5, 1], 3),
        ({"patience": 2}, "val_loss", [3, 2, 2.5, 1, 1, 1], 6),
        ({"patience": 2}, "val_loss", [3, 2, 2.5, 2.5, 1], 4),
        ({"monitor": "val_accuracy"}, "val_accuracy", [0.1, 0.2, 0.15, 0.3], 3),
        ({"monitor": "size", "mode": "max"}, "size", [1, 2, 2, 3], 3),
        ({"min_delta": 0.5}, "val_loss", [3, 2, 1.8, 1], 3),
        ({"start_from_epoch": 3}, "val_loss", [1, 2, 3, 4, 3, 5], 6),
        ({"baseline": 0.5, "patience": 2}, "val_loss", [3, 2, 1, 0.9], 4),
    ],
)
def test_a_training_ends_when_nothing_gets_better(
    options: dict[str, Any], name: str, values: list[float], epochs: int
) -> None:
    assert watch(callbacks.EarlyStopping(**options), values, name)[1] == epochs


def test_the_best_weights_come_back() -> None:
    stopping = callbacks.EarlyStopping(patience=2, restore_best_weights=True)
    stub, epochs = watch(stopping, [3, 1, 2, 2, 2])
    assert (epochs, stub.restored, stopping.best_epoch, stopping.best) == (4, 1, 1, 1)


def test_a_plateau_makes_the_rate_smaller() -> None:
    stub, _ = watch(callbacks.ReduceLROnPlateau(factor=0.5, patience=2, min_lr=0.2), [1.0] * 12)
    assert stub.optimizer.learning_rate == 0.2
    stub, _ = watch(callbacks.ReduceLROnPlateau(factor=0.5, patience=2), [1.0] * 4)
    assert stub.optimizer.learning_rate == 0.5
    stub, _ = watch(callbacks.ReduceLROnPlateau(factor=0.5, patience=1, cooldown=3), [1.0] * 4)
    assert stub.optimizer.learning_rate == 0.5
    with pytest.raises(tf.errors.InvalidArgumentError, match="factor is 1"):
        callbacks.ReduceLROnPlateau(factor=1.0)


def test_a_number_that_is_not_there_is_said() -> None:
    with pytest.warns(UserWarning, match=r"watches 'val_loss', but the logs hold: loss"):
        model().fit(X, Y, verbose=0, callbacks=callbacks.EarlyStopping())


def test_a_function_sets_the_rate() -> None:
    made = model()
    history = made.fit(
        X, Y, epochs=3, verbose=0, callbacks=callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    )
    assert float(made.optimizer.learning_rate) == pytest.approx(0.0125)
    assert history.history["loss"][-1] < history.history["loss"][0]
    made.fit(X, Y, epochs=2, verbose=0, callbacks=[callbacks.LearningRateScheduler(lambda epoch: 0.5**epoch)])
    assert float(made.optimizer.learning_rate) == 0.5


def test_a_loss_that_explodes_ends_the_training(capsys: pytest.CaptureFixture[str]) -> None:
    made = model()
    made.optimizer.learning_rate = 1e30
    history = made.fit(X, Y, epochs=9, verbose=0, batch_size=2, callbacks=callbacks.TerminateOnNaN())
    assert len(history.epoch) == 1
    assert "so the training ends" in capsys.readouterr().out


def test_logs_are_written_as_a_table(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    made = model()
    made.fit(X, Y, epochs=2, verbose=0, validation_split=0.2, callbacks=callbacks.CSVLogger(file))
    made.fit(X, Y, epochs=1, verbose=0, validation_split=0.2, callbacks=callbacks.CSVLogger(file, append=True))
    lines = file.read_text().splitlines()
    assert lines[0] == "epoch,loss,val_loss"
    assert [line.partition(",")[0] for line in lines[1:]] == ["0", "1", "0"]


def test_evaluations_and_predictions_tell_their_callbacks() -> None:
    heard: list[Any] = []

    class Ear(callbacks.Callback):
        def on_test_begin(self, logs: Any = None) -> None:
            heard.append("test")

        def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
            heard.append((batch, *logs))

        def on_test_end(self, logs: Any = None) -> None:
            heard.append(sorted(logs))

        def on_predict_begin(self, logs: Any = None) -> None:
            heard.append("predict")

        def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:
            heard.append(batch)

        def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
            heard.append(logs["outputs"].shape)

        def on_predict_end(self, logs: Any = None) -> None:
            heard.append("predicted")

    made = model()
    made.evaluate(X, Y, batch_size=6, verbose=0, callbacks=Ear())
    made.predict(X, batch_size=6, callbacks=[Ear()])
    assert heard[:4] == ["test", (0, "loss"), (1, "loss"), ["loss"]]
    assert heard[4:] == ["predict", 0, (6, 1), 1, (4, 1), "predicted"]
    heard.clear()
    made.fit(X, Y, verbose=0, validation_data=(X, Y), callbacks=Ear())
    assert heard == ["test", (0, "loss"), ["loss"]]


def test_an_epoch_may_be_some_steps_and_the_next_goes_on() -> None:
    seen: list[float] = []

    class Note(layers.Layer):
        def call(self, inputs: Any) -> Any:
            if isinstance(inputs, tf.Tensor):
                seen.append(float(inputs[0, 0]))
            return inputs

    made = keras.Sequential([Note(), layers.Dense(1)])
    made.compile("sgd", "mse", run_eagerly=True)
    made(X)
    seen.clear()
    made.fit(X, Y, batch_size=5, epochs=3, steps_per_epoch=1, shuffle=False, verbose=0)
    assert seen == [X[0, 0], X[5, 0], X[0, 0]]
