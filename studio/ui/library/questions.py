"""What the user is asked about the library."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from studio.ui.i18n import _

Answer = Literal["replace", "both", "cancel"]


def ask_about_namesake(parent: QWidget, title: str) -> Answer:
    """Return what shall become of another function in the library that is called the same."""
    box = QMessageBox(parent)
    box.setObjectName("library_namesake")
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle(_("Put into my library"))
    box.setText(_("Another function in your library is called '{title}'.").format(title=title))
    box.setInformativeText(_("Documents that hold the other one keep it, whatever you choose."))
    box.setTextFormat(Qt.TextFormat.PlainText)
    over = box.addButton(_("Replace it"), QMessageBox.ButtonRole.DestructiveRole)
    both = box.addButton(_("Keep both"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(_("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(both)
    box.exec()
    clicked = box.clickedButton()
    return "replace" if clicked is over else "both" if clicked is both else "cancel"


def ask_to_delete(parent: QWidget, name: str) -> bool:
    """Return whether something may go from the library for good."""
    box = QMessageBox(parent)
    box.setObjectName("library_delete")
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle(_("Delete from my library"))
    box.setText(_("Delete '{name}' from your library?").format(name=name))
    box.setInformativeText(_("Documents that hold it keep it. The file cannot be brought back."))
    box.setTextFormat(Qt.TextFormat.PlainText)
    delete = box.addButton(_("Delete"), QMessageBox.ButtonRole.DestructiveRole)
    cancel = box.addButton(_("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(cancel)
    box.exec()
    return box.clickedButton() is delete
