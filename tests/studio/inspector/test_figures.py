"""Statistics, distributions, projections and bits against NumPy."""

from __future__ import annotations

import math
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from studio.inspector import statistics
from studio.inspector.background import CancelledError, Token
from studio.inspector.bits import bits_of, meaning
from studio.inspector.chunks import CHUNK, chunks, thinned
from studio.inspector.distribution import BINS, histogram, history
from studio.inspector.statistics import SHARES, figures
from studio.inspector.trail import MOST, Trail, norm
from studio.inspector.views.line import RUNS, lines_of
from studio.run.messages import TensorInfo
from studio.run.projection import MOST_POINTS, project
from studio.run.summary import share as share_of
from studio.run.summary import summarise

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("layout", ["plain", "transposed", "strided", "broadcast"])
def test_chunks_yield_every_element_in_order(layout: str) -> None:
    values = np.arange(3 * CHUNK).reshape(3, -1)
    made = {
        "plain": values,
        "transposed": values.T,
        "strided": values[:, ::3],
        "broadcast": np.broadcast_to(values[0, :9], (4, 9)),
    }[layout]
    np.testing.assert_array_equal(np.concatenate([piece.copy() for (piece,) in chunks(made)]), made.ravel())
    assert all(len(piece) <= CHUNK for (piece,) in chunks(made))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int8, np.int64, np.uint8, np.bool_])
def test_figures_are_those_of_numpy(dtype: type) -> None:
    values = (RNG.normal(size=(300, 700)) * 30).clip(0 if dtype is np.uint8 else -100, 100).astype(dtype)
    found, wide = figures(values), values.astype(np.float64)
    assert (found.minimum, found.maximum) == (wide.min(), wide.max())
    assert found.mean == pytest.approx(wide.mean(), rel=1e-9)
    assert found.std == pytest.approx(wide.std(), rel=1e-9)
    assert found.norm == pytest.approx(np.linalg.norm(wide), rel=1e-9)
    assert found.zeros == (values == 0).sum()
    np.testing.assert_allclose(found.quantiles, np.quantile(wide, SHARES), rtol=1e-3, atol=1e-3)
    assert found.rank == (0 if not values.any() else np.linalg.matrix_rank(wide))


def test_a_large_mean_costs_no_digits() -> None:
    values = 1e9 + RNG.normal(size=3 * CHUNK)
    assert figures(values).std == pytest.approx(values.std(), rel=1e-6)


def test_what_is_special_is_counted() -> None:
    values = np.array([0.0, -0.0, 1e-40, -1e-45, np.nan, np.inf, np.inf, -np.inf, 1.0], np.float32)
    found = figures(values)
    assert (found.zeros, found.denormals, found.nans, found.plus_infs, found.minus_infs) == (2, 2, 1, 2, 1)
    assert found.sparsity == pytest.approx(2 / 9)


@pytest.mark.parametrize("values", [np.zeros(0), np.zeros((3, 0, 2), np.float32), np.full((4, 4), np.nan)])
def test_without_finite_values_there_are_no_figures(values: np.ndarray) -> None:
    found = figures(values)
    assert (found.minimum, found.mean, found.std, found.norm, found.quantiles, found.rank) == (None,) * 6
    assert histogram(values).counts.size == 0


def test_figures_of_complex_numbers_are_those_of_their_magnitudes() -> None:
    assert figures(np.array([3 + 4j, 0], np.complex64)).maximum == 5.0
    assert summarise(np.array([3 + 4j, 0], np.complex64)).maximum == 5.0


EXTREMES = [
    np.array([np.iinfo(np.int64).min, 0, np.iinfo(np.int64).max]),
    np.array([np.iinfo(np.int64).min, np.iinfo(np.int64).max]),
    np.array([0, np.iinfo(np.uint64).max], np.uint64),
    np.array([-1.7e308, 1.7e308]),
    np.array([-1.7e308, 0.0, 5e-324, 1.7e308, 1.0]),
    np.array([0.0, 5e-324]),
    np.array([[1.7e308, 1.7e308], [1.7e308, 1.6e308]]),
    np.concatenate([np.zeros(CHUNK), np.full(CHUNK, 1e300)]),
    np.array([60000, -60000], np.float16),
]


