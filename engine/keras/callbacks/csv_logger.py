"""Logs as a table in a file."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

from engine.keras.callbacks.callback import Callback, Logs


class CSVLogger(Callback):
    """Writes the logs of each epoch into a file, one row an epoch.

    Parameters
    ----------
    filename
        Path of the file.
    separator
        What stands between two values.
    append
        Go on at the end of a file that is there already.

    Examples
    --------
    >>> CSVLogger("training.csv").separator
    ','
    """

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False) -> None:
        self.filename, self.separator, self.append = Path(filename), separator, append
        self._file: Any = None
        self._names: list[str] = []

    def on_train_begin(self, logs: Logs | None = None) -> None:
        has_header = self.append and self.filename.exists() and self.filename.stat().st_size > 0
        self._file = self.filename.open("a" if self.append else "w", newline="", encoding="utf-8")
        self._header, self._names = not has_header, []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = logs or {}
        self._names = self._names or sorted(logs)
        writer = csv.DictWriter(self._file, ["epoch", *self._names], restval="NA", delimiter=self.separator)
        if self._header:
            writer.writeheader()
            self._header = False
        writer.writerow({"epoch": epoch, **{name: logs[name] for name in self._names if name in logs}})
        self._file.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
