"""Rounds of measures: each library in turn, so that a machine that slows down slows all of them; then medians."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import platform
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Final

from studio.bench.columns import OWN, Column, Failed, digits, programs
from studio.ui.i18n import N_

#: The rows by the names of their programs.
ROWS: Final = {
    "mlp_sgd": N_("fit, 784-128-10, MNIST, batch 32, SGD"),
    "mlp_adam": N_("fit, 784-128-10, MNIST, batch 512, Adam"),
    "cnn": N_("fit, convolutional network, 28×28, batch 128, Adam"),
    "lstm": N_("fit, LSTM of 64 units over 28 steps of 28, batch 64, Adam"),
    "chain": N_("Chain of 12 elementwise ops on a million floats"),
    "eager_add": N_("Sum of two tensors, op by op"),
    "first_step": N_("First step of 784-128-10 in a new process"),
    "deep_mlp": N_("First step of 50 layers in a new process"),
    "memory": N_("Memory of the convolutional network's step"),
}

#: Told what is measured: the row, the column, and how many rounds are done.
Progress = Callable[[str, str, int], None]


@dataclass(frozen=True)
class Verdict:
    """A target and whether it is met.

    Parameters
    ----------
    other
        The column that the engine is held against; none if the figure itself has a limit.
    word
        "faster": `other` takes at least `wanted` times as long. "within": the engine takes at most `wanted` times as
        long as `other`. "most": the figure is at most `wanted`.
    """

    measure: str
    other: str | None
    word: str
    wanted: float
    found: float | None

    @property
    def met(self) -> bool | None:
        """Whether it is met; None where there was nothing to compare with."""
        if self.found is None:
            return None
        return self.found >= self.wanted if self.word == "faster" else self.found <= self.wanted


@dataclass
class Row:
    """What was measured of one row.

    Parameters
    ----------
    rounds
        For each measure and column the figure of each round.
    missing
        For each column that has none: why.
    """

    name: str
    units: Mapping[str, str]
    rounds: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    versions: dict[str, dict[str, str]] = field(default_factory=dict)
    targets: Sequence[tuple[str, str | None, str, float]] = ()

    def median(self, measure: str, column: str) -> float | None:
        """Return the median of a column's rounds, if there is one."""
        values = self.rounds.get(measure, {}).get(column)
        return statistics.median(values) if values else None

    def ratio(self, measure: str, column: str) -> float | None:
        """Return how many times as much as the engine's a column's figure is."""
        own, other = self.median(measure, "engine"), self.median(measure, column)
        return None if own is None or other is None or own == 0 else other / own

    def verdicts(self) -> list[Verdict]:
        """Return what was to be reached and what was."""
        found = []
        for measure, other, word, wanted in self.targets:
            if other is None:
                value = self.median(measure, "engine")
            else:
                ratio = self.ratio(measure, other)
                value = ratio if ratio is None or word == "faster" else 1 / ratio
            found.append(Verdict(measure, other, word, wanted, value))
        return found

    def plain(self) -> dict[str, Any]:
        """Return the row as plain data."""
        return {
            "row": self.name,
            "measures": {
                measure: {
                    "unit": self.units.get(measure, "s"),
                    "columns": {
                        column: {
                            "median": self.median(measure, column),
                            "ratio": self.ratio(measure, column),
                            "rounds": values,
                        }
                        for column, values in columns.items()
                    },
                }
                for measure, columns in self.rounds.items()
            },
            "targets": [
                {
                    "measure": v.measure,
                    "other": v.other,
                    "word": v.word,
                    "wanted": v.wanted,
                    "found": v.found,
                    "met": v.met,
                }
                for v in self.verdicts()
            ],
            "missing": self.missing,
            "versions": self.versions,
        }


def measure(
    names: Sequence[str], peers: Mapping[str, str], rounds: int, quick: bool, progress: Progress
) -> Iterator[Row]:
    """Yield the rows as they are done.

    Parameters
    ----------
    names
        Keys of `ROWS`.
    peers
        The interpreter of each other library.
    """
    for name in names:
        program = _program(name)
        row = Row(name, getattr(program, "UNITS", {}), targets=program.TARGETS)
        with contextlib.ExitStack() as stack:
            columns: dict[str, Column] = {}
            for column in (*OWN, *peers):
                if not hasattr(program, column):
                    continue
                progress(name, column, 0)
                try:
                    columns[column] = started = Column(name, column, peers.get(column, sys.executable), quick)
                    stack.callback(started.close)
                    row.versions[column] = started.versions
                except Failed as reason:
                    row.missing[column] = str(reason)
            for number in range(rounds):
                for column in list(columns):
                    progress(name, column, number)
                    try:
                        for one in columns[column].measures:
                            value = columns[column].ask(one)
                            row.rounds.setdefault(one, {}).setdefault(column, []).append(value)
                    except Failed as reason:
                        row.missing[column] = str(reason)
                        del columns[column]
        yield row


def _program(name: str) -> ModuleType:
    """Return a row's program, for what it says of itself: the libraries are imported in its functions only."""
    place = programs()
    sys.path.insert(0, str(place))
    try:
        spec = importlib.util.spec_from_file_location(f"trenza_bench_{name}", place / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(place))


def machine() -> dict[str, Any]:
    """Return on what is measured."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "threads": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
        "load": load,
        "data": "mnist" if digits() else "synthetic",
    }


def _processor() -> str:
    with contextlib.suppress(OSError), open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
