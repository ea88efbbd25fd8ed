"""Writes a run into its folder while it goes on, in a thread of its own, so that training waits for no disk."""

from __future__ import annotations

import json
import os
import queue
import shutil
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import EngineError, UnavailableError
from engine.io import checkpoint_file
from engine.io.checkpoint_file import Checkpoint
from studio.document.file import reason_of, write_text
from studio.run.runs import folder as files
from studio.run.runs.folder import RunFolder, Saved, checkpoint_name
from studio.run.runs.growing_lines import lines
from studio.run.runs.record import Record, RunStatus
from studio.run.runs.waiting import Waiting

if TYPE_CHECKING:
    from engine.io.tensorboard import EventFile

#: Scalars of a series that a beat writes into the event file, of steps and of epochs: one takes 0.1 ms, and TensorBoard
#: draws a thousand.
SCALARS_A_BEAT: Final[Mapping[str, int]] = {"step": 5, "epoch": 50}
#: Those that are written when no step waits for it, in the end and where it goes back: all of a short run.
SCALARS_IN_THE_END: Final[Mapping[str, int]] = {"step": 500, "epoch": 500}
#: Checkpoints made by themselves that are left: the last ones.
AUTO_LEFT: Final = 2

#: A node of the graph, as `engine.io.tensorboard.GraphNode` takes it.
Drawn = tuple[str, str, tuple[str, ...], tuple[int | None, ...] | None]


