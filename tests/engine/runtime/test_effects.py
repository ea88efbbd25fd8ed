"""Printing and asserting: at once when eager, in each run when compiled, in the order of the program."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

import engine as tf

WAYS = pytest.mark.parametrize("way", [lambda f: f, tf.function], ids=["eager", "compiled"])
Way = Callable[[Any], Any]


@WAYS
def test_each_run_prints_in_order(way: Way) -> None:
    stream = io.StringIO()

    def program(x: Any) -> Any:
        tf.print("x", x, {"twice": [x * 2]}, output_stream=stream)
        tf.print("then", x.shape, sep="|", end="!", output_stream=stream)
        return x

    function = way(program)
    function(tf.constant([1, 2]))
    function(tf.constant([3, 4]))
    expected = "x [1 2] {'twice': [[2 4]]}\nthen|TensorShape([2])!x [3 4] {'twice': [[6 8]]}\nthen|TensorShape([2])!"
    assert stream.getvalue().replace("(2,)", "TensorShape([2])") == expected


def test_a_loop_prints_in_each_round() -> None:
    stream = io.StringIO()

    @tf.function
    def count(n: Any) -> Any:
        i = tf.constant(0)
        while i < n:
            tf.print(i, output_stream=stream)
            i += 1
        return i

    assert int(count(tf.constant(3))) == 3
    assert stream.getvalue() == "0\n1\n2\n"


ASSERTIONS: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "assert_equal": ((1, 1), (1, 2)),
    "assert_none_equal": ((1, 2), (1, 1)),
    "assert_less": ((1, 2), (2, 2)),
    "assert_less_equal": ((2, 2), (3, 2)),
    "assert_greater": ((2, 1), (1, 1)),
    "assert_greater_equal": ((1, 1), (0, 1)),
    "assert_near": ((1.0, 1.0), (1.0, 1.1)),
    "assert_positive": ((1,), (0,)),
    "assert_non_negative": ((0,), (-1,)),
    "assert_negative": ((-1,), (0,)),
    "assert_non_positive": ((0,), (1,)),
    "Assert": ((True,), (False,)),
}


@WAYS
@pytest.mark.parametrize("name", ASSERTIONS)
def test_assertions(name: str, way: Way) -> None:
    check = getattr(tf.debugging, name)

    def program(*values: Any) -> Any:
        check(*values)
        return values[0]

    function, (good, bad) = way(program), ASSERTIONS[name]
    function(*map(tf.constant, good))
    with pytest.raises(tf.errors.InvalidArgumentError, match=name):
        function(*map(tf.constant, bad))


@WAYS
def test_check_numerics(way: Way) -> None:
    function = way(lambda x: tf.debugging.check_numerics(x, "the loss") * 2.0)
    assert float(function(tf.constant(1.0))) == 2.0
    with pytest.raises(tf.errors.InvalidArgumentError, match="the loss"):
        function(tf.constant(float("nan")))


def test_shapes_and_dtypes_are_asserted_at_once() -> None:
    x = tf.zeros([2, 3])
    tf.debugging.assert_rank(x, 2)
    tf.debugging.assert_shapes([(x, ("N", 3)), (tf.zeros([2]), ("N",))])
    refused: list[Callable[[], Any]] = [
        lambda: tf.debugging.assert_rank(x, 3),
        lambda: tf.debugging.assert_rank_at_least(x, 3),
        lambda: tf.debugging.assert_rank_in(x, [0, 1]),
        lambda: tf.debugging.assert_scalar(x),
        lambda: tf.debugging.assert_shapes([(x, ("N", "N"))]),
        lambda: tf.ensure_shape(x, [None, 2]),
    ]
    for call in refused:
        with pytest.raises(tf.errors.InvalidArgumentError, match="shape"):
            call()
    for check in (lambda: tf.debugging.assert_type(x, tf.int32), lambda: tf.debugging.assert_integer(x)):
        with pytest.raises(TypeError, match="float32"):
            check()
