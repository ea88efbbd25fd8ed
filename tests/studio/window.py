"""A window for tests, closed behind each with all it started. A test module names this one as a plugin."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from user import User

from studio.app import MainWindow, open_studio
from studio.ui import i18n
from studio.ui.appearance import Appearance, appearance
from studio.ui.shell import files


@pytest.fixture
def open_window(look: Appearance, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., User]]:
    """Opens a window on a document or none, by default without the engine's process, which takes a second."""
    start_engine = MainWindow.start_engine
    windows: list[MainWindow] = []
    threads = set(threading.enumerate())

    def open_window(path: Path | None = None, engine: bool = False) -> User:
        monkeypatch.setattr(MainWindow, "start_engine", start_engine if engine else lambda _self: None)
        window = open_studio(path)
        windows.append(window)
        if i18n.language() != "en":
            appearance().set_language("en", remember=False)
        window.resize(1500, 950)
        qtbot.waitExposed(window)
        window.activateWindow()
        QTest.qWait(1)
        return User(window, qtbot)

    yield open_window
    for window in windows:
        monkeypatch.setattr(files, "ask_about_changes", lambda *_: "discard")
        monkeypatch.setattr(files, "ask_about_all", lambda *_: "discard")
        assert window.close()
        assert window.controller.pid is None
        window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert [p.name for p in multiprocessing.active_children()] == []
    for thread in set(threading.enumerate()) - threads:
        if thread.name.startswith("kernels-"):  # where a test computes in its own process, these stay for good
            continue
        thread.join(20)
        assert not thread.is_alive(), thread.name
