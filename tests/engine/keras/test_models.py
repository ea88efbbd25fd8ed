"""Models: wired, in a row or subclassed; what they are made of, and what they refuse to be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from programs import assert_same

import engine as tf
from engine.keras.declared import reset_names

keras, layers = tf.keras, tf.keras.layers
X = np.linspace(-1, 1, 24, dtype=np.float32).reshape(6, 4)


def row(*more: Any) -> Any:
    """Return a small Sequential."""
    return keras.Sequential([keras.Input(shape=(4,)), layers.Dense(3, activation="relu"), *more])


# ------------------------------------------------------------------------------------------------------- functional


def two_towers() -> Any:
    """Return a model with two inputs, a shared layer, ops between layers and two outputs."""
    a, b = keras.Input(shape=(4,), name="a"), keras.Input(shape=(4,), name="b")
    shared = layers.Dense(3, activation="tanh", name="shared")
    joined = 1.0 - shared(a) * 2.0 + tf.nn.relu(shared(b))
    both = tf.concat([joined, a[:, :1]], axis=-1)
    return keras.Model([b, a], [layers.Dense(1, name="one")(both), layers.Dense(2, name="two")(both)])


def test_a_wired_model_computes_what_its_wires_say() -> None:
    model = two_towers()
    one, two = model([X, X[::-1]])
    w, bias = model.get_layer("shared").get_weights()
    b, a = X, X[::-1]
    both = np.concatenate([1 - np.tanh(a @ w + bias) * 2 + np.maximum(np.tanh(b @ w + bias), 0), a[:, :1]], axis=1)
    for found, name in ((one, "one"), (two, "two")):
        kernel, offset = model.get_layer(name).get_weights()
        np.testing.assert_allclose(found, both @ kernel + offset, rtol=1e-5, atol=1e-6)
    assert_same(model.predict([X, X[::-1]], batch_size=4), [np.asarray(one), np.asarray(two)])


def test_a_shared_layer_counts_once_and_collects_gradients_from_every_use() -> None:
    dense = layers.Dense(4, use_bias=False)
    x = keras.Input(shape=(4,))
    model = keras.Model(x, dense(dense(x)))
    assert (model.count_params(), len(model.weights), len(dense.calls)) == (16, 1, 2)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(model(X))
    w = dense.kernel.numpy()
    expected = X.T @ (np.ones((6, 4)) @ w.T) + (X @ w).T @ np.ones((6, 4))
    np.testing.assert_allclose(tape.gradient(y, dense.kernel), expected, rtol=1e-5, atol=1e-5)


def test_inputs_are_matched_by_name_whatever_their_order() -> None:
    model = two_towers()
    expected = model([X, X[::-1]])
    for given in ({"b": X, "a": X[::-1]}, {"a": X[::-1], "b": X}):
        assert_same(model(given), expected)
        assert_same(model.predict(given), expected)


def test_structures_of_inputs_and_outputs_are_kept() -> None:
    left, right = keras.Input(shape=(4,)), keras.Input(shape=(4,))
    model = keras.Model({"x": left, "y": right}, {"sum": left + right, "rest": (left - right,)})
    found = model({"y": X, "x": X * 2})
    assert list(found) == ["sum", "rest"]
    assert_same([found["sum"], found["rest"][0]], [X * 3, X])


def test_a_model_is_a_layer_of_another() -> None:
    inner = row(layers.Dense(2))
    x = keras.Input(shape=(4,))
    outer = keras.Model(x, layers.Dense(1)(inner(x)))
    assert outer.layers[1] is inner
    assert outer.count_params() == inner.count_params() + 3
    assert outer.output_shape == (None, 1)
    assert outer.predict(X).shape == (6, 1)


def test_unused_inputs_and_identities_are_allowed() -> None:
    a, b = keras.Input(shape=(4,)), keras.Input(shape=(2,))
    assert keras.Model([a, b], layers.Dense(3)(a)).predict([X, X[:, :2]]).shape == (6, 3)
    assert_same([keras.Model(a, a).predict(X)], [X])


def test_shapes_are_known_before_anything_runs() -> None:
    x = keras.Input(shape=(None, 4), batch_size=2, dtype="float64")
    y = layers.Dense(3, dtype="float64")(x)
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((2, None, 4), "float64", (2, None, 3), "float64")
    assert layers.Flatten()(keras.Input(shape=(3, 5))).shape == (None, 15)
    assert [t.shape for t in tf.split(keras.Input(shape=(4,)), 2, axis=1)] == [(None, 2), (None, 2)]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: keras.Input(), "either shape or batch_shape"),
        (lambda: keras.Input(shape=(-1,)), "no shape"),
        (lambda: keras.Input(shape=("a",)), "no shape"),
        (lambda: keras.Input(shape=(4,), dtype="float31"), "no dtype"),
        (lambda: keras.Model(X, layers.Dense(1)(keras.Input(shape=(4,)))), "inputs holds"),
        (lambda: keras.Model(keras.Input(shape=(4,)), X), "outputs holds"),
        (lambda: keras.Model(keras.Input(shape=(4,)), layers.Dense(1)(keras.Input(shape=(4,), name="in"))), "'in'"),
        (lambda: layers.Dense(3)(keras.Input(shape=())), "at least 2 axes"),
        (lambda: layers.Dense(3)(keras.Input(shape=(None,))), "size of axis 1"),
        (lambda: keras.Input(shape=(4,)) + keras.Input(shape=(3,)), r"add: .*\(None, 4\).*\(None, 3\)"),
        (lambda: keras.Input(shape=(4,)) + tf.ones(4, "float64"), "add: .*float64"),
        (lambda: tf.matmul(keras.Input(shape=(4,)), keras.Input(shape=(3,)), transpose_b=True), "matmul: "),
        (lambda: two_towers()([X]), "has 2 inputs, but 1"),
        (lambda: two_towers()([X, X[:, :3]]), r"input 'a' .*\(None, 4\), but \(6, 3\)"),
        (lambda: two_towers()({"a": X, "c": X}), "x names a, c, but the inputs are: b, a"),
        (lambda: two_towers().get_layer("none"), "has no layer 'none'"),
        (lambda: two_towers().get_layer("shared").output, "called 2 times"),
    ],
)
def test_what_cannot_be_wired_is_refused_in_words(make: Any, words: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        make()


@pytest.mark.parametrize("use", [bool, len, list, np.asarray, lambda x: x.__setitem__(0, 1), hash])
def test_a_symbolic_tensor_of_a_model_has_no_values(use: Any) -> None:
    with pytest.raises(TypeError):
        use(keras.Input(shape=(4,)))


# ------------------------------------------------------------------------------------------------------- sequential


def test_a_row_is_built_from_its_input_or_from_the_first_data() -> None:
    early = row(layers.Dense(2))
    late = keras.Sequential([layers.Dense(3, activation="relu"), layers.Dense(2)])
    assert (early.built, late.built) == (True, False)
    late(X)
    assert [w.shape for w in late.weights] == [w.shape for w in early.weights]
    assert late.output_shape == early.output_shape == (None, 2)
    late.compile("sgd", "mse")
    late.fit(X, X[:, :2], batch_size=4, verbose=0)  # the last batch is smaller than the first
    hinted = keras.Sequential([layers.Dense(3, input_shape=(4,))])
    assert hinted.built


def test_layers_are_added_and_taken_away() -> None:
    model = row()
    model.add(layers.Dense(2))
    assert model.output_shape == (None, 2)
    popped = model.pop()
    assert (popped.units, model.output_shape, len(model.layers)) == (2, (None, 3), 1)
    model.add(layers.Dense(5))
    assert model.predict(X).shape == (6, 5)


def two_outputs() -> Any:
    class Halves(layers.Layer):
        def call(self, inputs: Any) -> Any:
            return tf.split(inputs, 2, axis=-1)

    return Halves()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: row("text"), "'text' is no layer"),
        (lambda: row(lambda x: x), "Wrap a function in Activation"),
        (lambda: row(layers.Dense), "is no layer"),
        (lambda: row(keras.Input(shape=(3,))), "one input, and it comes first"),
        (lambda: keras.Sequential([keras.Input(shape=(3,)), keras.Input(shape=(3,))]), "several inputs"),
        (lambda: keras.Sequential([layers.Dense(3)(keras.Input(shape=(4,)))]), "without calling it"),
        (lambda: keras.Sequential([layers.Dense(3, name="a"), layers.Dense(3, name="a")]), "already a layer called a"),
        (lambda: (lambda d: keras.Sequential([d, d]))(layers.Dense(4)), "in this Sequential already"),
        (lambda: keras.Sequential([keras.Input(shape=(4,)), two_outputs()]), "several outputs"),
        (lambda: keras.Sequential()(X), "has no layers"),
        (lambda: keras.Sequential().pop(), "has no layers"),
        (lambda: keras.Sequential([keras.Input(shape=()), layers.Dense(2)]), "at least 2 axes"),
    ],
)
def test_what_a_row_cannot_be_is_refused_with_the_reason(make: Any, words: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        make()


def test_a_refused_layer_leaves_the_row_as_it_was() -> None:
    model = row()
    with pytest.raises(tf.errors.InvalidArgumentError):
        model.add(two_outputs())
    model.add(layers.Dense(2))
    assert model.predict(X).shape == (6, 2)


# ------------------------------------------------------------------------------------------------ subclasses, weights


class Residual(keras.Model):
    """A model that is a class."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = [layers.Dense(4, activation="relu") for _ in range(2)]
        self.head = {"out": layers.Dense(1)}
        self.scale = tf.Variable(2.0)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Add the blocks' outputs to what goes into them."""
        for block in self.blocks:
            inputs = inputs + block(inputs)
        return self.head["out"](inputs) * self.scale