@pytest.mark.parametrize("values", EXTREMES, ids=lambda values: f"{values.dtype}{values.shape}")
def test_what_lies_at_the_ends_of_the_range_has_figures(values: np.ndarray) -> None:
    found, exact = figures(values), sorted(Fraction(value) for value in values.ravel().tolist())
    mean = sum(exact) / len(exact)
    assert found.mean == pytest.approx(float(mean), rel=1e-12, abs=float(exact[-1]) * 1e-15)
    spread = sum((value - mean) ** 2 for value in exact) / len(exact)
    assert found.std == pytest.approx(math.isqrt(int(spread)), rel=1e-9, abs=1.0)
    assert found.quantiles is not None
    least = float(exact[-1]) * 1e-12
    for share, quantile in zip(SHARES, found.quantiles, strict=True):
        place = Fraction(share) * (len(exact) - 1)
        low, high = exact[math.floor(place)], exact[math.ceil(place)]
        assert quantile == pytest.approx(float(low + (high - low) * (place % 1)), rel=1e-9, abs=least)
    assert histogram(values).counts.sum() == values.size
    if values.ndim == 2:
        assert found.rank == 2
    lines = lines_of(values, Token())
    assert 0 <= share_of(lines.lines[0], lines.low, lines.high).min() <= 1
    info = summarise(values)
    assert (info.mean, info.std) == (pytest.approx(found.mean, abs=1.0), pytest.approx(found.std))
    drawn = history([(0, info), (1, info)])
    assert drawn is not None
    assert np.isfinite(drawn.density).all()
    plane = project(values.reshape(len(values), -1))
    assert plane is not None
    assert np.isfinite(plane.points).all()


def test_quantiles_of_very_many_are_of_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "MOST_SORTED", 1000)
    values = RNG.normal(size=100_000)
    found = figures(values)
    assert found.is_sampled
    np.testing.assert_allclose(found.quantiles, np.quantile(values, SHARES), atol=0.3)
    assert len(thinned(values.reshape(100, 1000).T, 1000)) == 1000


def test_the_work_ends_when_nobody_wants_it() -> None:
    token = Token()
    token.cancel()
    for work in (figures, histogram):
        with pytest.raises(CancelledError):
            work(np.zeros(3 * CHUNK), token.check)


def test_the_rank_minds_the_precision_of_the_values() -> None:
    low = (RNG.normal(size=(60, 4)) @ RNG.normal(size=(4, 50))).astype(np.float32)
    assert figures(low).rank == 4
    assert figures(np.zeros((5, 5))).rank == 0


@given(hnp.arrays(np.float64, st.integers(1, 200), elements=st.floats(-1e300, 1e300)))
def test_a_histogram_counts_every_finite_value(values: np.ndarray) -> None:
    found = histogram(values)
    assert found.counts.sum() == values.size
    assert (found.low, found.high) == (values.min(), values.max())


def test_a_histogram_is_that_of_numpy() -> None:
    values = np.concatenate([np.linspace(-1, 1, 480), [np.nan, np.inf]]).astype(np.float32)
    found = histogram(values)
    expected, _edges = np.histogram(values[:480].astype(np.float64), BINS)
    assert np.abs(found.counts - expected).max() <= 1, "a value on an edge may be of either side"
    assert (found.counts.sum(), len(found.counts)) == (480, BINS)


def test_whole_numbers_are_told_to_the_last_digit() -> None:
    found = figures(np.array([-(2**62) - 1, 2**53 + 1]))
    assert (found.minimum, found.maximum) == (-(2**62) - 1, 2**53 + 1)


def test_a_history_lays_all_samples_on_one_axis() -> None:
    trail = Trail()
    for step in range(5):
        trail.add(step, summarise(RNG.normal(loc=step, size=1000)))
    trail.add(9, summarise(np.full(3, 2.0)))
    found = history(trail)
    assert found is not None
    np.testing.assert_allclose(found.density.sum(axis=0), 1.0)
    centres = found.low + (np.arange(len(found.density)) + 0.5) / len(found.density) * (found.high - found.low)
    np.testing.assert_allclose(centres @ found.density, found.means, atol=0.1)
    assert found.steps == (0, 1, 2, 3, 4, 9)
    assert history([(0, TensorInfo((0,), "float32", 0))]) is None


