"""Kernels whose work is divided among threads: the parts give what the whole does, on any number of threads."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import signature
from typing import Any

import numpy as np
import pytest
from calls import calls
from programs import assert_same, on_threads

import engine as tf
from engine.core.op import OPS, Kernel, Op, Scratch
from engine.ops import loops

PARALLEL = [op for op in OPS.values() if op.kernel is not None and op.kernel.is_divided]


@pytest.mark.parametrize("op", PARALLEL, ids=lambda op: op.name)
def test_parts_give_what_the_reference_does_on_any_number_of_threads(op: Op, all_work_is_divided: None) -> None:
    made = calls(op, "float32")

    def program(*operands: Any) -> list[Any]:
        given = iter(operands)
        return [out for call in made for out in call.apply([next(given) for _ in call.arrays])]

    results = on_threads(program, *[a for call in made for a in call.arrays])
    assert_same(results[0], [a for call in made for a in call.reference()], scale=2, what=op.name)
    for one, several in zip(*results, strict=True):
        np.testing.assert_array_equal(one, several)


def test_small_work_stays_on_one_thread() -> None:
    assert loops.parts_for(loops.PARALLEL_WORK - 1, 100) == 1
    assert loops.parts_for(loops.PARALLEL_WORK, 100) == loops.PARTS
    assert loops.parts_for(loops.PARALLEL_WORK, 0) == 1


def test_denormals_are_zero_in_every_part() -> None:
    x = np.full((64, 64, 64, 4), 1e-30, np.float32)  # products of 1e-40, which float32 has as denormals only
    filters = np.full((1, 1, 4, 4), 1e-10, np.float32)
    for (result,) in on_threads(lambda a, b: tf.nn.conv2d(a, b), x, filters):
        assert not result.any()


def in_python(kernel: Kernel, arguments: Sequence[Any]) -> None:
    """Run a kernel as the Python that it is written in."""
    given = dict(zip(kernel.names, arguments, strict=True))
    given |= {n: np.empty(a.size, a.dtype) for n, a in given.items() if isinstance(a, Scratch)}
    for stage in kernel.stages:
        names = [n for n in signature(stage).parameters if n != "part"]
        for part in range(given["parts"]):
            stage(part, *(given[n] for n in names))


@pytest.mark.parametrize("name", ["conv2d", "conv_input_gradient", "conv_filter_gradient", "gru_gradient"])
def test_products_in_kernels_mean_the_same_in_python(name: str) -> None:
    kernel = OPS[name].kernel
    assert kernel is not None
    for call in calls(OPS[name], "float32"):
        wanted = call.reference()
        found = [np.empty_like(a) for a in wanted]
        in_python(kernel, kernel.arrange(call.arrays, found, call.attrs))
        assert_same(found, wanted, scale=2, what=name)
