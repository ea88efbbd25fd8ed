"""Garbage is looked for when nobody watches."""

from __future__ import annotations

import gc

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from studio.ui import garbage


def test_a_full_collection_waits_until_another_program_is_in_front(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    collected, before = [], gc.get_threshold()
    try:
        garbage.collect_in_time(qapp)
        assert gc.get_threshold()[2] > 100_000
        monkeypatch.setattr(garbage.gc, "collect", lambda: collected.append(1))
        qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
        assert collected == []
        qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationInactive)
        assert collected == [1]
    finally:
        gc.set_threshold(*before)
        qapp.applicationStateChanged.disconnect(garbage._on_state)
