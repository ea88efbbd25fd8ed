"""Other ways to call an op, under the op's own name."""

from __future__ import annotations

import functools
from collections import namedtuple
from collections.abc import Callable
from typing import Any

from engine.core.op import Op


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
    >>> from engine.core.op import OPS
    >>> named(OPS["top_k"])([3, 7, 5]).indices.numpy()
    array([1], dtype=int32)
    """
    kind = namedtuple(op.name, op.outputs)  # type: ignore[misc]

    @functools.wraps(op, updated=())
    def call(*args: Any, **kwargs: Any) -> Any:
        return kind(*op(*args, **kwargs))

    return call
