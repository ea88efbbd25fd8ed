"""Sums of products written with letters, after Einstein."""

from __future__ import annotations

import math
import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.core.convert import contiguous
from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS, Op, Operand, sample
from engine.core.param import Param
from engine.core.shape import Dim, TensorShape, broadcast_dim
from engine.core.spec import TensorSpec
from engine.ops.declare import Family
from engine.ops.movement import expand_dims, reshape_like, squeeze
from engine.ops.reduce import broadcast_like

ops = Family("linear algebra")


def parse(equation: str, shapes: Sequence[Sequence[Dim]]) -> tuple[list[str], str]:
    """Return the letters of each operand and of the result, with letters of their own for the axes under ``...``.

    Raises
    ------
    InvalidArgumentError
        If the equation is none, or does not fit the operands.

    Examples
    --------
    >>> parse("...ij,jk->...ik", [(5, 2, 3), (3, 4)])
    (['Zij', 'jk'], 'Zik')
    """
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(shapes):
        raise InvalidArgumentError(
            "equation is '{equation}', which has {terms} operands, but {given} were given.",
            equation=equation,
            terms=len(terms),
            given=len(shapes),
        )
    free = [c for c in reversed(string.ascii_letters) if c not in equation]
    ranks = [len(s) - len(t.replace("...", "")) for t, s in zip(terms, shapes, strict=True)]
    most = max((r for r, t in zip(ranks, terms, strict=True) if "..." in t), default=0)
    dots = "".join(reversed(free[: max(most, 0)]))
    letters = []
    for term, shape, rank in zip(terms, shapes, ranks, strict=True):
        if rank < 0 or (rank and "..." not in term):
            raise InvalidArgumentError(
                "equation is '{equation}', but an operand of shape {shape} does not fit '{term}'.",
                hint="It takes one letter for each axis, or '...' for several.",
                equation=equation,
                shape=TensorShape(shape),
                term=term,
            )
        letters.append(term.replace("...", dots[len(dots) - rank :] if rank else ""))
    used = "".join(letters)
    if not arrow:  # then the result has what appears once, in the order of the alphabet
        right = "..." + "".join(sorted(c for c in set(used) if used.count(c) == 1 and c not in dots))
    result = right.replace("...", dots)
    wrong = [c for c in used + result if not (c.isascii() and c.isalpha())]
    if wrong or any(result.count(c) > 1 or c not in used for c in result):
        raise InvalidArgumentError(
            "equation is '{equation}'.",
            hint="It has letters only, and the result takes each of its letters once, from the operands.",
            equation=equation,
        )
    return letters, result


def _sizes(equation: str, letters: Sequence[str], shapes: Sequence[Sequence[Dim]]) -> dict[str, Dim]:
    sizes: dict[str, Dim] = {}
    for term, shape in zip(letters, shapes, strict=True):
        for letter, size in zip(term, shape, strict=True):
            known = sizes.get(letter, size)
            both_known = known is not None and size is not None
            # only the axes under ... broadcast
            if both_known and known != size and (letter in equation or 1 not in (known, size)):
                raise InvalidArgumentError(
                    "equation is '{equation}', but '{letter}' stands for {a} and for {b}.",
                    equation=equation,
                    letter=letter,
                    a=known,
                    b=size,
                )
            sizes[letter] = broadcast_dim(known, size)
    return sizes


def _infer(*specs: TensorSpec, equation: str) -> TensorSpec:
    shapes = [s.shape for s in specs]
    letters, result = parse(equation, shapes)
    sizes = _sizes(equation, letters, shapes)
    return TensorSpec([sizes[c] for c in result], specs[0].dtype)


def _einsum(*arrays: Array, equation: str) -> Array:
    letters, result = parse(equation, [a.shape for a in arrays])
    _sizes(equation, letters, [a.shape for a in arrays])
    found = _as_matmul(arrays, letters, result)
    if found is not None:
        return contiguous(found)
    # a copy, since NumPy may return a view of the operand
    return np.array(np.einsum(f"{','.join(letters)}->{result}", *arrays, optimize=len(arrays) > 2), order="C")


