"""The canvas: the view of a document on which nodes are placed, wired and read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent, QMargins, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import QToolTip, QWidget

from engine.core.errors import EngineError
from studio.canvas.accessible import announce, describe_node, describe_wires
from studio.canvas.arranging import Arranging
from studio.canvas.callout import Callout
from studio.canvas.connecting import Connecting
from studio.canvas.edge_scroll import EdgeScroll
from studio.canvas.functions import Functions
from studio.canvas.gestures import GESTURES
from studio.canvas.gestures.base import Gesture, Pointer
from studio.canvas.gestures.drop_node import DropNode, dragged_params, dragged_type
from studio.canvas.hover import Hover
from studio.canvas.metrics import NUDGE, NUDGE_FAR, Detail
from studio.canvas.problem_card import ProblemCard
from studio.canvas.progress import Progress
from studio.canvas.scene import CanvasScene
from studio.canvas.shade import Shade
from studio.canvas.sheet_item import SheetItem
from studio.canvas.style import Style
from studio.canvas.walking import Walking
from studio.canvas.wire_commands import WireView
from studio.canvas.wires import Strand
from studio.document.analysis import Analysis
from studio.document.document import PortRef, Wire
from studio.document.history import Editing
from studio.document.nodetype import Catalogue
from studio.document.trial import Trials
from studio.run.messages import TensorInfo
from studio.ui.i18n import _, ngettext
from studio.ui.theme import Theme
from studio.ui.work_run import WorkRun

_MARGINS: Final = QMargins(8, 8, 8, 8)
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class CanvasView(WireView):
    """A document as nodes and wires.

    Parameters
    ----------
    history
        The document's history: all changes go through it.
    catalogue
        The types of nodes; nodes of other types show as placeholders with the ports that their wires have.
    theme
        Colours.
    trials
        Tells what fits where; None makes one of its own, which has to learn what another may know already.

    Signals
    -------
    selectionChanged
        The ids of the selected nodes and notes.
    wireClicked
        The `PortRef` of the output whose tensor is asked for: a wire or a port was clicked.
    addRequested
        A node is to be searched for and added: where (`QPointF`, scene coordinates), the `PortRef` of the wire that
        was dropped there, the `Wire` that it is to be put into, or None, and the text typed so far.
    nodeActivated
        The id of a node that was double-clicked.
    menuRequested
        A menu for the selection is asked for, at a point of the screen.
    """

    selectionChanged = Signal(list)  # noqa: N815
    wireClicked = Signal(object)  # noqa: N815
    addRequested = Signal(QPointF, object, str)  # noqa: N815
    nodeActivated = Signal(str)  # noqa: N815
    menuRequested = Signal(QPoint)  # noqa: N815

    def __init__(
        self,
        history: Editing,
        catalogue: Catalogue,
        theme: Theme,
        trials: Trials | None = None,
        parent: QWidget | None = None,
    ) -> None:
        scene = CanvasScene(history.document, catalogue, Style(theme))
        super().__init__(history, scene, trials or Trials(catalogue), parent)
        self.gesture: Gesture | None = None
        self._space = False
        self.hover = Hover(self.canvas)
        self.zoomChanged.connect(self._on_zoomed)
        self._pointer_at: Pointer | None = None
        self.foresight = WorkRun(self)
        self.arranging = Arranging(self)
        self.functions = Functions(self)
        self.walking = Walking(self)
        self.connecting = Connecting(self)
        self._edge = EdgeScroll(self._scroll_along, self)
        self._reason = Callout(self, "reason")
        self.problems = ProblemCard(self)
        self.canvas.setParent(self)
        self.canvas.chosen.connect(self._on_chosen)
        self.canvas.synced.connect(self.problems.follow)
        self.setObjectName("canvas")
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self._name()

    # ------------------------------------------------------------------------------------------- what is shown

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self.apply_style(Style(theme))
        self.problems.follow()

    def retranslate(self) -> None:
        """Use the language in use."""
        self._name()
        self.minimap.retranslate()
        self.canvas.refresh()

    def set_analysis(self, analysis: Analysis) -> None:
        """Show shapes on the wires, symbols on the ports and problems on the nodes."""
        self.canvas.set_analysis(analysis)

    def set_preview(self, tensors: Mapping[PortRef, TensorInfo], errors: Mapping[str, EngineError]) -> None:
        """Show the pictures of the outputs, and what failed. Without either, all pictures go."""
        self.canvas.set_preview(tensors, errors)

    def set_progress(self, progress: Progress) -> None:
        """Show where a run under the debugger stands."""
        self.canvas.set_progress(progress)
        if self.detail is Detail.FAR:
            self.viewport().update()

    def set_shade(self, shade: Shade) -> None:
        """Show how much time nodes take, and which are meant elsewhere."""
        self.canvas.shading.show_shade(shade)
        self.viewport().update()

    def travel(self, speed: float) -> None:
        """Let values travel along the wires of the node that is being carried out."""
        self.canvas.run.travel(speed)

    def close_document(self) -> None:
        """Stop following the document; the view is not to be used any more."""
        self.cancel_gesture()
        self.close_offer()
        self.connecting.close()
        self.foresight.cancel()
        self.arranging.stop()
        self.canvas.close()

    def _on_zoomed(self, zoom: float) -> None:
        self.hover.zoom = zoom
        self.close_editor()
        self.problems.follow()

    def _on_chosen(self) -> None:
        if self.detail is Detail.FAR:
            self.viewport().update()
        self.problems.follow()
        self._name()
        self.selectionChanged.emit(self.selected_ids())

    def _name(self) -> None:
        """Tell assistive tools what this is and what is selected."""
        self.setAccessibleName(_("Canvas"))
        nodes, chosen = len(self.canvas.document.nodes), self.selected_ids()
        words = [ngettext("{count} node", "{count} nodes", nodes).format(count=nodes)]
        if chosen:
            words.append(_("Selected: {names}").format(names=", ".join(map(self.canvas.title, chosen[:10]))))
        if QAccessible.isActive():  # it takes some milliseconds, and nobody else reads it
            words += [describe_node(self, id) for id in chosen[:1]]
            words += [describe_wires(self)] if self.canvas.wires.selected else []
        self.setAccessibleDescription(". ".join(words))
        announce(self)

    def show_reason(self, text: str, at: QPoint | None = None, *, doubtful: bool = False) -> None:
        """Say at a point of the viewport why something is refused, or may not work; "" takes the words away."""
        style = self.canvas.shared.style
        self._reason.say(text, (at or QPoint()) + QPoint(18, 18), style, style.warn if doubtful else style.bad)

    def request_add(
        self,
        position: QPointF | None = None,
        dangling: PortRef | None = None,
        is_input: bool = False,
        text: str = "",
    ) -> None:
        """Ask for a node to be added: at a scene position, at the mouse, or in the middle of the view.

        Over a wire, or with one selected while the mouse is elsewhere than on the canvas, it is to be put into that.
        """
        self.problems.be_silent()  # the search needs the room; with the focus, the words come back
        self._dangling_input = dangling if is_input else None
        at = position if position is not None else self._cursor
        if dangling is None and (strand := self._wire_meant(at)) is not None:
            at = at if at is not None else strand.path.pointAtPercent(0.5)
            self.addRequested.emit(at, strand.wire, text)
            return
        self.addRequested.emit(at if at is not None else self.free_place(), dangling, text)

    def request_replace(self) -> None:
        """Ask for a type to take the place of the one node that is selected."""
        self.problems.be_silent()
        super().request_replace()

    def offer_conversion(self, wire: Wire, objection: EngineError, at: QPoint, old: Wire | None = None) -> None:
        """Ask what to do with a wire that does not fit."""
        self.problems.be_silent()
        super().offer_conversion(wire, objection, at, old)

    def _wire_meant(self, position: QPointF | None) -> Strand | None:
        """Return the wire at a scene position; without one, the only wire that is selected."""
        if position is not None:
            return self.hover.wire_at(position) if self.canvas.item_at(position) is None else None
        self.canvas.settle()
        chosen = self.canvas.wires.selected
        return self.canvas.wires.strands()[next(iter(chosen))] if len(chosen) == 1 else None

    # ------------------------------------------------------------------------------------------------ gestures

    def cancel_gesture(self) -> None:
        """Call off what the mouse has begun."""
        gesture, self.gesture = self.gesture, None
        self._edge.stop()
        if gesture is not None:
            gesture.cancel()
            self._restore_cursor()

    def repaint_scene(self, area: QRectF) -> None:
        """Paint a part of the scene anew, with a margin for lines."""
        self.viewport().update(self.mapFromScene(area).boundingRect() + _MARGINS)

    def items_moved(self) -> None:
        """Let the view follow items that a gesture moves ahead of the document."""
        if self.detail is Detail.FAR:
            self.viewport().update()
        self.minimap.refresh()

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Paint what the gesture shows."""
        if self.gesture is not None:
            self.gesture.paint(painter)

    def _pointer(self, event: QMouseEvent | QDropEvent) -> Pointer:
        position = event.position()
        scene = self.viewportTransform().inverted()[0].map(position)
        button = event.button() if isinstance(event, QMouseEvent) else Qt.MouseButton.LeftButton
        return Pointer(scene, position.toPoint(), button, event.modifiers(), self._space)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start the first gesture that wants it."""
        self.close_editor()
        self.arranging.stop()
        if self.gesture is not None:  # another button during a drag calls it off
            self.cancel_gesture()
            return
        pointer = self._pointer(event)
        for kind in GESTURES:
            if gesture := kind.begin(self, pointer):
                self._start(gesture, pointer)
                break

    def _start(self, gesture: Gesture, pointer: Pointer) -> None:
        self._look(None)
        self.gesture = gesture
        self.problems.follow()
        if gesture.cursor is not None:
            self.viewport().setCursor(gesture.cursor)
        gesture.press(pointer)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Let the gesture follow, or show what is under the cursor."""
        pointer = self._pointer(event)
        self._cursor = pointer.scene
        if self.gesture is not None:
            self._lead(pointer)
        else:
            self._look(pointer.scene)

    def _lead(self, pointer: Pointer) -> None:
        """Let the gesture follow; at the edge, scroll along."""
        if self.gesture is not None:
            self._pointer_at = pointer
            self.gesture.move(pointer)
            if self.gesture.scrolls and self.gesture.dragging:
                self._edge.follow(pointer.view, self.viewport().rect())

    def _scroll_along(self, dx: int, dy: int) -> None:
        self.pan(dx, dy)
        if self.gesture is not None and self._pointer_at is not None:
            at = self._pointer_at.view
            self.gesture.move(replace(self._pointer_at, scene=self.mapToScene(at)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Complete the gesture."""
        if self.gesture is not None and event.button() == self.gesture.start.button:
            self._finish(self._pointer(event))

    def _finish(self, pointer: Pointer) -> None:
        gesture, self.gesture = self.gesture, None
        self._edge.stop()
        if gesture is not None:
            gesture.release(pointer)
        self._restore_cursor()
        self.problems.follow()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open a node, edit a note, put a reroute point into a wire, or ask for a node where nothing is."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        position = self._pointer(event).scene
        item = self.canvas.item_at(position)
        if isinstance(item, SheetItem):
            self.edit_text(item.id)
        elif item is not None:
            self.nodeActivated.emit(item.id)
        elif (strand := self.hover.wire_at(position)) is not None:
            self.reroute_at(strand.wire, position)
        else:
            self.request_add(position)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for a menu on a node or a wire, for a node where nothing is; with Ctrl, the button cuts wires."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return
        position = self.mapToScene(event.pos())
        item = self.canvas.item_at(position)
        strand = self.hover.wire_at(position) if item is None else None
        if item is None and strand is None:
            self.request_add(position)
            return
        if item is not None and item.id not in self.selected_ids():
            self.canvas.select([item.id])
        elif strand is not None and strand.wire.target not in self.canvas.wires.selected:
            self.canvas.select((), [strand.wire.target])
        self.menuRequested.emit(event.globalPos())

    # ------------------------------------------------------------------------------------------------- hovering

    def _look(self, position: QPointF | None) -> None:
        """Light up what is under the cursor and say what is wrong with it."""
        before, meant = self.hover.id, self.hover.meant
        self._restore_cursor(self.hover.move(position))
        if self.hover.id != before:
            if before and not self.hover.id:
                self.problems.linger()
            self.problems.follow()
        if self.hover.meant != meant:
            self._foresee(self.hover.meant)

    def _foresee(self, meant: tuple[PortRef, bool] | Wire | None) -> None:
        """Find out what a search would offer for a port or a wire, before it is asked for."""
        known = self.canvas.document, self.canvas.status.specs
        if isinstance(meant, Wire):
            self.foresight.foresee(self.suggestions.prepare_between(*known, meant))
        elif meant is not None:
            port, is_input = meant
            self.foresight.foresee(self.suggestions.prepare(*known, port, is_input=is_input))

    def _restore_cursor(self, shape: Qt.CursorShape | None = None) -> None:
        if self._space:
            shape = Qt.CursorShape.OpenHandCursor
        if shape is None:
            self.viewport().unsetCursor()
        elif self.viewport().cursor().shape() is not shape:
            self.viewport().setCursor(shape)

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the cursor."""
        super().leaveEvent(event)
        self._cursor = None
        self._look(None)

    def viewportEvent(self, event: QEvent) -> bool:
        """Show what is known of the port or the wire under the cursor as a tooltip."""
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.hover.words(self.mapToScene(event.pos())), self.viewport())
            return True
        return super().viewportEvent(event)

    # ------------------------------------------------------------------------------------------------- keyboard

    def focusNextPrevChild(self, next: bool) -> bool:
        """Keep Tab, which asks for a node; Shift+Tab leaves the canvas."""
        return False if next else super().focusNextPrevChild(next)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Nudge, pan, call off, or begin a search by typing."""
        key, typed = Qt.Key(event.key()), event.text()
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if key == Qt.Key.Key_Escape:
            self._escape()
        elif key == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = True
            self._restore_cursor()
        elif key in _ARROWS and plain:
            self._arrow(*_ARROWS[key], far=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key == Qt.Key.Key_Tab:
            self.request_add()
        elif typed.isalpha() and plain:
            self.request_add(text=typed)
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End a nudge or a pan."""
        if event.isAutoRepeat():
            return
        if event.key() == Qt.Key.Key_Space:
            self._space = False
            self._restore_cursor()
        elif event.key() in _ARROWS:
            self.history.seal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say again what is wrong, which makes way for a search."""
        super().focusInEvent(event)
        self.problems.follow()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Forget the keys that are down: their release goes elsewhere."""
        super().focusOutEvent(event)
        self._space = False
        self._restore_cursor()

    def _escape(self) -> None:
        if self.gesture is not None:
            self.cancel_gesture()
        elif not self.arranging.stop():
            self.canvas.select(())

    def _arrow(self, dx: int, dy: int, *, far: bool) -> None:
        if self.selected_ids():
            step = NUDGE_FAR if far else NUDGE
            self.nudge(dx * step, dy * step)
        else:
            self.pan(dx * 60, dy * 60)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Close the editor and move the words, which hang on a node."""
        super().scrollContentsBy(dx, dy)
        self.close_editor()
        self.problems.follow()

    # ------------------------------------------------------------------------------------------- drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept a type of node that the palette offers."""
        type_id = dragged_type(event.mimeData())
        if type_id in self.canvas.catalogue:
            pointer = self._pointer(event)
            self._start(DropNode(self, pointer, type_id, dragged_params(event.mimeData())), pointer)
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Let the ghost follow."""
        if isinstance(self.gesture, DropNode):
            self.gesture.move(self._pointer(event))
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Take the ghost away."""
        self.cancel_gesture()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add the node."""
        if isinstance(self.gesture, DropNode):
            self._finish(self._pointer(event))
            event.acceptProposedAction()
            self.setFocus(Qt.FocusReason.MouseFocusReason)
