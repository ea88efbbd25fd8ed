"""What a million points cost the curves: a repaint, a report, another smoothing.

Run ``python -m tests.benchmarks.plots [--points N]``. A repaint is the choice of what is drawn and its painting, of one
plot of 600 by 300 pixels; a frame at 60 per second has 16.7 ms.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np


def milliseconds(work: Callable[[], Any], repeats: int = 30) -> float:
    """Return how long work takes, by the median."""
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return 1000 * float(np.median(times))


def curves(points: int) -> Iterator[tuple[str, str]]:
    """Yield what was measured of a plot, and the figure."""
    from studio.app import application
    from studio.plots.cell import PlotCell
    from studio.plots.series import Curve

    application()
    steps = np.arange(points)
    noise = np.random.default_rng(0).normal(size=points) * 0.05
    curve = Curve(steps_per_epoch=1000)
    curve.extend(steps, 2 * np.exp(-steps / (points / 10)) + 0.2 + noise)
    for epoch in range(points // 1000):
        curve.end_epoch(epoch, 1.0, 1.0 + abs(epoch - points / 2000))
    cell = PlotCell()
    cell.resize(600, 300)
    cell.show_curve("loss", curve, max(1, points // 1000))
    cell.show()

    def repaint() -> None:
        cell.redraw()
        cell.grab()

    last = points

    def report() -> None:
        nonlocal last
        curve.extend(np.arange(last, last + 50), np.ones(50))
        last += 50

    for name, log_x in (("a repaint", False), ("a repaint, both axes logarithmic", True)):
        cell.chart.set_log_x(log_x)
        cell.chart.set_log(log_x)
        cell.grab()
        yield name, f"{milliseconds(repaint):.2f} ms"
    yield "of that, the choice of points", f"{milliseconds(cell.chart.redraw):.2f} ms"
    yield "a report of 50 steps", f"{milliseconds(report, 200):.3f} ms"
    factors = iter(np.linspace(1.5, 3, 10))
    yield "another smoothing", f"{milliseconds(lambda: curve.smooth(float(next(factors))), 5):.0f} ms"


def main() -> None:
    """Print the figures."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--points", type=int, default=1_000_000)
    given = parser.parse_args()
    for what, figure in curves(given.points):
        print(f"{what:<40}{figure:>28}")


if __name__ == "__main__":
    main()
