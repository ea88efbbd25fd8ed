"""Curves of several runs in one plot. It imports pyqtgraph: whoever needs it imports it late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QPen

from engine.core.dtype import Array
from studio.plots.chart import EpochView, NumberAxis
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _


class Overlay(pg.PlotWidget):  # type: ignore[misc]
    """Lines over epochs; the wheel zooms into epochs, dragging moves, a double click shows all."""

    def __init__(self) -> None:
        axes = {side: NumberAxis(side) for side in ("left", "bottom")}
        super().__init__(axisItems=axes, viewBox=EpochView(enableMenu=False))
        self.getViewBox().setAutoVisible(y=True)
        self.setObjectName("runs.overlay")
        self.setFrameShape(self.Shape.NoFrame)
        self.hideButtons()
        self.setMenuEnabled(False)
        self.lines: list[Any] = []
        self._log = False
        self._shown: list[tuple[QPen, Array, Array]] = []
        for axis in axes.values():
            axis.setStyle(tickFont=fonts.mono(11), tickLength=0, tickTextOffset=6, maxTickLevel=0)
        axes["left"].setGrid(255)
        self.dress()
        appearance().theme_changed.connect(self.dress)
        appearance().language_changed.connect(self.dress)

    def show_lines(self, lines: Sequence[tuple[QPen, Array, Array]]) -> None:
        """Show these lines: how they are drawn, epochs, and values."""
        self._shown = list(lines)
        for item in self.lines:
            self.removeItem(item)
        self.lines = []
        for pen, x, y in self._shown:
            with np.errstate(divide="ignore", invalid="ignore"):
                values = np.where(y > 0, np.log10(y), np.nan) if self._log else y
            item = pg.PlotCurveItem(x, values, pen=pen, connect="finite", antialias=True)
            self.addItem(item)
            self.lines.append(item)

    def set_log(self, log: bool) -> None:
        """Give the values a logarithmic axis; those that are not positive have no place on it."""
        self._log = log
        self.getAxis("left").setLogMode(log)
        self.show_lines(self._shown)
        self.follow()

    def follow(self) -> None:
        """Show everything again."""
        self.getViewBox().enableAutoRange()

    def mouseDoubleClickEvent(self, event: Any) -> None:
        """Show everything again."""
        self.follow()

    def dress(self) -> None:
        """Take on the colours and the language in use."""
        theme = appearance().theme
        self.setBackground(theme.panel)
        self.getAxis("bottom").setLabel(_("Epoch"), **{"color": theme.dim, "font-size": "11px"})
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(pg.mkPen(theme.line if side == "bottom" else None))
            axis.setTickPen(pg.mkPen(theme.grid))
            axis.setTextPen(theme.dim)
            axis.picture = None
            axis.update()
