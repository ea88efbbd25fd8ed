"""What every layer, loss, metric, optimiser and initializer declares is what it does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from programs import assert_same

import engine as tf
from engine.core.param import Param
from engine.core.registry import Registry
from engine.keras.declared import Declared
from engine.keras.initializers import INITIALIZERS
from engine.keras.layers import LAYERS
from engine.keras.losses import LOSSES
from engine.keras.metrics import METRICS
from engine.keras.optimizers import OPTIMIZERS


def classes(registry: Registry[Any]) -> list[type[Declared]]:
    """Return the classes of a registry, each once."""
    return list(dict.fromkeys(registry.values()))


PARTS = [c for r in (LAYERS, LOSSES, METRICS, OPTIMIZERS, INITIALIZERS) for c in classes(r)]
PARAMS = [(c, name) for c in PARTS for name, param in c.params.items() if list(param.bad_values())]


def minimal(kind: type[Declared], **changes: Any) -> Any:
    """Return an object with a valid value for each parameter that must be given."""
    required = {name: p.example for name, p in kind.params.items() if p.required}
    return kind(**{**required, **changes})


@pytest.mark.parametrize("kind", PARTS, ids=lambda c: c.__name__)
def test_a_part_says_what_it_is(kind: type[Declared]) -> None:
    assert kind.__doc__ is not None
    assert kind.__doc__.split("\n")[0].endswith((".", ":"))
    assert [name for name, p in kind.params.items() if not p.help] == []


@pytest.mark.parametrize("kind", classes(LAYERS) + classes(LOSSES), ids=lambda c: c.__name__)
def test_layers_and_losses_show_shapes_and_an_example(kind: type[Declared]) -> None:
    assert kind.__doc__ is not None
    assert "Shapes: " in kind.__doc__
    assert ">>> " in kind.__doc__


@pytest.mark.parametrize("kind", PARTS, ids=lambda c: c.__name__)
def test_a_part_is_made_again_from_its_configuration(kind: type[Declared]) -> None:
    config = minimal(kind).get_config()
    again = kind.from_config(json.loads(json.dumps(config)))
    assert type(again) is kind
    assert again.get_config() == config


@pytest.mark.parametrize(("kind", "name"), PARAMS, ids=[f"{c.__name__}-{n}" for c, n in PARAMS])
def test_bad_values_are_refused(kind: type[Declared], name: str) -> None:
    param: Param = kind.params[name]
    for value in param.bad_values():
        with pytest.raises(tf.errors.InvalidArgumentError, match=rf"{kind.__name__}: {name} is"):
            minimal(kind, **{name: value})


@pytest.mark.parametrize("kind", PARTS, ids=lambda c: c.__name__)
def test_unknown_and_superfluous_arguments_are_refused(kind: type[Declared]) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"{kind.__name__} has no parameter 'no_such'"):
        minimal(kind, no_such=1)
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"{kind.__name__} takes at most"):
        kind(*[None] * (len(kind.params) + 1))


# ------------------------------------------------------------------------------------------------------------ layers

#: Layers with their arguments, the shape of an input, and how many weights they have.
LAYER_CASES: dict[str, tuple[Callable[[], Any], Any, int]] = {
    "Dense": (lambda: tf.keras.layers.Dense(3), (4, 5), 2),
    "Dense relu": (lambda: tf.keras.layers.Dense(3, activation="relu", use_bias=False), (4, 5), 1),
    "Dense axes": (lambda: tf.keras.layers.Dense(2, activation=tf.nn.tanh), (4, 3, 5), 2),
    "Dense initializers": (
        lambda: tf.keras.layers.Dense(2, kernel_initializer=tf.keras.initializers.RandomNormal(seed=1)),
        (4, 5),
        2,
    ),
    "Flatten": (tf.keras.layers.Flatten, (4, 3, 5), 0),
    "Flatten vector": (tf.keras.layers.Flatten, (4,), 0),
    "Activation": (lambda: tf.keras.layers.Activation("softmax"), (4, 5), 0),
    "Add": (tf.keras.layers.Add, [(4, 5), (4, 5), (4, 5)], 0),
    "Subtract": (tf.keras.layers.Subtract, [(4, 5), (4, 5)], 0),
    "Multiply": (tf.keras.layers.Multiply, [(4, 5), (4, 1)], 0),
    "Average": (tf.keras.layers.Average, [(4, 5), (4, 5)], 0),
    "Maximum": (tf.keras.layers.Maximum, [(4, 5), (4, 5)], 0),
    "Minimum": (tf.keras.layers.Minimum, [(4, 5), (4, 5)], 0),
    "Concatenate": (tf.keras.layers.Concatenate, [(4, 5), (4, 2)], 0),
    "Reshape": (lambda: tf.keras.layers.Reshape((5, -1)), (4, 15), 0),
    "Permute": (lambda: tf.keras.layers.Permute((2, 1)), (4, 3, 5), 0),
    "RepeatVector": (lambda: tf.keras.layers.RepeatVector(3), (4, 5), 0),
    "Rescaling": (lambda: tf.keras.layers.Rescaling(2.0, 1.0), (4, 5), 0),
    "ReLU": (lambda: tf.keras.layers.ReLU(0.9, 0.2, 0.1), (4, 5), 0),
    "LeakyReLU": (tf.keras.layers.LeakyReLU, (4, 5), 0),
    "ELU": (tf.keras.layers.ELU, (4, 5), 0),
    "PReLU": (lambda: tf.keras.layers.PReLU(tf.keras.initializers.Constant(0.3)), (4, 5), 1),
    "Softmax": (lambda: tf.keras.layers.Softmax(axis=1), (4, 3, 5), 0),
    "GaussianNoise": (lambda: tf.keras.layers.GaussianNoise(0.4, seed=1), (4, 5), 0),
    "Dropout": (lambda: tf.keras.layers.Dropout(0.4, seed=1), (4, 5), 0),
    "Conv1D": (lambda: tf.keras.layers.Conv1D(3, 2, padding="causal", dilation_rate=2), (4, 5, 2), 2),
    "Conv2D": (lambda: tf.keras.layers.Conv2D(3, (3, 2), strides=2, activation="tanh"), (4, 5, 4, 2), 2),
    "Conv2D groups": (lambda: tf.keras.layers.Conv2D(4, 2, padding="same", groups=2, use_bias=False), (4, 3, 3, 2), 1),
    "Conv3D": (lambda: tf.keras.layers.Conv3D(2, 2), (4, 2, 3, 3, 1), 2),
    "Conv1DTranspose": (lambda: tf.keras.layers.Conv1DTranspose(2, 3, strides=2, padding="same"), (4, 3, 2), 2),
    "Conv2DTranspose": (lambda: tf.keras.layers.Conv2DTranspose(2, 3, strides=2), (4, 2, 3, 2), 2),
    "Conv2DTranspose output_padding": (
        lambda: tf.keras.layers.Conv2DTranspose(2, 3, 2, "same", output_padding=0),
        (4, 2, 3, 1),
        2,
    ),
    "Conv3DTranspose": (lambda: tf.keras.layers.Conv3DTranspose(1, 2), (4, 2, 2, 1, 2), 2),
    "DepthwiseConv1D": (lambda: tf.keras.layers.DepthwiseConv1D(2, depth_multiplier=2), (4, 4, 2), 2),
    "DepthwiseConv2D": (lambda: tf.keras.layers.DepthwiseConv2D(2, strides=2, padding="same"), (4, 3, 4, 2), 2),
    "SeparableConv1D": (lambda: tf.keras.layers.SeparableConv1D(3, 2), (4, 4, 2), 3),
    "SeparableConv2D": (lambda: tf.keras.layers.SeparableConv2D(3, 2, depth_multiplier=2), (4, 3, 3, 2), 3),
    "MaxPooling1D": (lambda: tf.keras.layers.MaxPooling1D(2, padding="same"), (4, 3, 2), 0),
    "MaxPooling2D": (lambda: tf.keras.layers.MaxPooling2D(2, padding="same"), (4, 3, 3, 2), 0),
    "MaxPooling3D": (lambda: tf.keras.layers.MaxPooling3D(2, padding="same"), (4, 3, 3, 3, 2), 0),
    "AveragePooling1D": (lambda: tf.keras.layers.AveragePooling1D(2, padding="same"), (4, 3, 2), 0),
    "AveragePooling2D": (lambda: tf.keras.layers.AveragePooling2D(2, padding="same"), (4, 3, 3, 2), 0),
    "AveragePooling3D": (lambda: tf.keras.layers.AveragePooling3D(2, padding="same"), (4, 3, 3, 3, 2), 0),
    "GlobalMaxPooling1D": (lambda: tf.keras.layers.GlobalMaxPooling1D(), (4, 3, 2), 0),
    "GlobalMaxPooling2D": (lambda: tf.keras.layers.GlobalMaxPooling2D(), (4, 3, 3, 2), 0),
    "GlobalMaxPooling3D": (lambda: tf.keras.layers.GlobalMaxPooling3D(), (4, 3, 3, 3, 2), 0),
    "GlobalAveragePooling1D": (lambda: tf.keras.layers.GlobalAveragePooling1D(), (4, 3, 2), 0),
    "GlobalAveragePooling2D": (lambda: tf.keras.layers.GlobalAveragePooling2D(), (4, 3, 3, 2), 0),
    "GlobalAveragePooling3D": (lambda: tf.keras.layers.GlobalAveragePooling3D(), (4, 3, 3, 3, 2), 0),
    "BatchNormalization": (lambda: tf.keras.layers.BatchNormalization(), (4, 3, 2), 4),
    "BatchNormalization axis": (lambda: tf.keras.layers.BatchNormalization(axis=1, scale=False), (4, 3, 2), 3),
    "LayerNormalization": (lambda: tf.keras.layers.LayerNormalization(), (4, 3, 5), 2),
    "LayerNormalization axes": (lambda: tf.keras.layers.LayerNormalization(axis=(1, 2), center=False), (4, 3, 2), 1),
    "Embedding": (lambda: tf.keras.layers.Embedding(3, 2), (4, 3), 1),
    "SimpleRNN": (lambda: tf.keras.layers.SimpleRNN(3, activation="relu"), (4, 3, 2), 3),
    "LSTM": (lambda: tf.keras.layers.LSTM(2, return_sequences=True, go_backwards=True), (4, 3, 2), 3),
    "GRU": (lambda: tf.keras.layers.GRU(2), (4, 3, 2), 3),
    "GRU before": (lambda: tf.keras.layers.GRU(2, reset_after=False, use_bias=False), (4, 3, 2), 2),
    "UpSampling2D": (lambda: tf.keras.layers.UpSampling2D((2, 3)), (4, 2, 3, 2), 0),
    "ZeroPadding1D": (lambda: tf.keras.layers.ZeroPadding1D((1, 2)), (4, 3, 2), 0),
    "ZeroPadding2D": (lambda: tf.keras.layers.ZeroPadding2D(((1, 0), (2, 1))), (4, 3, 2, 2), 0),
    "Cropping1D": (lambda: tf.keras.layers.Cropping1D((1, 0)), (4, 3, 2), 0),
    "Cropping2D": (lambda: tf.keras.layers.Cropping2D(1), (4, 3, 4, 2), 0),
}


def mapped(function: Callable[[Any], Any], shape: Any) -> Any:
    """Return what a function makes of a shape, or of each shape of a list."""
    return [function(s) for s in shape] if isinstance(shape, list) else function(shape)


def numbers(shape: tuple[int, ...]) -> Any:
    """Return numbers around zero."""
    return np.linspace(-1, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape)


def inputs_of(name: str) -> Any:
    """Return numbers for a layer's case: around zero, or, where these are positions, from 0 on."""
    shape = LAYER_CASES[name][1]
    if name.startswith("Embedding"):
        return np.arange(int(np.prod(shape)), dtype=np.int32).reshape(shape) % 3
    return mapped(numbers, shape)


