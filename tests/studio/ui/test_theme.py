"""Whatever is read can be read: contrast, in every theme."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon

from studio.document.nodetype import CATEGORIES
from studio.ui import categories, icons
from studio.ui.action_table import ACTIONS
from studio.ui.appearance import Appearance
from studio.ui.resources import resource
from studio.ui.style import derived
from studio.ui.theme import THEMES, Theme, contrast, mix

pytest_plugins = ("look",)
pytestmark = pytest.mark.usefixtures("look")

READ = ("text", "dim", "accent", "ok", "warn", "bad")
SURFACES = ("canvas", "panel", "raised")
# WCAG 2.2: 4.5 is level AA, 7 is level AAA.
LEAST = {"dark": 4.5, "light": 4.5, "contrast": 7.0}

every_theme = pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))


@every_theme
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("token", READ)
def test_texts_stand_out(theme: Theme, token: str, surface: str) -> None:
    # The state colours are words on panels; on raised surfaces they only ever are marks.
    least = 3.0 if surface == "raised" and token not in ("text", "dim") else LEAST[theme.name]
    assert contrast(getattr(theme, token), getattr(theme, surface)) >= least


@every_theme
def test_texts_stand_out_in_every_state(theme: Theme) -> None:
    colours = derived(theme)
    least = LEAST[theme.name]
    assert contrast(theme.on_accent, theme.accent) >= 4.5
    assert contrast(theme.on_accent, colours["accent_hover"]) >= 4.5
    for state in ("hover", "selection"):
        assert contrast(theme.text, colours[state]) >= least
        assert contrast(theme.dim, colours[state]) >= 4.5 or state == "selection"


@every_theme
@pytest.mark.parametrize("category", CATEGORIES)
def test_marks_stand_out_from_their_squares(theme: Theme, category: str) -> None:
    colour = theme.category(category)
    assert contrast(colour, mix(theme.panel, colour, 0.2)) >= 3


def test_every_category_has_a_name_and_a_picture_of_its_own() -> None:
    assert tuple(categories.TITLES) == tuple(categories.PICTURES) == CATEGORIES
    assert len(set(categories.PICTURES.values())) == len(CATEGORIES)


@every_theme
def test_all_colours_are_written_alike(theme: Theme) -> None:
    colours = [getattr(theme, f.name) for f in fields(theme) if f.name not in ("name", "is_dark")]
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)


@every_theme
def test_the_style_sheet_knows_all_its_colours(theme: Theme, look: Appearance) -> None:
    look.set_theme(theme.name)
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    assert not re.findall(r"\{(\w+)\}", re.sub(r"\{\s", "", app.styleSheet()))


def test_icons_take_the_colour_of_the_theme_in_use(look: Appearance) -> None:
    icon = icons.icon("square")

    def colours() -> set[str]:
        image = icon.pixmap(QSize(24, 24)).toImage()
        pixels = (image.pixelColor(x, y) for x in range(24) for y in range(24))
        return {pixel.name() for pixel in pixels if pixel.alpha() == 255}

    for theme in THEMES.values():
        look.set_theme(theme.name, remember=False)
        assert colours() == {theme.text}


def test_disabled_icons_are_fainter(look: Appearance) -> None:
    icon = icons.icon("square", "accent")
    images = {mode: icon.pixmap(QSize(24, 24), mode).toImage() for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled)}
    assert images[QIcon.Mode.Normal] != images[QIcon.Mode.Disabled]


def test_every_icon_is_used_and_every_action_has_one() -> None:
    shipped = {path.stem for path in resource("icons").glob("*.svg")}
    assert {spec.icon for spec in ACTIONS} <= shipped
    source = "\n".join(path.read_text("utf-8") for path in resource("..", "studio").resolve().rglob("*.py"))
    assert {name for name in shipped if f'"{name}"' not in source and f"{name}.svg" not in source} == set()
