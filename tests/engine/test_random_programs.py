"""Random programs give the same values and gradients eagerly, compiled without passes, and compiled with all of them.

A few of them run each time; ``TRENZA_EXAMPLES=500 pytest tests/engine/test_random_programs.py`` runs as many as it
says, and others each time.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from programs import all_work_divided, arrays_of, graph_of, run_graph
from random_programs import MOST_STEPS, RandomProgram, random_programs

import engine as tf
from engine.compile.team import capacity, use_threads
from engine.core.dtype import Array
from engine.graph.interpret import evaluate
from engine.passes import PIPELINE, optimise

ASKED = os.environ.get("TRENZA_EXAMPLES")

#: How far values and gradients may lie apart, relative to the largest of an array and to 1: errors of 40 steps add up.
SINGLE, DOUBLE = 5e-4, 1e-9


def few(count: int) -> settings:
    """Return how many programs a test runs, always the same ones; or as many as are asked for."""
    return settings(
        max_examples=int(ASKED or count),
        derandomize=not ASKED,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
        print_blob=True,
    )


@pytest.fixture(autouse=True, scope="module")
def _kernels_as_shipped() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRENZA_BOUNDSCHECK", "")  # with it run the contract tests
        yield


def assert_close(way: str, program: RandomProgram, found: Sequence[Array], expected: Sequence[Array]) -> None:
    """Hold one way of running a program against the eager one."""
    tolerance = SINGLE if program.is_single() else DOUBLE
    for number, (a, b) in enumerate(zip(found, expected, strict=True)):
        assert (a.shape, a.dtype) == (b.shape, b.dtype), (way, number)
        allowed = tolerance * max(1.0, np.abs(b).max()) if b.dtype.kind == "f" else 0
        np.testing.assert_allclose(a, b, rtol=0, atol=allowed, err_msg=f"{way}, output {number}")


def eager(program: RandomProgram) -> list[Array]:
    """Return results and gradients of a program that runs op by op."""
    return arrays_of(program(*map(tf.constant, program.arrays())))


@few(4)
@given(random_programs())
def test_compiled_programs_compute_what_eager_ones_do(program: RandomProgram) -> None:
    assert len(program.steps) <= MOST_STEPS
    arrays, expected = program.arrays(), eager(program)
    graph = graph_of(program, *arrays)
    assert_close("without passes", program, run_graph(graph, arrays, ()), expected)
    assert_close("with all passes", program, run_graph(graph, arrays), expected)
    assert_close("as a function", program, arrays_of(tf.function(program)(*arrays)), expected)


@few(1)
@given(random_programs())
def test_programs_whose_work_is_divided_compute_what_eager_ones_do(program: RandomProgram) -> None:
    arrays = program.arrays()
    use_threads(capacity())
    with all_work_divided():
        assert_close("divided", program, run_graph(graph_of(program, *arrays), arrays), eager(program))


@few(10)
@given(random_programs())
def test_each_pass_alone_keeps_what_a_program_computes(program: RandomProgram) -> None:
    arrays, expected = program.arrays(), eager(program)
    graph = graph_of(program, *arrays)
    for one in PIPELINE:
        assert_close(one.__name__, program, evaluate(optimise(graph, [one]), arrays), expected)
