"""What a widget shows as a file: a picture of pixels or of lines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from engine.core.errors import UnavailableError


def save_png(widget: QWidget, path: Path) -> None:
    """Write what a widget shows as a picture of pixels.

    Raises
    ------
    UnavailableError
        If the file cannot be written.
    """
    if not widget.grab().save(str(path), "PNG"):
        raise unwritable(path)


def save_svg(widget: QWidget, path: Path) -> None:
    """Write what a widget shows as a picture of lines.

    Raises
    ------
    UnavailableError
        If the file cannot be written.
    """
    written = QBuffer()
    paper = QSvgGenerator()
    paper.setOutputDevice(written)
    paper.setSize(widget.size())
    paper.setViewBox(widget.rect())
    widget.render(paper)
    try:
        path.write_bytes(written.data().data())
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError | None = None) -> UnavailableError:
    """Return why a file cannot be written, as an error in words."""
    return UnavailableError(
        "{path} cannot be written: {why}.",
        hint="Choose another folder, or make room.",
        path=str(path),
        why=(error.strerror if error is not None else None) or "the system refused it",
    )


#: By the ending of a file.
PICTURES: Final[dict[str, Callable[[QWidget, Path], None]]] = {".png": save_png, ".svg": save_svg}
