"""Ways to run one program, for tests that hold them against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np

import engine as tf
from engine.compile import program, schedule, select
from engine.compile.plan import Plan
from engine.compile.team import capacity, use_threads
from engine.core import nest
from engine.core.convert import contiguous
from engine.core.dtype import Array
from engine.graph.graph import Graph
from engine.ops import linalg, loops, recurrent
from engine.passes import PIPELINE, Pass, optimise

#: How far apart two ways of computing the same may lie, relative to the larger number and to 1.
TOLERANCE = {"float16": 2e-3, "float32": 4e-6, "float64": 1e-12}


def arrays_of(result: Any) -> list[Array]:
    """Return the tensors of a structure as arrays."""
    return [np.asarray(leaf) for leaf in nest.leaves(result)]


def graph_of(function: Callable[..., Any], *arrays: Any) -> Graph:
    """Return the graph of a function as traced for these arguments."""
    return tf.function(function).get_concrete_function(*arrays).graph


def run_graph(graph: Graph, arrays: Sequence[Array], pipeline: Sequence[Pass] = PIPELINE) -> list[Array]:
    """Compile a graph without state, and those of its branches and loops, after these passes only, and run it."""
    with patch.object(program, "optimise", lambda inner: optimise(inner, pipeline)):
        return [np.array(a) for a in program.Program(graph)((), list(map(contiguous, arrays)))]


def on_threads(function: Callable[..., Any], *arrays: Array) -> list[list[Array]]:
    """Return the outputs of a compiled function on one thread, and on all; a test must see that both are meant.

    The plan is run as it is: a function would begin on one thread, and go on as it finds best.
    """
    plan = Plan(optimise(graph_of(function, *arrays)))
    assert plan.needs_threads, "nothing in it is divided among threads"
    for index, array in enumerate(arrays):
        plan.bind(index, contiguous(array))
    found = []
    for threads in (1, capacity()):
        use_threads(threads)
        plan.run()
        found.append([np.array(plan.output(i)) for i in range(len(plan.graph.outputs))])
    return found


@contextmanager
def all_work_divided() -> Iterator[None]:
    """Let kernels divide their work, however small, and run side by side wherever they can."""
    with ExitStack() as stack:
        for owner, name, value in (
            (loops, "PARALLEL_WORK", 0),
            (recurrent, "_ROWS", 1),
            (linalg, "DIVIDED_PRODUCT", 0),
            (select, "DIVIDED_SECONDS", -1.0),
            (schedule, "BRANCH_SECONDS", 0.0),
            (schedule, "_WORTH", float("inf")),
        ):
            stack.enter_context(patch.object(owner, name, value))
        yield


def assert_same(found: Sequence[Any], expected: Sequence[Any], scale: float = 1.0, what: str = "") -> None:
    """Hold arrays against each other: shapes and dtypes are equal, floats agree to within `TOLERANCE` times `scale`."""
    assert len(found) == len(expected), what
    for number, (a, b) in enumerate(zip(found, expected, strict=True)):
        a, b = np.asarray(a), np.asarray(b)
        assert (a.shape, a.dtype) == (b.shape, b.dtype), f"{what} output {number}"
        tolerance = TOLERANCE.get(a.dtype.name, 0.0) * scale
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance, err_msg=f"{what} output {number}")
