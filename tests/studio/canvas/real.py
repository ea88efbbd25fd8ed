"""What tests do on a canvas with real node types, whose shapes are known: see the fixture `show`."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from graphs import build, port
from hand import Hand
from PySide6.QtCore import QPointF

from studio.canvas.view import CanvasView
from studio.document.document import Document, Wire

Show = Callable[[Document], CanvasView]


def classifier(*hidden: str) -> Document:
    """Return images -> flatten -> hidden layers called so -> output, one beside the other."""
    dense = {id: ("layer.Dense", {"units": 16}) for id in hidden}
    nodes = {"digits": "data.digits", "flat": "layer.Flatten", **dense, "output": ("layer.Dense", {"units": 10})}
    chain = (f"{before}.output > {after}.inputs" for before, after in pairwise(("flat", *hidden, "output")))
    return build(nodes, "\n".join(("digits.x > flat.inputs", *chain)))


def wires(view: CanvasView) -> set[Wire]:
    """Return the wires of the document that is shown."""
    return set(view.canvas.document.wires.values())


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
