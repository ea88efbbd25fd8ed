"""Work in threads, handed back to the window's thread: to owners that are still alive, and to no others."""

from __future__ import annotations

import gc
import sys
import threading
import weakref

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.ui.beside import SWITCH, beside


def test_what_comes_of_work_is_handed_over_in_the_windows_thread(qtbot: QtBot) -> None:
    owner, found = QObject(), []
    usual = sys.getswitchinterval()
    go = threading.Event()

    def work() -> str:
        go.wait(60)
        return threading.current_thread().name

    beside(owner, "worker", work, lambda name: found.append((name, threading.current_thread())))
    assert sys.getswitchinterval() == SWITCH
    go.set()
    qtbot.waitUntil(lambda: bool(found), timeout=60_000)
    assert found == [("worker", threading.main_thread())]
    assert sys.getswitchinterval() == usual


def test_who_was_deleted_meanwhile_hears_nothing_and_is_let_go_in_the_windows_thread(qtbot: QtBot) -> None:
    found: list[object] = []
    threads: list[threading.Thread] = []
    for _ in range(200):
        owner = QObject()
        child = QObject(owner)
        weakref.finalize(child, lambda: threads.append(threading.current_thread()))
        thread = beside(owner, "worker", lambda child=child: child and 1, found.append)
        shiboken6.delete(owner)
        del owner, child
        thread.join()
    late = QObject()
    beside(late, "worker", lambda: "last", found.append)
    qtbot.waitUntil(lambda: found == ["last"], timeout=60_000)
    gc.collect()
    QTest.qWait(1)
    assert set(threads) == {threading.main_thread()}
    assert len(threads) == 200
