"""Programs: graphs that run on arrays of whatever sizes come, with a plan for each; branches and loops hold them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from engine.compile.plan import Plan, Report
from engine.compile.select import Flow, by_reference
from engine.core.convert import contiguous
from engine.core.dtype import BY_NUMPY, Array
from engine.core.op import Op
from engine.core.spec import TensorSpec
from engine.graph import control
from engine.graph.graph import Graph, Node, Value, input_node
from engine.graph.interpret import specialised
from engine.passes import optimise

#: Operands that change from run to run are copied up to this many bytes: 64 KiB take 2 µs, and so does handing a plan
#: another array, for each of the steps that use it.
COPIED_BYTES: Final = 1 << 16

Run = Callable[[Sequence[Array], Sequence[Array]], list[Array]]


class Program:
    """A graph, planned anew for each new set of sizes.

    Parameters
    ----------
    graph
        As traced: no pass has seen it yet.
    report
        Told about each kernel that has to be compiled.
    """

    def __init__(self, graph: Graph, report: Report | None = None) -> None:
        self._graph = graph
        self._report = report
        self._runs: dict[Any, Run] = {}

    def __call__(self, moving: Sequence[Array], fixed: Sequence[Array] = ()) -> list[Array]:
        """Return the outputs, valid until the next call.

        Parameters
        ----------
        moving, fixed
            The inputs: first those that are other arrays at each call, then those that are mostly the same.
        """
        key = tuple(a.shape for a in (*moving, *fixed))
        run = self._runs.get(key)
        if run is None:
            run = self._runs[key] = self._planned([TensorSpec(a.shape, BY_NUMPY[a.dtype]) for a in (*moving, *fixed)])
        return run(moving, fixed)

    def prepare(self, specs: Sequence[TensorSpec]) -> None:
        """Plan for arrays of these specs beforehand, if all their sizes are known."""
        if all(s.shape.is_static for s in specs):
            self._runs.setdefault(tuple(tuple(s.shape) for s in specs), self._planned(specs))

    def _planned(self, specs: Sequence[TensorSpec]) -> Run:
        graph = specialised(self._graph, dict(enumerate(specs)))
        if all(s.shape.is_static for n in graph.nodes for s in n.specs):
            return _Planned(Plan(optimise(graph), report=self._report, operation=operation))
        return _Staged(graph, self._report)


class _Planned:
    """A plan whose inputs are copied or bound, whichever costs less."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        count = len(plan.graph.inputs)
        self._own = [plan.input(i) for i in range(count)]
        self._outputs = [plan.output(i) for i in range(len(plan.graph.outputs))]
        roots = {id(a) for a in self._outputs}
        self._ours = roots | {id(a.base) for a in self._outputs if a.base is not None}
        given = [plan.root(v).node.op.name in ("placeholder", "constant") for v in plan.graph.outputs]
        self._passed = [i for i, g in enumerate(given) if g]  # they would change under the caller's hands

    def __call__(self, moving: Sequence[Array], fixed: Sequence[Array]) -> list[Array]:
        plan = self.plan
        for i, array in enumerate(moving):
            if array.nbytes <= COPIED_BYTES or id(array) in self._ours:
                plan.bind(i, self._own[i])
                np.copyto(self._own[i], array)
            else:
                plan.bind(i, contiguous(array))
        for i, array in enumerate(fixed, len(moving)):
            plan.bind(i, contiguous(array))
        plan.run()
        if not self._passed:
            return self._outputs
        results = list(self._outputs)
        for i in self._passed:
            results[i] = plan.output(i).copy()
        return results


@dataclass
class _Cut:
    """A graph in three: what can be planned, what only a run can size, and what hangs on that."""

    first: list[Node]
    middle: list[Node]
    rest: list[Node]


def _cut(graph: Graph) -> _Cut:
    cut = _Cut([], [], [])
    ready: set[Node] = set()
    for node in graph.nodes:
        if any(v.node not in ready for v in node.inputs):
            cut.rest.append(node)
        elif all(s.shape.is_static for s in node.specs):
            cut.first.append(node)
            ready.add(node)
        else:
            cut.middle.append(node)
    return cut


