"""How values are spread: a histogram of any tensor, and how it went over the steps of a training."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.core.dtype import Array
from studio.inspector.chunks import chunks
from studio.run import summary
from studio.run.messages import TensorInfo

BINS: Final = 48
#: Parts of the common axis onto which the histograms of all steps are laid.
LEVELS: Final = 96


@dataclass(frozen=True)
class Histogram:
    """Counts of finite values in equal parts of the range from `low` to `high`."""

    counts: Array
    low: float
    high: float


def histogram(values: Array, check: Callable[[], None] = lambda: None) -> Histogram:
    """Return the histogram of a tensor; without finite values it has no counts.

    Examples
    --------
    >>> found = histogram(np.array([0.0, 1.0, 1.0, np.nan]))
    >>> found.counts[0], found.counts[-1], found.low, found.high
    (np.int64(1), np.int64(2), 0.0, 1.0)
    """
    low, high, count = np.inf, -np.inf, 0
    for (piece,) in chunks(values):
        check()
        finite = summary.finite(summary.real(piece))
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
            count += finite.size
    if not count:
        return Histogram(np.zeros(0, np.int64), 0.0, 0.0)
    if low == high:
        return Histogram(np.array([count]), low, high)
    counts = np.zeros(BINS, np.int64)
    for (piece,) in chunks(values):
        check()
        counts += summary.histogram(summary.finite(summary.real(piece)), low, high, BINS)
    return Histogram(counts, low, high)


def _spaced(low: float, high: float, count: int) -> Array:
    """Return the ends of so many equal parts of a range, as `np.linspace` does; the range may be the largest."""
    shares = np.linspace(0.0, 1.0, count + 1)
    return low * (1 - shares) + high * shares


@dataclass(frozen=True)
class History:
    """The distributions of a tensor over the steps: a column for each sample, low values at the bottom row.

    A sample without a finite value has an empty column, and NaN for its mean.
    """

    density: Array
    low: float
    high: float
    steps: tuple[int, ...]
    means: tuple[float, ...]


def history(samples: Iterable[tuple[int, TensorInfo]]) -> History | None:
    """Return how the distribution of a tensor went, each sample's histogram on one axis; None if there is none.

    Examples
    --------
    >>> two = TensorInfo((2,), "f4", 8, minimum=0.0, mean=1.0, maximum=2.0, histogram=np.array([1, 1]))
    >>> found = history([(0, two), (5, two)])
    >>> found.density.shape, found.steps, float(found.density[:, 0].sum())
    ((96, 2), (0, 5), 1.0)
    """
    counted = [(step, info) for step, info in samples if math.prod(info.shape)]
    ranges = [(info.minimum, info.maximum) for _step, info in counted]
    ends = [(low, high) for low, high in ranges if low is not None and high is not None]
    if not counted:
        return None
    low, high = (min(end[0] for end in ends), max(end[1] for end in ends)) if ends else (0.0, 0.0)
    density = np.zeros((LEVELS, len(counted)))
    edges = np.linspace(0.0, 1.0, LEVELS + 1)
    means = []
    for column, (_step, info) in enumerate(counted):
        if info.histogram is None or info.minimum is None or info.maximum is None:
            means.append(math.nan)
            continue
        means.append(info.mean or 0.0)
        places = summary.share(_spaced(info.minimum, info.maximum, len(info.histogram)), low, high)
        if info.maximum == info.minimum:
            density[min(int(places[0] * LEVELS), LEVELS - 1), column] = 1.0
            continue
        heights = np.concatenate([[0.0], np.cumsum(info.histogram) / info.histogram.sum()])
        density[:, column] = np.diff(np.interp(edges, places, heights))
    return History(density, low, high, tuple(step for step, _info in counted), tuple(means))
