"""The host: carries out what the window wants of the debugger, in the engine's process. One document at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from engine.core.dtype import Array
from studio.document.lower import Program
from studio.run import session as sessions
from studio.run.debug import script
from studio.run.debug.breakpoints import Hit
from studio.run.debug.messages import (
    Debug,
    DebugEnded,
    DebugGoesOn,
    DebugSaid,
    SetBreakpoints,
    Walk,
)
from studio.run.debug.names import Names
from studio.run.debug.recorder import Namer
from studio.run.debug.session import DebugSession, Stop
from studio.run.debug.teller import Teller
from studio.run.debug.work import Work, looked_at, trained, training_of
from studio.run.tensor_ref import TensorRef

COMMANDS: Final = (Debug, Walk, SetBreakpoints)
#: Seconds that a program has to come to its next op before somebody says where it is instead.
_PATIENCE: Final = 1.0


class DebugHost:
    """Has at most one run under the debugger.

    Parameters
    ----------
    send
        What events are handed to, from any thread.
    program
        Gives the program of a document by its number and its text.
    stopped
        Called with the number of the document when it stands still somewhere.
    """

    def __init__(
        self,
        send: Callable[[Any], None],
        program: Callable[[int, str], Program],
        stopped: Callable[[int], None],
    ) -> None:
        self._send, self._program, self._stopped = send, program, stopped
        self._session: DebugSession | None = None
        self._command: Debug | None = None
        self._teller = Teller(0, 0)

    @property
    def document(self) -> int:
        """The document that is debugged, 0 for none."""
        return self._command.document if self._command is not None else 0

    def handle(self, command: Debug | Walk | SetBreakpoints) -> None:
        """Carry out a command; one for a run that is over is dropped."""
        if isinstance(command, Debug):
            self._begin(command)
        elif self._session is None or self._command is None or command.run != self._command.run:
            return
        elif isinstance(command, SetBreakpoints):
            self._session.replace_breakpoints(command.breakpoints, command.until_bad)
        elif command.action == "end":
            self.end()
        else:
            self._walk(command, self._session)

    def array(self, ref: TensorRef) -> Array | None:
        """Return a tensor as it was where the run stands."""
        return self._session.array(ref) if self._session is not None else None

    def refs(self) -> list[TensorRef]:
        """Return the names of all tensors that are known where the run stands, but for what wires carry."""
        known = self._session.refs() if self._session is not None else []
        return [ref for ref in known if ref.kind != "value"]

    def end(self) -> None:
        """End the debugging, if there is any; the weights stay as they are."""
        session, command = self._session, self._command
        self._session = self._command = None
        if session is not None and command is not None:
            session.end()
            self._send(DebugEnded(command.document, command.run))

    def _begin(self, command: Debug) -> None:
        self.end()

        def say(text: str) -> None:
            self._send(DebugSaid(command.document, command.run, 0, 0, 0, text))

        work: Work
        names: Namer
        try:
            if command.program:
                work, names = script.program(Path(command.program), say), script.ScriptNames()
            else:
                program = self._program(command.document, command.text)
                training = training_of(program)
                work = trained(program, training) if training is not None else looked_at(program)
                names = Names(program, training)
        except Exception as error:
            self._send(DebugEnded(command.document, command.run, sessions.unforeseen(error)))
            return
        teller = self._teller = Teller(command.document, command.run)

        def stopped(stop: Stop) -> None:
            self._send(teller.tell(session, stop))
            self._stopped(command.document)

        def said(hit: Hit) -> None:
            self._send(DebugSaid(command.document, command.run, hit.point.id, hit.epoch - 1, hit.step, hit.said))

        session = DebugSession(work, names, stopped, said, command.breakpoints, command.until_bad)
        self._session, self._command = session, command
        session.start()

    def _tell_line(self, session: DebugSession, run: int) -> None:
        """Tell where a program is that was asked to pause and comes to no op."""
        command = self._command
        if command is not None and command.run == run and session.state == "running" and (line := session.line()):
            self._send(DebugGoesOn(command.document, run, line))

    def _walk(self, command: Walk, session: DebugSession) -> None:
        if command.action == "go_to":
            session.go_to(command.step)
        elif command.action == "run_to":
            session.run_to(command.node)
        elif command.action == "go_on":
            session.go_on()
        elif command.action == "pause":
            session.pause()
            waiting = threading.Timer(_PATIENCE, self._tell_line, (session, command.run))
            waiting.daemon = True
            waiting.start()
        elif command.action == "work_out" and session.state != "running":
            self._send(self._teller.tell(session, replace(session.last_stop, reason="move"), is_thorough=True))
        elif command.action in ("over", "into", "out", "back"):
            session.move(command.action)
        if session.state == "running" and self._command is not None:
            self._send(DebugGoesOn(self._command.document, self._command.run))
