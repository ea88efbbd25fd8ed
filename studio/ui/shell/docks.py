"""The panels around the middle of the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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

    Attributes
    ----------
    settling
        Whether the middle has its size not yet.
    """

    settled = Signal()

    def __init__(self, window: QMainWindow, panels: Mapping[str, QWidget]) -> None:
        super().__init__(window)
        self._window = window
        self.settling = False
        self._timer = QTimer(self, interval=0, singleShot=True)
        self._timer.timeout.connect(self._next)
        self._stages: list[Callable[[], None]] = []
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
        self.settling = True
        for dock in self.docks.values():
            dock.show()
        # sizes hold once the layout has taken note of the panels, and the middle has its own in the turn after
        self._stages = [self._resize, self._settle]
        self._timer.start()

    def hide(self) -> None:
        """Hide all panels."""
        for dock in self.docks.values():
            dock.hide()

    def _resize(self) -> None:
        left, right, bottom = (self.docks[place] for place in ("left", "right", "bottom"))
        self._window.resizeDocks([left, right], list(_WIDTHS), Qt.Orientation.Horizontal)
        self._window.resizeDocks([bottom], [_HEIGHT], Qt.Orientation.Vertical)

    def _next(self) -> None:
        self._stages.pop(0)()
        if self._stages:
            self._timer.start()

    def _settle(self) -> None:
        self.settling = False
        self.settled.emit()

    def shows(self, place: str) -> bool:
        """Return whether a panel is shown."""
        return self.docks[place].isVisibleTo(self._window)
