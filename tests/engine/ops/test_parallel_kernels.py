"""Kernels whose work is divided among threads: the parts give what the whole does, on any number of threads."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest
from calls import calls
from programs import arrays_of, assert_same

import engine as tf
from engine.core.op import OPS, Op
from engine.ops import loops

PARALLEL = [op for op in OPS.values() if op.kernel is not None and op.kernel.parallel]


@pytest.mark.parametrize("op", PARALLEL, ids=lambda op: op.name)
def test_parts_give_what_the_reference_does_on_any_number_of_threads(op: Op, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "PARALLEL_WORK", 0)  # every call is divided, however small
    made = calls(op, "float32")

    def program(*operands: Any) -> list[Any]:
        given = iter(operands)
        return [out for call in made for out in call.apply([next(given) for _ in call.arrays])]

    compiled, present = tf.function(program), numba.get_num_threads()
    arguments = [a for call in made for a in call.arrays]
    try:
        results = []
        for threads in (1, present):
            numba.set_num_threads(threads)
            results.append(arrays_of(compiled(*arguments)))
    finally:
        numba.set_num_threads(present)
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
    result = tf.function(lambda a, b: tf.nn.conv2d(a, b))(x, filters).numpy()
    assert not result.any()
