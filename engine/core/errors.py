"""Errors that teach: what was expected, what came, where, and what to do about it.

Every error of the engine derives from `EngineError`. Its message is a *template* and its values are kept apart, so
that a window can show it in another language than the one it was raised in (see `EngineError.render`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

_ENGINE = str(Path(__file__).resolve().parents[1])


class EngineError(Exception):
    """Base of all errors of the engine.

    Parameters
    ----------
    message
        A template for `str.format`, the values of which are given by `facts`.
    hint
        What the reader can do about it: a template, too.
    facts
        The values. `op` is the name of the op, which the text then begins with, and `node` the id of the document's
        node, where there is one.

    Examples
    --------
    >>> error = EngineError("rank {rank} is too low.", hint="Use a matrix.", op="matmul", rank=1)
    >>> str(error)
    'matmul: rank 1 is too low. Use a matrix.'
    """

    def __init__(self, message: str, *, hint: str = "", **facts: Any) -> None:
        self.template = message
        self.hint = hint
        self.facts = facts
        self.where = _caller()
        super().__init__(message)

    @property
    def op(self) -> str | None:
        """Name of the op that refused, where there is one."""
        return self.facts.get("op")

    @property
    def node(self) -> str | None:
        """Id of the document's node in which it happened, where it is known."""
        return self.facts.get("node")

    def render(self, translate: Callable[[str], str] = str) -> str:
        """Return the message and its hint, each template passed through `translate` first."""
        parts = [translate(text).format(**self.facts) for text in (self.template, self.hint) if text]
        return (f"{self.op}: " if self.op else "") + " ".join(parts)

    def __str__(self) -> str:
        return self.render()

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions pickle by positional arguments; ours travel between processes with their facts.
        facts = {k: v if isinstance(v, str | int | float | bool | None) else str(v) for k, v in self.facts.items()}
        return _revive, (type(self), self.template, self.hint, facts, self.where)


class InvalidArgumentError(EngineError, ValueError):
    """An operand or a parameter has the wrong dtype, shape or value."""


class UnsupportedError(EngineError, TypeError):
    """What was asked for exists, but not on this kind of object; the hint says what to use."""


class NotFoundError(EngineError, KeyError):  # so that `get` and `in` of a Mapping know what it means
    """A name, a file or a data set that is not there."""


class DataLossError(EngineError, ValueError):
    """A file that is truncated or does not hold what its name promises."""


class UnavailableError(EngineError, OSError):
    """Something outside the program (a network, a folder, a disk) does not answer."""


class FailedPreconditionError(EngineError, RuntimeError):
    """The object is not in a state in which this can be done, such as a model that was not compiled."""


def _revive(kind: type[EngineError], message: str, hint: str, facts: dict[str, Any], where: str) -> EngineError:
    error = kind(message, hint=hint, **facts)
    error.where = where
    return error


def _caller() -> str:
    """Return `file:line` of the innermost frame that does not belong to the engine."""
    frame = sys._getframe(1)
    while frame is not None:
        filename = frame.f_code.co_filename
        if not filename.startswith(_ENGINE) and not filename.startswith("<"):
            return f"{filename}:{frame.f_lineno}"
        if frame.f_back is None:
            break
        frame = frame.f_back
    return ""
