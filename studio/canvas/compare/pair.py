"""The two sides of one graph: canvases that zoom and pan together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from studio.canvas.compare.view import CompareView

_LEAST_ZOOM: Final = 0.6
"""At which a change is looked at, at least."""
_AROUND: Final = 60.0


class Pair(QSplitter):
    """The two sides of one graph, of which one is made after the other: each takes its time in slices.

    Parameters
    ----------
    make
        Makes a side: 0 is that before, 1 that after.
    """

    made = Signal()
    """Both sides are there, their items still to come."""
    settled = Signal()
    """All is there for the first time."""

    def __init__(self, make: Callable[[int], CompareView]) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self._make = make
        self._sides: dict[int, CompareView] = {}
        self._titles, self._columns = (QLabel(), QLabel()), (QVBoxLayout(), QVBoxLayout())
        self._is_new, self.has_settled = True, False
        self._wanted: str | None = None
        """What is being looked at: it may be on the side that is not there yet."""
        for title, column in zip(self._titles, self._columns, strict=True):
            page = QWidget()
            page.setLayout(column)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            title.setTextFormat(Qt.TextFormat.PlainText)
            title.setProperty("tone", "dim")
            title.setContentsMargins(12, 6, 12, 6)
            column.addWidget(title)
            self.addWidget(page)
        self.setSizes([1000, 1000])
        self._add(1)

    def _add(self, side: int) -> None:
        view = self._sides[side] = self._make(side)
        self._columns[side].addWidget(view, 1)
        view.canvas.synced.connect(self._on_synced)
        self._on_synced()

    @property
    def busy(self) -> bool:
        """Whether something of it is still to be made."""
        return len(self._sides) < 2 or any(view.canvas.busy for view in self._sides.values())

    @property
    def sides(self) -> dict[int, CompareView]:
        """The sides that there are already."""
        return self._sides

    def name(self, names: Sequence[str]) -> None:
        """Call the two sides so."""
        for side, (title, name) in enumerate(zip(self._titles, names, strict=True)):
            title.setText(name)
            if side in self._sides:
                self._sides[side].setAccessibleName(name)

    def _on_synced(self) -> None:
        """Make the other side once this one is there; then show all of it, unless somebody looks at a part already."""
        if any(view.canvas.busy for view in self._sides.values()):
            return
        if 0 not in self._sides:
            self._add(0)
            self._sides[0].partner, self._sides[1].partner = self._sides[1], self._sides[0]
            self._sides[1].lead()
            self.made.emit()
            return
        if not self.has_settled:
            self.has_settled = True
            self.settled.emit()
            if self._wanted is not None:
                self.look_at(self._wanted)
        if self._is_new and self.isVisible():
            self._is_new = False
            self._sides[1].frame(self._bounds())

    def _bounds(self) -> QRectF:
        bounds = QRectF()
        for view in self._sides.values():
            bounds = bounds.united(view.canvas.overview.bounds())
        return bounds

    def showEvent(self, event: QShowEvent) -> None:
        """Show all of it when it is first seen."""
        super().showEvent(event)
        self._on_synced()

    def look_at(self, id: str) -> None:
        """Show where a node or a note is, or was; "" stands for all of it."""
        self._is_new, self._wanted = False, id
        area = QRectF() if id else self._bounds()
        for view in self._sides.values():
            view.set_here([id])
            area = area.united(view.area_of(id)) if id else area
        if area.isEmpty():
            return
        view = self._sides[1]
        if not id:
            view.frame(area)
            return
        area = area.adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND)
        if view.zoom < _LEAST_ZOOM or not view.visible_area().contains(area):
            size = view.viewport().size()
            fitting = min(size.width() / area.width(), size.height() / area.height())
            view.zoom_to(min(max(view.zoom, _LEAST_ZOOM), fitting))
            view.centerOn(area.center())
