"""The folder of a run: what lies where, and how it is read while it is being written or was left half-written.

========================  ============================================================================================
``run.json``              the record
``user.json``             tags and a note: what the user says of it
``document.trenza``       the document as it was trained
``epochs.jsonl``          the logs of each epoch, a line each
``steps.f32``             loss and metrics of each step, a row each
``warnings.jsonl``        what kept it from going well, a line each
``layers.dat``            what was seen of its layers: at most 8 MiB
``notes.jsonl``           what was done while it ran: another learning rate, a layer frozen, …
``checkpoints/*.npz``     checkpoints, named by how many steps were made
``events/``               event files for TensorBoard
``beat``                  touched every few seconds while the engine is at it
========================  ============================================================================================
"""

from __future__ import annotations

import json
import math
import os
import shutil
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from string import Formatter
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import EngineError, NotFoundError, UnavailableError
from studio.document.file import read_text, reason_of, write_text
from studio.run.health.layers import LayerHistory
from studio.run.runs import record
from studio.run.runs.growing_lines import lines
from studio.run.runs.record import Record

DOCUMENT: Final = "document.trenza"
EPOCHS: Final = "epochs.jsonl"
STEPS: Final = "steps.f32"
_VALUE: Final = np.dtype(np.float32)
NOTES: Final = "notes.jsonl"
WARNINGS: Final = "warnings.jsonl"
LAYERS: Final = "layers.dat"
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
        """Return the "logs" of the epochs, each with "epoch" and "seconds"; a line that was cut off is left out.

        What is no number in the logs is NaN.
        """
        return lines(self.path / EPOCHS, _epoch)

    def notes(self) -> list[dict[str, Any]]:
        """Return what was done while it ran."""
        return lines(self.path / NOTES)

    def steps(self, first: int = 0, count: int = -1) -> Array:
        """Return the values of steps, a row each with a column for each of `record.series`: so many, by default all."""
        width = len(self.record.series)
        row = _VALUE.itemsize * width
        try:
            values = np.fromfile(self.path / STEPS, _VALUE, count * width if count >= 0 else -1, offset=first * row)
        except OSError:
            values = np.empty(0, _VALUE)
        return values[: len(values) // max(width, 1) * width].reshape(-1, width)

    def layers(self) -> LayerHistory:
        """Return what was seen of its layers.

        Raises
        ------
        NotFoundError
            If nothing was: an earlier program kept nothing of it.
        DataLossError
            If that is damaged.
        """
        path = self.path / LAYERS
        try:
            return LayerHistory.read(path.read_bytes(), LAYERS)
        except FileNotFoundError as error:
            raise NotFoundError(
                "Nothing of the layers was kept of the run {name}.",
                hint="Train again: from the first step on, it is.",
                name=self.id,
            ) from error
        except OSError as error:
            raise UnavailableError(
                "{path} cannot be read: {why}.",
                hint="Check that you may read the folder.",
                path=path,
                why=reason_of(error),
            ) from error

    def warnings(self) -> list[tuple[str, EngineError, int]]:
        """Return what kept it from going well: the rule, what it said, and behind how many steps."""
        found: dict[tuple[str, str | None], tuple[str, EngineError, int]] = {}
        for line in lines(self.path / WARNINGS):
            with suppress(KeyError, TypeError, ValueError):
                error = _warning(line)
                found.setdefault((line["rule"], error.node), (str(line["rule"]), error, int(line["step"])))
        return list(found.values())

    def some_steps(self, firsts: Sequence[int], count: int) -> Array:
        """Return the values of so many steps from each of these on: a block of rows for each, as `steps` gives them."""
        width = len(self.record.series)
        found = np.full((len(firsts), count, width), np.nan, _VALUE)
        row = _VALUE.itemsize * width
        with suppress(OSError), (self.path / STEPS).open("rb", buffering=0) as file:
            for block, first in zip(found, firsts, strict=True):
                file.seek(first * row)
                file.readinto(block.data.cast("B"))
        return found

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
    def _said(self) -> dict[str, Any]:
        """What the user says of it."""
        try:
            found = json.loads(read_text(self.path / USER))
        except (EngineError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def tags(self) -> tuple[str, ...]:
        """What the user has tagged it with."""
        found = self._said.get("tags")
        return tuple(map(str, found)) if isinstance(found, list) else ()

    @property
    def note(self) -> str:
        """What the user has noted about it, "" if nothing."""
        found = self._said.get("note")
        return found if isinstance(found, str) else ""

    def tag(self, tags: tuple[str, ...]) -> None:
        """Tag it with these and no others.

        Raises
        ------
        UnavailableError
            If that cannot be written.
        """
        self._say(tags=list(tags))

    def annotate(self, note: str) -> None:
        """Note this about it, and nothing else.

        Raises
        ------
        UnavailableError
            If that cannot be written.
        """
        self._say(note=note)

    def _say(self, **said: Any) -> None:
        found = {**self._said, **said}
        write_text(json.dumps(found), self.path / USER)
        self._said = found

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


def _epoch(line: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what a line says of an epoch, None if it says nothing of one.

    Examples
    --------
    >>> _epoch({"epoch": 0, "seconds": 1.5, "logs": {"loss": None, "accuracy": 1}})
    {'epoch': 0, 'seconds': 1.5, 'logs': {'loss': nan, 'accuracy': 1.0}}
    """
    number, logs = line.get("epoch"), line.get("logs")
    if not isinstance(number, int) or not isinstance(logs, dict):
        return None
    values = {sys.intern(str(name)): _number(value) for name, value in logs.items()}  # the same ones in each line
    return {"epoch": number, "seconds": _number(line.get("seconds", 0.0)), "logs": values}


def _number(value: object) -> float:
    try:
        return float(value) if isinstance(value, int | float) else math.nan
    except OverflowError:
        return math.inf


def _warning(line: Mapping[str, Any]) -> EngineError:
    """Return the warning of a line; what its texts name must be facts, and no more than that."""
    message, hint, facts = str(line["message"]), str(line["hint"]), dict(line["facts"])
    fields = [field for text in (message, hint) for field in Formatter().parse(text) if field[1] is not None]
    is_plain = all(name in facts and not form for _text, name, form, _change in fields)
    if not is_plain or not all(isinstance(value, str | int | float | None) for value in facts.values()):
        raise ValueError(message)
    return EngineError(message, hint=hint, **facts)


def _made(saved: Saved) -> tuple[int, int]:
    try:
        return saved.path.stat().st_mtime_ns, saved.step
    except OSError:
        return 0, saved.step