class Keeper:
    """Writes a run. What fails is told once, and ends the keeping, not the run.

    Parameters
    ----------
    path
        The folder, made if it is not there.
    record
        What is known of the run.
    trouble
        Called, in the thread, with what went wrong.
    start
        The checkpoint that a run goes on from: what was written of later steps is taken back. None for a new one.

    Attributes
    ----------
    is_idle
        Whether everything is written.
    """

    def __init__(
        self, path: Path, record: Record, trouble: Callable[[EngineError], None], start: Checkpoint | None = None
    ) -> None:
        self.folder = RunFolder(path)
        self.record = record.but(process=(os.getpid(), socket.gethostname()))
        self._trouble = trouble
        self._start = start
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._events: EventFile | None = None
        self._rows: Any = None
        self._beaten = 0.0
        self._waiting = {kind: Waiting() for kind in SCALARS_A_BEAT}
        """Of steps and of epochs, the values that are not in the event file."""
        self._document = ""
        self._broken = self._has_gap = False
        self._write_seconds = 0.0
        self._thread = threading.Thread(target=self._work, name="keeper", daemon=True)

    # --------------------------------------------------------------------------------------------------------- to do

    def begin(self, document: str) -> None:
        """Make the folder and begin to write; `document` is the text of what is trained."""
        self._document = document
        self._do(lambda: self._begin(document))
        self._thread.start()

    def steps(self, first: int, series: Mapping[str, Array], others: Mapping[str, float]) -> None:
        """Write the values of steps, counted from `first`, and what else there is to say of the last of them."""
        self._do(lambda: self._steps(first, series, others))

    def epoch(self, epoch: int, step: int, logs: Mapping[str, float], seconds: float) -> None:
        """Write the logs of an epoch that ended before `step`."""
        self._do(lambda: self._epoch(epoch, step, dict(logs), seconds))

    def note(self, what: str, step: int, **facts: Any) -> None:
        """Write down that something was done behind a step."""
        line = {"what": what, "step": step, **facts}
        self._do(lambda: self._append(files.NOTES, line))

    def warning(self, rule: str, error: EngineError, step: int) -> None:
        """Write down what keeps it from going well."""
        facts = {k: v if isinstance(v, str | int | float | None) else str(v) for k, v in error.facts.items()}
        line = {"rule": rule, "step": step, "message": error.template, "hint": error.hint, "facts": facts}
        self._do(lambda: self._append(files.WARNINGS, line))

    def layers(self, data: bytes, is_whole: bool) -> None:
        """Write what was seen of the layers: behind what is there, or in its place."""
        self._do(lambda: self._layers(data, is_whole))

    def tensors(self, step: int, arrays: Mapping[str, Array]) -> None:
        """Write how the values of tensors are spread: of copies, which nobody changes any more."""
        self._do(lambda: self._histograms(step, arrays))

    def image(self, step: int, tag: str, image: Array) -> None:
        """Write an image of rows, columns and channels, from 0 to 255."""
        self._do(lambda: self._event_file().image(step, tag, image))

    def graph(self, nodes: Sequence[Drawn]) -> None:
        """Write the graph."""
        self._do(lambda: self._graph(nodes))

    def go_back(self, start: Checkpoint, step: int) -> None:
        """Take back what was written behind a checkpoint, from which the training goes on after so many steps."""
        self._do(lambda: self._go_back(start, step))

    def checkpoint(
        self,
        step: int,
        taken: Checkpoint,
        kind: str = "auto",
        then: Callable[[Saved], None] | None = None,
        insists: bool = False,
    ) -> None:
        """Write a checkpoint, then call `then` in the thread; if the keeping has ended, and one insists, begin anew."""
        if self._broken and insists:
            self._broken = False
            self._do(self._begin_anew)
        self._do(lambda: self._checkpoint(step, taken, kind, then))

    def end(self, status: RunStatus, seconds: float, why: str = "", patience: float = 20.0) -> None:
        """Write how it ended, and wait until all is written, so many seconds at most."""
        self._do(lambda: self._end(status, seconds, why))
        self._jobs.put(None)
        self._thread.join(patience)

    @property
    def is_idle(self) -> bool:
        """Whether all is written."""
        return self._jobs.unfinished_tasks == 0

    @property
    def write_seconds(self) -> float:
        """How long the last checkpoint took to be written."""
        return self._write_seconds

    def _do(self, job: Callable[[], None]) -> None:
        if not self._broken:
            self._jobs.put(job)

    # -------------------------------------------------------------------------------------------------- in the thread

    def _work(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=files.BEAT_INTERVAL)
            except queue.Empty:
                self._beat()
                continue
            if job is None:
                break
            self._try(job)
            self._jobs.task_done()
            if time.monotonic() - self._beaten > files.BEAT_INTERVAL:
                self._beat()
        self._close()
        with suppress(OSError):  # a run whose end could not be written is cut off from here on
            (self.folder.path / files.BEAT).unlink(missing_ok=True)

    def _try(self, job: Callable[[], None]) -> None:
        try:
            if not self._broken:
                job()
        except Exception as error:  # whatever it is: a run that is not kept is better than one that is lost
            self._broken = True
            self._close()
            self._trouble(_in_words(error, self.folder.path))

    def _begin(self, document: str) -> None:
        try:
            self._make_folder(document)
        except (OSError, EngineError):
            if self._start is None and not self.folder.checkpoints():  # half a run is of no use, and nothing is lost
                shutil.rmtree(self.folder.path, ignore_errors=True)
            raise

    def _make_folder(self, document: str) -> None:
        path, start = self.folder.path, self._start
        path.mkdir(parents=True, exist_ok=True)
        self._touch()
        self.record.write(path)  # first: without it others would take the folder for a damaged run
        (path / files.CHECKPOINTS).mkdir(exist_ok=True)
        self._rows = (path / files.STEPS).open("ab", buffering=0)
        if start is not None:
            self._take_back(start)
        else:
            write_text(document, self.folder.document)
            self._event_file().begin_session(_plain_settings(self.record.settings))

    def _begin_anew(self) -> None:
        """Write on, although something could not be written before."""
        path = self.folder.path
        if self.folder.document.exists():
            self._touch()
            self._rows = (path / files.STEPS).open("ab", buffering=0)
            self.record.write(path)
        else:
            self._begin(self._document)
        self._has_gap = True

    def _cut_rows(self, step: int) -> None:
        """Let there be as many rows as steps: of those that were never written, or taken back before, NaN is known."""
        width = len(self.record.series)
        have = self._rows.seek(0, os.SEEK_END) // (4 * width)
        self._rows.truncate(min(have, step) * 4 * width)
        if have < step:
            self._rows.write(np.full((step - have, width), np.nan, np.float32).tobytes())

    def _take_back(self, start: Checkpoint) -> None:
        """Take back what was written of steps and epochs behind a checkpoint."""
        path, step = self.folder.path, self._step_of(start)
        self._cut_rows(step)
        for name, kept in (
            (files.EPOCHS, [line for line in self.folder.epochs() if line["epoch"] < start.epoch]),
            (files.NOTES, [line for line in self.folder.notes() if _is_until(line, step)]),
            (files.WARNINGS, [line for line in lines(path / files.WARNINGS) if _is_until(line, step)]),
        ):
            write_text("".join(json.dumps(line) + "\n" for line in kept), path / name)
        for saved in self.folder.checkpoints():
            if saved.step > step and saved.kind != "kept":
                saved.path.unlink(missing_ok=True)

    def _step_of(self, start: Checkpoint) -> int:
        return start.epoch * self.record.steps_per_epoch + start.done

    def _go_back(self, start: Checkpoint, step: int) -> None:
        self._tell_scalars(SCALARS_IN_THE_END)
        if self._events is not None:
            self._events.close()
        self._events, self._start = None, start
        self._take_back(start)
        self._append(files.NOTES, {"what": "restored", "step": self._step_of(start), "from": step})
        # the newest one is what a run goes on from
        self._checkpoint(self._step_of(start), start, "auto", None)

    def _graph(self, nodes: Sequence[Drawn]) -> None:
        file = self._event_file()
        from engine.io.tensorboard import GraphNode

        file.graph([GraphNode(*node) for node in nodes])

    def _event_file(self) -> EventFile:
        if self._events is None:
            from engine.io.tensorboard import EventFile  # here, since it takes 0.1 s to import

            first = self._step_of(self._start) if self._start is not None else 0
            self._events = EventFile(self.folder.path / files.EVENTS, first)
        return self._events

    def _beat(self) -> None:
        """Give a sign of life: of a run that is not kept any more, too, which is trained all the same."""
        self._beaten = time.monotonic()
        if self._broken:
            with suppress(OSError):
                os.utime(self.folder.path / files.BEAT)
        else:
            self._try(self._touch)

    def _touch(self) -> None:
        (self.folder.path / files.BEAT).touch()
        self._tell_scalars(SCALARS_A_BEAT)
        if self._events is not None:
            self._events.flush()

    def _steps(self, first: int, series: Mapping[str, Array], others: Mapping[str, float]) -> None:
        if self._has_gap:
            self._cut_rows(first)
            self._has_gap = False
        table = np.stack([series[name] for name in self.record.series], axis=1).astype(np.float32)
        self._rows.write(table.tobytes())
        now = {f"step/{name}": float(series[name][-1]) for name in self.record.series}
        self._waiting["step"].add(first + len(table) - 1, {**now, **others})

    def _tell_scalars(self, most: Mapping[str, int]) -> None:
        """Put so many of the values that wait into the event file."""
        taken = [told for kind, waiting in self._waiting.items() for told in waiting.take(most[kind])]
        for told in sorted(taken, key=lambda told: told.step):
            self._event_file().scalars(told.step, told.values, told.at)

    def _epoch(self, epoch: int, step: int, logs: dict[str, float], seconds: float) -> None:
        self._append(files.EPOCHS, {"epoch": epoch, "seconds": seconds, "logs": logs})
        self._waiting["epoch"].add(step - 1, logs)

    def _append(self, name: str, line: Mapping[str, Any]) -> None:
        with (self.folder.path / name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def _layers(self, data: bytes, is_whole: bool) -> None:
        path = self.folder.path / files.LAYERS
        if not is_whole:
            with path.open("ab") as file:
                file.write(data)
            return
        beside = path.with_suffix(".part")
        beside.write_bytes(data)
        os.replace(beside, path)

    def _histograms(self, step: int, arrays: Mapping[str, Array]) -> None:
        for name, array in arrays.items():
            self._event_file().histogram(step, name, array)

    def _checkpoint(self, step: int, taken: Checkpoint, kind: str, then: Callable[[Saved], None] | None) -> None:
        begin = time.perf_counter()
        path = self.folder.path / files.CHECKPOINTS / checkpoint_name(step, kind)
        checkpoint_file.write(path, taken)
        self._write_seconds = time.perf_counter() - begin
        saved = self.folder.checkpoints()
        old = [s for s in saved if s.kind == "auto" and s.step > 0][:-AUTO_LEFT]
        for other in (*old, *(s for s in saved if s.kind == "best" and kind == "best" and s.path != path)):
            other.path.unlink(missing_ok=True)
        if then is not None:
            then(Saved(path, step, kind))

    def _end(self, status: RunStatus, seconds: float, why: str) -> None:
        self.record = self.record.but(status=status, seconds=seconds, why=why)
        self.record.write(self.folder.path)
        # the last values among them: TensorBoard shows those of a run beside its settings
        self._tell_scalars(SCALARS_IN_THE_END)
        if status in ("complete", "failed"):  # one that was stopped may go on
            self._event_file().end_session(status == "complete")

    def _close(self) -> None:
        for file in (self._rows, self._events):
            if file is not None:
                with suppress(OSError, ValueError):  # a full disk fails once more
                    file.close()
        self._rows = self._events = None


def _is_until(line: Mapping[str, Any], step: int) -> bool:
    at = line.get("step", 0)
    return isinstance(at, int | float) and at <= step


def _in_words(error: Exception, path: Path) -> EngineError:
    if isinstance(error, EngineError) and not isinstance(error, UnavailableError):
        return error
    return UnavailableError(
        "The run is not kept any more: {path} cannot be written: {why}. The training goes on.",
        hint="Free some room, or choose another folder for runs in the settings. What was kept so far is whole.",
        path=path,
        why=error.facts["why"] if isinstance(error, UnavailableError) else reason_of(error),
    )


def _plain_settings(settings: Mapping[str, Any]) -> dict[str, bool | float | str]:
    return {name: v if isinstance(v, bool | int | float | str) else str(v) for name, v in settings.items()}
