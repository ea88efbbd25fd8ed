"""Curves as files: the numbers as a table."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from engine.core.dtype import Array
from studio.plots.series import Curve
from studio.ui.pictures import unwritable

HEADER: Final = ("curve", "data", "epoch", "value")

#: A curve by what it is of, as columns of epochs and values.
Table = list[tuple[str, str, Array, Array]]


def table_of(curves: Mapping[str, Curve]) -> Table:
    """Return all values of curves as they are now: by step, of the training over each epoch, and of the validation."""
    found: Table = []
    for name, curve in curves.items():
        word = name.lstrip(":")
        found.append((word, "step", curve.epochs_of(curve.raw.x), curve.raw.y))
        found.append((word, "training", curve.ends.x.astype(float), curve.ends.y))
        found.append((word, "validation", curve.validation.x.astype(float), curve.validation.y))
    return found


def rows(table: Table) -> Iterator[tuple[str, str, float, float]]:
    """Yield a line for each value: the curve, what it is of, the epoch and the value.

    Examples
    --------
    >>> import numpy as np
    >>> list(rows([("loss", "step", np.array([0.5]), np.array([2.0]))]))
    [('loss', 'step', 0.5, 2.0)]
    """
    for name, data, epochs, values in table:
        for epoch, value in zip(epochs.tolist(), values.astype(str), strict=True):  # 0.1 is 0.1 in float32, too
            yield name, data, epoch, float(value)


def save_table(table: Table, path: Path) -> None:
    """Write values as comma-separated lines: to a file beside it, which takes its name when all is there.

    Raises
    ------
    UnavailableError
        If the file cannot be written.
    """
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            writer.writerows(rows(table))
        os.replace(beside, path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise unwritable(path, error) from error
