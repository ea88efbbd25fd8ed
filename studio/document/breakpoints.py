"""Breakpoints: where a run of a document stops by itself. They are saved with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal

from studio.document.document import MAX_NAME, Document
from studio.document.edits import UNSET, SetSetting

BREAKPOINTS: Final = "breakpoints"
"""The setting of a document that holds them."""

MAX_TEXT: Final = 10_000
"""Characters of a condition or of what is said: whether they can be understood is said where they are used."""

Look = Literal["on", "conditional", "log", "off"]


@dataclass(frozen=True)
class Breakpoint:
    """A place where the run stops.

    Parameters
    ----------
    id
        Tells it from the others of its document.
    node
        A node, by its name in the whole document; that of a function stands for all within.
    port
        Name of an output, if it is at a wire: the run stops when that has a value. At a node it stops in front of it.
    condition
        What must hold, as the debugger's conditions are written; one about the gradient is asked on the way back.
    hits
        It counts from this time on.
    epoch, step
        It counts in this epoch, and in this training step of the epoch, from 1; 0: in all.
    log
        What to say instead of stopping, with conditions' expressions in braces.
    enabled
        Whether it counts at all.

    Examples
    --------
    >>> Breakpoint(1, "dense").look, Breakpoint(1, "dense", condition="max > 10").look
    ('on', 'conditional')
    """

    id: int
    node: str
    port: str = ""
    condition: str = ""
    hits: int = 1
    epoch: int = 0
    step: int = 0
    log: str = ""
    enabled: bool = True

    @property
    def look(self) -> Look:
        """What it looks like."""
        if not self.enabled:
            return "off"
        if self.log:
            return "log"
        is_plain = not self.condition and self.hits <= 1 and not self.epoch and not self.step
        return "on" if is_plain else "conditional"


_PLAIN: Final = Breakpoint(0, "")
_KINDS: Final = {field.name: type(getattr(_PLAIN, field.name)) for field in fields(Breakpoint)}


def breakpoints(document: Document) -> tuple[Breakpoint, ...]:
    """Return the breakpoints of a document; what is none is passed over.

    Examples
    --------
    >>> document = Document()
    >>> _ = document.apply(set_breakpoints([Breakpoint(1, "dense", hits=3)]))
    >>> breakpoints(document)[0].hits, document.settings["breakpoints"][0]["node"]
    (3, 'dense')
    """
    stored = document.settings.get(BREAKPOINTS, ())
    if not isinstance(stored, tuple):
        return ()
    found = {point.id: point for entry in stored if (point := _read(entry)) is not None}
    return tuple(found.values())


def set_breakpoints(points: Iterable[Breakpoint]) -> SetSetting:
    """Return the edit that lets a document have these breakpoints, and no others."""
    stored = tuple({k: v for k, v in asdict(p).items() if v != getattr(_PLAIN, k) or k == "node"} for p in points)
    return SetSetting(BREAKPOINTS, stored or UNSET)


def fresh_id(points: Iterable[Breakpoint]) -> int:
    """Return an id that none of these has."""
    return max((point.id for point in points), default=0) + 1


def _read(entry: Any) -> Breakpoint | None:
    if not isinstance(entry, Mapping) or not set(entry) <= set(_KINDS):
        return None
    if any(type(value) is not _KINDS[name] for name, value in entry.items()):
        return None
    texts = ((name, value) for name, value in entry.items() if isinstance(value, str))
    if any(len(value) > (MAX_NAME if name in ("node", "port") else MAX_TEXT) for name, value in texts):
        return None
    if not entry.get("node") or any(entry.get(name, 0) < 0 for name in ("id", "hits", "epoch", "step")):
        return None
    return Breakpoint(**{"id": 0, **entry})
