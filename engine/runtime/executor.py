"""The executor: feeds a plan with tensors and the state of variables, and runs it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.compile.plan import Plan, Report, Step
from engine.compile.program import Program, operation
from engine.compile.team import use_threads
from engine.core.convert import contiguous
from engine.core.dtype import Array
from engine.core.memory import aligned_copy
from engine.core.processors import available
from engine.core.spec import TensorSpec
from engine.graph.graph import Graph, Value
from engine.graph.interpret import specialised
from engine.passes import optimise
from engine.runtime.probe import probes
from engine.runtime.tensor import Tensor, array_of
from engine.runtime.threads import Governor, narrow_blas
from engine.runtime.variable import Variable


class Executor:
    """A program that is ready to run: a plan, and the variables it reads and writes.

    Parameters
    ----------
    graph
        As traced, all sizes known.
    sources
        For each of its inputs the tensor or variable behind it, None for an argument.
    updates
        The variables whose next values are the last outputs of the graph.
    report
        Told about each kernel that has to be compiled.
    """

    def __init__(
        self, graph: Graph, sources: Sequence[Any], updates: Sequence[Variable], report: Report | None = None
    ) -> None:
        self._lock = threading.Lock()
        self.arguments = [i for i, source in enumerate(sources) if source is None]
        self.results = len(graph.outputs) - len(updates)
        index_of = {id(source): i for i, source in enumerate(sources) if source is not None}
        next_state = {index_of[id(v)]: self.results + i for i, v in enumerate(updates) if id(v) in index_of}
        self.plan = Plan(optimise(graph), next_state, report, operation)
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
        self._governor = Governor(available()) if self.plan.needs_threads else None

    def run(self) -> None:
        """Run the plan on the arguments that are bound, and give the variables their next values."""
        plan = self.plan
        for i, variable in self._reads:
            plan.bind(i, variable.array)
        for i, variable in self._writes:
            plan.bind(i, variable.writable())
        narrow_blas()
        if probes():
            use_threads(available())
            plan.run(_tell_probes)
        elif self._governor is None:
            plan.run()
        else:
            _governed(self._governor, plan.run)
        if self._copies:
            fresh = [aligned_copy(plan.output(o)) for _, o in self._copies]  # all are read before one is written
            for (variable, _), array in zip(self._copies, fresh, strict=True):
                variable.adopt(array)

    def bind_argument(self, number: int, array: Array) -> None:
        """Let the argument be `array` from the next run on."""
        self.plan.bind(self.arguments[number], contiguous(array))

    def __call__(self, arrays: Sequence[Array]) -> list[Tensor]:
        """Run on these arguments and return the results. Threads wait for each other: the buffers are shared."""
        with self._lock:
            for number, array in enumerate(arrays):
                self.bind_argument(number, array)
            self.run()
            return [Tensor(self.plan.give(i)) for i in range(self.results)]


class OpenExecutor:
    """A program in which sizes depend on values: what follows on them is planned as they come.

    Parameters
    ----------
    graph, sources, updates, report
        As for `Executor`, but for the sizes.
    """

    def __init__(
        self, graph: Graph, sources: Sequence[Any], updates: Sequence[Variable], report: Report | None = None
    ) -> None:
        self._lock = threading.Lock()
        self._sources = sources
        self._updates = updates
        self._governor = Governor(available())
        self._program = Program(graph, report)

    def __call__(self, arrays: Sequence[Array]) -> list[Tensor]:
        """Run on these arguments and return the results."""
        with self._lock:
            narrow_blas()
            given = iter(arrays)
            inputs = [next(given) if source is None else array_of(source) for source in self._sources]
            results = [a.copy() for a in _governed(self._governor, lambda: self._program((), inputs))]
        split = len(results) - len(self._updates)
        for variable, array in zip(self._updates, results[split:], strict=True):
            variable.adopt(array)
        return [Tensor(a) for a in results[:split]]


def _governed(governor: Governor, run: Callable[[], Any]) -> Any:
    """Run on as many threads as the governor says."""
    threads = governor.threads()
    use_threads(threads)
    begin = time.perf_counter()
    result = run()
    governor.note(threads, time.perf_counter() - begin)
    return result


def _tell_probes(step: Step, seconds: float) -> None:
    for probe in probes():
        probe.step(step.name, step.node.origin, step.outputs, seconds)


def executor_for(
    graph: Graph,
    specs: Sequence[TensorSpec],
    captured: Mapping[Value, Any],
    updates: Sequence[Variable],
    report: Report | None = None,
) -> Executor | OpenExecutor:
    """Return what runs a graph on arguments of these specs: one plan, if that settles all sizes."""
    sources = [captured.get(v) for v in graph.inputs]
    arguments = [i for i, source in enumerate(sources) if source is None]
    settled = specialised(graph, dict(zip(arguments, specs, strict=True)))
    kind = Executor if all(s.shape.is_static for n in settled.nodes for s in n.specs) else OpenExecutor
    return kind(settled, sources, updates, report)
