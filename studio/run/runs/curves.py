"""What was measured in a run, as points over its epochs."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.dtype import Array
from studio.run.runs.folder import RunFolder

#: Most points of a curve: more are not seen. Each is the mean of the steps that it stands for, or of so many of them:
#: of ten minutes' training there are 4 million, and the window waits until they are read.
POINTS: Final = 1000
MEANT: Final = 64


def names_of(run: RunFolder) -> list[str]:
    """Return what was measured: at each step, and, behind "val_" and the like, after each epoch."""
    found = dict.fromkeys(run.record.series)
    for line in run.epochs():
        found |= dict.fromkeys(line.get("logs", {}))
    return list(found)


def curve(run: RunFolder, name: str) -> tuple[Array, Array]:
    """Return epochs and values, with as many points as there are steps, up to `POINTS`, or epochs."""
    record = run.record
    if name in record.series and record.steps_per_epoch:
        steps, values = _by_step(run, record.series.index(name))
        return steps / record.steps_per_epoch, values
    rows = [(line["epoch"] + 1, line["logs"][name]) for line in run.epochs() if name in line.get("logs", {})]
    table = np.array(rows, np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _by_step(run: RunFolder, column: int) -> tuple[Array, Array]:
    """Return steps, counted from 1, and values."""
    count = run.step_count
    size = -(-count // POINTS)
    if size <= MEANT:
        values = run.steps()[:, column].astype(np.float64)
        return pooled(np.arange(1.0, len(values) + 1), values, POINTS)
    firsts = np.arange(0, count - MEANT + 1, size)
    means = run.some_steps(firsts.tolist(), MEANT)[:, :, column].mean(axis=1, dtype=np.float64)
    return firsts + (MEANT + 1) / 2, means


def pooled(x: Array, y: Array, most: int) -> tuple[Array, Array]:
    """Return at most so many points, each the mean of as many neighbours; what is left over at the end is one, too.

    Examples
    --------
    >>> pooled(np.arange(5.0), np.array([1.0, 3.0, 5.0, 7.0, 9.0]), 3)
    (array([0.5, 2.5, 4. ]), array([2., 6., 9.]))
    """
    size = -(-len(x) // most)
    if size <= 1:
        return x, y
    starts = np.arange(0, len(x), size)
    counts = np.diff([*starts, len(x)])
    return np.add.reduceat(x, starts) / counts, np.add.reduceat(y, starts) / counts
