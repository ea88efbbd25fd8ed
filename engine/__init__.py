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
from engine.core import nest as _nest
from engine.core.dtype import (
    DTYPES,
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
from engine.runtime import debugging, draws, effects, shorthand
from engine.runtime import rng as _rng
from engine.runtime.control import case, cond, foldl, foldr, map_fn, scan, switch_case, vectorized_map, while_loop
from engine.runtime.custom_gradient import custom_gradient
from engine.runtime.eager import constant, convert_to_tensor
from engine.runtime.function import function, functions_run_eagerly, run_functions_eagerly
from engine.runtime.module import Module, device, name_scope
from engine.runtime.shorthand import (
    add_n,
    clip_by_global_norm,
    clip_by_norm,
    executing_eagerly,
    group,
    is_tensor,
    meshgrid,
    no_op,
    norm,
    ones,
    rank,
    reduce_logsumexp,
    repeat,
    saturate_cast,
    scatter_nd,
    strided_slice,
    tensordot,
    zeros,
)
from engine.runtime.tape import GradientTape
from engine.runtime.tensor import Tensor
from engine.runtime.variable import IndexedSlices, Variable

__version__ = "0.1.0"

#: In an index, a new axis of size 1: ``t[tf.newaxis, :]``.
newaxis = None


def _namespace(*names: str, **others: Any) -> SimpleNamespace:
    return SimpleNamespace(**{name: OPS[name] for name in names}, **others)


_FAMILIES: dict[str, list[str]] = {}
for _op in OPS.values():
    if not _op.internal:
        _FAMILIES.setdefault(_op.family, []).append(_op.name)

#: Ops that are called in another way than their records, or by other names too.
_SHORTER = {
    "einsum": shorthand.einsum,
    "svd": shorthand.svd,
    "where": shorthand.where,
    **{name: shorthand.named(OPS[name]) for name in ("eigh", "qr", "top_k", "unique", "unique_with_counts")},
}

#: Arithmetic, comparisons, reductions and scans.
math = _namespace(
    *_FAMILIES["math"],
    *_FAMILIES["logic"],
    *_FAMILIES["reduce"],
    "sigmoid",
    "tanh",
    "softplus",
    "softmax",
    "log_softmax",
    "in_top_k",
    accumulate_n=add_n,
    confusion_matrix=shorthand.confusion_matrix,
    count_nonzero=shorthand.count_nonzero,
    floormod=OPS["mod"],
    l2_normalize=shorthand.l2_normalize,
    reduce_euclidean_norm=shorthand.reduce_euclidean_norm,
    reduce_logsumexp=reduce_logsumexp,
    reduce_std=shorthand.reduce_std,
    reduce_variance=shorthand.reduce_variance,
    top_k=_SHORTER["top_k"],
    truediv=OPS["divide"],
    zero_fraction=shorthand.zero_fraction,
)

_NETWORKS = ("activation", "loss", "convolution", "pooling", "normalisation", "recurrent")

#: Activations, losses that take logits, and the heavy ops of networks.
nn = _namespace(
    *(name for family in _NETWORKS for name in _FAMILIES[family]),
    "bias_add",
    "in_top_k",
    batch_normalization=composed.batch_normalization,
    dropout=draws.dropout,
    embedding_lookup=composed.embedding_lookup,
    l2_loss=shorthand.l2_loss,
    l2_normalize=shorthand.l2_normalize,
    sigmoid_cross_entropy_with_logits=shorthand.sigmoid_cross_entropy_with_logits,
    swish=OPS["silu"],
    top_k=_SHORTER["top_k"],
    weighted_cross_entropy_with_logits=shorthand.weighted_cross_entropy_with_logits,
    zero_fraction=shorthand.zero_fraction,
)

#: Matrices.
linalg = _namespace(
    *(name for name in _FAMILIES["linear algebra"] if name not in _SHORTER),
    "eye",
    cross=shorthand.cross,
    einsum=shorthand.einsum,
    eigh=_SHORTER["eigh"],
    eigvalsh=lambda tensor: OPS["eigh"](tensor)[0],
    global_norm=shorthand.global_norm,
    l2_normalize=shorthand.l2_normalize,
    logdet=shorthand.logdet,
    matrix_transpose=shorthand.matrix_transpose,
    matvec=shorthand.matvec,
    norm=norm,
    qr=_SHORTER["qr"],
    slogdet=shorthand.slogdet,
    svd=shorthand.svd,
    tensordot=tensordot,
    trace=shorthand.trace,
)

bitwise = SimpleNamespace(
    bitwise_and=OPS["bitwise_and"],
    bitwise_or=OPS["bitwise_or"],
    bitwise_xor=OPS["bitwise_xor"],
    invert=OPS["invert"],
)

#: Nested structures: lists, tuples and dictionaries.
nest = SimpleNamespace(
    assert_same_structure=_nest.assert_same_structure,
    flatten=lambda structure: list(_nest.leaves(structure)),
    is_nested=_nest.is_nested,
    map_structure=_nest.map_structures,
    pack_sequence_as=lambda structure, flat_sequence: _nest.rebuild(structure, iter(flat_sequence)),
)

double, half = float64, float16

dtypes = SimpleNamespace(
    DType=DType, as_dtype=as_dtype, cast=OPS["cast"], double=double, half=half, saturate_cast=saturate_cast, **DTYPES
)

version = SimpleNamespace(VERSION=__version__)

#: Every op record, also those that are met only in graphs.
raw_ops = SimpleNamespace(**OPS)

config = SimpleNamespace(functions_run_eagerly=functions_run_eagerly, run_functions_eagerly=run_functions_eagerly)

random = SimpleNamespace(
    Generator=_rng.Generator,
    categorical=draws.categorical,
    gamma=draws.gamma,
    normal=_rng.normal,
    poisson=draws.poisson,
    set_seed=_rng.set_seed,
    shuffle=_rng.shuffle,
    stateless_normal=draws.stateless_normal,
    stateless_uniform=draws.stateless_uniform,
    truncated_normal=_rng.truncated_normal,
    uniform=_rng.uniform,
)

# Every public op has its name at the top too, as TensorFlow has for most of them: tf.add, tf.reshape, tf.reduce_sum.
globals().update({name: _SHORTER.get(name, op) for name, op in OPS.items() if not op.internal})
Assert, ensure_shape, print, truediv = debugging.Assert, shorthand.ensure_shape, effects.print_, OPS["divide"]

__all__ = [
    "Assert",
    "DType",
    "GradientTape",
    "IndexedSlices",
    "Module",
    "Tensor",
    "TensorShape",
    "TensorSpec",
    "Variable",
    "add_n",
    "as_dtype",
    "bitcast",
    "bitwise",
    "bool",
    "case",
    "clip_by_global_norm",
    "clip_by_norm",
    "cond",
    "config",
    "constant",
    "convert_to_tensor",
    "custom_gradient",
    "debugging",
    "device",
    "double",
    "dtypes",
    "ensure_shape",
    "errors",
    "executing_eagerly",
    "float16",
    "float32",
    "float64",
    "foldl",
    "foldr",
    "function",
    "group",
    "half",
    "int16",
    "int32",
    "int64",
    "int8",
    "is_tensor",
    "keras",
    "linalg",
    "map_fn",
    "math",
    "meshgrid",
    "name_scope",
    "nest",
    "newaxis",
    "nn",
    "no_op",
    "norm",
    "ones",
    "print",
    "random",
    "rank",
    "raw_ops",
    "reduce_logsumexp",
    "repeat",
    "saturate_cast",
    "scan",
    "scatter_nd",
    "strided_slice",
    "switch_case",
    "tensordot",
    "truediv",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "vectorized_map",
    "version",
    "while_loop",
    "zeros",
    *(name for name, op in OPS.items() if not op.internal),
]
