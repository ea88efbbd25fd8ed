"""The base of all losses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.core.param import param
from engine.keras.declared import Declared, snake_case
from engine.runtime.eager import convert_to_tensor

#: How the examples' values become one, as in Keras 3; "mean" is another name of "sum_over_batch_size".
REDUCTIONS = ("sum_over_batch_size", "sum", "none", "mean", "mean_with_sample_weight")


class Loss(Declared):
    """How far predictions are from the truth.

    A subclass computes one value for each example in `call`; calling the object reduces them to one number.

    Parameters
    ----------
    reduction
        "sum_over_batch_size" or "mean", "sum", "mean_with_sample_weight" (the sum divided by that of the weights), or
        "none" or None (a value for each example).
    """

    reduction: str | None = param("sum_over_batch_size", "How the examples' values become one.", choices=REDUCTIONS)

    def __init__(self, *args: Any, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name or snake_case(type(self).__name__)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return a value for each example."""
        raise TypeError(f"{type(self).__name__} does not say what it computes: define call(y_true, y_pred).")

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the loss.

        Raises
        ------
        InvalidArgumentError
            If truth and prediction do not belong together.
        """
        y_true, y_pred = convert_to_tensor(y_true), convert_to_tensor(y_pred)
        values = convert_to_tensor(self.call(*aligned(y_true, y_pred)))
        weights = None
        if sample_weight is not None:
            values, weights = of_one_rank(values, OPS["cast"](sample_weight, dtype=values.dtype))
            values = values * weights
        if self.reduction in ("none", None):
            return values
        if self.reduction == "sum" or (self.reduction == "mean_with_sample_weight" and weights is not None):
            total = OPS["reduce_sum"].apply(values, axis=None, keepdims=False)
            return total if self.reduction == "sum" or weights is None else total / _sum_like(weights, values)
        return OPS["reduce_mean"].apply(values, axis=None, keepdims=False)


def _sum_like(weights: Any, values: Any) -> Any:
    """Return the sum of the weights, each as often as it was used."""
    used = OPS["broadcast_like"].apply(weights, values)
    return OPS["reduce_sum"].apply(used, axis=None, keepdims=False)


def of_one_rank(values: Any, weights: Any) -> tuple[Any, Any]:
    """Give values and their weights one rank if one of them has an axis of size 1 more, as Keras does."""
    if weights.shape.rank == values.shape.rank + 1 and weights.shape[-1] == 1:
        return values, OPS["squeeze"].apply(weights, axis=-1)
    if values.shape.rank == weights.shape.rank + 1 and values.shape[-1] == 1 and weights.shape.rank:
        return values, OPS["expand_dims"].apply(weights, axis=-1)
    return values, weights


class FunctionLoss(Loss):
    """A loss made of a function of truth and prediction that returns a value for each example, or one for all.

    It is named after the function.

    Examples
    --------
    >>> loss = FunctionLoss(lambda y_true, y_pred: (y_true - y_pred) * (y_true - y_pred))
    >>> float(loss([1.0, 3.0], [0.0, 0.0]))
    5.0
    """

    def __init__(self, function: Callable[[Any, Any], Any], **kwargs: Any) -> None:
        super().__init__(name=kwargs.pop("name", getattr(function, "__name__", None)), **kwargs)
        self._function = function

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return self._function(y_true, y_pred)


def aligned(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Give (batch,) and (batch, 1) one rank, as Keras does: the shorter gets an axis of size 1."""
    if y_pred.shape.rank - y_true.shape.rank == 1 and y_pred.shape[-1] == 1:
        return OPS["expand_dims"].apply(y_true, axis=-1), y_pred
    if y_true.shape.rank - y_pred.shape.rank == 1 and y_true.shape[-1] == 1:
        return y_true, OPS["expand_dims"].apply(y_pred, axis=-1)
    return y_true, y_pred


def like_prediction(y_true: Any, y_pred: Any) -> Any:
    """Return the truth in the dtype of the prediction, if both have one shape.

    Raises
    ------
    InvalidArgumentError
        If the shapes differ, since broadcasting them would hide a mistake.
    """
    if not y_true.shape.is_compatible_with(y_pred.shape):
        raise InvalidArgumentError(
            "The truth has shape {true} and the prediction has shape {pred}.",
            hint="They must be equal; class numbers need a sparse loss, or one_hot.",
            true=y_true.shape,
            pred=y_pred.shape,
        )
    return OPS["cast"].apply(y_true, dtype=y_pred.dtype) if y_true.dtype is not y_pred.dtype else y_true


def per_example(values: Any) -> Any:
    """Return the mean over the last axis, where there is one."""
    return OPS["reduce_mean"].apply(values, axis=-1, keepdims=False) if values.shape.rank else values


def as_function(kind: type[Loss]) -> Callable[..., Any]:
    """Return a loss as a function of truth and prediction, which returns a value for each example.

    The parameters of the loss are its further arguments.

    Examples
    --------
    >>> from engine.keras.losses.regression import MeanSquaredError
    >>> mean_squared_error = as_function(MeanSquaredError)
    >>> mean_squared_error([[0.0, 2.0]], [[1.0, 2.0]]).numpy()
    array([0.5], dtype=float32)
    """

    def function(y_true: Any, y_pred: Any, *args: Any, **options: Any) -> Any:
        return kind(*args, **options, reduction="none")(y_true, y_pred)

    function.__name__ = function.__qualname__ = snake_case(kind.__name__)
    function.__doc__ = kind.__doc__
    return function
