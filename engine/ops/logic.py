"""Comparisons and truth values, element by element. None of them has a gradient but `where`."""

from __future__ import annotations

import numpy as np

from engine.core.dtype import bool_
from engine.core.op import OPS, Op, Operand
from engine.ops import scalar as s
from engine.ops.declare import Family

ops = Family("logic")

equal: Op = ops.elementwise(
    "equal",
    "Whether elements are equal.",
    inputs="x y",
    dtype="any",
    scalar=s.equal,
    reference=np.equal,
    result=bool_,
    domain="small_integers",
    keywords=("==", "compare"),
    example=">>> tf.equal([1, 2], [1, 3]).numpy()\narray([ True, False])",
)

not_equal: Op = ops.elementwise(
    "not_equal",
    "Whether elements differ.",
    inputs="x y",
    dtype="any",
    scalar=s.not_equal,
    reference=np.not_equal,
    result=bool_,
    domain="small_integers",
    keywords=("!=", "compare"),
    example=">>> tf.not_equal([1, 2], [1, 3]).numpy()\narray([False,  True])",
)

less: Op = ops.elementwise(
    "less",
    "Whether elements of x are less than those of y.",
    inputs="x y",
    dtype="real",
    scalar=lambda x, y: x < y,
    reference=np.less,
    result=bool_,
    domain="small_integers",
    keywords=("<", "compare"),
    example=">>> tf.less([1, 2], 2).numpy()\narray([ True, False])",
)

less_equal: Op = ops.elementwise(
    "less_equal",
    "Whether elements of x are less than those of y or equal.",
    inputs="x y",
    dtype="real",
    scalar=lambda x, y: x <= y,
    reference=np.less_equal,
    result=bool_,
    domain="small_integers",
    keywords=("<=", "compare"),
    example=">>> tf.less_equal([1, 3], 2).numpy()\narray([ True, False])",
)

greater: Op = ops.elementwise(
    "greater",
    "Whether elements of x are greater than those of y.",
    inputs="x y",
    dtype="real",
    scalar=lambda x, y: x > y,
    reference=np.greater,
    result=bool_,
    domain="small_integers",
    keywords=(">", "compare"),
    example=">>> tf.greater([1, 3], 2).numpy()\narray([False,  True])",
)

greater_equal: Op = ops.elementwise(
    "greater_equal",
    "Whether elements of x are greater than those of y or equal.",
    inputs="x y",
    dtype="real",
    scalar=lambda x, y: x >= y,
    reference=np.greater_equal,
    result=bool_,
    domain="small_integers",
    keywords=(">=", "compare"),
    example=">>> tf.greater_equal([1, 2], 2).numpy()\narray([False,  True])",
)

logical_and: Op = ops.elementwise(
    "logical_and",
    "Whether both elements are true.",
    inputs="x y",
    dtype="bool",
    scalar=lambda x, y: x & y,
    reference=np.logical_and,
    keywords=("&", "both"),
    example=">>> tf.logical_and([True, True], [True, False]).numpy()\narray([ True, False])",
)

logical_or: Op = ops.elementwise(
    "logical_or",
    "Whether one of the elements is true, or both are.",
    inputs="x y",
    dtype="bool",
    scalar=lambda x, y: x | y,
    reference=np.logical_or,
    keywords=("|", "either"),
    example=">>> tf.logical_or([True, False], [False, False]).numpy()\narray([ True, False])",
)

logical_xor: Op = ops.elementwise(
    "logical_xor",
    "Whether exactly one of the elements is true.",
    inputs="x y",
    dtype="bool",
    scalar=lambda x, y: x ^ y,
    reference=np.logical_xor,
    keywords=("^",),
    example=">>> tf.math.logical_xor([True, True], [True, False]).numpy()\narray([False,  True])",
)

logical_not: Op = ops.elementwise(
    "logical_not",
    "Whether the element is false.",
    dtype="bool",
    scalar=s.logical_not,
    reference=np.logical_not,
    keywords=("~", "invert"),
    example=">>> tf.logical_not([True, False]).numpy()\narray([False,  True])",
)

bitwise_and: Op = ops.elementwise(
    "bitwise_and",
    "The bits that both integers have.",
    inputs="x y",
    dtype="integer",
    scalar=lambda x, y: x & y,
    reference=np.bitwise_and,
    keywords=("&",),
    example=">>> (tf.constant([6, 5]) & 3).numpy()\narray([2, 1], dtype=int32)",
)

bitwise_or: Op = ops.elementwise(
    "bitwise_or",
    "The bits that one of the integers has, or both.",
    inputs="x y",
    dtype="integer",
    scalar=lambda x, y: x | y,
    reference=np.bitwise_or,
    keywords=("|",),
    example=">>> (tf.constant([6, 5]) | 3).numpy()\narray([7, 7], dtype=int32)",
)

bitwise_xor: Op = ops.elementwise(
    "bitwise_xor",
    "The bits that exactly one of the integers has.",
    inputs="x y",
    dtype="integer",
    scalar=lambda x, y: x ^ y,
    reference=np.bitwise_xor,
    keywords=("^",),
    example=">>> (tf.constant([6, 5]) ^ 3).numpy()\narray([5, 6], dtype=int32)",
)

invert: Op = ops.elementwise(
    "invert",
    "The bits that an integer does not have.",
    dtype="integer",
    scalar=lambda x: x ^ -1,
    reference=np.invert,
    keywords=("~", "bitwise not"),
    example=">>> (~tf.constant([6, -1])).numpy()\narray([-7,  0], dtype=int32)",
)

where: Op = ops.elementwise(
    "where",
    "Take the element of x where the condition holds, and that of y elsewhere.",
    inputs=(Operand("condition", "bool", group=""), Operand("x", "any"), Operand("y", "any")),
    scalar=s.where,
    gradient=lambda g, z, condition, x, y: (
        None,
        where(condition, g, OPS["zeros_like"](g)),
        where(condition, OPS["zeros_like"](g), g),
    ),
    reference=np.where,
    keywords=("select", "if"),
    example=">>> tf.where([True, False], [1, 2], [3, 4]).numpy()\narray([1, 4], dtype=int32)",
)
