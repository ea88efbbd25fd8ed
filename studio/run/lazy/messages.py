"""What the window and the engine's process say to each other about compiled documents: frozen data, nothing else.

`run` numbers what was asked for, so that answers to what nobody waits for any more can be dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.core.errors import EngineError
from studio.run.lazy.data import Explained, ProfileResult, RaceResult, Scope

Task = Literal["compile", "race", "profile"]


@dataclass(frozen=True)
class Compile:
    """Compile a document, of which this is the text now; nothing runs."""

    document: int
    run: int
    text: str
    scope: Scope


@dataclass(frozen=True)
class Measure:
    """Race the document that was compiled last against itself op by op, or profile its kernels."""

    document: int
    run: int
    task: Task


@dataclass(frozen=True)
class Leave:
    """End what is being done with numbers up to this one; it takes effect at once."""

    run: int


@dataclass(frozen=True)
class Compiled:
    """A document was compiled."""

    document: int
    run: int
    program: Explained


@dataclass(frozen=True)
class Raced:
    """The race is over."""

    document: int
    run: int
    result: RaceResult


@dataclass(frozen=True)
class Profiled:
    """The kernels were measured."""

    document: int
    run: int
    result: ProfileResult


@dataclass(frozen=True)
class LazyFailed:
    """What was asked for cannot be done; without an error it was called off."""

    document: int
    run: int
    error: EngineError | None = None


LazyCommand = Compile | Measure | Leave
LazyEvent = Compiled | Raced | Profiled | LazyFailed
