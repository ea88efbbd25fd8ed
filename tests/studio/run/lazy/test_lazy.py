"""A compiled document as data: every node accounted for, equal results, memory that nobody shares, called-off work."""

from __future__ import annotations

import pickle
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from graphs import build, example, moons
from lowering import program_of

from studio.document.document import Document
from studio.document.file import dumps
from studio.run.lazy.data import CompileTime, Explained, RaceResult
from studio.run.lazy.host import LazyHost
from studio.run.lazy.measuring import differences
from studio.run.lazy.messages import Compile, Compiled, LazyFailed, Leave, Measure, Profiled, Raced

EXAMPLES = ("digits_mlp", "tensors", "sequence_lstm")


class Desk:
    """A host with what it has answered."""

    def __init__(self, document: Document) -> None:
        self.text = dumps(document)
        self.program = program_of(document)
        self.events: list[Any] = []
        self.host = LazyHost(self.events.append, lambda _number, _text: self.program)

    def compile(self, scope: Any = "step", run: int = 1) -> Explained:
        self.host.handle(Compile(1, run, self.text, scope))
        event = self.events[-1]
        assert isinstance(event, Compiled), event
        return event.program

    def measure(self, task: Any, run: int = 2) -> Any:
        self.host.handle(Measure(1, run, task))
        return self.events[-1]

    def weights(self) -> list[np.ndarray]:
        return [w.numpy().copy() for s in self.program.steps for w in getattr(s.made, "weights", ())]


@pytest.fixture(scope="module", params=EXAMPLES)
def desk(request: pytest.FixtureRequest) -> Desk:
    """A host with an example that it has compiled."""
    desk = Desk(example(request.param))
    desk.compile()
    return desk


def shown(desk: Desk) -> Explained:
    return next(e.program for e in desk.events if isinstance(e, Compiled))


def test_every_node_of_a_pass_is_linked_or_named_as_new(desk: Desk) -> None:
    for before, after in pairwise(shown(desk).stages):
        there = {node.id for node in before.nodes}
        kept = {node.id for node in after.nodes}
        made_of = {node.id: after.sources_of(node.id) for node in after.nodes}
        assert all(set(olds) <= there for olds in made_of.values()), after.name
        accounted = {old for olds in made_of.values() for old in olds} | set(after.gone)
        assert accounted == there, after.name
        assert all(set(node.inputs) <= kept for node in after.nodes), after.name
        assert len(kept) == len(after.nodes), after.name


def test_every_kernel_computes_nodes_of_the_last_graph_and_none_twice(desk: Desk) -> None:
    program = shown(desk)
    last = {node.id: node for node in program.stages[-1].nodes}
    members = [id for kernel in program.kernels for id in kernel.members]
    assert len(members) == len(set(members))
    assert set(members) <= set(last)
    for kernel in program.kernels:
        assert tuple(last[id].op for id in kernel.members) == kernel.info.ops
        assert sum(kernel.shares) == pytest.approx(1.0)


def test_no_two_values_are_alive_in_one_block(desk: Desk) -> None:
    program = shown(desk)
    moments = [kernel.info.moment for kernel in program.kernels]
    end = max(moments, default=0) + 1
    lives: dict[int, list[tuple[int, int, bool]]] = {}
    for buffer in program.buffers:
        first, last = moments[buffer.first], end if buffer.last == len(moments) else moments[buffer.last]
        lives.setdefault(buffer.block, []).append((first, last, buffer.continues))
    for block, spans in lives.items():
        for (_, last, _), (first, _, continues) in pairwise(sorted(spans)):
            assert first > last or (continues and first == last), block


def test_it_reaches_the_window_in_one_piece(desk: Desk) -> None:
    program = shown(desk)
    assert pickle.loads(pickle.dumps(program)) == program
    for before, after in pairwise(program.stages):  # what a pass leaves alone is not sent again
        known = {node.id: node for node in before.nodes}
        same = [node for node in after.nodes if known.get(node.id) == node]
        assert all(known[node.id] is node for node in same), after.name


