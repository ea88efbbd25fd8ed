"""Arithmetic and elementary functions, element by element."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.core.dtype import BY_NUMPY, Array, DType, bool_, float32, float64
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS, Op, Operand, sample
from engine.ops import scalar as s
from engine.ops.declare import Family, dtype_param

ops = Family("math")


def _no_zero(reference: Any) -> Any:
    """Return `reference`, an integer division, so that it refuses a divisor of zero."""

    def checked(x: Array, y: Array) -> Array:
        if y.dtype.kind in "iu" and not y.all():
            raise InvalidArgumentError(
                "y holds a zero, and integers cannot be divided by it.", hint="Divide floats, or mask the zeros."
            )
        return np.asarray(reference(x, y))

    return checked


def _quotient(x: DType, y: DType) -> DType:
    return x if x.is_floating else float32 if x.size <= 2 else float64


add: Op = ops.elementwise(
    "add",
    "Element-wise sum.",
    inputs="x y",
    scalar=lambda x, y: x + y,
    gradient=lambda g, z, x, y: (g, g),
    reference=np.add,
    keywords=("plus", "+"),
    example=">>> tf.add([1.0, 2.0], 3.0).numpy()\narray([4., 5.], dtype=float32)",
)

subtract: Op = ops.elementwise(
    "subtract",
    "Element-wise difference.",
    inputs="x y",
    scalar=lambda x, y: x - y,
    gradient=lambda g, z, x, y: (g, -g),
    reference=np.subtract,
    keywords=("minus", "-"),
    example=">>> tf.subtract([1.0, 2.0], 3.0).numpy()\narray([-2., -1.], dtype=float32)",
)

multiply: Op = ops.elementwise(
    "multiply",
    "Element-wise product.",
    inputs="x y",
    scalar=lambda x, y: x * y,
    gradient=lambda g, z, x, y: (g * y, g * x),
    reference=np.multiply,
    keywords=("times", "product", "*"),
    example=">>> tf.multiply([1.0, 2.0], 3.0).numpy()\narray([3., 6.], dtype=float32)",
)

divide: Op = ops.elementwise(
    "divide",
    "Element-wise quotient; that of integers is float64, and float32 for those of 8 and 16 bits.",
    inputs="x y",
    scalar=lambda x, y: x / y,
    gradient=lambda g, z, x, y: (g / y, -g * z / y),
    reference=lambda x, y: np.divide(x, y, dtype=_quotient(*(BY_NUMPY[a.dtype] for a in (x, y))).as_numpy_dtype),
    result=_quotient,
    domain=("reals", "nonzero"),
    keywords=("quotient", "/"),
    example=">>> tf.divide([1, 2], 4).numpy()\narray([0.25, 0.5 ])",
)

floordiv: Op = ops.elementwise(
    "floordiv",
    "Element-wise quotient, rounded down.",
    inputs="x y",
    scalar=lambda x, y: s.floor(x / y),
    gradient=lambda g, z, x, y: (None, None),
    reference=_no_zero(lambda x, y: np.floor(x / y) if x.dtype.kind == "f" else np.floor_divide(x, y)),
    dtype="real",
    domain=("reals", "nonzero"),
    keywords=("//",),
    example=">>> tf.floordiv([7, -7], 2).numpy()\narray([ 3, -4], dtype=int32)",
)

mod: Op = ops.elementwise(
    "mod",
    "Element-wise remainder, with the sign of the divisor.",
    inputs="x y",
    scalar=lambda x, y: s.remainder(x, y),
    gradient=lambda g, z, x, y: (g, -g * floordiv(x, y)),
    reference=_no_zero(np.mod),
    dtype="real",
    domain=("reals", "nonzero"),
    keywords=("remainder", "%"),
    example=">>> tf.math.mod([7, -7], 3).numpy()\narray([1, 2], dtype=int32)",
)

negative: Op = ops.elementwise(
    "negative",
    "Element-wise opposite, -x.",
    scalar=lambda x: -x,
    gradient=lambda g, y, x: (-g,),
    reference=np.negative,
    dtype="signed",
    example=">>> tf.negative([1.0, -2.0]).numpy()\narray([-1.,  2.], dtype=float32)",
)

abs: Op = ops.elementwise(
    "abs",
    "Element-wise absolute value.",
    scalar=lambda x: s.absolute(x),
    gradient=lambda g, y, x: (g * sign(x),),
    reference=np.abs,
    domain="off_zero",
    keywords=("absolute", "modulus"),
    example=">>> tf.abs([1.0, -2.0]).numpy()\narray([1., 2.], dtype=float32)",
)

sign: Op = ops.elementwise(
    "sign",
    "Element-wise sign: -1, 0 or 1.",
    scalar=lambda x: s.where(x > 0, 1, s.where(x < 0, -1, x)),
    gradient=lambda g, y, x: (OPS["zeros_like"](g),),
    reference=np.sign,
    dtype="signed",
    domain="off_zero",
    example=">>> tf.sign([3.0, 0.0, -2.0]).numpy()\narray([ 1.,  0., -1.], dtype=float32)",
)

square: Op = ops.elementwise(
    "square",
    "Element-wise square, x².",
    scalar=lambda x: x * x,
    gradient=lambda g, y, x: (g * (x + x),),
    reference=np.square,
    example=">>> tf.square([1.0, -3.0]).numpy()\narray([1., 9.], dtype=float32)",
)

sqrt: Op = ops.elementwise(
    "sqrt",
    "Element-wise square root.",
    scalar=lambda x: s.sqrt(x),
    gradient=lambda g, y, x: (g / (y + y),),
    reference=np.sqrt,
    dtype="floating",
    domain="positive",
    keywords=("root",),
    example=">>> tf.sqrt([4.0, 9.0]).numpy()\narray([2., 3.], dtype=float32)",
)

rsqrt: Op = ops.elementwise(
    "rsqrt",
    "Element-wise reciprocal of the square root.",
    scalar=lambda x: 1 / s.sqrt(x),
    gradient=lambda g, y, x: (g * y * y * y * -0.5,),
    reference=lambda x: (1 / np.sqrt(x)).astype(x.dtype),
    dtype="floating",
    domain="positive",
    example=">>> tf.math.rsqrt([4.0]).numpy()\narray([0.5], dtype=float32)",
)

exp: Op = ops.elementwise(
    "exp",
    "Element-wise exponential, eˣ.",
    scalar=lambda x: s.exp(x),
    gradient=lambda g, y, x: (g * y,),
    reference=np.exp,
    dtype="floating",
    keywords=("exponential",),
    example=">>> tf.exp([0.0, 1.0]).numpy().round(4)\narray([1.    , 2.7183], dtype=float32)",
)

log: Op = ops.elementwise(
    "log",
    "Element-wise natural logarithm.",
    scalar=lambda x: s.log(x),
    gradient=lambda g, y, x: (g / x,),
    reference=np.log,
    dtype="floating",
    domain="positive",
    keywords=("logarithm", "ln"),
    example=">>> tf.math.log([1.0, 7.389056]).numpy().round(6)\narray([0., 2.], dtype=float32)",
)

log1p: Op = ops.elementwise(
    "log1p",
    "Element-wise log(1 + x), accurate near zero.",
    scalar=lambda x: s.log1p(x),
    gradient=lambda g, y, x: (g / (x + 1.0),),
    reference=np.log1p,
    dtype="floating",
    domain="positive",
    example=">>> tf.math.log1p([0.0]).numpy()\narray([0.], dtype=float32)",
)

expm1: Op = ops.elementwise(
    "expm1",
    "Element-wise eˣ - 1, accurate near zero.",
    scalar=lambda x: s.expm1(x),
    gradient=lambda g, y, x: (g * (y + 1.0),),
    reference=np.expm1,
    dtype="floating",
    example=">>> tf.math.expm1([0.0]).numpy()\narray([0.], dtype=float32)",
)

pow: Op = ops.elementwise(
    "pow",
    "Element-wise power, xʸ.",
    inputs="x y",
    scalar=lambda x, y: s.power(x, y),
    # where x is 0, log(x) must not make a NaN out of a gradient that nobody asked for
    gradient=lambda g, z, x, y: (
        g * y * pow(x, y - 1.0),
        g * z * log(OPS["where"](OPS["greater"](x, 0.0), x, OPS["ones_like"](x))),
    ),
    reference=lambda x, y: _power(x, y),
    dtype="real",
    domain=("positive", "small"),
    keywords=("power", "**"),
    example=">>> tf.pow([2.0, 3.0], 2.0).numpy()\narray([4., 9.], dtype=float32)",
)


def _power(x: Array, y: Array) -> Array:
    if y.dtype.kind == "i" and (y < 0).any():
        raise InvalidArgumentError("y holds a negative power of integers.", hint="Use floats.")
    return np.asarray(np.power(x, y))


minimum: Op = ops.elementwise(
    "minimum",
    "Element-wise smaller of two.",
    inputs="x y",
    scalar=lambda x, y: s.minimum(x, y),
    gradient=lambda g, z, x, y: _to_winner(g, OPS["less_equal"](x, y)),
    reference=np.minimum,
    dtype="real",
    domain="distinct",
    example=">>> tf.minimum([1.0, 4.0], 3.0).numpy()\narray([1., 3.], dtype=float32)",
)

maximum: Op = ops.elementwise(
    "maximum",
    "Element-wise larger of two.",
    inputs="x y",
    scalar=lambda x, y: s.maximum(x, y),
    gradient=lambda g, z, x, y: _to_winner(g, OPS["greater_equal"](x, y)),
    reference=np.maximum,
    dtype="real",
    domain="distinct",
    example=">>> tf.maximum([1.0, 4.0], 3.0).numpy()\narray([3., 4.], dtype=float32)",
)


def _to_winner(g: Any, first: Any) -> tuple[Any, Any]:
    """Give the gradient to the operand that was taken: the first one where they are equal, as TensorFlow does."""
    where, zeros = OPS["where"], OPS["zeros_like"](g)
    return where(first, g, zeros), where(first, zeros, g)


clip_by_value: Op = ops.elementwise(
    "clip_by_value",
    "Limit the elements to the range from `clip_value_min` to `clip_value_max`.",
    inputs="t clip_value_min clip_value_max",
    scalar=lambda t, low, high: s.maximum(s.minimum(t, high), low),
    gradient=lambda g, y, t, low, high: _clip_gradient(g, t, low, high),
    reference=lambda t, low, high: np.maximum(np.minimum(t, high), low),
    result=lambda t, low, high: t,
    dtype="real",
    domain=("distinct", "low", "high"),
    keywords=("clamp", "limit"),
    example=">>> tf.clip_by_value([-2.0, 0.5, 3.0], -1.0, 1.0).numpy()\narray([-1. ,  0.5,  1. ], dtype=float32)",
)


def _clip_gradient(g: Any, t: Any, low: Any, high: Any) -> tuple[Any, Any, Any]:
    where, zeros = OPS["where"], OPS["zeros_like"](g)
    under, over = OPS["less"](t, low), OPS["greater"](t, high)
    return where(under, zeros, where(over, zeros, g)), where(under, g, zeros), where(over, g, zeros)


floor: Op = ops.elementwise(
    "floor",
    "Element-wise largest whole number not above x.",
    scalar=lambda x: s.floor(x),
    gradient=lambda g, y, x: (None,),
    reference=np.floor,
    dtype="floating",
    domain="off_integers",
    example=">>> tf.floor([1.5, -1.5]).numpy()\narray([ 1., -2.], dtype=float32)",
)

ceil: Op = ops.elementwise(
    "ceil",
    "Element-wise smallest whole number not below x.",
    scalar=lambda x: s.ceil(x),
    gradient=lambda g, y, x: (None,),
    reference=np.ceil,
    dtype="floating",
    domain="off_integers",
    example=">>> tf.math.ceil([1.5, -1.5]).numpy()\narray([ 2., -1.], dtype=float32)",
)

round: Op = ops.elementwise(
    "round",
    "Element-wise nearest whole number; halves go to the even one.",
    scalar=lambda x: s.rint(x) if x.dtype.is_floating else x,
    gradient=lambda g, y, x: (None,),
    reference=lambda x: np.rint(x) if x.dtype.kind == "f" else x,
    dtype="real",
    domain="off_integers",
    example=">>> tf.round([1.4, 2.5]).numpy()\narray([1., 2.], dtype=float32)",
)

sin: Op = ops.elementwise(
    "sin",
    "Element-wise sine of an angle in radians.",
    scalar=lambda x: s.sin(x),
    gradient=lambda g, y, x: (g * cos(x),),
    reference=np.sin,
    dtype="floating",
    example=">>> tf.sin([0.0]).numpy()\narray([0.], dtype=float32)",
)

cos: Op = ops.elementwise(
    "cos",
    "Element-wise cosine of an angle in radians.",
    scalar=lambda x: s.cos(x),
    gradient=lambda g, y, x: (-g * sin(x),),
    reference=np.cos,
    dtype="floating",
    example=">>> tf.cos([0.0]).numpy()\narray([1.], dtype=float32)",
)

erf: Op = ops.elementwise(
    "erf",
    "Element-wise error function of Gauss.",
    scalar=lambda x: s.erf(x),
    # d erf(x)/dx = 2/sqrt(pi) exp(-x²)
    gradient=lambda g, y, x: (g * exp(-square(x)) * 1.1283791670955126,),
    reference=lambda x: _erf(x),
    dtype="floating",
    example=">>> tf.math.erf([0.0, 10.0]).numpy()\narray([0., 1.], dtype=float32)",
)


def _erf(x: Array) -> Array:
    from scipy.special import erf as reference  # scipy takes 0.2 s to import, and few programs need it

    return np.asarray(reference(x), dtype=x.dtype)


is_nan: Op = ops.elementwise(
    "is_nan",
    "Whether an element is not a number.",
    scalar=lambda x: s.isnan(x),
    reference=np.isnan,
    result=bool_,
    dtype="floating",
    example=">>> tf.math.is_nan([0.0, float('nan')]).numpy()\narray([False,  True])",
)

is_inf: Op = ops.elementwise(
    "is_inf",
    "Whether an element is infinite, of either sign.",
    scalar=lambda x: s.isinf(x),
    reference=np.isinf,
    result=bool_,
    dtype="floating",
    example=">>> tf.math.is_inf([0.0, float('inf')]).numpy()\narray([False,  True])",
)


cast: Op = ops.elementwise(
    "cast",
    "Convert the elements to another dtype; floats lose their fraction on the way to integers.",
    inputs=(Operand("x", "any"),),
    params={"dtype": dtype_param("float32")},
    scalar=lambda x, dtype: s.cast(x, dtype),
    gradient=lambda g, y, x, dtype: (cast(g, x.dtype) if x.dtype.is_floating and dtype.is_floating else None,),
    reference=lambda x, dtype: x.astype(dtype.as_numpy_dtype),
    result=lambda x, dtype: dtype,
    samples=tuple(sample(((2, 3), "any"), dtype=d) for d in ("float32", "float64", "int32", "bool")),
    keywords=("convert", "astype"),
    example=">>> tf.cast([1.7, -1.7], 'int32').numpy()\narray([ 1, -1], dtype=int32)",
)

identity: Op = ops.elementwise(
    "identity",
    "The tensor itself.",
    inputs=(Operand("input", "any"),),
    scalar=lambda x: x,
    gradient=lambda g, y, x: (g,),
    reference=np.copy,
    example=">>> tf.identity([1.0]).numpy()\narray([1.], dtype=float32)",
)

stop_gradient: Op = ops.elementwise(
    "stop_gradient",
    "The tensor itself, taken for a constant when differentiating.",
    inputs=(Operand("input", "any"),),
    scalar=lambda x: x,
    gradient=lambda g, y, x: (None,),
    reference=np.copy,
    keywords=("detach", "freeze"),
    example=">>> tf.stop_gradient([1.0]).numpy()\narray([1.], dtype=float32)",
)
