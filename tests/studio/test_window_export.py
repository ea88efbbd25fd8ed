"""Exporting from the window: the dialog, the file, how far it is, and calling it off."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphs import EXAMPLES, moons
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QDialog, QFileDialog, QLabel, QSpinBox, QWidget
from user import Open, User, saved

from studio.canvas.export.dialog import ExportDialog
from studio.canvas.export.look import Look
from studio.canvas.export.progress import ProgressDialog
from studio.ui.theme import LIGHT
from tests.benchmarks.documents import large_document

pytest_plugins = ("look", "window")

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def asked(user: User) -> ExportDialog:
    """Press the shortcut and return the dialog that opens."""
    user.window.activateWindow()  # as the desktop does when a dialog closes; there is none here
    QTest.qWait(20)
    QTest.keyClick(user.window, Qt.Key.Key_E, CTRL_SHIFT)
    user.until(lambda: user.window.findChild(ExportDialog))
    dialog = user.window.findChild(ExportDialog)
    assert isinstance(dialog, ExportDialog)
    return dialog


def part(dialog: QWidget, name: str) -> QAbstractButton:
    found = dialog.findChild(QAbstractButton, name)
    assert isinstance(found, QAbstractButton), name
    return found


def click(dialog: QWidget, name: str) -> None:
    button = part(dialog, name)
    at = button.rect().center()
    at.setX(min(at.x(), 12))  # of a radio button only its text and its circle are to be clicked
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=at)


def answer(monkeypatch: pytest.MonkeyPatch, path: Path) -> list[str]:
    """Let the file dialog return `path`, and note what it was offered."""
    offered: list[str] = []

    def dialog(_parent: object, _title: str, proposal: str, _filter: str) -> tuple[str, str]:
        offered.append(proposal)
        return str(path), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", dialog)
    return offered


def test_what_is_chosen_is_exported_and_remembered(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = open_window(EXAMPLES / "digits_mlp.trenza")
    offered = answer(monkeypatch, tmp_path / "picture")
    dialog = asked(user)
    size = dialog.findChild(QLabel, "export.size")
    assert isinstance(size, QLabel)
    before = size.text()
    scale = dialog.findChild(QComboBox, "export.scale")
    assert isinstance(scale, QComboBox)
    assert not scale.isEnabled(), "an SVG has no pixels"
    click(dialog, "export.format.png")
    assert scale.isEnabled()
    scale.setFocus()
    QTest.keyClick(scale, Qt.Key.Key_Down)
    assert size.text() != before
    theme = dialog.findChild(QComboBox, "export.theme")
    assert isinstance(theme, QComboBox)
    theme.setFocus()
    for _press in range(2):
        QTest.keyClick(theme, Qt.Key.Key_Down)
    click(dialog, "export.transparent")
    margin = dialog.findChild(QSpinBox, "export.margin")
    assert isinstance(margin, QSpinBox)
    margin.setFocus()
    margin.selectAll()
    QTest.keyClicks(margin, "7")
    click(dialog, "export.go")
    assert offered == [str(Path.home() / "digits_mlp.png")]
    path = tmp_path / "picture.png"
    user.until(lambda: user.banner == f"Exported: {path}")
    image = QImage(str(path))
    assert image.hasAlphaChannel()
    assert image.pixelColor(0, 0).alpha() == 0
    assert abs(image.dotsPerMeterX() - 2 * 96 / 0.0254) < 1
    user.do("view.language_es")
    assert user.banner == f"Exportado: {path}"
    dialog = asked(user)
    assert dialog.format == "png"
    assert dialog.look() == Look(LIGHT, transparent=True, scale=2, margin=7)
    offered = answer(monkeypatch, tmp_path / "other.png")
    click(dialog, "export.go")
    assert Path(offered[0]).parent == tmp_path, "the folder is remembered"
    user.until(lambda: (tmp_path / "other.png").exists())
    user.until(lambda: not user.window.exporting.busy)


def test_the_selection_alone_is_exported(open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = open_window(saved(moons(), tmp_path))
    dialog = asked(user)
    assert not part(dialog, "export.part.selection").isEnabled(), "nothing is selected"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    user.hand.click(user.hand.header("hidden"))
    answer(monkeypatch, tmp_path / "part.svg")
    user.until(lambda: user.window.findChild(ExportDialog) is None)
    dialog = asked(user)
    click(dialog, "export.part.selection")
    click(dialog, "export.go")
    user.until(lambda: (tmp_path / "part.svg").exists())
    text = (tmp_path / "part.svg").read_text("utf-8")
    assert text.count("<g transform=") == 1, "one node, and no wire with its words"


def test_a_large_document_shows_how_far_it_is_and_can_be_called_off(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(large_document(1500), tmp_path))
    user.until(lambda: user.window.canvas is not None and not user.window.analysing)
    path = tmp_path / "large.png"
    user.window.exporting.begin("png", Look(scale=2), path)
    user.until(lambda: any(isinstance(w, ProgressDialog) and w.isVisible() for w in QApplication.topLevelWidgets()))
    dialog = user.window.findChild(ProgressDialog)
    assert isinstance(dialog, QDialog)
    assert user.window.exporting.busy
    click(dialog, "export.cancel")
    assert not user.window.exporting.busy
    assert not path.exists()
    QTest.qWait(20)
    assert user.window.findChild(ProgressDialog) is None
    user.window.exporting.begin("pdf", Look(), tmp_path / "large.pdf")
    user.until(lambda: (tmp_path / "large.pdf").exists())
    user.until(lambda: not user.window.exporting.busy)
    assert user.window.findChild(ProgressDialog) is None or not user.window.findChild(ProgressDialog).isVisible()


def test_what_stands_in_the_way_is_said(open_window: Open, tmp_path: Path) -> None:
    user = open_window(saved(moons(), tmp_path))
    user.window.exporting.begin("svg", Look(), tmp_path / "nowhere" / "a.svg")
    user.until(lambda: "cannot be saved" in user.banner)
    assert not user.window.exporting.busy