class _Staged:
    """A graph in which sizes depend on values: it is planned up to there, and on when these are known."""

    def __init__(self, graph: Graph, report: Report | None) -> None:
        cut = _cut(graph)
        inside = set(cut.first)
        later = [v for n in (*cut.middle, *cut.rest) for v in n.inputs]
        self._crossing = list(dict.fromkeys(v for v in (*later, *graph.outputs) if v.node in inside))
        self._first = Program(Graph(graph.inputs, tuple(cut.first), tuple(self._crossing)), report)
        self._middle = [(n, operation(n, report)) for n in cut.middle]
        known = [*self._crossing, *[v for n in cut.middle for v in n.outputs]]
        new: dict[Value, Value] = {v: input_node(v.spec).outputs[0] for v in known}
        inputs = tuple(new[v] for v in known)
        nodes = [v.node for v in inputs]
        for node in cut.rest:
            moved = Node(node.op, tuple(new[v] for v in node.inputs), node.attrs, node.specs, node.origin)
            nodes.append(moved)
            new.update(zip(node.outputs, moved.outputs, strict=True))
        self._rest = Program(Graph(inputs, tuple(nodes), tuple(new[v] for v in graph.outputs)), report)

    def __call__(self, moving: Sequence[Array], fixed: Sequence[Array]) -> list[Array]:
        values = dict(zip(self._crossing, self._first(moving, fixed), strict=True))
        for node, run in self._middle:
            values.update(zip(node.outputs, run([values[v] for v in node.inputs]), strict=True))
        return self._rest(list(values.values()))


# -------------------------------------------------------------------------------------------------------- control flow


def _switch(node: Node, report: Report | None) -> Flow:
    branches = [Program(b, report) for b in node.attrs["branches"]]
    for branch in branches:
        branch.prepare([v.spec for v in node.inputs[1:]])

    def run(arrays: Sequence[Array]) -> Sequence[Array]:
        return branches[control.chosen(arrays[0], node.attrs["branches"])]((), arrays[1:])

    return run


def _loop(node: Node, report: Report | None) -> Flow:
    attrs = node.attrs
    count: int = attrs["count"]
    test, step = Program(attrs["test"], report), Program(attrs["step"], report)
    specs = [*node.specs[:count], *[v.spec for v in node.inputs[count:]]]
    for program in (test, step):
        program.prepare(specs)

    def run(arrays: Sequence[Array]) -> Sequence[Array]:
        rest = arrays[count:]
        return control.run_loop(
            lambda *now: test(now[:count], rest)[0],
            lambda *now: step(now[:count], rest),
            arrays,
            count,
            attrs["most"],
            attrs["history"],
        )

    return run


def _scan(node: Node, report: Report | None) -> Flow:
    attrs = node.attrs
    count, along = attrs["count"], attrs["along"]
    step = Program(attrs["step"], report)
    items = [TensorSpec(v.spec.shape[1:], v.spec.dtype) for v in node.inputs[count : count + along]]
    step.prepare([*node.specs[:count], *items, *[v.spec for v in node.inputs[count + along :]]])
    shapes = [(tuple(d or 0 for d in s.shape[1:]), s.dtype.as_numpy_dtype) for s in node.specs[count:]]

    def run(arrays: Sequence[Array]) -> Sequence[Array]:
        rest = arrays[count + along :]
        return control.run_scan(
            lambda *now: step(now[: count + along], rest),
            arrays,
            count,
            along,
            attrs["length"],
            attrs["reverse"],
            shapes,
        )

    return run


#: How each op that holds graphs is carried out.
FLOWS: Final[Mapping[Op, Callable[[Node, Any], Flow]]] = {
    control.switch: _switch,
    control.loop: _loop,
    control.scan: _scan,
}


def operation(node: Node, report: Report | None) -> Flow:
    """Return how a node is computed other than by a kernel: by programs of its own, or by its reference."""
    if node.op in FLOWS:
        return FLOWS[node.op](node, report)
    return by_reference(node)
