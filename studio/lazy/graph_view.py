"""The view of a program's graph: it pans and zooms, moves nodes from pass to pass, and tells what is looked at."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np
from PySide6.QtCore import QEasingCurve, QEvent, QPoint, QPointF, QRectF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget

from engine.core.dtype import Array
from studio.lazy.drawing import Drawing
from studio.lazy.graph_item import GraphItem
from studio.ui import motion
from studio.ui.appearance import appearance
from studio.ui.i18n import _, ngettext

_MOVE_MS: Final = 180
#: More nodes than this do not move: each frame would come too late.
_MOST: Final = 600
_ZOOMS: Final = (0.03, 3.0)
#: The zoom at which a graph is shown that does not fit: its beginning can be read.
_READABLE: Final = 0.85
_WHEEL: Final = 1.0015


class GraphView(QGraphicsView):
    """A stage of a program.

    Signals
    -------
    hovered
        Carries the number of the node under the mouse, -1 for none.
    chosen
        Carries the number of the node that was clicked, -1 for none.
    """

    hovered = Signal(int)
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lazy.graph")
        self.picture = GraphItem()
        scene = QGraphicsScene(self)
        scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        scene.addItem(self.picture)
        self.setScene(scene)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self._grabbed: QPoint | None = None
        self._pressed = QPoint()
        self._is_new = True
        self._from: Array = np.zeros((0, 4))
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setDuration(_MOVE_MS)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.valueChanged.connect(self._move)
        appearance().theme_changed.connect(self._dress)
        appearance().language_changed.connect(self._name)
        self._dress()
        self._name()

    @property
    def drawing(self) -> Drawing:
        """What is shown."""
        return self.picture.drawing

    def show_drawing(self, drawing: Drawing, fresh: bool = False) -> None:
        """Show a stage; what was there before moves to its new place, unless it is another program."""
        before = {
            drawn.node.id: row for drawn, row in zip(self.drawing.nodes, self.picture.boxes.tolist(), strict=True)
        }
        rows = drawing.boxes.tolist()
        self._from = np.array([before.get(d.node.id, row) for d, row in zip(drawing.nodes, rows, strict=True)])
        self._animation.stop()
        moves = not fresh and before and 0 < len(rows) <= _MOST and not motion.reduced()
        if moves and not np.array_equal(self._from, drawing.boxes):
            self.picture.set_drawing(drawing, self._from)
            self._reach(drawing)
            self._animation.start()
        else:
            self.picture.set_drawing(drawing, drawing.boxes)
            self._reach(drawing)
        if fresh:
            self._is_new = True
            self.frame()
        self._name()

    def show_labels(self, labels: dict[int, str]) -> None:
        """Let these texts stand on the frames of kernels."""
        self.picture.labels = labels
        self.viewport().update()

    def mark(self, ids: Collection[int]) -> None:
        """Ring these nodes: they are linked to what is looked at elsewhere."""
        self.picture.marked = frozenset(ids)
        self.viewport().update()

    def choose(self, id: int | None) -> None:
        """Show that a node is looked at."""
        self.picture.chosen = id
        self.viewport().update()

    def reveal(self, id: int) -> None:
        """Bring a node into view."""
        place = self.drawing.place.get(id)
        if place is not None:
            rect = QRectF(*self.drawing.boxes[place].tolist())
            if not self._visible().contains(rect):
                self._centre(rect.center())

    def _move(self, share: object) -> None:
        assert isinstance(share, float)
        there = self.drawing.boxes
        if len(self._from) == len(there):
            self.picture.set_drawing(self.drawing, self._from + (there - self._from) * share)

    def _reach(self, drawing: Drawing) -> None:
        """Let one scroll well beyond what is drawn."""
        around = self.picture.contents
        self.setSceneRect(around.adjusted(-3000, -3000, 3000, 3000))

    # ------------------------------------------------------------------------------------------------------------- view

    @property
    def zoom(self) -> float:
        """How large things are shown."""
        return self.transform().m11()

    def _visible(self) -> QRectF:
        return self.mapToScene(self.viewport().rect()).boundingRect()

    def frame(self) -> None:
        """Show all, or, where that could not be read, where it begins."""
        area = self.picture.contents
        if area.isEmpty():
            return
        room = self.viewport().size()
        fitting = min((room.width() - 40) / area.width(), (room.height() - 40) / area.height())
        zoom = min(max(fitting, _READABLE), 1.0)
        self.resetTransform()
        self.scale(zoom, zoom)
        if fitting >= zoom:
            self._centre(area.center())
            return
        first = next((i for i, drawn in enumerate(self.drawing.nodes) if drawn.node.kind == "input"), 0)
        left, top, _width, height = self.drawing.boxes[first].tolist()
        self._centre(QPointF(left + (room.width() / 2 - 24) / zoom, top + height / 2))

    def frame_all(self) -> None:
        """Show all, however small."""
        area = self.picture.contents
        if area.isEmpty():
            return
        room = self.viewport().size()
        zoom = min((room.width() - 40) / area.width(), (room.height() - 40) / area.height(), 1.0)
        self.resetTransform()
        self.scale(max(zoom, _ZOOMS[0]), max(zoom, _ZOOMS[0]))
        self._centre(area.center())

    def _centre(self, at: QPointF) -> None:
        self.centerOn(at)

    def zoom_by(self, factor: float, at: QPointF) -> None:
        """Zoom, what is at a point of the viewport staying there."""
        least, most = _ZOOMS
        factor = min(max(self.zoom * factor, least), most) / self.zoom
        before = self.mapToScene(at.toPoint())
        self.scale(factor, factor)
        gap = self.mapFromScene(before) - at.toPoint()
        self._pan(gap.x(), gap.y())

    def _pan(self, dx: int, dy: int) -> None:
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() + dx)
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + dy)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Frame what nobody has looked at yet."""
        super().resizeEvent(event)
        if self._is_new:
            self.frame()

    # ------------------------------------------------------------------------------------------------------------ mouse

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the mouse; with Shift, scroll across."""
        self._is_new = False
        turn = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._pan(-(turn.y() or turn.x()), 0)
        else:
            self.zoom_by(_WHEEL ** turn.y(), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to drag the picture, or a click."""
        self._grabbed = self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the picture, or tell what is under the mouse."""
        at = event.position().toPoint()
        if self._grabbed is not None:
            self._is_new = False
            gap = self._grabbed - at
            self._grabbed = at
            self._pan(gap.x(), gap.y())
            return
        self._hover(self._at(at))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose what was clicked."""
        at = event.position().toPoint()
        if (at - self._pressed).manhattanLength() < 4:
            id = self._at(at)
            self.choose(id)
            self.chosen.emit(-1 if id is None else id)
        self._grabbed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all."""
        if self._at(event.position().toPoint()) is None:
            self.frame_all()

    def leaveEvent(self, event: QEvent) -> None:
        """Look at nothing."""
        super().leaveEvent(event)
        self._hover(None)

    def _at(self, at: QPoint) -> int | None:
        point = self.mapToScene(at)
        return self.drawing.at(point.x(), point.y())

    def _hover(self, id: int | None) -> None:
        if id != self.picture.hovered:
            self.picture.hovered = id
            self.viewport().setCursor(Qt.CursorShape.ArrowCursor if id is None else Qt.CursorShape.PointingHandCursor)
            self.viewport().update()
            self.hovered.emit(-1 if id is None else id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk from node to node along the wires, pan, and frame."""
        key = Qt.Key(event.key())
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}
        if key == Qt.Key.Key_Home:
            self.frame_all()
        elif key in steps and self.drawing.nodes:
            ids = [drawn.node.id for drawn in self.drawing.nodes]
            here = ids.index(self.picture.chosen) if self.picture.chosen in ids else -1
            id = ids[(here + steps[key]) % len(ids)]
            self.choose(id)
            self.reveal(id)
            self.chosen.emit(id)
        else:
            super().keyPressEvent(event)

    # ------------------------------------------------------------------------------------------------------------ looks

    def _dress(self) -> None:
        self.setBackgroundBrush(QColor(appearance().theme.canvas))

    def _name(self) -> None:
        self.setAccessibleName(_("Graph of the program"))
        count = sum(drawn.state != "gone" for drawn in self.drawing.nodes)
        self.setAccessibleDescription(ngettext("{count} node", "{count} nodes", count).format(count=count))
