"""TensorFlow's functions that are short compositions of ops and need no record of their own."""

from __future__ import annotations

import functools
from collections import namedtuple
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.core.dispatch import is_tracing
from engine.core.dtype import DType, as_dtype, float32, int32, int64
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS, Op
from engine.core.shape import as_shape
from engine.ops.declare import axes_of
from engine.runtime.eager import constant, convert_to_tensor


def in_front_of(op: Op) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a function as another way to call an op, under the op's own name."""

    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        function.__wrapped__ = op  # type: ignore[attr-defined]
        return function

    return mark


def named(op: Op) -> Callable[..., Any]:
    """Return the op, its outputs as a tuple with their names: ``top_k(x).indices``.

    Examples
    --------
    >>> named(OPS["top_k"])([3, 7, 5]).indices.numpy()
    array([1], dtype=int32)
    """
    kind = namedtuple(op.name, op.outputs)  # type: ignore[misc]

    @functools.wraps(op, updated=())
    def call(*args: Any, **kwargs: Any) -> Any:
        return kind(*op(*args, **kwargs))

    return call


# ------------------------------------------------------------------------------------------------------------ making


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


def rank(input: Any, name: str | None = None) -> Any:
    """Return the number of axes of a tensor, as a tensor.

    Examples
    --------
    >>> rank([[1], [2]]).numpy()
    np.int32(2)
    """
    return constant(len(convert_to_tensor(input).shape))


def meshgrid(*args: Any, indexing: str = "xy", name: str | None = None) -> list[Any]:
    """Return for each vector its values over the grid that all of them span.

    Examples
    --------
    >>> [t.numpy().tolist() for t in meshgrid([1, 2], [3, 4])]
    [[[1, 2], [1, 2]], [[3, 3], [4, 4]]]
    """
    if indexing not in ("xy", "ij"):
        raise InvalidArgumentError("indexing is {value}.", hint="It takes 'xy' or 'ij'.", op="meshgrid", value=indexing)
    vectors = [OPS["reshape"](a, [-1]) for a in args]
    place = list(range(len(vectors)))
    if indexing == "xy" and len(vectors) > 1:
        place[:2] = 1, 0
    lying = [
        OPS["reshape"](v, [-1 if i == at else 1 for i in range(len(vectors))])
        for v, at in zip(vectors, place, strict=True)
    ]
    return [functools.reduce(lambda grid, other: OPS["broadcast_like"].apply(grid, other), lying, one) for one in lying]


def scatter_nd(indices: Any, updates: Any, shape: Any, name: str | None = None) -> Any:
    """Return zeros of a shape, with updates added at positions.

    Examples
    --------
    >>> scatter_nd([[0], [2]], [5, 6], [4]).numpy()
    array([5, 0, 6, 0], dtype=int32)
    """
    updates = convert_to_tensor(updates)
    return OPS["tensor_scatter_nd_add"](zeros(shape, updates.dtype), indices, updates)


# ------------------------------------------------------------------------------------------------------------ moving


@in_front_of(OPS["where"])
def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Any:
    """Return the elements of `x` where a condition holds and those of `y` elsewhere; without them, where it holds.

    Examples
    --------
    >>> where([True, False], [1, 2], [3, 4]).numpy(), where([False, True]).numpy()
    (array([1, 4], dtype=int32), array([[1]]))
    """
    if (x is None) != (y is None):
        raise InvalidArgumentError("Of x and y only one is given.", hint="Give both, or none.", op="where")
    return OPS["nonzero"](condition) if x is None else OPS["where"](condition, x, y)


def repeat(input: Any, repeats: Any, axis: int | None = None, name: str | None = None) -> Any:
    """Return the elements, or the slices along an axis, each repeated; without an axis those of the flat tensor.

    Examples
    --------
    >>> repeat([1, 2], 2).numpy(), repeat([1, 2], [1, 3]).numpy()
    (array([1, 1, 2, 2], dtype=int32), array([1, 2, 2, 2], dtype=int32))
    """
    x = convert_to_tensor(input)
    if axis is None:
        x, axis = OPS["reshape"](x, [-1]), 0
    axis = axes_of(axis, len(x.shape))[0]
    counts = np.asarray([int(n) for n in repeats] if np.ndim(repeats) else int(repeats))
    if not counts.ndim or counts.size == 1:
        count = int(counts.item())
        multiples = [count if i == axis + 1 else 1 for i in range(len(x.shape) + 1)]
        tiled = OPS["tile"](OPS["expand_dims"](x, axis=axis + 1), multiples)
        sizes = [-1 if d is None else d for d in x.shape]
        sizes[axis] = -1 if x.shape[axis] is None else x.shape[axis] * count
        return OPS["reshape"](tiled, sizes)
    if x.shape[axis] not in (None, counts.size):
        raise InvalidArgumentError(
            "repeats has {count} numbers, but the axis {axis} has size {size}.",
            op="repeat",
            count=counts.size,
            axis=axis,
            size=x.shape[axis],
        )
    return OPS["gather"](x, np.repeat(np.arange(counts.size, dtype=np.int32), counts), axis=axis)