def test_samples_without_a_finite_value_have_empty_columns() -> None:
    good, bad = summarise(np.array([1.0, 3.0])), summarise(np.full(2, np.nan))
    found = history([(0, good), (5, bad), (9, good)])
    assert found is not None
    assert found.steps == (0, 5, 9)
    assert found.density.sum(axis=0).tolist() == [1.0, 0.0, 1.0]
    np.testing.assert_array_equal(found.means, [2.0, np.nan, 2.0])
    lost = history([(0, bad)])
    assert lost is not None
    assert (lost.steps, lost.density.any()) == ((0,), False)


def test_a_trail_covers_a_training_of_any_length() -> None:
    trail = Trail()
    info = TensorInfo((), "float32", 4)
    for step in range(0, 100_000, 7):
        trail.add(step, info)
    steps = [step for step, _info in trail]
    assert MOST // 2 <= len(steps) <= MOST
    assert steps[0] == 0
    assert steps[-1] > 95_000
    assert len(set(np.diff(steps))) == 1
    trail.add(0, info)
    assert len(trail) == 1, "another training"


def test_the_norm_follows_from_mean_and_spread() -> None:
    values = RNG.normal(3.0, 2.0, size=(40, 5))
    assert norm(summarise(values)) == pytest.approx(np.linalg.norm(values))
    assert norm(TensorInfo((0,), "float32", 0)) is None


@pytest.mark.parametrize("shape", [(50, 3), (5, 40), (30, 4, 5), (2, 1)])
def test_the_projection_is_that_of_the_singular_values(shape: tuple[int, ...]) -> None:
    values = RNG.normal(size=shape) * np.array([5.0, *[1.0] * (shape[-1] - 1)])
    found = project(values)
    assert found is not None
    centred = values.reshape(len(values), -1) - values.reshape(len(values), -1).mean(axis=0)
    u, s, _v = np.linalg.svd(centred, full_matrices=False)
    for component in range(min(2, np.count_nonzero(s > 1e-9))):
        np.testing.assert_allclose(
            np.abs(found.points[:, component]), np.abs(u[:, component] * s[component]), atol=1e-6
        )
    np.testing.assert_allclose(found.shares[0], s[0] ** 2 / np.square(s).sum())


def test_the_projection_leaves_out_what_is_not_finite_and_thins_what_is_much() -> None:
    values = RNG.normal(size=(10, 3))
    values[4, 1] = np.nan
    found = project(values)
    assert found is not None
    assert found.places.tolist() == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert project(np.full((5, 2), np.inf)) is None
    many = project(RNG.normal(size=(5000, 3)))
    assert many is not None
    assert len(many.points) <= MOST_POINTS
    assert many.places[-1] >= 4990


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int8, np.int32, np.uint16])
def test_bits_are_those_in_memory(dtype: type) -> None:
    for value in np.array([0, 1, 5, 100], dtype):
        text = str(bits_of(value)).replace(" ", "")
        assert int(text, 2) == value.view(f"u{value.dtype.itemsize}")
        assert len(text) == 8 * np.dtype(dtype).itemsize


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_the_meaning_of_the_bits_is_the_value(value: float) -> None:
    words = meaning(np.float32(value))
    factor, _dot, power = words.replace("−", "-").partition("·2^")
    assert float(factor) * 2.0 ** int(power) == pytest.approx(value, rel=1e-8)


def test_lines_of_much_take_no_memory() -> None:
    line = np.zeros(20_000_000, np.float32)
    tracemalloc.start()
    for work in (lambda: lines_of(line, Token()), lambda: summarise(line), lambda: histogram(line)):
        tracemalloc.reset_peak()
        work()
        assert tracemalloc.get_traced_memory()[1] < line.nbytes / 10
    tracemalloc.stop()


def test_lines_keep_the_peaks() -> None:
    line = np.zeros(1_000_000, np.float32)
    line[123_456] = 7.0
    found = lines_of(line, Token())
    assert len(found.lines[0]) == 2 * RUNS
    assert found.high == 7.0
    assert np.isnan(lines_of(np.full(5, np.inf), Token()).lines[0]).all()
    line[[5, 700_000]] = np.nan, -np.inf
    line[-1] = -3.0
    found = lines_of(line, Token())
    assert (found.low, found.high) == (-3.0, 7.0)
    assert np.isfinite(found.lines[0]).all()
