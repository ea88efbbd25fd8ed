"""Breakpoints: where a run stops by itself, or says something on its way."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import EngineError, InvalidArgumentError
from studio.document.breakpoints import Breakpoint
from studio.document.flat import copy_around
from studio.run.debug.condition import Condition, Moment
from studio.run.debug.step import Step
from studio.run.tensor_ref import Kind, TensorRef

_NO_GRADIENT: Final = InvalidArgumentError(
    "The breakpoint at this place asks for a gradient, and the loss has none here: no weight lies in front of it.",
    hint="Ask for its value, without g, or set the breakpoint behind the first layer that learns.",
)
_FIELD: Final = re.compile(r"\{([^{}]*)\}")
#: What Python writes behind an expression to say how it is to look.
_FORMAT: Final = re.compile(r"![a-z]?$|(![a-z])?:[^\])]*$")
#: Elements of a tensor that a log line shows at most.
_SHOWN: Final = 6
#: Places that one step has in the order in which breakpoints are reached.
_PLACES: Final = 2**16


def parts(log: str) -> list[str | Condition]:
    """Return what a log text is made of: words, and expressions in braces.

    Raises
    ------
    InvalidArgumentError
        If an expression is none, or a brace has no other.

    Examples
    --------
    >>> [str(part) if isinstance(part, str) else part.text for part in parts("mean {mean} of {shape}")]
    ['mean ', 'mean', ' of ', 'shape', '']
    """
    found = _FIELD.split(log)
    for words in found[::2]:
        if "{" in words or "}" in words:
            raise InvalidArgumentError(
                "A brace of the log text has no other: {text}.",
                hint="An expression stands between two, as in: mean {{mean}}.",
                text=repr(words),
            )
    for text in found[1::2]:
        if not text.strip():
            raise InvalidArgumentError(
                "There is nothing between two braces of the log text.",
                hint="An expression stands between them, as in: mean {{mean}}.",
            )
        if (form := _FORMAT.search(text)) is not None:
            raise InvalidArgumentError(
                "The log text has a format, '{form}', behind an expression.",
                hint="Write the expression alone, as in {{mean}}: numbers are told with six digits.",
                form=form[0],
            )
    return [Condition(text) if i % 2 else text for i, text in enumerate(found)]


@dataclass
class Watchpoint:
    """A breakpoint that is in force: it knows how often it was reached, and what it is asked of, value or gradient.

    Raises
    ------
    InvalidArgumentError
        If its condition, or its log text, is none.
    """

    point: Breakpoint
    condition: Condition | None = field(init=False)
    log: list[str | Condition] = field(init=False)
    ref_kind: Kind = field(init=False)
    is_in_vain: bool = field(default=False, init=False)
    """Whether it was told that it asks for a gradient that never comes."""
    _count: int = field(default=0, init=False)
    _times: array[int] = field(default_factory=lambda: array("q"), init=False)
    """The places of a trace at which it was reached, in order."""

    def __post_init__(self) -> None:
        self.condition = Condition(self.point.condition) if self.point.condition.strip() else None
        self.log = parts(self.point.log) if self.point.log else []
        expressions = [self.condition, *(part for part in self.log if isinstance(part, Condition))]
        self.ref_kind = "gradient" if any(e is not None and e.needs_gradient for e in expressions) else "value"

    @property
    def asks_for_values(self) -> bool:
        """Whether it can be judged only when a value is there, and not in front of the node."""
        return bool(self.point.port or self.condition is not None or self.log)

    def place_of(self, node: str) -> str:
        """Return which copy of its own node another one is, or lies within; "" if it lies elsewhere."""
        return copy_around(node, self.point.node)

    def is_about(self, ref: TensorRef) -> bool:
        """Return whether a tensor is one that it is asked of."""
        point = self.point
        if ref.kind != self.ref_kind:
            return False
        place = self.place_of(ref.node)
        return (ref.node, ref.name) == (place, point.port) if point.port else bool(place)

    def counts(self, epoch: int, step: int) -> bool:
        """Return whether it counts in this training step."""
        point = self.point
        return point.enabled and point.epoch in (0, epoch) and point.step in (0, step)

    def nth(self, when: int | None) -> int:
        """Return which time it is, were it reached now: at a place of a trace; None is for what has no way back."""
        return self._count + 1 if when is None else bisect_left(self._times, when) + 1

    def reach(self, when: int | None) -> bool:
        """Take note that it is reached; return whether that is new: to come by the same place again counts once."""
        if when is None:
            self._count += 1
            return True
        place = bisect_left(self._times, when)
        if self._times[place : place + 1] == array("q", [when]):
            return False
        self._times.insert(place, when)
        return True


@dataclass(frozen=True)
class Hit:
    """A breakpoint that was reached, in an epoch and a step of it: it stops the run, unless it only says something."""

    point: Breakpoint
    said: str = ""
    error: EngineError | None = None
    epoch: int = 0
    step: int = 0

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

    @property
    def asks_for_values(self) -> bool:
        """Whether one that counts can be judged only by values."""
        return any(known.point.enabled and known.asks_for_values for known in self)

    def in_front(self, last: Step | None, pending: Step, step: int) -> Iterator[Hit]:
        """Yield the breakpoints of the node that comes next, if it begins with this step; not on the way back."""
        node = pending.node
        is_new = last is None or last.node != node or last.path[:2] != pending.path[:2]
        for known in self._known.values() if is_new and node else ():
            place = known.place_of(node)
            was_in = last is not None and last.path[:2] == pending.path[:2] and known.place_of(last.node) == place
            if (
                not known.asks_for_values
                and pending.phase != "backward"
                and place
                and not was_in
                and known.counts(pending.epoch + 1, step)
            ):
                when = pending.number * _PLACES
                known.reach(when)
                if known.nth(when) >= known.point.hits:
                    yield Hit(known.point, epoch=pending.epoch + 1, step=step)

    def behind(self, last: Step, step: int, find: Find) -> Iterator[Hit]:
        """Yield the breakpoints whose tensors this step has given, and of which the condition holds."""
        for i, ref in enumerate(last.gives):
            points = [known for known in self._at(ref) if known.asks_for_values]
            value = find(TensorRef("value", ref.node, ref.name)) if points else None
            if value is not None:
                gradient = find(ref) if ref.kind == "gradient" else None
                when = last.number * _PLACES + min(i, _PLACES - 1)
                yield from _met(points, value, gradient, last.epoch + 1, step, when)

    def in_vain(self, known: Collection[TensorRef], epoch: int, step: int) -> Iterator[Hit]:
        """Yield, once each, the breakpoints that ask for a gradient when these are all that a training step gives."""
        for each in self._known.values():
            if each.point.enabled and each.ref_kind == "gradient" and not each.is_in_vain:
                each.is_in_vain = not any(each in self._at(ref) for ref in known)
                if each.is_in_vain:
                    yield Hit(each.point, error=_NO_GRADIENT, epoch=epoch, step=step)

    def ask_for(self, ref: TensorRef) -> bool:
        """Return whether a breakpoint is about a tensor, which has no steps to stop in front of."""
        return bool(self._at(ref))

    def reached(self, ref: TensorRef, value: Array, gradient: Array | None, epoch: int, step: int) -> Iterator[Hit]:
        """Yield the breakpoints that a tensor meets, in an epoch and a step of it, both from 1."""
        yield from _met(self._at(ref), value, gradient, epoch, step, None)

    def _at(self, ref: TensorRef) -> list[Watchpoint]:
        return [known for known in self._known.values() if known.point.enabled and known.is_about(ref)]


def _met(
    points: Sequence[Watchpoint], value: Array, gradient: Array | None, epoch: int, step: int, when: int | None
) -> Iterator[Hit]:
    for known in points:
        moment = Moment(value, gradient, epoch, step, known.nth(when))
        try:
            if not known.counts(epoch, step) or not (known.condition is None or known.condition.holds(moment)):
                continue
            is_new = known.reach(when)
            if moment.hits >= known.point.hits and (is_new or not known.log):  # nothing is said twice
                yield Hit(known.point, said_of(known.log, moment), None, epoch, step)
        except EngineError as error:
            yield Hit(known.point, error=error, epoch=epoch, step=step)


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
