"""Breakpoints: where a run stops by itself, or says something on its way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import EngineError
from studio.document.breakpoints import Breakpoint
from studio.document.flat import COPY, SEPARATOR
from studio.run.debug.condition import Condition, Moment
from studio.run.debug.step import Step
from studio.run.tensor_ref import Kind, TensorRef

_FIELD: Final = re.compile(r"\{([^{}]*)\}")
#: Elements of a tensor that a log line shows at most.
_SHOWN: Final = 6


def parts(log: str) -> list[str | Condition]:
    """Return what a log text is made of: words, and expressions.

    Raises
    ------
    InvalidArgumentError
        If an expression is none.

    Examples
    --------
    >>> [str(part) if isinstance(part, str) else part.text for part in parts("mean {mean} of {shape}")]
    ['mean ', 'mean', ' of ', 'shape', '']
    """
    return [Condition(text) if i % 2 else text for i, text in enumerate(_FIELD.split(log))]


@dataclass
class Watchpoint:
    """A breakpoint that is in force: it knows how often it was reached, and what it is asked of, value or gradient.

    Raises
    ------
    InvalidArgumentError
        If its condition, or its log text, is none.
    """

    point: Breakpoint
    reached: int = 0
    condition: Condition | None = field(init=False)
    log: list[str | Condition] = field(init=False)
    ref_kind: Kind = field(init=False)

    def __post_init__(self) -> None:
        self.condition = Condition(self.point.condition) if self.point.condition.strip() else None
        self.log = parts(self.point.log) if self.point.log else []
        expressions = [self.condition, *(part for part in self.log if isinstance(part, Condition))]
        self.ref_kind = "gradient" if any(e is not None and e.needs_gradient for e in expressions) else "value"

    @property
    def asks_for_values(self) -> bool:
        """Whether it can be judged only when a value is there, and not in front of the node."""
        return bool(self.point.port or self.condition is not None or self.log)

    def is_at(self, node: str) -> bool:
        """Return whether a node is its own, or lies within it."""
        own = self.point.node
        return node == own or node.startswith((own + SEPARATOR, own + COPY))

    def counts(self, epoch: int, step: int) -> bool:
        """Return whether it counts in this training step."""
        point = self.point
        return point.enabled and point.epoch in (0, epoch) and point.step in (0, step)

    def reach(self) -> bool:
        """Take note that it was reached; return whether that was often enough."""
        self.reached += 1
        return self.reached >= self.point.hits


@dataclass(frozen=True)
class Hit:
    """A breakpoint that was reached: it stops the run, unless it only has something to say, or went wrong."""

    point: Breakpoint
    said: str = ""
    error: EngineError | None = None

    @property
    def stops(self) -> bool:
        """Whether the run stops here."""
        return not self.said


#: Gives a tensor of the training step by its name, as it is now.
Find = Callable[[TensorRef], Array | None]


class Watchpoints:
    """All breakpoints of a run.

    Parameters
    ----------
    points
        Each is taken in; one that is no good is in `errors`.
    """

    def __init__(self, points: Sequence[Breakpoint] = ()) -> None:
        self.errors: dict[int, EngineError] = {}
        self._known: dict[int, Watchpoint] = {}
        self.replace(points)

    def replace(self, points: Sequence[Breakpoint]) -> None:
        """Let these be in force; those that are the same as before go on counting."""
        before, self._known, self.errors = self._known, {}, {}
        for point in points:
            known = before.get(point.id)
            try:
                self._known[point.id] = known if known and known.point == point else Watchpoint(point)
            except EngineError as error:
                self.errors[point.id] = error

    def __iter__(self) -> Iterator[Watchpoint]:
        return iter(self._known.values())

    @property
    def watched(self) -> frozenset[tuple[str, str, Kind]]:
        """What those that count are at: node, port, and whether the value or the gradient."""
        return frozenset((w.point.node, w.point.port, w.ref_kind) for w in self if w.point.enabled)

    def __bool__(self) -> bool:
        return any(known.point.enabled for known in self._known.values())

    def in_front(self, last: Step | None, pending: Step, step: int) -> Iterator[Hit]:
        """Yield the breakpoints of the node that comes next, if it begins with this step; not on the way back."""
        node = pending.node
        is_new = last is None or last.node != node or last.path[:2] != pending.path[:2]
        for known in self._known.values() if is_new and node else ():
            was_in = last is not None and last.path[:2] == pending.path[:2] and known.is_at(last.node)
            if (
                not known.asks_for_values
                and pending.phase != "backward"
                and known.is_at(node)
                and not was_in
                and known.counts(pending.epoch + 1, step)
                and known.reach()
            ):
                yield Hit(known.point)

    def behind(self, last: Step, step: int, find: Find) -> Iterator[Hit]:
        """Yield the breakpoints whose tensors this step has given, and of which the condition holds."""
        for ref in last.gives:
            points = [known for known in self._at(ref) if known.asks_for_values]
            value = find(TensorRef("value", ref.node, ref.name)) if points else None
            if value is not None:
                gradient = find(ref) if ref.kind == "gradient" else None
                yield from _met(points, value, gradient, last.epoch + 1, step)

    def ask_for(self, ref: TensorRef) -> bool:
        """Return whether a breakpoint is about a tensor, which has no steps to stop in front of."""
        return bool(self._at(ref))

    def reached(self, ref: TensorRef, value: Array, gradient: Array | None, epoch: int, step: int) -> Iterator[Hit]:
        """Yield the breakpoints that a tensor meets, in an epoch and a step of it, both from 1."""
        yield from _met(self._at(ref), value, gradient, epoch, step)

    def _at(self, ref: TensorRef) -> list[Watchpoint]:
        return [
            known
            for known in self._known.values()
            if known.point.enabled
            and ref.kind == known.ref_kind
            and known.is_at(ref.node)
            and (not known.point.port or (known.point.port, known.point.node) == (ref.name, ref.node))
        ]


def _met(points: Sequence[Watchpoint], value: Array, gradient: Array | None, epoch: int, step: int) -> Iterator[Hit]:
    for known in points:
        moment = Moment(value, gradient, epoch, step, known.reached + 1)
        try:
            holds = known.condition is None or known.condition.holds(moment)
            if known.counts(epoch, step) and holds and known.reach():
                yield Hit(known.point, said_of(known.log, moment))
        except EngineError as error:
            yield Hit(known.point, error=error)


def said_of(log: Sequence[str | Condition], moment: Moment) -> str:
    """Return a log text with its expressions as they are at a moment.

    >>> said_of(parts("up to {max}, {nothing else}".replace("nothing else", "shape")), Moment(np.array([1.0, 2.5])))
    'up to 2.5, (2,)'
    """
    return "".join(part if isinstance(part, str) else _written(part.value(moment)) for part in log)


def _written(value: object) -> str:
    if isinstance(value, np.ndarray):
        return np.array2string(value, precision=6, threshold=_SHOWN, edgeitems=_SHOWN // 2, separator=" ")
    return f"{value:.6g}" if isinstance(value, float | np.floating) else str(value)
