"""The panels around the middle of the window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

_AREAS: Final = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}
_WIDTHS: Final = (230, 320)
_HEIGHT: Final = 300


class Docks(QObject):
    """A panel at the left, one at the right, and one at the bottom between them.

    `settled` tells that the middle has got its size.

    Parameters
    ----------
    window
        Around the middle of which they lie.
    panels
        The widget for each of "left", "right" and "bottom".
    """

    settled = Signal()

    def __init__(self, window: QMainWindow, panels: Mapping[str, QWidget]) -> None:
        super().__init__(window)
        self._window = window
        self.docks = {place: self._dock(panel, _AREAS[place]) for place, panel in panels.items()}
        window.setCorner(Qt.Corner.BottomLeftCorner, _AREAS["left"])
        window.setCorner(Qt.Corner.BottomRightCorner, _AREAS["right"])

    def _dock(self, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(self._window)
        dock.setObjectName(f"{panel.objectName()}_dock")
        dock.setTitleBarWidget(QWidget())  # the panels bear their own headings
        dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        dock.setWidget(panel)
        self._window.addDockWidget(area, dock)
        return dock

    def show(self) -> None:
        """Show all panels; if none was there, they get their proper sizes."""
        if any(dock.isVisibleTo(self._window) for dock in self.docks.values()):
            return
        for dock in self.docks.values():
            dock.show()
        QTimer.singleShot(0, self._resize)  # sizes hold once the layout has taken note of the panels

    def hide(self) -> None:
        """Hide all panels."""
        for dock in self.docks.values():
            dock.hide()

    def _resize(self) -> None:
        left, right, bottom = (self.docks[place] for place in ("left", "right", "bottom"))
        self._window.resizeDocks([left, right], list(_WIDTHS), Qt.Orientation.Horizontal)
        self._window.resizeDocks([bottom], [_HEIGHT], Qt.Orientation.Vertical)
        QTimer.singleShot(0, self.settled.emit)

    def shows(self, place: str) -> bool:
        """Return whether a panel is shown."""
        return self.docks[place].isVisibleTo(self._window)
