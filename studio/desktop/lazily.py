"""Eager against lazy for the document that is shown: what the actions do, and what canvas and panel show of it."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QObject, QTimer

from studio.canvas.shade import NO_SHADE, Shade
from studio.desktop.editor import Editor
from studio.desktop.editors import Editors
from studio.lazy.panel import Lazy
from studio.run.controller import RunController
from studio.run.lazy.attribution import compiled_by_node, eager_by_node
from studio.run.lazy.controller import LazyController
from studio.run.lazy.data import Scope
from studio.run.lazy.messages import Task
from studio.ui.actions import Actions
from studio.ui.shell.status_line import StatusLine
from studio.ui.shell.workspaces import LAZY, Workspaces


class Lazily(QObject):
    """Compiles, races and profiles the document that is shown, while the panel lies beside it.

    Parameters
    ----------
    editors, engine, controller, panel, actions, workspaces, status_line
        What it works with. The panel is shown in its workspace.
    """

    def __init__(
        self,
        editors: Editors,
        engine: RunController,
        controller: LazyController,
        panel: Lazy,
        actions: Actions,
        workspaces: Workspaces,
        status_line: StatusLine,
    ) -> None:
        super().__init__(editors)
        self._editors, self._engine, self._controller = editors, engine, controller
        self._panel, self._actions, self._workspaces = panel, actions, workspaces
        self._status_line = status_line
        self._is_compiling = False
        self._meant: frozenset[str] = frozenset()
        self._is_shown = False
        self._bind()
        editors.shown.connect(lambda _editor: self._turn())
        editors.made.connect(self._follow)
        workspaces.changed.connect(lambda _name: self._turn())
        engine.state_changed.connect(lambda _state: self._turn())
        controller.changed.connect(self._on_changed)
        panel.nodes_meant.connect(self._mean)
        panel.setVisible(False)

    def _bind(self) -> None:
        bind = self._actions.bind
        bind("lazy.compile", lambda: self._do("compile"))
        bind("lazy.race", lambda: self._do("race"))
        bind("lazy.profile", lambda: self._do("profile"))
        bind("lazy.stop", self._controller.leave)
        bind("lazy.next_pass", lambda: self._panel.strip.step(1))
        bind("lazy.previous_pass", lambda: self._panel.strip.step(-1))
        bind("lazy.heat", lambda _on: self._shade())
        bind("lazy.scope_step", lambda _on: self._set_scope("step"))
        bind("lazy.scope_forward", lambda _on: self._set_scope("forward"))
        self._actions["lazy.heat"].setChecked(True)
        self._actions["lazy.scope_step"].setChecked(True)

    @property
    def _editor(self) -> Editor | None:
        return self._editors.current

    def update_actions(self) -> None:
        """Enable what can be done just now."""
        controller = self._controller
        is_up = self._editor is not None and self._engine.state not in ("starting", "crashed")
        is_here = self._workspaces.compiling
        has = controller.found.program is not None
        able = {
            "lazy.compile": is_up,
            "lazy.race": is_up,
            "lazy.profile": is_up,
            "lazy.stop": controller.state != "idle",
            "lazy.next_pass": is_here and has,
            "lazy.previous_pass": is_here and has,
            "lazy.heat": is_here,
            "lazy.scope_step": is_up,
            "lazy.scope_forward": is_up,
        }
        for id, enabled in able.items():
            self._actions[id].setEnabled(enabled)

    # ------------------------------------------------------------------------------------------------------------ turns

    def _turn(self) -> None:
        """Another document or workspace is shown: what is seen for the first time is compiled."""
        editor, shown = self._editor, self._workspaces.compiling
        if shown != self._is_shown:
            self._is_shown, self._meant = shown, frozenset()
            self._panel.setVisible(shown)
        self._controller.look_at(editor.number if editor is not None else 0)
        is_idle = self._controller.state == "idle" and self._engine.state == "ready"
        is_unknown = self._controller.found.program is None and self._controller.found.error is None
        if shown and editor is not None and is_idle and is_unknown:
            self._controller.compile(editor.document)
        self._shade()
        self.update_actions()

    def _do(self, task: Task) -> None:
        editor = self._editor
        if editor is None:
            return
        self._workspaces.turn_to(LAZY)
        if task == "compile":
            self._controller.compile(editor.document)
            return
        self._controller.measure(editor.document, task)
        self._panel.show_page(self._panel.race if task == "race" else self._panel.profile)

    def _set_scope(self, scope: Scope) -> None:
        if scope != self._controller.scope:
            self._controller.scope = scope
            if self._editor is not None and self._workspaces.compiling:
                self._controller.compile(self._editor.document)

    def _follow(self, editor: Editor) -> None:
        editor.changed.connect(lambda: self._on_edited(editor))
        editor.selected.connect(lambda ids: self._on_selected(editor, ids))
        editor.entered.connect(lambda: QTimer.singleShot(0, self, self._shade))

    def _on_edited(self, editor: Editor) -> None:
        before = self._controller.compiled
        if editor.number == self._controller.document and before is not None:
            self._controller.outdate(not editor.computes_like(before))

    def _on_selected(self, editor: Editor, ids: Collection[str]) -> None:
        if editor is self._editor and self._workspaces.compiling:
            prefix = editor.levels.scope.prefix
            self._panel.mark_nodes([prefix + id for id in ids])

    # ----------------------------------------------------------------------------------------------------------- canvas

    def _on_changed(self) -> None:
        was, self._is_compiling = self._is_compiling, self._controller.state == "compile"
        if was and not self._is_compiling and not self._engine.training:  # it says no more how far that is
            self._status_line.end_run()
            self._status_line.show_state(self._engine.state)
        self._shade()
        self.update_actions()

    def _mean(self, nodes: Collection[str]) -> None:
        if frozenset(nodes) != self._meant:
            self._meant = frozenset(nodes)
            self._shade()

    def _shade(self) -> None:
        """Throw the times of the nodes, and those that are meant, on the canvas."""
        for editor in self._editors:
            here = editor is self._editor and self._workspaces.compiling
            editor.show_shade(Shade(self._seconds(), self._meant) if here else NO_SHADE)

    def _seconds(self) -> dict[str, float]:
        found = self._controller.found
        if found.program is None or found.is_stale or not self._actions["lazy.heat"].isChecked():
            return {}
        if found.profile is not None:
            return compiled_by_node(found.program, found.profile.kernels)
        return eager_by_node(found.program, found.race.ops) if found.race is not None else {}
