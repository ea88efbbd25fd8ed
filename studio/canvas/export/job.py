"""Exporting: a drawing, written in a format, put into a file. In parts, so that the window answers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.core.errors import EngineError, InvalidArgumentError
from studio.canvas.export.drawing import Drawing
from studio.canvas.export.look import Look, Progress
from studio.canvas.export.pdf import write_pdf
from studio.canvas.export.png import write_png
from studio.canvas.export.svg import write_svg
from studio.document.file import write_bytes
from studio.document.work import Work
from studio.ui.i18n import N_

_PATIENCE: Final = 0.004


@dataclass(frozen=True)
class Format:
    """A format of pictures: what files of it are called, and what writes them."""

    title: str
    filter: str
    write: Callable[[Drawing, Look, str, Progress], Work[bytes]]
    has_pixels: bool = False


#: By the ending of their files.
FORMATS: Final[dict[str, Format]] = {
    "svg": Format("SVG", N_("SVG pictures (*.svg)"), write_svg),
    "png": Format("PNG", N_("PNG pictures (*.png)"), write_png, has_pixels=True),
    "pdf": Format("PDF", N_("PDF documents (*.pdf)"), write_pdf),
}


def format_of(path: Path) -> str:
    """Return the format that the ending of a file asks for.

    Raises
    ------
    InvalidArgumentError
        If there is none of that name.
    """
    name = path.suffix.lstrip(".").lower()
    if name not in FORMATS:
        raise InvalidArgumentError(
            "'{name}' is no format of pictures.",
            hint="There are: {formats}.",
            name=name,
            formats=", ".join(FORMATS),
        )
    return name


def export(drawing: Drawing, format: str, look: Look, path: Path, progress: Progress) -> Work[None]:
    """Put a drawing into the file at `path`: the whole of it is there afterwards, or what was there before.

    Raises
    ------
    InvalidArgumentError
        If the format cannot hold it.
    UnavailableError
        If the file cannot be written.
    """
    try:
        yield from drawing.prepare()
        data = yield from FORMATS[format].write(drawing, look, path.stem, progress)
        yield from _put(data, path)
    finally:
        drawing.close()


def _put(data: bytes, path: Path) -> Work[None]:
    """Write a file beside the event loop: until a disk has it for good may take long."""
    refused: list[EngineError] = []

    def put() -> None:
        try:
            write_bytes(data, path)
        except EngineError as error:
            refused.append(error)

    thread = threading.Thread(target=put, name="exporting")
    thread.start()
    while thread.is_alive():
        thread.join(_PATIENCE)
        yield
    if refused:
        raise refused[0]
