"""Models made again from their configuration, copied, and seen from outside."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from programs import assert_same

import engine as tf

keras, layers = tf.keras, tf.keras.layers
X = np.linspace(-1, 1, 24, dtype=np.float32).reshape(6, 4)


class Scaled(layers.Layer):
    """A layer with a constructor of its own."""

    def __init__(self, factor: float, shift: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.factor, self.shift = factor, shift

    def call(self, inputs: Any) -> Any:
        """Scale and shift."""
        return inputs * self.factor + self.shift


def wired() -> Any:
    """Return a model with two inputs, a shared layer, ops, constants, a nested model and two named outputs."""
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    shared = layers.Dense(3, activation="tanh", kernel_regularizer=keras.regularizers.L2(0.1), name="shared")
    inner = keras.Sequential([keras.Input((3,)), layers.Dense(2)], name="inner")
    joined = 1.0 - shared(a) * tf.constant([1.0, 2.0, 3.0]) + tf.nn.relu(shared(b))
    both = tf.concat([joined, a[:, :1], tf.cast(b[..., 1:2], "float32")], axis=-1)
    outputs = {"one": layers.Dense(1)(Scaled(2.0, shift=1.0)(both)), "two": inner(joined)}
    return keras.Model({"left": a, "right": b}, outputs, name="wired")


def through_json(model: Any) -> Any:
    return type(model).from_config(json.loads(json.dumps(model.get_config())), custom_objects={"Scaled": Scaled})


@pytest.mark.parametrize("again", [through_json, keras.models.clone_model], ids=["config", "clone"])
@pytest.mark.parametrize(
    "make",
    [
        wired,
        lambda: keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="relu"), Scaled(3.0), layers.Dense(2)]),
        lambda: keras.Sequential([layers.Dense(3), layers.Dropout(0.5)]),
    ],
    ids=["wired", "row", "row without input"],
)
def test_a_model_made_again_is_another_that_computes_the_same(make: Any, again: Any) -> None:
    model = make()
    copy = again(model)
    given = {"left": X, "right": X[::-1]} if model.name == "wired" else X
    expected = model(given)
    copy(given)
    assert [w.shape for w in copy.weights] == [w.shape for w in model.weights]
    assert [layer.name for layer in copy.layers] == [layer.name for layer in model.layers]
    assert not {id(w) for w in copy.weights} & {id(w) for w in model.weights}
    copy.set_weights(model.get_weights())
    found = copy(given)
    pairs = zip(expected.values(), found.values(), strict=True) if isinstance(expected, dict) else [(expected, found)]
    for a, b in pairs:
        assert_same([b], [a])
    assert len(copy.losses) == len(model.losses)


def test_a_clone_may_change_layers_and_inputs() -> None:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(2)])
    wide = keras.models.clone_model(model, clone_function=lambda layer: layers.Dense(layer.units * 2, name=layer.name))
    assert wide.output_shape == (None, 4)
    x = keras.Input((4,), batch_size=5)
    assert keras.models.clone_model(model, input_tensors=x).output_shape == (5, 2)


def test_what_has_no_wires_is_not_copied() -> None:
    class Own(keras.Model):
        def call(self, inputs: Any) -> Any:
            return inputs

    with pytest.raises(tf.errors.UnsupportedError, match="Make another object of Own"):
        keras.models.clone_model(Own())
    with pytest.raises(tf.errors.NotFoundError, match="custom_objects"):
        layers.deserialize({"class_name": "Nowhere", "config": {}})


def test_a_subclass_is_made_again_from_its_arguments() -> None:
    class Two(keras.Model):
        def __init__(self, units: int, rate: float = 0.1) -> None:
            super().__init__()
            self.dense, self.dropout = layers.Dense(units), layers.Dropout(rate)

        def call(self, inputs: Any) -> Any:
            return self.dropout(self.dense(inputs))

    model = Two(3, rate=0.4)
    assert model.get_config() == {"units": 3, "rate": 0.4}
    again = Two.from_config(model.get_config())
    assert (again.dense.units, again.dropout.rate) == (3, 0.4)
    shown: list[str] = []
    again(X)
    again.summary(print_fn=shown.append)
    assert "(None, 3)" in shown[0]
    assert "?" not in shown[0]
    built = Two(2)
    built.build((None, 4))
    assert built.count_params() == 10
    with pytest.raises(tf.errors.FailedPreconditionError, match="was not built"):
        layers.Dense(3).count_params()


def test_training_reaches_the_layers_inside() -> None:
    seen: list[Any] = []

    class Spy(layers.Layer):
        def call(self, inputs: Any, training: bool = False) -> Any:
            seen.append(training)
            return inputs

    class Outer(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.spy, self.dense = Spy(), layers.Dense(1)

        def call(self, inputs: Any) -> Any:
            return self.dense(self.spy(inputs))

    model = Outer()
    model(X)
    model(X, training=True)
    model.compile("sgd", "mse")
    model.fit(X, X[:, :1], verbose=0)
    model.predict(X)
    assert seen == [False, True, True, False]
