"""Gradient tapes, eagerly and inside compiled functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import engine as tf


def slope(function: Any, x: Any, **options: Any) -> Any:
    """Return the gradient of ``function(x)`` with respect to x."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return tape.gradient(y, x, **options)


@pytest.fixture(params=["eager", "compiled"])
def way(request: pytest.FixtureRequest) -> Any:
    """How a test runs its program."""
    return tf.function if request.param == "compiled" else lambda f: f


def test_the_sum_of_the_targets_elements_is_differentiated(way: Any) -> None:
    x = tf.constant([1.0, 2.0])
    assert way(lambda: slope(tf.square, x))().numpy().tolist() == [2.0, 4.0]


def test_gradients_through_variables_slices_and_functions(way: Any) -> None:
    v = tf.Variable([1.0, 2.0, 3.0])
    inner = tf.function(lambda t: tf.square(t) * v[0])

    @way
    def program() -> Any:
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(inner(v[1:]))
        return tape.gradient(y, v)

    assert program().numpy().tolist() == [13.0, 4.0, 6.0]


def test_third_order(way: Any) -> None:
    def derive(order: int, x: Any) -> Any:
        return x**4.0 if order == 0 else slope(lambda t: derive(order - 1, t), x)

    x = tf.constant(2.0)
    assert [float(way(lambda n=n: derive(n, x))()) for n in range(4)] == [16.0, 32.0, 48.0, 48.0]


def test_a_value_that_is_used_twice_collects_both_gradients(way: Any) -> None:
    assert float(way(lambda: slope(lambda t: t * t + t, tf.constant(3.0)))()) == 7.0


def test_several_targets_and_structures_of_sources(way: Any) -> None:
    a, b = tf.Variable(2.0), tf.Variable(3.0)

    @way
    def program() -> Any:
        with tf.GradientTape() as tape:
            y, z = a * b, a * 5.0
        return tape.gradient([y, z], {"a": a, "rest": [b]})

    found = program()
    assert (float(found["a"]), float(found["rest"][0])) == (8.0, 2.0)


def test_no_path_gives_none_or_zeros(way: Any) -> None:
    a, b = tf.Variable([1.0, 2.0]), tf.Variable(3.0)

    @way
    def program(unconnected: str) -> Any:
        with tf.GradientTape() as tape:
            y = a * 2.0
        return tape.gradient(y, [a, b], unconnected_gradients=unconnected)

    assert program("none")[1] is None
    assert float(program("zero")[1]) == 0.0


def test_integers_and_what_is_cut_off_have_no_gradient(way: Any) -> None:
    x = tf.constant([1.5, 2.5])
    for cut in (tf.stop_gradient, tf.round, lambda t: tf.cast(tf.cast(t, "int32"), "float32"), tf.argmax):
        assert way(lambda cut=cut: slope(cut, x))() is None
    n = tf.Variable(3)
    with tf.GradientTape() as tape:
        y = n * n
    assert tape.gradient(y, n) is None


def test_incoming_gradients_are_multiplied_in(way: Any) -> None:
    x = tf.constant([1.0, 2.0])
    found = way(lambda: slope(lambda t: t * 2.0, x, output_gradients=tf.constant([3.0, 4.0])))()
    assert found.numpy().tolist() == [6.0, 8.0]


def test_an_axis_of_size_0_unstacks_to_nothing() -> None:
    x = tf.zeros([0, 2])
    with tf.GradientTape() as tape:
        tape.watch(x)
        assert tf.unstack(x) == []
    assert tape.gradient(x, x).shape == (0, 2)


def test_a_source_is_its_own_target() -> None:
    assert slope(lambda t: t, tf.constant([1.0, 2.0])).numpy().tolist() == [1.0, 1.0]


def test_a_tape_can_be_asked_once_unless_it_is_persistent() -> None:
    x = tf.Variable(3.0)
    for persistent in (False, True):
        with tf.GradientTape(persistent=persistent) as tape:
            y = x * x
            z = y * x
        assert float(tape.gradient(y, x)) == 6.0
        if persistent:
            assert float(tape.gradient(z, x)) == 27.0
        else:
            with pytest.raises(tf.errors.FailedPreconditionError, match="persistent=True"):
                tape.gradient(z, x)


