"""Running sums and products along an axis."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.core.op import OPS, Kernel, Op, sample
from engine.core.param import Param
from engine.core.spec import TensorSpec
from engine.ops import scalar as s
from engine.ops.declare import Family, axes_of
from engine.ops.elementwise import exp, log
from engine.ops.loops import Arrays, around
from engine.ops.special import divide_no_nan
from engine.ops.work import FLOPS, each_input

ops = Family("reduce")

_PARAMS: Mapping[str, Param] = {
    "axis": Param("int", 0, "Axis along which it runs; negative ones count from the end."),
    "exclusive": Param("bool", False, "Leave the element itself out of what is accumulated up to it."),
    "reverse": Param("bool", False, "Run from the last element to the first."),
}


def _infer(x: TensorSpec, axis: int, exclusive: bool, reverse: bool) -> TensorSpec:
    axes_of(axis, x.shape.rank)
    return x


def _accumulated(
    x: Array, accumulate: Callable[..., Array], start: Callable[[Any], float], attrs: Mapping[str, Any]
) -> Array:
    """Return the running totals of `x`; `start` tells that of no element at all."""
    axis = attrs["axis"] % x.ndim
    run = np.flip(x, axis) if attrs["reverse"] else x
    totals = accumulate(run, axis=axis, dtype=x.dtype)
    if attrs["exclusive"]:
        totals = np.roll(totals, 1, axis)
        totals[(*[np.s_[:]] * axis, np.s_[:1])] = start(x.dtype)
    return np.array(np.flip(totals, axis) if attrs["reverse"] else totals, order="C")


def _sum_loop(exclusive: int, reverse: int, x: Array, y: Array) -> None:
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            at = x.shape[1] - 1 - j if reverse else j
            before = at + 1 if reverse else at - 1
            for k in range(x.shape[2]):
                if exclusive:
                    y[i, at, k] = y[i, before, k] + x[i, before, k] if j else 0
                else:
                    y[i, at, k] = y[i, before, k] + x[i, at, k] if j else x[i, at, k]


def _product_loop(exclusive: int, reverse: int, x: Array, y: Array) -> None:
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            at = x.shape[1] - 1 - j if reverse else j
            before = at + 1 if reverse else at - 1
            for k in range(x.shape[2]):
                if exclusive:
                    y[i, at, k] = y[i, before, k] * x[i, before, k] if j else 1
                else:
                    y[i, at, k] = y[i, before, k] * x[i, at, k] if j else x[i, at, k]


def _log_sum_loop(exclusive: int, reverse: int, least: float, x: Array, y: Array) -> None:
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            at = x.shape[1] - 1 - j if reverse else j
            before = at + 1 if reverse else at - 1
            for k in range(x.shape[2]):
                if j == 0:
                    y[i, at, k] = least if exclusive else x[i, at, k]
                    continue
                total, term = y[i, before, k], x[i, before if exclusive else at, k]
                top = s.maximum(total, term)
                low = s.minimum(total, term)
                y[i, at, k] = top + s.log1p(s.exp(low - top)) if low < top else top + 0.6931471805599453  # log 2


def _arrange(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    x, y = (around(a, attrs["axis"]) for a in (inputs[0], outputs[0]))
    return int(attrs["exclusive"]), int(attrs["reverse"]), x, y


def _arrange_log(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    exclusive, reverse, x, y = _arrange(inputs, outputs, attrs)
    return exclusive, reverse, float(np.finfo(x.dtype).min), x, y


def _scan(
    name: str,
    summary: str,
    *,
    loop: Callable[..., None],
    arrange: Callable[..., Sequence[Any]] = _arrange,
    accumulate: Callable[..., Array],
    start: Callable[[Any], float],
    flops: int = 1,
    domain: str = "reals",
    **fields: Any,
) -> Op:
    return ops.op(
        name,
        summary,
        inputs="x",
        infer=_infer,
        reference=lambda x, **attrs: _accumulated(x, accumulate, start, attrs),
        kernel=Kernel(loop, arrange),
        arithmetic=each_input(flops),
        params=_PARAMS,
        samples=fields.pop(
            "samples",
            (
                sample(((5,), domain)),
                sample(((2, 3, 2), domain), axis=1, exclusive=True),
                sample(((2, 3), domain), axis=-1, exclusive=True, reverse=True),
            ),
        ),
        refused=(sample(((2, 3), domain), axis=2), sample(((), domain))),
        **fields,
    )


cumsum: Op = _scan(
    "cumsum",
    "Running sum along an axis.",
    loop=_sum_loop,
    accumulate=np.cumsum,
    start=lambda dtype: 0,
    gradient=lambda g, y, x, axis, exclusive, reverse: (cumsum(g, axis, exclusive, not reverse),),
    keywords=("cumulative sum", "integral"),
    example=">>> tf.cumsum([1, 2, 3]).numpy()\narray([1, 3, 6], dtype=int32)",
)

cumprod: Op = _scan(
    "cumprod",
    "Running product along an axis.",
    loop=_product_loop,
    accumulate=np.cumprod,
    start=lambda dtype: 1,
    domain="nonzero",
    gradient=lambda g, y, x, axis, exclusive, reverse: (divide_no_nan(cumsum(y * g, axis, exclusive, not reverse), x),),
    notes="Where an element is zero its gradient is taken to be zero.",
    keywords=("cumulative product",),
    example=">>> tf.math.cumprod([1, 2, 3]).numpy()\narray([1, 2, 6], dtype=int32)",
)


def _log_sum_gradient(g: Any, y: Any, x: Any, axis: int, exclusive: bool, reverse: bool) -> tuple[Any]:
    # d yⱼ/d xᵢ = exp(xᵢ - yⱼ): summed in logarithms, since exp(-yⱼ) alone may overflow; each sign of g by itself
    where, least = OPS["where"], OPS["zeros_like"](g) - float("inf")

    def part(share: Any) -> Any:
        logs = where(OPS["greater"](share, 0.0), log(where(OPS["greater"](share, 0.0), share, 1.0)) - y, least)
        return exp(cumulative_logsumexp(logs, axis, exclusive, not reverse) + x)

    return (part(g) - part(-g),)


cumulative_logsumexp: Op = _scan(
    "cumulative_logsumexp",
    "Running logarithm of the sum of exponentials along an axis.",
    loop=_log_sum_loop,
    arrange=_arrange_log,
    flops=4 + FLOPS["exp"] + FLOPS["log1p"],
    accumulate=lambda x, axis, dtype: np.logaddexp.accumulate(x, axis=axis, dtype=dtype),
    start=lambda dtype: float(np.finfo(dtype).min),  # as in TensorFlow: minus infinity would make NaN of differences
    samples=(sample(((5,), "reals")), sample(((2, 3, 2), "reals"), axis=1, reverse=True)),
    dtype="floating",
    gradient=_log_sum_gradient,
    example=">>> tf.math.cumulative_logsumexp([0.0, 0.0]).numpy().round(4)\narray([0.    , 0.6931], dtype=float32)",
)
