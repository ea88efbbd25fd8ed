"""The pinned tensors as rows: name, norm, what should not be there, and how the norm went."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.inspector.names import full
from studio.inspector.trail import norm
from studio.inspector.watching import Pin, Watching
from studio.run.messages import Watched
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _, number
from studio.ui.icons import icon
from studio.ui.theme import mix

_ROW: Final = 38
_MOST_ROWS: Final = 4
_SPARK: Final = 64


class _Row(QStyledItemDelegate):
    """Paints a pin: its name above, its figures below, the sparkline at the right."""

    def __init__(self, pins: Pins) -> None:
        super().__init__(pins)
        self._pins = pins

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, _ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme = appearance().theme
        pin = self._pins.pin_at(index.row())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(mix(theme.panel, theme.accent, 0.18)))
        room = rect.adjusted(12, 4, -12, -4)
        name, figures, alarm = self._pins.words(pin)
        painter.setFont(fonts.sans(12))
        painter.setPen(QColor(theme.text))
        series = self._pins.series(pin)
        width = room.width() - (_SPARK + 8 if series else 0)
        elided = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, width)
        painter.drawText(room, Qt.AlignmentFlag.AlignTop, elided)
        painter.setFont(fonts.mono(11))
        painter.setPen(QColor(theme.bad if alarm else theme.dim))
        painter.drawText(
            room,
            Qt.AlignmentFlag.AlignBottom,
            painter.fontMetrics().elidedText(figures, Qt.TextElideMode.ElideRight, width),
        )
        spark = QRectF(room.right() - _SPARK, room.top() + 3, _SPARK, room.height() - 6)
        paint_sparkline(painter, spark, series, QColor(theme.accent))
        painter.restore()


def paint_sparkline(painter: QPainter, rect: QRectF, values: list[float], colour: QColor) -> None:
    """Draw how a number went: a line as high as `rect`; nothing for fewer than two values."""
    if len(values) < 2:
        return
    low, high = min(values), max(values)
    unit = (high - low) or 1.0
    points = [
        QPointF(rect.left() + rect.width() * i / (len(values) - 1), rect.bottom() - rect.height() * (v - low) / unit)
        for i, v in enumerate(values)
    ]
    painter.setPen(QPen(colour, 1.4))
    painter.drawPolyline(QPolygonF(points))


class Pins(QListWidget):
    """The pins of the document that is shown. Enter looks at one, Delete takes it away.

    Signals
    -------
    chosen
        A tensor is to come to the front, or what was kept of one is to be looked at: carries the `Pin`.
    compared
        The tensor in front is to be compared with one: carries the `Pin`.
    """

    chosen = Signal(object)
    compared = Signal(object)

    def __init__(self, node_name: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pins")
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setItemDelegate(_Row(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMouseTracking(True)
        self._node_name = node_name
        self._watching = Watching()
        self.itemClicked.connect(lambda item: self.chosen.emit(self.pin_at(self.row(item))))
        self.customContextMenuRequested.connect(self._open_menu)
        appearance().language_changed.connect(self.refresh)
        self.refresh()

    def open(self, watching: Watching) -> None:
        """Show the pins of another document."""
        self._watching = watching
        self.refresh()

    def refresh(self) -> None:
        """Show the pins as they are now."""
        pins = self._watching.pins
        while self.count() > len(pins):
            self.takeItem(self.count() - 1)
        while self.count() < len(pins):
            self.addItem(QListWidgetItem())
        for i, pin in enumerate(pins):
            name, figures, _alarm = self.words(pin)
            self.item(i).setText(f"{name}, {figures}")  # for whoever does not see it; the row is painted
            self.item(i).setToolTip(f"{name}\n{figures}")
        self.setFixedHeight(_ROW * min(max(len(pins), 1), _MOST_ROWS))
        self.setVisible(bool(pins))
        self.setAccessibleName(_("Pinned tensors"))
        self.viewport().update()

    def pin_at(self, row: int) -> Pin:
        """Return the pin of a row."""
        return self._watching.pins[row]

    def words(self, pin: Pin) -> tuple[str, str, bool]:
        """Return the name of a pin, its figures, and whether they should alarm."""
        name = full(pin.ref, self._node_name)
        found = self._watching.of(pin)
        if not isinstance(found, Watched):
            return name, _("no value") if found is not None else "…", False
        info = found.info
        length = norm(info)
        figures = [f"‖·‖ {number(length)}" if length is not None else "", f"{number(info.nans)} NaN"]
        if info.infs:
            figures.append(f"{number(info.infs)} Inf")
        if pin.kept is not None:
            figures.append(
                _("kept at step {step}").format(step=number(found.step)) if found.step is not None else _("kept")
            )
            figures.append(pin.origin)
        return name, "  ".join(filter(None, figures)), info.nans + info.infs > 0

    def series(self, pin: Pin) -> list[float]:
        """Return how the norm of a live pin went."""
        if pin.kept is not None:
            return []
        return [length for _step, info in self._watching.trail(pin.ref) if (length := norm(info)) is not None]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Look at the current pin with Enter, take it away with Delete."""
        row = self.currentRow()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self.chosen.emit(self.pin_at(row))
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and row >= 0:
            self._watching.unpin(self.pin_at(row))
        else:
            super().keyPressEvent(event)

    def menu(self, pin: Pin) -> QMenu:
        """Return what can be done with a pin."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("eye"), _("Look at it"), lambda: self.chosen.emit(pin))
        menu.addAction(icon("git-compare"), _("Compare with it"), lambda: self.compared.emit(pin))
        menu.addAction(icon("x"), _("Unpin"), lambda: self._watching.unpin(pin))
        return menu

    def _open_menu(self, at: object) -> None:
        item = self.itemAt(at)  # type: ignore[call-overload]
        if item is not None:
            self.menu(self.pin_at(self.row(item))).popup(self.viewport().mapToGlobal(at))  # type: ignore[call-overload]
