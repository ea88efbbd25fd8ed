"""A graph to be looked at only, with marks on what differs: each has a colour and a sign."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QToolTip, QWidget

from studio.canvas.compare.marking import Marking
from studio.canvas.navigation import NavigableView
from studio.canvas.scene import CanvasScene
from studio.canvas.style import Style
from studio.document.changes import Marks
from studio.document.document import Document
from studio.document.nodetype import Catalogue
from studio.ui.theme import Theme

_STEP: Final = 60
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class CompareView(NavigableView):
    """One side of a comparison. It can be zoomed and panned, not edited; its `partner` goes along.

    Signals
    -------
    clicked
        The id of a node or note that is marked.
    """

    clicked = Signal(str)

    def __init__(self, document: Document, catalogue: Catalogue, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(CanvasScene(document, catalogue, Style(theme)), parent)
        self.canvas.setParent(self)
        self.canvas.set_pictures_shown(False)
        self.partner: CompareView | None = None
        self._marking = Marking(self.canvas)
        self._here: frozenset[str] = frozenset()
        self._follows = False
        self._pressed: QPoint | None = None
        self._dragged = False
        self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.zoomChanged.connect(lambda _zoom: self.lead())
        self.canvas.synced.connect(self._marking.forget)

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self.apply_style(Style(theme))

    @property
    def marks(self) -> Marks:
        """The nodes, notes and wires that are marked."""
        return self._marking.marks

    def set_marks(self, marks: Marks) -> None:
        """Mark these nodes, notes and wires."""
        self._marking.set_marks(marks)
        self.viewport().update()

    def set_here(self, ids: Collection[str]) -> None:
        """Ring what is being looked at more strongly."""
        self._here = frozenset(ids)
        self.viewport().update()

    def area_of(self, id: str) -> QRectF:
        """Return where a node or note is; nothing if it is not there."""
        if not self.canvas.document.has(id):
            return QRectF()
        self.canvas.ensure(id)
        return self.canvas.items_by_id[id].body()

    def close_document(self) -> None:
        """Stop following the document; the view is not to be used any more."""
        self.partner = None
        self.canvas.close()

    # ---------------------------------------------------------------------------------------------- both together

    def lead(self) -> None:
        """Take the partner along."""
        partner = self.partner
        if partner is None or self._follows or partner._follows:
            return
        partner._follows = True
        partner.zoom_to(self.zoom)
        to, at = self._scrolled(), partner._scrolled()
        partner.pan(to.x() - at.x(), to.y() - at.y())
        partner._follows = False

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Let the partner scroll, too."""
        super().scrollContentsBy(dx, dy)
        if hasattr(self, "partner"):  # it is scrolled while it is made, too
            self.lead()

    # -------------------------------------------------------------------------------------------------- painting

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Paint the marks."""
        self._marking.paint(painter, QRectF(rect), self.zoom, self.devicePixelRatioF(), self._here)

    # --------------------------------------------------------------------------------------------- mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the graph."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed, self._dragged = event.position().toPoint(), False
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move it along."""
        at = event.position().toPoint()
        if self._pressed is not None and (self._dragged or (at - self._pressed).manhattanLength() > 3):
            step, self._pressed, self._dragged = self._pressed - at, at, True
            self.pan(step.x(), step.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; where it was not moved, tell what was clicked."""
        pressed, self._pressed = self._pressed, None
        self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        if pressed is not None and not self._dragged:
            item = self.canvas.item_at(self.mapToScene(event.position().toPoint()))
            if item is not None and item.id in self.marks.nodes:
                self.clicked.emit(item.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pan by the arrows, zoom by plus and minus, show all by Home."""
        key = Qt.Key(event.key())
        if key in _ARROWS:
            dx, dy = _ARROWS[key]
            self.pan(dx * _STEP, dy * _STEP)
        elif event.text() in ("+", "="):
            self.zoom_in()
        elif event.text() == "-":
            self.zoom_out()
        elif key == Qt.Key.Key_Home:
            self.frame_all()
        else:
            event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        """Say what something is called."""
        if isinstance(event, QHelpEvent):
            item = self.canvas.item_at(self.mapToScene(event.pos()))
            QToolTip.showText(
                event.globalPos(), self.canvas.title(item.id) if item is not None else "", self.viewport()
            )
            return True
        return super().viewportEvent(event)
