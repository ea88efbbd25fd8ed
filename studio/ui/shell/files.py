"""Files as the user sees them: dialogs, the question about changes that are not saved, and recent documents."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from studio.ui.i18n import _
from studio.ui.settings import settings

SUFFIX: Final = ".trenza"
_MOST_RECENT: Final = 12
_KEY: Final = "recent"

Answer = Literal["save", "discard", "cancel"]


def ask_path_to_open(parent: QWidget) -> Path | None:
    """Return the document that the user picks, or None."""
    name, _filter = QFileDialog.getOpenFileName(parent, _("Open a document"), _folder(), _filters())
    return Path(name) if name else None


def ask_path_to_save(parent: QWidget, present: Path | None) -> Path | None:
    """Return where the user wants the document to be, or None."""
    proposal = str(present) if present else str(Path(_folder()) / f"{_('untitled')}{SUFFIX}")
    name, _filter = QFileDialog.getSaveFileName(parent, _("Save the document"), proposal, _filters())
    if not name:
        return None
    path = Path(name)
    return path if path.suffix else path.with_suffix(SUFFIX)


def ask_about_changes(parent: QWidget, name: str) -> Answer:
    """Return what shall become of changes that are not saved."""
    box = QMessageBox(parent)
    box.setObjectName("unsaved_changes")
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle(_("Changes that are not saved"))
    box.setText(_("'{name}' has changes that are not saved.").format(name=name))
    box.setTextFormat(Qt.TextFormat.PlainText)
    save = box.addButton(_("Save"), QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton(_("Discard"), QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(_("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(save)
    box.exec()
    clicked = box.clickedButton()
    return "save" if clicked is save else "discard" if clicked is discard else "cancel"


def ask_to_overwrite(parent: QWidget, name: str) -> bool:
    """Return whether a file may be replaced that another program has written to since."""
    box = QMessageBox(parent)
    box.setObjectName("changed_on_disk")
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle(_("Changed by another program"))
    box.setText(
        _("Another program has changed the file of '{name}' since it was opened or saved here.").format(name=name)
    )
    box.setInformativeText(_("Saving replaces what that program wrote. To keep both, save under another name."))
    box.setTextFormat(Qt.TextFormat.PlainText)
    overwrite = box.addButton(_("Overwrite"), QMessageBox.ButtonRole.DestructiveRole)
    cancel = box.addButton(_("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(cancel)
    box.exec()
    return box.clickedButton() is overwrite


def recent() -> list[Path]:
    """Return the documents that were open lately and still exist, the last one first."""
    stored = settings().value(_KEY)
    names = [stored] if isinstance(stored, str) else stored if isinstance(stored, list) else []
    return [p for p in map(Path, names) if p.is_file()]


def remember(path: Path) -> None:
    """Take note of a document that was opened or saved."""
    paths = [path.resolve(), *(p for p in recent() if p != path.resolve())]
    settings().setValue(_KEY, [str(p) for p in paths[:_MOST_RECENT]])


def _folder() -> str:
    paths = recent()
    return str(paths[0].parent if paths else Path.home())


def _filters() -> str:
    return ";;".join((_("Trenza documents (*.trenza)"), _("All files (*)")))
