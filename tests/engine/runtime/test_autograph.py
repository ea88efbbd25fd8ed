"""Python's statements on tensors: what they mean eagerly they mean in a graph, and they have gradients."""

from __future__ import annotations

import functools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from programs import arrays_of, assert_same

import engine as tf
from engine.graph.control import CONTROL

X = np.array([0.5, 1.5, 0.25])
Program = Callable[..., Any]
# ruff: noqa: SIM108  # the statements are what is tested


def a_branch(x: Any) -> Any:
    if x > 0:
        y = x * 2
    else:
        y = -x
    return y


def a_branch_without_else(x: Any) -> Any:
    y = x
    if x > 2:
        y = y - 2
        if y > 5:
            y = y * y
    return y


def an_elif(x: Any) -> Any:
    if x < 0:
        sign = -1
    elif x > 0:
        sign = 1
    else:
        sign = 0
    return sign


def returns_in_branches(x: Any) -> Any:
    if x > 10:
        return x - 10
    if x > 0:
        return x * 2
    return -x


def a_while_with_break_and_continue(n: Any) -> Any:
    total, i = 0, 0
    while i < n:
        i += 1
        if i % 2 == 0:
            continue
        if i > 7:
            break
        total += i
    return total, i


def a_for_along_a_tensor(x: Any) -> Any:
    total = 0.0
    for v in tf.cast(x, tf.float32):
        total = total + v * v
    return total


def a_for_with_break(x: Any) -> Any:
    total = tf.constant(0.0, tf.float64)
    for v in x:
        if v > 1.0:
            break
        total += v
    return total


def a_for_over_a_range(n: Any) -> Any:
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def a_range_with_steps(n: Any) -> Any:
    total = 0
    for i in range(n, 0, -2):
        total = total * 10 + i
    return total


def a_python_loop_with_a_break_on_tensors(x: Any) -> Any:
    for _ in range(3):
        if x > 10:
            break
        x = x * 3
    return x


def a_return_out_of_a_loop(n: Any) -> Any:
    for i in range(n):
        if i * i > 10:
            return i
    return -1


def a_value_that_only_the_loop_sets(n: Any) -> Any:
    while n > 0:
        last = n * 2
        n = n - 1
    return last


def expressions(x: Any) -> Any:
    return (x if x > 0 and not x > 10 else -x), (x > 3 or x < -3), 1 if x > 1 else 2


def guards(i: Any) -> Any:
    table = tf.constant([1, 2, 3])
    return i < 3 and table[0] < tf.gather(table, i)


def builtins(x: Any) -> Any:
    return max(x, 1), min(x, 5, 3), float(x), int(x), len(tf.stack([x, x])), abs(x)


def enumerated(x: Any) -> Any:
    total = 0
    rows = tf.stack([x, x * 2, x * 3])
    for i, (a, b) in enumerate(zip(rows, rows)):  # noqa: B905
        total += a * b * i
    return total


def structures(x: Any) -> Any:
    state = {"value": x, "rounds": 0}
    while state["rounds"] < x:
        state["value"] = state["value"] * 2
        state["rounds"] += 1
    return state


def _helper(x: Any) -> Any:
    if x > 2:
        return x - 2
    return x


class _Doubler:
    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, x: Any) -> Any:
        while x < self.limit:
            x = x * 2
        return x


def calls(x: Any) -> Any:
    inner = lambda v: v + 1 if v > 0 else v  # noqa: E731
    return _helper(x), inner(x), _Doubler(50)(x), functools.partial(_helper)(x * 2)


CASES: list[tuple[Program, Any]] = [
    *((a_branch, x) for x in (3, -3)),
    *((a_branch_without_else, x) for x in (1, 4, 30)),
    *((an_elif, x) for x in (-2, 0, 2)),
    *((returns_in_branches, x) for x in (-2, 4, 40)),
    *((a_while_with_break_and_continue, n) for n in (0, 4, 20)),
    (a_for_along_a_tensor, X),
    *((a_for_with_break, x) for x in (X, X[:1], X[:0])),
    *((a_for_over_a_range, n) for n in (0, 1, 10)),
    (a_range_with_steps, 7),
    *((a_python_loop_with_a_break_on_tensors, x) for x in (1, 2, 20)),
    *((a_return_out_of_a_loop, n) for n in (2, 10)),
    (a_value_that_only_the_loop_sets, 3),
    *((expressions, x) for x in (-5, 1, 5, 20)),
    *((guards, i) for i in (0, 2, 7)),
    *((builtins, x) for x in (-1, 4)),
    (enumerated, 3),
    (structures, 3),
    *((calls, x) for x in (1, 7)),
]


@pytest.mark.parametrize(
    ("program", "x"), CASES, ids=[f"{p.__name__}-{np.size(x)}-{i}" for i, (p, x) in enumerate(CASES)]
)
def test_a_statement_means_the_same_in_a_graph(program: Program, x: Any) -> None:
    eager = [np.asarray(a) for a in arrays_of(program(tf.constant(x)))]
    compiled = tf.function(program)
    found = [np.asarray(a) for a in arrays_of(compiled(tf.constant(x)))]
    assert [a.tolist() for a in found] == [a.tolist() for a in eager]


