"""A plot with its title and its legend."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPointF, QSize
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from studio.plots.chart import Chart
from studio.plots.names import less_is_better, title
from studio.plots.series import Curve
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _, number
from studio.ui.theme import Theme

_SAMPLE: Final = 18


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

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        pen = QPen(QColor(getattr(appearance().theme, self._token)), 2)
        if self._dashed:
            pen.setDashPattern([2.5, 1.5])
        painter.setPen(pen)
        middle = self.height() // 2
        painter.drawLine(0, middle, _SAMPLE, middle)


class PlotCell(QWidget):
    """Title, legend and chart of one curve. Under the mouse the legend tells the values."""

    def __init__(self) -> None:
        super().__init__()
        self.name = ""
        self.chart = Chart(appearance().theme)
        self.chart.setMouseTracking(True)
        self.chart.viewport().installEventFilter(self)
        self._title = QLabel()
        self._title.setFont(fonts.sans(13, 600))
        self._epoch = QLabel()
        self._epoch.setFont(fonts.sans(11))
        self._epoch.setProperty("tone", "dim")
        self._train, self._validation = _Key("accent", False), _Key("warn", True)
        self._log = QToolButton()
        self._log.setProperty("flat", True)
        self._log.setCheckable(True)
        self._log.setFont(fonts.sans(11))
        self._log.setFixedHeight(22)
        self._log.toggled.connect(self.chart.set_log)
        head = QHBoxLayout()
        head.setContentsMargins(4, 0, 4, 0)
        head.setSpacing(12)
        head.addWidget(self._title)
        head.addWidget(self._log)
        head.addStretch(1)
        for widget in (self._epoch, self._train, self._validation):
            head.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.chart, 1)

    def show_curve(self, name: str, curve: Curve, epochs: int) -> None:
        """Become the plot of a curve, which may hold nothing yet, over so many epochs."""
        self.setObjectName(f"plot.{name}")
        self.name = name
        self._log.setChecked(False)
        self.chart.show_curve(curve, epochs, less_is_better(name))
        self.retranslate()

    def minimumSizeHint(self) -> QSize:
        """Return the least size at which the axes can be read."""
        return QSize(260, 190)

    def redraw(self) -> None:
        """Show what the curve holds now."""
        self._validation.setVisible(len(self.chart.curve.validation_points()[0]) > 0)
        self.chart.redraw()

    def dress(self, theme: Theme) -> None:
        """Take on the colours of a theme."""
        self.chart.dress(theme)
        self.update()

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self._title.setText(title(self.name))
        self._log.setText(_("log"))
        self._log.setToolTip(_("Logarithmic axis"))
        self.chart.setToolTip(_("Turn the wheel to zoom, drag to move, double-click to see all"))
        self.chart.setAccessibleName(title(self.name))
        self._read(None)
        self.chart.retranslate()
        self.chart.redraw()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Read values under the mouse; a double click shows everything again."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._read(event.position())
        elif event.type() == QEvent.Type.Leave:
            self._read(None)
        elif event.type() == QEvent.Type.MouseButtonDblClick:
            self.chart.follow()
        return False

    def _read(self, point: QPointF | None) -> None:
        found = self.chart.read(point)
        epoch, train, validation = found if found is not None else (None, None, None)
        self._epoch.setText("" if epoch is None else _("epoch {epoch}").format(epoch=number(epoch, 2)))
        self._train.text.setText(_with(_("training"), train))
        self._validation.text.setText(_with(_("validation"), validation))


def _with(word: str, value: float | None) -> str:
    return word if value is None else f"{word} {number(value)}"
