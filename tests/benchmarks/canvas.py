"""Times the canvas on large documents: ``python -m tests.benchmarks.canvas [nodes ...]`` prints a table.

Not a test: the figures depend on the machine. The budget is 16 ms for anything that happens while the user watches;
a full repaint with everything in view has 5 ms at 1,000 nodes and 12 ms at 5,000.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from engine.core.param import Param
from engine.core.spec import TensorSpec
from studio.canvas.view import CanvasView
from studio.document.analysis import Analysis
from studio.document.document import Document, Node, PortRef, Wire
from studio.document.edits import AddNode, AddWire, Move, SetParams, remove
from studio.document.file import dumps, loads
from studio.document.history import History
from studio.document.nodetype import Catalogue, NodeType, Port
from studio.run.messages import TensorInfo
from studio.ui.theme import DARK

CATEGORIES = ("data", "layer", "op", "loss", "train")


def large_catalogue() -> Catalogue:
    """Return a type of node for each category, all with three parameters and two ports a side."""
    catalogue: Catalogue = Catalogue("node type")
    for category in CATEGORIES:
        id = f"{category}.Block"
        params = {"units": Param("int", 32), "activation": Param("text", "relu"), "rate": Param("float", 0.5)}
        ports = (Port("x"), Port("y"))
        catalogue.add(id, NodeType(id, category, "Block", "For measurements.", ports, (Port("out"),), params))
    return catalogue


def large_document(count: int, columns: int = 0) -> Document:
    """Return `count` nodes in a grid, each wired to its left neighbour, every third one to the row above as well."""
    columns = columns or max(1, round((count * 1.6) ** 0.5))
    document = Document()
    for i in range(count):
        row, column = divmod(i, columns)
        node_type = f"{CATEGORIES[i % len(CATEGORIES)]}.Block"
        position = (column * 240.0, row * 200.0)
        document.apply(AddNode(Node(f"n{i}", node_type, {"units": i, "rate": 0.25}, position)))
        if column:
            document.apply(AddWire(Wire(PortRef(f"n{i - 1}", "out"), PortRef(f"n{i}", "x"))))
        if row and i % 3 == 0:
            document.apply(AddWire(Wire(PortRef(f"n{i - columns}", "out"), PortRef(f"n{i}", "y"))))
    return document


def median_ms(call: Callable[[], object], times: int = 9) -> float:
    """Return how long `call` takes, in milliseconds: the median of several times."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds) * 1000


def measure(app: QApplication, count: int) -> dict[str, float]:
    """Return the figures for a document of `count` nodes."""
    figures: dict[str, float] = {}

    def timed(name: str, call: Callable[[], object], times: int = 9) -> None:
        figures[name] = median_ms(call, times)

    document = large_document(count)
    text = dumps(document)
    timed("write the file's text", lambda: dumps(document), 3)
    timed("read the file's text", lambda: loads(text), 3)
    history = History(document)
    start = time.perf_counter()
    view = CanvasView(history, large_catalogue(), DARK)
    figures["make the items"] = (time.perf_counter() - start) * 1000
    view.resize(1600, 1000)
    view.show()
    app.processEvents()
    specs = {PortRef(id, "out"): TensorSpec([None, 64]) for id in document.nodes}
    timed("first analysis, longest slice", lambda: view.set_analysis(Analysis(specs)), 1)
    _settle(app)
    timed("analysis, one node differs", lambda: view.set_analysis(_changed(specs)), 3)
    timed("first preview, longest slice", lambda: view.set_preview(_pictures(specs), {}), 1)
    _settle(app)
    timed("another preview, longest slice", lambda: view.set_preview(_pictures(specs), {}), 1)
    _settle(app)

    target = QPixmap(view.viewport().size())

    def repaint() -> None:
        view.viewport().render(target)

    view.frame_all()
    app.processEvents()
    figures["zoom with everything in view, %"] = view.zoom * 100
    timed("repaint, everything in view", repaint)
    node = f"n{count // 2}"

    def move_one() -> None:
        x, y = document.nodes[node].position
        history.do(Move({node: (x + 4.0, y)}))
        app.processEvents()

    def change_one() -> None:
        units = int(document.nodes[node].params["units"])
        history.do(SetParams(node, {"units": units + 1}))
        app.processEvents()

    timed("move one node, everything in view", move_one)
    for zoom in (0.38, 0.6, 1.0, 2.0):
        view.zoom_to(zoom)
        view.reveal(node)
        app.processEvents()
        timed(f"repaint at {zoom:.0%}", repaint)
    view.zoom_to(1.0)
    view.reveal(node)
    app.processEvents()
    timed("move one node at 100%", move_one)
    timed("change a parameter at 100%", change_one)

    def pan() -> None:
        view.pan(7, 3)
        app.processEvents()

    timed("pan at 100%", pan, 30)
    position = view.canvas.items_by_id[node].body().center()
    timed("find what is under the cursor", lambda: view.hover.move(position + QPointF(300, 0)))
    timed("delete a tenth", lambda: history.do(remove(document, [f"n{i}" for i in range(0, count, 10)])), 1)
    timed("undo that", history.undo, 1)
    view.hide()
    view.close_document()
    return figures


def _settle(app: QApplication) -> None:
    """Let what was put off be done."""
    for _ in range(200):
        app.processEvents()


def _pictures(specs: dict[PortRef, TensorSpec]) -> dict[PortRef, TensorInfo]:
    return {ref: TensorInfo((32, 64), "float32", 8192, picture=np.arange(64.0)) for ref in specs}


def _changed(specs: dict[PortRef, TensorSpec]) -> Analysis:
    first = next(iter(specs))
    specs[first] = TensorSpec([None, (specs[first].shape[1] or 0) + 1])
    return Analysis(dict(specs))


def main(counts: list[int]) -> None:
    """Print a table with a column for each size."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    columns = [measure(app, count) for count in counts]
    print(f"{'ms':<36}" + "".join(f"{count:>10,}" for count in counts))
    for name in columns[0]:
        print(f"{name:<36}" + "".join(f"{column[name]:>10.2f}" for column in columns))


if __name__ == "__main__":
    main([int(n) for n in sys.argv[1:]] or [100, 1000, 5000])
