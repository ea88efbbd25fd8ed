"""Activation functions, element by element."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.core.op import OPS, Op
from engine.core.param import Param
from engine.ops import scalar as s
from engine.ops.declare import Family
from engine.ops.elementwise import erf, exp, square

ops = Family("activation")

_SQRT_HALF = math.sqrt(0.5)
_SQRT_2_OVER_PI = math.sqrt(2 / math.pi)
_SELU_SCALE, _SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
_CUBIC = 0.044715  # Hendrycks and Gimpel, arXiv:1606.08415


relu: Op = ops.elementwise(
    "relu",
    "Rectified linear unit: max(x, 0).",
    inputs="features",
    dtype="real",
    scalar=lambda x: s.maximum(x, 0),
    gradient=lambda g, y, x: (OPS["where"](OPS["greater"](y, 0), g, OPS["zeros_like"](g)),),
    reference=lambda x: np.maximum(x, x.dtype.type(0)),
    domain="off_zero",
    keywords=("rectifier", "ramp"),
    example=">>> tf.nn.relu([-1.0, 2.0]).numpy()\narray([0., 2.], dtype=float32)",
)

leaky_relu: Op = ops.elementwise(
    "leaky_relu",
    "Rectified linear unit that lets a share `alpha` of the negative side through.",
    inputs="features",
    dtype="floating",
    params={"alpha": Param("float", 0.2, "Slope of the negative side.", min=0)},
    scalar=lambda x, alpha: s.where(x > 0, x, x * alpha),
    gradient=lambda g, y, x, alpha: (OPS["where"](OPS["greater"](x, 0.0), g, g * alpha),),
    reference=lambda x, alpha: np.where(x > 0, x, x * x.dtype.type(alpha)),
    domain="off_zero",
    example=">>> tf.nn.leaky_relu([-1.0, 2.0]).numpy()\narray([-0.2,  2. ], dtype=float32)",
)

elu: Op = ops.elementwise(
    "elu",
    "Exponential linear unit: x where it is positive, eˣ - 1 elsewhere.",
    inputs="features",
    dtype="floating",
    scalar=lambda x: s.where(x > 0, x, s.expm1(s.minimum(x, 0))),
    gradient=lambda g, y, x: (OPS["where"](OPS["greater"](x, 0.0), g, g * (y + 1.0)),),
    reference=lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    domain="off_zero",
    example=">>> tf.nn.elu([0.0, 2.0]).numpy()\narray([0., 2.], dtype=float32)",
)

sigmoid: Op = ops.elementwise(
    "sigmoid",
    "Logistic function, 1/(1 + e⁻ˣ).",
    dtype="floating",
    scalar=lambda x: s.sigmoid(x),
    gradient=lambda g, y, x: (g * y * (1.0 - y),),
    reference=lambda x: _sigmoid(x),
    keywords=("logistic", "expit"),
    example=">>> tf.nn.sigmoid([0.0]).numpy()\narray([0.5], dtype=float32)",
)

tanh: Op = ops.elementwise(
    "tanh",
    "Hyperbolic tangent.",
    dtype="floating",
    scalar=lambda x: s.tanh(x),
    gradient=lambda g, y, x: (g * (1.0 - y * y),),
    reference=np.tanh,
    example=">>> tf.tanh([0.0]).numpy()\narray([0.], dtype=float32)",
)

softplus: Op = ops.elementwise(
    "softplus",
    "Smooth rectifier, log(1 + eˣ).",
    inputs="features",
    dtype="floating",
    # log(1 + e^x) = max(x, 0) + log(1 + e^-|x|), which cannot overflow
    scalar=lambda x: s.maximum(x, 0) + s.log1p(s.exp(-s.absolute(x))),
    gradient=lambda g, y, x: (g * sigmoid(x),),
    reference=lambda x: np.logaddexp(x, x.dtype.type(0)),
    example=">>> tf.nn.softplus([0.0]).numpy()\narray([0.6931472], dtype=float32)",
)

silu: Op = ops.elementwise(
    "silu",
    "Sigmoid-weighted linear unit (swish), x·sigmoid(x).",
    inputs="features",
    dtype="floating",
    scalar=lambda x: x * s.sigmoid(x),
    gradient=lambda g, y, x: (g * (sigmoid(x) + y * (1.0 - sigmoid(x))),),
    reference=lambda x: x * _sigmoid(x),
    keywords=("swish",),
    example=">>> tf.nn.silu([0.0]).numpy()\narray([0.], dtype=float32)",
)

gelu: Op = ops.elementwise(
    "gelu",
    "Gaussian error linear unit, x·Φ(x).",
    inputs="features",
    dtype="floating",
    params={"approximate": Param("bool", False, "Use the approximation with tanh.")},
    scalar=lambda x, approximate: (
        x * 0.5 * (1 + s.tanh(_SQRT_2_OVER_PI * (x + _CUBIC * (x * x * x))))
        if approximate
        else x * 0.5 * (1 + s.erf(x * _SQRT_HALF))
    ),
    gradient=lambda g, y, x, approximate: (g * (_tanh_slope(x) if approximate else _erf_slope(x)),),
    reference=lambda x, approximate: _gelu(x, approximate),
    notes="Source of both forms: Hendrycks and Gimpel, arXiv:1606.08415.",
    example=">>> tf.nn.gelu([0.0, 1.0]).numpy()\narray([0.       , 0.8413447], dtype=float32)",
)

relu6: Op = ops.elementwise(
    "relu6",
    "Rectified linear unit that stops at 6: min(max(x, 0), 6).",
    inputs="features",
    dtype="real",
    scalar=lambda x: s.minimum(s.maximum(x, 0), 6),
    gradient=lambda g, y, x: (
        OPS["where"](OPS["logical_and"](OPS["greater"](y, 0), OPS["less"](y, 6)), g, OPS["zeros_like"](g)),
    ),
    reference=lambda x: np.minimum(np.maximum(x, x.dtype.type(0)), x.dtype.type(6)),
    domain="off_zero",
    example=">>> tf.nn.relu6([-1.0, 2.0, 7.0]).numpy()\narray([0., 2., 6.], dtype=float32)",
)

hard_sigmoid: Op = ops.elementwise(
    "hard_sigmoid",
    "Sigmoid of straight lines: x/6 + 1/2, cut off at 0 and 1.",
    inputs="features",
    dtype="floating",
    scalar=lambda x: s.minimum(s.maximum(x * (1 / 6) + 0.5, 0), 1),
    gradient=lambda g, y, x: (OPS["where"](OPS["less"](OPS["abs"](x), 3.0), g * (1 / 6), OPS["zeros_like"](g)),),
    reference=lambda x: np.minimum(np.maximum(x * x.dtype.type(1 / 6) + x.dtype.type(0.5), 0), 1),
    domain="off_zero",
    example=">>> tf.keras.activations.hard_sigmoid([-4.0, 0.0, 4.0]).numpy()\narray([0. , 0.5, 1. ], dtype=float32)",
)

selu: Op = ops.elementwise(
    "selu",
    "Scaled exponential linear unit, which keeps mean 0 and variance 1 from layer to layer.",
    inputs="features",
    dtype="floating",
    scalar=lambda x: s.where(x > 0, x * _SELU_SCALE, s.expm1(s.minimum(x, 0)) * (_SELU_SCALE * _SELU_ALPHA)),
    gradient=lambda g, y, x: (
        OPS["where"](OPS["greater"](x, 0.0), g * _SELU_SCALE, g * (y + _SELU_SCALE * _SELU_ALPHA)),
    ),
    reference=lambda x: np.asarray(
        np.where(x > 0, x * _SELU_SCALE, np.expm1(np.minimum(x, 0)) * (_SELU_SCALE * _SELU_ALPHA)), x.dtype
    ),
    domain="off_zero",
    notes="scale·x where x is positive, scale·alpha·(eˣ - 1) elsewhere. Source: arXiv:1706.02515.",
    example=">>> tf.nn.selu([0.0, 1.0]).numpy()\narray([0.      , 1.050701], dtype=float32)",
)

softsign: Op = ops.elementwise(
    "softsign",
    "Smooth sign: x/(|x| + 1).",
    inputs="features",
    dtype="floating",
    scalar=lambda x: x / (s.absolute(x) + 1),
    gradient=lambda g, y, x: (g / square(OPS["abs"](x) + 1.0),),
    reference=lambda x: x / (np.abs(x) + 1),
    domain="off_zero",
    example=">>> tf.nn.softsign([1.0, -3.0]).numpy()\narray([ 0.5 , -0.75], dtype=float32)",
)


def _erf_slope(x: Any) -> Any:
    # Φ(x) + x φ(x)
    density = exp(square(x) * -0.5) * (1 / math.sqrt(2 * math.pi))
    return (erf(x * _SQRT_HALF) + 1.0) * 0.5 + x * density


def _tanh_slope(x: Any) -> Any:
    t = tanh((x + square(x) * x * _CUBIC) * _SQRT_2_OVER_PI)
    inner = (square(x) * (3 * _CUBIC) + 1.0) * _SQRT_2_OVER_PI
    return (t + 1.0) * 0.5 + x * 0.5 * (1.0 - t * t) * inner


def _sigmoid(x: Array) -> Array:
    # the exponential of a negative number cannot overflow
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small)).astype(x.dtype)


def _gelu(x: Array, approximate: bool) -> Array:
    if approximate:
        return np.asarray(0.5 * x * (1 + np.tanh(_SQRT_2_OVER_PI * (x + _CUBIC * x**3))), x.dtype)
    return np.asarray(0.5 * x * (1 + OPS["erf"].reference(x * x.dtype.type(_SQRT_HALF))), x.dtype)