def test_a_subclass_finds_its_layers_in_lists_and_dicts_and_trains() -> None:
    model = Residual()
    assert model(X).shape == (6, 1)
    assert (len(model.layers), len(model.weights), model.count_params()) == (3, 7, 46)
    model.compile("sgd", "mse")
    before = model.get_weights()
    model.fit(X, X[:, :1], verbose=0)
    assert any((a != b).any() for a, b in zip(before, model.get_weights(), strict=True))


def test_weights_are_copied_out_and_in() -> None:
    one, other = row(layers.Dense(2)), row(layers.Dense(2))
    weights = one.get_weights()
    weights[0][:] = 7
    assert not (one.get_weights()[0] == 7).any()
    other.set_weights(one.get_weights())
    assert_same([other.predict(X)], [one.predict(X)])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda w: w[:3], "has 4 weights, but 3"),
        (lambda w: [w[0].T, *w[1:]], r"kernel has shape \(4, 3\), but \(3, 4\)"),
        (lambda w: [*w[:3], ["a", "b"]], "cannot be made a tensor"),
    ],
)
def test_weights_that_do_not_fit_change_nothing(change: Any, words: str) -> None:
    model = row(layers.Dense(2))
    before = model.get_weights()
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        model.set_weights(change([w + 1 for w in before]))
    assert_same(model.get_weights(), before)


