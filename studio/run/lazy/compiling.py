"""Compiling a document: the passes followed, and the plan as data."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.compile.cost import cost_of
from engine.compile.explain import Explanation
from engine.compile.plan import Plan, Report
from engine.core.errors import FailedPreconditionError
from engine.graph.graph import Node
from engine.runtime.variable import Variable
from studio.run.lazy.data import CompileTime, Explained, Kernel
from studio.run.lazy.graphs import Tracker
from studio.run.lazy.subject import Subject


@dataclass(frozen=True)
class Compiled:
    """A subject with its plan, and what is shown of it.

    Parameters
    ----------
    traced
        The numbers of the nodes as traced.
    """

    subject: Subject
    plan: Plan
    shown: Explained
    traced: dict[Node, int]


def compiled(subject: Subject, report: Report) -> Compiled:
    """Return a subject with its plan.

    Raises
    ------
    FailedPreconditionError
        If sizes in it depend on values: there is no single plan then.
    """
    concrete = subject.concrete
    begin = time.perf_counter()
    stages = concrete.stages()
    passes = time.perf_counter() - begin
    count = [0]

    def counted(name: str, done: int, total: int) -> None:
        count[0] += 1
        report(name, done, total)

    begin = time.perf_counter()
    executor: Any = concrete.executor(concrete.specs, counted)
    plan = getattr(executor, "plan", None)
    if plan is None:
        raise FailedPreconditionError(
            "Sizes in this graph depend on values, so there is a plan for each of them, and none to show.",
            hint="Give the ops sizes that are known.",
        )
    seconds = time.perf_counter() - begin - passes  # the executor goes through the passes by itself
    states = {value for value, thing in concrete.captured.items() if isinstance(thing, Variable)}
    tracker = Tracker(stages, subject.names, states, subject.known)
    took = CompileTime(subject.seconds, passes, max(seconds, 0.0), count[0])
    shown = _shown(subject, tracker, stages[-1][1].nodes, plan, plan.explain(), took)
    return Compiled(subject, plan, shown, {node: tracker.ids[node] for node in concrete.graph.nodes})


def _shown(
    subject: Subject,
    tracker: Tracker,
    nodes: Sequence[Node],
    plan: Plan,
    explanation: Explanation,
    took: CompileTime,
) -> Explained:
    # the plan has gone through the passes by itself: the same graph, of nodes of its own
    members = {mine: tracker.members[node] for node, mine in zip(nodes, plan.graph.nodes, strict=True)}
    kernels = tuple(
        Kernel(info, members[step.node], _shares(step.node))
        for step, info in zip(plan.steps, explanation.kernels, strict=True)
    )
    return Explained(
        subject.scope,
        subject.has_trainer,
        subject.batch,
        tuple(tracker.stages),
        kernels,
        explanation.buffers,
        explanation.nbytes,
        explanation.separate_nbytes,
        explanation.scratch_nbytes,
        took,
    )


def _shares(node: Node) -> tuple[float, ...]:
    """Return the estimated share of each member in the cost of a kernel."""
    body = node.attrs.get("body")
    inner = [n for n in body.nodes if n.op.name != "placeholder"] if body is not None else [node]
    costs = [cost_of(n).seconds for n in inner]
    total = sum(costs)
    return tuple(cost / total if total else 1 / len(costs) for cost in costs)
