"""Gestures: one file each, and their order. A press starts the first that wants it."""

from __future__ import annotations

from typing import Final

from studio.canvas.gestures.band import RubberBand
from studio.canvas.gestures.base import Gesture
from studio.canvas.gestures.cut_wires import CutWires
from studio.canvas.gestures.drag_nodes import DragNodes
from studio.canvas.gestures.drag_wire import DragWire
from studio.canvas.gestures.pan import Pan
from studio.canvas.gestures.pick_wire import PickWire
from studio.canvas.gestures.resize import Resize

# A port is meant before the node it is on, a node before the wires below it.
GESTURES: Final[tuple[type[Gesture], ...]] = (Pan, CutWires, DragWire, Resize, DragNodes, PickWire, RubberBand)
