"""The window's side of the debugger: tells the engine's process where to go, and keeps what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal

from engine.core.errors import EngineError
from studio.document.breakpoints import Breakpoint
from studio.document.document import Document
from studio.run.controller import RunController
from studio.run.debug.card import Row
from studio.run.debug.messages import (
    PROGRAM,
    Action,
    Debug,
    DebugEnded,
    DebugGoesOn,
    DebugSaid,
    DebugStopped,
    PointMet,
    SetBreakpoints,
    Shown,
    Walk,
)
from studio.run.messages import TensorInfo
from studio.run.tensor_ref import TensorRef

State = Literal["off", "running", "stopped"]


class DebugController(QObject):
    """Debugs one document at a time.

    Signals
    -------
    changed
        It begins, goes on, stands still or ends.
    stopped
        The run stands still: carries the `DebugStopped`.
    said
        A log point said something: carries the `DebugSaid`.
    silenced
        What was said is of no concern any more: another run begins.
    refused
        Breakpoints went wrong when they were asked, or that is forgotten: `errors` says which, and why.
    met
        A training at full speed has met a breakpoint: carries the `PointMet`.
    failed
        The debugging could not begin: carries the `EngineError`.

    Attributes
    ----------
    document
        Number of the document that is debugged, 0 for none.
    shown, tensors, rows
        Where the run stands, what is known there, and the steps of the training step.
    last
        What was told of the last stop.
    line
        Where a program is that was asked to pause but comes to no op, as "file:line"; else "".
    """

    changed = Signal()
    stopped = Signal(object)
    said = Signal(object)
    silenced = Signal()
    refused = Signal()
    met = Signal(object)
    failed = Signal(object)

    def __init__(self, engine: RunController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state: State = "off"
        self.document = 0
        self.shown = Shown(-1, 0, 0)
        self.tensors: dict[TensorRef, TensorInfo] = {}
        self.rows: list[Row] = []
        self.last: DebugStopped | None = None
        self.line = ""
        self.errors: dict[int, EngineError] = {}
        self._engine = engine
        self._run = 0
        engine.hear((DebugStopped, DebugGoesOn, DebugSaid, DebugEnded), self._take)
        engine.hear((PointMet,), self._meet)
        engine.started.connect(lambda _event: self._start_anew())
        engine.crashed.connect(lambda _event: self._close())

    @property
    def is_on(self) -> bool:
        """Whether a document is debugged."""
        return self.state != "off"

    # ------------------------------------------------------------------------------------------------------- commands

    def begin(self, number: int, document: Document, points: Sequence[Breakpoint], until_bad: bool) -> None:
        """Put a document under the debugger; one that is there makes way."""
        self._start_over()
        try:
            text = self._engine.text_of(number, document)
        except EngineError as error:
            self.failed.emit(error)
            return
        if self._engine.post(Debug(number, self._run, text, tuple(points), until_bad)):
            self.document = number
            self._engine.let_debug(number)
            self._set("running")

    def begin_program(self, path: str) -> None:
        """Put a Python program under the debugger; what is there makes way."""
        self._start_over()
        if self._engine.post(Debug(PROGRAM, self._run, "", program=path)):
            self.document = PROGRAM
            self._set("running")

    def _start_over(self) -> None:
        self._run += 1
        self._forget()
        self.silenced.emit()

    def walk(self, action: Action, step: int = -1, node: str = "") -> None:
        """Go somewhere, if a document is debugged."""
        if self.is_on:
            self._engine.post(Walk(self._run, action, step, node))

    def set_breakpoints(self, points: Sequence[Breakpoint], until_bad: bool) -> None:
        """Let these breakpoints be in force in the run."""
        if self.is_on:
            self._engine.post(SetBreakpoints(self._run, tuple(points), until_bad))

    def forget_errors(self) -> None:
        """Forget what was wrong with breakpoints: they are others now."""
        self.errors = {}
        self.refused.emit()

    def end(self) -> None:
        """End the debugging, if there is any."""
        if self.is_on:
            self.walk("end")
            self._close()

    # --------------------------------------------------------------------------------------------------------- events

    def _start_anew(self) -> None:
        """A training begins: nothing is known of its breakpoints yet."""
        self.forget_errors()
        self.silenced.emit()

    def _take(self, event: Any) -> None:
        if event.run != self._run or not self.is_on:
            return
        if isinstance(event, DebugStopped):
            self._stop(event)
        elif isinstance(event, DebugGoesOn):
            if self.state != "running" or event.line:
                self.line = event.line
                self._set("running")
        elif isinstance(event, DebugSaid):
            self.said.emit(event)
        else:
            self._close()
            if event.error is not None:
                self.failed.emit(event.error)

    def _meet(self, event: PointMet) -> None:
        if event.error is not None:
            self.errors[event.point] = event.error
            self.refused.emit()
        elif event.said:
            said = DebugSaid(event.document, event.run, event.point, event.epoch - 1, event.step, event.said)
            self.said.emit(said)
        if not event.said:
            self.met.emit(event)

    def _stop(self, event: DebugStopped) -> None:
        if event.shown.step < 0 or event.shown.batch != self.shown.batch or self.shown.step < 0:
            self.rows = []
        self.rows += [row for row in event.rows if not self.rows or row.number > self.rows[-1].number]
        for ref in event.gone:
            self.tensors.pop(ref, None)
        self.tensors |= event.tensors
        self.shown, self.last = event.shown, event
        self.line, self.state = "", "stopped"
        self.stopped.emit(event)
        self.changed.emit()

    def _close(self) -> None:
        if self.is_on:
            self._forget()
            self._set("off")

    def _forget(self) -> None:
        self.document = 0
        self._engine.let_debug(0)
        self.shown, self.last, self.line = Shown(-1, 0, 0), None, ""
        self.tensors, self.rows, self.errors = {}, [], {}

    def _set(self, state: State) -> None:
        self.state = state
        self.changed.emit()
