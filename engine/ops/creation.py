"""Ops without operands: what graphs begin with, and tensors made from nothing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.core.dtype import BY_NUMPY, Array, DType
from engine.core.errors import InvalidArgumentError
from engine.core.op import Op, sample
from engine.core.param import Param
from engine.core.shape import TensorShape
from engine.core.spec import TensorSpec
from engine.ops.declare import Family, dtype_param, open_shape

ops = Family("create")


def _refuse(**_attrs: Any) -> Array:
    raise InvalidArgumentError("A placeholder has no value of its own.", hint="Feed one.", op="placeholder")


placeholder: Op = ops.op(
    "placeholder",
    "An input of a graph.",
    inputs=(),
    infer=lambda spec: spec,
    reference=_refuse,
    params={"spec": Param("any", help="Shape and dtype.")},
    internal=True,
)

constant: Op = ops.op(
    "constant",
    "A tensor with given values.",
    inputs=(),
    infer=lambda value: TensorSpec(value.shape, BY_NUMPY[value.dtype]),
    reference=lambda value: value,
    params={"value": Param("any", help="The values.")},
    internal=True,
    samples=(sample(value=np.arange(3)),),
)

fill: Op = ops.op(
    "fill",
    "A tensor that holds one value everywhere.",
    inputs=(),
    infer=lambda dims, value, dtype: TensorSpec(TensorShape(dims), dtype or BY_NUMPY[_scalar(value).dtype]),
    reference=lambda dims, value, dtype: np.full(dims, _scalar(value), dtype and dtype.as_numpy_dtype),
    opens=lambda dims, value, dtype: open_shape(dims, dtype or BY_NUMPY[_scalar(value).dtype]),
    params={
        "dims": Param("ints", help="Sizes of the result.", min=0),
        "value": Param("value", help="The value."),
        "dtype": dtype_param(None, help="Element type; none takes that of the value."),
    },
    samples=(sample(dims=(2, 3), value=7), sample(dims=(), value=0.5), sample(dims=(2,), value=1, dtype="float64")),
    refused=(sample(dims=(2,), value=[1, 2]),),
    example=">>> tf.fill([2], 7).numpy()\narray([7, 7], dtype=int32)",
)


def _scalar(value: Any) -> Array:
    array = np.asarray(value)
    if array.ndim:
        raise InvalidArgumentError("A value has shape {shape}.", hint="It must be a scalar.", shape=array.shape)
    if not isinstance(value, np.generic | np.ndarray):
        array = array.astype({"i": np.int32, "f": np.float32}.get(array.dtype.kind, array.dtype))
    return array


def _range_bounds(
    start: float, limit: float | None, delta: float, dtype: DType | None
) -> tuple[float, float, float, DType]:
    """Return start, limit, step and dtype, all known.

    Raises
    ------
    InvalidArgumentError
        If the step does not lead towards the limit.
    """
    if limit is None:
        start, limit = 0, start
    widest = max((_scalar(v).dtype for v in (start, limit, delta)), key=lambda kind: (kind.kind == "f", kind.itemsize))
    if delta == 0 or (limit - start) * delta < 0:
        raise InvalidArgumentError(
            "There is no way from {start} to {limit} in steps of {delta}.",
            hint="The step must lead towards the limit.",
            start=start,
            limit=limit,
            delta=delta,
        )
    return start, limit, delta, dtype or BY_NUMPY[widest]


def _range(start: float, limit: float | None, delta: float, dtype: DType | None) -> Array:
    start, limit, delta, dtype = _range_bounds(start, limit, delta, dtype)
    return np.arange(start, limit, delta).astype(dtype.as_numpy_dtype)


def _range_infer(start: float, limit: float | None, delta: float, dtype: DType | None) -> TensorSpec:
    start, limit, delta, dtype = _range_bounds(start, limit, delta, dtype)
    # NumPy's own count, without making the numbers
    return TensorSpec((max(0, math.ceil((limit - start) / delta)),), dtype)


def _range_opens(start: Any, limit: Any, delta: Any, dtype: DType | None) -> TensorSpec:
    given = [
        v.dtype if isinstance(v, TensorSpec) else BY_NUMPY[_scalar(v).dtype]
        for v in (start, limit, delta)
        if v is not None
    ]
    widest = max(given, key=lambda kind: (kind.is_floating, kind.size))
    return TensorSpec((None,), dtype or widest)


range: Op = ops.op(
    "range",
    "Numbers from a start to below a limit, in equal steps.",
    inputs=(),
    infer=_range_infer,
    reference=_range,
    opens=_range_opens,
    params={
        "start": Param("value", help="First number; the limit, if no limit is given (then it starts at 0)."),
        "limit": Param("value", None, "Where it ends: the first number that is left out.", optional=True),
        "delta": Param("value", 1, "The step."),
        "dtype": dtype_param(
            None, help="Element type; none takes the widest of the numbers, int32 or float32 for Python's."
        ),
    },
    keywords=("arange", "count"),
    samples=(sample(start=5), sample(start=1, limit=2, delta=0.25), sample(start=3, limit=0, delta=-1, dtype="int64")),
    refused=(sample(start=3, limit=0), sample(start=1, limit=2, delta=0), sample(start=[1, 2])),
    example=">>> tf.range(1, 7, 2).numpy()\narray([1, 3, 5], dtype=int32)",
)

eye: Op = ops.op(
    "eye",
    "A matrix with ones on its diagonal and zeros elsewhere.",
    inputs=(),
    infer=lambda num_rows, num_columns, dtype: TensorSpec(
        (num_rows, num_rows if num_columns is None else num_columns), dtype
    ),
    reference=lambda num_rows, num_columns, dtype: np.eye(num_rows, num_columns, dtype=dtype.as_numpy_dtype),
    params={
        "num_rows": Param("int", help="Number of rows.", min=0),
        "num_columns": Param("int", None, "Number of columns; none stands for as many as rows.", min=0, optional=True),
        "dtype": dtype_param("float32"),
    },
    keywords=("identity",),
    samples=(sample(num_rows=3), sample(num_rows=2, num_columns=3, dtype="int32")),
    example=">>> tf.eye(2).numpy()\narray([[1., 0.],\n       [0., 1.]], dtype=float32)",
)

linspace: Op = ops.op(
    "linspace",
    "Numbers evenly spaced from a start to a stop, both included.",
    inputs=(),
    infer=lambda start, stop, num, dtype: TensorSpec((num,), dtype),
    reference=lambda start, stop, num, dtype: np.linspace(start, stop, num, dtype=dtype.as_numpy_dtype),
    params={
        "start": Param("float", help="First number."),
        "stop": Param("float", help="Last number."),
        "num": Param("int", help="How many numbers.", min=1),
        "dtype": dtype_param("float32", ("float32", "float64")),
    },
    samples=(sample(start=0.0, stop=1.0, num=5), sample(start=0.0, stop=1.0, num=1, dtype="float64")),
    example=">>> tf.linspace(0.0, 1.0, 3).numpy()\narray([0. , 0.5, 1. ], dtype=float32)",
)