def _as_matmul(arrays: Sequence[Array], letters: Sequence[str], result: str) -> Array | None:
    """Return the product of two operands by BLAS, if it is one of (stacks of) matrices, else None."""
    if len(arrays) != 2 or arrays[0].dtype.kind != "f" or any(len(set(t)) != len(t) for t in letters):
        return None
    a, b = letters
    sizes, others = (dict(zip(t, x.shape, strict=True)) for t, x in zip(letters, arrays, strict=True))
    shared = [c for c in a if c in b]
    inner = [c for c in shared if c not in result]
    batch = [c for c in shared if c in result]
    rows, columns = [c for c in a if c not in b], [c for c in b if c not in a]
    if not inner or set(rows + columns) - set(result) or any(sizes[c] != others[c] for c in shared):
        return None
    sizes |= others
    count = [math.prod(sizes[c] for c in group) for group in (rows, inner, columns)]
    stack = [sizes[c] for c in batch]
    x = arrays[0].transpose([a.index(c) for c in batch + rows + inner]).reshape(*stack, count[0], count[1])
    y = arrays[1].transpose([b.index(c) for c in batch + inner + columns]).reshape(*stack, count[1], count[2])
    order = batch + rows + columns
    product = np.matmul(x, y).reshape([sizes[c] for c in order])
    return np.asarray(product.transpose([order.index(c) for c in result]))


def _without_broadcast(x: Any, term: str, sizes: dict[str, Dim]) -> tuple[Any, str]:
    """Return an operand and its letters without the axes of size 1 along which it broadcasts."""
    ones = tuple(p for p, c in enumerate(term) if x.shape[p] == 1 != sizes[c])
    return (squeeze.apply(x, axis=ones), "".join(c for p, c in enumerate(term) if p not in ones)) if ones else (x, term)


def _gradient(g: Any, y: Any, *inputs: Any, equation: str) -> list[Any]:
    """For each operand the sum of products of the others and what comes in, with its letters as the result."""
    letters, result = parse(equation, [x.shape for x in inputs])
    sizes = _sizes(equation, letters, [x.shape for x in inputs])
    factors = [_without_broadcast(x, term, sizes) for x, term in zip(inputs, letters, strict=True)]
    slopes = []
    for i, (x, own) in enumerate(factors):
        others = [*factors[:i], *factors[i + 1 :]]
        terms, operands = [result, *[t for _, t in others]], [g, *[v for v, _ in others]]
        fresh = [c for c in string.ascii_letters if c not in "".join((result, *letters))]
        for place, letter in enumerate(own):
            if letter in own[:place]:  # a diagonal: only where both letters are equal there is a gradient
                other = fresh.pop()
                terms.append(letter + other)
                operands.append(OPS["eye"](num_rows=int(x.shape[place]), dtype=x.dtype))
                own = own[:place] + other + own[place + 1 :]
        there = [c for c in own if c in "".join(terms)]
        slope = einsum(operands, f"{','.join(terms)}->{''.join(there)}")
        missing = tuple(p for p, c in enumerate(own) if c not in there)
        if missing:  # that were summed over in this operand alone
            slope = broadcast_like.apply(expand_dims(slope, axis=missing), x)
        slopes.append(slope if x is inputs[i] else reshape_like.apply(slope, inputs[i]))
    return slopes


einsum: Op = ops.op(
    "einsum",
    "Sum of products of tensors, written with a letter for each axis: 'ij,jk->ik' is the product of two matrices.",
    inputs=(Operand("inputs", "numeric", variadic=True),),
    infer=_infer,
    reference=_einsum,
    gradient=_gradient,
    params={"equation": Param("text", help="Letters of each operand, '->', and those of the result.")},
    notes="Letters that the result does not have are summed over; '...' stands for any axes, which broadcast.",
    keywords=("einstein", "contraction", "product"),
    samples=(
        sample(((2, 3), "reals"), ((3, 4), "reals"), equation="ij,jk->ik"),
        sample(((2, 3, 2), "reals"), ((2, 2, 3), "reals"), equation="bij,bki->kbj"),
        sample(((3, 3), "reals"), equation="ii->i"),
        sample(((2, 3), "reals"), ((2,), "reals"), equation="ij,i->"),
        sample(((2, 1, 2, 3), "reals"), ((4, 3), "reals"), equation="...ij,...j->...i"),
        sample(((2,), "reals"), ((2, 3), "reals"), ((3,), "reals"), equation="i,ij,j"),
    ),
    refused=(
        sample(((2, 3), "any"), ((2, 3), "any"), equation="ij,jk->ik"),
        sample(((2, 3), "any"), equation="i->i"),
        sample(((2, 3), "any"), equation="ij,jk->ik"),
        sample(((2, 3), "any"), equation="ij->ik"),
        sample(((2, 3), "any"), equation="i*->i"),
    ),
    example=">>> tf.einsum('ij,j->i', [[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0]).numpy()\narray([3., 7.], dtype=float32)",
)
