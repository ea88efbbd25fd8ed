"""What is looked into in one document: the tensor in front, those that are pinned, and how each of them went."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from engine.core.dtype import Array
from engine.core.errors import EngineError, UnavailableError
from studio.document.document import PortRef
from studio.inspector.trail import Trail
from studio.run.messages import Missing, Traced, TraceEnded, Watched
from studio.run.tensor_ref import TensorRef

#: Each pinned tensor is sent with each look, so that there must not be many.
MOST_PINS: Final = 16


@dataclass(frozen=True)
class Pin:
    """A tensor that stays in sight: the live one, or the values that it had once.

    Parameters
    ----------
    ref
        Its name.
    kept
        The values that are held, None if it is the live one.
    origin
        What they are of, such as the name of a run or an example; "" if they are of what is trained now.
    """

    ref: TensorRef
    kept: Watched | None = None
    origin: str = ""


class Watching(QObject):
    """The tensors of a document that the user looks into.

    Signals
    -------
    asked
        Other tensors are wanted than before: carries their names, that of the one in front first.
    changed
        There is another tensor in front or another pin, or a node has other tensors.
    came
        There are other values of a tensor, or it has none: carries its name.
    trace_asked
        It is asked what a place was made of: carries the name of the tensor, and the place.
    linked
        It is known of other tensors than before what a chosen place was made of.

    Attributes
    ----------
    front
        The name of the tensor in front, None if there is none.
    held
        The values in front, if they are such as were kept and not the live ones.
    pins
        From the oldest on.
    inventory
        The names of all tensors beside the values of wires.
    carrying
        The ports that carried something in the last run.
    links
        The elements that the chosen place was made of: for each tensor a truth value for each element.
    has_all_links
        Whether nothing more is to be heard of it.
    why_no_links
        Why it is not known, if that was heard.
    stale
        The tensors whose values are of an earlier run, each with why it has none now.
    """

    asked = Signal(tuple)
    changed = Signal()
    came = Signal(object)
    linked = Signal()
    trace_asked = Signal(object, tuple)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.front: TensorRef | None = None
        self.held: Watched | None = None
        self.pins: list[Pin] = []
        self.inventory: tuple[TensorRef, ...] = ()
        self.carrying: Collection[PortRef] = ()
        self.links: dict[TensorRef, Array] = {}
        self.has_all_links = False
        self.why_no_links: EngineError | None = None
        self._linking: tuple[TensorRef, tuple[int, ...]] | None = None
        self.stale: dict[TensorRef, EngineError | None] = {}
        self._is_seen = True
        self._latest: dict[TensorRef, Watched | Missing] = {}
        self._trails: dict[TensorRef, Trail] = {}

    # ---------------------------------------------------------------------------------------------------------- asking

    def look_at(self, ref: TensorRef | None) -> None:
        """Bring a tensor to the front."""
        self.front, self.held = ref, None
        self._ask()

    def look_at_pin(self, pin: Pin) -> None:
        """Bring what is pinned to the front: the live tensor, or the values that were kept of it."""
        self.front, self.held = pin.ref, pin.kept
        self._ask()

    def see(self, is_seen: bool) -> None:
        """Somebody sees what is looked into, or nobody does any more: then nothing is wanted, until somebody does."""
        if is_seen != self._is_seen:
            self._is_seen = is_seen
            self.asked.emit(self.refs if is_seen else ())

    def pin(self, pin: Pin) -> None:
        """Keep a tensor in sight.

        Raises
        ------
        UnavailableError
            If there are as many as there may be.
        """
        if pin in self.pins:
            return
        if len(self.pins) >= MOST_PINS:
            raise UnavailableError("{most} tensors are pinned.", hint="Unpin one of them.", most=MOST_PINS)
        self.pins.append(pin)
        self._ask()

    def keep(self) -> None:
        """Pin the values that the tensor in front has now, whatever becomes of it."""
        shown = self.shown
        if isinstance(shown, Watched):
            self.pin(Pin(shown.ref, shown))

    def unpin(self, pin: Pin) -> None:
        """Keep a tensor in sight no more."""
        if pin in self.pins:
            self.pins.remove(pin)
            self._ask()

    def is_pinned(self, ref: TensorRef | None) -> bool:
        """Return whether the live tensor of this name is pinned."""
        return ref is not None and Pin(ref) in self.pins

    @property
    def refs(self) -> tuple[TensorRef, ...]:
        """The names of all tensors whose values are wanted, that of the one in front first."""
        front = [self.front] if self.front is not None else []
        return tuple(dict.fromkeys([*front, *(pin.ref for pin in self.pins if pin.kept is None)]))

    def _ask(self) -> None:
        wanted = self.refs
        known: dict[TensorRef, Any]
        for known in (self._latest, self._trails, self.stale):
            for ref in [ref for ref in known if ref not in wanted]:
                del known[ref]
        self.asked.emit(wanted if self._is_seen else ())
        self.changed.emit()

    def forget(self) -> None:
        """Look at nothing: the document has other contents."""
        self.pins.clear()
        self.inventory = self.carrying = ()
        self.look_at(None)

    # --------------------------------------------------------------------------------------------------------- hearing

    def take(self, event: Watched | Missing) -> None:
        """Take the values of a tensor, or note why it has none; those that it had are kept as such."""
        if isinstance(event, Missing):
            if isinstance(self._latest.get(event.ref), Watched):
                self.stale[event.ref] = event.error
            else:
                self._latest[event.ref] = event
        else:
            self._latest[event.ref] = event
            self.stale.pop(event.ref, None)
            if event.step is not None:
                self._trails.setdefault(event.ref, Trail()).add(event.step, event.info)
        self.came.emit(event.ref)

    def take_ports(self, carrying: Collection[PortRef]) -> None:
        """Note which ports carry something in another run: the values of the others are of an earlier one."""
        self.carrying = carrying
        for ref, latest in self._latest.items():
            if ref.kind == "value" and ref.port not in carrying and isinstance(latest, Watched):
                self.stale.setdefault(ref, None)
                self.came.emit(ref)

    def take_inventory(self, refs: Sequence[TensorRef]) -> None:
        """Take note of the tensors that there are."""
        self.inventory = tuple(refs)
        self.changed.emit()

    def link(self, ref: TensorRef | None, place: tuple[int, ...] = ()) -> None:
        """Want to know what a place of a tensor was made of, and nothing else; None: nothing."""
        self._linking = (ref, place) if ref is not None else None
        self.links, self.has_all_links, self.why_no_links = {}, False, None
        if ref is not None:
            self.trace_asked.emit(ref, place)
        self.linked.emit()

    def take_traced(self, event: Traced) -> None:
        """Take note of what the chosen place was made of."""
        if (event.ref, event.place) == self._linking:
            self.links[event.source] = event.marks
            self.linked.emit()

    def take_trace_end(self, event: TraceEnded) -> None:
        """Take note that all was said of the chosen place, or why it is not known."""
        if (event.ref, event.place) == self._linking:
            self.has_all_links, self.why_no_links = True, event.error
            self.linked.emit()

    @property
    def linking(self) -> tuple[TensorRef, tuple[int, ...]] | None:
        """The chosen place, and the tensor that it is of."""
        return self._linking

    def latest(self, ref: TensorRef | None) -> Watched | Missing | None:
        """Return what is known last of a tensor, None as long as it was not heard of."""
        return self._latest.get(ref) if ref is not None else None

    @property
    def shown(self) -> Watched | Missing | None:
        """What is in front."""
        return self.held if self.held is not None else self.latest(self.front)

    def of(self, pin: Pin) -> Watched | Missing | None:
        """Return the values of a pin."""
        return pin.kept if pin.kept is not None else self.latest(pin.ref)

    def trail(self, ref: TensorRef | None) -> Trail:
        """Return how a tensor went in the training, as far as it was watched."""
        return self._trails.get(ref, Trail()) if ref is not None else Trail()

    def around(self, ref: TensorRef) -> list[TensorRef]:
        """Return the names of all tensors of the node of a tensor, its own first."""
        values = [TensorRef.of(port) for port in self.carrying if port.node == ref.node]
        others = [other for other in self.inventory if other.node == ref.node]
        return list(dict.fromkeys([*values, *others])) or [ref]
