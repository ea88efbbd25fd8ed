"""The plan over time: kernels in lanes, a branch each, and below the memory that values lie in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from studio.lazy.flame import main_member
from studio.lazy.spans import Span, lanes_of, values_of
from studio.lazy.words import NOTHING_LEFT, kernel_name, phase_look
from studio.run.lazy.data import Explained
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _, number, written_size
from studio.ui.theme import mix

#: Height of a lane, at least and at most, and what all lanes may take where there are many.
_LANE: Final = (11, 24)
_LANES: Final = 112
_GAP: Final = 10
_LEFT: Final = 84
_MARGIN: Final = 12
_LEAST: Final = 4.0


class MemoryMap(QWidget):
    """Shows both over the same time; `picked` carries the number of the kernel that was clicked."""

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lazy.memory")
        self._program: Explained | None = None
        self.lanes: Sequence[Span] = ()
        self.values: Sequence[Span] = ()
        self._tops: dict[int, tuple[float, float]] = {}
        self._continued: set[tuple[int, int]] = set()
        self._looks: list[tuple[str, str, str]] = []
        self.chosen = -1
        self.setMouseTracking(True)
        appearance().language_changed.connect(self._name)
        self._name()

    def _name(self) -> None:
        self.setAccessibleName(_("Memory over time"))

    def sizeHint(self) -> QSize:
        """Return the room that it likes to have."""
        return QSize(600, 260)

    def show_program(self, program: Explained | None) -> None:
        """Show the plan of a program."""
        self._program = program
        self.lanes = lanes_of(program) if program is not None else ()
        self.values = values_of(program) if program is not None else ()
        self._continued = {(span.lane, span.first) for span in self.values if span.continues}
        nodes = {node.id: node for node in program.stages[-1].nodes} if program is not None else {}
        mains = [main_member(k.members, k.shares, nodes) for k in program.kernels] if program is not None else []
        self._looks = [phase_look(main.phase if main is not None else "") for main in mains]
        self.update()

    def choose(self, number: int) -> None:
        """Show that a kernel is looked at."""
        self.chosen = number
        self.update()

    # ----------------------------------------------------------------------------------------------------------- places

    @property
    def _lane_high(self) -> int:
        least, most = _LANE
        return min(max(_LANES // self._lane_count, least), most)

    @property
    def _lane_count(self) -> int:
        return max((s.lane for s in self.lanes), default=0) + 1

    @property
    def _lanes_high(self) -> int:
        return self._lane_count * self._lane_high

    def _place(self) -> None:
        """Give each block of memory a row as high as its share, but high enough to be seen."""
        sizes: dict[int, int] = {}
        for span in self.values:
            sizes[span.lane] = max(sizes.get(span.lane, 0), span.nbytes)
        room = self.height() - self._lanes_high - _GAP - 20
        total = sum(sizes.values()) or 1
        order = sorted(sizes, key=lambda block: -sizes[block])
        least = min(_LEAST, room / max(len(order), 1))
        spare = max(room - least * len(order), 0.0)
        at = float(self._lanes_high + _GAP)
        self._tops = {}
        for block in order:
            height = least + spare * sizes[block] / total
            self._tops[block] = at, height
            at += height

    def _rect(self, span: Span) -> QRectF:
        end = max((s.last for s in self.lanes), default=0) + 2
        each = (self.width() - _LEFT - _MARGIN) / end
        x, width = _LEFT + span.first * each, (span.last - span.first + 1) * each
        if not span.nbytes:
            return QRectF(x, span.lane * self._lane_high, width, self._lane_high - 2)
        top, height = self._tops.get(span.lane, (0.0, 0.0))
        return QRectF(x, top, width, max(height - 1, 1.0))

    def _seen(self, span: Span, rect: QRectF) -> float:
        """Return the width of a rectangle up to where the next value is written over it."""
        if (span.lane, span.last) not in self._continued:
            return rect.width()
        return rect.width() * (span.last - span.first) / (span.last - span.first + 1)

    def at(self, x: float, y: float) -> Span | None:
        """Return the kernel or the value at a point."""
        self._place()
        return next((s for s in (*self.lanes, *self.values) if self._rect(s).contains(x, y)), None)

    # --------------------------------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint lanes, memory, and what they are called."""
        program = self._program
        if program is None:
            return
        self._place()
        theme = appearance().theme
        painter = QPainter(self)
        painter.setFont(fonts.sans(11))
        metrics = QFontMetrics(painter.font())
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(theme.dim))
        painter.drawText(QRectF(_MARGIN, 0, _LEFT - _MARGIN, _LANE[1]), middle, _("Plan"))
        painter.drawText(QRectF(_MARGIN, self._lanes_high + _GAP, _LEFT - _MARGIN, _LANE[1]), middle, _("Memory"))
        for span in (*self.lanes, *self.values):
            rect = self._rect(span)
            _name, token, sign = self._looks[span.kernel]
            share = 0.34 if span.nbytes else 0.55
            painter.setPen(QPen(QColor(theme.panel), 1))
            painter.setBrush(QColor(mix(theme.panel, getattr(theme, token), share)))
            painter.drawRect(rect)
            if span.continues:  # it is written over what lay there before
                painter.setPen(QPen(QColor(theme.text), 1, Qt.PenStyle.DotLine))
                painter.drawLine(rect.topLeft(), rect.bottomLeft())
            text = written_size(span.nbytes) if span.nbytes else f"{sign}{number(span.kernel)}"
            if rect.height() >= 13 and metrics.horizontalAdvance(text) + 10 < self._seen(span, rect):
                painter.setPen(QColor(theme.text))
                painter.drawText(rect.adjusted(4, 0, 0, 0), middle, text)
        if 0 <= self.chosen < len(self.lanes):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent), 2))
            for span in (*self.lanes, *self.values):
                if span.kernel == self.chosen:
                    painter.drawRect(self._rect(span).adjusted(1, 1, -1, -1))
        painter.setPen(QColor(theme.dim))
        painter.drawText(QRectF(_LEFT, self.height() - 18, self.width() - _LEFT, 18), middle, self._told_of(program))

    @staticmethod
    def _told_of(program: Explained) -> str:
        if not program.kernels:
            return _(NOTHING_LEFT)
        text = _("Buffers: {nbytes}; {separate} if none was used twice. Kernels work in {scratch} beside them.")
        return text.format(
            nbytes=written_size(program.nbytes),
            separate=written_size(program.separate_nbytes),
            scratch=written_size(program.scratch_nbytes),
        )

    # ------------------------------------------------------------------------------------------------------------ mouse

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the kernel that was clicked, or that makes the value."""
        if (span := self.at(event.position().x(), event.position().y())) is not None:
            self.picked.emit(span.kernel)

    def event(self, event: QEvent) -> bool:
        """Tell what is under the mouse."""
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._told(self.at(event.pos().x(), event.pos().y())), self)
            return True
        return super().event(event)

    def _told(self, span: Span | None) -> str:
        if span is None or self._program is None:
            return ""
        name = kernel_name(self._program.kernels[span.kernel])
        if not span.nbytes:
            return name
        return _("{size} of kernel {name}, needed from moment {first} to {last}").format(
            size=written_size(span.nbytes), name=name, first=number(span.first), last=number(span.last)
        )