def test_frozen_layers_keep_their_weights() -> None:
    model = row(layers.Dense(2))
    model.compile("sgd", "mse")
    y = X[:, :2]
    model.fit(X, y, verbose=0)
    model.layers[0].trainable = False
    assert [w.name for w in model.trainable_weights] == [w.name for w in model.layers[1].weights]
    assert len(model.non_trainable_weights) == 2
    before = model.get_weights()
    model.fit(X, y, verbose=0)
    changed = [(a != b).any() for a, b in zip(before, model.get_weights(), strict=True)]
    assert changed == [False, False, True, True]


def test_the_summary_shows_layers_shapes_and_counts() -> None:
    reset_names()
    lines: list[str] = []
    model = row(layers.Flatten(), layers.Dense(2))
    model.layers[0].trainable = False
    model.summary(print_fn=lines.append)
    text = lines[0]
    for part in ("sequential", "dense (Dense)", "(None, 3)", "15", "flatten (Flatten)", "dense_1 (Dense)", "(None, 2)"):
        assert part in text
    assert text.splitlines()[-3:] == [" Total params: 23", " Trainable params: 8", " Non-trainable params: 15"]
    assert len({len(line) for line in text.splitlines()[1:-3]}) == 1
    with pytest.raises(tf.errors.FailedPreconditionError, match="not built"):
        keras.Sequential([layers.Dense(3)]).summary()


