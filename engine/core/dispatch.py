"""Who carries out an op: the eager executor, or the trace that is being made.

An op that is called asks for the *interpreter* in charge. The runtime installs the eager one; a trace pushes itself on
top for as long as it lasts. Each thread has a stack of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from engine.core.op import Op


class Interpreter(Protocol):
    """What carries out ops."""

    def apply(self, op: Op, operands: Sequence[Any], attrs: dict[str, Any]) -> Any:
        """Return the result of `op`: a tensor, or a list of them where the op has several outputs."""


class _State(threading.local):
    stack: tuple[Interpreter, ...] = ()
    path: tuple[str, ...] = ()
    phase: str = ""


_state = _State()
_default: list[Interpreter] = []


def set_default(interpreter: Interpreter) -> None:
    """Let `interpreter` carry out ops wherever no other is in charge."""
    _default[:] = [interpreter]


def interpreter() -> Interpreter:
    """Return the interpreter in charge of this thread."""
    stack = _state.stack
    return stack[-1] if stack else _default[0]


@contextmanager
def interpreting(by: Interpreter) -> Iterator[None]:
    """Put `by` in charge for the time of the block."""
    before = _state.stack
    _state.stack = (*before, by)
    try:
        yield
    finally:
        _state.stack = before


@contextmanager
def eagerly() -> Iterator[None]:
    """Put the default interpreter in charge for the time of the block, whatever is being traced."""
    before = _state.stack
    _state.stack = ()
    try:
        yield
    finally:
        _state.stack = before


@contextmanager
def at(*names: str) -> Iterator[None]:
    """Say where the ops of the block come from: a layer's name, or the id of a document's node.

    Blocks lie within blocks; one that bears the name of the block around it, or none, is no place of its own.
    """
    before = path = _state.path
    for name in names:
        if name and (not path or path[-1] != name):
            path = (*path, name)
    _state.path = path
    try:
        yield
    finally:
        _state.path = before


def origin() -> str:
    """Return where the ops of this moment come from, or nothing: of all blocks the outermost, which the user placed."""
    path = _state.path
    return path[0] if path else ""


def place() -> tuple[str, ...]:
    """Return the blocks that the ops of this moment lie in, from the outermost on."""
    return _state.path


@contextmanager
def during(phase: str) -> Iterator[None]:
    """Say what the ops of the block are for: "forward", "loss", "metrics", "backward" or "update".

    Of blocks within blocks the outermost counts: a layer that takes a gradient does so on the way forward.
    """
    before = _state.phase
    _state.phase = before or phase
    try:
        yield
    finally:
        _state.phase = before


def phase() -> str:
    """Return what the ops of this moment are for, or nothing."""
    return _state.phase


def is_in_charge(by: Interpreter) -> bool:
    """Return whether `by` is in charge of this thread, or would be without those on top of it."""
    return by in _state.stack


def is_tracing() -> bool:
    """Return whether ops are being recorded in this thread rather than carried out."""
    return bool(_state.stack)
