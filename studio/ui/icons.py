"""Line icons, drawn in the colours of the theme in use and at the size and density that is asked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from studio.ui.resources import resource
from studio.ui.theme import DARK, Theme

Mode = QIcon.Mode
State = QIcon.State

_TOKENS: Final = {Mode.Normal: "text", Mode.Active: "text", Mode.Selected: "text", Mode.Disabled: "faint"}

_theme = DARK


def use_theme(theme: Theme) -> None:
    """Draw all icons, also those that are already in use, in the colours of `theme`."""
    global _theme
    _theme = theme


@cache
def _source(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text("utf-8")


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))


def write_tinted(name: str, colour: str, path: Path) -> None:
    """Write the icon `name` in one colour to a file, for a style sheet to show."""
    path.write_text(_source(name).replace("currentColor", colour), "utf-8")


def paint(painter: QPainter, name: str, rect: QRectF, colour: str) -> None:
    """Draw the icon `name` in one colour, as large as fits into the middle of `rect`."""
    side = min(rect.width(), rect.height())
    square = QRectF(0, 0, side, side)
    square.moveCenter(rect.center())
    _renderer(name, colour).render(painter, square)


class _Engine(QIconEngine):
    """Draws one icon when it is needed; `token` is the theme's colour for it."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._name = name
        self._token = token

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        paint(painter, self._name, QRectF(rect), self._colour(mode))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        size = size / scale if _asks_for_pixels() else size
        if size.isEmpty():  # where a widget is squeezed to nothing; on no pixels can nothing be painted
            return QPixmap()
        key = f"trenza/{self._name}/{self._colour(mode)}/{size.width()}x{size.height()}@{scale}"
        if QPixmapCache.find(key, pixmap := QPixmap()):
            return pixmap
        pixmap = QPixmap(size * scale)
        pixmap.setDevicePixelRatio(scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        QPixmapCache.insert(key, pixmap)
        return pixmap

    def _colour(self, mode: QIcon.Mode) -> str:
        token = self._token if self._token and mode != Mode.Disabled else _TOKENS[mode]
        return str(getattr(_theme, token))

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._token)


class _Probe(QIconEngine):
    """Takes note of the size that it is asked for."""

    asked = QSize()

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Paint nothing."""

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        _Probe.asked = QSize(size)
        return QPixmap(size)

    def clone(self) -> QIconEngine:
        return _Probe()


@cache
def _asks_for_pixels() -> bool:
    """Return whether Qt asks for a size in pixels of the screen, as it once did, and not in logical ones."""
    QIcon(_Probe()).pixmap(QSize(10, 10), 2.0)
    return _Probe.asked.width() > 10


def icon(name: str, token: str = "") -> QIcon:
    """Return the icon of a file of ``resources/icons``.

    Parameters
    ----------
    name
        The file's name without its ending.
    token
        Attribute of the theme that gives its colour; the colour of texts if empty.
    """
    return QIcon(_Engine(name, token))


def app_icon() -> QIcon:
    """Return the program's own icon, which keeps its colours in every theme."""
    return QIcon(str(resource("icons", "trenza.svg")))