def test_every_layer_has_a_case() -> None:
    assert {name.split()[0] for name in LAYER_CASES} == set(LAYERS)


@pytest.mark.parametrize("name", LAYER_CASES)
@pytest.mark.parametrize("batch", [None, "actual"])
def test_the_announced_output_is_the_actual_one(name: str, batch: str | None) -> None:
    make, shape, count = LAYER_CASES[name]
    layer = make()
    announced = layer.compute_output_spec(
        mapped(lambda s: tf.TensorSpec((None if batch is None else s[0], *s[1:])), shape)
    )
    output = layer(mapped(lambda s: np.ones(s, np.float32), shape))
    assert announced.is_compatible_with(output)
    assert announced.shape[1:] == output.shape[1:]
    assert announced.shape[0] == (None if batch is None else 4)
    assert len(layer.weights) == count
    assert layer.count_params() == sum(w.size for w in layer.get_weights())


@pytest.mark.parametrize("name", LAYER_CASES)
def test_a_layer_made_again_computes_the_same(name: str) -> None:
    make, _, _ = LAYER_CASES[name]
    layer, x = make(), inputs_of(name)
    y = layer(x)
    again = type(layer).from_config(json.loads(json.dumps(layer.get_config())))
    again(x)
    again.set_weights(layer.get_weights())
    assert_same([again(x)], [y])


