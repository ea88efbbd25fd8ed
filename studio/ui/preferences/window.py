"""The settings window: a list of pages, and the page that is chosen."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QWidget,
)

from studio.ui.actions import Actions
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _
from studio.ui.icons import icon
from studio.ui.preferences.appearance_page import AppearancePage
from studio.ui.preferences.documents_page import DocumentsPage
from studio.ui.preferences.folders_page import FoldersPage
from studio.ui.preferences.privacy_page import PrivacyPage
from studio.ui.preferences.runs_page import RunsPage
from studio.ui.preferences.shortcuts_page import ShortcutsPage
from studio.ui.widgets.labels import rule

_SIZE = QSize(840, 600)


class SettingsWindow(QDialog):
    """What the user likes, in effect as soon as it is changed, and remembered.

    Parameters
    ----------
    actions
        The program's actions: how things look is set by them, and their shortcuts are set here.
    """

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("settings")
        self.setModal(False)
        self.resize(_SIZE)
        self._pages = QStackedWidget()
        self._list = QListWidget()
        self._list.setObjectName("settings.pages")
        self._list.setFixedWidth(200)
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._titles: list[tuple[str, str]] = []
        for title, picture, page in (
            (N_("Appearance"), "contrast", AppearancePage(actions)),
            (N_("Shortcuts"), "command", ShortcutsPage(actions)),
            (N_("Documents"), "layers-2", DocumentsPage(actions)),
            (N_("Folders"), "folder-open", FoldersPage()),
            (N_("Privacy"), "eye", PrivacyPage()),
            (N_("Runs"), "rows-3", RunsPage()),
        ):
            self._titles.append((title, picture))
            self._list.addItem(QListWidgetItem())
            self._pages.addWidget(_scrolled(page))
        self._list.currentRowChanged.connect(self._pages.setCurrentIndex)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._list)
        layout.addWidget(rule(vertical=True))
        layout.addWidget(self._pages, 1)
        self._retranslate()
        appearance().language_changed.connect(self._retranslate)
        appearance().theme_changed.connect(self._retranslate)
        self._list.setCurrentRow(0)

    def show_page(self, number: int = 0) -> None:
        """Open at a page."""
        self._list.setCurrentRow(number)
        self.show()
        self.raise_()
        self.activateWindow()

    def _retranslate(self) -> None:
        self.setWindowTitle(_("Settings"))
        self._list.setAccessibleName(_("Settings"))
        for number, (title, picture) in enumerate(self._titles):
            item = self._list.item(number)
            item.setText(_(title))
            item.setIcon(icon(picture, "dim"))
            item.setSizeHint(QSize(0, 36))


def _scrolled(page: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(page)
    return area
