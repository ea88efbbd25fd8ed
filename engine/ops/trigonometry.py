"""Trigonometric and hyperbolic functions and their inverses, element by element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.core.op import Op
from engine.ops import scalar as s
from engine.ops.declare import Family
from engine.ops.elementwise import rsqrt, square

ops = Family("math")


def _function(
    name: str, summary: str, scalar: Any, reference: Any, slope: Callable[[Any, Any], Any], example: str, **fields: Any
) -> Op:
    """Declare a function of one float; ``slope(x, y)`` is its derivative by what goes in and what came out."""
    return ops.elementwise(
        name,
        summary,
        scalar=scalar,
        gradient=lambda g, y, x: (g * slope(x, y),),
        reference=reference,
        dtype="floating",
        example=example,
        **fields,
    )


tan: Op = _function(
    "tan",
    "Element-wise tangent of an angle in radians.",
    s.tan,
    np.tan,
    lambda x, y: square(y) + 1.0,
    ">>> tf.tan([0.0]).numpy()\narray([0.], dtype=float32)",
    domain="inner",
)

asin: Op = _function(
    "asin",
    "Element-wise angle in radians whose sine is x.",
    s.asin,
    np.arcsin,
    lambda x, y: rsqrt(1.0 - square(x)),
    ">>> tf.asin([0.0, 1.0]).numpy().round(4)\narray([0.    , 1.5708], dtype=float32)",
    domain="inner",
    keywords=("arcsin", "arc sine"),
)

acos: Op = _function(
    "acos",
    "Element-wise angle in radians whose cosine is x.",
    s.acos,
    np.arccos,
    lambda x, y: -rsqrt(1.0 - square(x)),
    ">>> tf.acos([1.0, 0.0]).numpy().round(4)\narray([0.    , 1.5708], dtype=float32)",
    domain="inner",
    keywords=("arccos", "arc cosine"),
)

atan: Op = _function(
    "atan",
    "Element-wise angle in radians whose tangent is x.",
    s.atan,
    np.arctan,
    lambda x, y: 1.0 / (square(x) + 1.0),
    ">>> tf.atan([0.0, 1.0]).numpy().round(4)\narray([0.    , 0.7854], dtype=float32)",
    keywords=("arctan", "arc tangent"),
)

atan2: Op = ops.elementwise(
    "atan2",
    "Element-wise angle in radians from the first axis to the point (x, y), between -π and π.",
    inputs="y x",
    scalar=s.atan2,
    gradient=lambda g, z, y, x: (g * x / (square(x) + square(y)), -g * y / (square(x) + square(y))),
    reference=np.arctan2,
    dtype="floating",
    domain="off_zero",
    keywords=("arctan2", "angle"),
    example=">>> tf.atan2([1.0, 0.0], [0.0, -1.0]).numpy().round(4)\narray([1.5708, 3.1416], dtype=float32)",
)

sinh: Op = _function(
    "sinh",
    "Element-wise hyperbolic sine.",
    s.sinh,
    np.sinh,
    lambda x, y: cosh(x),
    ">>> tf.sinh([0.0]).numpy()\narray([0.], dtype=float32)",
)

cosh: Op = _function(
    "cosh",
    "Element-wise hyperbolic cosine.",
    s.cosh,
    np.cosh,
    lambda x, y: sinh(x),
    ">>> tf.cosh([0.0]).numpy()\narray([1.], dtype=float32)",
)

asinh: Op = _function(
    "asinh",
    "Element-wise inverse of the hyperbolic sine.",
    s.asinh,
    np.arcsinh,
    lambda x, y: rsqrt(square(x) + 1.0),
    ">>> tf.asinh([0.0]).numpy()\narray([0.], dtype=float32)",
    keywords=("arcsinh",),
)

acosh: Op = _function(
    "acosh",
    "Element-wise inverse of the hyperbolic cosine.",
    s.acosh,
    np.arccosh,
    lambda x, y: rsqrt(square(x) - 1.0),
    ">>> tf.acosh([1.0]).numpy()\narray([0.], dtype=float32)",
    domain="outer",
    keywords=("arccosh",),
)

atanh: Op = _function(
    "atanh",
    "Element-wise inverse of the hyperbolic tangent.",
    s.atanh,
    np.arctanh,
    lambda x, y: 1.0 / (1.0 - square(x)),
    ">>> tf.atanh([0.0]).numpy()\narray([0.], dtype=float32)",
    domain="inner",
    keywords=("arctanh",),
)
