"""Bringing a window into a state, and waiting until it is there."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.app import MainWindow
from studio.canvas.view import CanvasView
from studio.desktop.editor import Editor

EXAMPLES: Final = Path(__file__).resolve().parents[2] / "examples"
_PATIENCE: Final = 30.0


def until(done: Callable[[], object]) -> None:
    """Let the event loop run until something is so.

    Raises
    ------
    TimeoutError
        If it never is.
    """
    end = time.monotonic() + _PATIENCE
    while not done():
        QTest.qWait(10)
        if time.monotonic() > end:
            raise TimeoutError("the window never came into this state")


def settled(window: MainWindow) -> None:
    """Wait until nothing of the document that is shown is on its way."""
    until(lambda: not window.analysing and not canvas_of(window).canvas.busy)
    QApplication.processEvents()


def canvas_of(window: MainWindow) -> CanvasView:
    """Return the canvas that is shown."""
    assert window.canvas is not None
    return window.canvas


def editor_of(window: MainWindow) -> Editor:
    """Return what the document that is shown is worked on with."""
    assert window.editors.current is not None
    return window.editors.current


def _has_values(window: MainWindow) -> bool:
    return window.editors.current is not None and bool(window.editors.current.tensors)


def open_example(window: MainWindow, name: str) -> CanvasView:
    """Open an example, wait for its values where there is an engine, and show all of it, whatever was seen before."""
    window.workspaces.turn_to("design")
    window.desk.open(EXAMPLES / f"{name}.trenza")
    until(lambda: window.canvas is not None)
    settled(window)
    if window.controller.pid is not None:
        until(lambda: window.controller.state == "ready" and _has_values(window))
    canvas_of(window).frame_all()
    settled(window)
    return canvas_of(window)


def train(window: MainWindow) -> None:
    """Train the document that is shown to the end."""
    ended: list[object] = []
    window.controller.ended.connect(ended.append)
    window.running.train()
    until(lambda: ended)
