"""What no trace can do, and what does not go together: each is refused in words, and leaves everything as it was."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine as tf

Program = Callable[..., Any]
X = np.array([1.0, 2.0, 0.25], np.float32)


# ------------------------------------------------------------------------------------------ decisions that Python makes


def _without_source(text: str) -> Program:
    names: dict[str, Any] = {}
    exec(text, names)
    return names["program"]  # type: ignore[no-any-return]


def a_comprehension(x: Any) -> Any:
    return sum([v for v in x if v > 0.5])


def a_match(x: Any) -> Any:
    match x[0]:
        case 1.0:
            return x
    return -x


def an_assert(x: Any) -> Any:
    assert tf.reduce_max(x) > 1.0
    return x


def a_list_that_grows(x: Any) -> Any:
    rows = []
    while tf.reduce_sum(x) > 0.5:
        x = x * 0.5
        rows.append(x)
    return tf.stack(rows)


UNTRACEABLE: dict[str, tuple[Program, str]] = {
    "no source": (_without_source("def program(x):\n    return x if x[0] > 0 else -x"), "Python decision"),
    "a comprehension": (a_comprehension, "Python decision"),
    "match": (a_match, "Python decision"),
    "assert": (an_assert, "Python decision"),
    "in a list": (lambda x: x * 2.0 if x[0] in [1.0, 2.0] else x, "Python decision"),
    "sorted": (lambda x: tf.stack(sorted(x)), "Python decision"),
    "a place in a list": (lambda x: [x, -x, x * 2.0][tf.argmax(x)], "index"),
    "a list of a range": (lambda x: [i for i in range(tf.argmax(x, output_type="int32"))], "index"),  # noqa: C416
    "a key": (lambda x: {1.0: x}[x[0]], "cannot be a key"),
    "mathematics": (lambda x: math.sqrt(x[0]), "Python number"),
    "NumPy": (lambda x: np.sum(x), "NumPy"),
    "a list that grows": (a_list_that_grows, "another function's trace"),
}


@pytest.mark.parametrize("name", UNTRACEABLE)
def test_a_decision_that_no_graph_can_make_is_refused_with_its_line(name: str) -> None:
    program, words = UNTRACEABLE[name]
    compiled = tf.function(program)
    for _ in range(2):  # nothing is left of the first
        with pytest.raises(tf.errors.UnsupportedError, match=words) as caught:
            compiled(X)
        assert caught.value.hint
        assert caught.value.where.rpartition(":")[0].endswith(".py")
    assert float(tf.function(lambda x: tf.reduce_sum(x * 2.0))(X)) == 6.5


@pytest.mark.parametrize("name", ["no source", "a comprehension", "match", "assert", "sorted", "a list that grows"])
def test_what_is_refused_runs_op_by_op(name: str) -> None:
    program, _ = UNTRACEABLE[name]
    tf.config.run_functions_eagerly(True)
    try:
        found, expected = tf.function(program)(tf.constant(X)), program(tf.constant(X))
    finally:
        tf.config.run_functions_eagerly(False)
    np.testing.assert_array_equal(found, expected)


def test_a_return_out_of_a_loop_must_have_a_size() -> None:
    def program(x: Any) -> Any:
        n = 0
        while n < 3:
            n += 1
            if tf.reduce_sum(x) > 4.0:
                return tf.boolean_mask(x, x > 1.0)
            x = x * 2.0
        return x

    assert program(tf.constant(X)).numpy().tolist() == [2.0, 4.0]
    with pytest.raises(tf.errors.InvalidArgumentError, match="'the result' gets a value in one way of an if only"):
        tf.function(program)(X)


# --------------------------------------------------------------------------------------------------------------- shapes


@pytest.mark.parametrize("argument", [np.ones((3, 3)), np.ones(2), np.ones((1, 3, 2)), np.ones((3, 2), np.int32)])
def test_a_signature_is_kept(argument: Any) -> None:
    argument = argument.astype(np.float32) if argument.dtype.kind == "f" else argument
    f = tf.function(lambda x: x * 2.0, input_signature=[tf.TensorSpec([None, 2])])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"declared for float32 \(None, 2\), but was called with"):
        f(argument)
    assert f(np.ones((4, 2), np.float32)).shape == (4, 2)
    assert f.experimental_get_tracing_count() == 1


def test_a_trace_is_for_its_shape() -> None:
    concrete = tf.function(lambda x: x * 2.0).get_concrete_function(tf.ones([2, 2]))
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"traced for float32 \(2, 2\), but .* float32 \(3, 2\)"):
        concrete(tf.ones([3, 2]))


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (lambda a, b: a + b[:, :3], "do not fit together"),
        (lambda a, b: tf.matmul(a, b), "inner sizes 3 and 4"),
        (lambda a, b: tf.concat([a, b], 0), "concat"),
    ],
)
def test_open_sizes_that_do_not_go_together_are_refused_as_they_come(program: Program, words: str) -> None:
    f = tf.function(program, input_signature=[tf.TensorSpec([None, None])] * 2)
    good, other = tf.ones([3, 3]), tf.ones([4, 4])
    before = f(good, good).numpy()
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        f(good, other)
    np.testing.assert_array_equal(f(good, good), before)


# ------------------------------------------------------------------------------------------------------------ variables


def test_a_variable_that_is_made_by_a_later_trace_is_refused_and_changes_nothing() -> None:
    made: dict[int, Any] = {}

    @tf.function
    def count(x: Any) -> Any:
        size = x.shape[0]
        if size not in made:
            made[size] = tf.Variable(10.0)
        made[2].assign_add(1.0)
        return x + made[size]

    assert count(tf.zeros([2])).numpy().tolist() == [11.0, 11.0]
    with pytest.raises(tf.errors.InvalidArgumentError, match="count makes the variable 'Variable") as caught:
        count(tf.zeros([3]))
    assert "Make variables once" in str(caught.value)
    assert float(made[2]) == 11.0
    assert count(tf.zeros([3])).numpy().tolist() == [10.0, 10.0, 10.0]
    assert count(tf.zeros([2])).numpy().tolist() == [13.0, 13.0]


def test_a_variable_cannot_begin_with_an_argument() -> None:
    made: list[Any] = []

    @tf.function
    def keep(x: Any) -> Any:
        if not made:
            made.append(tf.Variable(x))
        return made[0] + x

    with pytest.raises(tf.errors.UnsupportedError, match="depends on a function's arguments"):
        keep(tf.ones([2]))


def test_a_refused_assignment_changes_nothing() -> None:
    v = tf.Variable([1.0, 2.0])
    w = tf.Variable(0.0)

    @tf.function
    def change(x: Any) -> Any:
        w.assign_add(1.0)
        return v.assign(x)

    with pytest.raises(tf.errors.InvalidArgumentError, match=r"is float32 \(2,\), but the value is float32 \(3,\)"):
        change(tf.ones([3]))
    assert (v.numpy().tolist(), float(w)) == ([1.0, 2.0], 0.0)


# ---------------------------------------------------------------------------------------------------------- derivatives


@pytest.fixture(params=["eager", "compiled"])
def way(request: pytest.FixtureRequest) -> Any:
    """How a test runs its program."""
    return tf.function if request.param == "compiled" else lambda f: f


def test_whole_numbers_cannot_be_watched(way: Any) -> None:
    def program(n: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(n)
            y = n * n
        return tape.gradient(y, n)

    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Only floating .* not int32\. .* convert it with cast"):
        way(program)(tf.constant([1, 2]))


def test_nothing_leads_through_whole_numbers(way: Any) -> None:
    n, x = tf.Variable([1, 2]), tf.Variable([1.5, 2.5])

    @way
    def slopes() -> Any:
        with tf.GradientTape(persistent=True) as tape:
            y = tf.cast(n, "float32") * x
            whole = tf.cast(x, "int32") * n
        return tape.gradient(y, [n, x]), tape.gradient(whole, [n, x]), tape.gradient(tf.argmax(x), x)

    (by_n, by_x), of_whole, of_place = slopes()
    assert by_n is None
    assert by_x.numpy().tolist() == [1.0, 2.0]
    assert (of_whole, of_place) == ([None, None], None)