@pytest.mark.parametrize("name", LAYER_CASES)
def test_eager_and_compiled_layers_agree(name: str) -> None:
    make, _, _ = LAYER_CASES[name]
    layer, x = make(), inputs_of(name)
    assert_same([tf.function(lambda x: layer(x, training=False))(x)], [layer(x, training=False)])


@pytest.mark.parametrize("name", [n for n, (_, _, count) in LAYER_CASES.items() if count])
def test_the_gradient_of_each_weight_is_the_slope(name: str) -> None:
    make, shape, _ = LAYER_CASES[name]
    layer = make()
    layer.dtype = tf.float64
    x = np.linspace(-1, 1.1, int(np.prod(shape))).reshape(shape)
    if name.startswith("Embedding"):
        x = inputs_of(name)
    layer(x)

    def value() -> Any:
        return tf.reduce_sum(tf.square(layer(x)))

    with tf.GradientTape() as tape:
        target = value()
    learned = layer.trainable_weights
    for weight, gradient in zip(learned, tape.gradient(target, learned), strict=True):
        start, step = weight.numpy(), 1e-6
        slope = np.zeros(start.shape)
        for place in np.ndindex(start.shape):
            moved = [start.copy() for _ in range(2)]
            moved[0][place] += step
            moved[1][place] -= step
            ends = [float((weight.assign(m), value())[1]) for m in moved]
            slope[place] = (ends[0] - ends[1]) / (2 * step)
        weight.assign(start)
        np.testing.assert_allclose(gradient.numpy(), slope, rtol=1e-6, atol=1e-6)


