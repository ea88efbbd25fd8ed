"""The minimap: the whole document in a corner, and where in it the view is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QWidget

from studio.ui.i18n import _

if TYPE_CHECKING:
    from studio.canvas.navigation import NavigableView

_WIDTH: Final = 164
_HEIGHT: Final = 104
_EDGE: Final = 16
_INSET: Final = 10.0
_REFRESH_MS: Final = 60
_SMALLEST_VIEW: Final = (520, 340)


class Minimap(QWidget):
    """A widget above the view, not part of its painting: so scrolling can shift what is on screen.

    The picture of the nodes is kept; only the frame of the view is painted anew while it moves.
    """

    def __init__(self, view: NavigableView) -> None:
        super().__init__(view)
        self._view = view
        self._map = QPixmap()
        self._transform = QTransform()
        self._wanted = True
        self._timer = QTimer(self, interval=_REFRESH_MS, singleShot=True)
        self._timer.timeout.connect(self._on_time)
        self.setObjectName("minimap")
        self.setFixedSize(_WIDTH, _HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.retranslate()

    def retranslate(self) -> None:
        """Use the language in use."""
        self.setAccessibleName(_("Map of the document"))
        self.setToolTip(_("Click or drag to go there"))

    def set_wanted(self, wanted: bool) -> None:
        """Show the map, where there is room for it, or hide it."""
        self._wanted = wanted
        self.place()

    def place(self) -> None:
        """Take the lower right corner of the view, if it is large enough and not empty."""
        view = self._view
        self.move(view.width() - _WIDTH - _EDGE, view.height() - _HEIGHT - _EDGE)
        room = view.width() >= _SMALLEST_VIEW[0] and view.height() >= _SMALLEST_VIEW[1]
        self.setVisible(self._wanted and room and bool(view.canvas.items_by_id))

    def refresh(self) -> None:
        """Draw the nodes anew soon."""
        if not self._timer.isActive():
            self._timer.start()

    def follow(self) -> None:
        """Show where the view is now."""
        self.update()

    def _on_time(self) -> None:
        self.place()
        self._draw()
        self.update()

    def _draw(self) -> None:
        overview = self._view.canvas.overview
        bounds = overview.bounds()
        if bounds.isEmpty():
            return
        scale = min((_WIDTH - 2 * _INSET) / bounds.width(), (_HEIGHT - 2 * _INSET) / bounds.height(), 0.12)
        self._transform = QTransform.fromTranslate(_WIDTH / 2, _HEIGHT / 2)
        self._transform.scale(scale, scale)
        self._transform.translate(-bounds.center().x(), -bounds.center().y())
        ratio = self.devicePixelRatioF()
        self._map = QPixmap(self.size() * ratio)
        self._map.setDevicePixelRatio(ratio)
        self._map.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._map)
        painter.setTransform(self._transform)
        overview.paint_map(painter, self._view.canvas.shared.style)
        painter.end()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, the nodes and the frame of the view."""
        if self._map.isNull():
            self._draw()
        style = self._view.canvas.shared.style
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(style.border)
        painter.setBrush(style.map_ground)
        painter.drawRoundedRect(QRectF(0.5, 0.5, _WIDTH - 1, _HEIGHT - 1), 6, 6)
        painter.drawPixmap(0, 0, self._map)
        frame = self._transform.mapRect(self._view.visible_area())
        frame = frame.intersected(QRectF(5.5, 5.5, _WIDTH - 11, _HEIGHT - 11))
        if not frame.isEmpty():
            painter.setPen(QPen(style.accent, 1))
            painter.setBrush(style.map_frame)
            painter.drawRoundedRect(frame, 3, 3)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go where the click is."""
        self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go along with a drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Keep the event from the view below."""
        event.accept()

    def _go(self, position: QPointF) -> None:
        inverse, possible = self._transform.inverted()
        if possible:
            self._view.centerOn(inverse.map(position))