def test_a_layer_refuses_inputs_it_was_not_built_for() -> None:
    dense = layers.Dense(3)
    dense(X)
    with pytest.raises(tf.errors.InvalidArgumentError, match="last axis of 4"):
        dense(X[:, :2])
    assert dense(X.astype(np.float64)).dtype is tf.float32


def test_dropout_works_in_training_only() -> None:
    model = keras.Sequential([keras.Input(shape=(4,)), layers.Dropout(0.5, seed=1)])
    assert_same([model(X)], [X])
    assert_same([model.predict(X)], [X])
    found = model(np.ones((50, 4), np.float32), training=True).numpy()
    assert set(np.unique(found)) == {0.0, 2.0}


@pytest.mark.parametrize(
    ("registry", "name"),
    [
        ("losses", "mse"),
        ("losses", "BinaryCrossentropy"),
        ("optimizers", "sgd"),
        ("metrics", "mae"),
        ("initializers", "he_normal"),
    ],
)
def test_parts_are_found_by_name_class_configuration_and_as_they_are(registry: str, name: str) -> None:
    module = getattr(keras, registry)
    found = module.get(name)
    kind = type(found)
    assert type(module.get(kind)) is kind
    assert module.get(found) is found
    assert type(module.get({"class_name": kind.__name__, "config": found.get_config()})) is kind
    with pytest.raises(tf.errors.NotFoundError, match=f"Did you mean '{name}'"):
        module.get(name + "x")
    with pytest.raises(tf.errors.InvalidArgumentError, match="is no "):
        module.get(3)


def test_layers_that_join_a_list_later_are_part_of_the_model() -> None:
    class Stack(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.parts: list[Any] = []
            for units in (3, 2):
                self.parts.append(layers.Dense(units))

        def call(self, x: Any) -> Any:
            for part in self.parts:
                x = part(x)
            return x

    model = Stack()
    assert model(tf.zeros([1, 4])).shape == [1, 2]
    assert len(model.weights) == len(model.trainable_weights) == 4


def test_input_and_output_of_a_model_serve_to_cut_it() -> None:
    x = keras.Input((4,))
    hidden = layers.Dense(3, name="cut_here")(x)
    model = keras.Model(x, layers.Dense(2)(hidden))
    head = keras.Model(model.input, model.get_layer("cut_here").output)
    assert head(tf.zeros([5, 4])).shape == [5, 3]
    assert model.output.shape == [None, 2]


def test_statements_on_tensors_work_in_layers_of_ones_own() -> None:
    class Clip(keras.layers.Layer):
        def call(self, x: Any) -> Any:
            top = tf.reduce_max(tf.abs(x))
            if top > 1.0:
                x = x / top
            return x

    x = keras.Input((2,))
    model = keras.Model(x, Clip()(keras.layers.Dense(2, kernel_initializer="ones", name="dense")(x)))
    model.compile("sgd", "mse")
    data = np.float32([[1.0, 2.0], [0.25, 0.25]])
    np.testing.assert_allclose(model.predict(data[:1], verbose=0), [[1.0, 1.0]])
    np.testing.assert_allclose(model.predict(data[1:], verbose=0), [[0.5, 0.5]])
    model.fit(data, np.zeros((2, 2), np.float32), verbose=0)
    before = model.get_layer("dense").get_weights()[0]
    assert (before != 1).all(), "there is a gradient through the branch"
