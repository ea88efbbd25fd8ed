"""The engine: tensors, gradients, graphs and layers. ``import engine as tf`` reads like TensorFlow 2.

Examples
--------
>>> import engine as tf
>>> x = tf.Variable(2.0)
>>> with tf.GradientTape() as tape:
...     y = tf.square(x)
>>> float(tape.gradient(y, x))
4.0
"""

from types import SimpleNamespace
from typing import Any

from engine import keras
from engine.core import errors
from engine.core.dtype import (
    DType,
    as_dtype,
    float16,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
)
from engine.core.dtype import bool_ as bool
from engine.core.shape import TensorShape
from engine.core.spec import TensorSpec
from engine.ops import OPS, composed
from engine.runtime import rng as _rng
from engine.runtime.control import case, cond, foldl, foldr, map_fn, scan, switch_case, vectorized_map, while_loop
from engine.runtime.eager import constant, convert_to_tensor
from engine.runtime.function import function, functions_run_eagerly, run_functions_eagerly
from engine.runtime.tape import GradientTape
from engine.runtime.tensor import Tensor
from engine.runtime.variable import IndexedSlices, Variable

__version__ = "0.1.0"

#: In an index, a new axis of size 1: ``t[tf.newaxis, :]``.
newaxis = None


def zeros(shape: Any, dtype: Any = float32, name: str | None = None) -> Any:
    """Return a tensor of zeros.

    Examples
    --------
    >>> zeros([2]).numpy()
    array([0., 0.], dtype=float32)
    """
    return OPS["fill"](shape, 0, dtype)


def ones(shape: Any, dtype: Any = float32, name: str | None = None) -> Any:
    """Return a tensor of ones.

    Examples
    --------
    >>> ones([2], "int32").numpy()
    array([1, 1], dtype=int32)
    """
    return OPS["fill"](shape, 1, dtype)


def rank(input: Any) -> Any:
    """Return the number of axes of a tensor, as a tensor.

    Examples
    --------
    >>> rank([[1], [2]]).numpy()
    np.int32(2)
    """
    return constant(len(convert_to_tensor(input).shape))


def _namespace(*names: str, **others: Any) -> SimpleNamespace:
    return SimpleNamespace(**{name: OPS[name] for name in names}, **others)


_FAMILIES: dict[str, list[str]] = {}
for _op in OPS.values():
    if not _op.internal:
        _FAMILIES.setdefault(_op.family, []).append(_op.name)

#: Arithmetic, comparisons and reductions.
math = _namespace(
    *_FAMILIES["math"],
    *_FAMILIES["logic"],
    *_FAMILIES["reduce"],
    "sigmoid",
    "tanh",
    "softplus",
    "softmax",
    "log_softmax",
)

_NETWORKS = ("activation", "loss", "convolution", "pooling", "normalisation", "recurrent")

#: Activations, losses that take logits, and the heavy ops of networks.
nn = _namespace(
    *(name for family in _NETWORKS for name in _FAMILIES[family]),
    "bias_add",
    batch_normalization=composed.batch_normalization,
    embedding_lookup=composed.embedding_lookup,
)

#: Every op record, also those that are met only in graphs.
raw_ops = SimpleNamespace(**OPS)

config = SimpleNamespace(functions_run_eagerly=functions_run_eagerly, run_functions_eagerly=run_functions_eagerly)

random = SimpleNamespace(
    Generator=_rng.Generator,
    normal=_rng.normal,
    set_seed=_rng.set_seed,
    shuffle=_rng.shuffle,
    truncated_normal=_rng.truncated_normal,
    uniform=_rng.uniform,
)

# Every public op has its name at the top too, as TensorFlow has for most of them: tf.add, tf.reshape, tf.reduce_sum.
globals().update({name: op for name, op in OPS.items() if not op.internal})

__all__ = [
    "DType",
    "GradientTape",
    "IndexedSlices",
    "Tensor",
    "TensorShape",
    "TensorSpec",
    "Variable",
    "as_dtype",
    "bool",
    "case",
    "cond",
    "config",
    "constant",
    "convert_to_tensor",
    "errors",
    "float16",
    "float32",
    "float64",
    "foldl",
    "foldr",
    "function",
    "int16",
    "int32",
    "int64",
    "int8",
    "keras",
    "map_fn",
    "math",
    "newaxis",
    "nn",
    "ones",
    "random",
    "rank",
    "raw_ops",
    "scan",
    "switch_case",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "vectorized_map",
    "while_loop",
    "zeros",
    *(name for name, op in OPS.items() if not op.internal),
]
