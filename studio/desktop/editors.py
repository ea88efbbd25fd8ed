"""The editors of the open documents: made when a document is first shown, and fed with what the engine says of it."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget

from studio.canvas.levels import MakeCanvas
from studio.desktop.editor import Editor
from studio.document.types import EMPTY, Library
from studio.run.controller import RunController
from studio.run.messages import Inventory, Missing, Previewed, Traced, TraceEnded, Watched
from studio.ui.shell.desk import Desk
from studio.ui.shell.open_document import OpenDocument


class Editors(QObject):
    """An editor for each document that was shown.

    Signals
    -------
    made
        A document is shown for the first time: carries its `Editor`.
    shown
        Another editor is shown: carries it, or None for the start page.
    previewed
        There are other values on the wires of the editor that is shown: carries it.

    Parameters
    ----------
    desk, controller
        The open documents, and what runs them.
    pages
        Where their pages go.
    make_canvas
        Makes the canvas of a graph.
    library
        The types of functions that can be taken in from elsewhere.

    Attributes
    ----------
    current
        The one that is shown.
    """

    made = Signal(object)
    shown = Signal(object)
    previewed = Signal(object)
    closed = Signal(int)

    def __init__(
        self,
        desk: Desk,
        controller: RunController,
        pages: QStackedWidget,
        make_canvas: MakeCanvas,
        library: Library = EMPTY,
    ) -> None:
        super().__init__(desk)
        self.current: Editor | None = None
        self._controller, self._pages, self._make_canvas = controller, pages, make_canvas
        self._library = library
        self._by_number: dict[int, Editor] = {}
        desk.shown.connect(self._on_shown)
        desk.closed.connect(self._on_closed)
        controller.previewed.connect(self._on_previewed)
        controller.watched.connect(self._on_watched)
        controller.missed.connect(self._on_watched)
        controller.inventoried.connect(self._on_inventoried)
        controller.traced.connect(self._on_traced)
        controller.trace_ended.connect(self._on_trace_ended)

    def __iter__(self) -> Iterator[Editor]:
        return iter(self._by_number.values())

    def by_number(self, number: int) -> Editor | None:
        """Return the editor of a document; one that was never shown has none."""
        return self._by_number.get(number)

    def _make(self, opened: OpenDocument) -> Editor:
        editor = Editor(opened, self._make_canvas, self._library)
        self._by_number[opened.number] = editor
        self._pages.addWidget(editor.page)
        editor.changed.connect(lambda: self._controller.preview(editor.number, editor.document))
        editor.watching.trace_asked.connect(lambda ref, place: self._controller.trace(editor.number, ref, place))
        editor.watching.asked.connect(lambda refs: self._controller.watch(editor.number, refs))
        opened.replaced.connect(lambda: self._controller.preview(editor.number, editor.document, reset=True))
        self._controller.preview(editor.number, editor.document, reset=True)
        self.made.emit(editor)
        return editor

    def _on_shown(self, opened: OpenDocument | None) -> None:
        if self.current is not None:
            self.current.hide()
        number = opened.number if opened is not None else 0
        self._controller.show(number)
        self.current = None
        if opened is not None:
            self.current = self._by_number.get(number) or self._make(opened)
            self._pages.setCurrentWidget(self.current.page)
        self.shown.emit(self.current)
        if self.current is not None:
            self.current.show()

    def _on_closed(self, opened: OpenDocument) -> None:
        editor = self._by_number.pop(opened.number, None)
        if editor is not None:
            self._pages.removeWidget(editor.page)
            editor.close()
            self.closed.emit(opened.number)

    def _on_previewed(self, event: Previewed) -> None:
        if (editor := self._by_number.get(event.document)) is not None:
            editor.take_preview(event)
            if editor is self.current:
                self.previewed.emit(editor)

    def _on_watched(self, event: Watched | Missing) -> None:
        if (editor := self._by_number.get(event.document)) is not None:
            editor.take_tensor(event)

    def _on_inventoried(self, event: Inventory) -> None:
        if (editor := self._by_number.get(event.document)) is not None:
            editor.watching.take_inventory(event.refs)

    def _on_traced(self, event: Traced) -> None:
        if (editor := self._by_number.get(event.document)) is not None:
            editor.watching.take_traced(event)

    def _on_trace_ended(self, event: TraceEnded) -> None:
        if (editor := self._by_number.get(event.document)) is not None:
            editor.watching.take_trace_end(event)
