"""A folder that the user may choose: typed, or picked from a dialog; it is a setting."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from studio.ui.i18n import _
from studio.ui.settings import settings


class FolderField(QWidget):
    """A line for a folder with a button beside it.

    Parameters
    ----------
    setting
        The setting that holds it; nothing stands for the usual place.
    name
        What it is called, in English: that of the setting for who does not see it.
    question
        The title of the dialog, in English.
    usual
        Gives what is said while nothing is chosen, in the language in use.

    Signals
    -------
    changed
        Another folder was chosen, or none.
    """

    changed = Signal()

    def __init__(self, setting: str, name: str, question: str, usual: Callable[[], str]) -> None:
        super().__init__()
        self._setting, self._name, self._question, self._usual = setting, name, question, usual
        self._field = QLineEdit(str(settings().value(setting) or ""))
        self._field.setObjectName(f"settings.{setting}")
        self._field.setMinimumHeight(30)
        self._field.editingFinished.connect(lambda: self._choose(self.text))
        self._browse = QPushButton()
        self._browse.setProperty("compact", True)
        self._browse.setAutoDefault(False)
        self._browse.clicked.connect(self._ask)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._field, 1)
        layout.addWidget(self._browse)
        self.retranslate()

    @property
    def text(self) -> str:
        """What is chosen, "" for the usual place."""
        return self._field.text().strip()

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self._field.setPlaceholderText(self._usual())
        self._field.setAccessibleName(_(self._name))
        self._browse.setText(_("Choose…"))

    def _ask(self) -> None:
        found = QFileDialog.getExistingDirectory(self, _(self._question), self._field.text())
        if found:
            self._choose(found)

    def _choose(self, folder: str) -> None:
        self._field.setText(folder)
        settings().setValue(self._setting, folder)
        self.changed.emit()
