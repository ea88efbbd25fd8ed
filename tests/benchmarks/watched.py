"""A window on a training without an end, in which one panel after the other is brought to the front."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Self

from studio.run.messages import Crashed, Ended
from tests.benchmarks.documents import with_epochs

#: So many epochs that a training has no end.
FOREVER = 100_000


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return what reads the arguments of a benchmark of a long training."""
    found = argparse.ArgumentParser(description=(description or "").splitlines()[0])
    found.add_argument("--data-dir", type=Path)
    found.add_argument("--minutes", type=float, default=10.0)
    return found


class Watched:
    """The window, open in a block: a weight is in its inspector, and its gradient and its update are pinned."""

    def __init__(self, document: Path, data_dir: Path | None) -> None:
        from PySide6.QtCore import QEventLoop

        from studio.app import application, open_studio

        self._app = application()
        self._loop = QEventLoop()  # to quit the program closes its window
        self.window = window = open_studio(document, data_dir)
        window.resize(1600, 1000)
        window.history.do(with_epochs(window.document, FOREVER))
        window.history.mark_saved()  # or closing would ask
        self._begun: Callable[[], None] = lambda: None
        self._is_used = False
        self._ended: Ended | Crashed | None = None
        window.controller.started.connect(lambda _event: self._begin())
        window.controller.ended.connect(self._end)
        window.controller.crashed.connect(self._end)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.window.close()

    def run(self, begun: Callable[[], None]) -> None:
        """Train in a new process, and call this when the training has begun; return when it was stopped.

        Raises
        ------
        SystemExit
            If it ended by itself.
        """
        from PySide6.QtCore import QTimer

        if self._is_used:
            self.window.controller.restart()
        self._begun, self._is_used = begun, True
        QTimer.singleShot(8000, self.window.running.train)  # the engine's process loads meanwhile
        self._loop.exec()
        if not isinstance(self._ended, Ended) or self._ended.status != "stopped":
            raise SystemExit(f"The training that was watched has ended by itself: {self._ended}")

    def _end(self, event: Ended | Crashed) -> None:
        self._ended = event
        self._loop.exit()

    def _begin(self) -> None:
        self._pin()
        self._begun()

    def _pin(self) -> None:
        from studio.inspector.watching import Pin
        from studio.run.tensor_ref import TensorRef

        editor = self.window.editors.current
        assert editor is not None
        kernel = ("hidden", "kernel")
        editor.watching.look_at(TensorRef("weight", *kernel))
        for kind in ("weight_gradient", "update"):
            editor.watching.pin(Pin(TensorRef(kind, *kernel)))  # type: ignore[arg-type]

    @property
    def panels(self) -> int:
        """How many panels share the dock below."""
        return self.window.dock.count()

    def bring(self, panel: int) -> None:
        """Open the docks, with this panel in front (they are counted round and round)."""
        self._show(True)
        self.window.dock.setCurrentIndex(panel % self.panels)

    def hide(self) -> None:
        """Close the docks: the canvas is left."""
        self._show(False)

    def _show(self, whether: bool) -> None:
        for side in ("bottom", "right"):
            self.window.docks.docks[side].setVisible(whether)
