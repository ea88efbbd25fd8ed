"""Reading an index as NumPy writes it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import InvalidArgumentError
from studio.inspector.slices import Cut, parse_index

CUBE = np.arange(4 * 5 * 6).reshape(4, 5, 6)


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("", np.s_[:]),
        ("0", np.s_[0]),
        ("-1, 2", np.s_[-1, 2]),
        ("0, :, :", np.s_[0, :, :]),
        ("..., 3", np.s_[..., 3]),
        ("1, ..., 2:4", np.s_[1, ..., 2:4]),
        ("::2, 4:1:-1, :", np.s_[::2, 4:1:-1, :]),
        ("[0, :2]", np.s_[0, :2]),
    ],
)
def test_what_numpy_reads(text: str, index: object) -> None:
    np.testing.assert_array_equal(CUBE[parse_index(text, CUBE.shape)], CUBE[index])


@pytest.mark.parametrize("text", ["4", "-5", "0,0,0,0", "x", "1.5", "0:1:0", "..., ...", "__import__('os')", "1 if 1"])
def test_what_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgumentError):
        parse_index(text, CUBE.shape)


@given(st.lists(st.integers(1, 4), max_size=6).map(tuple))
def test_the_first_plane_has_at_most_two_axes(shape: tuple[int, ...]) -> None:
    cut = Cut.first(shape)
    assert cut.plane(np.zeros(shape)).ndim == min(len(shape), 2)
    assert Cut.read(cut.text, cut) == cut


@given(st.text())
def test_nothing_typed_does_anything_else_than_being_refused(text: str) -> None:
    try:
        index = parse_index(text, (3, 4))
    except InvalidArgumentError:
        return
    assert len(index) == 2


def test_lists_pick_places_of_their_axis_only() -> None:
    values = np.arange(60).reshape(3, 4, 5)
    cut = Cut.read("1, [0, -1], :", Cut.first(values.shape))
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
        cut = Cut.read(cut.text, cut)
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
        Cut.read("0", Cut.first((2, 3, 4, 5)))
