"""Moving about: zoom, pan, framing, and what is painted behind the nodes or, from afar, instead of them."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QInputDevice,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QRegion,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from studio.canvas.focus_ring import FocusRing
from studio.canvas.metrics import FAR_POSITION, FRAME_ZOOM, GRID, MAX_ZOOM, MIN_ZOOM, Detail
from studio.canvas.minimap import Minimap
from studio.canvas.scene import CanvasScene
from studio.canvas.style import Style

_MOST_STRIPS = 8
_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class NavigableView(QGraphicsView):
    """A view of the scene that can be zoomed and panned.

    Signals
    -------
    zoomChanged
        The zoom factor, 1 for 100 %.
    """

    zoomChanged = Signal(float)  # noqa: N815

    def __init__(self, scene: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.canvas = scene
        self._tile: tuple[object, QPixmap] | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        # The scene's own rectangle bounds the index and has to be tight; that of the view bounds the scrolling.
        self.setSceneRect(-FAR_POSITION, -FAR_POSITION, 2 * FAR_POSITION, 2 * FAR_POSITION)
        self.minimap = Minimap(self)
        self._focus_ring = FocusRing(self)
        scene.synced.connect(self._on_synced)
        self.apply_style(scene.shared.style)

    def apply_style(self, style: Style) -> None:
        """Use other colours."""
        self.canvas.set_look(style, self.zoom, self.devicePixelRatioF())
        self._follow_detail()
        self._tile = None
        self.setBackgroundBrush(style.canvas)
        self._focus_ring.set_colour(style.accent)
        self.minimap.refresh()

    # -------------------------------------------------------------------------------------------------- zoom

    @property
    def zoom(self) -> float:
        """The zoom factor."""
        return self.transform().m11()

    @property
    def detail(self) -> Detail:
        """How much is painted at this zoom."""
        return self.canvas.shared.detail

    def zoom_to(self, zoom: float, anchor: QPoint | None = None) -> None:
        """Zoom so that what lies under `anchor` (a point of the viewport, by default its middle) stays there."""
        zoom = min(max(zoom, MIN_ZOOM), MAX_ZOOM)
        if zoom == self.zoom:
            return
        anchor = anchor if anchor is not None else self.viewport().rect().center()
        fixed = self.viewportTransform().inverted()[0].map(QPointF(anchor))
        self.setTransform(QTransform.fromScale(zoom, zoom))
        self.canvas.set_look(self.canvas.shared.style, self.zoom, self.devicePixelRatioF())
        self._follow_detail()
        moved = self.viewportTransform().map(fixed) - QPointF(anchor)
        self.pan(round(moved.x()), round(moved.y()))
        self.viewport().update()
        self.zoomChanged.emit(zoom)

    def _follow_detail(self) -> None:
        """From afar the view paints the overview when it says so itself, not whenever some item changes."""
        modes = QGraphicsView.ViewportUpdateMode
        far = self.detail is Detail.FAR
        self.setViewportUpdateMode(modes.NoViewportUpdate if far else modes.MinimalViewportUpdate)
        self.viewport().update()

    def zoom_in(self) -> None:
        """Zoom in by a step."""
        self.zoom_to(self.zoom * 1.25)

    def zoom_out(self) -> None:
        """Zoom out by a step."""
        self.zoom_to(self.zoom / 1.25)

    def zoom_reset(self) -> None:
        """Zoom to 100 %."""
        self.zoom_to(1.0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the cursor; two fingers on a touch pad pan."""
        finger = event.device().type() is QInputDevice.DeviceType.TouchPad
        if finger and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.pan(-event.pixelDelta().x(), -event.pixelDelta().y())
        else:
            self.zoom_to(self.zoom * 1.0015 ** event.angleDelta().y(), event.position().toPoint())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Zoom by a pinch on a touch pad; paint for another screen when the window gets there."""
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self.canvas.set_look(self.canvas.shared.style, self.zoom, self.devicePixelRatioF())
        if isinstance(event, QNativeGestureEvent) and event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_to(self.zoom * (1 + event.value()), event.position().toPoint())
            return True
        return super().viewportEvent(event)

    # --------------------------------------------------------------------------------------------------- pan

    def pan(self, dx: int, dy: int) -> None:
        """Move the view over the scene by screen pixels. What is on screen is shifted; only what appears is painted.

        Scroll bars would shift nothing: they scroll one after the other, and below a widget, as the map is one, Qt
        paints all anew. With 55 nodes in view a step takes 2 ms so, and 8 ms otherwise.
        """
        before = self._scrolled()
        mode = self.viewportUpdateMode()
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.NoViewportUpdate)
        self.horizontalScrollBar().setValue(before.x() + dx)
        self.verticalScrollBar().setValue(before.y() + dy)
        self.setViewportUpdateMode(mode)
        shift = before - self._scrolled()
        if self.detail is Detail.FAR:
            self.viewport().update()
        elif not shift.isNull():
            clear, rest = self._below_the_map()
            for area in clear:
                self.viewport().scroll(shift.x(), shift.y(), area)
            self.viewport().update(rest)
            # Qt takes note of where an item was painted if it lies within the bounds of what is: from corner to corner
            # that is all, and what moves later leaves no trail.
            port = self.viewport().rect()
            self.viewport().update(QRect(port.topLeft(), QSize(1, 1)))
            self.viewport().update(QRect(port.bottomRight(), QSize(1, 1)))

    def _scrolled(self) -> QPoint:
        return QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def _below_the_map(self) -> tuple[list[QRect], QRect]:
        """Return the parts of the viewport that no map lies on, and the part that one does."""
        whole, covered = self.viewport().rect(), self.minimap.geometry()
        if not self.minimap.isVisible():
            return [whole], QRect()
        above = QRect(0, 0, whole.width(), covered.top())
        beside = QRect(0, covered.top(), covered.left(), whole.height() - covered.top())
        return [above, beside], QRect(beside.topRight(), whole.bottomRight())

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Let the minimap follow."""
        super().scrollContentsBy(dx, dy)
        if self.detail is Detail.FAR:
            self.viewport().update()
        self.minimap.follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the minimap in its corner and the ring at the edge."""
        super().resizeEvent(event)
        self.minimap.place()
        self._focus_ring.place()

    def visible_area(self) -> QRectF:
        """Return the part of the scene that is in view."""
        return self.viewportTransform().inverted()[0].mapRect(QRectF(self.viewport().rect()))

    def frame(self, area: QRectF) -> None:
        """Show `area`, as large as it fits with a margin, but not much magnified."""
        if area.isEmpty():
            return
        size = self.viewport().size() - QSize(96, 96)
        zoom = min(max(size.width(), 50) / area.width(), max(size.height(), 50) / area.height())
        self.zoom_to(min(zoom, FRAME_ZOOM))
        self.centerOn(area.center())

    def frame_all(self) -> None:
        """Show the whole document."""
        self.frame(self.canvas.overview.bounds())

    def frame_selection(self) -> None:
        """Show what is selected, or everything if nothing is."""
        area = QRectF()
        self.canvas.settle()
        for id in self.canvas.selected_ids():
            area = area.united(self.canvas.items_by_id[id].body())
        self.frame(area if not area.isEmpty() else self.canvas.overview.bounds())

    # ---------------------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the items, or, from afar, the overview in their place."""
        if self.detail is not Detail.FAR:
            # Qt tells an item the bounds of what is exposed: for the two strips of a pan, that is the whole view.
            back = self.viewportTransform().inverted()[0]
            self.canvas.shared.exposed = [back.mapRect(QRectF(rect)) for rect in _apart(event.region())]
            super().paintEvent(event)
            self.canvas.shared.exposed = []
            return
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self.canvas.shared.style.canvas)
        painter.setTransform(self.viewportTransform())
        self.canvas.paint_far(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.drawForeground(painter, self.visible_area())

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Paint a grid of dots from one tile; its step doubles as it gets too narrow on screen."""
        style = self.canvas.shared.style
        painter.save()
        painter.resetTransform()
        exposed = self.viewportTransform().mapRect(QRectF(rect)).toAlignedRect()
        step = round(GRID * self.zoom * 2 ** max(0, math.ceil(math.log2(20 / (GRID * self.zoom)))))
        tile = self._dots(step, self.devicePixelRatioF(), style)
        origin = self.viewportTransform().map(QPointF(0, 0))
        offset = QPointF((exposed.x() - round(origin.x())) % step, (exposed.y() - round(origin.y())) % step)
        painter.drawTiledPixmap(QRectF(exposed), tile, offset)
        painter.restore()

    def _dots(self, step: int, ratio: float, style: Style) -> QPixmap:
        """Return the tile: opaque, and of eight by eight dots, since few large copies are faster than many small."""
        key = (step, ratio, style)
        if self._tile is None or self._tile[0] != key:
            side = math.ceil(step * 8 * ratio)
            tile = QPixmap(side, side)
            tile.setDevicePixelRatio(side / (step * 8))
            tile.fill(style.canvas)
            painter = QPainter(tile)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.grid)
            for i in range(64):
                painter.drawEllipse(QPointF(1.0 + i % 8 * step, 1.0 + i // 8 * step), 1.0, 1.0)
            painter.end()
            self._tile = (key, tile)
        return self._tile[1]

    def _on_synced(self) -> None:
        if self.detail is Detail.FAR:
            self.viewport().update()  # nothing is painted by items, so Qt does not know what to repaint
        self.minimap.refresh()

    # ------------------------------------------------------------------------------------------------- focus

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus if it came by a key."""
        super().focusInEvent(event)
        self._focus_ring.setVisible(event.reason() in _KEYBOARD)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the focus has gone."""
        super().focusOutEvent(event)
        self._focus_ring.hide()


def _apart(region: QRegion) -> list[QRect]:
    """Return the rectangles of a region, if they cover much less than its bounds; else these."""
    rects: list[QRect] = list(region)  # type: ignore[call-overload]  # PySide's stubs lack the iterator
    bounds = region.boundingRect()
    covered = sum(r.width() * r.height() for r in rects)
    if len(rects) > _MOST_STRIPS or 2 * covered > bounds.width() * bounds.height():
        return [bounds]
    return rects
