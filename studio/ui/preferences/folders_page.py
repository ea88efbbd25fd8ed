"""Where the program looks for data, and where it keeps what."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from studio.document.recovery import folder as recovery_folder
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _
from studio.ui.preferences.page import Page
from studio.ui.settings import settings
from studio.ui.stored import settings_file

DATA_DIR = "data_dir"


class FoldersPage(Page):
    """The user's folder for data can be chosen; the others are shown."""

    def __init__(self) -> None:
        super().__init__()
        self._field = QLineEdit(str(settings().value(DATA_DIR) or ""))
        self._field.setObjectName("settings.data_dir")
        self._field.setMinimumHeight(30)
        self._field.editingFinished.connect(lambda: self._choose(self._field.text().strip()))
        self._browse = QPushButton()
        self._browse.setProperty("compact", True)
        self._browse.setAutoDefault(False)
        self._browse.clicked.connect(self._ask)
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._field, 1)
        layout.addWidget(self._browse)
        self._said = QLabel()
        self._said.setProperty("tone", "warn")
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self._said.setWordWrap(True)
        self.section(
            N_("Data"),
            row,
            self._said,
            about=N_("Data files are looked for here first. It counts when the engine starts the next time."),
        )
        self._open_buttons: list[QPushButton] = []
        self.section(N_("Settings"), self._shown(settings_file().parent))
        self.section(N_("Copies of unsaved documents"), self._shown(recovery_folder()))
        self.fill()
        self._retranslate()
        appearance().language_changed.connect(self._retranslate)

    def _shown(self, path: Path) -> QWidget:
        label = QLabel(str(path))
        label.setFont(fonts.mono(12))
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        button = QPushButton()
        button.setProperty("compact", True)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(_nearest(path)))))
        self._open_buttons.append(button)
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(label, 1)
        layout.addWidget(button)
        return row

    def _ask(self) -> None:
        name = QFileDialog.getExistingDirectory(self, _("Choose the folder of your data"), self._field.text())
        if name:
            self._choose(name)

    def _choose(self, name: str) -> None:
        self._field.setText(name)
        settings().setValue(DATA_DIR, name)
        self._retranslate()

    def _retranslate(self) -> None:
        name = self._field.text().strip()
        missing = bool(name) and not Path(name).is_dir()
        self._said.setText(_("There is no such folder now.") if missing else "")
        self._said.setVisible(missing)
        self._field.setPlaceholderText(_("None: data is downloaded to the cache"))
        self._field.setAccessibleName(_("Folder of your data"))
        self._browse.setText(_("Choose…"))
        for button in self._open_buttons:
            button.setText(_("Show"))


def _nearest(path: Path) -> Path:
    """Return the folder, or the one above it that is there already."""
    return next(p for p in (path, *path.parents) if p.is_dir())
