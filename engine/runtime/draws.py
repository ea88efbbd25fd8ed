"""Draws beside the even and the normal ones, and draws that keep no state: the seed is an argument."""

from __future__ import annotations

from typing import Any

from engine.core.dtype import as_dtype, int64
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.runtime.eager import convert_to_tensor
from engine.runtime.rng import Generator, global_generator


def _state(seed: Any) -> Any:
    """Return the next state of the global generator, or of one with this seed."""
    return (global_generator() if seed is None else Generator(seed)).next_state()


def _given(seed: Any, op: str) -> Any:
    seed = convert_to_tensor(seed)
    if seed.shape != (2,) or not seed.dtype.is_integer:
        raise InvalidArgumentError("seed is {spec}.", hint="It takes two whole numbers.", op=op, spec=str(seed.spec))
    return OPS["cast"](seed, int64)


def stateless_normal(
    shape: Any, seed: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = "float32", name: str | None = None
) -> Any:
    """Return numbers from a normal distribution that depend on nothing but the seed, two whole numbers.

    Examples
    --------
    >>> bool((stateless_normal([3], [1, 2]).numpy() == stateless_normal([3], [1, 2]).numpy()).all())
    True
    """
    state = _given(seed, "stateless_normal")
    return OPS["random_normal"](state, shape=shape, mean=mean, stddev=stddev, dtype=dtype)


def stateless_uniform(
    shape: Any,
    seed: Any,
    minval: float = 0,
    maxval: float | None = None,
    dtype: Any = "float32",
    name: str | None = None,
) -> Any:
    """Return numbers drawn evenly from minval to below maxval that depend on nothing but the seed.

    Examples
    --------
    >>> bool((stateless_uniform([3], [1, 2]).numpy() == stateless_uniform([3], [1, 3]).numpy()).any())
    False
    """
    upper = 1.0 if maxval is None and as_dtype(dtype).is_floating else maxval
    state = _given(seed, "stateless_uniform")
    return OPS["random_uniform"](state, shape=shape, minval=minval, maxval=upper, dtype=dtype)


def categorical(
    logits: Any, num_samples: int, dtype: Any = int64, seed: int | None = None, name: str | None = None
) -> Any:
    """Return class numbers drawn for each row with probabilities proportional to e to the logits.

    Examples
    --------
    >>> categorical([[0.0, -100.0]], 3).numpy()
    array([[0, 0, 0]])
    """
    x = convert_to_tensor(logits)
    if len(x.shape) != 2 or not x.shape.is_static:
        raise InvalidArgumentError(
            "logits has shape {shape}.",
            hint="It has a row for each draw, and its sizes are known.",
            op="categorical",
            shape=x.shape,
        )
    sizes = [int(x.shape[0]), num_samples, int(x.shape[1])]
    even = OPS["random_uniform"](_state(seed), shape=sizes, dtype=x.dtype)
    # the class with the largest sum of logit and Gumbel noise is drawn with the probability of its softmax
    noise = -OPS["log"](-OPS["log"](even))
    return OPS["argmax"](OPS["expand_dims"](x, axis=1) + noise, axis=-1, output_type=dtype)


def gamma(
    shape: Any, alpha: Any, beta: Any = 1.0, dtype: Any = "float32", seed: int | None = None, name: str | None = None
) -> Any:
    """Return numbers from gamma distributions: `shape` of them for each alpha.

    Examples
    --------
    >>> gamma([2], alpha=[0.5, 1.5, 2.0]).shape
    TensorShape([2, 3])
    """
    beta = 1.0 if beta is None else beta
    return OPS["random_gamma"](_state(seed), shape=shape, alpha=alpha, beta=beta, dtype=dtype)


def poisson(shape: Any, lam: Any, dtype: Any = "float32", seed: int | None = None, name: str | None = None) -> Any:
    """Return numbers from Poisson distributions: `shape` of them for each mean `lam`.

    Examples
    --------
    >>> poisson([2], lam=[1.0, 5.0, 9.0]).shape
    TensorShape([2, 3])
    """
    return OPS["random_poisson"](_state(seed), shape=shape, lam=lam, dtype=dtype)


def dropout(x: Any, rate: float, noise_shape: Any = None, seed: int | None = None, name: str | None = None) -> Any:
    """Return the tensor with a share `rate` of its elements set to zero and the others scaled up by 1/(1 - rate).

    Parameters
    ----------
    noise_shape
        Along its axes of size 1 all elements have the same fate.

    Examples
    --------
    >>> sorted(set(dropout([1.0] * 50, 0.5).numpy().tolist()))
    [0.0, 2.0]
    """
    x = convert_to_tensor(x)
    like = x if noise_shape is None else OPS["fill"](
        [d if n is None else n for n, d in zip(noise_shape, x.shape, strict=True)], 1, x.dtype
    )  # fmt: skip
    return x * OPS["dropout_mask"](_state(seed), like, rate=rate)
