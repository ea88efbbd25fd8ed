"""What one thing that a user does costs the event loop, panel by panel: ``python -m tests.benchmarks.panels``.

Not a test: the figures depend on the machine. Each row is the median of what its work takes without the engine, or,
where the work is done in parts, of the longest part; a frame at 60 per second has 16.7 ms. What tensors and millions of
points cost is in `tests.benchmarks.inspector` and `tests.benchmarks.plots`, large documents are in
`tests.benchmarks.editor`.
"""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.core.param import Param
from engine.core.registry import Registry
from studio.app import application
from studio.canvas.export.drawing import Drawing
from studio.canvas.export.job import FORMATS, export
from studio.canvas.export.look import Look, Progress
from studio.document.catalogue import CATALOGUE
from studio.document.document import Document, Node
from studio.document.edits import AddNode
from studio.document.file import load
from studio.document.history import History
from studio.document.nodetype import Catalogue, NodeType
from studio.inspector.properties import Properties
from studio.layers.panel import Layers
from studio.palette.panel import Palette
from studio.plots.overlay import Overlay
from studio.run.runs.folder import RunFolder
from studio.run.runs.glance import Glance
from studio.run.runs.record import Record
from studio.run.runs.sweep import MOST, Place, at_random, choices_in, param_of
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.runs.line import RunLine
from studio.ui.runs.parallel import ParallelPlot
from studio.ui.strokes import stroke
from studio.ui.theme import DARK
from studio.ui.usage import Usage
from tests.benchmarks.documents import ROOT, large_document
from tests.studio.layer_histories import dense, subject, warning

FRAME = 16.0
ROUNDS = 15


@dataclass(frozen=True)
class Row:
    """What was measured: milliseconds, once a round."""

    work: str
    times: list[float]
    target: float = FRAME

    @property
    def found(self) -> float:
        """The median."""
        return float(np.median(self.times))

    def line(self) -> str:
        """Return the row of the table."""
        verdict = "" if self.found <= self.target else "   over"
        return f"{self.work:<56}{self.target:>8.0f} ms{self.found:>10.1f} ms{verdict}"


def milliseconds(work: Callable[[], Any]) -> float:
    """Return how long work takes."""
    begin = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begin)


def repeated(name: str, work: Callable[[], Any], target: float = FRAME) -> Row:
    """Return the row of work that is done at once."""
    return Row(name, [milliseconds(work) for _ in range(ROUNDS)], target)


def searching() -> Row:
    """Search the palette."""
    nodes: Catalogue = Registry("node type")
    for i in range(1000):
        nodes.add(f"op.f{i}", NodeType(f"op.f{i}", "op", f"Function {i}", "One of very many functions of a number."))
    palette = Palette(nodes, Usage())
    words = itertools.cycle(("fun 77", "fun 7"))
    return repeated("search 1,000 types in the palette", lambda: palette.model.search(next(words)))


def selecting() -> Row:
    """Select a node of many parameters, and another."""
    nodes: Catalogue = Registry("node type")
    kinds = (("int", 1), ("float", 0.5), ("bool", True), ("text", ""))
    declared = {f"p{i}": Param(*kinds[i % len(kinds)], "Help.") for i in range(20)}
    nodes.add("layer.Big", NodeType("layer.Big", "layer", "Big", "Big.", params=declared))
    history = History(Document())
    for id in "ab":
        history.do(AddNode(Node(id, "layer.Big")))
    panel = Properties()
    panel.open(history, nodes)
    ids = itertools.cycle("ab")
    return repeated("select a node with 20 parameters", lambda: panel.select([next(ids)]), 50.0)


def crossing() -> Row:
    """Move the cross over curves of several runs."""
    overlay = Overlay()
    overlay.resize(700, 300)
    overlay.show()
    drawn = np.random.default_rng(0)
    x = np.linspace(0, 10, 1000)
    overlay.show_lines(
        [RunLine(str(i), "", stroke(i), x, np.exp(-x * i / 5) + drawn.normal(0, 0.05, 1000)) for i in range(24)]
    )
    QApplication.processEvents()
    view = overlay.chart.getViewBox()

    def move() -> None:
        at = view.mapViewToScene(QPointF(float(drawn.uniform(1, 9)), 0.5))
        QTest.mouseMove(overlay.chart.viewport(), at.toPoint())
        QApplication.processEvents()

    found = repeated("move the cross over 24 curves of 1,000 epochs", move)
    overlay.close()
    return found


def finding() -> Row:
    """Find which run of parallel coordinates is under the mouse."""

    def glance(i: int) -> Glance:
        settings = {"rate": i, "kind": str(i % 7)}
        record = Record(str(i), 0.0, settings=settings)
        return Glance(RunFolder(Path(str(i))), record, last={"accuracy": 1 / (i + 1)}, best=i)

    plot = ParallelPlot()
    plot.resize(700, 400)
    plot.show_runs([glance(i) for i in range(1000)])
    plot.grab()
    middle = (plot.line("400")[0] + plot.line("400")[1]) / 2
    return repeated("find the line under the mouse among 1,000 runs", lambda: plot.at(middle))


def sweeping() -> Row:
    """List the trainings of a sweep."""
    document = load(ROOT / "examples" / "digits_mlp.trenza")
    places = {Place("trainer", "learning_rate"): "0.001..0.1", Place("hidden", "units"): "1..100"}
    chosen = {place: choices_in(text, param_of(document, place), str(place)) for place, text in places.items()}
    return repeated(f"list {MOST:,} trainings of a sweep", lambda: list(at_random(document, chosen, MOST)))


def layers() -> Row:
    """Go through the list of layers: the longest turn of the event loop until all is drawn."""
    panel = Layers(lambda node: node.upper())
    panel.resize(1600, 420)
    panel.show()
    panel.show_subject(subject(warning("l7"), layers=tuple(dense(f"l{i:03}", 64) for i in range(300)), looks=200))

    def longest() -> float:
        turns = [0.0]
        while not panel.turns.are_over:
            time.sleep(0.003)
            turns.append(milliseconds(QApplication.processEvents))
        return max(turns)

    longest()
    panel.choose_row(("l150", "kernel"))
    longest()
    times = []
    for _ in range(ROUNDS):
        panel.refresh()
        QTest.keyClick(panel.table, Qt.Key.Key_Down)
        times.append(longest())
    panel.close()
    return Row("a turn, from layer to layer of 300", times)


def exporting(folder: Path, format: str) -> Row:
    """Export a large document: its parts, of which one in a hundred may take longer."""
    parts = export(
        Drawing(large_document(400), CATALOGUE, DARK), format, Look(), folder / f"large.{format}", Progress()
    )
    times = []
    begin = time.perf_counter()
    for _ in parts:
        times.append(1000 * (time.perf_counter() - begin))
        begin = time.perf_counter()
    return Row(f"a part of the export of 400 nodes as {format} (99 %)", [float(np.percentile(times, 99))])


def rows(folder: Path) -> Iterator[Row]:
    """Yield the rows of the table, each as soon as it is measured."""
    for measure in (searching, selecting, crossing, finding, sweeping, layers):
        yield measure()
    for format in FORMATS:
        yield exporting(folder, format)


def main() -> int:
    """Print the table; the status is 1 if something takes too long."""
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("CONFIG", "STATE", "DATA"):
            os.environ[f"XDG_{kind}_HOME"] = folder
        application()
        fonts.load()
        appearance().start()
        print(f"{'':<56}{'at most':>11}{'found':>13}")
        for row in rows(Path(folder)):
            print(row.line(), flush=True)
            missed += row.found > row.target
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
