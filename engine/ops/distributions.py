"""Random numbers of other distributions, by inversion: each is a function of one even number."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.core.dtype import Array, DType, float64
from engine.core.errors import InvalidArgumentError
from engine.core.op import Op, Operand, sample
from engine.core.param import Param
from engine.core.shape import TensorShape
from engine.core.spec import TensorSpec
from engine.ops.declare import Family, dtype_param
from engine.ops.random import random_uniform

ops = Family("random")

_STATE = (Operand("state", "index", group=""),)
_SHAPE = Param("ints", help="How many numbers for each element of the parameters.", min=0)


def _sizes(shape: tuple[int, ...], *values: Any) -> tuple[int, ...]:
    """Return the shape of the result: `shape`, then that of the parameters, all of which must be positive."""
    for value in values:
        if not (np.asarray(value) > 0).all():
            raise InvalidArgumentError(
                "A parameter of the distribution is {value}.",
                hint="It must be above 0.",
                value=str(np.asarray(value).tolist()),
            )
    try:
        return (*shape, *np.broadcast_shapes(*(np.shape(v) for v in values)))
    except ValueError:
        raise InvalidArgumentError(
            "The parameters have shapes {shapes}, which do not broadcast.",
            shapes=", ".join(str(np.shape(v)) for v in values),
        ) from None


def _even(state: Array, sizes: tuple[int, ...]) -> Array:
    """Return numbers from (0, 1), of which the ends would be infinite."""
    drawn = random_uniform.reference(state, shape=sizes, minval=0.0, maxval=1.0, dtype=float64)
    return np.asarray(np.maximum(drawn, 2.0**-54))


def _gamma(state: Array, shape: tuple[int, ...], alpha: Any, beta: Any, dtype: DType) -> Array:
    from scipy.special import gammaincinv  # scipy takes 0.2 s to import

    drawn = gammaincinv(np.asarray(alpha, np.float64), _even(state, _sizes(shape, alpha, beta)))
    return np.asarray(drawn / np.asarray(beta, np.float64), dtype.as_numpy_dtype)


random_gamma: Op = ops.op(
    "random_gamma",
    "Numbers drawn from a gamma distribution.",
    inputs=_STATE,
    infer=lambda state, shape, alpha, beta, dtype: TensorSpec(TensorShape(_sizes(shape, alpha, beta)), dtype),
    reference=_gamma,
    params={
        "shape": _SHAPE,
        "alpha": Param("value", help="Shape of the distribution."),
        "beta": Param("value", 1.0, "Inverse scale of the distribution."),
        "dtype": dtype_param("float32", ("float16", "float32", "float64")),
    },
    internal=True,
    samples=(
        sample(((2,), "state"), shape=(3,), alpha=0.5),
        sample(((2,), "state"), shape=(2,), alpha=[0.5, 3.0], beta=2.0, dtype="float64"),
    ),
    refused=(
        sample(((2,), "state"), shape=(3,), alpha=0.0),
        sample(((2,), "state"), shape=(3,), alpha=[1.0, 1.0], beta=[1.0, 1.0, 1.0]),
    ),
    example=">>> tf.raw_ops.random_gamma([0, 0], shape=[2], alpha=1.0).numpy().shape\n(2,)",
)


def _poisson(state: Array, shape: tuple[int, ...], lam: Any, dtype: DType) -> Array:
    from scipy.special import pdtrik

    # the least whole number up to which the distribution sums to the even number
    drawn = np.ceil(pdtrik(_even(state, _sizes(shape, lam)), np.asarray(lam, np.float64)))
    return np.asarray(np.maximum(np.nan_to_num(drawn), 0), dtype.as_numpy_dtype)


random_poisson: Op = ops.op(
    "random_poisson",
    "Whole numbers drawn from a Poisson distribution.",
    inputs=_STATE,
    infer=lambda state, shape, lam, dtype: TensorSpec(TensorShape(_sizes(shape, lam)), dtype),
    reference=_poisson,
    params={
        "shape": _SHAPE,
        "lam": Param("value", help="Mean of the distribution."),
        "dtype": dtype_param("float32", ("float16", "float32", "float64", "int32", "int64")),
    },
    internal=True,
    samples=(
        sample(((2,), "state"), shape=(3,), lam=4.0),
        sample(((2,), "state"), shape=(2,), lam=[0.5, 3.0], dtype="int32"),
    ),
    refused=(sample(((2,), "state"), shape=(3,), lam=-1.0),),
    example=">>> tf.raw_ops.random_poisson([0, 0], shape=[2], lam=1.0).numpy().shape\n(2,)",
)
