"""When ops are carried out."""

from __future__ import annotations

from typing import Any

from engine.core.dispatch import is_tracing


def executing_eagerly() -> bool:
    """Return whether ops are carried out at once, rather than recorded for a compiled function.

    Examples
    --------
    >>> executing_eagerly()
    True
    """
    return not is_tracing()


def group(*inputs: Any, name: str | None = None) -> None:
    """Do nothing: what is to happen has happened, or is recorded in its order."""


def no_op(name: str | None = None) -> None:
    """Do nothing."""
