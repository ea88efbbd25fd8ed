"""A hand that moves the mouse over a canvas with real events."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from studio.canvas.view import CanvasView

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NONE, SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


class Hand:
    """Moves a mouse over the viewport, in scene coordinates, with real events."""

    def __init__(self, view: CanvasView) -> None:
        self.view = view

    def at(self, position: QPointF) -> QPoint:
        return self.view.mapFromScene(position)

    def press(self, position: QPointF, button=LEFT, keys=NONE) -> None:
        QTest.mouseMove(self.view.viewport(), self.at(position))
        QTest.mousePress(self.view.viewport(), button, keys, self.at(position))

    def move(self, position: QPointF) -> None:
        QTest.mouseMove(self.view.viewport(), self.at(position))
        QTest.qWait(1)

    def release(self, position: QPointF, button=LEFT, keys=NONE) -> None:
        QTest.mouseRelease(self.view.viewport(), button, keys, self.at(position))

    def click(self, position: QPointF, button=LEFT, keys=NONE) -> None:
        self.press(position, button, keys)
        self.release(position, button, keys)

    def drag(self, start: QPointF, end: QPointF, button=LEFT, keys=NONE) -> None:
        self.press(start, button, keys)
        self.move((start + end) / 2)
        self.move(end)
        self.release(end, button, keys)

    def port(self, node: str, name: str, *, is_input: bool) -> QPointF:
        item = self.view.canvas.node(node)
        assert item is not None
        return item.port_position(name, is_input=is_input)

    def header(self, node: str) -> QPointF:
        body = self.view.canvas.items_by_id[node].body()
        return QPointF(body.center().x(), body.top() + 12)


def pixels(canvas: CanvasView) -> np.ndarray:
    """Return what is on the screen."""
    image = canvas.screen().grabWindow(canvas.winId()).toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.array(image.constBits()).reshape(image.height(), -1, 4).astype(int)


def settled_pixels(canvas: CanvasView) -> np.ndarray:
    """Return what is on the screen once nothing changes any more, on a busy machine, too."""
    before = pixels(canvas)
    for _ in range(50):
        QTest.qWait(40)
        now = pixels(canvas)
        if np.array_equal(before, now):
            break
        before = now
    return before
