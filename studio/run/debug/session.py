"""A document under the debugger: it runs in a thread of its own, and stands still in front of any op."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.core.dtype import Array
from engine.core.errors import EngineError
from engine.core.witness import witnessed
from engine.io.checkpoint_file import Checkpoint
from engine.runtime.threads import narrow_blas, release_blas
from studio.document.breakpoints import Breakpoint
from studio.document.flat import copy_around
from studio.document.stopping import Stopped
from studio.run import session
from studio.run.debug import moves
from studio.run.debug.bad import Bad
from studio.run.debug.breakpoints import Hit, Watchpoints
from studio.run.debug.culprit import culprit
from studio.run.debug.marks import Marks
from studio.run.debug.messages import Reason
from studio.run.debug.moves import START, Goal, Move, Place
from studio.run.debug.recorder import Namer, Recorder, line_of
from studio.run.debug.step import Path, Step, common
from studio.run.debug.trace import DISK, MEMORY, STEPS, Trace
from studio.run.debug.work import Work
from studio.run.tensor_ref import TensorRef

State = Literal["running", "stopped", "ended"]


@dataclass(frozen=True)
class Stop:
    """The run stands still.

    Parameters
    ----------
    place
        Where: how things are behind this step is what is shown.
    after
        The path of the step that comes next, None if none does.
    """

    reason: Reason
    place: Place
    after: Path | None = None
    hits: tuple[Hit, ...] = ()
    bad: Bad | None = None
    error: EngineError | None = None


class DebugSession:
    """Runs a document op by op, in a thread of its own, and remembers all of it.

    What is done within `stopped` and `said` must not call back.

    Parameters
    ----------
    work
        What is run.
    names
        What the tensors are called in it.
    stopped
        Called when the run stands still.
    said
        Called with what a log point has to say.
    breakpoints
        Where it stops by itself.
    until_bad
        Whether it stops at the first op that makes bad values.
    memory, disk, steps
        What may be remembered: bytes, and steps without their arrays.
    """

    def __init__(
        self,
        work: Work,
        names: Namer,
        stopped: Callable[[Stop], None],
        said: Callable[[Hit], None],
        breakpoints: Sequence[Breakpoint] = (),
        until_bad: bool = True,
        memory: int = MEMORY,
        disk: int = DISK,
        steps: int = STEPS,
    ) -> None:
        self._work, self.names = work, names
        self._stopped, self._said = stopped, said
        self.trace = Trace(memory, disk, steps)
        self.points = Watchpoints(breakpoints)
        self.until_bad = until_bad
        self.place = START
        self.state: State = "running"
        self.last_stop = Stop("pause", START)
        self._marks = Marks()
        self._goal: Goal | None = None
        self._target = ""
        self._is_to_pause = True
        self._is_ended = False
        self._pending: Step | None = None
        self._until = -1  # the step that is run for without a stop on the way, -1 for none
        self._furthest = 0  # so many steps were made before some were forgotten to be made again
        self._bads: dict[int, Bad] = {}
        """What was found to be bad, by the numbers of steps: whoever comes by again stops there again."""
        self._shows: dict[int, int] = {}
        """Behind which step that of each shows."""
        self._error: EngineError | None = None
        self._turn = threading.Condition()
        self._thread = self._new_thread(None, None)

    # ------------------------------------------------------------------------------------------- the thread of the run

    def start(self) -> None:
        """Begin: the run stands still in front of its first step."""
        self._thread.start()

    def _new_thread(self, start: Checkpoint | None, before: threading.Thread | None) -> threading.Thread:
        """Return a thread for the run, from a checkpoint on, that begins when the one before it has ended."""
        return threading.Thread(target=self._run, args=(start, before), name="debuggee", daemon=True)

    def _run(self, start: Checkpoint | None, before: threading.Thread | None) -> None:
        if before is not None:
            before.join()
        error: EngineError | None = None
        self.names.begin()
        recorder = Recorder(self.trace, self.names, self._gate, self._checkpoint)
        narrow_blas()  # a second thread would wait for the window, which draws: of a step of MNIST half the time
        try:
            with witnessed(recorder):
                self._work(recorder, self._marks, start)
        except Stopped:
            pass
        except Exception as failure:
            error = session.unforeseen(failure)
        finally:
            release_blas()
        with self._turn:
            if threading.current_thread() is not self._thread:
                return  # another one runs in its place
            self.state, self._furthest, self._error = "ended", 0, error
            if not self._is_ended:
                self._tell(self._end_of(error))

    def _end_of(self, error: EngineError | None) -> Stop:
        """Return how the run has ended, and stand behind its last step."""
        over: Reason = "failed" if error else "complete"
        last = self.trace.last
        if last is None:
            return Stop(over, START, error=error)
        self.place = moves.settled(Place(last.number, self.place.depth), last.path)
        stopping = self._met(last, None)
        if error is None and self.until_bad and (found := self._bad(last)) is not None:
            self.place = Place(found[0], len(self.trace[found[0]].path))
            return Stop("bad", self.place, self._after(found[0]), stopping, found[1])
        if error is None and stopping:
            return Stop("breakpoint", self.place, hits=stopping)
        return Stop(over, self.place, error=error)

    def _gate(self, pending: Step) -> None:
        """Let the next step be made, or stand still in front of it until somebody lets it."""
        with self._turn:
            self._checkpoint()
            stop = self._reason(self.trace.last, pending)
            if stop is None:
                return
            self._pending, self.place, self.state = pending, stop.place, "stopped"
            self._goal, self._target, self._is_to_pause = None, "", False
            self._tell(stop)
            self._turn.wait_for(lambda: self.state == "running" or self._is_ended)
            self._checkpoint()
            self._pending = None

    def _checkpoint(self) -> None:
        if self._is_ended or threading.current_thread() is not self._thread:
            raise Stopped

    def _reason(self, last: Step | None, pending: Step) -> Stop | None:
        """Return why to stand still in front of a step, None if there is no reason to."""
        after = pending.path
        if last is None:
            return Stop("pause", START, after) if self._is_to_pause and not len(self.trace) else None
        if self._until >= 0:
            is_there = last.number >= self._until
            if not is_there and not self._is_to_pause:
                return None
            self._until = -1
            place = moves.settled(Place(last.number, self.place.depth), last.path)
            return Stop("move" if is_there else "pause", place, after)
        stopping = self._met(last, pending)
        if self.until_bad and (found := self._bad(last)) is not None:
            number, bad = found
            following = self.trace[number + 1].path if number < last.number else after
            return Stop("bad", Place(number, len(self.trace[number].path)), following, stopping, bad)
        depth = self._goal.depth if self._goal is not None else self.place.depth
        depth = max(min(depth, len(last.path)), min(common(last.path, after) + 1, len(last.path)))
        place = moves.settled(Place(last.number, depth), last.path)
        if stopping:
            return Stop("breakpoint", place, after, stopping)
        is_there = bool(self._target) and _enters(last, pending, self._target)
        if is_there or (self._goal is not None and not self._goal.holds(after)):
            return Stop("move", place, after)
        return Stop("pause", place, after) if self._is_to_pause else None

    def _met(self, last: Step, pending: Step | None) -> tuple[Hit, ...]:
        """Return the breakpoints between two steps at which the run stops; those that only say something do so.

        What was met there before counts once, and is said once.
        """
        if not self.points:
            return ()
        batch = self.trace.batch_of(last.number)
        hits = list(self.points.behind(last, batch.in_epoch, lambda ref: self.trace.array(last.number, ref)))
        if pending is not None:
            hits += self.points.in_front(last, pending, self.trace.batch_of(pending.number).in_epoch)
        if pending is None or last.phase == "backward" != pending.phase:
            hits += self.points.in_vain([ref for s in batch.steps for ref in s.gives], last.epoch + 1, batch.in_epoch)
        for hit in hits:
            if not hit.stops:
                self._said(hit)
        return tuple(hit for hit in hits if hit.stops)

    def _bad(self, last: Step) -> tuple[int, Bad] | None:
        """Return the step that has made bad values, and which they are, if that shows since this step."""
        found = culprit(self.trace, last)
        if found is None or self._shows.setdefault(found[0], last.number) != last.number:
            return None  # what shows again where it gets another name was told of before
        self._bads[found[0]] = found[1]
        return found

    def _tell(self, stop: Stop) -> None:
        self.last_stop = stop
        self._stopped(stop)

    # ----------------------------------------------------------------------------------------------------------- moves

    def move(self, move: Move) -> None:
        """Step over, into, out or back. Nothing happens while the run goes on."""
        with self._turn:
            if self.state == "running":
                return
            if move == "back":
                self._arrive(moves.back(self.trace, self.place))
                return
            after = self._after()
            if after is None:
                return
            here = self.trace[self.place.step].path if self.place.step >= 0 else None
            if move == "out" and here is not None:
                self._pursue(moves.out(here, self.place.depth), self.place.step)
            else:
                lead = moves.into if move == "into" else moves.over
                self._pursue(lead(here, self.place.depth, after), self.place.step + 1)

    def go_to(self, step: int) -> None:
        """Show how things were behind a step that was made, -1 for the start."""
        with self._turn:
            if self.state == "running" or step >= self.total:
                return
            if step < len(self.trace):
                self._arrive(Place(step, self.place.depth) if step >= 0 else START)
            else:
                self._until = step
                self._resume(None)

    def run_to(self, node: str) -> None:
        """Go on until a node comes next."""
        with self._turn:
            if self.state == "running":
                return
            end = self._before(node)
            if self._stops_within(self.place.step + 1, len(self.trace) if end is None else end):
                return
            if end is not None:
                self._arrive(Place(end, self.place.depth))
            elif self.state == "ended":
                self._arrive_at_the_end()
            else:
                self._target = node
                self._resume(None)

    def _before(self, node: str) -> int | None:
        """Return the next step that was seen behind which a node comes; None if none was."""
        for number in range(self.place.step + 1, len(self.trace)):
            following = self.trace[number + 1] if number + 1 < len(self.trace) else self._pending
            if following is not None and _enters(self.trace[number], following, node):
                return number
        return None

    def go_on(self) -> None:
        """Go on until there is a reason to stop: first through what was seen before, then on from there."""
        with self._turn:
            if self.state == "running":
                return
            if self._stops_within(self.place.step + 1, len(self.trace)):
                return
            if self.state == "ended":
                self._arrive_at_the_end()
            else:
                self._resume(None)

    def _arrive_at_the_end(self) -> None:
        self._arrive(Place(len(self.trace) - 1, self.place.depth), "failed" if self._error else "complete")

    def _stops_within(self, begin: int, end: int) -> bool:
        """Arrive where there is a reason to stop among steps that were seen, if there is one; before `end`."""
        for number in range(begin, end):
            following = self.trace[number + 1] if number + 1 < len(self.trace) else self._pending
            stopping = self._met(self.trace[number], following)
            if stopping or self._is_bad(number):
                self._arrive(Place(number, self.place.depth), "breakpoint", stopping)
                return True
        return False

    def pause(self) -> None:
        """Stand still in front of the next op."""
        with self._turn:
            self._is_to_pause = True

    def replace_breakpoints(self, points: Sequence[Breakpoint], until_bad: bool) -> None:
        """Let these breakpoints be in force."""
        with self._turn:
            self.points.replace(points)
            self.until_bad = until_bad

    def line(self) -> str:
        """Return the line of the user's program that is being carried out, as "file:line"; "" where there is none."""
        return line_of(sys._current_frames().get(self._thread.ident or 0))

    def end(self, patience: float = 2.0) -> None:
        """End the run where it is; the weights stay as they are.

        Parameters
        ----------
        patience
            Seconds that it has to come to its next op. Beyond, it is ended in between: a program may loop without any.
        """
        with self._turn:
            self._is_ended = True
            self._turn.notify_all()
        self._thread.join(patience)
        if self._thread.is_alive():
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(self._thread.ident or 0), ctypes.py_object(Stopped)
            )
            self._thread.join(patience)
        self.trace.close()

    def array(self, ref: TensorRef) -> Array | None:
        """Return a tensor as it was at the place that is shown."""
        return self.trace.array(self.place.step, ref) if self.place.step >= 0 else None

    def refs(self) -> list[TensorRef]:
        """Return the names of all tensors that are known at the place that is shown."""
        return list(self.trace.state(self.place.step)) if self.place.step >= 0 else []

    # ----------------------------------------------------------------------------------------------------------- inner

    def _after(self, step: int | None = None) -> Path | None:
        """Return the path of what comes behind a step, by default that of the place; None if nothing does."""
        number = (self.place.step if step is None else step) + 1
        if number < len(self.trace):
            return self.trace[number].path
        return self._pending.path if self._pending is not None else None

    def _pursue(self, goal: Goal, begin: int) -> None:
        """Go to the end of a run of steps that `begin` is in: within what was seen, or by going on."""
        end = moves.end_of(self.trace, goal, begin) if begin < len(self.trace) else None
        if end is None and begin < len(self.trace) and (self._pending is None or not goal.holds(self._pending.path)):
            end = len(self.trace) - 1
        if self._stops_within(self.place.step + 1, len(self.trace) if end is None else end):
            return
        if end is not None:
            self._arrive(Place(end, goal.depth))
        elif self.state == "stopped":
            self._resume(goal)

    def _resume(self, goal: Goal | None) -> None:
        self._goal, self.state = goal, "running"
        self._turn.notify_all()

    @property
    def total(self) -> int:
        """How many steps were made, those counted that were forgotten and are to be made again."""
        return max(len(self.trace), self._furthest)

    def _run_again(self, step: int) -> None:
        """Run again from the mark before a step whose values were forgotten, up to it: with the same seed.

        Where there is no mark, as of a program, it is run from its beginning; -1 leads to that.
        """
        number, start = self._marks.before(self.trace.batch_of(max(step, 0)).number) or (0, None)
        self._furthest = self.total
        self.trace.cut(number)
        self._until, self._pending, self._goal, self._target = step, None, None, ""
        self._is_to_pause = step < 0
        self.state = "running"
        self._thread = self._new_thread(start, self._thread)
        self._turn.notify_all()
        self._thread.start()

    def _arrive(self, place: Place, reason: Reason = "move", hits: tuple[Hit, ...] = ()) -> None:
        nearest = max(place.step, 0)  # what is behind the start is where one goes on from there
        if nearest < len(self.trace) and self.trace.batch_of(nearest).is_gone:
            self.place = place
            self._run_again(place.step)
            return
        self.place = moves.settled(place, self.trace[place.step].path) if place.step >= 0 else START
        if reason in ("move", "breakpoint") and self._is_bad(place.step):
            self.place = Place(place.step, len(self.trace[place.step].path))
            self._tell(Stop("bad", self.place, self._after(), hits, self._bads[place.step]))
            return
        error = self._error if reason == "failed" else None
        self._tell(Stop(reason, self.place, self._after(), hits, error=error))

    def _is_bad(self, step: int) -> bool:
        """Return whether a step was found to give bad values, and that is of interest."""
        return self.until_bad and step in self._bads


def _enters(last: Step, following: Step, node: str) -> bool:
    """Return whether a node, or a copy of it, begins between two steps."""
    place = copy_around(following.node, node)
    return bool(place) and copy_around(last.node, node) != place
