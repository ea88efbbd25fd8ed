"""Room for a node that is put into a wire."""

from __future__ import annotations

from typing import Any

import pytest
from graphs import build, wire
from hypothesis import given
from hypothesis import strategies as st

from studio.document.box import Box
from studio.document.document import Document
from studio.document.splice import GAP, SPACE, clear_of, make_room


@pytest.fixture
def document() -> Document:
    """A chain of four, and one beside it."""
    return build(
        dict.fromkeys(("a", "b", "c", "d", "beside"), "layer.Flatten"),
        """
        a.output > b.inputs
        b.output > c.inputs
        c.output > d.inputs
        a.output > beside.inputs
        """,
    )


def boxes(**places: tuple[float, float]) -> dict[str, Box]:
    return {id: Box(x, y, 100.0, 60.0) for id, (x, y) in places.items()}


CHAIN = boxes(a=(0, 0), b=(140, 0), c=(400, 0), d=(560, 0), beside=(140, 300))
LINE = wire("b.output > c.inputs")


def test_all_behind_the_wire_moves_right_together(document: Document) -> None:
    box, moved = make_room(document, CHAIN, LINE, Box(250, 0, 100, 60))
    assert box.x == 240 + GAP
    assert moved == {"c": (380 + 2 * GAP - 40, 0), "d": (380 + 2 * GAP - 40 + 160, 0)}


def test_nothing_moves_where_there_is_room(document: Document) -> None:
    places = {**CHAIN, "c": Box(700, 0, 100, 60)}
    assert make_room(document, places, LINE, Box(400, 0, 100, 60)) == (Box(400, 0, 100, 60), {})


def test_a_wire_that_leads_back_moves_nothing(document: Document) -> None:
    places = {**CHAIN, "c": Box(-300, 0, 100, 60)}
    box, moved = make_room(document, places, LINE, Box(-80, 200, 100, 60))
    assert (box, moved) == (Box(-80, 200, 100, 60), {})


def test_it_lies_on_no_other_node(document: Document) -> None:
    places = {**CHAIN, "beside": Box(250, -20, 150, 80)}
    box, _moved = make_room(document, places, LINE, Box(250, 10, 100, 60))
    assert box.y == 60 + SPACE


coordinates = st.integers(-300, 300).map(float)
sizes = st.integers(10, 150).map(float)


@given(st.lists(st.builds(Box, coordinates, coordinates, sizes, sizes), max_size=12), st.data())
def test_what_was_moved_out_of_the_way_meets_nothing(others: list[Box], data: Any) -> None:
    box = data.draw(st.builds(Box, coordinates, coordinates, sizes, sizes))
    found = clear_of(others, box)
    assert (found.x, found.width, found.height) == (box.x, box.width, box.height)
    for other in others:
        apart = found.y >= other.y + other.height or other.y >= found.y + found.height
        assert apart or found.x >= other.right or other.x >= found.right
