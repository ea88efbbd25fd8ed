"""Kernels whose work is divided among threads: the parts give what the whole does, on any number of threads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from calls import calls
from programs import assert_same, on_threads

import engine as tf
from engine.compile import select
from engine.core.op import OPS, Op
from engine.ops import linalg, loops, recurrent

PARALLEL = [op for op in OPS.values() if op.kernel is not None and op.kernel.parallel]


@pytest.fixture(autouse=True)
def _kernels_as_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRENZA_BOUNDSCHECK", "")  # on one thread, with it, the contract tests run them


@pytest.mark.parametrize("op", PARALLEL, ids=lambda op: op.name)
def test_parts_give_what_the_reference_does_on_any_number_of_threads(op: Op, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "PARALLEL_WORK", 0)  # every call is divided, however small
    monkeypatch.setattr(recurrent, "_ROWS", 1)
    monkeypatch.setattr(linalg, "DIVIDED_PRODUCT", 0)
    monkeypatch.setattr(select, "DIVIDED_PRODUCT", 0)
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


@pytest.mark.parametrize("name", ["conv2d", "conv_input_gradient", "conv_filter_gradient", "gru_gradient"])
def test_products_in_kernels_mean_the_same_in_python(name: str) -> None:
    kernel = OPS[name].kernel
    assert kernel is not None
    for call in calls(OPS[name], "float32"):
        wanted = call.reference()
        found = [np.empty_like(a) for a in wanted]
        kernel.code(*kernel.arrange(call.arrays, found, call.attrs))
        assert_same(found, wanted, scale=2, what=name)
