"""Shapes with unknown sizes, the rules of broadcasting, and specs."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes

from engine.core.errors import InvalidArgumentError
from engine.core.shape import TensorShape, as_shape, broadcast, normalize_axis
from engine.core.spec import TensorSpec

shapes = st.lists(st.one_of(st.none(), st.integers(0, 4)), max_size=4).map(TensorShape)


@given(mutually_broadcastable_shapes(num_shapes=3, max_dims=4))
def test_known_shapes_broadcast_as_in_numpy(case: Any) -> None:
    assert broadcast(*case.input_shapes) == case.result_shape


@given(st.lists(st.lists(st.integers(0, 3), max_size=3), min_size=1, max_size=3))
def test_what_numpy_cannot_broadcast_is_refused(case: list[list[int]]) -> None:
    try:
        expected: Any = np.broadcast_shapes(*map(tuple, case))
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011  # the caller words it
            broadcast(*case)
    else:
        assert broadcast(*case) == expected


@given(mutually_broadcastable_shapes(num_shapes=2, max_dims=4), st.data())
def test_an_unknown_size_broadcasts_to_what_fits_the_known_one(case: Any, data: st.DataObject) -> None:
    blurred = [[data.draw(st.sampled_from([d, None])) for d in shape] for shape in case.input_shapes]
    assert broadcast(*blurred).is_compatible_with(case.result_shape)


@given(shapes, shapes)
def test_shapes_merge_exactly_if_they_are_compatible(a: TensorShape, b: TensorShape) -> None:
    if a.is_compatible_with(b):
        merged = a.merge_with(b)
        assert merged == b.merge_with(a)
        assert merged.is_compatible_with(a)
        assert sum(d is None for d in merged) == sum(x is None and y is None for x, y in zip(a, b, strict=True))
    else:
        with pytest.raises(InvalidArgumentError, match="contradict"):
            a.merge_with(b)


@given(shapes)
def test_a_shape_is_a_tuple_of_sizes(shape: TensorShape) -> None:
    assert shape == tuple(shape)
    assert shape == shape.as_list()
    assert hash(shape) == hash(tuple(shape))
    assert pickle.loads(pickle.dumps(shape)) == shape
    assert as_shape(shape) is shape
    assert shape.rank == shape.ndims == len(shape)
    assert shape.is_static is shape.is_fully_defined() is (None not in shape)
    assert shape.num_elements() == (None if None in shape else np.prod(shape, dtype=int))
    assert isinstance(shape[1:], TensorShape)
    assert shape + [1] == (*shape, 1)  # noqa: RUF005
    assert [1] + shape == (1, *shape)  # noqa: RUF005


def test_shapes_print_as_tuples() -> None:
    assert [str(TensorShape(s)) for s in ((), (3,), (None, 2))] == ["()", "(3,)", "(None, 2)"]


@pytest.mark.parametrize("value", [-1, (2, -1), "ab", 1.5, [1.5, "x"], object()])
def test_what_is_no_shape_is_refused(value: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="is no shape"):
        as_shape(value)


@pytest.mark.parametrize(("axis", "rank", "result"), [(0, 1, 0), (-1, 3, 2), (-3, 3, 0), (2, 3, 2)])
def test_axes_count_from_either_end(axis: int, rank: int, result: int) -> None:
    assert normalize_axis(axis, rank) == result


@pytest.mark.parametrize(("axis", "rank"), [(0, 0), (3, 3), (-4, 3)])
def test_an_axis_that_is_not_there(axis: int, rank: int) -> None:
    with pytest.raises(IndexError):
        normalize_axis(axis, rank)


def test_a_spec_is_its_shape_and_dtype() -> None:
    spec = TensorSpec([None, 2], "float64", "x")
    assert spec == TensorSpec((None, 2), np.float64, "y")
    assert hash(spec) == hash(TensorSpec((None, 2), "float64"))
    assert spec != TensorSpec([None, 2])
    assert (spec.nbytes, TensorSpec([3, 2], "float64").nbytes) == (None, 48)
    assert spec.is_compatible_with(TensorSpec([5, 2], "float64"))
    assert not spec.is_compatible_with(TensorSpec([5, 2]))
    assert not spec.is_compatible_with(TensorSpec([5, 3], "float64"))
    assert str(spec) == "float64 (None, 2)"
    assert pickle.loads(pickle.dumps(spec)) == spec
