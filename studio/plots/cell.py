"""A plot with its title and its legend."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from studio.plots.chart import Chart
from studio.plots.names import HELP, SAMPLED, title
from studio.plots.series import Curve
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _, number
from studio.ui.measures import less_is_better
from studio.ui.theme import Theme

_SAMPLE: Final = 18
# What leaves room for any value with four digits.
_WIDEST: Final = "-0.00000"


class _Key(QWidget):
    """An entry of the legend: a sample of the line, a word, and the value under the cross."""

    def __init__(self, token: str, dashed: bool) -> None:
        super().__init__()
        self._token, self._dashed = token, dashed
        self.text = QLabel()
        self.text.setFont(fonts.sans(11))
        self.text.setProperty("tone", "dim")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(_SAMPLE + 6, 0, 0, 0)
        layout.addWidget(self.text)

    def say(self, word: str, value: float | None) -> None:
        """Say what the line is, or the value under the cross in place of that. The room for both stays the same."""
        self.text.setText(word if value is None else number(value))
        metrics = self.text.fontMetrics()
        self.text.setMinimumWidth(max(map(metrics.horizontalAdvance, (word, _WIDEST))))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        pen = QPen(QColor(getattr(appearance().theme, self._token)), 2)
        if self._dashed:
            pen.setDashPattern([2.5, 1.5])
        painter.setPen(pen)
        middle = self.height() // 2
        painter.drawLine(0, middle, _SAMPLE, middle)


class PlotCell(QWidget):
    """Title, legend and chart of one curve. Where the cross is, the legend tells the values.

    Signals
    -------
    pointed
        The mouse is at an epoch, or at none (None).
    log_wanted
        The values of a curve are to have a logarithmic axis or not: carries its name.
    """

    pointed = Signal(object)
    log_wanted = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ""
        self.chart = Chart(appearance().theme)
        self.chart.setMouseTracking(True)
        self.chart.viewport().installEventFilter(self)
        self._title = QLabel()
        self._title.setFont(fonts.sans(13, 600))
        self._train, self._validation = _Key("accent", False), _Key("warn", True)
        self._log = QToolButton()
        self._log.setProperty("flat", True)
        self._log.setCheckable(True)
        self._log.setFont(fonts.sans(11))
        self._log.setFixedHeight(22)
        self._log.toggled.connect(self.chart.set_log)
        self._log.toggled.connect(self._want_log)
        head = QHBoxLayout()
        head.setContentsMargins(4, 0, 4, 0)
        head.setSpacing(12)
        head.addWidget(self._title)
        head.addWidget(self._log)
        head.addStretch(1)
        for widget in (self._train, self._validation):
            head.addWidget(widget)
        self._head = head
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.chart, 1)

    def show_curve(self, name: str, curve: Curve, epochs: int, log: bool = False) -> None:
        """Become the plot of a curve, which may hold nothing yet, over so many epochs, its axis logarithmic or not."""
        self.setObjectName(f"plot.{name}")
        self.name = name
        self._log.setChecked(log)
        self.chart.show_curve(curve, epochs, less_is_better(name))
        self.retranslate()

    def _want_log(self, on: bool) -> None:
        self.log_wanted.emit(self.name, on)

    def minimumSizeHint(self) -> QSize:
        """Return the least size at which the axes can be read, and what is said above them."""
        return QSize(max(220, self._head.minimumSize().width()), 190)

    def redraw(self) -> None:
        """Show what the curve holds now."""
        self._validation.setVisible(len(self.chart.curve.validation) > 0)
        self.chart.redraw()

    def dress(self, theme: Theme) -> None:
        """Take on the colours of a theme."""
        self.chart.dress(theme)
        self.update()

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self._title.setText(title(self.name))
        self._title.setToolTip(_(HELP.get(self.name, "")))
        self._log.setText(_("log"))
        self._log.setToolTip(_("Logarithmic axis"))
        self.chart.setToolTip(_("Turn the wheel or drag a frame to zoom, double-click to see all"))
        self.chart.setAccessibleName(title(self.name))
        self.read(None)
        self.chart.retranslate()
        self.chart.redraw()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Read values under the mouse; a double click shows everything again."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self.pointed.emit(self.chart.epoch_at(event.position()))
        elif event.type() == QEvent.Type.Leave:
            self.pointed.emit(None)
        elif event.type() == QEvent.Type.MouseButtonDblClick:
            self.chart.follow()
        return False

    def read(self, at: float | None) -> None:
        """Set the cross at an epoch, or take it away, and tell what is there."""
        _epoch, train, validation = self.chart.read(at) or (None, None, None)
        self._train.say("" if self.name in SAMPLED else _("training"), train)
        self._validation.say(_("validation"), validation)
