"""What the views of a program show: places for all nodes, ghosts with links, lanes, flames, and a roof."""

from __future__ import annotations

from itertools import pairwise

import pytest
from graphs import build, example
from lowering import program_of
from pytestqt.qtbot import QtBot

from studio.document.document import Document
from studio.document.file import dumps
from studio.document.work import finished
from studio.lazy.drawing import drawing_of
from studio.lazy.flame import flames, kernels_of, ops_of
from studio.lazy.kernel_page import KernelPage
from studio.lazy.memory_map import MemoryMap
from studio.lazy.pass_strip import PassStrip
from studio.lazy.places import arranged, links_back
from studio.lazy.profile_page import ProfilePage
from studio.lazy.roofline import Roofline, points_of
from studio.lazy.spans import MOST, lanes_of, values_of
from studio.lazy.words import NOTHING_LEFT
from studio.run.lazy.attribution import compiled_by_node, eager_by_node
from studio.run.lazy.data import Explained, Peaks, Scope
from studio.run.lazy.host import LazyHost
from studio.run.lazy.messages import Compile, Compiled
from studio.ui.appearance import Appearance

pytest_plugins = ("look",)


def compiled(document: Document, scope: Scope = "step") -> Explained:
    """Return a document as a program."""
    known = program_of(document)
    events: list[object] = []
    LazyHost(events.append, lambda _number, _text: known).handle(Compile(1, 1, dumps(document), scope))
    (event,) = (e for e in events if isinstance(e, Compiled))
    return event.program


@pytest.fixture(scope="module")
def program() -> Explained:
    """The training step of the digits network."""
    return compiled(example("digits_mlp"))


def test_without_a_program_there_is_no_pass_to_choose(look: Appearance, qtbot: QtBot, program: Explained) -> None:
    strip = PassStrip()
    qtbot.addWidget(strip)
    assert not strip.isEnabled()
    strip.step(1)
    assert strip.number == 0
    strip.show_stages(program.stages)
    strip.step(1)
    assert (strip.isEnabled(), strip.number) == (True, 1)


def test_every_node_has_a_place_of_its_own(program: Explained) -> None:
    plain, gathered, frames = finished(arranged(program))
    assert set(plain) == {node.id for stage in program.stages for node in stage.nodes}
    for places in (plain, gathered):
        corners = [(box.x, box.y) for box in places.values()]
        assert len(set(corners)) == len(corners)
    for number, box in frames.items():
        for id in program.stages[-1].kernels[number]:
            inner = gathered[id]
            assert box.x < inner.x
            assert inner.right < box.right
            assert box.y < inner.y
            assert inner.bottom < box.bottom


def test_what_a_pass_took_away_is_shown_once_more_with_a_link(program: Explained) -> None:
    plain, _gathered, _frames = finished(arranged(program))
    at = [stage.name for stage in program.stages].index("cse")
    drawing = drawing_of(program, at, plain, {})
    gone = {d.node.id for d in drawing.nodes if d.state == "gone"}
    linked = {drawing.nodes[a].node.id for a, _ in drawing.links.tolist()}
    assert gone
    assert gone <= linked
    assert not [d for d in drawing_of(program, at + 1, plain, {}).nodes if d.node.id in gone]
    box = plain[drawing.nodes[0].node.id]
    assert drawing.at(box.x + 5, box.y + 5) == drawing.nodes[0].node.id
    assert drawing.at(-9999, -9999) is None


def test_links_lead_back_to_the_traced_graph(program: Explained) -> None:
    traced = {node.id for node in program.stages[0].nodes}
    roots = links_back(program, len(program.stages) - 1)
    assert all(found <= traced for found in roots.values())
    assert all(roots[node.id] for node in program.stages[-1].nodes)
    assert max(map(len, roots.values())) > 1  # what was computed twice


def test_times_of_nodes_add_up(program: Explained) -> None:
    seconds = [1.0] * len(program.kernels)
    assert sum(compiled_by_node(program, seconds).values()) == pytest.approx(len(seconds))
    ops = {node.id: 2.0 for node in program.stages[0].nodes if node.kind == "op"}
    assert sum(eager_by_node(program, ops).values()) == pytest.approx(2.0 * len(ops))


def test_flames_fill_each_row_without_a_gap(program: Explained) -> None:
    for pieces in (kernels_of(program, [1.0] * len(program.kernels)), ops_of(program, {3: 1.0, 30: 2.0})):
        found = flames(pieces, str)
        total = found[0].end
        for row in range(4):
            parts = [f for f in found if f.row == row]
            assert parts[0].begin == 0.0
            assert parts[-1].end == pytest.approx(total)
            assert all(a.end == pytest.approx(b.begin) for a, b in pairwise(parts))


