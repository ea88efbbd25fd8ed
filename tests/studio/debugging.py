"""A document under the debugger, for tests: moves that wait until the run stands still."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from studio.document.breakpoints import Breakpoint
from studio.document.catalogue import CATALOGUE
from studio.document.document import Document
from studio.document.lower import Program
from studio.run.debug.breakpoints import Hit
from studio.run.debug.names import Names
from studio.run.debug.session import DebugSession, Stop
from studio.run.debug.work import looked_at, trained, training_of

PATIENCE = 60.0  # seconds: a guard against hanging, not a measure of speed


class Debuggee:
    """A session, and the stops it has told of."""

    def __init__(self, document: Document, **options: Any) -> None:
        self.program = Program(CATALOGUE)
        self.program.update(document)
        self.training = training_of(self.program)
        work = trained(self.program, self.training) if self.training else looked_at(self.program)
        self.stops: list[Stop] = []
        self.said: list[Hit] = []
        self._news = threading.Semaphore(0)
        names = Names(self.program, self.training)
        self.session = DebugSession(work, names, self._on_stop, self.said.append, **options)

    def _on_stop(self, stop: Stop) -> None:
        self.stops.append(stop)
        self._news.release()

    def wait(self) -> Stop:
        """Wait until the run stands still."""
        assert self._news.acquire(timeout=PATIENCE)
        return self.stops[-1]

    def do(self, move: Callable[[], None]) -> Stop:
        """Make a move, and wait for its end."""
        move()
        return self.wait()

    def over(self) -> Stop:
        """Step over."""
        return self.do(lambda: self.session.move("over"))

    def into(self) -> Stop:
        """Step into what comes next."""
        return self.do(lambda: self.session.move("into"))

    def out(self) -> Stop:
        """Step out."""
        return self.do(lambda: self.session.move("out"))

    def back(self) -> Stop:
        """Step back."""
        return self.do(lambda: self.session.move("back"))

    @property
    def here(self) -> list[str]:
        """Where it stands: the names of the places that the user looks at, from the phase on."""
        place = self.session.place
        return [frame.name for frame in self.session.trace[place.step].path[1 : place.depth]] if place.step >= 0 else []


@contextmanager
def debugged(document: Document, points: Sequence[Breakpoint] = (), **options: Any) -> Iterator[Debuggee]:
    """Put a document under the debugger, which stands still at first."""
    debuggee = Debuggee(document, breakpoints=points, **options)
    debuggee.session.start()
    try:
        first = debuggee.wait()
        assert first.place.step == -1
        yield debuggee
    finally:
        debuggee.session.end()
