"""Initial values of weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.core.param import param
from engine.core.registry import Registry
from engine.keras.declared import Declared
from engine.keras.lookup import find, register
from engine.runtime import rng
from engine.runtime.eager import convert_to_tensor

INITIALIZERS: Registry[type[Initializer]] = Registry("initializer")


class Initializer(Declared):
    """Base of the initial values: called with a shape and a dtype, it returns a tensor."""

    def __call__(self, shape: Sequence[int], dtype: Any = "float32") -> Any:
        """Return the values."""
        raise TypeError(f"{type(self).__name__} does not say which values it gives: define __call__(shape, dtype).")


class Zeros(Initializer):
    """All zeros.

    Examples
    --------
    >>> Zeros()([2]).numpy()
    array([0., 0.], dtype=float32)
    """

    def __call__(self, shape: Sequence[int], dtype: Any = "float32") -> Any:
        return OPS["fill"](shape, 0, dtype)


class Ones(Initializer):
    """All ones.

    Examples
    --------
    >>> Ones()([2]).numpy()
    array([1., 1.], dtype=float32)
    """

    def __call__(self, shape: Sequence[int], dtype: Any = "float32") -> Any:
        return OPS["fill"](shape, 1, dtype)


class Constant(Initializer):
    """One value everywhere.

    Examples
    --------
    >>> Constant(3.0)([2]).numpy()
    array([3., 3.], dtype=float32)
    """

    value: float = param(0.0, "The value.")

    def __call__(self, shape: Sequence[int], dtype: Any = "float32") -> Any:
        return OPS["fill"](shape, self.value, dtype)


class _Random(Initializer):
    """Base of the random ones: each object draws from a seed of its own, the same values at every call."""

    seed: int | None = param(None, "Seed; none takes one from the global generator.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._drawn_seed = rng.new_seed() if self.seed is None else self.seed

    def _generator(self) -> rng.Generator:
        return rng.Generator(self._drawn_seed)


class RandomNormal(_Random):
    """Normally distributed values.

    Examples
    --------
    >>> RandomNormal(stddev=0.1, seed=0)([3]).shape
    TensorShape([3])
    """

    mean: float = param(0.0, "Mean.")
    stddev: float = param(0.05, "Standard deviation.", min=0)

    def __call__(self, shape: Sequence[int], dtype: Any = "float32") -> Any:
        return self._generator().normal(shape, self.mean, self.stddev, dtype)


class TruncatedNormal(RandomNormal):
    """Normally distributed values, cut off at two standard deviations."""

    def __call__(self, shape: Sequence[int], dtype: Any = "float32") -> Any:
        return self._generator().truncated_normal(shape, self.mean, self.stddev, dtype)


class RandomUniform(_Random):
    """Evenly distributed values."""

    minval: float = param(-0.05, "Smallest value.")
    maxval: float = param(0.05, "Largest value.")

    def __call__(self, shape: Sequence[int], dtype: Any = "float32") -> Any:
        return self._generator().uniform(shape, self.minval, self.maxval, dtype)


def fans(shape: Sequence[int]) -> tuple[float, float]:
    """Return how many inputs and outputs a unit has, for a kernel (…, inputs, outputs).

    Examples
    --------
    >>> fans([784, 128]), fans([3, 3, 16, 32])
    ((784, 128), (144, 288))
    """
    if len(shape) < 2:
        size = math.prod(shape)
        return size, size
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


class _Scaled(_Random):
    """Base of those whose variance depends on the number of inputs and outputs: variance = scale / fan."""

    scale: ClassVar[float] = 1.0
    average: ClassVar[bool] = True
    normal: ClassVar[bool] = False

    def __call__(self, shape: Sequence[int], dtype: Any = "float32") -> Any:
        fan_in, fan_out = fans(shape)
        fan = (fan_in + fan_out) / 2 if self.average else fan_in
        variance = self.scale / max(1.0, fan)
        if self.normal:
            # the standard deviation of a normal distribution cut off at ±2 is 0.8796 of the whole one's
            return self._generator().truncated_normal(shape, 0.0, math.sqrt(variance) / 0.87962566103423978, dtype)
        limit = math.sqrt(3 * variance)
        return self._generator().uniform(shape, -limit, limit, dtype)


class GlorotUniform(_Scaled):
    """Even between ±√(6 / (inputs + outputs)): Glorot and Bengio (2010), for tanh, sigmoid and softmax."""


class GlorotNormal(_Scaled):
    """Truncated normal with variance 2 / (inputs + outputs): Glorot and Bengio (2010)."""

    normal = True


class HeUniform(_Scaled):
    """Even between ±√(6 / inputs): He and others (2015), for ReLU."""

    scale, average = 2.0, False


class HeNormal(_Scaled):
    """Truncated normal with variance 2 / inputs: He and others (2015), for ReLU."""

    scale, average, normal = 2.0, False, True


class Orthogonal(_Random):
    """Columns, or rows, of length `gain` at right angles: Saxe and others, arXiv:1312.6120; for recurrent kernels.

    Examples
    --------
    >>> q = Orthogonal(seed=0)([3, 2]).numpy()
    >>> (q.T @ q).round(5)
    array([[1., 0.],
           [0., 1.]], dtype=float32)
    """

    gain: float = param(1.0, "Length of the columns, or rows.")

    def __call__(self, shape: Sequence[int], dtype: Any = "float32") -> Any:
        if len(shape) < 2:
            raise InvalidArgumentError(
                "A weight of shape {shape} has no columns.",
                hint="Orthogonal values take at least two axes.",
                shape=list(shape),
            )
        rows, columns = math.prod(shape[:-1]), shape[-1]
        drawn = np.asarray(self._generator().normal((max(rows, columns), min(rows, columns)), 0.0, 1.0, "float64"))
        q, r = np.linalg.qr(drawn)
        q = q * np.where(np.diag(r) < 0, -1.0, 1.0)  # otherwise some rotations would be likelier than others
        values = (q if rows >= columns else q.T).reshape(tuple(shape)) * self.gain
        return OPS["cast"](convert_to_tensor(values), dtype=dtype)


for _class in (
    GlorotUniform,
    GlorotNormal,
    HeUniform,
    HeNormal,
    Orthogonal,
    Zeros,
    Ones,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    Constant,
):
    register(INITIALIZERS, _class)

#: The names to choose from, in the order in which they are offered.
NAMES = tuple(name for name in INITIALIZERS if name == name.lower())


def get(identifier: Any) -> Any:
    """Return the initializer that a name, a configuration or an object stands for.

    Examples
    --------
    >>> type(get("he_normal")).__name__
    'HeNormal'
    """
    if callable(identifier) and not isinstance(identifier, type):
        return identifier
    return find(INITIALIZERS, identifier, Initializer)
