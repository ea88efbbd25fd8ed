"""Points of many dimensions in two: the principal components."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.core.dtype import Array
from studio.run.summary import real

#: More points hide one another, and more features make the work longer than one likes to wait.
MOST_POINTS: Final = 500
MOST_FEATURES: Final = 2048


@dataclass(frozen=True)
class Projection:
    """Points in the plane: which ones of the first axis, where they are, and what share of the variance is seen.

    Parameters
    ----------
    step, feature_step
        Of how many entries, and of how many features, one was taken.
    left_out
        How many of the entries that were taken have values that are not finite.
    """

    points: Array
    places: Array
    shares: tuple[float, float]
    step: int = 1
    feature_step: int = 1
    left_out: int = 0


def project(values: Array, most: int = MOST_POINTS) -> Projection | None:
    """Return the first two principal components: a point for each entry of the first axis, features the others.

    Points with values that are not finite are left out; None if two do not remain. Of more than `most`, every n-th is
    taken.

    Examples
    --------
    >>> line = np.outer(np.arange(5.0), [3.0, 4.0, 0.0])
    >>> found = project(line)
    >>> np.abs(np.diff(found.points[:, 0])).round(6).tolist(), round(found.shares[0], 6)
    ([5.0, 5.0, 5.0, 5.0], 1.0)
    """
    stride = max(1, -(-len(values) // most))
    picked = values[::stride]
    features = int(np.prod(picked.shape[1:]))
    feature_stride = max(1, -(-features // MOST_FEATURES))
    flat = picked.reshape(len(picked), features)[:, ::feature_stride]
    numbers = real(flat).astype(np.float64)
    kept = np.isfinite(numbers).all(axis=1)
    numbers, places = numbers[kept], np.flatnonzero(kept) * stride
    if len(numbers) < 2 or not numbers.shape[1]:
        return None
    unit = float(np.abs(numbers).max()) or 1.0
    centred = numbers / unit  # sums and squares of what is near the ends of the range would leave it
    centred -= centred.mean(axis=0)
    # the smaller of the two products has the same eigenvalues, and the points follow from either
    if centred.shape[0] <= centred.shape[1]:
        found, vectors = np.linalg.eigh(centred @ centred.T)
        points = vectors * np.sqrt(np.maximum(found, 0))
    else:
        found, vectors = np.linalg.eigh(centred.T @ centred)
        points = centred @ vectors
    total = float(np.maximum(found, 0).sum()) or 1.0
    plane = np.zeros((len(numbers), 2))
    count = min(2, points.shape[1])
    plane[:, :count] = points[:, ::-1][:, :count]
    # what rounding has left of a component without any variance is none
    plane[:, :count][:, found[::-1][:count] <= np.finfo(np.float64).eps * max(centred.shape) * total] = 0.0
    end = float(np.finfo(np.float64).max)
    with np.errstate(over="ignore"):
        plane = np.clip(plane * unit, -end, end)
    shares = [*(float(max(v, 0.0)) / total for v in found[::-1][:count]), 0.0][:2]
    return Projection(plane, places, (shares[0], shares[1]), stride, feature_stride, int((~kept).sum()))
