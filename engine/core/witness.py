"""Witnesses: who wants to see how a computation goes, op by op. With none, ops do not pay for it.

A probe sees what comes out of each kernel; a witness sees what goes in, too, and how it belongs together: which call of
a layer gave what, which op is being differentiated, what the gradient at a tensor is, what a variable becomes. During a
trace the tensors that it is told of are symbolic, and ops as such are not told: none is carried out.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from engine.core.dtype import Array

if TYPE_CHECKING:
    from engine.core.op import Op


class Witness:
    """Sees how a computation goes. A subclass overrides what it wants to see; what is raised ends the computation."""

    def fed(self, tensors: Sequence[Any], index: Array) -> None:
        """A batch was taken: its inputs, truths and weights are these tensors, its examples are those at `index`."""

    def before(self, op: Op, operands: Sequence[Any], attrs: dict[str, Any]) -> None:
        """An op is about to be carried out on tensors."""

    def after(self, op: Op, outputs: Sequence[Any], seconds: float) -> None:
        """The op has been carried out; it took so long."""

    def returned(self, name: str, outputs: Sequence[Any]) -> None:
        """A call that a model is made of has given these tensors: that of a layer, an op, a loss or a metric."""

    def reverses(self, op: Op, inputs: Sequence[Any], outputs: Sequence[Any], attrs: dict[str, Any]) -> None:
        """The gradient of an op that was applied to `inputs`, tensors and variables, is about to be computed."""

    def slope(self, of: Any, gradient: Any) -> None:
        """The gradient at a tensor or variable is this, as far as it is known."""

    def read(self, variable: Any, tensor: Any) -> None:
        """A variable was read as this tensor."""

    def assigned(self, variable: Any, before: Any, after: Any) -> None:
        """A variable was changed, from one array to another."""


class _State(threading.local):
    witness: Witness | None = None


_state = _State()


def witness() -> Witness | None:
    """Return the witness of this thread, if there is one."""
    return _state.witness


@contextmanager
def witnessed(by: Witness) -> Iterator[None]:
    """Let `by`, and nobody else, see what is computed in this thread for the time of the block.

    Examples
    --------
    >>> import engine as tf
    >>> class Ops(Witness):
    ...     def before(self, op, operands, attrs):
    ...         print(op.name, *map(float, operands))
    >>> with witnessed(Ops()):
    ...     y = tf.square(tf.constant(3.0)) + 1.0
    square 3.0
    add 9.0 1.0
    """
    before = _state.witness
    _state.witness = by
    try:
        yield
    finally:
        _state.witness = before
