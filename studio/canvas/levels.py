"""Levels: the graph of a document that is shown, and the way into its functions and out again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from PySide6.QtCore import QPoint, QPointF, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from engine.core.errors import EngineError
from studio.canvas.face import node_title
from studio.canvas.progress import NOTHING, Progress
from studio.canvas.shade import NO_SHADE, Shade
from studio.canvas.view import CanvasView
from studio.document.analysis import Analysis
from studio.document.document import Document, PortRef
from studio.document.edits import Edit, SetSetting
from studio.document.flat import copied, copy_of
from studio.document.function import TITLE, function_of, title_of
from studio.document.function_edits import AddFunction, RemoveFunction, Within
from studio.document.history import Editing, History
from studio.document.scope import Scope, path_of
from studio.document.types import EMPTY, Library, Types
from studio.run.messages import TensorInfo
from studio.ui.widgets.breadcrumb import Breadcrumb, Crumb

#: Makes the canvas of a graph: what edits it, and the types it may hold.
MakeCanvas = Callable[[Editing, Types], CanvasView]


class Levels(QWidget):
    """A breadcrumb over the canvas of one graph of a document: its own, or that of a function.

    What an analysis or a run says of the whole document is given to this widget; the canvas is told what concerns it.

    Parameters
    ----------
    history
        The document's.
    make_canvas
        Makes a canvas.
    name
        What the document is called.
    library
        The types of functions that can be taken in from elsewhere.

    Signals
    -------
    entered
        Another graph is shown: `canvas` is another one.
    functions_changed
        There are other functions, or they look otherwise.
    menu_asked
        A menu of the function that is shown is asked for, at a point of the screen.
    """

    entered = Signal()
    functions_changed = Signal()
    menu_asked = Signal(QPoint)

    def __init__(
        self,
        history: History,
        make_canvas: MakeCanvas,
        name: str = "",
        library: Library = EMPTY,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._history, self._make_canvas, self._name, self._library = history, make_canvas, name, library
        self.seen = self._analysis = Analysis()
        """What is known of the graph that is shown; and of the whole document."""
        self._tensors: Mapping[PortRef, TensorInfo] = {}
        self._progress = NOTHING
        self._shade = NO_SHADE
        self._frozen: frozenset[str] = frozenset()
        self._errors: Mapping[str, EngineError] = {}
        self._scopes: list[Scope] = []
        self._canvases: list[CanvasView] = []
        self._bodies: list[Document] = []
        self._views: dict[str, tuple[float, QPointF]] = {}
        """Where the user last looked in the graph of a function: the zoom and the middle."""
        self._waiting = self._reshaped = False
        self.breadcrumb = Breadcrumb()
        self.breadcrumb.chosen.connect(lambda number: self.go_up(number))
        self.breadcrumb.copy_chosen.connect(self.go_to_copy)
        self.breadcrumb.renamed.connect(self._rename)
        self.breadcrumb.left.connect(lambda: self.canvas.setFocus())
        self.breadcrumb.menu_asked.connect(self.menu_asked)
        self._pages = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.breadcrumb)
        column.addWidget(self._pages, 1)
        self._push(Scope(history.document))
        self.setFocusProxy(self.canvas)
        self._show_path()
        self._leave = history.document.subscribe(self._on_edit)

    # ---------------------------------------------------------------------------------------------- what is shown

    @property
    def canvas(self) -> CanvasView:
        """The canvas of the graph that is shown."""
        return self._canvases[-1]

    @property
    def canvases(self) -> tuple[CanvasView, ...]:
        """The canvases of all graphs on the way."""
        return tuple(self._canvases)

    @property
    def scope(self) -> Scope:
        """Which graph is shown, and the way to it."""
        return self._scopes[-1]

    def set_name(self, name: str) -> None:
        """Call the document by another name."""
        self._name = name
        self._show_path()

    def set_analysis(self, analysis: Analysis) -> None:
        """Show another analysis of the unfolded document."""
        self._analysis = analysis
        self.seen = self.scope.analysis(analysis)
        self.canvas.set_analysis(self.seen)

    def set_preview(self, tensors: Mapping[PortRef, TensorInfo], errors: Mapping[str, EngineError]) -> None:
        """Show the values of a preview of the unfolded document."""
        self._tensors, self._errors = tensors, errors
        self.canvas.set_preview(self.scope.values(tensors), self.scope.errors(errors))

    def set_progress(self, progress: Progress) -> None:
        """Show where a run of the unfolded document under the debugger stands."""
        self._progress = progress
        self.canvas.set_progress(progress.within(self.scope))

    def set_shade(self, shade: Shade) -> None:
        """Show nodes of the unfolded document in another light."""
        self._shade = shade
        self.canvas.set_shade(shade.within(self.scope))

    def set_frozen(self, ids: frozenset[str]) -> None:
        """Mark the layers of the unfolded document that do not learn just now."""
        self._frozen = ids
        self._mark_frozen(self.canvas, self.scope)

    def _mark_frozen(self, canvas: CanvasView, scope: Scope) -> None:
        canvas.canvas.set_frozen([id.removeprefix(scope.prefix) for id in self._frozen if id.startswith(scope.prefix)])

    def reveal(self, id: str) -> None:
        """Show a node of the unfolded document, in the graph that it lies in."""
        path, node = path_of(id)
        self.go_to(path)
        if self.scope.graph.has(node):
            self.canvas.reveal(node)

    def title(self, id: str) -> str:
        """Return what a node of the unfolded document is called, with the way to it."""
        path, node = path_of(id)
        parts: list[str] = []
        scope: Scope | None = Scope(self._history.document)
        for step in (*path, node):
            if scope is None:
                return " › ".join((*parts, step))
            id, number = copied(step)
            found = scope.graph.nodes.get(id)
            node_type = self.canvas.canvas.catalogue.get(found.type) if found is not None else None
            title = node_title(found, node_type) if found is not None else step
            parts.append(f"{title} ({number})" if number > 1 else title)  # without one, all copies may be meant
            scope = scope.entered(step)
        return " › ".join(parts)

    # ------------------------------------------------------------------------------------------- going in and out

    def enter(self, node: str) -> None:
        """Show what lies within a node of the graph that is shown, if it stands for a function."""
        scope = self.scope.entered(node)
        if scope is not None:
            self._push(scope)
            self._arrive()

    def leave(self) -> None:
        """Show the graph around this one."""
        if len(self._scopes) > 1:
            self.go_up(len(self._scopes) - 2)

    def go_up(self, number: int) -> None:
        """Go back to a step of the way, 0 for the document's own graph."""
        if number >= len(self._scopes) - 1:
            return
        came_from, _number = copied(self._scopes[number + 1].path[-1])
        while len(self._scopes) > number + 1:
            self._pop()
        self._arrive()
        if self.scope.graph.has(came_from):
            self.canvas.select([came_from])

    def go_to(self, path: tuple[str, ...]) -> None:
        """Show the graph that is reached through these nodes, or copies of them; as far as there is such a way."""
        shared = 0
        for node, known in zip(path, self.scope.path, strict=False):
            if copied(node)[0] != copied(known)[0]:
                break
            shared += 1
        if shared < len(self.scope.path):
            self.go_up(shared)
        self._turn_to(path[:shared])
        for node in path[shared:] if self.scope.path == path[:shared] else ():
            self.enter(node)

    def go_to_copy(self, number: int, copy: int) -> None:
        """Look at another copy of the node that was entered to come to a step of the way, from 1 on."""
        path = list(self.scope.path)
        path[number - 1] = copy_of(copied(path[number - 1])[0], copy)
        self._turn_to(tuple(path))

    def _turn_to(self, path: tuple[str, ...]) -> None:
        """Show the same graphs as they are in other copies of the nodes they were reached through."""
        if path == self.scope.path or Scope.at(self._history.document, path) is None:
            return
        scopes = [Scope.at(self._history.document, path[:count]) for count in range(len(path) + 1)]
        self._scopes = [scope for scope in scopes if scope is not None]
        self._tell()
        self.entered.emit()

    def _push(self, scope: Scope) -> None:
        types = Types(self._history.document, scope.function, library=self._library)
        canvas = self._make_canvas(self._history.within(scope.function), types)
        canvas.nodeActivated.connect(self.enter)
        self._scopes.append(scope)
        self._bodies.append(scope.graph)
        self._canvases.append(canvas)
        self._pages.addWidget(canvas)

    def _pop(self) -> None:
        scope, canvas = self._scopes.pop(), self._canvases.pop()
        self._bodies.pop()
        self._views[scope.function] = canvas.zoom, canvas.visible_area().center()
        self._pages.removeWidget(canvas)
        _close(canvas)
        canvas.deleteLater()

    def _arrive(self) -> None:
        """Show the graph at the end of the way with all that is known of it."""
        canvas, scope = self.canvas, self.scope
        self._pages.setCurrentWidget(canvas)
        self.setFocusProxy(canvas)
        canvas.canvas.refresh_functions()
        self._tell()
        canvas.setFocus()
        if scope.function in self._views:
            zoom, middle = self._views.pop(scope.function)
            canvas.zoom_to(zoom)
            canvas.centerOn(middle)
        elif scope.function:
            QTimer.singleShot(0, canvas, canvas.frame_all)
        self.entered.emit()

    def _tell(self) -> None:
        """Tell the canvas that is shown all that is known of its graph."""
        canvas, scope = self.canvas, self.scope
        self.seen = scope.analysis(self._analysis)
        canvas.set_analysis(self.seen)
        canvas.set_preview(scope.values(self._tensors), scope.errors(self._errors))
        canvas.set_progress(self._progress.within(scope))
        canvas.set_shade(self._shade.within(scope))
        self._mark_frozen(canvas, scope)
        self._show_path()

    def _show_path(self) -> None:
        steps = (Crumb(title_of(scope.function, scope.graph), *scope.copy) for scope in self._scopes[1:])
        self.breadcrumb.show_path([Crumb(self._name), *steps])

    def _rename(self, title: str) -> None:
        self._history.do(Within(self.scope.function, SetSetting(TITLE, title)))
        self._history.seal()

    # ------------------------------------------------------------------------------------------------- following

    def show_where(self, edit: Edit) -> None:
        """Show a graph that an edit has changed, as after undo: unless it has changed the one that is shown."""
        graphs = list(dict.fromkeys(_graphs(edit)))
        if not graphs or self.scope.function in graphs:
            return
        known = [scope.function for scope in self._scopes]
        if (here := next((known.index(graph) for graph in graphs if graph in known), None)) is not None:
            self.go_up(here)
        elif (path := self._way_to(graphs[0])) is not None:
            self.go_to(path)

    def _way_to(self, function: str) -> tuple[str, ...] | None:
        """Return nodes through which a function is reached, the fewest; None if nothing stands for it."""
        ways = [Scope(self._history.document)]
        seen = {""}
        for scope in ways:  # grows while it is walked
            if scope.function == function:
                return scope.path
            for id, node in scope.graph.nodes.items():
                inner = function_of(node)
                if inner is not None and inner not in seen and (entered := scope.entered(id)) is not None:
                    seen.add(inner)
                    ways.append(entered)
        return None

    def _on_edit(self, edit: Edit) -> None:
        """Once the edit is in force, leave what is there no more, and show functions as they are now."""
        reshaped = any(isinstance(leaf, _OF_FUNCTIONS) for leaf in edit.leaves())
        self._reshaped = self._reshaped or reshaped
        if (reshaped or len(self._scopes) > 1) and not self._waiting:
            self._waiting = True
            QTimer.singleShot(0, self, self._follow)

    def _follow(self) -> None:
        self._waiting = False
        document = self._history.document
        valid = 1
        while valid < len(self._scopes):
            scope = self._scopes[valid]
            found = Scope.at(document, scope.path)
            if found is None or found.function != scope.function or scope.graph is not self._bodies[valid]:
                break
            valid += 1
        if valid < len(self._scopes):
            self.go_up(valid - 1)
        self.canvas.canvas.refresh_functions()
        self._show_path()
        if self._reshaped:
            self._reshaped = False
            self.functions_changed.emit()

    def close_document(self) -> None:
        """Stop following the document; the widget is not to be used any more."""
        self._leave()
        for canvas in self._canvases:
            _close(canvas)


_OF_FUNCTIONS = (AddFunction, RemoveFunction, Within)


def _close(canvas: CanvasView) -> None:
    """Let a canvas and the types that it was made with follow the document no more."""
    canvas.close_document()
    types = canvas.canvas.catalogue
    if isinstance(types, Types):
        types.close()


def _graphs(edit: Edit) -> Iterator[str]:
    for leaf in edit.leaves():
        yield leaf.function if isinstance(leaf, Within) else ""
