"""Measuring a compiled document: a race against the same graph op by op, and its kernels against the machine."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from engine.compile.team import use_threads
from engine.core.dispatch import interpreter
from engine.core.dtype import Array
from engine.core.processors import available
from engine.graph.graph import Graph, Node, Value
from engine.runtime.tensor import Tensor, array_of
from engine.runtime.threads import narrow_blas, release_blas
from studio.run.lazy.compiling import Compiled
from studio.run.lazy.data import Difference, RaceResult

#: Seconds that each side of a race is measured for, and how many runs that may be.
_SECONDS: Final = 0.6
_RUNS: Final = (3, 200)
#: How far results may lie apart, as a share of the largest element: sums are added up in another order.
_TOLERANCE: Final = {"float16": 2e-3, "float32": 1e-4, "float64": 1e-10}

#: Called now and then; it raises if nobody wants the result any more.
Checkpoint = Callable[[], None]


def race(compiled: Compiled, checkpoint: Checkpoint) -> RaceResult:
    """Run a graph op by op, and as its plan, on the same values; no weight changes."""
    graph = compiled.subject.concrete.graph
    state = compiled.subject.arrays()
    release_blas()
    totals: list[float] = []
    times: dict[Node, list[float]] = {}
    outputs = _eager(graph, state, times, checkpoint)  # the first run pays for what is met for the first time
    times.clear()

    def once() -> None:
        begin = time.perf_counter()
        _eager(graph, state, times, checkpoint)
        totals.append(time.perf_counter() - begin)

    runs = _repeat(once, checkpoint)
    whole, kernels, results, more = run_plan(compiled, checkpoint)
    return RaceResult(
        statistics.median(totals),
        whole,
        (runs, more),
        {compiled.traced[node]: statistics.median(each) for node, each in times.items()},
        kernels,
        compiled.shown.time.total,
        differences(compiled.subject.results, outputs, results, _tolerance(graph)),
    )


def _eager(
    graph: Graph, arrays: Sequence[Array], times: dict[Node, list[float]], checkpoint: Checkpoint
) -> list[Array]:
    """Carry out the nodes of a graph one by one, as if a program had called them, and take their times."""
    values: dict[Value, Any] = {v: Tensor(a) for v, a in zip(graph.inputs, arrays, strict=True)}
    apply = interpreter().apply
    for node in graph.nodes:
        if node.outputs[0] in values:
            continue
        checkpoint()
        operands = [values[v] for v in node.inputs]
        begin = time.perf_counter()
        result = apply(node.op, operands, dict(node.attrs))
        times.setdefault(node, []).append(time.perf_counter() - begin)
        values.update(zip(node.outputs, result if isinstance(result, list) else [result], strict=True))
    return [np.array(array_of(values[v])) for v in graph.outputs]


def run_plan(compiled: Compiled, checkpoint: Checkpoint) -> tuple[float, tuple[float, ...], list[Array], int]:
    """Run a plan on copies of what its inputs hold: the median time, those of its kernels, its first results, and in
    how many runs.
    """
    plan = compiled.plan
    fresh = compiled.subject.arrays()
    count = len(plan.graph.inputs)
    before = [plan.input(i) for i in range(count)]
    narrow_blas()
    use_threads(available())
    totals: list[float] = []
    kernels: dict[int, list[float]] = {}
    try:
        for i, array in enumerate(fresh):
            plan.bind(i, array)
        plan.run()
        results = [np.array(plan.output(i)) for i in range(len(plan.graph.outputs))]

        def once() -> None:
            begin = time.perf_counter()
            plan.run()
            totals.append(time.perf_counter() - begin)
            plan.run(lambda step, seconds: kernels.setdefault(id(step), []).append(seconds))

        runs = _repeat(once, checkpoint)
    finally:
        for i, array in enumerate(before):
            plan.bind(i, array)
        release_blas()
    return statistics.median(totals), tuple(statistics.median(kernels[id(s)]) for s in plan.steps), results, runs


def _repeat(once: Callable[[], None], checkpoint: Checkpoint) -> int:
    """Do something for as long as is measured, and return how often."""
    least, most = _RUNS
    end = time.perf_counter() + _SECONDS
    for count in range(1, most + 1):
        checkpoint()
        once()
        if count >= least and time.perf_counter() > end:
            break
    return count


def _tolerance(graph: Graph) -> float:
    """Return how far results of a graph may lie apart: as far as its coarsest dtype lets them."""
    dtypes = {s.dtype.name for node in graph.nodes for s in node.specs}
    return max((_TOLERANCE.get(name, 0.0) for name in dtypes), default=0.0)


def differences(
    names: Sequence[str], ours: Sequence[Array], theirs: Sequence[Array], tolerance: float
) -> tuple[Difference, ...]:
    """Return how far two ways of computing the same lie apart, tensor by tensor.

    Parameters
    ----------
    tolerance
        How far floats may lie apart, as a share of the largest element.

    Examples
    --------
    >>> (found,) = differences(["x"], [np.float32([1, 2])], [np.float32([1, 2.5])], 1e-4)
    >>> found.is_equal, found.is_same, found.largest
    (False, False, 0.5)
    """
    return tuple(_difference(name, a, b, tolerance) for name, a, b in zip(names, ours, theirs, strict=True))


def _difference(name: str, a: Array, b: Array, tolerance: float) -> Difference:
    is_equal = a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
    if a.shape != b.shape or a.dtype != b.dtype:
        return Difference(name, a.shape, math.inf, math.inf, False, False)
    if is_equal or not np.issubdtype(a.dtype, np.floating):
        gap = 0.0 if is_equal or np.array_equal(a, b) else math.inf
        scale = float(np.abs(a.astype(np.float64)).max()) if a.size and a.dtype.kind in "fiu" else 0.0
        return Difference(name, a.shape, gap, scale, is_equal, gap == 0.0)
    wide_a, wide_b = a.astype(np.float64), b.astype(np.float64)
    same = (wide_a == wide_b) | (np.isnan(wide_a) & np.isnan(wide_b))
    with np.errstate(invalid="ignore"):
        gaps = np.where(same, 0.0, np.abs(wide_a - wide_b))
    largest = float(np.nan_to_num(gaps, nan=math.inf, posinf=math.inf).max())
    scale = float(np.abs(wide_a[np.isfinite(wide_a)]).max(initial=0.0))
    close = largest <= tolerance * max(scale, 1e-3)
    return Difference(name, a.shape, largest, scale, is_equal, close)
