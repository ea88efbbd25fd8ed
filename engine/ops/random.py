"""Random numbers as pure functions of a state: the same state gives the same numbers, eagerly and compiled.

The generator is Philox4x32 with ten rounds (Salmon and others, "Parallel random numbers: as easy as 1, 2, 3", SC11):
a keyed bijection of a counter, so every element can be drawn by itself, in any order and on any number of threads.
A state is two int64: the key (made from the seed) and how many draws were made before.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from engine.core.dtype import BY_NUMPY, Array, DType, float64, int32
from engine.core.errors import InvalidArgumentError
from engine.core.op import Kernel, Op, Operand, sample
from engine.core.param import Param
from engine.core.shape import TensorShape
from engine.core.spec import TensorSpec
from engine.ops.declare import Family, dtype_param
from engine.ops.loops import Arrays, parts_for
from engine.ops.work import FLOPS, each_output

ops = Family("random")

_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (0x9E3779B9, 0xBB67AE85)
_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)


def philox(key: tuple[int, int], counters: tuple[Array, Array, Array, Array]) -> tuple[Array, ...]:
    """Return four blocks of random 32-bit words, as uint64, for counters of four 32-bit words.

    Examples
    --------
    The first of the known answers that come with the paper:

    >>> zero = np.zeros(1, np.uint64)
    >>> [hex(int(w[0])) for w in philox((0, 0), (zero, zero, zero, zero))]
    ['0x6627e8d5', '0xe169c58d', '0xbc57ac4c', '0x9b00dbd8']
    """
    c0, c1, c2, c3 = counters
    k0, k1 = key
    for _ in range(10):
        product0, product1 = c0 * _MULTIPLIERS[0], c2 * _MULTIPLIERS[1]
        c0, c2 = (product1 >> _HALF) ^ c1 ^ np.uint64(k0), (product0 >> _HALF) ^ c3 ^ np.uint64(k1)
        c1, c3 = product1 & _LOW, product0 & _LOW
        k0, k1 = (k0 + _WEYL[0]) & 0xFFFFFFFF, (k1 + _WEYL[1]) & 0xFFFFFFFF
    return c0, c1, c2, c3


def words(state: Array, count: int) -> Array:
    """Return `count` random 32-bit words, as uint64."""
    key, draw = (int(v) & 0xFFFFFFFFFFFFFFFF for v in state)
    blocks = np.arange(-(-count // 4), dtype=np.uint64)
    high, low = np.full_like(blocks, draw >> 32), np.full_like(blocks, draw & 0xFFFFFFFF)
    drawn = philox((key & 0xFFFFFFFF, key >> 32), (blocks & _LOW, blocks >> _HALF, low, high))
    return np.stack(drawn, axis=-1).ravel()[:count]


def _unit(state: Array, count: int, dtype: DType) -> Array:
    """Return numbers from [0, 1): 24 random bits for float32, 53 for float64."""
    if dtype.name == "float64":
        pairs = words(state, 2 * count)
        return (((pairs[0::2] << np.uint64(21)) ^ (pairs[1::2] >> np.uint64(11))) * 2.0**-53).astype(np.float64)
    return ((words(state, count) >> np.uint64(8)) * 2.0**-24).astype(dtype.as_numpy_dtype)


def _uniform(state: Array, shape: tuple[int, ...], minval: float, maxval: float, dtype: DType) -> Array:
    count = math.prod(shape)
    if dtype.is_integer:
        span = int(maxval) - int(minval)
        # 32 random bits times the span, of which the high half is uniform to within span/2³²
        drawn = (words(state, count) * np.uint64(span)) >> _HALF
        return (drawn.astype(np.int64) + int(minval)).astype(dtype.as_numpy_dtype).reshape(shape)
    kind = dtype.as_numpy_dtype.type
    return np.asarray(_unit(state, count, dtype) * kind(maxval - minval) + kind(minval), kind).reshape(shape)


def _normal(state: Array, shape: tuple[int, ...], mean: float, stddev: float, dtype: DType) -> Array:
    count = math.prod(shape)
    half = -(-count // 2)
    # Box and Muller (1958); 1 - u lies in (0, 1], of which the logarithm is finite
    u = words(state, 2 * half)
    radius = np.sqrt(-2.0 * np.log(1.0 - (u[:half] >> np.uint64(8)) * 2.0**-24))
    angle = (u[half:] >> np.uint64(8)) * (2.0**-24 * 2 * math.pi)
    both = np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])[:count]
    return (both * stddev + mean).astype(dtype.as_numpy_dtype).reshape(shape)


def _uniform_infer(state: TensorSpec, shape: tuple[int, ...], minval: float, maxval: float, dtype: DType) -> TensorSpec:
    if not minval < maxval:
        raise InvalidArgumentError(
            "minval is {minval} and maxval is {maxval}.",
            hint="The first must be less than the second.",
            minval=minval,
            maxval=maxval,
        )
    if dtype.is_integer and maxval - minval > 2**32:
        raise InvalidArgumentError(
            "The range from {a} to {b} is too wide.", hint="2³² is the most.", a=minval, b=maxval
        )
    if dtype.is_integer and not (minval.is_integer() and maxval.is_integer()):
        raise InvalidArgumentError(
            "minval is {minval} and maxval is {maxval}, but {dtype} numbers are whole.",
            hint="Give whole numbers.",
            minval=minval,
            maxval=maxval,
            dtype=dtype,
        )
    return TensorSpec(TensorShape(shape), dtype)


_STATE = Operand("state", "index", group="")
_SHAPE = Param("ints", help="Sizes of the result.", min=0)
_FLOATS = ("float16", "float32", "float64")

random_uniform: Op = ops.op(
    "random_uniform",
    "Numbers drawn evenly from minval to below maxval.",
    inputs=(_STATE,),
    infer=_uniform_infer,
    reference=_uniform,
    params={
        "shape": _SHAPE,
        "minval": Param("float", 0.0, "Smallest number."),
        "maxval": Param("float", 1.0, "The first number that is not drawn."),
        "dtype": dtype_param("float32", (*_FLOATS, "int32", "int64")),
    },
    internal=True,
    samples=(
        sample(((2,), "state"), shape=(3, 4)),
        sample(((2,), "state"), shape=(7,), minval=-2, maxval=3, dtype="int32"),
        sample(((2,), "state"), shape=(), dtype="float64"),
    ),
    refused=(
        sample(((2,), "state"), shape=(3,), minval=1.0, maxval=0.0),
        sample(((2,), "state"), shape=(3,), minval=0.5, maxval=3.0, dtype="int32"),
        sample(((2,), "state"), shape=(3,), minval=0, maxval=2**33, dtype="int64"),
    ),
    example=">>> tf.raw_ops.random_uniform([0, 0], shape=[2]).numpy()\narray([0.39904642, 0.88052016], dtype=float32)",
)

random_normal: Op = ops.op(
    "random_normal",
    "Numbers drawn from a normal distribution.",
    inputs=(_STATE,),
    infer=lambda state, shape, mean, stddev, dtype: TensorSpec(TensorShape(shape), dtype),
    reference=_normal,
    params={
        "shape": _SHAPE,
        "mean": Param("float", 0.0, "Mean of the distribution."),
        "stddev": Param("float", 1.0, "Standard deviation of the distribution.", min=0),
        "dtype": dtype_param("float32", _FLOATS),
    },
    internal=True,
    samples=(sample(((2,), "state"), shape=(3, 4)), sample(((2,), "state"), shape=(5,), mean=2.0, dtype="float64")),
    example=">>> tf.raw_ops.random_normal([0, 0], shape=[2]).numpy().shape\n(2,)",
)


#: The normal distribution function at -2 and 2, between which the truncated one lies.
_BELOW, _ABOVE = 0.022750131948179195, 0.9772498680518208


def _truncated_normal(state: Array, shape: tuple[int, ...], mean: float, stddev: float, dtype: DType) -> Array:
    from scipy.special import ndtri  # scipy takes 0.2 s to import

    u = _unit(state, math.prod(shape), float64) * (_ABOVE - _BELOW) + _BELOW
    return np.asarray(ndtri(u) * stddev + mean, dtype.as_numpy_dtype).reshape(shape)


random_truncated_normal: Op = ops.op(
    "random_truncated_normal",
    "Numbers drawn from a normal distribution that is cut off at two standard deviations.",
    inputs=(_STATE,),
    infer=lambda state, shape, mean, stddev, dtype: TensorSpec(TensorShape(shape), dtype),
    reference=_truncated_normal,
    params=random_normal.params,
    internal=True,
    notes="Drawn by inversion: the middle 95.45 % of the distribution, evenly.",
    samples=random_normal.samples,
    example=">>> tf.raw_ops.random_truncated_normal([0, 0], shape=[2]).numpy().shape\n(2,)",
)


def _permutation(state: Array, like: Array) -> Array:
    return np.argsort(words(state, like.shape[0]), kind="stable").astype(np.int32)


def _permutation_infer(state: TensorSpec, like: TensorSpec) -> TensorSpec:
    if like.shape.rank < 1:
        raise InvalidArgumentError("A scalar has nothing to shuffle.", hint="Use a tensor with an axis.")
    return TensorSpec(like.shape[:1], int32)


random_permutation: Op = ops.op(
    "random_permutation",
    "The positions along the first axis of a tensor, in random order.",
    inputs=(_STATE, Operand("like", "any", group="")),
    infer=_permutation_infer,
    reference=_permutation,
    shape_only=frozenset({1}),
    internal=True,
    samples=(sample(((2,), "state"), ((6, 2), "any")),),
    refused=(sample(((2,), "state"), ((), "any")),),
    example=">>> sorted(tf.raw_ops.random_permutation([0, 0], [7, 8, 9]).numpy().tolist())\n[0, 1, 2]",
)


def _dropout_mask(state: Array, like: Array, rate: float) -> Array:
    kind = like.dtype.type
    keep = _unit(state, like.size, BY_NUMPY[like.dtype]) >= rate
    return np.asarray(keep * kind(1 / (1 - rate)), kind).reshape(like.shape)


def philox_words(key: np.uint64, draw: np.uint64, block: np.uint64) -> tuple[np.uint64, ...]:
    """Return four random 32-bit words, as `philox` does for arrays of counters."""
    low, half = np.uint64(0xFFFFFFFF), np.uint64(32)
    c0, c1, c2, c3 = block & low, block >> half, draw & low, draw >> half
    k0, k1 = key & low, key >> half
    for _ in range(10):
        a, b = c0 * np.uint64(0xD2511F53), c2 * np.uint64(0xCD9E8D57)
        c0, c2 = (b >> half) ^ c1 ^ k0, (a >> half) ^ c3 ^ k1
        c1, c3 = b & low, a & low
        k0, k1 = (k0 + np.uint64(0x9E3779B9)) & low, (k1 + np.uint64(0xBB67AE85)) & low
    return c0, c1, c2, c3


def dropout_mask_loop(part: int, parts: int, single: int, rate: float, state: Array, mask: Array) -> None:
    scale, zero = mask.dtype.type(1 / (1 - rate)), mask.dtype.type(0)
    least = mask.dtype.type(rate)
    each = 4 if single else 2  # elements that the words of a block are enough for
    blocks = (mask.size + each - 1) // each
    key, draw = np.uint64(state[0]), np.uint64(state[1])
    for block in range(part * blocks // parts, (part + 1) * blocks // parts):
        drawn = philox_words(key, draw, np.uint64(block))
        for i in range(min(each, mask.size - block * each)):
            if single:
                unit = mask.dtype.type(drawn[i] >> np.uint64(8)) * mask.dtype.type(2.0**-24)
            else:
                bits = (drawn[2 * i] << np.uint64(21)) ^ (drawn[2 * i + 1] >> np.uint64(11))
                unit = mask.dtype.type(bits) * mask.dtype.type(2.0**-53)
            mask[block * each + i] = scale if unit >= least else zero


#: Multiply-adds that drawing one element takes about as long as.
_DRAW: Final = 16


def _arrange_mask(inputs: Arrays, outputs: Arrays, attrs: Mapping[str, Any]) -> Sequence[Any]:
    mask = outputs[0].reshape(-1)
    single = int(mask.dtype.itemsize < 8)
    return parts_for(mask.size * _DRAW, mask.size), single, float(attrs["rate"]), inputs[0], mask


dropout_mask: Op = ops.op(
    "dropout_mask",
    "Zeros for a share `rate` of the elements, drawn at random, and 1/(1 - rate) for the others.",
    inputs=(_STATE, Operand("like", "floating", group="")),
    infer=lambda state, like, rate: TensorSpec(like.shape, like.dtype),
    reference=_dropout_mask,
    kernel=Kernel(dropout_mask_loop, _arrange_mask, (philox_words,)),
    arithmetic=each_output(FLOPS["cast"] + 2),  # the generator itself works on integers
    gradient=lambda g, y, state, like, rate: (None, None),
    params={"rate": Param("float", help="Share of the elements to drop.", min=0, below=1)},
    shape_only=frozenset({1}),
    internal=True,
    samples=(
        sample(((2,), "state"), ((3, 4), "reals"), rate=0.5),
        sample(((2,), "state"), ((7,), "reals"), rate=0.3),
    ),
    example=">>> tf.raw_ops.dropout_mask([0, 0], [1.0, 1.0], rate=0.5).numpy()\narray([0., 2.], dtype=float32)",
)