def test_a_race_ends_with_equal_results_and_changes_no_weight(desk: Desk) -> None:
    before = desk.weights()
    event = desk.measure("race")
    assert isinstance(event, Raced)
    result = event.result
    assert result.is_same, [d for d in result.differences if not d.is_same]
    program = shown(desk)
    computed = {node.id for node in program.stages[0].nodes if node.kind in ("op", "constant")}
    assert set(result.ops) == computed
    assert len(result.kernels) == len(program.kernels)
    assert result.eager > 0 < result.compiled
    assert all(np.array_equal(a, b) for a, b in zip(before, desk.weights(), strict=True))


def test_a_profile_names_the_machine() -> None:
    desk = Desk(example("tensors"))
    desk.compile()
    event = desk.measure("profile")
    assert isinstance(event, Profiled)
    assert len(event.result.kernels) == len(shown(desk).kernels)
    assert event.result.whole > 0
    assert event.result.peaks.flops > 1e8
    assert event.result.peaks.cache >= event.result.peaks.memory > 1e8


def test_the_step_has_phases_and_homes() -> None:
    desk = Desk(example("digits_mlp"))
    nodes = desk.compile().stages[0].nodes
    phases = {node.phase for node in nodes if node.kind == "op"}
    assert phases == {"forward", "loss", "metrics", "backward", "update"}
    assert {node.node for node in nodes} == {"digits", "flatten", "hidden", "output", "loss", "accuracy", "trainer"}
    forward = desk.compile("forward").stages[0].nodes
    assert {node.phase for node in forward if node.kind == "op"} == {"forward"}
    assert len(forward) < len(nodes)


def test_what_is_computed_twice_is_merged_and_says_so() -> None:
    program = Desk(example("tensors")).compile()
    stage = next(s for s in program.stages if s.name == "cse")
    (change,) = stage.changes
    assert change.law == "f(x), f(x) -> one f(x)"
    (kept,) = change.after
    assert set(stage.sources_of(kept)) == {kept, change.before}


def test_work_that_nobody_wants_ends() -> None:
    desk = Desk(moons())
    desk.compile()
    desk.host.leave(Leave(2))
    assert desk.measure("race", run=2) == LazyFailed(1, 2)
    assert isinstance(desk.measure("race", run=3), Raced)


def test_what_cannot_be_compiled_says_why() -> None:
    desk = Desk(build({"adam": ("train.Adam", {})}))
    desk.host.handle(Compile(1, 1, desk.text, "step"))
    (event,) = desk.events
    assert isinstance(event, LazyFailed)
    assert event.error is not None
    assert event.error.node == "adam"
    assert desk.measure("race") == LazyFailed(1, 2)  # nothing was compiled


def race_of(eager: float, compiled: float, took: float) -> RaceResult:
    return RaceResult(eager, compiled, (1, 1), {}, (), took, ())


def test_compiling_pays_from_some_run_on_or_never() -> None:
    assert race_of(3.0, 1.0, 4.0).break_even == 3
    assert race_of(3.0, 1.0, 0.0).break_even == 1
    assert race_of(1.0, 1.0, 4.0).break_even is None
    assert CompileTime(1.0, 2.0, 3.0, 0).total == 6.0


def test_differences_are_stated_by_tensor() -> None:
    a = np.array([1.0, np.nan, np.inf], np.float32)
    b = np.array([1.0 + 1e-6, np.nan, np.inf], np.float32)
    close, far, shape = differences(
        ["close", "far", "shape"], [a, np.float32([1]), a], [b, np.float32([2]), a[:1]], 1e-4
    )
    assert (close.is_equal, close.is_same) == (False, True)
    assert close.largest == pytest.approx(1e-6, rel=0.1)
    assert (far.is_same, far.largest, shape.is_same) == (False, 1.0, False)