def test_lanes_hold_each_kernel_once(program: Explained) -> None:
    lanes = lanes_of(program)
    assert [span.kernel for span in lanes] == [k.info.number for k in program.kernels]
    assert len({(span.first, span.lane) for span in lanes}) == len(lanes)
    assert len(values_of(program)) == len(program.buffers)


def test_parallel_branches_have_lanes_of_their_own() -> None:
    nodes = {
        "data": ("data.digits", {}),
        "flat": ("layer.Flatten", {}),
        **{name: ("layer.Dense", {"units": 16, "activation": "tanh"}) for name in ("left", "middle", "right")},
        "join": ("layer.Concatenate", {}),
        "output": ("layer.Dense", {"units": 10}),
    }
    wires = """
        data.x > flat.inputs
        flat.output > left.inputs
        flat.output > middle.inputs
        flat.output > right.inputs
        left.output > join.inputs[0]
        middle.output > join.inputs[1]
        right.output > join.inputs[2]
        join.output > output.inputs
    """
    program = compiled(build(nodes, wires), "forward")
    lanes = {span.kernel: span.lane for span in lanes_of(program)}
    found: dict[str, set[int]] = {}
    for kernel in program.kernels:
        for origin in kernel.info.origins:
            found.setdefault(origin, set()).add(lanes[kernel.info.number])
    assert [len(found[name]) for name in ("left", "middle", "right")] == [1, 1, 1], "a branch keeps its lane"
    assert len(found["left"] | found["middle"] | found["right"]) == 3
    assert found["join"] == found["output"] == {0}, "where they meet, one goes on"


def test_there_are_no_more_lanes_than_can_be_told_apart() -> None:
    branches = [f"branch{i}" for i in range(12)]
    nodes = {
        "data": ("data.digits", {}),
        "flat": ("layer.Flatten", {}),
        **{name: ("layer.Dense", {"units": 4, "activation": "tanh"}) for name in branches},
        "join": ("layer.Concatenate", {}),
    }
    wires = "data.x > flat.inputs\n" + "\n".join(
        f"flat.output > {name}.inputs\n{name}.output > join.inputs[{i}]" for i, name in enumerate(branches)
    )
    lanes = lanes_of(compiled(build(nodes, wires), "forward"))
    assert {span.lane for span in lanes} == set(range(MOST))
    assert len({(span.first, span.lane) for span in lanes}) == len(lanes)


def test_the_memory_map_tells_what_is_under_the_mouse(qtbot: QtBot, look: Appearance, program: Explained) -> None:
    view = MemoryMap()
    qtbot.addWidget(view)
    view.resize(900, 300)
    view.show_program(program)
    view.grab()
    for span in (*view.lanes, *view.values):
        middle = view._rect(span).center()
        found = view.at(middle.x(), middle.y())
        assert found is not None
        assert (found.lane, bool(found.nbytes)) == (span.lane, bool(span.nbytes))


def test_points_lie_below_the_roof_where_they_are_slow(qtbot: QtBot, look: Appearance, program: Explained) -> None:
    points = points_of(program, [1e-3] * len(program.kernels))
    assert {p.number for p in points} == {k.info.number for k in program.kernels if k.info.flops}
    view = Roofline()
    qtbot.addWidget(view)
    view.resize(400, 260)
    view.show_points(points, Peaks(1e11, 2e10, 6e10, 2))
    view.grab()
    peaks = Peaks(1e11, 2e10, 6e10, 2)
    roof = view._map(peaks, 1.0, peaks.flops).y()
    assert all(view._map(peaks, p.intensity, p.rate).y() > roof for p in points)
    at = view._map(peaks, points[0].intensity, points[0].rate)
    assert view.at(at.x(), at.y()) is not None


def test_of_a_program_that_was_folded_to_nothing_each_view_says_so(qtbot: QtBot, look: Appearance) -> None:
    program = compiled(example("tensors"), "forward")
    assert not program.kernels
    kernels, profile, memory = KernelPage(str), ProfilePage(str), MemoryMap()
    for view in (kernels, profile, memory):
        qtbot.addWidget(view)
    kernels.show_kernels(program.kernels, ())
    profile.show_profile(program, None, None)
    memory.show_program(program)
    assert {kernels.facts.text(), profile.empty.text.text(), memory._told_of(program)} == {NOTHING_LEFT}
