"""Spreads, scales and ticks: as counted by hand, and whatever the values are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.core.dtype import Array
from studio.layers.figures import QUANTILES, Scale, Spread, edges_between
from studio.run.health.layers import LayerHistory
from studio.run.health.layout import LayerPlace, Layout, WeightPlace
from studio.run.health.records import Histogram, Sample, WeightHealth
from studio.ui.lines import _dashes

FLOATS = st.floats(-1e6, 1e6, allow_nan=False)


def kept(*arrays: Array) -> Spread:
    """Return how the values of arrays are spread, one look each, as the history keeps it."""
    history = LayerHistory(Layout((LayerPlace("a", "Dense", (WeightPlace("w", (2, 2)),)),)))
    for step, array in enumerate(arrays):
        weight = WeightHealth("a", "w", array.shape, array.size, 1.0, 1.0, 1.0, Histogram.of(array), None)
        history.extend(history.row_of(Sample(step, 0, 1.0, 0.0, 1.0, (weight,), (), (), ()), step))
    found = history.weight("a", "w")
    assert found is not None
    return Spread.of(found["values"])


def test_quantiles_are_those_of_the_values_as_far_as_a_histogram_tells() -> None:
    values = np.random.default_rng(0).normal(size=5000).astype(np.float32)
    spread = kept(values, values * 3)
    wide = (values.max() - values.min()) / 30
    np.testing.assert_allclose(spread.quantiles()[:, 0], np.quantile(values, QUANTILES), atol=wide)
    np.testing.assert_allclose(spread.quantiles()[:, 1], 3 * np.quantile(values, QUANTILES), atol=3 * wide)


def test_a_density_has_all_values_whatever_the_parts_are() -> None:
    spread = kept(np.array([0.0, 1.0, 2.0, 2.0]), np.array([-3.0, 5.0]))
    for edges in (np.linspace(-10, 10, 7), np.array([-3.0, 5.0]), np.linspace(-3, 5, 500)):
        np.testing.assert_allclose(spread.density(edges).sum(axis=0), 1.0, rtol=1e-6)


@pytest.mark.parametrize("value", [0.0, 3.5, -1e-20, 1e20])
def test_values_that_are_all_the_same_lie_in_one_place(value: float) -> None:
    spread = kept(np.full(100, value, np.float32))
    np.testing.assert_allclose(spread.quantiles()[:, 0], value, rtol=1e-6, atol=1e-6)
    edges = np.linspace(value - 1 - abs(value), value + 1 + abs(value), 12)
    assert (spread.density(edges) > 0.99).sum() == 1


def test_where_there_is_no_finite_value_there_is_no_spread() -> None:
    spread = kept(np.array([1.0, 2.0]), np.full(4, np.nan), np.zeros(0))
    assert spread.known.tolist() == [True, False, False]
    assert np.isnan(spread.quantiles()[:, 1:]).all()
    assert (spread.density(np.linspace(0, 3, 4))[:, 1:] == 0).all()
    assert spread.reach() is not None
    assert kept(np.full(4, np.inf)).reach() is None


@given(st.lists(FLOATS, min_size=1, max_size=30), st.booleans())
@example([3e-202], True)
def test_all_values_with_a_place_on_an_axis_are_within_it(values: list[float], log: bool) -> None:
    scale = Scale.around([np.array(values)], log)
    shown = [v for v in values if v > 0 or not log]
    assert (scale is None) == (not shown)
    if scale is None:
        return
    places = scale.places(values)
    assert np.isnan(places).sum() == len(values) - len(shown)
    top = [p for p, v in zip(places, values, strict=True) if not log or v > max(max(shown) * 1e-23, 1e-299)]
    assert all(-1e-9 <= place <= 1 + 1e-9 for place in top)
    ticks = scale.ticks(5)
    assert 1 <= len(ticks) <= 12
    assert all(-1e-6 <= place <= 1 + 1e-6 for place in scale.places(ticks))


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 9))
def test_an_axis_has_two_numbers_at_least_and_hardly_more_than_there_is_room_for(
    low: float, width: float, most: int
) -> None:
    scale = Scale(low, low + width)
    ticks = scale.ticks(most)
    assert 2 <= len(ticks) <= max(most + 1, 6)
    assert all(-1e-6 <= place <= 1 + 1e-6 for place in scale.places(ticks))


def test_around_zero_there_are_numbers_beside_it() -> None:
    assert Scale(-0.35, 0.35).ticks(3) == [-0.2, 0.0, 0.2]


def test_an_axis_takes_what_is_no_number_for_nothing() -> None:
    assert Scale.around([np.array([np.nan, np.inf])]) is None
    assert Scale.around([], log=True) is None
    scale = Scale.around([np.array([1.0, np.nan, 0.0])], log=True)
    assert scale is not None
    assert math.isnan(scale.places(0.0))


def test_columns_meet_half_way() -> None:
    assert edges_between(np.array([5.0])).tolist() == [4.5, 5.5]
    assert edges_between(np.array([0.0, 1.0, 21.0])).tolist() == [0.0, 0.5, 11.0, 21.0]


def test_dashes_cover_their_share_of_a_line() -> None:
    x = np.linspace(0, 100, 40)
    ends = _dashes(x, np.zeros(40), [3.0, 2.0])
    assert ends is not None
    assert np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]).sum() == pytest.approx(60, abs=2)
    assert _dashes(x, 1e4 * (np.arange(40) % 2), [3.0, 2.0]) is None