def test_a_persistent_tape_differentiates_its_own_gradient() -> None:
    x = tf.constant(2.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x**3.0
        first = tape.gradient(y, x)
    assert float(tape.gradient(first, x)) == 12.0


def test_what_is_watched() -> None:
    trained, fixed, x = tf.Variable(1.0), tf.Variable(1.0, trainable=False), tf.constant(1.0)
    with tf.GradientTape() as tape:
        y = trained * fixed * x
    assert tape.watched_variables() == (trained,)
    assert [g is None for g in tape.gradient(y, [trained, fixed, x])] == [False, True, True]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([fixed, x])
        y = trained * fixed * x
    assert [g is None for g in tape.gradient(y, [trained, fixed, x])] == [True, False, False]


def test_what_is_not_recorded() -> None:
    x = tf.constant(2.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        with tape.stop_recording():
            aside = x * x
        y = aside * x
    assert float(tape.gradient(y, x)) == 4.0
    after = x * 3.0
    assert tape.gradient(after, x) is None
    tape.reset()
    assert tape.gradient(y, x) is None


def test_nested_tapes_keep_to_their_own_sources() -> None:
    x, y = tf.constant(2.0), tf.constant(3.0)
    with tf.GradientTape() as outer, tf.GradientTape() as inner:
        outer.watch(x)
        inner.watch(y)
        z = x * y
    assert float(outer.gradient(z, x)) == 3.0
    assert float(inner.gradient(z, y)) == 2.0
    assert not tf.GradientTape()._applications


def test_a_variable_counts_with_the_value_it_had_when_it_was_read(way: Any) -> None:
    x = tf.Variable(2.0)

    @way
    def program() -> Any:
        x.assign(2.0)
        with tf.GradientTape() as tape:
            y = x * x
            x.assign(10.0)
            z = y + x * 1.0
        x.assign(100.0)
        return tape.gradient(z, x)

    assert float(program()) == 5.0


def test_a_gradient_of_a_function_with_state_updates_it_once() -> None:
    count, w = tf.Variable(0.0, trainable=False), tf.Variable(3.0)

    @tf.function
    def program(x: Any) -> Any:
        count.assign_add(1.0)
        return x * w * w

    with tf.GradientTape() as tape:
        y = program(tf.constant(2.0))
    assert (float(tape.gradient(y, w)), float(count)) == (12.0, 1.0)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_a_gradient_has_the_dtype_of_its_source(dtype: str) -> None:
    x = tf.constant([1.0, 2.0], dtype)
    assert slope(lambda t: tf.reduce_mean(tf.exp(t) * 0.5 + 1.0), x).dtype == dtype
    widened = slope(lambda t: tf.square(tf.cast(t, "float64")), x)
    assert (widened.dtype, widened.numpy().tolist()) == (dtype, [2.0, 4.0])


@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0)])
def test_gradients_of_nothing_have_no_elements(way: Any, shape: Any) -> None:
    x = tf.zeros(shape)
    found = way(lambda: slope(lambda t: tf.reduce_sum(tf.exp(t) * t), x))()
    assert found.shape == shape


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (lambda tape, x: tape.watch(tf.constant(1)), "Only floating tensors can be watched, not int32"),
        (lambda tape, x: tape.watch(np.ones(2)), "not ndarray"),
        (lambda tape, x: tape.watch(1.0), "not float"),
        (lambda tape, x: tape.gradient(x, 3.0), "sources holds 3.0"),
        (lambda tape, x: tape.gradient(None, x), "target holds None"),
        (lambda tape, x: tape.gradient(x, x, unconnected_gradients="some"), "'none' or 'zero'"),
        (lambda tape, x: tape.gradient(x, x, output_gradients=1.0), r"shapes \(\), .* \(2,\)"),
        (lambda tape, x: tape.gradient([x, x], x, output_gradients=[x]), "output_gradients"),
    ],
)
def test_what_a_tape_refuses(use: Any, words: str) -> None:
    with tf.GradientTape() as tape:
        pass
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        use(tape, tf.constant([1.0, 2.0]))
