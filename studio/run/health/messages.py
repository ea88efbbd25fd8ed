"""What the engine's process says of the health of a training: frozen data."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core.dtype import Array
from engine.core.errors import EngineError
from studio.run.health.layout import Layout


@dataclass(frozen=True)
class HealthWarned:
    """Something keeps a training from going well: `rule` says what kind of thing, `step` when it showed."""

    document: int
    run: int
    rule: str
    error: EngineError
    step: int


@dataclass(frozen=True)
class AskLayers:
    """Say all that is remembered of the layers of the last training of a document."""

    document: int


@dataclass(frozen=True)
class LayersSeen:
    """Layers were looked at: `rows` are those of a `LayerHistory`, as bytes.

    They go on from those that were sent before, unless there is a layout: then they are all there are.
    """

    document: int
    run: int
    rows: Array
    layout: Layout | None = None
