"""Series that grow: appended in amortised constant time, smoothed as they come, thinned without losing peaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from engine.core.dtype import Array

# Steps over which the smoothed curve forgets a value, as a share of an epoch, and the limits of that.
SMOOTHED_SHARE: Final = 0.2
LEAST_SMOOTHED, MOST_SMOOTHED = 4, 200
# Values are smoothed in blocks of this many, each by one product with a matrix.
_BLOCK: Final = 128


class Growing:
    """A one-dimensional array of floats that grows at its end."""

    def __init__(self) -> None:
        self._buffer: Array = np.empty(1024)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def extend(self, values: Array) -> None:
        """Append `values`."""
        needed = self._size + len(values)
        if needed > len(self._buffer):
            larger = np.empty(max(needed, 2 * len(self._buffer)))
            larger[: self._size] = self._buffer[: self._size]
            self._buffer = larger
        self._buffer[self._size : needed] = values
        self._size = needed

    @property
    def array(self) -> Array:
        """The values, as a view that later growth does not change."""
        return self._buffer[: self._size]


class Curve:
    """What is known of the loss or of a metric: a value for each step, and one for each epoch.

    Parameters
    ----------
    steps_per_epoch
        For the smoothing, and to put steps on an axis of epochs.

    Examples
    --------
    >>> curve = Curve(steps_per_epoch=2)
    >>> curve.extend(np.array([0, 1]), np.array([4.0, 2.0]))
    >>> curve.end_epoch(0, train=3.0, validation=2.5)
    >>> curve.train_points()[0], curve.validation_points()
    (array([0., 1.]), (array([1.]), array([2.5])))
    """

    def __init__(self, steps_per_epoch: int) -> None:
        self.steps_per_epoch = max(1, steps_per_epoch)
        self._steps, self._values, self._smoothed = Growing(), Growing(), Growing()
        self._ends: list[tuple[int, float]] = []
        self._validation: list[tuple[int, float]] = []
        span = min(max(SMOOTHED_SHARE * self.steps_per_epoch, LEAST_SMOOTHED), MOST_SMOOTHED)
        self._keep = 1 - 1 / span
        self._state = np.zeros(2)  # the sums of the weighted values and of the weights
        # One row for each place of a block: what its value takes from those before it, and from the state.
        ages = np.subtract.outer(np.arange(_BLOCK), np.arange(_BLOCK))
        self._kernel = np.where(ages >= 0, (1 - self._keep) * self._keep ** np.maximum(ages, 0), 0)
        self._decay = self._keep ** np.arange(1, _BLOCK + 1)

    def extend(self, steps: Array, values: Array) -> None:
        """Append the values of `steps`, counted over all epochs."""
        self._steps.extend(steps)
        self._values.extend(values)
        self._smoothed.extend(self._smooth(values))

    def end_epoch(self, epoch: int, train: float | None, validation: float | None) -> None:
        """Enter the values of the epoch that is over, counted from 0."""
        if train is not None:
            self._ends.append((epoch + 1, train))
        if validation is not None:
            self._validation.append((epoch + 1, validation))

    def go_back(self, step: int, epoch: int) -> None:
        """Forget the steps and the epochs from these on.

        Examples
        --------
        >>> curve = Curve(steps_per_epoch=2)
        >>> curve.extend(np.arange(4), np.arange(4.0))
        >>> curve.end_epoch(0, 0.5, None); curve.end_epoch(1, 2.5, None)
        >>> curve.go_back(3, 1)
        >>> curve.train_points()[1], curve.epoch_points()[1]
        (array([0., 1., 2.]), array([0.5]))
        """
        steps, values = self.train_points()
        kept = steps < step
        self._steps, self._values, self._smoothed, self._state = Growing(), Growing(), Growing(), np.zeros(2)
        self.extend(steps[kept], values[kept])
        self._ends = [end for end in self._ends if end[0] <= epoch]
        self._validation = [end for end in self._validation if end[0] <= epoch]

    def train_points(self) -> tuple[Array, Array]:
        """Return the steps and their values."""
        return self._steps.array, self._values.array

    def smoothed_points(self) -> tuple[Array, Array]:
        """Return the steps and their smoothed values."""
        return self._steps.array, self._smoothed.array

    def epoch_points(self) -> tuple[Array, Array]:
        """Return the epochs, counted from 1, and the values of the training data over each."""
        return _columns(self._ends)

    def validation_points(self) -> tuple[Array, Array]:
        """Return the epochs, counted from 1, and the values of the validation data after each."""
        return _columns(self._validation)

    def epochs_of(self, steps: Array) -> Array:
        """Return where steps lie on an axis of epochs: the end of the last step of the first epoch is at 1."""
        return (steps + 1) / self.steps_per_epoch

    def best(self, least: bool) -> tuple[int, float] | None:
        """Return the best epoch and its value, that of the validation data where there is some."""
        points = [(epoch, value) for epoch, value in self._validation or self._ends if np.isfinite(value)]
        if not points:
            return None
        return min(points, key=lambda point: point[1] if least else -point[1])

    def _smooth(self, values: Array) -> Array:
        """Return the exponential mean after each value, divided by the sum of its weights so as not to start at 0."""
        count = len(values)
        if not count:
            return values
        finite = np.isfinite(values)
        padded = np.zeros((2, -(-count // _BLOCK) * _BLOCK))
        padded[:, :count] = np.where(finite, values, 0), finite
        sums = padded.reshape(2, -1, _BLOCK) @ self._kernel.T
        for block in range(sums.shape[1]):
            sums[:, block] += np.outer(self._state, self._decay)
            self._state = sums[:, block, (count - 1) % _BLOCK if block == sums.shape[1] - 1 else -1].copy()
        total, weight = sums.reshape(2, -1)[:, :count]
        smoothed: Array = np.divide(total, weight, out=np.full(count, np.nan), where=weight > 0)
        return smoothed


class Curves:
    """The curves of a training: the loss and each metric.

    Parameters
    ----------
    names
        What they are called in the logs.
    epochs, steps_per_epoch
        How long the training is.
    """

    def __init__(self, names: Iterable[str], epochs: int, steps_per_epoch: int) -> None:
        self.epochs = epochs
        self.by_name = {name: Curve(steps_per_epoch) for name in names}

    def extend(self, steps: Array, series: Mapping[str, Array]) -> None:
        """Append the values of some steps; of what has no curve, nothing is kept."""
        for name, values in series.items():
            if name in self.by_name:
                self.by_name[name].extend(steps, values)

    def end_epoch(self, epoch: int, logs: Mapping[str, float]) -> None:
        """Enter the logs of the epoch that is over."""
        for name, curve in self.by_name.items():
            curve.end_epoch(epoch, logs.get(name), logs.get(f"val_{name}"))


def _columns(points: list[tuple[int, float]]) -> tuple[Array, Array]:
    table = np.array(points, float).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def thinned(x: Array, y: Array, buckets: int) -> tuple[Array, Array]:
    """Return at most about two points for each of `buckets`, its least and its greatest, so that no peak is lost.

    Examples
    --------
    >>> y = np.zeros(10_000); y[777] = 5
    >>> float(thinned(np.arange(10_000.0), y, 100)[1].max())
    5.0
    """
    size = len(x) // buckets if buckets else 0
    if size <= 2:
        return x, y
    whole = len(x) // size * size
    rows = y[:whole].reshape(-1, size)
    few_x = np.repeat(x[:whole].reshape(-1, size)[:, size // 2], 2)
    few_y = np.empty(len(few_x))
    few_y[0::2], few_y[1::2] = np.fmin.reduce(rows, axis=1), np.fmax.reduce(rows, axis=1)
    return np.concatenate([few_x, x[whole:]]), np.concatenate([few_y, y[whole:]])
