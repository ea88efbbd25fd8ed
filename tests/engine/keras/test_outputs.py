"""What belongs to which output: by name, by place, one for all; and words for what does not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import engine as tf

keras, layers = tf.keras, tf.keras.layers
X = np.linspace(-1, 1, 24, dtype=np.float32).reshape(6, 4)
TRUTH = {"b": X[:, :1], "a": X[:, :2]}


def model(**options: Any) -> Any:
    """Return a model with the outputs "a" and "b", which a dict names."""
    x = keras.Input((4,), name="x")
    made = keras.Model(x, {"b": layers.Dense(1)(x), "a": layers.Dense(2)(x)})
    made.compile(**{"optimizer": "sgd", "loss": "mse", **options})
    return made


def test_outputs_of_a_dict_have_its_names() -> None:
    made = model(metrics="mae")
    assert made.output_names == ["a", "b"]
    logs = made.fit({"x": X}, TRUTH, verbose=0, validation_split=0.5).history
    assert list(logs)[:5] == ["loss", "a_loss", "b_loss", "a_mae", "b_mae"]
    for found in (made.predict(X), made.predict_on_batch(X), made(X)):
        assert {name: tuple(value.shape) for name, value in found.items()} == {"a": (6, 2), "b": (6, 1)}


def test_outputs_of_a_dict_can_be_given_by_place() -> None:
    by_name, by_place = model(), model(loss=["mse", "mse"], loss_weights=[1.0, 1.0])
    by_place.set_weights(by_name.get_weights())
    named = by_name.evaluate(X, TRUTH, verbose=0, sample_weight=np.arange(6.0))
    placed = by_place.evaluate(X, [TRUTH["a"], TRUTH["b"]], verbose=0, sample_weight=[np.arange(6.0)] * 2)
    assert named == pytest.approx(placed)


@pytest.mark.parametrize(
    ("options", "fit", "words"),
    [
        ({"loss": {"c": "mse"}}, {}, "loss names the output 'c', but the outputs are: a, b"),
        ({"loss_weights": {"c": 1.0}}, {}, "loss_weights names the output 'c'"),
        ({"loss_weights": [1.0]}, {}, "loss_weights has 1 entries, but the model has 2 outputs: a, b"),
        ({"metrics": {"c": "mae"}}, {}, "metrics names the output 'c'"),
        ({"metrics": ["mae", "mse", "mae"]}, {}, "metrics has 3 entries"),
        ({"weighted_metrics": {"c": "mae"}}, {}, "weighted_metrics names the output 'c'"),
        ({}, {"y": {"a": X[:, :2]}}, "y does not name the output 'b'; the outputs are: a, b"),
        ({}, {"y": {**TRUTH, "c": X}}, "y names the output 'c'"),
        ({}, {"y": X}, "2 outputs, but y has 1"),
        ({}, {"sample_weight": {"c": np.ones(6)}}, "sample_weight names the output 'c'"),
        ({}, {"steps_per_epoch": 0}, "fit: steps_per_epoch is 0"),
        ({}, {"validation_steps": 0}, "fit: validation_steps is 0"),
        ({"steps_per_execution": 0}, {}, "compile: steps_per_execution is 0"),
    ],
)
def test_what_belongs_to_no_output_is_refused(options: dict[str, Any], fit: dict[str, Any], words: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        model(**options).fit(**{"x": X, "y": TRUTH, "verbose": 0, **fit})


def test_an_output_without_a_loss_needs_no_truth() -> None:
    made = model(loss={"a": "mse"})
    assert list(made.fit(X, {"a": X[:, :2]}, verbose=0).history) == ["loss"]


@pytest.mark.parametrize("run_eagerly", [False, True])
def test_a_step_of_ones_own_returns_logs(run_eagerly: bool) -> None:
    class Odd(keras.Model):
        def train_step(self, data: Any) -> Any:
            return [tf.constant(1.0)]

        def predict_step(self, data: Any) -> Any:
            return super().predict_step(data) * 0.0 + 7.0

    x = keras.Input((4,))
    made = Odd(x, layers.Dense(1)(x))
    made.compile("sgd", "mse", run_eagerly=run_eagerly)
    with pytest.raises(tf.errors.InvalidArgumentError, match="no dict of logs"):
        made.fit(X, X[:, :1], verbose=0)
    assert (made.predict(X) == 7.0).all()


def test_only_one_way_limits_gradients_and_schedules_are_not_set() -> None:
    kinds = keras.optimizers
    with pytest.raises(tf.errors.InvalidArgumentError, match="clipnorm, clipvalue"):
        kinds.SGD(clipnorm=1.0, clipvalue=1.0)
    with pytest.raises(tf.errors.UnsupportedError, match="follows a schedule"):
        kinds.SGD(kinds.schedules.CosineDecay(0.1, 5)).learning_rate = 0.5
    with pytest.raises(tf.errors.InvalidArgumentError, match="ascending boundaries"):
        kinds.schedules.PiecewiseConstantDecay([3, 1], [0.1, 0.2, 0.3])
