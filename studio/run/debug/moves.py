"""Moves: where the debugger goes when it is told to step over, into, out or back.

Where it stands is a step and a depth: how many of the step's places the user looks at. Steps that have these places in
common are one to the user, and what is shown is how things are behind the last of them. So every move goes to the end
of such a run of steps, and none is written twice: for a node, a function, a layer and a gradient it is the same one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.run.debug.step import OUTER, Path, common
from studio.run.debug.trace import Trace

Move = Literal["over", "into", "out", "back"]


@dataclass(frozen=True)
class Place:
    """Where the debugger stands: behind this step, which is the last of those that share `depth` places; -1: at first.

    Parameters
    ----------
    step
        Number of the step.
    depth
        How many places of its path the user looks at, batch and phase being two of them.
    """

    step: int
    depth: int


START = Place(-1, OUTER + 1)


def settled(place: Place, path: Path) -> Place:
    """Return a place with a depth that the path of its step has."""
    return Place(place.step, max(min(place.depth, len(path)), OUTER + 1))


@dataclass(frozen=True)
class Goal:
    """The end of a run of steps that share the first `depth` places of `path`."""

    path: Path
    depth: int

    def holds(self, path: Path) -> bool:
        """Return whether a step is still within."""
        return path[: self.depth] == self.path[: self.depth]


def over(here: Path | None, depth: int, after: Path) -> Goal:
    """Return where stepping over leads: to the end of what comes next, seen from as deep as now.

    Behind the last step of a place one is out of it.
    """
    if here is None:
        return Goal(after, OUTER + 1)
    return Goal(after, max(min(depth, common(here, after) + 1, len(after)), OUTER + 1))


def into(here: Path | None, depth: int, after: Path) -> Goal:
    """Return where stepping into what comes next leads: to the end of the first part of it."""
    outer = over(here, depth, after)
    return Goal(after, min(outer.depth + 1, len(after)))


def out(here: Path, depth: int) -> Goal:
    """Return where stepping out leads: to the end of the place one is in, seen from outside of it."""
    return Goal(here, max(depth - 1, OUTER + 1))


def back(trace: Trace, place: Place) -> Place:
    """Return where stepping back leads: to the end of what was before, seen from as deep as now, or to the start."""
    if place.step < 0:
        return START
    here = trace[place.step].path
    first = place.step
    while first > 0 and trace.path(first - 1)[: place.depth] == here[: place.depth]:
        first -= 1
    if first == 0:
        return START
    before = trace.path(first - 1)
    return Place(first - 1, max(min(place.depth, common(here, before) + 1, len(before)), OUTER + 1))


def end_of(trace: Trace, goal: Goal, begin: int) -> int | None:
    """Return the last step of the run that a goal means, which `begin` is in; None if it may go on behind the trace."""
    number = begin
    while number + 1 < len(trace):
        if not goal.holds(trace[number + 1].path):
            return number
        number += 1
    return None