def strided_slice(input_: Any, begin: Any, end: Any, strides: Any = None, name: str | None = None) -> Any:
    """Return what ``input_[begin:end:strides]`` takes along the first axes.

    Examples
    --------
    >>> strided_slice([1, 2, 3, 4], [0], [4], [2]).numpy()
    array([1, 3], dtype=int32)
    """
    steps = [1] * len(begin) if strides is None else strides
    return convert_to_tensor(input_)[tuple(slice(*cut) for cut in zip(begin, end, steps, strict=True))]


def matrix_transpose(a: Any, name: str | None = None) -> Any:
    """Return the matrix, or each of a stack, transposed.

    Examples
    --------
    >>> matrix_transpose([[1, 2]]).numpy().tolist()
    [[1], [2]]
    """
    x = convert_to_tensor(a)
    last = len(x.shape)
    return OPS["transpose"](x, [*range(last - 2), last - 1, last - 2])


# -------------------------------------------------------------------------------------------------------- arithmetic


def add_n(inputs: Sequence[Any], name: str | None = None) -> Any:
    """Return the sum of a list of tensors.

    Examples
    --------
    >>> float(add_n([constant(1.0), constant(2.0)]))
    3.0
    """
    if not isinstance(inputs, list | tuple) or not inputs:
        raise InvalidArgumentError(
            "inputs is {value}.", hint="It takes a list of tensors.", op="add_n", value=repr(inputs)
        )
    return functools.reduce(OPS["add"], map(convert_to_tensor, inputs))


@in_front_of(OPS["einsum"])
def einsum(equation: str, *inputs: Any, name: str | None = None, **options: Any) -> Any:
    """Return the sum of products that `equation` names; see the op of this name.

    Examples
    --------
    >>> einsum("ij,j->i", [[1.0, 2.0]], [3.0, 4.0]).numpy()
    array([11.], dtype=float32)
    """
    return OPS["einsum"](list(inputs), equation)


def tensordot(a: Any, b: Any, axes: Any, name: str | None = None) -> Any:
    """Return the sum of products along axes of both: the last `axes` of a and the first of b, or a list for each.

    Examples
    --------
    >>> tensordot([[1.0, 2.0]], [[3.0], [4.0]], axes=1).numpy()
    array([[11.]], dtype=float32)
    """
    a, b = convert_to_tensor(a), convert_to_tensor(b)
    ranks = len(a.shape), len(b.shape)
    if isinstance(axes, int):
        axes = list(range(ranks[0] - axes, ranks[0])), list(range(axes))
    pairs = [[axis] if isinstance(axis, int) else list(axis) for axis in axes]
    first, second = ([axis % rank for axis in pair] for pair, rank in zip(pairs, ranks, strict=True))
    letters = "abcdefghijklmnopqrstuvwxyz"
    left = letters[: ranks[0]]
    free = iter(letters[ranks[0] :])
    right = "".join(left[first[second.index(i)]] if i in second else next(free) for i in range(ranks[1]))
    result = "".join(c for c in left + right if (left + right).count(c) == 1)
    return OPS["einsum"]([a, b], f"{left},{right}->{result}")


def matvec(a: Any, b: Any, transpose_a: bool = False, name: str | None = None) -> Any:
    """Return the product of a matrix and a vector.

    Examples
    --------
    >>> matvec([[1.0, 2.0]], [3.0, 4.0]).numpy()
    array([11.], dtype=float32)
    """
    column = OPS["expand_dims"](b, axis=-1)
    return OPS["squeeze"](OPS["matmul"](a, column, transpose_a=transpose_a), axis=-1)


def trace(x: Any, name: str | None = None) -> Any:
    """Return the sum of the diagonal of a matrix.

    Examples
    --------
    >>> float(trace([[1.0, 2.0], [3.0, 4.0]]))
    5.0
    """
    return OPS["reduce_sum"](OPS["diag_part"](x), axis=-1)


