"""What the engine's process says of the health of a training: frozen data."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core.errors import EngineError


@dataclass(frozen=True)
class HealthWarned:
    """Something keeps a training from going well: `rule` says what kind of thing, `step` when it showed."""

    document: int
    run: int
    rule: str
    error: EngineError
    step: int
