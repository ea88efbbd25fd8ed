"""The chain rule of every op, with the numbers in hand: what is written is the gradient, and its terms add up."""

from __future__ import annotations

import re

import numpy as np
import pytest
from calls import Call, differentiable_calls, table
from gradients import gradients, weights_of

import engine as tf
from engine.core.dtype import Array
from engine.core.op import OPS, Op
from studio.run.debug import formula
from studio.run.debug.card import Slope
from studio.run.debug.formula import slopes

RNG = np.random.default_rng(3)
DIFFERENTIABLE = [op for op, _ in table("float64") if op.gradient is not None]
#: Right-hand sides that Python can work out: numbers, the four rules, squares and brackets.
_PLAIN = re.compile(r"^[-−+·/().\d\se²]+$")


def of_call(call: Call) -> list[Slope]:
    """Return the chain rule of a call, the gradient at its results being that of the weighted sum."""
    weights = iter(weights_of(call))
    outputs = call.reference()
    g = [next(weights) if y.dtype.kind == "f" else np.zeros_like(y) for y in outputs]
    names = [call.op.operand_name(i) for i in range(len(call.arrays))]
    return slopes(call.op, dict(call.attrs), names, list(call.arrays), outputs, g)


def of(name: str, *arrays: Array, g: Array | None = None, is_thorough: bool = False, **attrs: object) -> list[Slope]:
    """Return the chain rule of an op, by default for a gradient of ones."""
    op = OPS[name]
    bound = op.bind((list(arrays),) if op.variadic else arrays, attrs)[1]
    y = op.reference(*arrays, **bound)
    names = [op.operand_name(i) for i in range(len(arrays))]
    return slopes(op, bound, names, arrays, [y], [np.ones_like(y) if g is None else g], is_thorough)


def number(text: str) -> float:
    return float(text.replace("−", "-"))


@pytest.mark.parametrize("op", DIFFERENTIABLE, ids=lambda op: op.name)
def test_the_numbers_of_every_op_are_those_of_its_gradient(op: Op) -> None:
    for call in differentiable_calls(op):
        found = dict(
            zip(call.floating, gradients(call, list(map(tf.constant, call.arrays)), weights_of(call)), strict=True)
        )
        names = {call.op.operand_name(i): found[i] for i in call.floating}
        for slope in of_call(call):
            if not (expected := names[slope.of]).shape.num_elements():
                continue
            assert slope.example.startswith(f"∂L/∂{slope.of}"), f"{call}: {slope.formula}"
            shown = number(slope.example.rpartition(" = ")[2])
            assert shown == pytest.approx(float(expected.numpy()[slope.index]), rel=1e-3, abs=1e-9), slope.example
            assert_adds_up(slope.example)


def assert_adds_up(example: str) -> None:
    """Where all terms are written in plain numbers, they amount to the total, but for the digits that were left out."""
    _left, *middle, total = example.split(" = ")
    for right in middle:
        if "…" in right or not _PLAIN.match(right):
            continue
        python = right.replace("−", "-").replace("·", "*").replace("²", "**2")
        sizes = [abs(number(n)) for n in re.findall(r"[\d.]+(?:e[−-]?\d+)?", right)]
        assert eval(python) == pytest.approx(number(total), rel=5e-3, abs=1e-2 * max(sizes)), example


def test_a_product_is_a_row_by_a_column_and_the_greatest_terms_come_first() -> None:
    a, b = np.array([[1.0, 2.0]], np.float32), np.array([[3.0, 0.5, -4.0, 0.25], [1, 1, 1, 1]], np.float32)
    by_a, by_b = of("matmul", a, b)
    assert by_a.example == "∂L/∂a[0, 1] = 1 + 1 + 1 + … = 4"
    assert by_b.example == "∂L/∂b[1, 0] = 2"
    by_a, _by_b = of("matmul", a, b, g=2 * np.eye(1, 4, dtype=np.float32))
    assert by_a.example == "∂L/∂a[0, 0] = 2 · 3 = 6"


def test_what_was_spread_gets_the_sum_of_the_parts() -> None:
    x, y = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([10.0, 20.0])
    _by_x, by_y = of("multiply", x, y)
    assert by_y.formula == "∂L/∂y = Σ ∂L/∂z · x"
    assert by_y.example == "∂L/∂y[1] = 5 + 2 = 7"


def test_the_kernel_of_a_convolution_gathers_over_all_windows() -> None:
    image, kernel = np.arange(1.0, 10).reshape(1, 3, 3, 1), np.ones((2, 2, 1, 1))
    by_image, by_kernel = of("conv2d", image, kernel)
    assert by_image.example == "∂L/∂input[0, 1, 1, 0] = 1 + 1 + 1 + … = 4"
    assert by_kernel.example == "∂L/∂filters[1, 1, 0, 0] = 9 + 8 + 6 + … = 28"


def test_counts_are_numbers_and_operands_of_a_list_are_told_apart() -> None:
    assert of("reduce_mean", np.ones((4, 2)), axis=0)[0].formula == "∂L/∂input_tensor = ∂L/∂y / 4"
    assert [slope.formula for slope in of("concat", np.ones(1), np.ones(2), axis=0)] == [
        "∂L/∂values[0] = split(∂L/∂y)[0]",
        "∂L/∂values[1] = split(∂L/∂y)[1]",
    ]


def test_what_takes_long_is_left_out_until_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = RNG.normal(size=(3, 4)), RNG.normal(size=(4, 5))
    assert not any(slope.is_left_out for slope in of("matmul", a, b))
    monkeypatch.setattr(formula, "PRODUCTS", 10)
    left_out = of("matmul", a, b)
    assert all(slope.is_left_out and not slope.example for slope in left_out)
    assert all(slope.example for slope in of("matmul", a, b, is_thorough=True))
