"""The bases of all metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.core.dtype import as_dtype
from engine.core.op import OPS
from engine.keras import initializers
from engine.keras.declared import Declared, snake_case
from engine.keras.losses.loss import of_one_rank
from engine.runtime.eager import convert_to_tensor
from engine.runtime.variable import Variable

#: Dtype of sums over many batches. In float32, a sum of ones stays at 2²⁴ for ever.
SUM_DTYPE = "float64"


class Metric(Declared):
    """A number that is watched over the batches of an epoch.

    A subclass makes its state with `add_weight`, changes it in `update_state` and computes the number in `result`.

    Examples
    --------
    >>> import engine as tf
    >>> class Largest(Metric):
    ...     def __init__(self, name="largest", **kwargs):
    ...         super().__init__(name=name, **kwargs)
    ...         self.most = self.add_weight(name="most", initializer="zeros")
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self.most.assign(tf.maximum(self.most, tf.reduce_max(y_pred)))
    ...     def result(self):
    ...         return self.most
    >>> float(Largest()([0.0], [3.0]))
    3.0
    """

    def __init__(self, *args: Any, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        self._state: list[tuple[Variable, Any]] = []
        super().__init__(*args, **kwargs)
        self.name = name or self.default_name()
        self.dtype = as_dtype(dtype or "float32")

    def default_name(self) -> str:
        """Return the name of one that was given none."""
        return snake_case(type(self).__name__)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments by name."""
        return {"name": self.name, "dtype": self.dtype.name, **super().get_config()}

    def add_weight(
        self, shape: Sequence[int] = (), initializer: Any = "zeros", dtype: Any = None, name: str | None = None
    ) -> Variable:
        """Make a variable of the state, which begins anew at each reset."""
        first, kind, dims = initializers.get(initializer), as_dtype(dtype or self.dtype), tuple(shape)
        variable = Variable(lambda: first(dims, kind), False, f"{self.name}/{name or 'state'}", kind, dims)
        self._state.append((variable, first))
        return variable

    add_variable = add_weight

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Take a batch into account. It may return the batch's own value."""
        raise TypeError(f"{type(self).__name__} does not say what it measures: define update_state(y_true, y_pred).")

    def result(self) -> Any:
        """Return the number for all batches since the last reset."""
        raise TypeError(f"{type(self).__name__} does not say what it measures: define result().")

    def reset_state(self) -> None:
        """Forget all batches."""
        for variable, first in self._state:
            variable.assign(first(variable.shape, variable.dtype))

    @property
    def variables(self) -> list[Variable]:
        """Its state."""
        return [variable for variable, _ in self._state]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.update_state(*args, **kwargs)
        return self.result()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


class MeanMetric(Metric):
    """A metric that is the mean of one value for each example, which a subclass computes in `values`.

    Examples
    --------
    >>> mean = Mean()
    >>> _ = mean.update_state([1.0, 3.0]), mean.update_state([8.0])
    >>> float(mean.result())
    4.0
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.total = self.add_weight(dtype=SUM_DTYPE, name="total")
        self.count = self.add_weight(dtype=SUM_DTYPE, name="count")

    def values(self, y_true: Any, y_pred: Any) -> Any:
        """Return a value for each example."""
        raise TypeError(f"{type(self).__name__} does not say what it measures: define values(y_true, y_pred).")

    def finish(self, mean: Any) -> Any:
        """Return the result for a mean."""
        return mean

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Take a batch into account, and return the batch's own value."""
        return self.add(self.values(convert_to_tensor(y_true), convert_to_tensor(y_pred)), sample_weight)

    def add(self, values: Any, sample_weight: Any = None) -> Any:
        """Take values into account, and return what follows from them alone."""
        total, count = totals(values, sample_weight, self.dtype)
        self.total.assign_add(OPS["cast"](total, dtype=SUM_DTYPE))
        self.count.assign_add(OPS["cast"](count, dtype=SUM_DTYPE))
        return self.finish(total / count)

    def result(self) -> Any:
        """Return the mean over all batches since the last reset: 0 before the first."""
        mean = self.total.read_value() / OPS["maximum"](self.count, 1e-7)
        return self.finish(OPS["cast"](mean, dtype=self.dtype))


def totals(values: Any, sample_weight: Any, dtype: Any) -> tuple[Any, Any]:
    """Return the weighted sum of values, one for each example, and the sum of the weights."""
    values = OPS["cast"](values, dtype=dtype)
    if sample_weight is None:
        values = _first_axes(values, 1)
        count = OPS["cast"](OPS["size"](values), dtype=dtype)
    else:
        values, weights = of_one_rank(values, OPS["cast"](sample_weight, dtype=dtype))
        values = _first_axes(values, weights.shape.rank)
        weights = OPS["broadcast_like"].apply(weights, values)
        values = _first_axes(values * weights, 1)
        count = OPS["reduce_sum"].apply(_first_axes(weights, 1), axis=None, keepdims=False)
    return OPS["reduce_sum"].apply(values, axis=None, keepdims=False), count


def _first_axes(values: Any, count: int) -> Any:
    """Return the means over all axes but the first `count`."""
    others = tuple(range(count, values.shape.rank))
    return OPS["reduce_mean"].apply(values, axis=others, keepdims=False) if others else values


class Mean(MeanMetric):
    """Mean of the numbers it is given."""

    def update_state(self, values: Any, sample_weight: Any = None) -> Any:  # type: ignore[override]
        """Take numbers into account, and return their mean."""
        return self.add(convert_to_tensor(values), sample_weight)


class Sum(Metric):
    """Sum of the numbers it is given.

    Examples
    --------
    >>> total = Sum()
    >>> _ = total.update_state([1.0, 3.0]), total.update_state(8.0)
    >>> float(total.result())
    12.0
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.total = self.add_weight(dtype=SUM_DTYPE, name="total")

    def update_state(self, values: Any, sample_weight: Any = None) -> Any:  # type: ignore[override]
        """Take numbers into account, and return their sum."""
        values = OPS["cast"](values, dtype=self.dtype)
        if sample_weight is not None:
            values, weights = of_one_rank(values, OPS["cast"](sample_weight, dtype=self.dtype))
            values = values * weights
        own = OPS["reduce_sum"].apply(values, axis=None, keepdims=False)
        self.total.assign_add(OPS["cast"](own, dtype=SUM_DTYPE))
        return own

    def result(self) -> Any:
        """Return the sum since the last reset."""
        return OPS["cast"](self.total, dtype=self.dtype)


class FunctionMetric(MeanMetric):
    """Mean of what a function of truth and prediction returns for each example; named after the function.

    Examples
    --------
    >>> def error(y_true, y_pred):
    ...     return abs(y_true - y_pred)
    >>> metric = FunctionMetric(error)
    >>> metric.name, float(metric([1.0, 2.0], [0.0, 0.0]))
    ('error', 1.5)
    """

    def __init__(self, function: Any, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name=name or getattr(function, "__name__", None) or type(function).__name__, **kwargs)
        self._function = function

    def values(self, y_true: Any, y_pred: Any) -> Any:
        return self._function(y_true, y_pred)
