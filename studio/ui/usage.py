"""What the user adds, remembered: what is used more is offered earlier. The older a use, the less it counts."""

from __future__ import annotations

import json
from typing import Final

from studio.ui.settings import settings

_KEY: Final = "usage/nodes"
#: Each use makes those before it count a little less, so that habits can change.
_FADING: Final = 0.97
#: What has faded below this is forgotten.
_LEAST: Final = 0.05
_ARROW: Final = ">"


class Usage:
    """Counts uses of types of nodes, on their own and behind others, across sessions."""

    def __init__(self) -> None:
        self._counts: dict[str, float] = _read()

    def note(self, type_id: str, after: str = "") -> None:
        """Remember that a node was added, and behind (or before) a node of what type."""
        counts = {key: faded for key, count in self._counts.items() if (faded := count * _FADING) >= _LEAST}
        for key in (type_id, f"{after}{_ARROW}{type_id}") if after else (type_id,):
            counts[key] = counts.get(key, 0.0) + 1.0
        self._counts = counts
        settings().setValue(_KEY, json.dumps(counts))

    def weight(self, type_id: str, after: str = "") -> float:
        """Return how much a type is used, from 0 (never) towards 1; with `after`, how much behind that type."""
        count = self._counts.get(f"{after}{_ARROW}{type_id}" if after else type_id, 0.0)
        return float(1 - 0.5**count)


def _read() -> dict[str, float]:
    try:
        stored = json.loads(str(settings().value(_KEY) or "{}"))
    except ValueError:
        return {}
    if not isinstance(stored, dict):
        return {}
    return {str(k): float(v) for k, v in stored.items() if isinstance(v, int | float) and 0 < v < 1e6}
