"""One open document as it is worked on: its canvas, and what is known of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final

from PySide6.QtCore import QObject, QPoint, QTimer, Signal

from engine.core.errors import EngineError
from studio.canvas.levels import Levels, MakeCanvas
from studio.canvas.progress import Progress
from studio.canvas.shade import Shade
from studio.canvas.view import CanvasView
from studio.desktop.page import DocumentPage
from studio.desktop.stage import go_to, place_of
from studio.document.analysis import Analysis
from studio.document.bookmarks import BOOKMARKS
from studio.document.breakpoints import BREAKPOINTS
from studio.document.catalogue import CATALOGUE
from studio.document.difference import difference
from studio.document.document import Contents, Document, PortRef
from studio.document.edits import Edit, SetSetting
from studio.document.function_edits import Within, is_cosmetic
from studio.document.history import Editing, History
from studio.document.sharing import total
from studio.document.study import Study
from studio.document.types import EMPTY, Library, Types
from studio.inspector.watching import Watching
from studio.run.messages import Missing, Previewed, TensorInfo, Watched
from studio.run.tensor_ref import TensorRef
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
    menu_asked
        A menu of the function that is shown is asked for, at a point of the screen.
    entered
        Another graph of the document is shown, or it may hold other types of nodes.

    Parameters
    ----------
    opened
        The document.
    make_canvas
        Makes the canvas of one of its graphs.
    library
        The types of functions that can be taken in from elsewhere.

    Attributes
    ----------
    analysis
        What is known of the whole document, its functions unfolded.
    errors, tensors
        What failed in the last preview, by node, and which ports have values since: of the unfolded document, too.
    watching
        The tensors that are looked into.
    is_new
        Whether the user has not seen it yet, so that all of it is to be shown.
    """

    edited = Signal()
    changed = Signal()
    analysed = Signal()
    selected = Signal(list)
    entered = Signal()
    menu_asked = Signal(QPoint)

    def __init__(self, opened: OpenDocument, make_canvas: MakeCanvas, library: Library = EMPTY) -> None:
        super().__init__(opened)
        self.opened = opened
        self.page = DocumentPage()
        self.analysis = Analysis()
        self.errors: Mapping[str, EngineError] = {}
        self.tensors: Collection[PortRef] = ()
        self.watching = Watching(self)
        self.is_new = True
        self._make_canvas, self._library = make_canvas, library
        self._study = Study(self.document, CATALOGUE)
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self.analyse)
        self._is_analysed = False
        self._is_shown = False
        opened.changed.connect(self._on_changed)
        opened.replaced.connect(self._begin_anew)
        self._unsubscribe = self.document.subscribe(self._on_edit)
        self.levels = self._new_levels()

    @property
    def canvas(self) -> CanvasView:
        """The canvas of the graph that is shown."""
        return self.levels.canvas

    @property
    def canvases(self) -> tuple[CanvasView, ...]:
        """The canvases of all graphs on the way to it."""
        return self.levels.canvases

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

    def _on_changed(self) -> None:
        self.levels.set_name(self.opened.name)
        self.edited.emit()

    def _new_levels(self) -> Levels:
        levels = Levels(self.history, self._make_listened, self.opened.name, self._library)
        levels.entered.connect(self._on_entered)
        levels.functions_changed.connect(self.entered)
        levels.menu_asked.connect(self.menu_asked)
        self.page.set_levels(levels)
        return levels

    def _make_listened(self, editing: Editing, types: Types) -> CanvasView:
        canvas = self._make_canvas(editing, types)
        canvas.selectionChanged.connect(self._on_selected)
        canvas.wireClicked.connect(lambda ref: self.watch(self.levels.scope.outer(ref)))
        return canvas

    def _on_entered(self) -> None:
        self._name_canvases()
        self._watch_selected()  # of another copy of what is repeated, where the same node is selected
        self.entered.emit()

    def _begin_anew(self) -> None:
        """Other contents have taken the place of those that were known; what is in view stays where it is."""
        self._unsubscribe()
        self._unsubscribe = self.document.subscribe(self._on_edit)
        self._study.close()
        self._study = Study(self.document, CATALOGUE)
        before = self.levels
        path, canvas = before.scope.path, before.canvas
        before.close_document()
        self.levels = self._new_levels()
        self.levels.go_to(path)
        self._name_canvases()
        go_to(self.canvas, place_of(canvas))
        self.errors, self.tensors = {}, ()
        self.watching.forget()
        self.analyse()

    def close(self) -> None:
        """Follow the document no more."""
        self._unsubscribe()
        self._timer.stop()
        self._study.close()
        self.levels.close_document()
        self.page.deleteLater()

    # -------------------------------------------------------------------------------------------------------- its turn

    def show(self) -> None:
        """Be the document that is shown."""
        self._is_shown = True
        self._name_canvases()
        if not self._is_analysed:
            self.analyse()

    def hide(self) -> None:
        """Make way for another one: nothing half-done is left behind, and no work goes on that nobody sees."""
        self._is_shown = False
        self.canvas.cancel_gesture()
        self.canvas.close_editor()
        self.canvas.close_offer()
        self._name_canvases()
        self._timer.stop()

    def _name_canvases(self) -> None:
        """Call the one canvas that is seen "canvas"."""
        for level, canvas in enumerate(self.canvases):
            canvas.setObjectName(f"canvas.{self.number}.{level}")
        if self._is_shown:
            self.canvas.setObjectName("canvas")

    # ------------------------------------------------------------------------------------------------- what is known

    def _on_edit(self, edit: Edit) -> None:
        if not all(map(_is_cosmetic, edit.leaves())):
            self._is_analysed = False
            self._timer.start()
            self.changed.emit()

    def computes_like(self, before: Contents) -> bool:
        """Return whether every wire of the document carries what it carried before, whatever was done since."""
        return all(_is_cosmetic(leaf) for edit in difference(before, self.document).edits for leaf in edit.leaves())

    def analyse(self) -> None:
        """Analyse for a slice of a frame; once all is known, show it."""
        if not self._study.advance(_SLICE_SECONDS):
            self._timer.start()
            return
        self._timer.stop()
        self._is_analysed = True
        self.analysis = self._study.result()
        self.levels.set_analysis(self.analysis)
        self.analysed.emit()
        self._watch_selected()

    def take_preview(self, event: Previewed) -> None:
        """Show what the wires carry, and what failed."""
        self.errors, self.tensors = event.errors, event.tensors.keys()
        self.levels.set_preview(event.tensors, event.errors)
        self.watching.take_ports(self.tensors)

    def show_run(self, progress: Progress, tensors: Mapping[PortRef, TensorInfo] | None) -> None:
        """Show where a run under the debugger stands, and what its wires carry there; None: what they carry stays."""
        self.levels.set_progress(progress)
        if tensors is not None:
            self.errors, self.tensors = {}, tensors.keys()
            self.levels.set_preview(tensors, {})
            self.watching.take_ports(self.tensors)

    def show_shade(self, shade: Shade) -> None:
        """Show how much time nodes take, and which are meant elsewhere."""
        self.levels.set_shade(shade)

    def show_frozen(self, layers: frozenset[str]) -> None:
        """Show which layers do not learn just now."""
        self.levels.set_frozen(layers)

    def take_tensor(self, event: Watched | Missing) -> None:
        """Keep the values of a tensor that is looked into, if its node is still there."""
        # steps, and programs under the debugger, have tensors that are no node's
        is_nobodys = isinstance(event, Watched) or event.ref.kind == "step"
        is_another = is_nobodys and event.ref == self.watching.front
        if is_another or event.ref.node in self._study.flat.document.nodes:
            self.watching.take(event)

    @property
    def seen(self) -> Analysis:
        """What is known of the graph that is shown."""
        return self.levels.seen

    @property
    def parameters(self) -> int:
        """How many parameters the document has."""
        return total(self._study.flat, self.analysis.parameters)

    # -------------------------------------------------------------------------------------------------- back and forth

    def undo(self) -> None:
        """Take the last step back, and show where it was."""
        self._travel(self.history.undo)

    def redo(self) -> None:
        """Make the step again that was undone last, and show where."""
        self._travel(self.history.redo)

    def go_to(self, position: int) -> None:
        """Undo, or redo, until so many steps are in force."""
        self._travel(lambda: self.history.go_to(position))

    def _travel(self, way: Callable[[], object]) -> None:
        heard: list[Edit] = []
        leave = self.document.subscribe(heard.append)
        way()
        leave()
        if heard:
            self.levels.show_where(heard[-1])

    # ------------------------------------------------------------------------------------------------------ looking at

    def watch(self, port: PortRef) -> None:
        """Look into a port."""
        self.watching.look_at(TensorRef.of(port))

    def _on_selected(self, ids: list[str]) -> None:
        self.selected.emit(ids)
        self._watch_selected()

    def _watch_selected(self) -> None:
        """Look into the first output of the one node that is selected, unless another of its tensors is looked at."""
        ids = self.canvas.selected_ids()
        scope = self.levels.scope
        found = (ref for ref in self.canvas.canvas.status.specs if ref.node in ids)
        outputs = [scope.outer(ref) for ref in found] if len(ids) == 1 else []
        front = self.watching.front
        if outputs and (front is None or front.node not in {port.node for port in outputs}):
            self.watch(outputs[0])

    def reveal(self, node: str) -> None:
        """Select a node and bring it into view."""
        self.levels.reveal(node)

    def title_of(self, node: str) -> str:
        """Return what a node is called, with the way to it."""
        return self.levels.title(node)


def _is_cosmetic(edit: Edit) -> bool:
    """Return whether every wire still carries after an edit what it carried before: no inference, no preview."""
    inner = edit.edit if isinstance(edit, Within) else edit
    return is_cosmetic(edit) or (isinstance(inner, SetSetting) and inner.name in (BOOKMARKS, BREAKPOINTS))
