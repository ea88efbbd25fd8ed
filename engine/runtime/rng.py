"""Generators of random numbers: a state that can be seeded, and the draws made from it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from engine.core.dtype import as_dtype
from engine.core.param import Param
from engine.ops import OPS
from engine.ops.random import random_permutation
from engine.runtime.eager import constant
from engine.runtime.variable import Variable

_SEED = Param("int", None, "Where the numbers begin.", optional=True)


def mixed(*seeds: int | str) -> int:
    """Return a key made of several seeds: another one for every other combination."""
    digest = hashlib.blake2b(repr(seeds).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


class Generator:
    """A source of random numbers.

    Its state is a variable, so a compiled function that draws from it goes on where the last call stopped, and draws
    the same numbers as an eager one.

    Parameters
    ----------
    seed
        A whole number; None takes one from the system.

    Examples
    --------
    >>> a, b = Generator(7), Generator(7)
    >>> bool((a.normal([3]).numpy() == b.normal([3]).numpy()).all())
    True
    """

    def __init__(self, seed: int | None = None) -> None:
        self.state = Variable(np.zeros(2, np.int64), trainable=False, name="random_state")
        self.reset(seed)

    @classmethod
    def from_seed(cls, seed: int) -> Generator:
        """Return a generator with this seed."""
        return cls(seed)

    def reset(self, seed: int | None = None) -> None:
        """Begin anew."""
        seed = _SEED.validate(seed, "seed")
        key = mixed(seed) if seed is not None else int(np.random.SeedSequence().generate_state(1, np.uint64)[0] >> 1)
        self.state.assign(np.array([key, 0], np.int64))

    def next_state(self) -> Any:
        """Return a state to draw from, and move on."""
        state = self.state.read_value()
        self.state.assign(state + constant(np.array([0, 1], np.int64)))
        return state

    def normal(self, shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = "float32") -> Any:
        """Return numbers from a normal distribution."""
        return OPS["random_normal"](self.next_state(), shape=shape, mean=mean, stddev=stddev, dtype=dtype)

    def uniform(self, shape: Any, minval: float = 0, maxval: float | None = None, dtype: Any = "float32") -> Any:
        """Return numbers drawn evenly from minval to below maxval; whole numbers need a maxval."""
        upper = 1.0 if maxval is None and as_dtype(dtype).is_floating else maxval
        return OPS["random_uniform"](self.next_state(), shape=shape, minval=minval, maxval=upper, dtype=dtype)

    def truncated_normal(self, shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = "float32") -> Any:
        """Return numbers from a normal distribution cut off at two standard deviations."""
        drawn = OPS["random_truncated_normal"]
        return drawn(self.next_state(), shape=shape, mean=mean, stddev=stddev, dtype=dtype)

    def shuffle(self, value: Any) -> Any:
        """Return the slices along the first axis in random order."""
        return OPS["gather"](value, random_permutation(self.next_state(), value))


_global = Generator()
_with_seed: dict[int, Generator] = {}


def set_seed(seed: int) -> None:
    """Seed the draws of `normal`, `uniform`, `shuffle` and of everything that was given no seed of its own.

    Examples
    --------
    >>> set_seed(1); a = normal([2]).numpy(); set_seed(1); bool((normal([2]).numpy() == a).all())
    True
    """
    _global.reset(seed)
    _with_seed.clear()


def states() -> dict[str, list[int]]:
    """Return the states of the global generator and of those made for seeds: what the draws to come follow from.

    Examples
    --------
    >>> set_seed(1); kept = states(); a = normal([2]).numpy(); restore_states(kept)
    >>> bool((normal([2]).numpy() == a).all())
    True
    """
    sources = {"": _global, **{str(seed): generator for seed, generator in _with_seed.items()}}
    return {name: source.state.numpy().tolist() for name, source in sources.items()}


def restore_states(found: Mapping[str, Sequence[int]]) -> None:
    """Go on drawing from where `states` was called."""
    _with_seed.clear()
    for name, state in found.items():
        source = _with_seed.setdefault(int(name), Generator(0)) if name else _global
        source.state.assign(np.array(state, np.int64))


@contextmanager
def untouched() -> Iterator[None]:
    """Let what is drawn within the block change nothing about the draws behind it.

    Examples
    --------
    >>> set_seed(1); a = normal([2]).numpy(); set_seed(1)
    >>> with untouched():
    ...     _ = normal([3])
    >>> bool((normal([2]).numpy() == a).all())
    True
    """
    kept = [(source, source.state.numpy().copy()) for source in (_global, *_with_seed.values())]
    seeds = set(_with_seed)
    try:
        yield
    finally:
        for source, state in kept:  # in place: plans hold on to the generators
            source.state.assign(state)
        for seed in set(_with_seed) - seeds:
            del _with_seed[seed]


def global_generator() -> Generator:
    """Return the generator that `set_seed` seeds."""
    return _global


def new_seed() -> int:
    """Return a seed for something that was given none: it follows from `set_seed` and from how many came before."""
    state = _global.state.numpy()
    _global.state.assign(state + np.array([0, 1], np.int64))
    return mixed(int(state[0]), int(state[1])) >> 1 & 0x7FFFFFFF


def _source(seed: int | None) -> Generator:
    if seed is None:
        return _global
    if seed not in _with_seed:
        _with_seed[seed] = Generator(mixed(int(_global.state.numpy()[0]), seed))
    return _with_seed[seed]


def normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = "float32", seed: int | None = None) -> Any:
    """Return numbers from a normal distribution, drawn from the global generator, or from one for this seed."""
    return _source(seed).normal(shape, mean, stddev, dtype)


def truncated_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = "float32", seed: int | None = None
) -> Any:
    """Return numbers from a normal distribution cut off at two standard deviations."""
    return _source(seed).truncated_normal(shape, mean, stddev, dtype)


def uniform(
    shape: Any, minval: float = 0, maxval: float | None = None, dtype: Any = "float32", seed: int | None = None
) -> Any:
    """Return numbers drawn evenly from minval to below maxval."""
    return _source(seed).uniform(shape, minval, maxval, dtype)


def shuffle(value: Any, seed: int | None = None) -> Any:
    """Return the slices of a tensor along its first axis in random order."""
    return _source(seed).shuffle(value)
