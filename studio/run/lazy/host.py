"""The host: compiles, races and profiles documents in the engine's process. Knows no Qt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from studio.document.lower import Program
from studio.document.stopping import Stopped
from studio.run import session
from studio.run.lazy.compiling import Compiled as Known
from studio.run.lazy.compiling import compiled
from studio.run.lazy.data import ProfileResult
from studio.run.lazy.measuring import race, run_plan
from studio.run.lazy.messages import Compile, Compiled, LazyFailed, Leave, Measure, Profiled, Raced
from studio.run.lazy.peaks import peaks
from studio.run.lazy.subject import subject_of
from studio.run.messages import Compiling

COMMANDS: Final = (Compile, Measure)


class LazyHost:
    """Has at most one compiled document.

    Parameters
    ----------
    send
        What events are handed to.
    program
        Gives the program of a document by its number and its text.
    """

    def __init__(self, send: Callable[[Any], None], program: Callable[[int, str], Program]) -> None:
        self._send, self._program = send, program
        self._left = 0
        self._known: Known | None = None
        self._document = 0

    def leave(self, command: Leave) -> None:
        """Let what is being done end; called from the listening thread."""
        self._left = max(self._left, command.run)

    def forget(self, document: int) -> None:
        """Forget a document that was closed."""
        if document == self._document:
            self._known, self._document = None, 0

    def handle(self, command: Compile | Measure) -> None:
        """Carry out a command, and answer it."""

        def checkpoint() -> None:
            if self._left >= command.run:
                raise Stopped

        try:
            checkpoint()
            if isinstance(command, Compile):
                self._compile(command, checkpoint)
            else:
                self._measure(command, checkpoint)
        except Stopped:
            self._send(LazyFailed(command.document, command.run))
        except Exception as error:
            self._send(LazyFailed(command.document, command.run, session.unforeseen(error)))

    def _compile(self, command: Compile, checkpoint: Callable[[], None]) -> None:
        self._known, self._document = None, 0

        def report(kernel: str, done: int, total: int) -> None:
            checkpoint()
            self._send(Compiling(command.document, 0, kernel, done, total))

        subject = subject_of(self._program(command.document, command.text), command.scope)
        checkpoint()
        self._known, self._document = compiled(subject, report), command.document
        self._send(Compiled(command.document, command.run, self._known.shown))

    def _measure(self, command: Measure, checkpoint: Callable[[], None]) -> None:
        known = self._known
        if known is None or command.document != self._document:
            raise Stopped  # the window asks again when it has compiled
        if command.task == "race":
            self._send(Raced(command.document, command.run, race(known, checkpoint)))
            return
        machine = peaks()
        checkpoint()
        whole, kernels, _results, runs = run_plan(known, checkpoint)
        self._send(Profiled(command.document, command.run, ProfileResult(kernels, whole, runs, machine)))
