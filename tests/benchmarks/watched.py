"""A window on a training without an end, in which one panel after the other is brought to the front."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

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
    """The window: a weight is in its inspector, and its gradient and its update are pinned."""

    def __init__(self, document: Path, data_dir: Path | None) -> None:
        from studio.app import application, open_studio

        self._app = application()
        self.window = window = open_studio(document, data_dir)
        window.resize(1600, 1000)
        window.history.do(with_epochs(window.document, FOREVER))
        window.history.mark_saved()  # or closing would ask

    def run(self, begun: Callable[[], None]) -> None:
        """Train, and call this when the training has begun; return when it has ended."""
        from PySide6.QtCore import QTimer

        controller = self.window.controller
        controller.started.connect(lambda _event: self._pin())
        controller.started.connect(lambda _event: begun())
        controller.ended.connect(lambda _event: QTimer.singleShot(0, self._app.quit))
        QTimer.singleShot(8000, self.window.running.train)  # the engine's process loads meanwhile
        self._app.exec()
        self.window.close()

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
