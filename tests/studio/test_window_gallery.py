"""The start page's pictures: made by the program from the documents, kept in the cache, in the theme in use."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from graphs import EXAMPLES, moons
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot
from user import Open, User, saved

from studio.canvas import gallery as module
from studio.canvas.gallery import Gallery
from studio.document.catalogue import CATALOGUE
from studio.document.document import Document
from studio.ui.shell import files
from studio.ui.shell.start_page import EXAMPLES as CARDS
from studio.ui.shell.start_page import PICTURE, SMALL
from studio.ui.theme import DARK, LIGHT, THEMES, Theme
from studio.ui.widgets.labels import Text

pytest_plugins = ("look", "window")

SIZE = QSize(120, 60)


@pytest.fixture
def gallery(look: object) -> Gallery:
    return Gallery(CATALOGUE)


def made(qtbot: QtBot, gallery: Gallery, path: Path, theme: Theme = DARK, ratio: float = 1.0) -> list[QImage]:
    """Return the pictures that come of a document: one, or none."""
    found: list[QImage] = []
    gallery.ready.connect(lambda _path, _theme, image: found.append(image))
    gallery.want(path, theme, SIZE, ratio)
    qtbot.waitUntil(lambda: not gallery.busy, timeout=20_000)
    gallery.ready.disconnect()
    return found


def colours(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_picture_has_the_pixels_of_the_screen(qtbot: QtBot, gallery: Gallery, ratio: float) -> None:
    (image,) = made(qtbot, gallery, EXAMPLES / "digits_mlp.trenza", LIGHT, ratio)
    assert image.size() == SIZE * ratio
    assert image.devicePixelRatioF() == ratio
    assert {LIGHT.canvas, LIGHT.layer} <= colours(image)


def test_a_picture_is_made_once_for_each_content_and_theme(
    qtbot: QtBot, gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[object] = []
    paint = module._paint
    monkeypatch.setattr(module, "_paint", lambda *given: (painted.append(given), paint(*given)))
    one = saved(moons(), tmp_path, "one")
    first = made(qtbot, gallery, one)
    assert made(qtbot, gallery, one) == first
    assert made(qtbot, gallery, Path(shutil.copy(one, tmp_path / "two.trenza"))) == first, "the content counts"
    assert len(painted) == 1
    assert made(qtbot, gallery, one, LIGHT) != first
    saved(moons(hidden=("layer.Dense", {"units": 99})), tmp_path, "one")
    made(qtbot, gallery, one)
    assert len(painted) == 3


def test_what_is_no_document_has_no_picture_and_does_no_harm(
    qtbot: QtBot, gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, large = tmp_path / "broken.trenza", saved(moons(), tmp_path, "large")
    broken.write_text("{")
    assert made(qtbot, gallery, broken) == []
    assert made(qtbot, gallery, tmp_path / "none.trenza") == []
    assert made(qtbot, gallery, tmp_path) == []
    assert made(qtbot, gallery, saved(Document(), tmp_path, "empty")) == []
    monkeypatch.setattr(module, "_MOST_BYTES", 10)
    assert made(qtbot, gallery, large) == []
    monkeypatch.undo()
    assert len(made(qtbot, gallery, large)) == 1


def test_a_spoilt_cache_is_made_anew_and_a_full_one_loses_the_oldest(
    qtbot: QtBot, gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(moons(), tmp_path)
    (first,) = made(qtbot, gallery, path)
    (kept,) = module.folder().glob("*")
    kept.write_bytes(b"no picture")
    assert made(qtbot, gallery, path) == [first]
    monkeypatch.setattr(module, "_MOST_KEPT", 2)
    for theme in THEMES.values():
        made(qtbot, gallery, path, theme)
    assert len(list(module.folder().glob("*"))) == 2
    monkeypatch.setattr(module, "folder", lambda: path / "no" / "folder")
    assert len(made(qtbot, gallery, path)) == 1


def images(user: User) -> dict[str, QImage]:
    page = user.window.start_page
    return {card.objectName(): card.picture.image for card in page._cards}


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_start_page_shows_them_in_the_theme_in_use(open_window: Open, tmp_path: Path, language: str) -> None:
    recent = saved(moons(), tmp_path, "mine")
    files.remember(recent)
    user = open_window()
    page = user.window.start_page
    user.do(f"view.language_{language}")
    for theme in THEMES:
        user.do(f"view.theme_{theme}")
        user.until(lambda: not user.window.gallery.busy)
        shown = images(user)
        assert list(shown) == [f"example.{name}" for name, *_rest in CARDS]
        for image in shown.values():
            assert image.deviceIndependentSize().toSize() == PICTURE
            assert image.pixelColor(1, 1).name() == THEMES[theme].canvas
        (row,) = page._rows
        small = row.icon().pixmap(SMALL).toImage()
        assert len(colours(small)) > 3
        assert small.pixelColor(1, 1).name() == THEMES[theme].canvas
    assert len({image.cacheKey() for image in images(user).values()}) == len(CARDS)


def cut(user: User) -> list[str]:
    """Return what is written on a card without the room for it."""
    return [
        text.text()
        for card in user.window.start_page._cards
        for text in card.findChildren(Text)
        if text.heightForWidth(text.width()) > text.height() or not card.rect().contains(text.geometry())
    ]


@pytest.mark.parametrize("size", [(1500, 950), (1180, 760)])
def test_no_word_on_a_card_is_cut(open_window: Open, size: tuple[int, int]) -> None:
    user = open_window()
    user.window.resize(*size)
    for language in ("en", "es"):
        user.do(f"view.language_{language}")
        user.until(lambda: not cut(user))


def test_a_card_opens_its_example(open_window: Open) -> None:
    user = open_window()
    user.click("example.spiral")
    assert user.window.desk.path == EXAMPLES / "spiral.trenza"
