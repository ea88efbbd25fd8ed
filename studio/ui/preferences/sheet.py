"""The sheet of shortcuts: what the keys do, to print and put beside the keyboard."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QAction, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from studio.ui import fonts
from studio.ui.actions import Actions
from studio.ui.i18n import N_, _
from studio.ui.shortcuts import shown

#: What the first part of an action's id stands for, in the order of the sheet.
AREAS: Final[dict[str, str]] = {
    "file": N_("Documents"),
    "edit": N_("Editing"),
    "canvas": N_("Canvas"),
    "library": N_("Library"),
    "arrange": N_("Arranging"),
    "view": N_("View"),
    "walk": N_("Walk the graph"),
    "compare": N_("Comparing"),
    "run": N_("Running"),
    "debug": N_("Debugging"),
    "tensor": N_("Tensor"),
    "plots": N_("Curves"),
    "layers": N_("Layers"),
    "tasks": N_("Results"),
    "lazy": N_("Eager against lazy"),
    "help": N_("Help"),
}
_DOTS: Final = 96  # an inch: what fonts are measured in, 12 are 3 mm


def area_of(id: str) -> str:
    """Return the heading, untranslated, under which an action is listed."""
    return AREAS[id.partition(".")[0]]


def keys_of(action: QAction) -> str:
    """Return an action's shortcuts as the user's keyboard names them."""
    return "  ".join(shown(keys) for keys in action.shortcuts())


def sheet(actions: Actions) -> str:
    """Return the sheet as HTML, in the language in use: only what has a shortcut."""
    parts = [f"<h1>{html.escape(_('Shortcuts of Trenza'))}</h1>"]
    for prefix, heading in AREAS.items():
        rows = _rows([a for a in actions if a.objectName().startswith(f"{prefix}.") and a.shortcuts()])
        if rows:
            parts.append(f"<h2>{html.escape(_(heading))}</h2><table width='100%' cellpadding='3'>{rows}</table>")
    return "".join(parts)


def _rows(actions: Sequence[QAction]) -> str:
    cell = "<tr><td width='62%'>{text}</td><td><b>{keys}</b></td></tr>"
    return "".join(cell.format(text=html.escape(a.text()), keys=html.escape(keys_of(a))) for a in actions)


def save_sheet(actions: Actions, path: Path) -> bool:
    """Write the sheet as a PDF of A4; return whether that was possible."""
    writer = QPdfWriter(str(path))
    writer.setTitle(_("Shortcuts of Trenza"))
    writer.setResolution(_DOTS)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(16, 14, 16, 14), QPageLayout.Unit.Millimeter)
    document = QTextDocument()
    document.setDefaultFont(fonts.sans(12))
    document.documentLayout().setPaintDevice(writer)
    document.setHtml(sheet(actions))
    document.setPageSize(writer.pageLayout().paintRectPixels(writer.resolution()).size().toSizeF())
    document.print_(writer)
    return path.is_file() and path.stat().st_size > 0
