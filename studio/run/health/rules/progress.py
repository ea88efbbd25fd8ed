"""How far a training has come, and how far its steps go: what several rules ask."""

from __future__ import annotations

import math
from statistics import median

from studio.run.health.records import Evidence
from studio.run.health.rules import limits


def step_sizes(evidence: Evidence) -> list[float]:
    """Return for each step that was watched how far it went, by the weights' own length: the median of the kernels."""
    found = []
    for sample in evidence.stepped:
        known = [w.update_ratio for w in sample.weights if w.is_kernel and w.update_ratio is not None]
        if known and all(map(math.isfinite, known)):
            found.append(median(known))
    return found


def learned_share(evidence: Evidence) -> float | None:
    """Return what share of the way from chance to no loss at all is made: 0 if nothing was learned."""
    chance = evidence.chance
    if not chance or chance <= 0 or len(evidence.epochs) < limits.EPOCHS or evidence.steps < limits.STEPS:
        return None
    loss = evidence.without_penalty(evidence.epochs[-1]["loss"])
    return 1 - loss / chance if math.isfinite(loss) else None