def cross(a: Any, b: Any, name: str | None = None) -> Any:
    """Return the cross product of vectors of three elements.

    Examples
    --------
    >>> cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]).numpy()
    array([0., 0., 1.], dtype=float32)
    """
    a, b = convert_to_tensor(a), convert_to_tensor(b)
    roll = OPS["roll"]
    return roll(a, -1, -1) * roll(b, 1, -1) - roll(a, 1, -1) * roll(b, -1, -1)


def slogdet(input: Any, name: str | None = None) -> tuple[Any, Any]:
    """Return the sign of the determinant of a matrix and the logarithm of its absolute value.

    Examples
    --------
    >>> [float(t) for t in slogdet([[1.0, 0.0], [0.0, -1.0]])]
    [-1.0, 0.0]
    """
    value = OPS["det"](input)
    return OPS["sign"](value), OPS["log"](OPS["abs"](value))


def logdet(matrix: Any, name: str | None = None) -> Any:
    """Return the logarithm of the determinant of a symmetric positive definite matrix.

    Examples
    --------
    >>> float(logdet([[1.0, 0.0], [0.0, 1.0]]))
    0.0
    """
    return OPS["reduce_sum"](OPS["log"](OPS["diag_part"](OPS["cholesky"](matrix))), axis=-1) * 2.0


@in_front_of(OPS["svd"])
def svd(tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: str | None = None) -> Any:
    """Return the singular values s of a matrix, and U and V with A = U diag(s) Vᵀ unless `compute_uv` is False.

    Examples
    --------
    >>> svd([[3.0, 0.0], [0.0, 2.0]], compute_uv=False).numpy()
    array([3., 2.], dtype=float32)
    """
    found = _svd(tensor, full_matrices)
    return found if compute_uv else found.s


_svd = named(OPS["svd"])


# -------------------------------------------------------------------------------------------------------- reductions


