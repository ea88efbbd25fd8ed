"""TensorFlow's functions that are short compositions of ops and need no record of their own."""

from engine.runtime.shorthand.calls import in_front_of, named
from engine.runtime.shorthand.creation import meshgrid, ones, rank, scatter_nd, zeros
from engine.runtime.shorthand.flow import executing_eagerly, group, no_op
from engine.runtime.shorthand.linalg import cross, einsum, logdet, matvec, slogdet, svd, tensordot, trace
from engine.runtime.shorthand.losses import sigmoid_cross_entropy_with_logits, weighted_cross_entropy_with_logits
from engine.runtime.shorthand.movement import matrix_transpose, repeat, strided_slice, where
from engine.runtime.shorthand.norms import clip_by_global_norm, clip_by_norm, global_norm, l2_loss, l2_normalize, norm
from engine.runtime.shorthand.reductions import (
    add_n,
    confusion_matrix,
    count_nonzero,
    reduce_euclidean_norm,
    reduce_logsumexp,
    reduce_std,
    reduce_variance,
    zero_fraction,
)
from engine.runtime.shorthand.tensors import ensure_shape, is_tensor, saturate_cast

__all__ = [
    "add_n",
    "clip_by_global_norm",
    "clip_by_norm",
    "confusion_matrix",
    "count_nonzero",
    "cross",
    "einsum",
    "ensure_shape",
    "executing_eagerly",
    "global_norm",
    "group",
    "in_front_of",
    "is_tensor",
    "l2_loss",
    "l2_normalize",
    "logdet",
    "matrix_transpose",
    "matvec",
    "meshgrid",
    "named",
    "no_op",
    "norm",
    "ones",
    "rank",
    "reduce_euclidean_norm",
    "reduce_logsumexp",
    "reduce_std",
    "reduce_variance",
    "repeat",
    "saturate_cast",
    "scatter_nd",
    "sigmoid_cross_entropy_with_logits",
    "slogdet",
    "strided_slice",
    "svd",
    "tensordot",
    "trace",
    "weighted_cross_entropy_with_logits",
    "where",
    "zero_fraction",
    "zeros",
]
