"""A flame chart: where the time of a run goes, from all of it down to ops or kernels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.lazy.words import kernel_name, phase_look
from studio.run.lazy.data import Explained, OpNode
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _
from studio.ui.theme import mix
from studio.ui.values import time_text

_ROW: Final = 24


@dataclass(frozen=True)
class Flame:
    """A part of a run: from which second to which, in which row, what it is called, its phase, and what it is.

    `key` is the number of a traced node or of a kernel, None for what is more than one.
    """

    begin: float
    end: float
    row: int
    name: str
    phase: str
    key: int | None = None


@dataclass(frozen=True)
class Piece:
    """An op or a kernel that was timed."""

    key: int
    name: str
    node: str
    phase: str
    seconds: float


def ops_of(program: Explained, seconds: dict[int, float]) -> list[Piece]:
    """Return the traced ops in their order, with their times."""
    nodes = program.stages[0].nodes
    return [Piece(n.id, n.op, n.node, n.phase, seconds[n.id]) for n in nodes if n.id in seconds]


def kernels_of(program: Explained, seconds: Sequence[float]) -> list[Piece]:
    """Return the kernels in their order, with their times; each is where most of its work is from."""
    nodes = {node.id: node for node in program.stages[-1].nodes}
    found = []
    for kernel, time in zip(program.kernels, seconds, strict=True):
        main = main_member(kernel.members, kernel.shares, nodes)
        home, phase = (main.node, main.phase) if main is not None else ("", "")
        found.append(Piece(kernel.info.number, kernel_name(kernel), home, phase, time))
    return found


def main_member(members: Sequence[int], shares: Sequence[float], nodes: dict[int, OpNode]) -> OpNode | None:
    """Return the member of a kernel that does most of the work."""
    pairs = [(share, id) for id, share in zip(members, shares, strict=True) if id in nodes]
    return nodes[max(pairs)[1]] if pairs else None


def flames(pieces: Sequence[Piece], name_of: Callable[[str], str]) -> list[Flame]:
    """Return the parts of a run: all of it, its phases, the nodes in them, and what they are made of.

    Examples
    --------
    >>> pieces = [Piece(0, "exp", "a", "forward", 1.0), Piece(1, "log", "a", "forward", 2.0)]
    >>> [(f.row, f.begin, f.end, f.name) for f in flames(pieces, str.upper)][-3:]
    [(2, 0.0, 3.0, 'A'), (3, 0.0, 1.0, 'exp'), (3, 1.0, 3.0, 'log')]
    """
    total = sum(p.seconds for p in pieces)
    found = [Flame(0.0, total, 0, time_text(total), "")]
    at = 0.0
    for phase, group in groupby(pieces, key=lambda p: p.phase):
        parts = list(group)
        found.append(Flame(at, at + sum(p.seconds for p in parts), 1, _(phase_look(phase)[0]), phase))
        for node, inner in groupby(parts, key=lambda p: p.node):
            own = list(inner)
            name = name_of(node) if node else ""
            found.append(Flame(at, at + sum(p.seconds for p in own), 2, name, phase))
            for piece in own:
                found.append(Flame(at, at + piece.seconds, 3, piece.name, phase, piece.key))
                at += piece.seconds
    return found


class FlameChart(QWidget):
    """Shows flames; `picked` carries the key of the one that was clicked, if it has one."""

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lazy.flame")
        self._flames: Sequence[Flame] = ()
        self._total = 1.0
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        appearance().language_changed.connect(self._name)
        self._name()

    def _name(self) -> None:
        self.setAccessibleName(_("Flame chart"))

    def sizeHint(self) -> QSize:
        """Return the room for four rows."""
        return QSize(500, 4 * _ROW + 4)

    def show_flames(self, flames: Sequence[Flame], scale: float = 0.0) -> None:
        """Show these, on a scale of so many seconds, or as wide as there is room."""
        self._flames = flames
        self._total = max(scale, flames[0].end if flames else 0.0) or 1.0
        self.update()

    def _rect(self, flame: Flame) -> QRectF:
        each = self.width() / self._total
        return QRectF(flame.begin * each, flame.row * _ROW, (flame.end - flame.begin) * each, _ROW - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the flames; what is too narrow for its name has none."""
        theme = appearance().theme
        painter = QPainter(self)
        painter.setFont(fonts.sans(11))
        metrics = QFontMetrics(painter.font())
        for flame in self._flames:
            rect = self._rect(flame)
            _name, token, sign = phase_look(flame.phase)
            share = (0.2, 0.5, 0.36, 0.24)[flame.row]
            painter.fillRect(rect.adjusted(0, 0, -1 if rect.width() > 3 else 0, 0), QColor(
                mix(theme.panel, getattr(theme, token), share)
            ))  # fmt: skip
            if rect.width() > 26:
                painter.setPen(QColor(theme.text))
                text = f"{sign} {flame.name}" if flame.row == 1 else flame.name
                room = rect.adjusted(5, 0, -3, 0)
                shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)

    def at(self, x: float, y: float) -> Flame | None:
        """Return the flame at a point."""
        return next((f for f in reversed(self._flames) if self._rect(f).contains(x, y)), None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose what was clicked."""
        flame = self.at(event.position().x(), event.position().y())
        if flame is not None and flame.key is not None:
            self.picked.emit(flame.key)

    def event(self, event: QEvent) -> bool:
        """Tell name, time and share of what is under the mouse."""
        if isinstance(event, QHelpEvent):
            flame = self.at(event.pos().x(), event.pos().y())
            share = (flame.end - flame.begin) / self._flames[0].end if flame is not None and self._flames[0].end else 0
            told = f"{flame.name} · {time_text(flame.end - flame.begin)} · {share:.0%}" if flame is not None else ""
            QToolTip.showText(event.globalPos(), told, self)
            return True
        return super().event(event)