# -------------------------------------------------------------------------------------------------- losses and metrics

FEATURES = np.array([[0.2, 0.3, 0.5], [0.9, 0.05, 0.05]], np.float32)
CLASSES = np.array([2, 1], np.int32)
ONE_HOT = np.eye(3, dtype=np.float32)[CLASSES]


def truth_for(kind: type) -> Any:
    """Return a truth that suits a loss or metric for the prediction `FEATURES`."""
    return CLASSES if kind.__name__.startswith("Sparse") else ONE_HOT


@pytest.mark.parametrize("kind", classes(LOSSES), ids=lambda c: c.__name__)
def test_a_loss_reduces_its_values(kind: type) -> None:
    truth = truth_for(kind)
    values = kind(reduction="none")(truth, FEATURES).numpy()
    assert values.shape == (2,)
    assert float(kind()(truth, FEATURES)) == pytest.approx(values.mean())
    assert float(kind(reduction="sum")(truth, FEATURES)) == pytest.approx(values.sum())
    weighted = kind(reduction="none")(truth, FEATURES, sample_weight=[[2.0], [0.0]]).numpy()
    np.testing.assert_allclose(weighted, values * [2, 0])


@pytest.mark.parametrize("kind", classes(LOSSES), ids=lambda c: c.__name__)
def test_a_loss_refuses_a_truth_of_another_shape(kind: type) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match="shape"):
        kind()(np.zeros((2, 4), np.float32), FEATURES)
    with pytest.raises(tf.errors.InvalidArgumentError, match="shape"):
        kind()(np.zeros(3, np.float32), FEATURES)


