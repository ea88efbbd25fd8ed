"""Where a run under the debugger stands, as one graph shows it: plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.document.breakpoints import Look
from studio.document.document import PortRef
from studio.document.scope import Scope
from studio.run.messages import TensorInfo


@dataclass(frozen=True)
class Progress:
    """A run that stands somewhere.

    Parameters
    ----------
    current, after
        The node that was carried out last, and the one that comes next; "" for none.
    phase
        What the current one did: "forward", "loss", "backward", "update", …
    done
        The nodes that were carried out in this training step.
    gradients
        What is known of the gradients at outputs.
    points, port_points
        The breakpoints at nodes and at outputs, by what they look like.
    is_on
        Whether there is a run; without one there are breakpoints only.
    weighted
        The nodes that have weights: gradients come no further back. None: that is not known.
    """

    current: str = ""
    after: str = ""
    phase: str = ""
    done: frozenset[str] = frozenset()
    gradients: Mapping[PortRef, TensorInfo] = field(default_factory=dict)
    points: Mapping[str, Look] = field(default_factory=dict)
    port_points: Mapping[PortRef, Look] = field(default_factory=dict)
    is_on: bool = False
    weighted: frozenset[str] | None = None

    @property
    def is_backward(self) -> bool:
        """Whether gradients flow now."""
        return self.phase == "backward"

    def within(self, scope: Scope) -> Progress:
        """Return what of it one graph shows: a function stands for all that lies within it."""

        def here(id: str) -> str:
            return (scope.node(id) if id else None) or ""

        return Progress(
            here(self.current),
            here(self.after),
            self.phase,
            frozenset(filter(None, map(here, self.done))),
            scope.values(self.gradients),
            {node: look for id, look in self.points.items() if (node := scope.first.node(id))},
            scope.first.values(self.port_points),
            self.is_on,
            None if scope.path or self.weighted is None else frozenset(filter(None, map(here, self.weighted))),
        )


NOTHING = Progress()