def reduce_variance(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """Return the mean of the squared differences from the mean.

    Examples
    --------
    >>> float(reduce_variance([1.0, 3.0]))
    1.0
    """
    x = convert_to_tensor(input_tensor)
    return OPS["reduce_mean"](OPS["square"](x - OPS["reduce_mean"](x, axis, keepdims=True)), axis, keepdims)


def reduce_std(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """Return the square root of the variance.

    Examples
    --------
    >>> float(reduce_std([1.0, 3.0]))
    1.0
    """
    return OPS["sqrt"](reduce_variance(input_tensor, axis, keepdims))


def reduce_euclidean_norm(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """Return the square root of the sum of the squares.

    Examples
    --------
    >>> float(reduce_euclidean_norm([3.0, 4.0]))
    5.0
    """
    return OPS["sqrt"](OPS["reduce_sum"](OPS["square"](input_tensor), axis, keepdims))


def reduce_logsumexp(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """Return log Σ eˣ, which overflows only where the result does.

    Examples
    --------
    >>> float(reduce_logsumexp([1000.0, 1000.0])) - 1000 < 0.694
    True
    """
    x = convert_to_tensor(input_tensor)
    top = OPS["stop_gradient"](OPS["reduce_max"](x, axis, keepdims=True))
    top = OPS["where"](OPS["is_finite"](top), top, OPS["zeros_like"](top))
    total = OPS["log"](OPS["reduce_sum"](OPS["exp"](x - top), axis, keepdims=True)) + top
    return total if keepdims else OPS["squeeze"](total, axis=axes_of(axis, len(x.shape)))


def count_nonzero(
    input: Any, axis: Any = None, keepdims: bool = False, dtype: Any = int64, name: str | None = None
) -> Any:
    """Return how many elements are not zero.

    Examples
    --------
    >>> int(count_nonzero([0, 1, 2]))
    2
    """
    x = convert_to_tensor(input)
    hits = x if x.dtype.is_bool else OPS["not_equal"](x, OPS["zeros_like"](x))
    return OPS["reduce_sum"](OPS["cast"](hits, dtype), axis, keepdims)


def zero_fraction(value: Any, name: str | None = None) -> Any:
    """Return the share of elements that are zero.

    Examples
    --------
    >>> float(zero_fraction([0.0, 1.0]))
    0.5
    """
    x = convert_to_tensor(value)
    return OPS["reduce_mean"](OPS["cast"](OPS["equal"](x, OPS["zeros_like"](x)), float32))


def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: int | None = None,
    weights: Any = None,
    dtype: Any = int32,
    name: str | None = None,
) -> Any:
    """Return how often each class (row) was taken for each (column).

    Examples
    --------
    >>> confusion_matrix([0, 1, 1], [0, 1, 0]).numpy().tolist()
    [[1, 0], [1, 1]]
    """
    labels, predictions = (OPS["cast"](v, int64) for v in (labels, predictions))
    if num_classes is None:
        top = OPS["maximum"](OPS["reduce_max"](labels), OPS["reduce_max"](predictions))
        num_classes = top.__index__() + 1
    count = OPS["ones_like"](labels, dtype) if weights is None else OPS["cast"](weights, dtype)
    pairs = OPS["stack"]([labels, predictions], axis=1)
    return scatter_nd(pairs, count, [num_classes, num_classes])


# ------------------------------------------------------------------------------------------------------------- norms


def norm(tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: bool = False, name: str | None = None) -> Any:
    """Return the norm of vectors, or of matrices if `axis` names two axes.

    Parameters
    ----------
    ord
        "euclidean" (of matrices also "fro"), 1, 2, infinity, or for vectors any positive number. For matrices 2 is
        the largest singular value.
    axis
        One axis, or a pair of them; None takes all elements for one vector.

    Examples
    --------
    >>> float(norm([3.0, 4.0])), float(norm([3.0, -4.0], ord=1)), float(norm([3.0, -4.0], ord=np.inf))
    (5.0, 7.0, 4.0)
    """
    x = convert_to_tensor(tensor)
    of_matrices = isinstance(axis, list | tuple) and len(axis) == 2
    if ord in ("euclidean", "fro") or (ord == 2 and not of_matrices):
        return reduce_euclidean_norm(x, axis, keepdims)
    size = OPS["abs"](x)
    if of_matrices:
        return _matrix_norm(x, size, ord, axis, keepdims)
    if isinstance(ord, str) or not ord > 0:
        raise InvalidArgumentError(
            "ord is {ord}.", hint="It takes 'euclidean', a positive number or infinity.", op="norm", ord=repr(ord)
        )
    if ord == np.inf:
        return OPS["reduce_max"](size, axis, keepdims)
    if ord == 1:
        return OPS["reduce_sum"](size, axis, keepdims)
    return OPS["pow"](OPS["reduce_sum"](OPS["pow"](size, float(ord)), axis, keepdims), 1.0 / ord)


def _matrix_norm(x: Any, size: Any, ord: Any, axis: Sequence[int], keepdims: bool) -> Any:
    rank = len(x.shape)
    rows, columns = (a % rank for a in axis)
    if ord in (1, np.inf):  # the largest sum of a column, or of a row
        first, second = (rows, columns) if ord == 1 else (columns, rows)
        found = OPS["reduce_max"](OPS["reduce_sum"](size, first, keepdims=True), second, keepdims=True)
    elif ord == 2:
        order = [*[i for i in range(rank) if i not in (rows, columns)], rows, columns]
        values = svd(OPS["transpose"](x, order), compute_uv=False)
        found = OPS["reduce_max"](values, axis=-1)
        found = OPS["expand_dims"](found, axis=tuple(sorted((rows, columns))))
    else:
        raise InvalidArgumentError(
            "ord is {ord}.", hint="For matrices it takes 'fro', 1, 2 or infinity.", op="norm", ord=repr(ord)
        )
    return found if keepdims else OPS["squeeze"](found, axis=(rows, columns))


def l2_normalize(x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None) -> Any:
    """Return `x` divided by its Euclidean norm along axes, or by √epsilon if that is larger.

    Examples
    --------
    >>> l2_normalize([3.0, 4.0]).numpy()
    array([0.6, 0.8], dtype=float32)
    """
    x = convert_to_tensor(x)
    total = OPS["reduce_sum"](OPS["square"](x), axis, keepdims=True)
    return x * OPS["rsqrt"](OPS["maximum"](total, epsilon))


def l2_loss(t: Any, name: str | None = None) -> Any:
    """Return half the sum of the squares.

    Examples
    --------
    >>> float(l2_loss([3.0, 4.0]))
    12.5
    """
    return OPS["reduce_sum"](OPS["square"](t)) * 0.5


def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> Any:
    """Return the tensor, scaled down to a norm of `clip_norm` where its own is larger.

    Examples
    --------
    >>> clip_by_norm([3.0, 4.0], 1.0).numpy()
    array([0.6, 0.8], dtype=float32)
    """
    t = convert_to_tensor(t)
    squares = OPS["reduce_sum"](t * t, axes, keepdims=True)
    positive = OPS["greater"](squares, 0.0)
    size = OPS["sqrt"](OPS["where"](positive, squares, OPS["ones_like"](squares)))
    size = OPS["where"](positive, size, squares)
    return t * clip_norm / OPS["maximum"](size, clip_norm)


def global_norm(t_list: Sequence[Any], name: str | None = None) -> Any:
    """Return the Euclidean norm of all elements of a list of tensors, in which None counts nothing.

    Examples
    --------
    >>> float(global_norm([constant([3.0]), None, constant([4.0])]))
    5.0
    """
    return OPS["sqrt"](add_n([OPS["reduce_sum"](OPS["square"](t)) for t in t_list if t is not None]))


def clip_by_global_norm(
    t_list: Sequence[Any], clip_norm: Any, use_norm: Any = None, name: str | None = None
) -> tuple[list[Any], Any]:
    """Return tensors scaled down so that their common norm is `clip_norm` where it is larger, and that norm.

    Examples
    --------
    >>> clipped, size = clip_by_global_norm([constant([3.0, 4.0])], 1.0)
    >>> clipped[0].numpy(), float(size)
    (array([0.6, 0.8], dtype=float32), 5.0)
    """
    size = global_norm(t_list) if use_norm is None else convert_to_tensor(use_norm)
    # infinity minus itself is no number, and so makes none of everything if the norm is not finite
    scale = OPS["minimum"](1.0 / size, 1.0 / convert_to_tensor(clip_norm, size.dtype)) * clip_norm + (size - size)
    return [None if t is None else t * scale for t in t_list], size


# ------------------------------------------------------------------------------------------------------------- losses


def sigmoid_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: str | None = None) -> Any:
    """Return the cross-entropy between labels and the sigmoid of logits: max(x, 0) - x z + log(1 + e⁻|x|).

    Examples
    --------
    >>> sigmoid_cross_entropy_with_logits(labels=[1.0], logits=[0.0]).numpy()
    array([0.6931472], dtype=float32)
    """
    x = convert_to_tensor(logits)
    return OPS["softplus"](x) - x * labels


def weighted_cross_entropy_with_logits(labels: Any, logits: Any, pos_weight: Any, name: str | None = None) -> Any:
    """Return the cross-entropy with logits in which the positive labels count `pos_weight` times.

    Examples
    --------
    >>> weighted_cross_entropy_with_logits([1.0], [0.0], 2.0).numpy()
    array([1.3862944], dtype=float32)
    """
    x, z = convert_to_tensor(logits), convert_to_tensor(labels)
    weight = (convert_to_tensor(pos_weight, x.dtype) - 1.0) * z + 1.0
    return (1.0 - z) * x + weight * OPS["softplus"](-x)


# ------------------------------------------------------------------------------------------------------------- dtypes


def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> Any:
    """Return the tensor as another dtype; what does not fit becomes its least or largest value.

    Examples
    --------
    >>> saturate_cast([300, -1], "uint8").numpy()
    array([255,   0], dtype=uint8)
    """
    x, target = convert_to_tensor(value), as_dtype(dtype)
    if x.dtype.is_bool or target.is_bool:
        return OPS["cast"](x, target)
    low, high = max(x.dtype.min, target.min), min(x.dtype.max, target.max)
    limits = [np.asarray(v, x.dtype.as_numpy_dtype) for v in (low, high)]
    if x.dtype.is_floating and target.is_integer and limits[1] > high:  # rounded to what is beyond the largest
        limits[1] = np.nextafter(limits[1], limits[1].dtype.type(0))
    return OPS["cast"](OPS["clip_by_value"](x, *limits), target)


def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Any:
    """Return the tensor, or raise an `InvalidArgumentError` if it has another shape; None stands for any size.

    Examples
    --------
    >>> ensure_shape([[1, 2]], [None, 2]).shape
    TensorShape([1, 2])
    """
    return OPS["ensure_shape"](x, tuple(as_shape(shape)))


def is_tensor(x: Any) -> bool:
    """Return whether `x` is a tensor or a variable.

    Examples
    --------
    >>> is_tensor(constant(1)), is_tensor(1)
    (True, False)
    """
    return isinstance(getattr(x, "dtype", None), DType) and hasattr(x, "shape")


def executing_eagerly() -> bool:
    """Return whether ops are carried out at once, rather than recorded for a compiled function.

    Examples
    --------
    >>> executing_eagerly()
    True
    """
    return not is_tracing()


def group(*inputs: Any, name: str | None = None) -> None:
    """Do nothing: what is to happen has happened, or is recorded in its order."""


def no_op(name: str | None = None) -> None:
    """Do nothing."""
