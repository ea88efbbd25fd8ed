"""Times the tensor inspector: ``python -m tests.benchmarks.inspector`` prints what was asked for beside what is.

Not a test: the figures depend on the machine. "switch" is what the window does from the click until the view is
painted, or says that it is being computed; "ready" until what is computed is there; "stall" is the longest turn of the
event loop meanwhile. The last rows are of the whole way, with the engine's process.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication

from engine.core.dtype import Array
from studio.app import application, open_studio
from studio.document.document import Document, Node, PortRef
from studio.document.edits import AddNode
from studio.document.file import save
from studio.inspector.tensor import TensorInspector
from studio.inspector.views import VIEWS
from studio.inspector.views.table import TableView
from studio.run.messages import Watched
from studio.run.summary import summarise
from studio.run.tensor_ref import TensorRef
from studio.ui import fonts
from studio.ui.appearance import appearance

#: Milliseconds that a switch and a turn of the event loop may take.
SWITCH, STALL = 30.0, 16.0
ROUNDS = 7
_LONGEST = 30.0


def turn() -> float:
    """Let the event loop turn, and return how long that took, in milliseconds."""
    begin = time.perf_counter()
    QApplication.processEvents()
    return 1000 * (time.perf_counter() - begin)


def row(work: str, found: float, target: float, more: str = "") -> None:
    """Print a line of the table."""
    print(f"{work:<46}{target:>8.0f} ms{found:>10.1f} ms{more}{'' if found <= target else '   over'}", flush=True)


def event(name: str, values: Array) -> Watched:
    """Return the message in which a tensor comes."""
    return Watched(1, TensorRef("value", "node", name), summarise(values), values)


def views(panel: TensorInspector, shown: Watched) -> None:
    """Time each view of a tensor: taking it to the front, and other values of it."""
    panel.watching.look_at(shown.ref)
    panel.watching.take(shown)
    for kind in VIEWS:
        if not kind.accepts(shown.info):
            continue
        switches, ready, stalls = [], [], []
        for _round in range(ROUNDS):
            panel.turn_to(VIEWS[-1] if kind is not VIEWS[-1] else TableView)
            turn()
            begin = time.perf_counter()
            panel.turn_to(kind)
            panel.watching.take(replace(shown))
            panel.repaint()
            switches.append(1000 * (time.perf_counter() - begin))
            view = panel.view
            while view is not None and view.background is not None and view.background.is_working:
                stalls.append(turn())
                if time.perf_counter() - begin > _LONGEST:
                    break
            ready.append(1000 * (time.perf_counter() - begin))
        more = f"   ready {np.median(ready):7.0f} ms   stall {np.percentile(stalls, 99.9) if stalls else 0:5.1f} ms"
        row(f"switch to {kind.title}", float(np.median(switches)), SWITCH, more)


def tensors(panel: TensorInspector, shown: tuple[Watched, Watched]) -> None:
    """Time going from one tensor to another in the table."""
    panel.turn_to(TableView)
    times = []
    for i in range(4 * ROUNDS):
        begin = time.perf_counter()
        panel.watching.look_at(shown[i % 2].ref)
        panel.watching.take(shown[i % 2])
        panel.repaint()
        times.append(1000 * (time.perf_counter() - begin))
    row("switch to another tensor of 10 M", float(np.median(times)), SWITCH)


def scrolling(panel: TensorInspector) -> None:
    """Time scrolling through 100 million elements."""
    values = np.broadcast_to(np.random.default_rng(0).normal(size=1000).astype(np.float32), (100_000, 1000))
    panel.watching.look_at(TensorRef("value", "node", "large"))
    panel.watching.take(
        replace(event("large", values[:2]), info=replace(summarise(values[:2]), shape=values.shape), values=values)
    )
    panel.turn_to(TableView)
    view = panel.view
    assert isinstance(view, TableView)
    times = []
    for i in range(300):
        begin = time.perf_counter()
        view.grid.verticalScrollBar().setValue(i * 7919 % view.grid.verticalScrollBar().maximum())
        view.grid.repaint()
        times.append(1000 * (time.perf_counter() - begin))
    row("scroll a table of 100 M (99 %)", float(np.percentile(times, 99)), STALL)


def whole_way(folder: Path) -> None:
    """Time the way from the click to the values of a tensor of 10 million elements in the engine's process."""
    document = Document()
    for name, op in (("first", "data.random_normal"), ("second", "data.random_uniform")):
        document.apply(AddNode(Node(name, op, {"shape": [2500, 4000]})))
    save(document, folder / "large.trenza")
    window = open_studio(folder / "large.trenza")
    window.resize(1600, 1000)
    panel = window.inspector.tensor
    refs = [TensorRef.of(PortRef(name, "output")) for name in ("first", "second")]

    def until(done: Callable[[], bool]) -> None:
        end = time.perf_counter() + _LONGEST
        while not done() and time.perf_counter() < end:
            QApplication.processEvents()
            time.sleep(0.001)

    until(lambda: window.editors.current is not None and len(window.editors.current.tensors) == 2)
    times = []
    for i in range(2 * ROUNDS):
        ref = refs[i % 2]
        begin = time.perf_counter()
        panel.watching.look_at(ref)
        until(lambda ref=ref: panel.shown is not None and panel.shown.ref == ref)
        panel.repaint()
        times.append(1000 * (time.perf_counter() - begin))
    row("from the click, through the engine, not pinned", float(np.median(times[2:])), SWITCH)
    window.close()


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("CONFIG", "STATE"):
            os.environ[f"XDG_{kind}_HOME"] = folder
        application()
        fonts.load()
        appearance().start()
        panel = TensorInspector()
        panel.resize(320, 700)
        panel.show()
        rng = np.random.default_rng(0)
        matrix = event("matrix", rng.normal(size=(2500, 4000)).astype(np.float32))
        images = event("images", rng.random((40, 500, 500, 1)).astype(np.float32))
        print(f"{'10 million elements':<46}{'at most':>11}{'found':>13}")
        views(panel, matrix)
        tensors(panel, (matrix, images))
        scrolling(panel)
        panel.close()
        whole_way(Path(folder))


if __name__ == "__main__":
    main()
