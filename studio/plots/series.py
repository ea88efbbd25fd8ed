"""The values of a training as curves: appended as they come, and smoothed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from engine.core.dtype import Array
from studio.plots.trace import Trace

# Steps over which the smoothed curve forgets a value, as a share of an epoch, and the limits of that.
SMOOTHED_SHARE: Final = 0.2
LEAST_SMOOTHED, MOST_SMOOTHED = 4, 200
# Points of the smoothed curve that are kept for so many steps: nothing more is seen, and a million take 12 MB.
KEPT_OF_SPAN: Final = 16
# Points of the smoothed curve at most, which has no peaks: ten minutes of MNIST would make 700,000, in 6 MB.
_MOST_SMOOTHED: Final = 1 << 17
# Values of steps are kept as most trainings compute them: there may be millions.
_BY_STEP: Final = np.float32
# Values are smoothed in blocks of this many, each by one product with a matrix.
_BLOCK: Final = 32


class Smoothing:
    """An exponential mean, divided by the sum of its weights so as not to start at 0. NaN and infinity do not count.

    Parameters
    ----------
    span
        Steps over which a value is forgotten; up to 1 smooths nothing.
    """

    def __init__(self, span: float) -> None:
        self._keep = keep = 1 - 1 / max(span, 1)
        self._sums = _Filter(keep, 2)

    def __call__(self, values: Array) -> Array:
        """Return the means after each of the values that come next."""
        if not self._keep:
            return values
        finite = np.isfinite(values)
        total, weight = self._sums((1 - self._keep) * np.stack([np.where(finite, values, 0), finite]))
        smoothed: Array = np.divide(total, weight, out=np.full(len(values), np.nan), where=weight > 0)
        return smoothed


class _Filter:
    """Lets each value add to a sum that keeps a share of itself from one to the next, in so many rows."""

    def __init__(self, keep: float, rows: int) -> None:
        self._keep, self._state = keep, np.zeros(rows)
        # One row for each place of a block: what its sum takes from the values before it.
        ages = np.subtract.outer(np.arange(_BLOCK), np.arange(_BLOCK))
        self._kernel = np.where(ages >= 0, keep ** np.maximum(ages, 0), 0)
        self._decay = keep ** np.arange(1, _BLOCK + 1)

    def __call__(self, values: Array) -> Array:
        """Return the sums after each of the values that come next."""
        rows, count = values.shape
        if not count:
            return values
        padded = np.zeros((rows, -(-count // _BLOCK) * _BLOCK))
        padded[:, :count] = values
        sums = padded.reshape(rows, -1, _BLOCK) @ self._kernel.T
        if sums.shape[1] == 1:
            before = self._state[:, None]
        else:  # the sums at the ends of the blocks are sums of the same kind, over the blocks
            over = _Filter(float(self._decay[-1]), rows)
            over._state = self._state
            before = np.column_stack([self._state, over(sums[:, :-1, -1])])
        sums += before[:, :, None] * self._decay
        found = sums.reshape(rows, -1)[:, :count]
        self._state = found[:, -1].copy()
        return found


class Curve:
    """What is known of the loss or of a metric: a value for each step, and one for each epoch.

    Parameters
    ----------
    steps_per_epoch
        For the smoothing, and to put steps on an axis of epochs.
    is_smoothed
        Whether it is smoothed at all.

    Attributes
    ----------
    raw, smoothed
        The values by step, counted over all epochs from 0.
    ends, validation
        Those of the training data over each epoch and of the validation data after it, by epoch, counted from 1.

    Examples
    --------
    >>> curve = Curve(steps_per_epoch=2)
    >>> curve.extend(np.array([0, 1]), np.array([4.0, 2.0]))
    >>> curve.end_epoch(0, train=3.0, validation=2.5)
    >>> curve.raw.x, curve.validation.x, curve.validation.y
    (array([0, 1], dtype=int32), array([1], dtype=int32), array([2.5]))
    """

    def __init__(self, steps_per_epoch: int, is_smoothed: bool = True) -> None:
        self.steps_per_epoch = max(1, steps_per_epoch)
        self.raw, self.smoothed = Trace(_BY_STEP), Trace(_BY_STEP, _MOST_SMOOTHED)
        self.ends, self.validation = Trace(), Trace()
        self._is_smoothed, self._factor = is_smoothed, 1.0
        self._smoothing = Smoothing(self.span)

    @property
    def span(self) -> float:
        """The steps over which the smoothed curve forgets a value."""
        share = min(max(SMOOTHED_SHARE * self.steps_per_epoch, LEAST_SMOOTHED), MOST_SMOOTHED)
        return self._factor * share if self._is_smoothed else 0.0

    def smooth(self, factor: float) -> None:
        """Smooth over so many times the usual number of steps from now on; 0: not at all."""
        if factor != self._factor:
            self._factor = factor
            self._smooth_again()

    def extend(self, steps: Array, values: Array) -> None:
        """Append the values of `steps`, counted over all epochs."""
        self.raw.extend(steps, values)
        self._extend_smoothed(steps, values)

    def _extend_smoothed(self, steps: Array, values: Array) -> None:
        kept = steps % max(1, int(self.span / KEPT_OF_SPAN)) == 0
        self.smoothed.extend(steps[kept], self._smoothing(values)[kept])

    def end_epoch(self, epoch: int, train: float | None, validation: float | None) -> None:
        """Enter the values of the epoch that is over, counted from 0."""
        for trace, value in ((self.ends, train), (self.validation, validation)):
            if value is not None:
                trace.extend(np.array([epoch + 1.0]), np.array([value]))

    def go_back(self, step: int, epoch: int) -> None:
        """Forget the steps and the epochs from these on.

        Examples
        --------
        >>> curve = Curve(steps_per_epoch=2)
        >>> curve.extend(np.arange(4), np.arange(4.0))
        >>> curve.end_epoch(0, 0.5, None); curve.end_epoch(1, 2.5, None)
        >>> curve.go_back(3, 1)
        >>> curve.raw.y, curve.ends.y
        (array([0., 1., 2.], dtype=float32), array([0.5]))
        """
        self.raw.cut(int(self.raw.steps.search(np.array(step))))
        for trace in (self.ends, self.validation):
            trace.cut(int(np.searchsorted(trace.x, epoch, side="right")))
        self._smooth_again()

    def _smooth_again(self) -> None:
        self._smoothing, self.smoothed = Smoothing(self.span), Trace(_BY_STEP, _MOST_SMOOTHED)
        self._extend_smoothed(self.raw.x, self.raw.y)

    def epochs_of(self, steps: Array) -> Array:
        """Return where steps lie on an axis of epochs: the end of the last step of the first epoch is at 1."""
        return (steps + 1) / self.steps_per_epoch

    def steps_of(self, epochs: Array) -> Array:
        """Return the steps that lie there on an axis of epochs."""
        return epochs * self.steps_per_epoch - 1

    def best(self, least: bool) -> tuple[int, float] | None:
        """Return the best epoch and its value, that of the validation data where there is some."""
        trace = self.validation if len(self.validation) else self.ends
        values = np.where(np.isfinite(trace.y), trace.y if least else -trace.y, np.inf)
        if not len(values) or np.isinf(values[place := int(np.argmin(values))]):
            return None
        return int(trace.x[place]), float(trace.y[place])

    def at(self, epoch: float) -> tuple[float, float, float | None] | None:
        """Return the epoch of the next step, its smoothed value, and that of the last validation before it."""
        if not len(self.smoothed):
            return None
        place = min(int(self.raw.steps.search(self.steps_of(np.array(epoch)))), len(self.raw) - 1)
        step = self.raw.steps[place]
        here = float(self.epochs_of(step))
        passed = int(np.searchsorted(self.validation.x, here, side="right"))
        smoothed = float(np.interp(step, self.smoothed.x, self.smoothed.y))
        return here, smoothed, float(self.validation.y[passed - 1]) if passed else None


class Curves:
    """The curves of a training: the loss and each metric, and what else is measured.

    Parameters
    ----------
    names
        What they are called in the logs.
    epochs, steps_per_epoch
        How long the training is.
    sampled
        What is measured now and then, and whether it is smoothed.
    """

    def __init__(
        self, names: Iterable[str], epochs: int, steps_per_epoch: int, sampled: Mapping[str, bool] | None = None
    ) -> None:
        self.epochs = epochs
        self.by_name = {name: Curve(steps_per_epoch) for name in names}
        for name, is_smoothed in (sampled or {}).items():
            self.by_name[name] = Curve(steps_per_epoch, is_smoothed)

    @property
    def epochs_done(self) -> int:
        """How many epochs were begun."""
        last = max((float(c.epochs_of(c.raw.steps[-1])) for c in self.by_name.values() if len(c.raw)), default=0.0)
        return math.ceil(last)

    def extend(self, steps: Array, series: Mapping[str, Array]) -> None:
        """Append the values of some steps; of what has no curve, nothing is kept."""
        for name, values in series.items():
            if name in self.by_name:
                self.by_name[name].extend(steps, values)

    def end_epoch(self, epoch: int, logs: Mapping[str, float]) -> None:
        """Enter the logs of the epoch that is over."""
        for name, curve in self.by_name.items():
            curve.end_epoch(epoch, logs.get(name), logs.get(f"val_{name}"))
