"""What is done with documents."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox

from studio.ui.actions import Actions
from studio.ui.i18n import N_
from studio.ui.preferences.page import Page


class DocumentsPage(Page):
    """Whether the documents of the last time are opened at the start."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._action: QAction = actions["file.restore"]
        self._box = QCheckBox()
        self._box.setObjectName("settings.file.restore")
        self._box.clicked.connect(lambda on: self._action.trigger() if on != self._action.isChecked() else None)
        self._action.changed.connect(self._show)
        self.section(N_("At the start"), self._box, about=N_("Without it, the start page shows."))
        self.fill()
        self._show()

    def _show(self) -> None:
        self._box.setText(self._action.text())
        self._box.setAccessibleName(self._action.text())
        self._box.setChecked(self._action.isChecked())
