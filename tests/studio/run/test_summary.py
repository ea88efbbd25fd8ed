"""Tensors in brief: figures of any array, and pictures that fit on a node."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from studio.run.summary import BARS, BINS, SIDE, histogram, picture, summarise


def test_the_figures() -> None:
    values = np.array([[1.0, 2.0, 0.0], [np.nan, np.inf, -3.0]], np.float32)
    info = summarise(values)
    assert (info.shape, info.dtype, info.nbytes) == ((2, 3), "float32", 24)
    assert (info.nans, info.infs, info.zeros) == (1, 1, 1)
    assert (info.minimum, info.maximum, info.mean) == (-3.0, 2.0, 0.0)
    assert info.std == pytest.approx(np.std([1, 2, 0, -3]))
    assert info.histogram is not None
    assert info.histogram.sum() == 4


@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (2, 3, 4), (2, 3, 4, 5), (2, 3, 4, 5, 6)])
@pytest.mark.parametrize("batched", [False, True])
def test_every_rank_has_a_picture(shape: tuple[int, ...], batched: bool) -> None:
    info = summarise(np.ones(shape, np.float32), batched)
    assert info.picture is not None
    assert info.picture.ndim <= 3
    assert info.picture.dtype == np.float32
    assert info.mean == 1.0


@pytest.mark.parametrize("shape", [(0,), (0, 28, 28), (3, 0)])
def test_an_empty_tensor_has_neither_figures_nor_picture(shape: tuple[int, ...]) -> None:
    info = summarise(np.zeros(shape, np.int32), batched=True)
    assert info.shape == shape
    assert (info.minimum, info.mean, info.maximum, info.std, info.histogram, info.picture) == (None,) * 6


def test_nothing_but_nan() -> None:
    info = summarise(np.full((2, 2), np.nan))
    assert (info.nans, info.minimum, info.histogram) == (4, None, None)
    assert info.picture is not None


def test_truth_is_counted() -> None:
    info = summarise(np.array([True, False, True, True]))
    assert (info.dtype, info.minimum, info.maximum, info.mean, info.zeros) == ("bool", 0.0, 1.0, 0.75, 1)


@pytest.mark.parametrize(
    "dtype", [np.int8, np.uint8, np.int32, np.int64, np.uint64, np.float16, np.float32, np.float64]
)
def test_the_limits_of_every_dtype(dtype: type) -> None:
    limits = np.iinfo(dtype) if np.issubdtype(dtype, np.integer) else np.finfo(dtype)
    info = summarise(np.array([limits.min, limits.max, 0], dtype))
    assert info.minimum == pytest.approx(float(limits.min))
    assert info.maximum == pytest.approx(float(limits.max))
    assert info.std is not None
    assert math.isfinite(info.std)
    assert info.histogram is not None
    assert info.histogram.sum() == 3
    assert summarise(np.array([limits.max] * 2, dtype)).histogram is not None


@given(
    arrays.arrays(
        st.sampled_from([np.float32, np.float64, np.int64, np.bool_]),
        arrays.array_shapes(min_dims=0, max_dims=5, max_side=4, min_side=0),
    ),
    st.booleans(),
)
def test_any_array_can_be_summarised(values: np.ndarray, batched: bool) -> None:
    info = summarise(values, batched)
    finite = values[np.isfinite(values)]
    assert (info.minimum is None) == (finite.size == 0)
    if finite.size:
        assert info.minimum is not None
        assert info.maximum is not None
        assert info.mean is not None
        assert info.histogram is not None
        room = 1e-6 * max(abs(info.minimum), abs(info.maximum))
        assert info.minimum - room <= info.mean <= info.maximum + room
        assert info.histogram.sum() == finite.size
        assert len(info.histogram) == BINS


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50, unique=True))
def test_the_histogram_counts_as_numpy_does(values: list[float]) -> None:
    array = np.array(values)
    counts = histogram(array, array.min(), array.max())
    edges = np.linspace(array.min(), array.max(), BINS + 1)
    inner = edges[1:-1]
    if np.abs(array[:, None] - inner).min() > 1e-9 * np.ptp(array):  # none on an edge, where rounding decides
        assert np.array_equal(counts, np.histogram(array, edges)[0])
    assert counts.sum() == len(values)


# ----------------------------------------------------------------------------------------------- pictures


def test_of_a_batch_the_first_is_shown() -> None:
    batch = np.arange(3 * 4 * 4).reshape(3, 4, 4)
    assert np.array_equal(picture(batch, True), batch[0])
    rows = np.arange(12.0).reshape(3, 4)
    assert np.array_equal(picture(rows, True), rows[0])
    assert np.array_equal(picture(rows, False), rows)


def test_channels_are_no_rows() -> None:
    assert picture(np.ones((2, 8, 6, 1)), True).shape == (8, 6)
    colours = np.stack([np.zeros((8, 6)), np.ones((8, 6)), np.full((8, 6), 2.0)], axis=-1)
    assert np.array_equal(picture(colours, False), colours)


@pytest.mark.parametrize("shape", [(2, 8, 6, 16), (2, 5, 8, 6, 16)])
def test_of_many_channels_the_first_is_shown(shape: tuple[int, ...]) -> None:
    features = np.zeros(shape)
    features[..., 0] = 1
    shown = picture(features, True)
    assert shown.shape == (8, 6)
    assert np.all(shown == 1)


def test_a_stack_of_matrices_shows_the_first() -> None:
    stack = np.arange(4 * 5 * 6).reshape(4, 5, 6)
    assert np.array_equal(picture(stack, False), stack[0])


@pytest.mark.parametrize("shape", [(1000, 3), (3, 1000), (65, 65), (1, 1)])
def test_a_picture_is_never_too_large(shape: tuple[int, int]) -> None:
    found = picture(np.ones(shape), False)
    assert max(found.shape) <= SIDE
    assert min(found.shape) >= 1


def test_the_bars_keep_the_peak() -> None:
    values = np.zeros(1003)
    values[777] = -5.0
    bars = picture(values, False)
    assert len(bars) <= BARS
    assert bars.min() == -5.0
    assert np.count_nonzero(bars) == 1


@given(
    st.lists(st.floats(-1e3, 1e3, width=32) | st.sampled_from([np.nan, np.inf, -np.inf, 0.0]), min_size=1, max_size=40),
    st.sampled_from(["float32", "float64", "int16", "bool", "complex64"]),
)
def test_a_tensor_that_is_looked_at_in_parts_is_seen_as_a_whole(values: list[float], dtype: str) -> None:
    with np.errstate(invalid="ignore"):
        array = np.array(values if dtype[0] in "fc" else np.nan_to_num(values, posinf=9, neginf=-9)).astype(dtype)
    whole = summarise(array)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("studio.run.summary._PART", 3)
        parts = summarise(array)
    assert (parts.nans, parts.infs, parts.zeros) == (whole.nans, whole.infs, whole.zeros)
    assert (parts.minimum, parts.maximum) == (whole.minimum, whole.maximum)
    numbers = np.abs(array) if dtype == "complex64" else array
    finite = numbers[np.isfinite(numbers)].astype(np.float64)
    if not finite.size:
        assert parts.mean is parts.std is parts.histogram is None
        return
    for found in (whole, parts):
        assert found.mean == pytest.approx(finite.mean(), rel=1e-6, abs=1e-6)
        assert found.std == pytest.approx(finite.std(), rel=1e-5, abs=1e-4)
        assert found.histogram is not None
        assert found.histogram.sum() == finite.size
    np.testing.assert_array_equal(parts.histogram, whole.histogram)
