"""Where the program looks for data, and where it keeps what."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from studio.document.recovery import folder as recovery_folder
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _
from studio.ui.preferences.folder_field import FolderField
from studio.ui.preferences.page import Page
from studio.ui.stored import settings_file

DATA_DIR = "data_dir"


class FoldersPage(Page):
    """The user's folder for data can be chosen; the others are shown."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = FolderField(
            DATA_DIR,
            N_("Folder of your data"),
            N_("Choose the folder of your data"),
            lambda: _("None: data is downloaded to the cache"),
        )
        self._folder.changed.connect(self._retranslate)
        self._said = QLabel()
        self._said.setProperty("tone", "warn")
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self._said.setWordWrap(True)
        self.section(
            N_("Data"),
            self._folder,
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

    def _retranslate(self) -> None:
        missing = bool(self._folder.text) and not Path(self._folder.text).is_dir()
        self._said.setText(_("There is no such folder now.") if missing else "")
        self._said.setVisible(missing)
        self._folder.retranslate()
        for button in self._open_buttons:
            button.setText(_("Show"))


def _nearest(path: Path) -> Path:
    """Return the folder, or the one above it that is there already."""
    return next(p for p in (path, *path.parents) if p.is_dir())
