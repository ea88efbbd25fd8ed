"""More programs for TensorFlow and the engine: the functions beyond those that networks are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from cases import Results, numbers, several, whole

TF_CASES: dict[str, Callable[[Any], Results]] = {}


def case(program: Callable[[Any], Results]) -> Callable[[Any], Results]:
    """Enter a program under its name."""
    TF_CASES[program.__name__] = program
    return program


def spread(*shape: int) -> Any:
    """Return a matrix, or a stack of them, far from singular."""
    return (numbers(*shape, low=-1, high=1) + 3 * np.eye(shape[-2], shape[-1])).astype(np.float32)


@case
def elementary(tf: Any) -> Results:
    m, inner = tf.math, numbers(7, low=-0.9, high=0.9)
    table = {n: (getattr(m, n), inner) for n in ("tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "atanh")}
    table |= {n: (getattr(m, n), numbers(7, low=1.1, high=4)) for n in ("acosh", "lgamma", "digamma", "reciprocal")}
    table["erfc"] = (m.erfc, numbers(7, low=-3, high=3))
    table["atan2"] = (m.atan2, numbers(6), numbers(6, shift=1))
    table["squared_difference"] = (m.squared_difference, numbers(2, 3), numbers(3, shift=1))
    return several(tf, table)


@case
def tame_at_zero(tf: Any) -> Results:
    x, y = np.array([0, 1, -2, 0], np.float32), np.array([0, 0, 4, 2], np.float32)
    m, odd = tf.math, tf.constant([np.nan, np.inf, 1.0])
    names = ("multiply_no_nan", "divide_no_nan", "xlogy", "xdivy")
    results = several(tf, {n: (getattr(m, n), x, np.abs(y)) for n in names})
    return {**results, "no nan": m.multiply_no_nan(odd, tf.constant([0.0, 0.0, 2.0])), "finite": m.is_finite(odd)}


@case
def more_activations(tf: Any) -> Results:
    x = np.array([-8, -2, -0.5, 0.5, 3, 7], np.float32)
    results = several(tf, {n: (getattr(tf.nn, n), x) for n in ("relu6", "selu", "softsign", "swish")})
    labels = numbers(6, low=0, high=1)
    pair = tf.nn.sigmoid_cross_entropy_with_logits
    results |= several(
        tf,
        {
            "sigmoid cross entropy": (lambda z: pair(labels=labels, logits=z), x),
            "weighted": (lambda z: tf.nn.weighted_cross_entropy_with_logits(labels, z, 3.0), x),
        },
    )
    return results


@case
def statistics(tf: Any) -> Results:
    m, x = tf.math, numbers(2, 3, 4)
    names = ("reduce_std", "reduce_variance", "reduce_logsumexp", "reduce_euclidean_norm")
    results = several(tf, {f"{n} {axis}": (lambda t, n=n, axis=axis: getattr(m, n)(t, axis), x)
                           for n in names for axis in (None, 1, (0, -1))})  # fmt: skip
    results |= {"count": m.count_nonzero(tf.constant([[0, 1], [2, 0]]), axis=0), "zeros": m.zero_fraction([0.0, 1.0])}
    norms = {"2": 2, "1": 1, "inf": np.inf, "3": 3}
    results |= several(tf, {f"norm {n}": (lambda t, o=o: tf.norm(t, ord=o, axis=1), x) for n, o in norms.items()})
    matrix = {"fro": "fro", "1": 1, "inf": np.inf, "2": 2}
    return results | several(
        tf,
        {f"matrix norm {n}": (lambda t, o=o: tf.norm(t, ord=o, axis=(-2, -1)), x) for n, o in matrix.items()}
        | {
            "l2_normalize": (lambda t: tf.nn.l2_normalize(t, axis=-1), x),
            "l2_loss": (tf.nn.l2_loss, x),
            "clip_by_norm": (lambda t: tf.clip_by_norm(t, 1.5), x),
            "clip_by_global_norm": (lambda t: tf.clip_by_global_norm([t, t * 2.0], 1.5)[0][1], x),
        },
    )


@case
def scans(tf: Any) -> Results:
    x, m = numbers(2, 3, 2), tf.math
    ways = [{}, {"exclusive": True}, {"reverse": True}, {"exclusive": True, "reverse": True}]
    table = {
        f"{name} {way}": (lambda t, name=name, way=way: getattr(m, name)(t, axis=1, **way), x)
        for name in ("cumsum", "cumprod")
        for way in ways
    }
    table["cumulative_logsumexp"] = (lambda t: m.cumulative_logsumexp(t, axis=1, reverse=True), x)
    return {**several(tf, table), "integers": tf.cumsum(tf.constant([1, 2, 3]))}


@case
def orders(tf: Any) -> Results:
    x, ties = numbers(3, 4), tf.constant([3, 1, 3, 2, 1])
    results = several(
        tf,
        {
            "sort": (lambda t: tf.sort(t, axis=0), x),
            "descending": (lambda t: tf.sort(t, direction="DESCENDING"), x),
            "top_k": (lambda t: tf.math.top_k(t, k=2).values, x),
        },
    )
    results |= {f"argsort {d}": tf.argsort(ties, direction=d) for d in ("ASCENDING", "DESCENDING")}
    results["top_k indices"] = tf.math.top_k(ties, k=4).indices
    results["in_top_k"] = tf.math.in_top_k(tf.constant([0, 1, 3]), tf.constant(x), k=2)
    y, idx, count = tf.unique_with_counts(ties)
    return {**results, "unique": y, "idx": idx, "count": count}


@case
def groups(tf: Any) -> Results:
    x, ids = numbers(4, 2), np.array([0, 0, 2, 2], np.int32)
    jumbled = np.array([2, 0, -1, 2], np.int32)
    results = several(
        tf,
        {
            "segment_sum": (lambda t: tf.math.segment_sum(t, ids), x),
            "unsorted": (lambda t: tf.math.unsorted_segment_sum(t, jumbled, 4), x),
        },
    )
    numbered = whole(9, below=4)
    results["bincount"] = tf.math.bincount(tf.constant(numbered))
    results["bincount of 6"] = tf.math.bincount(tf.constant(numbered), minlength=6, maxlength=6)
    results["confusion"] = tf.math.confusion_matrix(whole(9, below=3), whole(9, below=3, shift=2))
    return results


@case
def masks(tf: Any) -> Results:
    x, rows = numbers(3, 4), np.array([True, False, True])
    results = several(
        tf,
        {
            "rows": (lambda t: tf.boolean_mask(t, rows), x),
            "columns": (lambda t: tf.boolean_mask(t, [True, False, False, True], axis=1), x),
            "elements": (lambda t: t[t > 0.0], x),
        },
    )
    return {**results, "where": tf.where(tf.constant(x) > 0.0), "array": tf.constant(x)[rows]}


@case
def movements(tf: Any) -> Results:
    x = numbers(2, 3)
    results = several(
        tf,
        {
            "reverse": (lambda t: tf.reverse(t, axis=[1]), x),
            "roll": (lambda t: tf.roll(t, shift=[1, -1], axis=[0, 1]), x),
            "repeat": (lambda t: tf.repeat(t, 2, axis=1), x),
            "repeat each": (lambda t: tf.repeat(t, [1, 3], axis=0), x),
            "repeat all": (lambda t: tf.repeat(t, 2), x),
            "broadcast_to": (lambda t: tf.broadcast_to(t, [4, 2, 3]), x),
            "strided_slice": (lambda t: tf.strided_slice(t, [0, 0], [2, 3], [1, 2]), x),
            "scatter_nd": (lambda t: tf.scatter_nd([[3], [0]], t, [5, 3]), x),
        },
    )
    for way in ("xy", "ij"):
        results |= {f"meshgrid {way} {i}": t for i, t in enumerate(tf.meshgrid([1, 2], [3, 4, 5], [6], indexing=way))}
    results["saturated"] = tf.saturate_cast(tf.constant([300.7, -3.0, 12.9]), tf.uint8)
    results["bits"] = tf.bitcast(tf.constant([1.0, -2.5]), tf.int32)
    return results


@case
def diagonals(tf: Any) -> Results:
    la = tf.linalg
    return several(
        tf,
        {
            "diag": (la.diag, numbers(2, 3)),
            "diag 1": (lambda t: la.diag(t, k=1), numbers(3)),
            "diag_part": (la.diag_part, numbers(2, 3, 4)),
            "diag_part -1": (lambda t: la.diag_part(t, k=-1), numbers(3, 3)),
            "set_diag": (la.set_diag, numbers(2, 3, 3), numbers(2, 3)),
            "band_part": (lambda t: la.band_part(t, 1, 0), numbers(3, 4)),
            "trace": (la.trace, numbers(2, 3, 3)),
            "transpose": (la.matrix_transpose, numbers(2, 3, 4)),
        },
    )


@case
def contractions(tf: Any) -> Results:
    def sums(equation: str, *shapes: tuple[int, ...]) -> tuple[Any, ...]:
        return (lambda *t: tf.einsum(equation, *t), *[numbers(*s, shift=i) for i, s in enumerate(shapes)])

    table = {
        e: sums(e, *s)
        for e, s in {
            "ij,jk->ik": ((2, 3), (3, 4)),
            "bij,bkj->bik": ((2, 2, 3), (2, 4, 3)),
            "...ij,jk->...ik": ((2, 2, 3), (3, 4)),
            "bhid,bhjd->bhij": ((2, 2, 3, 2), (2, 2, 4, 2)),
            "ii->i": ((3, 3),),
            "ij->": ((2, 3),),
            "i,j": ((2,), (3,)),
            "ij,jk,kl->il": ((2, 3), (3, 2), (2, 4)),
        }.items()
    }
    table["tensordot"] = (lambda a, b: tf.tensordot(a, b, axes=[[1, 2], [1, 0]]), numbers(2, 3, 4), numbers(4, 3))
    table["matvec"] = (tf.linalg.matvec, numbers(2, 3, 4), numbers(2, 4))
    table["cross"] = (tf.linalg.cross, numbers(2, 3), numbers(2, 3, shift=1))
    return several(tf, table)


@case
def factors(tf: Any) -> Results:
    la, square = tf.linalg, spread(2, 3, 3)

    def definite(t: Any) -> Any:
        return tf.matmul(t, t, transpose_b=True)

    def sizes(t: Any) -> Any:  # signs of vectors are anybody's choice
        return la.svd(t, compute_uv=False)

    return several(
        tf,
        {
            "det": (la.det, square),
            "inv": (la.inv, square),
            "solve": (la.solve, square, numbers(2, 3, 2)),
            "solve adjoint": (lambda a, b: la.solve(a, b, adjoint=True), square, numbers(2, 3, 2)),
            "triangular": (lambda a, b: la.triangular_solve(a, b, lower=False), square, numbers(2, 3, 2)),
            "cholesky": (lambda t: la.cholesky(definite(t)), square),
            "cholesky itself": (la.cholesky, np.array([[4, 1], [1, 3]], np.float32)),
            "logdet": (lambda t: la.logdet(definite(t)), square),
            "eigenvalues": (lambda t: la.eigh(definite(t))[0], square),
            "eigenvectors": (lambda t: la.eigh(definite(t))[1] ** 2.0, square),
            "svd": (sizes, numbers(4, 3)),
            "svd vectors": (lambda t: la.svd(t)[1] ** 2.0, numbers(4, 3)),
            "qr": (lambda t: la.qr(t).q ** 2.0 + tf.reduce_sum(la.qr(t).r ** 2.0), spread(4, 3)),
        },
    )
