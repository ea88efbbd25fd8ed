"""Every op, for every sample: what was inferred is what comes out, and each way of running it gives the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from calls import DTYPES, Call, calls, differentiable_calls, table, widest
from programs import arrays_of, assert_same, graph_of, run_graph

import engine as tf
from engine.core.op import OPS, Op
from engine.core.spec import TensorSpec

PAIRS = list(table(*DTYPES))
IDS = [f"{op.name}-{dtype}" for op, dtype in PAIRS]

#: Ops whose result for an axis depends on the axis' size, so that they refuse one of unknown size, and say so.
NEEDS_SIZES = {"squeeze", "unstack", "gather_nd", "tensor_scatter_nd_add", "tensor_scatter_nd_update"}

#: Ops of whose results the values of the operands tell the size; what is planned cannot hold them without passes.
SIZED_BY_VALUES = {"nonzero", "boolean_mask", "segment_sum", "bincount", "unique", "unique_with_counts"}


def together(made: list[Call]) -> tuple[Any, list[Any]]:
    """Return one function that makes all of the calls, and its arguments."""

    def program(*operands: Any) -> list[Any]:
        given = iter(operands)
        return [out for call in made for out in call.apply([next(given) for _ in call.arrays])]

    return program, [a for call in made for a in call.arrays]


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


#: In float64 the differentiable ones are compiled together with their gradients: see `test_op_gradients`.
COMPILED = [(op, d) for op, d in PAIRS if d != "float64" or op.gradient is None or not differentiable_calls(op)]


@pytest.mark.parametrize(("op", "dtype"), COMPILED, ids=[f"{op.name}-{dtype}" for op, dtype in COMPILED])
def test_compiled_is_the_reference(op: Op, dtype: str) -> None:
    # every layout of loops in float32; of the other dtypes the widest only, since each takes a kernel
    made = calls(op, dtype) if dtype == "float32" else widest(calls(op, dtype), 1)
    program, arguments = together(made)
    expected = [a for call in made for a in call.reference()]
    assert_same(arrays_of(tf.function(program)(*arguments)), expected, what=op.name)


PLANNED = [(op, d) for op, d in PAIRS if op.name not in SIZED_BY_VALUES]


@pytest.mark.parametrize(("op", "dtype"), PLANNED, ids=[f"{op.name}-{dtype}" for op, dtype in PLANNED])
def test_compiled_without_passes_is_the_reference(op: Op, dtype: str) -> None:
    made = calls(op, dtype)
    program, arguments = together(made)
    expected = [a for call in made for a in call.reference()]
    assert_same(run_graph(graph_of(program, *arguments), arguments, pipeline=()), expected, what=op.name)
