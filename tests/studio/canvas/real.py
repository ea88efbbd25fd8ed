"""What tests do on a canvas with real node types, whose shapes are known: see the fixture `show`."""

from __future__ import annotations

from collections.abc import Callable

from graphs import port
from hand import Hand
from PySide6.QtCore import QPointF

from studio.canvas.view import CanvasView
from studio.document.document import Document

Show = Callable[[Document], CanvasView]


def middle(view: CanvasView, target: str) -> QPointF:
    """Return the middle of the wire to an input."""
    return view.canvas.wires.strands()[port(target)].path.pointAtPercent(0.5)


def plug(view: CanvasView, output: str, input: str) -> None:
    """Drag a wire from an output to an input."""
    hand = Hand(view)
    hand.drag(_port(hand, output, is_input=False), _port(hand, input, is_input=True))


def _port(hand: Hand, text: str, *, is_input: bool) -> QPointF:
    ref = port(text)
    return hand.port(ref.node, ref.port, is_input=is_input)
