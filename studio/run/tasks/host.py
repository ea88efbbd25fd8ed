"""The host: says how well documents do their tasks, in the engine's process. Knows no Qt."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np

from engine.core.errors import EngineError
from studio.document.lower import Program
from studio.document.stopping import Stopped
from studio.run import session
from studio.run.tasks.data import Example, Facts, Seen, Set
from studio.run.tasks.evaluation import Evaluation, evaluate
from studio.run.tasks.facts import FACTS
from studio.run.tasks.messages import LookAtTask, TaskFailed, TaskSeen
from studio.run.tasks.subject import subjects_of

#: Seconds after which an evaluation begins no more examples: while a training waits for it, and else.
BUDGET: Final = 0.15
BUDGET_AT_REST: Final = 2.0


class Studied(Protocol):
    """What the engine knows of a document."""

    program: Program
    step: int | None


@dataclass(frozen=True)
class _Known:
    """What was evaluated last: of which document, as which text, and what was wanted of it."""

    document: int
    text: str
    on: Set
    evaluations: tuple[Evaluation, ...]


class TaskHost:
    """Knows the last evaluation.

    Parameters
    ----------
    send
        What events are handed to.
    program
        Gives the program of a document by its number and its text.
    step
        Gives after how many steps a document stands that is being trained, else None.
    wanted
        Raises `Stopped` if the user wants what is under way no more.
    """

    def __init__(
        self,
        send: Callable[[Any], None],
        program: Callable[[int, str], Program],
        step: Callable[[int], int | None],
        wanted: Callable[[], None] = lambda: None,
    ) -> None:
        self._send, self._program, self._step, self._wanted = send, program, step, wanted
        self._newest = 0
        self._known: _Known | None = None

    def expect(self, command: LookAtTask) -> None:
        """Let what was asked for before this end; called from the listening thread."""
        self._newest = max(self._newest, command.run)

    def forget(self, document: int) -> None:
        """Forget a document that was closed."""
        if self._known is not None and self._known.document == document:
            self._known = None

    def handle(self, command: LookAtTask) -> None:
        """Answer a wish."""
        begin = time.perf_counter()

        def checkpoint() -> None:
            if command.run < self._newest:
                raise Stopped
            self._wanted()

        error: EngineError | None = None
        try:
            checkpoint()
            with np.errstate(all="ignore"):
                seen = self._seen(command, checkpoint)
            self._send(TaskSeen(command.document, command.run, seen, time.perf_counter() - begin))
            return
        except Stopped:
            pass
        except Exception as failure:
            error = session.unforeseen(failure)
        self._send(TaskFailed(command.document, command.run, error, time.perf_counter() - begin))

    def _seen(self, command: LookAtTask, checkpoint: Callable[[], None]) -> Seen:
        wish = command.wish
        evaluations = self._evaluated(command, checkpoint)
        found = next((e for e in evaluations if e.task.loss == wish.loss), evaluations[0])
        facts: Facts | None = None
        error: EngineError | None = None
        try:
            if (make := FACTS.get(wish.view)) is not None:
                facts = make(found, wish, checkpoint)
        except EngineError as failure:  # the view cannot be shown; others can
            error = failure
        except (ValueError, IndexError, TypeError, StopIteration) as failure:  # it does not fit this task
            error = session.unforeseen(failure)
        tasks = tuple(e.task for e in evaluations)
        return Seen(wish, tasks, found.task, found.sample, facts, error, _picked(found, wish.number))

    def _evaluated(self, command: LookAtTask, checkpoint: Callable[[], None]) -> tuple[Evaluation, ...]:
        known, wish = self._known, command.wish
        what = command.document, command.text, wish.on
        if not command.fresh and known is not None and (known.document, known.text, known.on) == what:
            return known.evaluations
        program = self._program(command.document, command.text)
        step = self._step(command.document)
        budget = BUDGET_AT_REST if step is None else BUDGET
        subjects = subjects_of(program)
        found = tuple(evaluate(s, wish.on, step, budget / len(subjects), checkpoint) for s in subjects)
        self._known = _Known(command.document, command.text, wish.on, found)
        return found


def _picked(found: Evaluation, number: int | None) -> Example | None:
    """Return an example by its place in the data, if it was evaluated."""
    if number is None:
        return None
    at = np.flatnonzero(found.places == number)
    return found.example(int(at[0]), whole=True) if len(at) else None
