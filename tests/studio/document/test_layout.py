"""Automatic layout, alignment, straightening, snapping and lanes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.document.align import ALIGNED, align, distribute, straighten, to_grid
from studio.document.box import Box, bounds_of
from studio.document.lanes import Lanes
from studio.document.layout import Frame, Link, arrange
from studio.document.layout.heights import _apart
from studio.document.snap import snap

SIZE = (120.0, 60.0)


def chain(*ids: str) -> list[Link]:
    return [Link(a, 30.0, b, 30.0) for a, b in pairwise(ids)]


def overlaps(boxes: dict[str, Box]) -> list[tuple[str, str]]:
    found = []
    for a, one in boxes.items():
        for b, other in boxes.items():
            if a < b and one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom:
                found.append((a, b))
    return found


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, Box], list[Link]]:
    count = draw(st.integers(1, 24))
    sizes = st.tuples(st.integers(30, 250), st.integers(20, 200))
    corners = st.tuples(st.integers(-500, 500), st.integers(-500, 500))
    boxes = {f"n{i}": Box(*map(float, draw(corners)), *map(float, draw(sizes))) for i in range(count)}
    nodes = st.sampled_from(sorted(boxes))
    pairs = draw(st.lists(st.tuples(nodes, nodes), max_size=40))
    links = [Link(a, boxes[a].height / 2, b, boxes[b].height / 3) for a, b in pairs if a != b]
    return boxes, links


@given(graph=graphs())
@settings(deadline=None, max_examples=150)
def test_nothing_overlaps_and_nothing_is_lost_whatever_is_laid_out(graph: tuple[dict[str, Box], list[Link]]) -> None:
    boxes, links = graph
    found = arrange(boxes, links)
    assert found.keys() == boxes.keys()
    assert overlaps(found) == []
    assert all((found[id].width, found[id].height) == (b.width, b.height) for id, b in boxes.items())
    before, after = bounds_of(boxes.values()), bounds_of(found.values())
    assert (round(after.x), round(after.y)) == (round(before.x), round(before.y))
    assert arrange(boxes, links) == found


@given(graph=graphs())
@settings(deadline=None, max_examples=100)
def test_wires_lead_to_the_right_where_there_is_no_circle(graph: tuple[dict[str, Box], list[Link]]) -> None:
    boxes, links = graph
    forward = [link for link in links if int(link.source[1:]) < int(link.target[1:])]
    found = arrange(boxes, forward)
    assert all(found[link.source].right < found[link.target].x for link in forward)


def test_a_chain_runs_level_whatever_the_sizes() -> None:
    boxes = {"a": Box(0, 0, 100, 40), "b": Box(0, 0, 80, 120), "c": Box(0, 0, 60, 60)}
    links = [Link("a", 20, "b", 100), Link("b", 50, "c", 30)]
    found = arrange(boxes, links)
    assert found["a"].y + 20 == found["b"].y + 100
    assert found["b"].y + 50 == found["c"].y + 30


def test_wires_of_one_node_do_not_cross() -> None:
    boxes = {id: Box(0, 0, *SIZE) for id in ("data", "low", "high", "end")}
    links = [
        Link("data", 10, "high", 30),
        Link("data", 50, "low", 30),
        Link("high", 30, "end", 10),
        Link("low", 30, "end", 50),
    ]
    for order in (("data", "low", "high", "end"), ("end", "high", "low", "data")):
        found = arrange({id: boxes[id] for id in order}, links)
        assert found["high"].bottom < found["low"].y


def test_frames_are_laid_out_as_one_and_hold_what_they_held() -> None:
    boxes = {id: Box(0.0, 0.0, *SIZE) for id in "abcdef"}
    frames = [Frame("inner", ("b", "c")), Frame("outer", ("inner", "d"))]
    found = arrange(boxes, [*chain("a", "b", "c", "d", "e"), Link("a", 30, "f", 30)], frames)
    for frame in frames:
        area = found[frame.id]
        for id in frame.members:
            box = found[id]
            assert area.x < box.x
            assert area.y < box.y
            assert box.right < area.right
            assert box.bottom < area.bottom
    assert overlaps({id: found[id] for id in ("a", "outer", "e", "f")}) == []


def test_what_hangs_on_nothing_lies_below_in_rows() -> None:
    boxes = {**{id: Box(0, 0, *SIZE) for id in "ab"}, **{f"s{i}": Box(0, 0, *SIZE) for i in range(12)}}
    found = arrange(boxes, chain("a", "b"))
    assert min(found[f"s{i}"].y for i in range(12)) > found["a"].bottom
    assert len({found[f"s{i}"].y for i in range(12)}) > 1
    assert overlaps(found) == []


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(0.1, 10), st.floats(1, 100)), min_size=1, max_size=12))
def test_heights_keep_their_rooms_and_their_mean(rows: list[tuple[float, float, float]]) -> None:
    wanted, weights, rooms = map(list, zip(*rows, strict=True))
    found = _apart(wanted, weights, rooms)
    assert all(b - a >= room - 1e-6 for a, b, room in zip(found, found[1:], rooms, strict=False))
    drawn = sum(w * (f - d) for w, f, d in zip(weights, found, wanted, strict=True))
    assert abs(drawn) < 1e-6 * max(1.0, sum(weights) * 1e3)


@pytest.mark.parametrize("way", ALIGNED)
def test_alignment_leaves_the_bounds_and_moves_one_axis(way: str) -> None:
    boxes = {"a": Box(0, 0, 10, 30), "b": Box(50, 40, 30, 10), "c": Box(20, 90, 20, 20)}
    found = align(boxes, way)
    axis = 0 if way in ("left", "center", "right") else 1
    for id, box in boxes.items():
        assert found[id][1 - axis] == (box.x, box.y)[1 - axis]
    whole = bounds_of(boxes.values())
    for id, box in boxes.items():
        x, y = found[id]
        assert whole.x <= x <= x + box.width <= whole.right
        assert whole.y <= y <= y + box.height <= whole.bottom
    lines = {round(found[id][axis] + share(way) * (b.width, b.height)[axis], 6) for id, b in boxes.items()}
    assert len(lines) == 1


def share(way: str) -> float:
    return {"left": 0.0, "top": 0.0, "center": 0.5, "middle": 0.5, "right": 1.0, "bottom": 1.0}[way]


def test_distribution_makes_equal_gaps() -> None:
    boxes = {"a": Box(0, 0, 10, 10), "b": Box(11, 0, 30, 10), "c": Box(60, 0, 10, 10), "d": Box(120, 0, 20, 10)}
    found = distribute(boxes, vertical=False)
    ends = [(found[id][0], found[id][0] + boxes[id].width) for id in "abcd"]
    gaps = [b[0] - a[1] for a, b in pairwise(ends)]
    assert max(gaps) - min(gaps) <= 1.0
    assert (found["a"], found["d"]) == ((0.0, 0.0), (120.0, 0.0))
    assert distribute({"a": boxes["a"], "b": boxes["b"]}, vertical=True) == {}


def test_the_grid() -> None:
    assert to_grid({"a": Box(35, -13, 1, 1)}, 24) == {"a": (24.0, -24.0)}


def test_straight_wires_and_nodes_in_the_way() -> None:
    boxes = {"a": Box(0, 0, *SIZE), "b": Box(200, 37, *SIZE), "c": Box(400, -20, *SIZE), "block": Box(390, 0, *SIZE)}
    links = chain("a", "b", "c")
    assert straighten({k: v for k, v in boxes.items() if k != "block"}, links, "abc") == {
        "b": (200.0, 0.0),
        "c": (400.0, 0.0),
    }
    found = straighten(boxes, links, "abc")
    assert found["c"][1] in (-76.0, 76.0)
    assert straighten(boxes, links, ["a"]) == {}


def test_snapping_prefers_a_level_wire_and_says_why() -> None:
    others = [Box(0, 0, 100, 50)]
    assert snap(Box(300, 3, 80, 50), others, 6).dy == -3
    assert snap(Box(300, 3, 80, 50), others, 6, rises=[5.0]).dy == 5.0
    assert snap(Box(300, 30, 80, 50), others, 6).guides == ()
    found = snap(Box(12, 200, 80, 30), others, 6)
    assert found.dx == -2
    assert found.guides[0].vertical


def test_lanes_lead_around_nodes_and_lie_side_by_side() -> None:
    boxes = {"a": Box(-120, 0, *SIZE), "b": Box(150, 0, *SIZE), "c": Box(500, 0, *SIZE)}
    path = [(float(x), 30.0) for x in range(0, 501, 10)]
    lanes = Lanes(boxes)
    first, second = lanes.around(path, ("a", "c")), lanes.around(path, ("a", "c"))
    for points in (first, second):
        assert all(not (0 <= y <= 60) for _, y in points)
    assert abs(first[0][1] - second[0][1]) >= 16
    assert lanes.around([(0.0, 200.0), (500.0, 200.0)], ("a", "c")) == []
