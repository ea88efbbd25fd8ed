"""The executor: feeds a plan with tensors and the state of variables, and runs it."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from engine.compile.denormals import FLUSH, exchange_control_word
from engine.compile.plan import Plan, Report
from engine.compile.program import Program, operation
from engine.core.convert import contiguous
from engine.core.dtype import Array
from engine.core.spec import TensorSpec
from engine.graph.graph import Graph, Value
from engine.graph.interpret import specialised
from engine.passes import optimise
from engine.runtime.probe import probes
from engine.runtime.tensor import Tensor, array_of
from engine.runtime.threads import set_blas_threads, threads_for
from engine.runtime.variable import Variable


class Executor:
    """A program that is ready to run: a plan, and the variables it reads and writes.

    Parameters
    ----------
    graph
        As traced.
    specs
        Of the arguments, all sizes known. The first inputs of the graph are the arguments.
    captured
        The tensor or variable behind each other input.
    updates
        The variables whose next values are the last outputs of the graph.
    report
        Told about each kernel that has to be compiled.
    """

    def __init__(
        self,
        graph: Graph,
        specs: Sequence[TensorSpec],
        captured: Mapping[Value, Any],
        updates: Sequence[Variable],
        report: Report | None = None,
    ) -> None:
        self._lock = threading.Lock()
        position = {v: i for i, v in enumerate(graph.inputs)}
        sources = [captured.get(v) for v in graph.inputs]
        self.arguments = [i for i, source in enumerate(sources) if source is None]
        self.results = len(graph.outputs) - len(updates)
        index_of = {id(thing): position[v] for v, thing in captured.items()}
        next_state = {index_of[id(v)]: self.results + i for i, v in enumerate(updates) if id(v) in index_of}
        program = optimise(specialised(graph, dict(zip(self.arguments, specs, strict=True))))
        self.plan = Plan(program, next_state, report, operation)
        self._states = [(i, s) for i, s in enumerate(sources) if isinstance(s, Variable)]
        written = {id(v) for v in updates}
        self._reads = [(i, v) for i, v in self._states if id(v) not in written]
        self._writes = [(i, v) for i, v in self._states if id(v) in written]
        self._copies = [
            (v, self.results + i) for i, v in enumerate(updates) if index_of.get(id(v)) not in self.plan.inplace
        ]
        for i, source in enumerate(sources):
            if isinstance(source, Tensor):
                self.plan.bind(i, contiguous(source._array))
        self._threads = threads_for(_largest_product(program))

    def run(self) -> None:
        """Run the plan on the arguments that are bound, and give the variables their next values."""
        plan = self.plan
        for i, variable in self._reads:
            plan.bind(i, variable.array)
        for i, variable in self._writes:
            plan.bind(i, variable.writable())
        set_blas_threads(self._threads)
        with _computing():
            if probes():
                self._run_probed()
            else:
                plan.run()
        if self._copies:
            fresh = [plan.output(o).copy() for _, o in self._copies]  # all are read before one is written
            for (variable, _), array in zip(self._copies, fresh, strict=True):
                variable.adopt(array)

    def _run_probed(self) -> None:
        for step in self.plan.steps:
            begin = time.perf_counter()
            try:
                step.function(*step.arguments)
            except Exception as error:
                step.refuse(error)
            seconds = time.perf_counter() - begin
            for probe in probes():
                probe.step(step.name, step.node.origin, step.outputs, seconds)

    def bind_argument(self, number: int, array: Array) -> None:
        """Let the argument be `array` from the next run on."""
        self.plan.bind(self.arguments[number], contiguous(array))

    def __call__(self, arrays: Sequence[Array]) -> list[Tensor]:
        """Run on these arguments and return the results. Threads wait for each other: the buffers are shared."""
        with self._lock:
            for number, array in enumerate(arrays):
                self.bind_argument(number, array)
            self.run()
            return [Tensor(self.plan.output(i).copy()) for i in range(self.results)]


class OpenExecutor:
    """A program in which sizes depend on values: what follows on them is planned as they come.

    Parameters
    ----------
    graph, captured, updates, report
        As for `Executor`.
    """

    def __init__(
        self, graph: Graph, captured: Mapping[Value, Any], updates: Sequence[Variable], report: Report | None = None
    ) -> None:
        self._lock = threading.Lock()
        self._sources = [captured.get(v) for v in graph.inputs]
        self._updates = updates
        self._program = Program(graph, report)

    def __call__(self, arrays: Sequence[Array]) -> list[Tensor]:
        """Run on these arguments and return the results."""
        with self._lock, _computing():
            given = iter(arrays)
            inputs = [next(given) if source is None else array_of(source) for source in self._sources]
            results = [a.copy() for a in self._program((), inputs)]
        split = len(results) - len(self._updates)
        for variable, array in zip(self._updates, results[split:], strict=True):
            variable.adopt(array)
        return [Tensor(a) for a in results[:split]]


@contextmanager
def _computing() -> Iterator[None]:
    """Flush denormals for the time of the block, and let an overflow be infinity, in products too."""
    before = exchange_control_word(FLUSH)
    try:
        with np.errstate(all="ignore"):
            yield
    finally:
        exchange_control_word(before)


def executor_for(
    graph: Graph,
    specs: Sequence[TensorSpec],
    captured: Mapping[Value, Any],
    updates: Sequence[Variable],
    report: Report | None = None,
) -> Executor | OpenExecutor:
    """Return what runs a graph on arguments of these specs: one plan, if that settles all sizes."""
    arguments = [i for i, v in enumerate(graph.inputs) if v not in captured]
    settled = specialised(graph, dict(zip(arguments, specs, strict=True)))
    if all(s.shape.is_static for n in settled.nodes for s in n.specs):
        return Executor(graph, specs, captured, updates, report)
    return OpenExecutor(graph, captured, updates, report)


def _largest_product(graph: Graph) -> int:
    """Return the multiply-adds of the largest matrix product of the graph."""
    sizes = [0]
    for node in graph.nodes:
        if node.op.name == "matmul":
            inner = node.inputs[0].spec.shape[-2 if node.attrs["transpose_a"] else -1] or 0
            sizes.append(math.prod(d or 0 for d in node.specs[0].shape) * inner)
    return max(sizes)
