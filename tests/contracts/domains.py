"""What the operands of samples are drawn from: the words that op records use, as functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.core.dtype import Array

Random = np.random.Generator
Shape = tuple[int, ...]
Draw = Callable[[Random, Shape], Array]


def _even(low: float, high: float) -> Draw:
    return lambda rng, shape: rng.uniform(low, high, shape)


def _whole(low: int, high: int) -> Draw:
    return lambda rng, shape: rng.integers(low, high, shape)


def _signed(draw: Draw) -> Draw:
    return lambda rng, shape: draw(rng, shape) * rng.choice([-1, 1], shape)


def _distinct(step: float) -> Draw:
    """All different, a step apart, and different from any other operand's."""

    def draw(rng: Random, shape: Shape) -> Array:
        size = int(np.prod(shape))
        places = rng.permutation(size).reshape(shape) - size // 2
        return np.asarray(places * step + (rng.uniform(0, step) if step < 1 else 0))

    return draw


def _regular(rng: Random, shape: Shape) -> Array:
    """Square matrices far from singular, or none if the shape has none."""
    return rng.uniform(-1, 1, shape) + 2 * np.eye(*shape[-2:])


def _positive_definite(rng: Random, shape: Shape) -> Array:
    """Symmetric matrices with eigenvalues that lie apart."""
    noise = rng.uniform(-0.3, 0.3, shape)
    return noise + noise.swapaxes(-1, -2) + np.diag(np.arange(2.0, 2 + shape[-1]))


#: For each domain how floats and how integers are drawn.
DOMAINS: dict[str, tuple[Draw, Draw]] = {
    "any": (_even(-2, 2), _whole(-5, 6)),
    "reals": (_even(-2, 2), _whole(-5, 6)),
    "positive": (_even(0.5, 2.5), _whole(1, 6)),
    "nonzero": (_signed(_even(0.5, 2)), _signed(_whole(1, 6))),
    "off_zero": (_signed(_even(0.1, 2)), _signed(_whole(1, 6))),
    "off_integers": (lambda rng, shape: _whole(-3, 3)(rng, shape) + rng.uniform(0.1, 0.4, shape), _whole(-3, 3)),
    "distinct": (_distinct(0.17), _distinct(1)),
    "small": (_even(-1.5, 2), _whole(0, 4)),
    "low": (_even(-0.9, -0.3), _whole(-4, -1)),
    "high": (_even(0.3, 0.9), _whole(1, 4)),
    "inner": (_even(-0.9, 0.9), _whole(0, 1)),
    "outer": (_even(1.1, 2.5), _whole(2, 6)),
    "regular": (_regular, _whole(0, 1)),
    "positive_definite": (_positive_definite, _whole(0, 1)),
    "unit": (_even(0, 1), _whole(0, 2)),
    "bools": (_whole(0, 2), _whole(0, 2)),
    "integers": (_whole(-5, 6), _whole(-5, 6)),
    "small_integers": (_whole(-1, 2), _whole(-1, 2)),
    "state": (_whole(0, 2**62), _whole(0, 2**62)),
}


def draw(rng: Random, domain: str, shape: Shape, dtype: Any) -> Array:
    """Return an array of a dtype from a domain; ``index:n`` stands for whole numbers from 0 to below n."""
    kind = np.dtype(dtype)
    if domain.startswith("index:"):
        return rng.integers(0, int(domain.partition(":")[2]), shape).astype(kind)
    if kind == np.bool_:
        return rng.integers(0, 2, shape).astype(kind)
    floats, whole = DOMAINS[domain]
    values = np.asarray((floats if kind.kind == "f" else whole)(rng, shape))
    return np.abs(values).astype(kind) if kind.kind == "u" else values.astype(kind)
