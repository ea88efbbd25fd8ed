"""Exporting a document that lies on disk, without a window."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from PySide6.QtWidgets import QApplication

from engine.core.errors import NotFoundError
from studio.canvas.export.drawing import Drawing
from studio.canvas.export.job import export, format_of
from studio.canvas.export.look import Look, Progress
from studio.canvas.status import Status
from studio.document.catalogue import CATALOGUE
from studio.document.file import load
from studio.document.scope import Scope
from studio.document.study import study
from studio.document.types import Types
from studio.document.work import finished
from studio.ui import fonts


def export_document(
    source: Path, path: Path | None, format: str | None, look: Look, ids: Collection[str] | None = None
) -> Path:
    """Make a picture of the document at `source`, and return where it is.

    Parameters
    ----------
    path
        Where it goes; None is beside the document.
    format
        "svg", "png" or "pdf"; None is what the ending of `path` says, or SVG.
    ids
        The nodes, notes and frames to show; None is all.

    Raises
    ------
    EngineError
        If the document cannot be read, the picture not be made, or the file not be written.
    """
    document = load(source)
    format = format or (format_of(path) if path is not None else "svg")
    path = path or source.with_suffix(f".{format}")
    for id in ids or ():
        if not document.has(id):
            raise NotFoundError("There is no {what} '{name}' in this document.", what="node", name=id)
    app = QApplication.instance() or QApplication(["trenza"])
    fonts.load()
    status = Status()
    status.set_analysis(Scope(document).analysis(study(document, CATALOGUE)))
    drawing = Drawing(document, Types(document), look.theme, ids, status)
    finished(export(drawing, format, look, path, Progress()))
    app.processEvents()
    return path
