"""The theme that the system asks for, motion, and sharpness on dense screens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from studio.canvas.export.look import Progress
from studio.canvas.export.progress import ProgressDialog
from studio.canvas.sprites import Sprites
from studio.canvas.style import Style
from studio.canvas.view import CanvasView
from studio.document.history import History
from studio.document.nodetype import Catalogue
from studio.ui import appearance as module
from studio.ui import icons, motion
from studio.ui.appearance import Appearance, system_theme
from studio.ui.settings import settings
from studio.ui.theme import CONTRAST, DARK, LIGHT, SYSTEM, Theme

pytest_plugins = ("look",)


@pytest.fixture
def system(look: Appearance, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Theme]]:
    """A system that asks for what the test says, and tells so."""
    asked = {"theme": DARK}
    monkeypatch.setattr(module, "system_theme", lambda: asked["theme"])
    yield asked
    look.set_theme(DARK.name, remember=False)


def ask(system: dict[str, Theme], theme: Theme) -> None:
    system["theme"] = theme
    QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Unknown)


def test_the_theme_of_the_system_is_followed_until_another_is_chosen(
    look: Appearance, system: dict[str, Theme]
) -> None:
    assert look.choice == SYSTEM, "nothing was chosen yet"
    told: list[Theme] = []
    look.theme_changed.connect(told.append)
    for theme in (LIGHT, CONTRAST, CONTRAST, DARK):
        ask(system, theme)
        assert look.theme is theme
    assert told == [LIGHT, CONTRAST, DARK], "once for each change"
    look.set_theme("light")
    ask(system, CONTRAST)
    assert (look.theme, settings().value("theme")) == (LIGHT, "light")
    look.set_theme(SYSTEM)
    assert (look.theme, settings().value("theme")) == (CONTRAST, SYSTEM)
    look.theme_changed.disconnect(told.append)
    look.start()
    assert look.choice == SYSTEM
    settings().setValue("theme", "no such theme")
    look.start()
    assert look.choice == SYSTEM


def test_what_the_system_asks_for_is_read(look: Appearance, monkeypatch: pytest.MonkeyPatch) -> None:
    class Hints:
        def __init__(self, scheme: Qt.ColorScheme, preference: object = None) -> None:
            self.colorScheme = lambda: scheme
            self.contrastPreference = lambda: preference
            self.accessibility = lambda: self

    schemes = Qt.ColorScheme
    cases = [(schemes.Light, LIGHT), (schemes.Dark, DARK), (schemes.Unknown, DARK)]
    for scheme, wanted in cases:
        monkeypatch.setattr(QGuiApplication, "styleHints", lambda scheme=scheme: Hints(scheme))
        assert system_theme() is wanted
    if module._HIGH is not None:
        monkeypatch.setattr(QGuiApplication, "styleHints", lambda: Hints(schemes.Light, module._HIGH))
        assert system_theme() is CONTRAST


def test_nothing_of_qt_moves_either_where_motion_is_reduced(
    look: Appearance, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    moving: dict[object, bool] = {}
    monkeypatch.setattr(QApplication, "setEffectEnabled", lambda effect, on: moving.update({effect: on}))
    as_found = {effect: effect is not Qt.UIEffect.UI_FadeMenu for effect in motion._EFFECTS}
    monkeypatch.setattr(motion, "_found", lambda: as_found)
    parent = QLabel()
    qtbot.addWidget(parent)
    motion.set_reduced(True)
    assert set(moving.values()) == {False}
    assert ProgressDialog("a", Progress(), parent)._bar.maximum() > 0
    motion.set_reduced(False)
    assert moving == as_found, "what the system does not want stays off"
    assert ProgressDialog("a", Progress(), parent)._bar.maximum() == 0, "it moves while nobody knows how far"


RATIOS = pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])


def sharp(image: QImage) -> float:
    """Return the share of pixels that differ from the same picture at half the density, blown up again."""
    half = image.scaled(image.size() / 2, mode=Qt.TransformationMode.SmoothTransformation)
    again = half.scaled(image.size(), mode=Qt.TransformationMode.FastTransformation)
    grey = (i.convertToFormat(QImage.Format.Format_Grayscale8) for i in (image, again))
    a, b = (np.frombuffer(i.constBits(), np.uint8).astype(int)[: i.sizeInBytes()] for i in grey)
    return float(np.mean(np.abs(a - b) > 24))


def test_where_there_is_no_room_an_icon_is_no_picture(look: Appearance, qtlog: Any) -> None:
    assert icons._Engine("network", "").scaledPixmap(QSize(0, 20), QIcon.Mode.Normal, QIcon.State.Off, 1.0).isNull()
    assert qtlog.records == [], "Qt has nothing to complain about"


@RATIOS
def test_icons_have_the_pixels_of_the_screen(look: Appearance, ratio: float) -> None:
    for icon in (icons.icon("network"), icons.icon("play", "accent"), icons.app_icon()):
        pixmap = icon.pixmap(QSize(20, 20), ratio)
        assert pixmap.size() == QSize(20, 20) * ratio
        assert pixmap.deviceIndependentSize().toSize() == QSize(20, 20)
    image = icons.icon("network").pixmap(QSize(20, 20), 2.0, QIcon.Mode.Normal).toImage()
    assert sharp(image) > 0.02, "drawn at its density, not scaled up to it"


@RATIOS
def test_bodies_of_nodes_and_the_grid_have_them(
    look: Appearance, qtbot: QtBot, history: History, catalogue: Catalogue, ratio: float
) -> None:
    sprites = Sprites(Style(DARK), 1.0, ratio)
    target = QImage(QSize(200, 100) * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    target.setDevicePixelRatio(ratio)
    painter = QPainter(target)
    sprites.paint_body(painter, 120, 60, "layer", False)
    painter.end()
    (body,) = sprites._bodies.values()
    assert body.devicePixelRatio() == ratio
    assert body.width() >= 120 * ratio
    view = CanvasView(history, catalogue, DARK)
    qtbot.addWidget(view)
    tile = view._dots(24, ratio, Style(DARK))
    assert abs(tile.devicePixelRatio() - ratio) < 0.01
    assert tile.width() >= 24 * 8 * ratio
    view.close_document()


@RATIOS
def test_the_map_has_them(
    look: Appearance,
    qtbot: QtBot,
    history: History,
    catalogue: Catalogue,
    ratio: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    view = CanvasView(history, catalogue, DARK)
    qtbot.addWidget(view)
    monkeypatch.setattr(view.minimap, "devicePixelRatioF", lambda: ratio)
    view.minimap._draw()
    assert view.minimap._map.size() == view.minimap.size() * ratio
    assert view.minimap._map.devicePixelRatio() == ratio
    view.close_document()
