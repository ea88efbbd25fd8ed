"""Debugging the document that is shown: what the actions do, and what canvas and panels show of the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from engine.core.errors import EngineError
from studio.canvas.progress import NOTHING, Progress
from studio.canvas.wiring import is_control
from studio.debugger.panel import Debugger
from studio.desktop.editor import Editor
from studio.desktop.editors import Editors
from studio.desktop.inspecting import reveal_inspector
from studio.document.breakpoints import Breakpoint, breakpoints, fresh_id, set_breakpoints
from studio.document.document import Contents, PortRef
from studio.document.scope import is_known, path_of
from studio.run.controller import RunController
from studio.run.debug.controller import DebugController
from studio.run.debug.messages import PROGRAM, Action, DebugStopped, PointMet
from studio.run.debug.step import node_of
from studio.run.messages import TensorInfo
from studio.run.tensor_ref import TensorRef
from studio.ui.actions import Actions
from studio.ui.i18n import N_, _, describe, number
from studio.ui.settings import settings
from studio.ui.shell import files
from studio.ui.widgets.banner import Banner

_UNTIL_BAD: Final = "debug/until_bad"
#: Milliseconds between two steps in slow motion, at normal speed.
PACE: Final = 1200
_BUSY = N_("This document is being trained. Stop the training to debug it.")
_WAITS = N_("Another document is being trained. Debugging begins when that is over.")
_OUTDATED = N_("The document has changed since: these steps are still those of the older one.")
_OVER = N_("The run is over. You can still go back to any step.")
#: Phases that go the way of the values; the others follow the gradients back.
_FORTH: Final = ("data", "forward", "loss", "metrics")


class Debugging(QObject):
    """Debugs documents, one at a time.

    Signals
    -------
    changed
        Other actions are possible than before.
    asked
        The user wants to see the debugger.

    Parameters
    ----------
    editors, engine, debugger, panel, actions, banner
        What it works with.
    """

    changed = Signal()
    asked = Signal()

    def __init__(
        self,
        editors: Editors,
        engine: RunController,
        debugger: DebugController,
        panel: Debugger,
        actions: Actions,
        banner: Banner,
    ) -> None:
        super().__init__(editors)
        self._editors, self._engine, self._debugger = editors, engine, debugger
        self._panel, self._actions, self._banner = panel, actions, banner
        self._first: Action | None = None
        self._sent: tuple[int, tuple[Breakpoint, ...]] = (0, ())
        """The training that was told of breakpoints last, and of which."""
        self._pace = QTimer(self, singleShot=True)
        self._pace.timeout.connect(lambda: debugger.walk("over"))
        self._is_pacing = False
        self._debugged = Contents()
        """The document that is debugged, as it was when that began."""
        self._program = ""
        """The path of the one that was debugged last."""
        self._bind()
        editors.made.connect(self._follow)
        editors.shown.connect(lambda _editor: self._show_all())
        editors.closed.connect(self._on_closed)
        debugger.stopped.connect(self._on_stopped)
        debugger.changed.connect(self._on_changed)
        debugger.failed.connect(self._on_failed)
        debugger.met.connect(self._on_met)
        panel.points_wanted.connect(self._put)
        panel.node_wanted.connect(self._reveal)
        panel.tensor_wanted.connect(self._look)
        panel.tensor_wanted.connect(lambda _ref: reveal_inspector(self._actions))

    def _bind(self) -> None:
        bind = self._actions.bind
        moves: tuple[tuple[str, Action], ...] = (
            ("debug.over", "over"),
            ("debug.into", "into"),
            ("debug.out", "out"),
            ("debug.back", "back"),
        )
        for id, move in moves:
            bind(id, lambda move=move: self._walk(move))
        bind("debug.continue", self._go_on)
        bind("debug.pause", self._pause)
        bind("debug.end", self._debugger.end)
        bind("debug.restart", self._restart)
        bind("debug.run_to", self._run_to)
        bind("debug.program", self._ask_for_program)
        bind("debug.breakpoint", lambda: self._toggle(is_at_output=False))
        bind("debug.breakpoint_on_output", lambda: self._toggle(is_at_output=True))
        bind("debug.until_bad", self._set_until_bad)
        bind("debug.slow", lambda _on: None)
        self._actions["debug.until_bad"].setChecked(settings().value(_UNTIL_BAD) != "false")

    # -------------------------------------------------------------------------------------------------------- actions

    @property
    def _editor(self) -> Editor | None:
        return self._editors.current

    @property
    def _until_bad(self) -> bool:
        return self._actions["debug.until_bad"].isChecked()

    @property
    def _is_here(self) -> bool:
        """Whether the document that is shown is the one that is debugged, or it is a program."""
        is_shown = self._editor is not None and self._debugger.document == self._editor.number
        return is_shown or self._debugger.document == PROGRAM

    def update_actions(self) -> None:
        """Enable what can be done just now."""
        editor, debugger = self._editor, self._debugger
        is_open = editor is not None and self._engine.state not in ("starting", "crashed")
        stands = self._is_here and debugger.state == "stopped"
        goes_on = stands and debugger.shown.after is not None
        may_begin = is_open and not self._is_here
        step = debugger.shown.step
        able = {
            "debug.over": goes_on or may_begin,
            "debug.into": goes_on or may_begin,
            "debug.continue": goes_on or may_begin,
            "debug.out": stands and step >= 0,
            "debug.back": stands and step >= 0,
            "debug.run_to": (goes_on or may_begin) and self._chosen() is not None,
            "debug.pause": self._is_here and (debugger.state == "running" or self._is_pacing),
            "debug.end": debugger.is_on,
            "debug.restart": self._is_here,
            "debug.program": is_open,
            "debug.breakpoint": bool(self._places(is_at_output=False)),
            "debug.breakpoint_on_output": bool(self._places(is_at_output=True)),
            "debug.until_bad": True,
            "debug.slow": True,
        }
        for id, enabled in able.items():
            self._actions[id].setEnabled(enabled)

    def _begin(self, first: Action | None) -> None:
        editor = self._editor
        if editor is None:
            return
        if self._engine.training == editor.number:
            self._banner.say("warn", _BUSY, about=editor.number)
            return
        self._first = first
        self._banner.retract(_OUTDATED, editor.number)
        self._debugged = editor.document.contents()
        self._debugger.begin(editor.number, editor.document, breakpoints(editor.document), self._until_bad)
        self._say_what_it_waits_for(editor.number)
        self.asked.emit()

    def _say_what_it_waits_for(self, about: int) -> None:
        if self._engine.training:
            self._banner.say("info", _WAITS, self._actions["run.show"], self._actions["run.stop"], about=about)

    def _restart(self) -> None:
        """Begin anew with the document as it is now, or with the program."""
        self._stop_pacing()
        if self._debugger.document == PROGRAM:
            self._begin_program()
        else:
            self._begin(None)

    def _walk(self, action: Action) -> None:
        self._stop_pacing()
        if self._is_here:
            self._debugger.walk(action)
        else:
            self._begin(None)

    def _go_on(self) -> None:
        self._send_points()  # what was changed a moment ago counts already
        if not self._is_here:
            self._begin("go_on")
        elif self._actions["debug.slow"].isChecked():
            self._is_pacing = True
            self._debugger.walk("over")
        else:
            self._debugger.walk("go_on")

    def _pause(self) -> None:
        self._stop_pacing()
        self._debugger.walk("pause")
        self.changed.emit()

    def _run_to(self) -> None:
        node = self._chosen()
        if node is None:
            return
        if self._is_here:
            self._debugger.walk("run_to", node=node)
        else:
            self._begin("run_to")

    def _ask_for_program(self) -> None:
        """Let the user choose a Python program, and run it under the debugger."""
        path = files.ask_program(self._panel.window())
        if path is not None:
            self._stop_pacing()
            self._program = str(path)
            self._begin_program()

    def _begin_program(self) -> None:
        self._debugger.begin_program(self._program)
        self._say_what_it_waits_for(0)
        self.asked.emit()

    def _set_until_bad(self, on: bool) -> None:
        settings().setValue(_UNTIL_BAD, "true" if on else "false")
        self._send_points()

    # --------------------------------------------------------------------------------------------- where it stops

    def _chosen(self) -> str | None:
        """Return the one node that is selected, by its name in the whole document; of what is repeated that of all."""
        editor = self._editor
        ids = editor.canvas.selected_ids() if editor is not None else []
        if editor is None or len(ids) != 1 or ids[0] not in editor.levels.scope.graph.nodes:
            return None
        return editor.levels.scope.first.prefix + ids[0]

    def _places(self, is_at_output: bool) -> list[tuple[str, str]]:
        """Return where a breakpoint would be set, node and port: at the selected wires, else at the selected node."""
        editor, node = self._editor, self._chosen()
        if editor is None:
            return []
        if node is not None and not is_at_output:
            return [(node, "")]
        outputs = [self._first_output(editor)] if node is not None else []
        if not editor.canvas.selected_ids():
            sources = [wire.source for wire in editor.canvas.selected_wires()]
            type_of = editor.canvas.canvas.node_type
            outputs = [ref for ref in sources if not is_control(type_of(ref.node), ref.port, is_input=False)]
        found = map(editor.levels.scope.first.outer, outputs)
        return list(dict.fromkeys((ref.node, ref.port) for ref in found))

    def _toggle(self, is_at_output: bool) -> None:
        """Set breakpoints, or take those away that are there."""
        editor, places = self._editor, self._places(is_at_output)
        if editor is None or not places:
            return
        points = breakpoints(editor.document)
        there = [point for point in points if (point.node, point.port) in places]
        kept = [point for point in points if point not in there]
        if not there:
            kept += [Breakpoint(fresh_id(points) + i, *place) for i, place in enumerate(places)]
        self._put(tuple(kept))
        if not there:
            self._panel.points.choose(fresh_id(points))

    @staticmethod
    def _first_output(editor: Editor) -> PortRef:
        id = editor.canvas.selected_ids()[0]
        return next((ref for ref in editor.canvas.canvas.status.specs if ref.node == id), PortRef(id, "output"))

    def _put(self, points: tuple[Breakpoint, ...]) -> None:
        """Let the document that is shown have these breakpoints."""
        if self._editor is not None:
            self._editor.history.do(set_breakpoints(points))
            self._editor.history.seal()

    def _follow(self, editor: Editor) -> None:
        def if_shown(call: Callable[[], None]) -> Callable[..., None]:
            def listen(*_values: object) -> None:
                if editor is self._editor:
                    call()

            return listen

        editor.edited.connect(if_shown(self._show_points))
        editor.changed.connect(lambda: self._on_computed_otherwise(editor))
        editor.selected.connect(if_shown(self.update_actions))
        editor.entered.connect(if_shown(self.update_actions))

    def _on_computed_otherwise(self, editor: Editor) -> None:
        """Say that the run is of an older document than the one that is shown, unless all of it was taken back."""
        if editor.number != self._debugger.document:
            return
        if editor.computes_like(self._debugged):
            self._banner.retract(_OUTDATED, editor.number)
        else:
            self._banner.say("warn", _OUTDATED, self._actions["debug.restart"], about=editor.number)

    def _show_points(self) -> None:
        editor = self._editor
        points = breakpoints(editor.document) if editor is not None else ()
        gone = [p.id for p in points if editor is not None and not is_known(editor.document, p.node)]
        self._panel.show_points(points, gone)
        self._show_progress(tensors=None)
        self._send_points()

    def _send_points(self) -> None:
        editor = self._editor
        if editor is None:
            return
        points = breakpoints(editor.document)
        if self._is_here:
            self._debugger.set_breakpoints(points, self._until_bad)
        if self._engine.training == editor.number and self._sent != (self._engine.run, points):
            self._sent = self._engine.run, points
            self._engine.break_at(points)
            self._debugger.forget_errors()

    # ------------------------------------------------------------------------------------------------------- the run

    def _on_stopped(self, event: DebugStopped) -> None:
        self._banner.retract(_WAITS, max(event.document, 0))
        self._show_progress(self._values())
        editor = self._editors.by_number(event.document)
        if editor is not None and event.reason == "move":
            if node := node_of(event.shown.path[: event.shown.depth]):  # into functions and out of them
                editor.levels.go_to(path_of(node)[0])
            if self._actions["debug.slow"].isChecked():
                editor.canvas.travel(self._panel.transport.speed)
        if event.reason in ("bad", "failed", "breakpoint"):
            self._stop_pacing()
            self._tell(event)
        if event.reason == "complete":
            self._stop_pacing()
            self._banner.say("info", _OVER, seconds=8, about=event.document)
        first, self._first = self._first, None
        if first == "go_on":
            self._go_on()
        elif first == "run_to":
            self._run_to()
        elif self._is_pacing:
            self._pace.start(round(PACE / self._panel.transport.speed))

    def _tell(self, event: DebugStopped) -> None:
        """Show where the run has stopped by itself, and why."""
        node = node_of(event.shown.path) if event.shown.path else ""
        if event.reason == "breakpoint" and event.shown.after is not None:
            node = node or node_of(event.shown.after)
        if node and self._is_here:
            self._reveal(node)
        if event.reason == "bad" and event.findings:
            what = event.findings[0]
            self._banner.say("bad", lambda: describe(what), about=event.document)
        elif event.reason == "failed" and event.findings:
            error = event.findings[-1]
            self._banner.say("bad", lambda: describe(error), about=event.document)
        self.asked.emit()

    def _on_changed(self) -> None:
        if not self._debugger.is_on:
            self._stop_pacing()
            for editor in self._editors:
                self._banner.retract(_OUTDATED, editor.number)
                self._banner.retract(_WAITS, editor.number)
            self._show_all()
        self.update_actions()
        self.changed.emit()

    def _on_failed(self, error: EngineError) -> None:
        self._banner.say("bad", lambda: describe(error))
        if error.node:
            self._reveal(error.node)

    def _on_met(self, event: PointMet) -> None:
        """Show where a training has stopped by itself."""
        editor = self._editors.by_number(event.document)
        if editor is None:
            return
        error, name = event.error, editor.title_of(event.ref.node)

        def words() -> str:
            if error is not None:
                return describe(error)
            text = _("Breakpoint at {node}, in epoch {epoch}, batch {batch}: from {least} to {most}. It stands still.")
            least, most = (number(v) if v is not None else "—" for v in (event.info.minimum, event.info.maximum))
            return text.format(node=name, epoch=number(event.epoch), batch=number(event.step), least=least, most=most)

        self._banner.say("warn", words, self._actions["run.pause"], about=event.document)
        if editor is self._editor:
            self._reveal(event.ref.node)
            if event.ref.name:  # else it is the loss of the whole step, which no wire carries
                self._look(event.ref)

    def _on_closed(self, closed: int) -> None:
        if closed == self._debugger.document:
            self._debugger.end()

    def _stop_pacing(self) -> None:
        self._is_pacing = False
        self._pace.stop()

    # ------------------------------------------------------------------------------------------------------- showing

    def _values(self) -> dict[PortRef, TensorInfo]:
        """Return what wires carry where the run stands."""
        return {
            port: info
            for ref, info in self._debugger.tensors.items()
            if ref.kind == "value" and (port := ref.port) is not None
        }

    def _show_all(self) -> None:
        self._show_points()
        self.update_actions()

    def _show_progress(self, tensors: dict[PortRef, TensorInfo] | None) -> None:
        for editor in self._editors:
            points = breakpoints(editor.document)
            progress = self._progress() if editor.number == self._debugger.document else NOTHING
            progress = replace(
                progress,
                points={point.node: point.look for point in points if not point.port},
                port_points={PortRef(point.node, point.port): point.look for point in points if point.port},
            )
            is_debugged = editor.number == self._debugger.document
            editor.show_run(progress, tensors if is_debugged else None)

    def _progress(self) -> Progress:
        shown, rows = self._debugger.shown, self._debugger.rows
        after = node_of(shown.after) if shown.after is not None else ""
        if shown.step < 0:
            return Progress(after=after, is_on=True)
        phase = shown.path[1].name
        is_forth = phase in _FORTH
        done = {
            node
            for row in rows
            if row.number <= shown.step and (row.path[1].name in _FORTH) == is_forth and (node := node_of(row.path))
        }
        gradients = {
            port: info
            for ref, info in self._debugger.tensors.items()
            if ref.kind == "gradient" and (port := ref.port) is not None
        }
        weighted = frozenset(ref.node for ref in self._debugger.tensors if ref.kind == "weight")
        return Progress(
            node_of(shown.path), after, phase, frozenset(done), gradients, is_on=True, weighted=weighted or None
        )

    def _reveal(self, node: str) -> None:
        if self._editor is not None:
            self._editor.reveal(node)

    def _look(self, ref: TensorRef) -> None:
        if self._editor is not None:
            self._editor.watching.look_at(ref)
