"""Small pictures of documents on disk, such as the start page shows: made by the program, and kept in its cache.

Reading a file and looking into the cache is done beside the event loop, making a picture in slices of it.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformdirs
from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage, QPainter

from engine.core.errors import EngineError
from studio import __version__
from studio.canvas.export.drawing import Drawing
from studio.canvas.status import Status
from studio.document.document import Document
from studio.document.file import load
from studio.document.nodetype import Catalogue
from studio.document.scope import Scope
from studio.document.study import Study
from studio.document.types import Types
from studio.document.work import Work
from studio.ui.beside import beside
from studio.ui.i18n import language
from studio.ui.theme import Theme
from studio.ui.work_run import WorkRun

_LOOK: Final = 1
"""Counts the changes to how pictures are made: those of before are not to be found any more."""
_MOST_BYTES: Final = 1_000_000
"""Of a document: some 5,000 nodes."""
_MOST_KEPT: Final = 200
_MARGIN: Final = 0.13
"""Of the height."""
_MOST_ZOOM: Final = 0.5
_SLICE_SECONDS: Final = 0.004


@dataclass(frozen=True)
class Wanted:
    """A picture that is to be made: of which document, in which colours, and how large."""

    path: Path
    theme: Theme
    size: QSize
    ratio: float


def folder() -> Path:
    """Return where pictures are kept: in ``TRENZA_CACHE``, or the user's cache folder."""
    given = os.environ.get("TRENZA_CACHE")
    return (Path(given) if given else Path(platformdirs.user_cache_dir("trenza"))) / "pictures"


class Gallery(QObject):
    """Makes pictures, one at a time.

    Signals
    -------
    ready
        The path of a document, the name of a theme, and the picture, a `QImage`. For a document that cannot be read
        there is none.
    """

    ready = Signal(object, str, object)

    def __init__(self, catalogue: Catalogue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._waiting: list[Wanted] = []
        self._busy = False
        self._work = WorkRun(self)

    @property
    def busy(self) -> bool:
        """Whether pictures are still to come."""
        return self._busy or bool(self._waiting)

    def want(self, path: Path, theme: Theme, size: QSize, ratio: float) -> None:
        """Ask for the picture of a document, `size` large, for a screen with `ratio` pixels per logical pixel."""
        self._waiting = [w for w in self._waiting if (w.path, w.size) != (path, size)]  # perhaps in another theme
        self._waiting.append(Wanted(path, theme, size, ratio))
        self._next()

    def _next(self) -> None:
        if not self._busy and self._waiting:
            self._busy = True
            wanted = self._waiting.pop(0)
            code = language()
            beside(self, "gallery", lambda: _found(wanted, code), lambda found: self._on_looked(wanted, found))

    def _on_looked(self, wanted: Wanted, found: object) -> None:
        if isinstance(found, tuple):
            document, kept = found
            self._work.begin(_painted(document, self._catalogue, wanted, kept), lambda image: self._end(wanted, image))
        else:
            self._end(wanted, found)

    def _end(self, wanted: Wanted, image: object) -> None:
        self._busy = False
        if isinstance(image, QImage) and not image.isNull():
            image.setDevicePixelRatio(wanted.ratio)
            self.ready.emit(wanted.path, wanted.theme.name, image)
        self._next()


def _found(wanted: Wanted, code: str) -> QImage | tuple[Document, Path] | None:
    """Return the picture, or the document and where its picture is to be kept; None for what is no document."""
    try:
        if wanted.path.stat().st_size > _MOST_BYTES:
            return None
        data = wanted.path.read_bytes()
        kept = folder() / f"{_key(data, wanted, code)}.png"
        image = QImage(str(kept)) if kept.is_file() else QImage()
        return image if not image.isNull() else (load(wanted.path), kept)
    except (OSError, EngineError):
        return None


def _key(data: bytes, wanted: Wanted, code: str) -> str:
    """Return the name of a picture: all that it depends on."""
    size = wanted.size
    facts = (_LOOK, __version__, wanted.theme, code, size.width(), size.height(), wanted.ratio)
    return hashlib.sha256(repr(facts).encode() + data).hexdigest()[:32]


def _painted(document: Document, catalogue: Catalogue, wanted: Wanted, kept: Path) -> Work[QImage | None]:
    """Return the picture of a document, as it shows from afar."""
    study, status = Study(document, catalogue), Status()
    while not study.advance(_SLICE_SECONDS):
        yield
    status.set_analysis(Scope(document).analysis(study.result()))
    try:
        drawing = Drawing(document, Types(document, base=catalogue), wanted.theme, status=status)
    except EngineError:  # it is empty
        return None
    try:
        yield from drawing.prepare()
        image = QImage(wanted.size * wanted.ratio, QImage.Format.Format_RGB32)
        image.fill(drawing.style.canvas)
        _paint(drawing, image, wanted.ratio)
    finally:
        drawing.close()
    yield
    _keep(image, kept)
    return image


def _paint(drawing: Drawing, image: QImage, ratio: float) -> None:
    area, painter = drawing.area(0), QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    room = 2 * _MARGIN * image.height()
    zoom = min((image.width() - room) / area.width(), (image.height() - room) / area.height(), _MOST_ZOOM * ratio)
    painter.translate(image.width() / 2, image.height() / 2)
    painter.scale(zoom, zoom)
    painter.translate(-area.center())
    drawing.paint_far(painter)
    painter.end()


def _keep(image: QImage, path: Path) -> None:
    """Put a picture into the cache, in place of the oldest if they are many. Without a cache it is made again."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.stem}.{os.getpid()}.tmp")
        if not image.save(str(temporary), "PNG"):  # type: ignore[call-overload]  # PySide's stubs ask for bytes
            return
        os.replace(temporary, path)
        pictures = sorted(path.parent.glob("*.png"), key=lambda p: p.stat().st_mtime)
        for old in pictures[:-_MOST_KEPT]:
            old.unlink()
    except OSError:
        return
