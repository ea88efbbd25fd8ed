"""A run in a line: what a table shows of it, read once for each time it has changed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.core.errors import EngineError
from studio.run.runs.folder import EPOCHS, USER, RunFolder
from studio.run.runs.record import FILE, Record


@dataclass(frozen=True)
class Glance:
    """A run in a line.

    Parameters
    ----------
    record
        None if it cannot be read; then `error` says why.
    done
        How many epochs are over.
    last
        The logs of the last one.
    best
        The least loss of the validation, or else of the training; NaN if there is none.
    """

    run: RunFolder
    record: Record | None
    error: EngineError | None = None
    done: int = 0
    last: Mapping[str, float] = field(default_factory=dict)
    best: float = math.nan
    tags: tuple[str, ...] = ()
    note: str = ""
    size: int = 0
    stamp: tuple[int, ...] = ()

    @property
    def id(self) -> str:
        """Name of the run."""
        return self.run.id

    @property
    def is_up_to_date(self) -> bool:
        """Whether nothing of it has changed since: neither its files, nor that an engine is at it."""
        if self.record is not None and self.record.status == "training" and not self.run.is_alive(self.record):
            return False
        return self.stamp == stamp_of(self.run)

    @classmethod
    def of(cls, run: RunFolder) -> Glance:
        """Look at a run."""
        run = RunFolder(run.path)  # which knows nothing yet
        stamp = stamp_of(run)
        try:
            record = run.record
        except EngineError as error:
            return cls(run, None, error, size=run.size, stamp=stamp)
        rows = [line["logs"] for line in run.epochs()]
        losses = [v for logs in rows if math.isfinite(v := logs.get("val_loss", logs.get("loss", math.nan)))]
        best = min(losses, default=math.nan)
        return cls(run, record, None, len(rows), rows[-1] if rows else {}, best, run.tags, run.note, run.size, stamp)


def stamp_of(run: RunFolder) -> tuple[int, ...]:
    """Return what changes when a run does."""
    found = []
    for name in (FILE, EPOCHS, USER):
        try:
            status = (run.path / name).stat()
            found += [status.st_mtime_ns, status.st_size]
        except OSError:
            found += [0, 0]
    return tuple(found)


def varying(settings: Iterable[Mapping[str, Any]], is_missing_other: bool = True) -> list[str]:
    """Return the names of the settings in which runs differ, in order.

    Parameters
    ----------
    settings
        Those of each run.
    is_missing_other
        Whether runs differ, too, if one has a setting that another one lacks.

    Examples
    --------
    >>> runs = [{"x.units": n, "x.rate": 0.1} for n in (8, 16)] + [{"y.rate": 0.1}]
    >>> varying(runs)
    ['x.units', 'x.rate', 'y.rate']
    >>> varying(runs, is_missing_other=False)
    ['x.units']
    """
    known = list(settings)
    names = dict.fromkeys(name for each in known for name in each)

    def values(name: str) -> set[Any]:
        return {frozen(each.get(name)) for each in known if is_missing_other or name in each}

    return [name for name in names if len(values(name)) > 1]


def frozen(value: Any) -> Any:
    """Return a setting as something that can stand in a set: lists as tuples, and tables as those of their entries.

    >>> frozen([3, [1, 2]]), frozen({"name": "l2", "rates": [0.1]})
    ((3, (1, 2)), (('name', 'l2'), ('rates', (0.1,))))
    """
    if isinstance(value, Mapping):
        return tuple((str(key), frozen(each)) for key, each in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(map(frozen, value))
    return value