@pytest.mark.parametrize("kind", classes(LOSSES), ids=lambda c: c.__name__)
def test_a_loss_is_the_same_compiled_and_its_gradient_is_finite(kind: type) -> None:
    truth = truth_for(kind)

    def program(prediction: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(prediction)
            loss = kind()(truth, prediction)
        return loss, tape.gradient(loss, prediction)

    eager = program(tf.constant(FEATURES))
    assert_same(tf.function(program)(tf.constant(FEATURES)), eager)
    assert np.isfinite(eager[1].numpy()).all()


@pytest.mark.parametrize("kind", [c for c in classes(LOSSES) if "from_logits" in c.params], ids=lambda c: c.__name__)
@pytest.mark.parametrize("from_logits", [False, True])
def test_cross_entropies_stay_finite_at_the_extremes(kind: type, from_logits: bool) -> None:
    extremes = np.array([[1000, -1000, 0], [-1000, 1000, 0]] if from_logits else [[0, 1, 0], [1, 0, 0]], np.float32)
    prediction = tf.constant(extremes)
    with tf.GradientTape() as tape:
        tape.watch(prediction)
        loss = kind(from_logits=from_logits)(truth_for(kind), prediction)
    assert np.isfinite(float(loss))
    assert np.isfinite(tape.gradient(loss, prediction).numpy()).all()


@pytest.mark.parametrize("kind", classes(METRICS), ids=lambda c: c.__name__)
def test_a_metric_accumulates_and_forgets(kind: type) -> None:
    truth, metric, whole = truth_for(kind), kind(), kind()
    assert float(metric.result()) == 0.0
    own = metric.update_state(truth, FEATURES)
    once = float(metric.result())
    assert float(own) == pytest.approx(once), "what it returns is the batch's own value"
    metric.update_state(truth, FEATURES)
    assert float(metric.result()) == pytest.approx(once)
    metric.update_state(truth[:1], FEATURES[:1])
    whole.update_state(np.concatenate([truth, truth, truth[:1]]), np.concatenate([FEATURES, FEATURES, FEATURES[:1]]))
    assert float(metric.result()) == pytest.approx(float(whole.result()))
    metric.reset_state()
    assert [float(np.abs(v.numpy()).sum()) for v in metric.variables] == [0.0] * len(metric.variables)


@pytest.mark.parametrize("kind", classes(METRICS), ids=lambda c: c.__name__)
def test_a_metric_can_count_far(kind: type) -> None:
    truth, metric = truth_for(kind), kind()
    metric.update_state(truth, FEATURES)
    for variable in metric.variables:
        variable.assign(variable + 2.0**24)
    before = [v.numpy().sum() for v in metric.variables]
    for _ in range(3):
        metric.update_state(truth[:1], FEATURES[:1])
    alone = kind()
    alone.update_state(truth[:1], FEATURES[:1])
    gained = [3 * v.numpy().sum() for v in alone.variables]
    assert [v.numpy().sum() - b for v, b in zip(metric.variables, before, strict=True)] == pytest.approx(gained)


# ------------------------------------------------------------------------------------------ optimisers, initializers


#: Learning rates with which a hundred steps reach the bottom, where 0.1 is too small for that.
RATES = {"Adagrad": 1.0, "Adadelta": 100.0}


@pytest.mark.parametrize("kind", classes(OPTIMIZERS), ids=lambda c: c.__name__)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_an_optimizer_finds_the_bottom_of_a_bowl_eagerly_and_compiled_alike(kind: type, dtype: str) -> None:
    def descend(wrap: Callable[[Any], Any]) -> Any:
        w, optimizer = tf.Variable([3.0, -2.0], dtype=dtype), kind(RATES.get(kind.__name__, 0.1))

        @wrap
        def step() -> None:
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(tf.square(w))
            optimizer.apply_gradients([(tape.gradient(loss, w), w)])

        for _ in range(100):
            step()
        assert int(optimizer.iterations) == 100
        return w.numpy()

    eager, compiled = descend(lambda f: f), descend(tf.function)
    assert np.abs(eager).max() < 0.1
    assert_same([compiled], [eager], scale=10)


#: For initializers of a (200, 300) kernel: mean, standard deviation, and the largest absolute value.
SPREADS = {
    "GlorotUniform": (0, np.sqrt(2 / 500), np.sqrt(6 / 500)),
    "GlorotNormal": (0, np.sqrt(2 / 500), 2 * np.sqrt(2 / 500) / 0.8796),
    "HeUniform": (0, np.sqrt(2 / 200), np.sqrt(6 / 200)),
    "HeNormal": (0, np.sqrt(2 / 200), 2 * np.sqrt(2 / 200) / 0.8796),
    "Orthogonal": (0, np.sqrt(1 / 300), 1),
    "RandomNormal": (0, 0.05, np.inf),
    "RandomUniform": (0, 0.05 / np.sqrt(3), 0.05),
    "TruncatedNormal": (0, 0.05 * 0.8796, 0.1),
    "Zeros": (0, 0, 0),
    "Ones": (1, 0, 1),
    "Constant": (0, 0, 0),
}


def test_every_initializer_has_its_spread() -> None:
    assert {c.__name__ for c in classes(INITIALIZERS)} == set(SPREADS)


@pytest.mark.parametrize("kind", classes(INITIALIZERS), ids=lambda c: c.__name__)
def test_an_initializer_has_the_declared_spread(kind: type) -> None:
    values = minimal(kind, **({"seed": 3} if "seed" in kind.params else {}))((200, 300)).numpy()
    mean, deviation, limit = SPREADS[kind.__name__]
    assert (values.shape, values.dtype) == ((200, 300), np.float32)
    assert values.mean() == pytest.approx(mean, abs=0.002)
    assert values.std() == pytest.approx(deviation, rel=0.02)
    assert np.abs(values).max() <= limit * 1.0001


@pytest.mark.parametrize("kind", [c for c in classes(INITIALIZERS) if "seed" in c.params], ids=lambda c: c.__name__)
def test_a_seed_decides_the_values(kind: type) -> None:
    one, same, other = (kind(seed=s)((5, 2)).numpy() for s in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()
    free = kind()
    assert (free((5, 2)).numpy() == free((5, 2)).numpy()).all()
    assert (free((5, 2)).numpy() != kind()((5, 2)).numpy()).any()
