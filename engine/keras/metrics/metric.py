"""The base of all metrics."""

from __future__ import annotations

from typing import Any

from engine.core.op import OPS
from engine.keras.declared import Declared, snake_case
from engine.keras.losses.loss import of_one_rank
from engine.runtime.eager import convert_to_tensor
from engine.runtime.variable import Variable


class Metric(Declared):
    """A number that is watched over the batches of an epoch: here the mean of one value for each example.

    A subclass computes those values in `values`. One that is no mean overrides `update_state`, `result` and
    `reset_state`, and keeps its state in variables.

    Examples
    --------
    >>> mean = Mean()
    >>> _ = mean.update_state([1.0, 3.0]), mean.update_state([8.0])
    >>> float(mean.result())
    4.0
    """

    def __init__(self, *args: Any, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name or snake_case(type(self).__name__)
        self.total = Variable(0.0, trainable=False, name=f"{self.name}/total")
        self.count = Variable(0.0, trainable=False, name=f"{self.name}/count")

    def values(self, y_true: Any, y_pred: Any) -> Any:
        """Return a value for each example."""
        raise TypeError(f"{type(self).__name__} does not say what it measures: define values(y_true, y_pred).")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Take a batch into account, and return the batch's own mean."""
        return self._add(self.values(convert_to_tensor(y_true), convert_to_tensor(y_pred)), sample_weight)

    def _add(self, values: Any, sample_weight: Any = None) -> Any:
        values = OPS["cast"](values, dtype="float32")
        if sample_weight is None:
            values = _first_axes(values, 1)
            count = OPS["cast"](OPS["size"](values), dtype="float32")
        else:
            values, weights = of_one_rank(values, OPS["cast"](sample_weight, dtype="float32"))
            values = _first_axes(values, weights.shape.rank)
            weights = OPS["broadcast_like"].apply(weights, values)
            values = _first_axes(values * weights, 1)
            count = OPS["reduce_sum"].apply(_first_axes(weights, 1), axis=None, keepdims=False)
        total = OPS["reduce_sum"].apply(values, axis=None, keepdims=False)
        self.total.assign_add(total)
        self.count.assign_add(count)
        return total / count

    def result(self) -> Any:
        """Return the mean over all batches since the last reset: 0 before the first."""
        count = self.count.read_value()
        return self.total / OPS["maximum"](count, 1e-7)

    def reset_state(self) -> None:
        """Forget all batches."""
        self.total.assign(0.0)
        self.count.assign(0.0)

    @property
    def variables(self) -> list[Variable]:
        """Its state."""
        return [self.total, self.count]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.update_state(*args, **kwargs)
        return self.result()


def _first_axes(values: Any, count: int) -> Any:
    """Return the means over all axes but the first `count`."""
    others = tuple(range(count, values.shape.rank))
    return OPS["reduce_mean"].apply(values, axis=others, keepdims=False) if others else values


class Mean(Metric):
    """Mean of the numbers it is given."""

    def update_state(self, values: Any, sample_weight: Any = None) -> Any:  # type: ignore[override]
        """Take numbers into account."""
        return self._add(convert_to_tensor(values), sample_weight)
