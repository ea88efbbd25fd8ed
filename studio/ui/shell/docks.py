"""The panels around the middle of the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

_AREAS: Final = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}


@dataclass(frozen=True)
class Layout:
    """Which panels are shown, and how wide, or high, they are in pixels."""

    shown: frozenset[str]
    sizes: Mapping[str, int]


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
        self._sizes: Mapping[str, int] = {}
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

    def arrange(self, layout: Layout) -> None:
        """Show these panels in these sizes, and no others."""
        for place, dock in self.docks.items():
            dock.setVisible(place in layout.shown)
        self._sizes = layout.sizes
        self.settling = True
        # sizes hold once the layout has taken note of the panels, and the middle has its own in the turn after
        self._stages = [self._resize, self._settle]
        self._timer.start()

    def layout(self, before: Layout) -> Layout:
        """Return how the panels lie; what is hidden has the size that it had `before`."""
        shown = frozenset(place for place in self.docks if self.shows(place))
        sizes = {p: d.height() if p == "bottom" else d.width() for p, d in self.docks.items() if p in shown}
        return Layout(shown, {**before.sizes, **sizes})

    def hide(self) -> None:
        """Hide all panels."""
        self._stages = []
        for dock in self.docks.values():
            dock.hide()

    def _resize(self) -> None:
        for places, way in ((("left", "right"), Qt.Orientation.Horizontal), (("bottom",), Qt.Orientation.Vertical)):
            shown = [place for place in places if self.shows(place)]
            self._window.resizeDocks([self.docks[p] for p in shown], [self._sizes[p] for p in shown], way)

    def _next(self) -> None:
        if self._stages:
            self._stages.pop(0)()
        if self._stages:
            self._timer.start()

    def _settle(self) -> None:
        self.settling = False
        self.settled.emit()

    def shows(self, place: str) -> bool:
        """Return whether a panel is shown."""
        return self.docks[place].isVisibleTo(self._window)
