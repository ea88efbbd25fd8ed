"""The axes of a tensor as chips: which goes down, which across, and which place of the others is shown."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from studio.inspector.index_text import written
from studio.inspector.slices import Cut
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _, number

_HEIGHT: Final = 26
_GAP: Final = 6
_PAD: Final = 8
#: Letters of a list in a chip.
_LONGEST: Final = 16


class AxesBar(QWidget):
    """A chip for each axis. One that is dragged onto another takes its part; the wheel moves along a fixed axis.

    With the keyboard: left and right go from chip to chip, up and down move along a fixed axis, R and C let an axis go
    down or across.

    Signals
    -------
    cut_changed
        The user wants to see another plane: carries the `Cut`.
    """

    cut_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("axes")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFont(fonts.mono(11))
        self.setMouseTracking(True)
        self.cut = Cut.first(())
        self.current = 0
        self._pressed: tuple[int, QPoint] | None = None
        self._dragged: QPoint | None = None
        appearance().theme_changed.connect(self.update)
        appearance().language_changed.connect(self._retranslate)
        self._retranslate()

    def show_cut(self, cut: Cut) -> None:
        """Show the axes of another plane."""
        if len(cut.shape) != len(self.cut.shape):
            self.current = 0
        self.cut = cut
        self._fit()
        self._retranslate()

    def words(self, axis: int) -> str:
        """Return what the chip of an axis says: its part, its number, and its size or the place on it."""
        cut = self.cut
        part = cut.part(axis)
        if axis == cut.rows:
            return f"↓ {axis}: {number(cut.shape[axis])}"
        if axis == cut.columns:
            return f"→ {axis}: {number(cut.shape[axis])}"
        words = written(part)
        return f"{axis} = {words if len(words) <= _LONGEST else '[…]'} / {number(cut.shape[axis])}"

    def _retranslate(self) -> None:
        self.setAccessibleName(_("Axes"))
        self.setAccessibleDescription(", ".join(self.words(axis) for axis in range(len(self.cut.shape))))
        self.update()

    # --------------------------------------------------------------------------------------------------------- layout

    def _rects(self, width: int) -> list[QRectF]:
        metrics = QFontMetrics(self.font())
        found: list[QRectF] = []
        x, y = 0.0, 0.0
        for axis in range(len(self.cut.shape)):
            size = metrics.horizontalAdvance(self.words(axis)) + 2 * _PAD
            if x and x + size > width:
                x, y = 0.0, y + _HEIGHT + _GAP
            found.append(QRectF(x, y, size, _HEIGHT))
            x += size + _GAP
        return found

    def _fit(self) -> None:
        """Be as high as the rows of chips."""
        rects = self._rects(self.width())
        self.setFixedHeight(round(rects[-1].bottom()) if rects else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put chips into other rows."""
        super().resizeEvent(event)
        self._fit()

    def rect_of(self, axis: int) -> QRectF:
        """Return where the chip of an axis is."""
        return self._rects(self.width())[axis]

    def axis_at(self, point: QPoint) -> int | None:
        """Return the axis whose chip is at a point."""
        return next((i for i, rect in enumerate(self._rects(self.width())) if rect.contains(point.toPointF())), None)

    # -------------------------------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chips; the one that is dragged lies under the pointer."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        theme = appearance().theme
        target = self.axis_at(self._dragged) if self._dragged is not None else None
        rects = self._rects(self.width())
        order = sorted(range(len(rects)), key=lambda axis: self._is_dragged(axis))
        for axis in order:
            rect = rects[axis].adjusted(0.5, 0.5, -0.5, -0.5)
            if self._is_dragged(axis) and self._dragged is not None and self._pressed is not None:
                rect.translate((self._dragged - self._pressed[1]).toPointF())
            is_free = axis in (self.cut.rows, self.cut.columns)
            marked = axis == target or (self.hasFocus() and axis == self.current)
            painter.setPen(QPen(QColor(theme.accent if marked else theme.line), 1))
            painter.setBrush(QColor(theme.raised if is_free else theme.panel))
            painter.drawRoundedRect(rect, 6, 6)
            painter.setPen(QColor(theme.text if is_free else theme.dim))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.words(axis))

    def _is_dragged(self, axis: int) -> bool:
        return self._dragged is not None and self._pressed is not None and self._pressed[0] == axis

    # -------------------------------------------------------------------------------------------------------- changing

    def _change(self, cut: Cut) -> None:
        if cut != self.cut:
            self.show_cut(cut)
            self.cut_changed.emit(cut)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take a chip."""
        axis = self.axis_at(event.position().toPoint())
        if axis is not None and event.button() == Qt.MouseButton.LeftButton:
            self.current = axis
            self._pressed = axis, event.position().toPoint()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        at = event.position().toPoint()
        if self._pressed is not None and (at - self._pressed[1]).manhattanLength() >= QApplication.startDragDistance():
            self._dragged = at
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let it take the part of the one that it is dropped on."""
        pressed, dragged = self._pressed, self._dragged
        self._pressed = self._dragged = None
        target = self.axis_at(event.position().toPoint())
        if pressed is not None and dragged is not None and target is not None and target != pressed[0]:
            self._change(self.cut.swapped(pressed[0], target))
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Move along a fixed axis."""
        axis = self.axis_at(event.position().toPoint())
        if axis is not None and isinstance(self.cut.part(axis), int):
            self._change(self.cut.moved(axis, -1 if event.angleDelta().y() > 0 else 1))
            event.accept()
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a chip, move along its axis, or give it another part."""
        cut, key = self.cut, event.key()
        if not cut.shape:
            return
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.current = (self.current + (1 if key == Qt.Key.Key_Right else -1)) % len(cut.shape)
            self.update()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._change(cut.moved(self.current, 1 if key == Qt.Key.Key_Up else -1))
        elif key == Qt.Key.Key_R and cut.rows is not None:
            self._change(cut.swapped(self.current, cut.rows))
        elif key == Qt.Key.Key_C and cut.columns is not None:
            self._change(cut.swapped(self.current, cut.columns))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Say how chips are used."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = _(
                "Drag an axis onto another to swap their parts; turn the wheel over a fixed one to move along it."
            )
            QToolTip.showText(event.globalPos(), words if self.axis_at(event.pos()) is not None else "", self)
            return True
        return super().event(event)
