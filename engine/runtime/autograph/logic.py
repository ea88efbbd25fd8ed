"""What `and`, `or` and `not` mean in a rewritten function: what they mean in Python, or ops on tensors of a trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.core.dispatch import interpreter
from engine.core.dtype import bool_
from engine.core.op import OPS
from engine.runtime.autograph.values import is_symbolic
from engine.runtime.control import cond as choose


def truth(value: Any) -> Any:
    """Return the value as a truth of the graph."""
    tensor = interpreter().convert(value)  # type: ignore[attr-defined]
    return tensor if tensor.dtype is bool_ else OPS["cast"](tensor, bool_)


def not_(value: Any) -> Any:
    """``not value``."""
    return OPS["logical_not"](truth(value)) if is_symbolic(value) else not value


def and_(a: Callable[[], Any], b: Callable[[], Any]) -> Any:
    """``a and b``: `b` is computed only if `a` holds."""
    first = a()
    if not is_symbolic(first):
        return first and b()
    return choose(truth(first), lambda: truth(b()), lambda: OPS["zeros_like"](truth(first)))


def or_(a: Callable[[], Any], b: Callable[[], Any]) -> Any:
    """``a or b``: `b` is computed only if `a` does not hold."""
    first = a()
    if not is_symbolic(first):
        return first or b()
    return choose(truth(first), lambda: OPS["ones_like"](truth(first)), lambda: truth(b()))
