"""The window's side of compiled documents: asks the engine's process for them, and keeps what it has told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from engine.core.errors import EngineError
from studio.document.document import Contents, Document
from studio.run.controller import RunController
from studio.run.lazy.data import Explained, ProfileResult, RaceResult, Scope
from studio.run.lazy.messages import Compile, Compiled, LazyFailed, Leave, Measure, Profiled, Raced, Task
from studio.run.messages import Compiling

State = Literal["idle", "compile", "race", "profile"]


@dataclass
class Findings:
    """What is known of a document.

    Parameters
    ----------
    is_stale
        Whether the document has changed since.
    error
        Why it could not be compiled or measured.
    """

    program: Explained | None = None
    race: RaceResult | None = None
    profile: ProfileResult | None = None
    error: EngineError | None = None
    is_stale: bool = False
    waiting: list[Task] = field(default_factory=list)


class LazyController(QObject):
    """Compiles and measures one document at a time.

    Signals
    -------
    changed
        Something else is known, or is being done.
    progressed
        A kernel is being compiled: carries how many are ready and how many there are.

    Attributes
    ----------
    document
        The number of the document that is looked at, 0 for none.
    found
        What is known of it.
    compiled
        The document as it was when it was compiled, None if it was not.
    """

    changed = Signal()
    progressed = Signal(int, int)

    def __init__(self, engine: RunController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state: State = "idle"
        self.document = 0
        self.found = Findings()
        self.compiled: Contents | None = None
        self.scope: Scope = "step"
        self._engine = engine
        self._run = 0
        engine.hear((Compiled, Raced, Profiled, LazyFailed), self._take)
        engine.compiling.connect(self._on_compiling)
        engine.crashed.connect(lambda _event: self._rest())

    def look_at(self, number: int) -> None:
        """Look at another document, or none (0): what was known of the one before is forgotten."""
        if number != self.document:
            self.leave()
            self.document, self.found, self.compiled = number, Findings(), None
            self.changed.emit()

    def outdate(self, is_stale: bool) -> None:
        """Say whether the document computes something else than what was compiled."""
        if self.found.is_stale != is_stale:
            self.found.is_stale = is_stale
            self.changed.emit()

    def compile(self, document: Document, then: Task | None = None) -> None:
        """Compile the document that is looked at, and then measure it."""
        self.leave()
        self.found = Findings(waiting=[then] if then is not None else [])
        self.compiled = document.contents()
        try:
            text = self._engine.text_of(self.document, document)
        except EngineError as error:
            self.found.error = error
            self.changed.emit()
            return
        self._run += 1
        if self._engine.post(Compile(self.document, self._run, text, self.scope)):
            self.state = "compile"
        self.changed.emit()

    def measure(self, document: Document, task: Task) -> None:
        """Race or profile; what is not compiled, or not as it is now, is compiled before."""
        if self.found.program is None or self.found.is_stale:
            self.compile(document, task)
        else:
            self._measure(task)

    def _measure(self, task: Task) -> None:
        self.leave()
        self._run += 1
        if task != "compile" and self._engine.post(Measure(self.document, self._run, task)):
            self.state, self.found.error = task, None
        self.changed.emit()

    def leave(self) -> None:
        """End what is being done."""
        if self.state != "idle":
            self._engine.post(Leave(self._run))
            self._rest()

    def _rest(self) -> None:
        self.state = "idle"
        self.changed.emit()

    def _on_compiling(self, event: Compiling) -> None:
        if self.state == "compile" and event.document == self.document and event.run == 0:
            self.progressed.emit(event.done, event.total)

    def _take(self, event: Any) -> None:
        if event.run != self._run or self.state == "idle":
            return
        self.state = "idle"
        if isinstance(event, Compiled):
            self.found.program = event.program
        elif isinstance(event, Raced):
            self.found.race = event.result
        elif isinstance(event, Profiled):
            self.found.profile = event.result
        else:
            self.found.error = event.error
        waiting, self.found.waiting = self.found.waiting, []
        if waiting and isinstance(event, Compiled):
            self._measure(waiting[0])
        else:
            self.changed.emit()
