"""Every op, for every sample: what was inferred is what comes out, and it is what the reference says."""

from __future__ import annotations

import numpy as np
import pytest
from calls import DTYPES, calls, table
from programs import arrays_of, assert_same

import engine as tf
from engine.core.op import OPS, Op
from engine.core.spec import TensorSpec

PAIRS = list(table(*DTYPES))
IDS = [f"{op.name}-{dtype}" for op, dtype in PAIRS]

#: Ops whose result for an axis depends on the axis' size, so that they refuse one of unknown size, and say so.
NEEDS_SIZES = {"squeeze", "unstack", "gather_nd", "tensor_scatter_nd_add", "tensor_scatter_nd_update"}

#: Ops of whose results the values of the operands tell the size.
SIZED_BY_VALUES = {"nonzero", "boolean_mask", "segment_sum", "bincount", "unique", "unique_with_counts"}


def test_all_ops_but_the_placeholder_have_samples() -> None:
    assert {op.name for op in OPS.values() if not op.samples} == {"placeholder"}


@pytest.mark.parametrize(("op", "dtype"), PAIRS, ids=IDS)
def test_inferred_specs_are_the_actual_ones(op: Op, dtype: str) -> None:
    for call in calls(op, dtype):
        found = [TensorSpec(a.shape, a.dtype) for a in call.reference()]
        inferred = list(op.specs(call.specs, call.attrs))
        if op.name in SIZED_BY_VALUES:
            assert all(a.is_compatible_with(b) for a, b in zip(inferred, found, strict=True)), call
        else:
            assert inferred == found, call


@pytest.mark.parametrize(("op", "dtype"), PAIRS, ids=IDS)
def test_unknown_sizes_infer_to_what_the_actual_shape_fits(op: Op, dtype: str) -> None:
    for call in calls(op, dtype):
        actual = call.reference()
        for unknown in (lambda axis: axis == 0, lambda axis: True):
            specs = [
                TensorSpec([None if unknown(axis) else d for axis, d in enumerate(s.shape)], s.dtype)
                for s in call.specs
            ]
            try:
                inferred = op.specs(specs, call.attrs)
            except tf.errors.InvalidArgumentError:
                assert op.name in NEEDS_SIZES, call
                continue
            assert len(inferred) == len(actual), call
            for spec, array in zip(inferred, actual, strict=True):
                assert spec.is_compatible_with(TensorSpec(array.shape, array.dtype)), (str(call), spec, array.shape)


@pytest.mark.parametrize(("op", "dtype"), PAIRS, ids=IDS)
def test_eager_is_the_reference(op: Op, dtype: str) -> None:
    for call in calls(op, dtype):
        before = [a.copy() for a in call.arrays]
        assert_same(arrays_of(call.apply()), call.reference(), what=str(call))
        assert all(np.array_equal(a, b) for a, b in zip(call.arrays, before, strict=True)), "an operand was changed"
