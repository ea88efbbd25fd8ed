"""What the window and the engine's process say to each other about tasks: frozen data, nothing else.

`run` numbers what was asked for, so that answers to what nobody waits for any more can be dropped.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.core.errors import EngineError
from studio.run.tasks.data import Seen, Wish


@dataclass(frozen=True)
class LookAtTask:
    """Say how well a document, of which this is the text now, does its task; unless `fresh`, what is known will do.

    It takes the place of what was asked for before.
    """

    document: int
    run: int
    text: str
    wish: Wish
    fresh: bool


@dataclass(frozen=True)
class TaskSeen:
    """The answer. `seconds` are those that all of it took."""

    document: int
    run: int
    seen: Seen
    seconds: float


@dataclass(frozen=True)
class TaskFailed:
    """There is no answer; without an error it was called off."""

    document: int
    run: int
    error: EngineError | None = None
    seconds: float = 0.0
