"""How well the document that is shown does its task: the panel follows it, and its examples can be looked into."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.core.errors import EngineError
from studio.desktop.editor import Editor
from studio.desktop.editors import Editors
from studio.desktop.inspecting import reveal_inspector
from studio.inspector.watching import Pin, Watching
from studio.run.debug.controller import DebugController
from studio.run.messages import Watched
from studio.run.summary import summarise
from studio.run.tasks.controller import TaskController
from studio.run.tasks.data import Example
from studio.run.tensor_ref import TensorRef
from studio.ui.actions import Actions
from studio.ui.beside import beside
from studio.ui.i18n import describe, number
from studio.ui.widgets.banner import Banner


class Judging(QObject):
    """Lets the task views follow the editors, and the debugger.

    Signals
    -------
    asked
        The user wants to see them.

    Parameters
    ----------
    editors, controller, debugger, actions
        What it works with.
    banner
        Where is said why an example cannot be looked into.
    """

    asked = Signal()

    def __init__(
        self,
        editors: Editors,
        controller: TaskController,
        debugger: DebugController,
        actions: Actions,
        banner: Banner,
    ) -> None:
        super().__init__(editors)
        self._editors, self._controller, self._debugger = editors, controller, debugger
        self._actions, self._banner = actions, banner
        actions.bind("tasks.show", self.asked.emit)
        editors.shown.connect(self._turn_to)
        debugger.changed.connect(self._on_debugged)

    def _turn_to(self, editor: Editor | None) -> None:
        self._controller.look_at(editor.number if editor is not None else 0)
        for id in ("tasks.show", "tasks.refresh"):
            self._actions[id].setEnabled(editor is not None)

    def _on_debugged(self) -> None:
        """A step under the debugger may have changed the weights."""
        if self._debugger.state == "stopped":
            self._controller.soon()

    def look_into(self, example: Example) -> None:
        """Pin the input of an example, and bring it to the front of the inspector."""
        editor = self._editors.current
        if editor is None:
            return
        ref, watching, values = TensorRef.of(example.source), editor.watching, example.numbers

        def pin() -> Pin:
            return Pin(ref, Watched(0, ref, summarise(values), values), f"#{number(example.number)}")

        beside(self, "example", pin, lambda found: self._pin(watching, found))

    def _pin(self, watching: Watching, pin: Pin) -> None:
        for before in [p for p in watching.pins if (p.ref, p.origin) == (pin.ref, pin.origin)]:
            watching.unpin(before)
        try:
            watching.pin(pin)
        except EngineError as error:
            self._refuse(error)
            return
        watching.look_at_pin(pin)
        reveal_inspector(self._actions)

    def _refuse(self, error: EngineError) -> None:
        self._banner.say("warn", lambda: describe(error))
