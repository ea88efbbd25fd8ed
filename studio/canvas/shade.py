"""What another view of the document throws on one graph: how much time each node takes, and which nodes are meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.document.scope import Scope


@dataclass(frozen=True)
class Shade:
    """Nodes that are to be seen in another light.

    Parameters
    ----------
    seconds
        The time that each node takes; without any there is no heat.
    meant
        The nodes that are linked to what is looked at elsewhere.
    """

    seconds: Mapping[str, float] = field(default_factory=dict)
    meant: frozenset[str] = frozenset()

    def within(self, scope: Scope) -> Shade:
        """Return what of it one graph shows: a function takes the time of all that lies within it."""
        seconds: dict[str, float] = {}
        for id, time in self.seconds.items():
            if here := scope.node(id):
                seconds[here] = seconds.get(here, 0.0) + time
        return Shade(seconds, frozenset(here for id in self.meant if (here := scope.node(id))))


NO_SHADE = Shade()
