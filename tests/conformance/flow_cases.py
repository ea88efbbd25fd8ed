"""Programs with Python's own statements on tensors, which AutoGraph turns into control flow of the graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from cases import Results

FLOW_CASES: dict[str, Callable[[Any], Results]] = {}
Program = Callable[..., Any]


def case(program: Callable[[Any], Results]) -> Callable[[Any], Results]:
    """Enter a program under its name."""
    FLOW_CASES[program.__name__] = program
    return program


def runs(tf: Any, program: Program, *arguments: tuple[Any, ...], is_refused: bool = False) -> Results:
    """Return the results of one compiled function for several arguments, and the slopes by its last one, if a float.

    The slope is asked for in both ways: within the function, and of the function. What AutoGraph of TensorFlow refuses,
    such as a return out of a loop, TensorFlow runs op by op.
    """
    compile = (lambda f: f) if is_refused and tf.__name__ == "tensorflow" else tf.function
    compiled = compile(program)

    @compile
    def inside(*tensors: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(tensors[-1])
            y = first_of(program(*tensors))
        return tape.gradient(y, tensors[-1])

    results: Results = {}
    for number, arrays in enumerate(arguments):
        tensors = [tf.constant(a) for a in arrays]
        with tf.GradientTape() as tape:
            if tensors[-1].dtype.is_floating:
                tape.watch(tensors[-1])
            found = compiled(*tensors)
        for i, y in enumerate(found if isinstance(found, list | tuple) else [found]):
            results[f"{number} result {i}"] = y
        if tensors[-1].dtype.is_floating:
            results[f"{number} slope"] = tape.gradient(first_of(found), tensors[-1])
            results[f"{number} slope inside"] = inside(*tensors)
    return results


def first_of(found: Any) -> Any:
    """Return the first result."""
    return found[0] if isinstance(found, list | tuple) else found


def line(*numbers: float) -> Any:
    """Return numbers in double precision."""
    return np.array(numbers, np.float64)


# ruff: noqa: SIM108  # the statements are what is tested


@case
def while_and_break(tf: Any) -> Results:
    def until_small(x: Any) -> Any:
        total, rounds = tf.zeros_like(x[0]), 0
        while tf.reduce_sum(x * x) > 0.01:
            total = total + x[0] * x[1]
            x = x * 0.8
            rounds += 1
            if total > 2.5:
                break
            x = x + 0.01
        return total, rounds, x

    return runs(tf, until_small, (line(0.5, 1.5),), (line(2.0, 1.0),), (line(3.0, 1.0),), (line(0.0, 0.01),))


@case
def while_true_and_break(tf: Any) -> Results:
    def square_root(x: Any) -> Any:
        y, rounds = tf.ones_like(x), 0
        while tf.constant(True):  # TensorFlow asks for a tensor here
            better = (y + x / y) / 2.0
            step = tf.reduce_max(tf.abs(better - y))
            y = better
            rounds += 1
            if step < 1e-9 or rounds >= 30:
                break
        return y, rounds

    return runs(tf, square_root, (line(0.5, 2.0, 9.0),), (line(1.0),))


@case
def while_continue_and_break(tf: Any) -> Results:
    def odd_sum(n: Any) -> Any:
        total, i = 0, 0
        while i < n:
            i += 1
            if i % 2 == 0:
                continue
            if i > 7:
                break
            total += i
        return total, i

    return runs(tf, odd_sum, *((np.int32(n),) for n in (0, 1, 4, 20)))


@case
def for_and_continue(tf: Any) -> Results:
    def positive_product(x: Any) -> Any:
        product = tf.ones_like(x[0])
        for v in x:
            if v < 0.0:
                continue
            product = product * (v + 0.5)
        return product

    return runs(
        tf, positive_product, (line(0.5, -1.0, 2.0, -0.1),), (line(1.0, 0.5, 0.25, 0.125),), (line(-1, -2, -3, -4),)
    )


@case
def for_and_break(tf: Any) -> Results:
    def sum_before_large(x: Any) -> Any:
        total = tf.zeros_like(x[0])
        for row in tf.reshape(x, [-1, 2]):
            if tf.reduce_max(row) > 1.0:
                break
            total = total + tf.reduce_sum(row * row)
        return total

    arguments = line(0.5, -1.0, 0.25, 0.5, 2.0, 0.0), line(2, 1, 0, 0, 0, 0), line(0.9, 0, 0.95, 0, 0.8, 0)
    return runs(tf, sum_before_large, *((x,) for x in arguments))


@case
def for_over_a_range(tf: Any) -> Results:
    def powers(n: Any, x: Any) -> Any:
        y = x
        for i in tf.range(n):
            if i % 3 == 1:
                y = y * x
            else:
                y = y + x * tf.cast(i, x.dtype)
        return tf.reduce_sum(y)

    return runs(tf, powers, *((np.int32(n), line(0.5, 1.5)) for n in (0, 1, 5)))


@case
def nested_loops(tf: Any) -> Results:
    def triangle(n: Any, x: Any) -> Any:
        total, i = tf.zeros_like(x), 0
        while i < n:
            j = 0
            while tf.constant(True):  # TensorFlow asks for a tensor here
                if j > i:
                    break
                if (i + j) % 3 == 0:
                    j += 1
                    continue
                total = total + x * total * 0.1 + x
                j += 1
            if total > 5.0:
                break
            i += 1
        return total, i

    return runs(tf, triangle, *((np.int32(n), np.float64(x)) for n, x in ((0, 1.0), (4, 0.5), (9, 0.7))))


@case
def nested_branches(tf: Any) -> Results:
    def pieces(x: Any) -> Any:
        if x > 1.0:
            if x > 2.0:
                y = x * x
            else:
                y = x * 3.0
        elif x < -1.0:
            y = -x
        else:
            y = tf.exp(x)
        return y * 2.0 if y > 4.0 else y + 1.0

    return runs(tf, pieces, *((np.float64(x),) for x in (3.0, 1.5, -2.0, 0.25, -6.0)))


@case
def early_returns(tf: Any) -> Results:
    def first_large(x: Any) -> Any:
        if tf.reduce_max(x) < 0.0:
            return tf.reduce_sum(x)
        total = tf.zeros_like(x[0])
        for v in x:
            total = total + v * v
            if total > 2.0:
                return total * v
        if total < 0.5:
            return -total
        return total

    return runs(
        tf, first_large, (line(-1, -2),), (line(0.5, 1.0, 1.5),), (line(0.1, 0.2),), (line(0.5, 1.0),), is_refused=True
    )


@case
def early_return_from_while(tf: Any) -> Results:
    def steps(x: Any) -> Any:
        n = 0
        while n < 10:
            x = tf.sin(x) + x * 0.5
            n += 1
            if x > 1.2:
                return x * 10.0
        return x

    return runs(tf, steps, (np.float64(0.3),), (np.float64(-0.4),), (np.float64(1.1),), is_refused=True)


@case
def branches_on_python_and_on_tensors(tf: Any) -> Results:
    def mixed(n: Any, x: Any) -> Any:
        for i in range(3):
            if i == 1:
                continue
            if n > i and x[i] > 0.0:
                x = x * 2.0
            while not (tf.reduce_sum(x) > 1.0):
                x = x + 0.5 * x * x + 0.25
        return tf.reduce_sum(x)

    return runs(tf, mixed, *((np.int32(n), line(*x)) for n, x in ((0, (0.1, 0.2, 0.3)), (2, (0.4, -0.2, 0.1)))))
