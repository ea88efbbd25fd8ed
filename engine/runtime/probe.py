"""Probes: who wants to see each step of a run, eager or compiled. With none, a run does not pay for them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from engine.core.dtype import Array


class Probe(Protocol):
    """Sees every step: an op when running eagerly, a kernel (with its member ops) when compiled."""

    def step(self, name: str, origin: str, outputs: Sequence[Array], seconds: float) -> None:
        """Look at the values that a step has produced. They are valid only for the time of the call."""


class _State(threading.local):
    probes: tuple[Probe, ...] = ()


_state = _State()


def probes() -> tuple[Probe, ...]:
    """Return the probes of this thread."""
    return _state.probes


@contextmanager
def probing(probe: Probe) -> Iterator[None]:
    """Let `probe` see all that runs in this thread for the time of the block.

    Examples
    --------
    >>> import engine as tf
    >>> class Names:
    ...     def step(self, name, origin, outputs, seconds):
    ...         print(name, outputs[0])
    >>> with probing(Names()):
    ...     y = tf.square(tf.constant(3.0)) + 1.0
    square 9.0
    add 10.0
    """
    before = _state.probes
    _state.probes = (*before, probe)
    try:
        yield
    finally:
        _state.probes = before
