"""The folder of a run: what lies where, and how it is read while it is being written or was left half-written.

========================  ============================================================================================
``run.json``              the record
``user.json``             tags: what the user says of it
``document.trenza``       the document as it was trained
``epochs.jsonl``          the logs of each epoch, a line each
``steps.f32``             loss and metrics of each step, a row each
``notes.jsonl``           what was done while it ran: another learning rate, a layer frozen, …
``checkpoints/*.npz``     checkpoints, named by how many steps were made
``events/``               event files for TensorBoard
``beat``                  touched every few seconds while the engine is at it
========================  ============================================================================================
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import EngineError, UnavailableError
from studio.document.file import read_text, reason_of, write_text
from studio.run.runs import record
from studio.run.runs.record import Record

DOCUMENT: Final = "document.trenza"
EPOCHS: Final = "epochs.jsonl"
STEPS: Final = "steps.f32"
_VALUE: Final = np.dtype(np.float32)
NOTES: Final = "notes.jsonl"
USER: Final = "user.json"
CHECKPOINTS: Final = "checkpoints"
EVENTS: Final = "events"
BEAT: Final = "beat"

#: Seconds between two signs of life, and until a run without any was cut off.
BEAT_INTERVAL: Final = 5.0
STALE: Final = 30.0

Logs = Mapping[str, float]


@dataclass(frozen=True)
class Saved:
    """A checkpoint in a file.

    Parameters
    ----------
    step
        How many steps were made.
    kind
        "auto", "best", or "kept" if the user wanted it.
    """

    path: Path
    step: int
    kind: str

    @classmethod
    def at(cls, path: Path) -> Saved | None:
        """Return what a file's name says, None if it is the name of no checkpoint."""
        number, _, kind = path.stem.partition("-")
        return cls(path, int(number), kind) if path.suffix == ".npz" and number.isdigit() else None

    def delete(self) -> None:
        """Remove the file.

        Raises
        ------
        UnavailableError
            If it stays.
        """
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise UnavailableError(
                "The checkpoint {name} cannot be deleted: {why}.",
                hint="Delete the file {path} yourself.",
                name=self.path.name,
                path=self.path,
                why=reason_of(error),
            ) from error


def checkpoint_name(step: int, kind: str) -> str:
    """Return the name of a checkpoint's file.

    >>> checkpoint_name(120, "best")
    '00000120-best.npz'
    """
    return f"{step:08d}-{kind}.npz"


@dataclass
class RunFolder:
    """A run that was kept.

    Parameters
    ----------
    path
        Its folder, which bears its name.
    """

    path: Path

    @property
    def id(self) -> str:
        """Its name among all runs."""
        return self.path.name

    @property
    def document(self) -> Path:
        """The document as it was trained."""
        return self.path / DOCUMENT

    @cached_property
    def record(self) -> Record:
        """Its record, as it was when it was first asked for; of one that was cut off, the status says so.

        Raises
        ------
        EngineError
            As `record.read`.
        """
        found = record.read(self.path)
        return found.but(status="interrupted") if found.status == "training" and not self.is_alive(found) else found

    def is_alive(self, found: Record) -> bool:
        """Return whether an engine is at it."""
        number, machine = found.process
        if os.name == "posix" and machine == socket.gethostname():
            with suppress(PermissionError):  # there is one, of another user
                try:
                    os.kill(number, 0)
                except ProcessLookupError:
                    return False
        try:
            return time.time() - (self.path / BEAT).stat().st_mtime < STALE
        except OSError:
            return False

    # ------------------------------------------------------------------------------------------------------ history

    def epochs(self) -> list[dict[str, Any]]:
        """Return the logs of the epochs, each with "epoch" and "seconds"; a line that was cut off is left out."""
        return list(_lines(self.path / EPOCHS))

    def notes(self) -> list[dict[str, Any]]:
        """Return what was done while it ran."""
        return list(_lines(self.path / NOTES))

    def steps(self, first: int = 0, count: int = -1) -> Array:
        """Return the values of steps, a row each with a column for each of `record.series`: so many, by default all."""
        width = len(self.record.series)
        row = _VALUE.itemsize * width
        try:
            values = np.fromfile(self.path / STEPS, _VALUE, count * width if count >= 0 else -1, offset=first * row)
        except OSError:
            values = np.empty(0, _VALUE)
        return values[: len(values) // max(width, 1) * width].reshape(-1, width)

    @property
    def step_count(self) -> int:
        """Of how many steps there are values."""
        try:
            return (self.path / STEPS).stat().st_size // (_VALUE.itemsize * max(1, len(self.record.series)))
        except OSError:
            return 0

    # -------------------------------------------------------------------------------------------------- checkpoints

    def checkpoints(self) -> list[Saved]:
        """Return the checkpoints, the first one first."""
        with suppress(OSError):
            found = (Saved.at(path) for path in (self.path / CHECKPOINTS).iterdir())
            return sorted((saved for saved in found if saved is not None), key=lambda s: (s.step, s.kind))
        return []

    @property
    def last(self) -> Saved | None:
        """The checkpoint that it would go on from: the newest, which may lie before others that were gone back on."""
        return max(self.checkpoints(), key=_made, default=None)

    @property
    def can_go_on(self) -> bool:
        """Whether there is something left to train, and a checkpoint to begin at."""
        if self.record.status in ("training", "complete") or (last := self.last) is None:
            return False
        return last.step < self.record.epochs * self.record.steps_per_epoch

    # -------------------------------------------------------------------------------------------------------- user

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """What the user has tagged it with."""
        try:
            found = json.loads(read_text(self.path / USER)).get("tags", ())
            return tuple(map(str, found))
        except (EngineError, ValueError, AttributeError, TypeError):
            return ()

    def tag(self, tags: tuple[str, ...]) -> None:
        """Tag it with these and no others.

        Raises
        ------
        UnavailableError
            If that cannot be written.
        """
        write_text(json.dumps({"tags": list(tags)}), self.path / USER)
        self.tags = tags

    @cached_property
    def size(self) -> int:
        """What it takes on disk, in bytes."""
        total = 0
        for folder, _, names in os.walk(self.path):
            for name in names:
                with suppress(OSError):
                    total += os.stat(os.path.join(folder, name)).st_size
        return total

    def delete(self) -> None:
        """Remove it with all it holds.

        Raises
        ------
        UnavailableError
            If something of it stays.
        """
        try:
            shutil.rmtree(self.path)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise UnavailableError(
                "The run {name} cannot be deleted: {why}.",
                hint="Delete the folder {path} yourself.",
                name=self.id,
                path=self.path,
                why=reason_of(error),
            ) from error


def _made(saved: Saved) -> tuple[int, int]:
    try:
        return saved.path.stat().st_mtime_ns, saved.step
    except OSError:
        return 0, saved.step


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file with one a line, up to the first that is none."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return
    for line in text.splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            return
        if not isinstance(found, dict):
            return
        yield found
