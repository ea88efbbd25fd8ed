"""The gradient of every op against central finite differences of its reference in float64."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from calls import Call, differentiable_calls, table
from gradients import HIDING, gradients, weights_of

import engine as tf
from engine.core.dtype import Array
from engine.core.op import Op

#: Half the distance of the two points of a central difference, and how far its quotient may be off.
STEP, TOLERANCE = 1e-5, 1e-7

#: How far a gradient in float32 may lie from that in float64.
SINGLE = 2e-5

OPS_64 = [op for op, _ in table("float64")]
DIFFERENTIABLE = [op for op in OPS_64 if op.gradient is not None]

#: Ops whose record says that the gradient of the gradient is not right.
FIRST_ORDER = {"reduce_prod", "lstm", "gru", "simple_rnn"}

#: Gradients of those that refuse to be differentiated.
LAST_ORDER = {"lstm_gradient", "gru_gradient", "simple_rnn_gradient"}


def differences(call: Call, function: Any) -> list[Array]:
    """Return the central differences of ``function(arrays) -> number`` for each floating operand."""
    result = []
    for i in call.floating:
        slope = np.zeros(call.arrays[i].shape)
        for place in np.ndindex(slope.shape):
            ends = []
            for sign in (1, -1):
                moved = call.arrays[i].copy()
                moved[place] += sign * STEP
                ends.append(function([*call.arrays[:i], moved, *call.arrays[i + 1 :]]))
            slope[place] = (ends[0] - ends[1]) / (2 * STEP)
        result.append(slope)
    return result


def reference_slopes(call: Call, weights: Sequence[Array]) -> list[Array]:
    """Return the finite differences of the weighted sum of the reference's outputs."""

    def value(arrays: Sequence[Array]) -> float:
        floats = [y for y in call.reference(arrays) if y.dtype.kind == "f"]
        return float(sum(np.sum(y * w) for y, w in zip(floats, weights, strict=True)))

    return differences(call, value)


def test_every_op_from_floats_to_floats_has_a_gradient() -> None:
    assert {op.name for op in OPS_64 if op.gradient is None and differentiable_calls(op)} == LAST_ORDER


@pytest.mark.parametrize("op", DIFFERENTIABLE, ids=lambda op: op.name)
def test_eager_gradient_is_the_slope(op: Op) -> None:
    for call in differentiable_calls(op):
        weights = weights_of(call)
        found = gradients(call, list(map(tf.constant, call.arrays)), weights)
        for d, x, slope in zip(found, call.floating, reference_slopes(call, weights), strict=True):
            if d is None:
                assert op.name in HIDING or not slope.any(), f"{call} operand {x} has no gradient"
            else:
                assert (d.shape, d.dtype.name) == (slope.shape, "float64"), call
                np.testing.assert_allclose(d.numpy(), slope, rtol=TOLERANCE, atol=TOLERANCE, err_msg=str(call))


@pytest.mark.parametrize("op", DIFFERENTIABLE, ids=lambda op: op.name)
def test_gradient_in_single_precision_is_that_in_double(op: Op) -> None:
    for call in differentiable_calls(op):
        single = [a.astype(np.float32) if i in call.floating else a for i, a in enumerate(call.arrays)]
        double = [a.astype(np.float64) if i in call.floating else a for i, a in enumerate(single)]
        weights = [w.astype(np.float32) for w in weights_of(call)]
        found = gradients(call, list(map(tf.constant, single)), weights)
        wanted = gradients(call, list(map(tf.constant, double)), [w.astype(np.float64) for w in weights])
        for d, true in zip(found, wanted, strict=True):
            assert (d is None) == (true is None), call
            if d is not None:
                assert d.dtype.name == "float32", call
                np.testing.assert_allclose(d, true, rtol=SINGLE, atol=SINGLE, err_msg=str(call))


@pytest.mark.parametrize("op", [o for o in DIFFERENTIABLE if o.name not in FIRST_ORDER], ids=lambda op: op.name)
def test_second_gradient_is_the_slope_of_the_first(op: Op) -> None:
    for call in differentiable_calls(op):
        weights = weights_of(call)
        rng = np.random.default_rng(8)
        across = [rng.uniform(0.5, 1.5, call.arrays[i].shape) for i in call.floating]

        def projected(operands: Sequence[Any], call: Call = call, weights: Any = weights, across: Any = across) -> Any:
            found = gradients(call, operands, weights)
            return sum((tf.reduce_sum(d * v) for d, v in zip(found, across, strict=True) if d is not None), 0.0)

        operands = list(map(tf.constant, call.arrays))
        sources = [operands[i] for i in call.floating]
        with tf.GradientTape() as tape:
            tape.watch(sources)
            target = projected(operands)
        if isinstance(target, float):
            assert op.name in HIDING or not any(s.any() for s in reference_slopes(call, weights))
            continue
        slopes = differences(call, lambda arrays, f=projected: float(f(list(map(tf.constant, arrays)))))
        for d, slope in zip(tape.gradient(target, sources), slopes, strict=True):
            np.testing.assert_allclose(
                0.0 if d is None else d.numpy(), slope, rtol=TOLERANCE, atol=TOLERANCE, err_msg=str(call)
            )