@pytest.mark.parametrize(
    ("program", "x"), [(a_branch, 3), (a_while_with_break_and_continue, 3), (a_for_over_a_range, 3), (calls, 3)]
)
def test_one_trace_serves_all_values(program: Program, x: Any) -> None:
    compiled = tf.function(program)
    for value in (x, x + 1, x + 20):
        compiled(tf.constant(value))
    assert compiled.experimental_get_tracing_count() == 1
    names = {n.op for n in compiled.get_concrete_function(tf.constant(x)).graph.nodes}
    assert names & set(CONTROL)


def newton(x: Any) -> Any:
    """The square root of each, by steps that end when they are small."""
    y = tf.ones_like(x)
    rounds = 0
    while True:
        better = (y + x / y) / 2.0
        step = tf.reduce_max(tf.abs(better - y))
        y = better
        rounds += 1
        if step < 1e-12 or rounds > 50:
            break
    return y


def decay(x: Any) -> Any:
    """A loop whose length depends on the values."""
    total = x[0]
    while tf.reduce_sum(x) > 0.5:
        x = x * 0.7
        if x[1] < 0.1:
            break
        total = total + x[2] * x[0]
    return total


def along(x: Any) -> Any:
    """A loop along a tensor with a branch in it."""
    total = tf.constant(1.0, x.dtype)
    for v in x:
        if v > 0.4:
            total = total * v
        else:
            total = total + v * v
    return total


@pytest.mark.parametrize("program", [decay, along, a_for_with_break])
def test_gradients_are_those_of_finite_differences(program: Program) -> None:
    def slope(function: Program, x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(function(x))
        return tape.gradient(y, x)

    step = 1e-6
    wanted = [
        (float(program(tf.constant(X + d))) - float(program(tf.constant(X - d)))) / (2 * step) for d in np.eye(3) * step
    ]
    x = tf.constant(X)

    @tf.function
    def compiled(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = program(x)
        return tape.gradient(y, x)

    np.testing.assert_allclose(compiled(x), wanted, rtol=1e-6)
    np.testing.assert_allclose(slope(tf.function(program), x), wanted, rtol=1e-6)


def test_a_loop_until_a_tensor_says_so_ends() -> None:
    found = tf.function(newton)(tf.constant(X))
    np.testing.assert_allclose(found, np.sqrt(X), rtol=1e-12)


def test_methods_and_layers_of_the_user_are_rewritten() -> None:
    class Clipped:
        limit = 2.0

        @tf.function
        def __call__(self, x: Any) -> Any:
            if tf.reduce_max(x) > self.limit:
                x = x * (self.limit / tf.reduce_max(x))
            return x

    assert_same(arrays_of(Clipped()(tf.constant([1.0, 4.0]))), [np.float32([0.5, 2.0])])


def test_without_autograph_python_decides() -> None:
    with pytest.raises(tf.errors.UnsupportedError, match="Python decision"):
        tf.function(a_branch, autograph=False)(tf.constant(1))


def test_prints_happen_when_it_is_traced(capsys: pytest.CaptureFixture[str]) -> None:
    @tf.function
    def f(x: Any) -> Any:
        print("traced", x.shape)
        return x if x > 0 else -x

    for value in (1, -2, 3):
        f(tf.constant(value))
    assert capsys.readouterr().out.splitlines() == ["traced ()"]


def one_way_only(x: Any) -> Any:
    """Refused."""
    if x > 0:
        y = x
    return y


def another_dtype(x: Any) -> Any:
    """Refused."""
    y = 1
    if x > 0:
        y = tf.constant(0.5)
    else:
        y = tf.constant(2)
    return y


def an_object(x: Any) -> Any:
    """Refused."""
    y = "a"
    if x > 0:
        y = "b"
    return y


def a_changing_dtype(x: Any) -> Any:
    """Refused."""
    total = 0
    while x > 0:
        total = total + tf.constant(0.5)
        x = x - 1
    return total


def a_changing_shape(x: Any) -> Any:
    """Refused."""
    row = tf.constant([1.0])
    while x > 0:
        row = tf.concat([row, row], 0)
        x = x - 1
    return row


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (one_way_only, "'y' gets a value in one way of an if only"),
        (another_dtype, "After one way of an if 'y' is float32 .*, after the other int32"),
        (an_object, "different things in 'y'"),
        (a_changing_dtype, "do not convert|must be equal|dtype must stay"),
        (a_changing_shape, r"'row' has shape \(1,\) before a round and \(2,\) after it"),
    ],
)
def test_what_no_graph_can_do_is_said_with_its_name_and_line(program: Program, words: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=words) as caught:
        tf.function(program)(tf.constant(3))
    file, _, line = caught.value.where.rpartition(":")
    assert file == __file__
    first = program.__code__.co_firstlineno
    assert first <= int(line) <= first + 8


def test_an_import_that_was_interrupted_is_done_again() -> None:
    """As Ctrl+C leaves it: parts of the transpiler without the package that they belong to."""
    program = """
import sys
import malt.impl
inner = sys.modules["malt.impl"]
for name in list(sys.modules):
    if name == "malt" or name.startswith("malt.impl."):
        del sys.modules[name]
del inner.api
import engine as tf
print(int(tf.function(lambda x: x + 1)(tf.constant(1))))
"""
    root = Path(__file__).parents[3]
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=root, check=False)
    assert (found.stdout.strip(), found.returncode) == ("2", 0), found.stderr
