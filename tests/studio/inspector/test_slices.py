"""Reading an index as NumPy writes it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import InvalidArgumentError
from studio.inspector.slices import first_plane, parse_index

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
    values = np.zeros(shape)
    assert values[parse_index(first_plane(shape), shape)].ndim == min(len(shape), 2)


@given(st.text())
def test_nothing_typed_does_anything_else_than_being_refused(text: str) -> None:
    try:
        index = parse_index(text, (3, 4))
    except InvalidArgumentError:
        return
    assert np.zeros((3, 4))[index].ndim <= 2
