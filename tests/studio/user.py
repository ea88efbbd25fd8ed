"""Somebody before the window, for tests: looks, clicks, types and waits."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from graphs import EXAMPLES, port
from hand import Hand
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.app import MainWindow
from studio.document.document import Document, PortRef
from studio.document.file import save

PATIENCE = 60_000  # milliseconds: a guard against hanging, not a measure of speed


class User:
    """Somebody before the window: looks, clicks, types and waits."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot

    @property
    def hand(self) -> Hand:
        """The mouse over the canvas."""
        assert self.window.canvas is not None
        return Hand(self.window.canvas)

    def until(self, done: Callable[[], object]) -> None:
        """Wait for something."""
        self.qtbot.waitUntil(lambda: bool(done()), timeout=PATIENCE)

    def until_ready(self) -> None:
        """Wait for the engine."""
        self.until(lambda: self.window.controller.state == "ready")

    def action(self, id: str) -> QAction:
        """Return an action by its id, found as assistive tools find it."""
        found = self.window.findChild(QAction, id)
        assert isinstance(found, QAction), id
        return found

    def do(self, id: str) -> None:
        """Trigger an action that is enabled."""
        assert self.action(id).isEnabled(), id
        self.action(id).trigger()

    def find(self, name: str) -> QWidget:
        """Return a widget by its object name."""
        found = self.window.findChild(QWidget, name)
        assert isinstance(found, QWidget), name
        return found

    def click(self, widget: QWidget | str) -> None:
        """Click a widget."""
        found = self.find(widget) if isinstance(widget, str) else widget
        assert found.isVisible(), found.objectName()
        QTest.mouseClick(found, Qt.MouseButton.LeftButton)

    def enter(self, widget: QWidget | str, text: str) -> None:
        """Type into a field in place of what is there, and press Return."""
        field = self.find(widget) if isinstance(widget, str) else widget
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)

    def on_wire(self, target: PortRef) -> QPointF:
        """Return a place on the wire to an input where no node lies."""
        assert self.window.canvas is not None
        scene = self.window.canvas.canvas
        path = scene.wires.strands()[target].path
        places = [path.pointAtPercent(share / 20) for share in range(1, 20)]
        reach = self.window.canvas.hover
        return next(
            at for at in places if not scene.item_at(at) and not reach.port_at(at) and reach.wire_at(at) is not None
        )

    def tab(self, index: int | None = None) -> str:
        """Return what a tab says, by default that of the document that is shown."""
        bar = self.window.tabs.bar
        return bar.tabText(bar.currentIndex() if index is None else index)

    @property
    def banner(self) -> str:
        """What the banner says; "" if it is hidden."""
        banner = self.window.banner
        return banner._text.text() if banner.isVisible() else ""


Open = Callable[..., User]


def copy_of(name: str, folder: Path) -> Path:
    return Path(shutil.copy(EXAMPLES / f"{name}.trenza", folder))


def saved(document: Document, folder: Path, name: str = "small") -> Path:
    path = folder / f"{name}.trenza"
    save(document, path)
    return path


def wire_text(user: User, target: str) -> str:
    assert user.window.canvas is not None
    return user.window.canvas.canvas.wires.strands()[port(target)].text


def steps(user: User, name: str) -> int:
    curve = user.window.plots.curves.get(name)
    return len(curve.raw) if curve else 0
