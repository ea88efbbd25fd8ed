"""Reading an index as NumPy writes it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.errors import InvalidArgumentError
from studio.inspector.index_text import Index, Places, parse_index
from studio.inspector.slices import MOST_COPIED, Cut

CUBE = np.arange(4 * 5 * 6).reshape(4, 5, 6)


def as_numpy_takes(index: Index) -> tuple[Any, ...]:
    return tuple(part.array if isinstance(part, Places) else part for part in index)


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("", np.s_[...]),
        ("0", np.s_[0]),
        ("-1, 2", np.s_[-1, 2]),
        ("~0, +1", np.s_[-1, 1]),
        ("0, :, :", np.s_[0, :, :]),
        ("..., 3", np.s_[..., 3]),
        ("1, Ellipsis, 2:4", np.s_[1, ..., 2:4]),
        ("::2, 4:1:-1, :", np.s_[::2, 4:1:-1, :]),
        ("None:2:None", np.s_[None:2:None]),
        ("[0, :2]", np.s_[0, :2]),
        (" [ ..., 0 ] ", np.s_[..., 0]),
        ("[0, [1, 2]]", np.s_[0, [1, 2]]),
        ("(0, 0)", np.s_[0, 0]),
        ("0,", np.s_[0,]),
        ("()", np.s_[()]),
        ("newaxis, 0, None, np.newaxis", np.s_[None, 0, None, None]),
        ("[True, False, False, True]", np.s_[[True, False, False, True]]),
        ("True, 0", np.s_[True, 0]),
        ("[]", np.s_[[]]),
        ("[[]], 0", np.s_[[[]], 0]),
        ("[[0, 1], [2, 3]]", np.s_[[[0, 1], [2, 3]]]),
        ("[True, 2], 1", np.s_[[True, 2], 1]),
        ("0, [0, 1], [0, 1]", np.s_[0, [0, 1], [0, 1]]),
        ("[0, 1], :, [0, 1]", np.s_[[0, 1], :, [0, 1]]),
        (":, 0, ..., [0, 1]", np.s_[:, 0, ..., [0, 1]]),
        ("[[0], [1]], [0, 1, 4]", np.s_[[[0], [1]], [0, 1, 4]]),
    ],
)
def test_what_numpy_reads(text: str, index: Any) -> None:
    np.testing.assert_array_equal(CUBE[as_numpy_takes(parse_index(text, CUBE.shape))], CUBE[index])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("4", "Axis 0 has no place 4"),
        ("-5", "Axis 0 has no place -5"),
        ("[0, 4]", "Axis 0 has no place 4"),
        (f"0, {10**30}", "Axis 1 has no place 10"),
        ("0,0,0,0", "names 4 axes"),
        ("0:1:0", "step of 0"),
        ("..., ...", "more than one"),
        ("[True, False]", "2 truth values along axis 0"),
        ("[0, 1], [0, 1, 2]", r"\(2,\), \(3,\) do not go together"),
        ("[[0], [1, 2]], 0", "rows of different lengths"),
        *(
            (text, "is no index")
            for text in (
                "x",
                "1.5",
                "'a'",
                "1 if 1",
                "0 0",
                "0,,0",
                "0,0,1 2:",
                "0][1",
                "0] + _[1",
                "*[0]",
                "{0}",
                "-None",
            )
        ),
        *(
            (text, "is no index")
            for text in ("__import__('os')", "exit()", "np.pi", "0:'a'", "(", "]", "-" * 30_000 + "1")
        ),
    ],
)
def test_what_is_refused(text: str, why: str) -> None:
    with pytest.raises(InvalidArgumentError, match=why):
        parse_index(text, CUBE.shape)


def ends(size: int) -> st.SearchStrategy[int]:
    return st.integers(-size - 2, size + 1)


@st.composite
def indices(draw: st.DrawFn) -> tuple[tuple[int, ...], str]:
    """Return a shape, and an index of which most are right for it."""
    shape = draw(st.lists(st.integers(0, 4), max_size=5).map(tuple))
    parts, axis = [], 0
    length = draw(st.integers(0, 3))
    has_dots = False
    while axis < len(shape) and draw(st.integers(0, 7)):
        size = shape[axis]
        kind = draw(st.sampled_from(["at", "range", "list", "list", "truth", "new", "yes", "rows", "..."]))
        if kind == "...":
            if not has_dots:
                parts.append("...")
                axis += draw(st.integers(0, len(shape) - axis))
            has_dots = True
            continue
        if kind == "range":
            some = [draw(st.none() | ends(size)) for _end in range(3)]
            parts.append(":".join("" if end is None else str(end) for end in some))
        elif kind in ("list", "rows"):
            places = [draw(st.integers(-size, max(size - 1, 0))) for _place in range(length)]
            parts.append(str(places if kind == "list" else [[place] for place in places]))
        elif kind == "truth":
            parts.append(str([draw(st.booleans()) for _place in range(size)]))
        elif kind in ("new", "yes"):
            parts.append("None" if kind == "new" else "True")
            continue
        else:
            parts.append(str(draw(ends(size))))
        axis += 1
    return shape, draw(st.sampled_from(["{}", "({})", " {} ", "[{}]"])).format(", ".join(parts))


@settings(max_examples=600)
@given(indices())
def test_an_index_means_what_it_means_to_numpy(case: tuple[tuple[int, ...], str]) -> None:
    shape, text = case
    values = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    expected: Any
    plain = text if text.strip() not in ("", "()") else "..."
    try:
        expected = eval(f"values[{plain}]", {"values": values})
    except (IndexError, ValueError, SyntaxError, TypeError):
        expected = None
    try:
        index = parse_index(text, shape)
    except InvalidArgumentError:
        assert expected is None or 0 in expected.shape, "what picks nothing may name what is not there"
        return
    found = values[as_numpy_takes(index)]
    if expected is None:  # brackets around all of it
        assert text.startswith("[")
        expected = eval(f"values{text}", {"values": values})
    np.testing.assert_array_equal(found, expected)
    if found.ndim > 2 or not values.size:
        return
    cut = Cut.read(text, shape)
    plane = cut.plane(values)
    np.testing.assert_array_equal(plane, expected)
    again = Cut.read(cut.text, shape, cut)
    np.testing.assert_array_equal(again.plane(values), expected)
    for row, column in np.ndindex(np.atleast_2d(plane.T).T.shape):
        value = plane[(row, column)[: plane.ndim]]
        assert values[cut.place(row, column)] == value
        here = cut.cell(cut.place(row, column))
        assert here is not None
        assert plane[here[: plane.ndim]] == value
    if plane.size and cut.shape:
        place = cut.place(0, 0)
        assert values[cut.through(place).place(*cut.through(place).cell(place))] == values[place]  # type: ignore[misc]


@given(st.lists(st.integers(1, 4), max_size=6).map(tuple))
def test_the_first_plane_has_at_most_two_axes(shape: tuple[int, ...]) -> None:
    cut = Cut.first(shape)
    assert cut.plane(np.zeros(shape)).ndim == min(len(shape), 2)
    assert Cut.read(cut.text, shape, cut) == cut


@given(st.text())
def test_nothing_typed_does_anything_else_than_being_refused(text: str) -> None:
    try:
        index = parse_index(text, (3, 4))
    except InvalidArgumentError:
        return
    values = np.arange(12).reshape(3, 4)
    assert np.isin(values[as_numpy_takes(index)], values).all(), "what is read, NumPy takes"


def test_lists_pick_places_of_their_axis_only() -> None:
    values = np.arange(60).reshape(3, 4, 5)
    cut = Cut.read("1, [0, -1], :", values.shape)
    np.testing.assert_array_equal(cut.plane(values), values[1][[0, 3]])
    assert cut.text == "1, [0, 3], :"
    assert cut.place(1, 2) == (1, 3, 2)
    assert cut.cell((1, 3, 2)) == (1, 2)
    assert cut.cell((0, 3, 2)) is None


@given(st.data())
def test_every_cell_of_a_plane_knows_its_place(data: st.DataObject) -> None:
    shape = data.draw(st.lists(st.integers(1, 4), min_size=2, max_size=5).map(tuple))
    values = np.arange(np.prod(shape)).reshape(shape)
    cut = Cut.first(shape)
    for _step in range(data.draw(st.integers(0, 4))):
        a, b = data.draw(st.tuples(st.integers(0, len(shape) - 1), st.integers(0, len(shape) - 1)))
        cut = cut.swapped(a, b).moved(a, data.draw(st.integers(-2, 2)))
        cut = Cut.read(cut.text, shape, cut)
    plane = cut.plane(values)
    assert plane.ndim == 2
    row, column = (data.draw(st.integers(0, size - 1)) for size in plane.shape)
    assert values[cut.place(row, column)] == plane[row, column]
    assert cut.cell(cut.place(row, column)) == (row, column)


def test_a_plane_of_nothing_is_empty() -> None:
    for shape in ((0, 3), (3, 0, 2, 4), (0,), (2, 0, 3)):
        assert Cut.first(shape).plane(np.zeros(shape)).size == 0


def test_too_many_free_axes_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="leaves 3 axes"):
        Cut.read("0", (2, 3, 4, 5))


def test_ranges_copy_nothing_and_lists_only_so_much() -> None:
    huge = np.broadcast_to(np.float32(1), (1_000_000, 1000))
    assert np.shares_memory(Cut.read("::-2, 3:", huge.shape).plane(huge), huge)
    with pytest.raises(InvalidArgumentError, match="at most can be copied"):
        Cut.read("[0, 1, 2], :", (10, MOST_COPIED))
