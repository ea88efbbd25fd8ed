"""Functions beyond the elementary ones, and quotients and products that are tame at zero; element by element."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.core.dtype import Array, bool_
from engine.core.op import OPS, Op, sample
from engine.core.param import Param
from engine.ops import scalar as s
from engine.ops.declare import Family
from engine.ops.elementwise import exp, log, square

ops = Family("math")


def _of_scipy(name: str) -> Any:
    """Return a function of `scipy.special`, which takes 0.2 s to import, and few programs need it."""

    def reference(*arrays: Array) -> Array:
        import scipy.special

        return np.asarray(getattr(scipy.special, name)(*arrays), arrays[-1].dtype)

    return reference


erfc: Op = ops.elementwise(
    "erfc",
    "Element-wise 1 - erf(x), accurate where erf(x) is near 1.",
    scalar=s.erfc,
    # d erfc(x)/dx = -2/sqrt(pi) exp(-x²)
    gradient=lambda g, y, x: (g * exp(-square(x)) * -1.1283791670955126,),
    reference=_of_scipy("erfc"),
    dtype="floating",
    example=">>> tf.math.erfc([0.0, 10.0]).numpy().round(4)\narray([1., 0.], dtype=float32)",
)

lgamma: Op = ops.elementwise(
    "lgamma",
    "Element-wise logarithm of the absolute value of the gamma function.",
    scalar=s.lgamma,
    gradient=lambda g, y, x: (g * digamma(x),),
    reference=_of_scipy("gammaln"),
    dtype="floating",
    domain="positive",
    keywords=("factorial", "gamma"),
    example=">>> tf.math.lgamma([1.0, 2.0]).numpy()\narray([0., 0.], dtype=float32)",
)

digamma: Op = ops.elementwise(
    "digamma",
    "Element-wise slope of the logarithm of the gamma function, ψ(x).",
    gradient=lambda g, y, x: (g * polygamma.apply(x, order=1),),
    reference=_of_scipy("psi"),
    dtype="floating",
    domain="positive",
    keywords=("psi",),
    example=">>> tf.math.digamma([1.0]).numpy().round(4)\narray([-0.5772], dtype=float32)",
)


def _polygamma(x: Array, order: int) -> Array:
    import scipy.special

    return np.asarray(scipy.special.polygamma(order, x), x.dtype)


polygamma: Op = ops.elementwise(
    "polygamma",
    "Element-wise derivative of a given order of ψ(x), the digamma function.",
    params={"order": Param("int", 1, "How many times ψ is differentiated.", min=0)},
    gradient=lambda g, y, x, order: (g * polygamma.apply(x, order=order + 1),),
    reference=_polygamma,
    result=lambda x, order: x,
    dtype="floating",
    samples=(sample(((2, 3), "positive")), sample(((4,), "positive"), order=2)),
    internal=True,
    example=">>> tf.raw_ops.polygamma([1.0]).numpy().round(4)\narray([1.6449], dtype=float32)",
)

is_finite: Op = ops.elementwise(
    "is_finite",
    "Whether an element is a number, and not an infinite one.",
    scalar=s.isfinite,
    reference=np.isfinite,
    result=bool_,
    dtype="floating",
    example=">>> tf.math.is_finite([0.0, float('nan'), float('inf')]).numpy()\narray([ True, False, False])",
)

reciprocal: Op = ops.elementwise(
    "reciprocal",
    "Element-wise 1/x.",
    scalar=lambda x: 1 / x,
    gradient=lambda g, y, x: (-g * square(y),),
    reference=np.reciprocal,
    dtype="floating",
    domain="nonzero",
    keywords=("inverse",),
    example=">>> tf.math.reciprocal([2.0, -4.0]).numpy()\narray([ 0.5 , -0.25], dtype=float32)",
)

squared_difference: Op = ops.elementwise(
    "squared_difference",
    "Element-wise square of the difference, (x - y)².",
    inputs="x y",
    scalar=lambda x, y: (x - y) * (x - y),
    gradient=lambda g, z, x, y: (g * (x - y) * 2.0, g * (y - x) * 2.0),
    reference=lambda x, y: np.square(x - y),
    example=">>> tf.math.squared_difference([1.0, 2.0], 4.0).numpy()\narray([9., 4.], dtype=float32)",
)

multiply_no_nan: Op = ops.elementwise(
    "multiply_no_nan",
    "Element-wise product that is 0 where y is 0, even if x is infinite or no number.",
    inputs="x y",
    scalar=lambda x, y: s.where(s.equal(y, 0), 0, x * y),
    gradient=lambda g, z, x, y: (multiply_no_nan(g, y), multiply_no_nan(x, g)),
    reference=lambda x, y: np.where(y == 0, x.dtype.type(0), x * y),
    dtype="floating",
    example=">>> tf.math.multiply_no_nan([2.0, float('nan')], [3.0, 0.0]).numpy()\narray([6., 0.], dtype=float32)",
)

divide_no_nan: Op = ops.elementwise(
    "divide_no_nan",
    "Element-wise quotient that is 0 where y is 0.",
    inputs="x y",
    scalar=lambda x, y: s.where(s.equal(y, 0), 0, x / y),
    gradient=lambda g, z, x, y: (divide_no_nan(g, y), -g * divide_no_nan(z, y)),
    reference=lambda x, y: np.where(y == 0, x.dtype.type(0), x / y),
    dtype="floating",
    domain=("reals", "nonzero"),
    keywords=("safe division",),
    example=">>> tf.math.divide_no_nan([1.0, 1.0], [2.0, 0.0]).numpy()\narray([0.5, 0. ], dtype=float32)",
)

xlogy: Op = ops.elementwise(
    "xlogy",
    "Element-wise x·log(y), which is 0 where x is 0.",
    inputs="x y",
    scalar=lambda x, y: s.where(s.equal(x, 0), 0, x * s.log(y)),
    gradient=lambda g, z, x, y: (g * OPS["where"](OPS["equal"](x, 0.0), 0.0, log(y)), g * xdivy(x, y)),
    reference=lambda x, y: np.where(x == 0, x.dtype.type(0), x * np.log(y)),
    dtype="floating",
    domain=("off_zero", "positive"),
    keywords=("entropy",),
    example=">>> tf.math.xlogy([0.0, 2.0], [0.0, 1.0]).numpy()\narray([0., 0.], dtype=float32)",
)

xdivy: Op = ops.elementwise(
    "xdivy",
    "Element-wise x/y, which is 0 where x is 0.",
    inputs="x y",
    scalar=lambda x, y: s.where(s.equal(x, 0), 0, x / y),
    gradient=lambda g, z, x, y: (
        g * OPS["where"](OPS["equal"](x, 0.0), 0.0, reciprocal(y)),
        -g * xdivy(xdivy(x, y), y),
    ),
    reference=lambda x, y: np.where(x == 0, x.dtype.type(0), x / y),
    dtype="floating",
    domain=("off_zero", "nonzero"),
    example=">>> tf.math.xdivy([0.0, 1.0], [0.0, 2.0]).numpy()\narray([0. , 0.5], dtype=float32)",
)
