"""One open document as it is worked on: its canvas, and what is known of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QScrollBar

from engine.core.errors import EngineError
from studio.canvas.view import CanvasView
from studio.desktop.page import DocumentPage
from studio.document.analysis import Analysis
from studio.document.bookmarks import BOOKMARKS
from studio.document.catalogue import CATALOGUE
from studio.document.document import Document, PortRef
from studio.document.edits import COSMETIC, Edit, SetSetting
from studio.document.history import History
from studio.document.infer import Inference
from studio.run.messages import Previewed, Watched
from studio.ui.shell.open_document import OpenDocument

#: What inference takes of a frame of 16 ms.
_SLICE_SECONDS: Final = 0.007


class Editor(QObject):
    """A document with its canvas, its analysis, the values of its wires, and the port that is looked into.

    Signals
    -------
    edited
        The history has another state than before.
    changed
        What flows along the wires may be another than before.
    analysed
        All of the document is analysed.
    selected
        Carries the ids of what is selected.
    watched
        Another port is looked into: carries it.

    Parameters
    ----------
    opened
        The document.
    make_canvas
        Makes its canvas.

    Attributes
    ----------
    errors, tensors
        What failed in the last preview, by node, and which ports have values since.
    port, tensor
        What is looked into, and its values.
    is_new
        Whether the user has not seen it yet, so that all of it is to be shown.
    """

    edited = Signal()
    changed = Signal()
    analysed = Signal()
    selected = Signal(list)
    watched = Signal(object)

    def __init__(self, opened: OpenDocument, make_canvas: Callable[[History], CanvasView]) -> None:
        super().__init__(opened)
        self.opened = opened
        self.page = DocumentPage()
        self.analysis = Analysis()
        self.errors: Mapping[str, EngineError] = {}
        self.tensors: Collection[PortRef] = ()
        self.port: PortRef | None = None
        self.tensor: Watched | None = None
        self.is_new = True
        self._make_canvas = make_canvas
        self._inference = Inference(CATALOGUE)
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self.analyse)
        self._is_analysed = False
        opened.changed.connect(self.edited)
        opened.replaced.connect(self._begin_anew)
        self._unsubscribe = self.document.subscribe(self._on_edit)
        self.canvas = self._new_canvas()

    @property
    def number(self) -> int:
        """The number of the document."""
        return self.opened.number

    @property
    def history(self) -> History:
        """The history of the document."""
        return self.opened.history

    @property
    def document(self) -> Document:
        """The document."""
        return self.opened.document

    @property
    def analysing(self) -> bool:
        """Whether something of the document is still to be analysed."""
        return self._timer.isActive()

    def _new_canvas(self) -> CanvasView:
        canvas = self._make_canvas(self.history)
        canvas.selectionChanged.connect(self._on_selected)
        canvas.wireClicked.connect(self.watch)
        self.page.set_canvas(canvas)
        return canvas

    def _begin_anew(self) -> None:
        """Other contents have taken the place of those that were known; what is in view stays where it is."""
        self._unsubscribe()
        self._unsubscribe = self.document.subscribe(self._on_edit)
        before = self.canvas
        before.close_document()
        self.canvas = self._new_canvas()
        self.canvas.setObjectName(before.objectName())
        self.canvas.zoom_to(before.zoom)
        for bar, old in zip(_scroll_bars(self.canvas), _scroll_bars(before), strict=True):
            bar.setValue(old.value())
        self.errors, self.tensors, self.port, self.tensor = {}, (), None, None
        self.analyse()

    def close(self) -> None:
        """Follow the document no more."""
        self._unsubscribe()
        self._timer.stop()
        self.canvas.close_document()
        self.page.deleteLater()

    # -------------------------------------------------------------------------------------------------------- its turn

    def show(self) -> None:
        """Be the document that is shown."""
        self.canvas.setObjectName("canvas")  # that of the one canvas that is seen
        if not self._is_analysed:
            self.analyse()

    def hide(self) -> None:
        """Make way for another one: nothing half-done is left behind, and no work goes on that nobody sees."""
        self.canvas.cancel_gesture()
        self.canvas.close_editor()
        self.canvas.close_offer()
        self.canvas.setObjectName(f"canvas.{self.number}")
        self._timer.stop()

    # ------------------------------------------------------------------------------------------------- what is known

    def _on_edit(self, edit: Edit) -> None:
        if not all(map(_is_cosmetic, edit.leaves())):
            self._is_analysed = False
            self._timer.start()
            self.changed.emit()

    def analyse(self) -> None:
        """Analyse for a slice of a frame; once all is known, show it."""
        if not self._inference.advance(self.document, _SLICE_SECONDS):
            self._timer.start()
            return
        self._timer.stop()
        self._is_analysed = True
        self.analysis = self._inference.result(self.document)
        self.canvas.set_analysis(self.analysis)
        self.analysed.emit()
        self._watch_selected()

    def take_preview(self, event: Previewed) -> None:
        """Show what the wires carry, and what failed."""
        self.errors, self.tensors = event.errors, event.tensors.keys()
        self.canvas.set_preview(event.tensors, event.errors)

    def take_tensor(self, event: Watched) -> bool:
        """Keep the values of the port that is looked into; return whether it is still there."""
        if event.port.node in self.document.nodes:
            self.tensor = event
            return True
        return False

    # ------------------------------------------------------------------------------------------------------ looking at

    def watch(self, port: PortRef) -> None:
        """Look into a port."""
        self.port = port
        self.watched.emit(port)

    def _on_selected(self, ids: list[str]) -> None:
        self.selected.emit(ids)
        self._watch_selected()

    def _watch_selected(self) -> None:
        """Look into the first output of the one node that is selected, unless another of its outputs is looked at."""
        ids = self.canvas.selected_ids()
        outputs = [ref for ref in self.analysis.specs if ref.node in ids] if len(ids) == 1 else []
        if outputs and self.port not in outputs:
            self.watch(outputs[0])

    def reveal(self, node: str) -> None:
        """Select a node and bring it into view."""
        if node in self.document.nodes:
            self.canvas.reveal(node)

    def title_of(self, node: str) -> str:
        """Return what a node is called on the canvas."""
        return self.canvas.canvas.title(node)


def _scroll_bars(canvas: CanvasView) -> tuple[QScrollBar, QScrollBar]:
    return canvas.horizontalScrollBar(), canvas.verticalScrollBar()


def _is_cosmetic(edit: Edit) -> bool:
    """Return whether every wire still carries after an edit what it carried before: no inference, no preview."""
    return isinstance(edit, COSMETIC) or (isinstance(edit, SetSetting) and edit.name == BOOKMARKS)
