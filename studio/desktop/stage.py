"""Presenting: a graph as large as it fits, and back to where one was."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize

from studio.canvas.view import CanvasView

#: A zoom, and the values of the scroll bars.
Place = tuple[float, int, int]

#: The least and the greatest zoom at which all of a graph is presented; beyond the least, a part of it is shown at
#: the zoom of a part, at which texts of 11 pixels have 17.
_LEAST, _GREATEST, _OF_A_PART = 1.0, 2.5, 1.5
#: Left free around a graph that is presented.
_ROOM: Final = QSize(64, 64)


def place_of(canvas: CanvasView) -> Place:
    """Return where one looks."""
    return canvas.zoom, canvas.horizontalScrollBar().value(), canvas.verticalScrollBar().value()


def go_to(canvas: CanvasView, place: Place) -> None:
    """Look there."""
    canvas.zoom_to(place[0])
    canvas.horizontalScrollBar().setValue(place[1])
    canvas.verticalScrollBar().setValue(place[2])


def sees_all(canvas: CanvasView) -> bool:
    """Return whether all of the graph is in view."""
    return canvas.visible_area().contains(canvas.canvas.overview.bounds())


class Stage:
    """Shows graphs so that they can be read from afar, and remembers where one looked before."""

    def __init__(self) -> None:
        self._places: dict[CanvasView, Place] = {}

    def present(self, canvas: CanvasView) -> None:
        """Show a graph as large as it fits, or so that it can be read from afar. Once there, it is the user's."""
        if canvas in self._places:
            return
        self._places[canvas] = place_of(canvas)
        canvas.minimap.set_wanted(False)
        area = canvas.canvas.overview.bounds()
        if area.isEmpty():
            return
        room = canvas.viewport().size() - _ROOM
        fitting = min(max(room.width(), 50) / area.width(), max(room.height(), 50) / area.height())
        canvas.zoom_to(min(fitting, _GREATEST) if fitting >= _LEAST else _OF_A_PART)
        canvas.centerOn(area.center() if fitting >= _LEAST else _middle(canvas, area))

    def leave(self, canvas: CanvasView) -> None:
        """Go back to where one was, if the graph was presented."""
        if (place := self._places.pop(canvas, None)) is not None:
            go_to(canvas, place)


def _middle(canvas: CanvasView, area: QRectF) -> QPointF:
    """Return what is to be in the middle where not all can be shown: what is selected, or else where it begins."""
    if chosen := canvas.selected_ids():
        return canvas.canvas.items_by_id[chosen[0]].body().center()
    return QPointF(area.left() + (canvas.visible_area().width() - _ROOM.width()) / 2, area.center().y())
