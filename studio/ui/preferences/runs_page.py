"""Whether trainings are kept, and where."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox

from studio.run.runs.store import default_place
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _
from studio.ui.preferences.folder_field import FolderField
from studio.ui.preferences.page import Page
from studio.ui.runs.kept import KEEPS
from studio.ui.settings import settings
from studio.ui.stored import RUNS_DIR


class RunsPage(Page):
    """A box that says whether trainings are kept, and the folder."""

    def __init__(self) -> None:
        super().__init__()
        self._box = QCheckBox()
        self._box.setObjectName("settings.keep_runs")
        self._box.setChecked(str(settings().value(KEEPS, "true")) != "false")
        self._box.toggled.connect(lambda on: settings().setValue(KEEPS, "true" if on else "false"))
        self._folder = FolderField(
            RUNS_DIR, N_("Where runs are kept"), N_("Choose the folder of your runs"), lambda: str(default_place())
        )
        self.section(
            N_("Trainings"),
            self._box,
            about=N_("Of each stay the document, what was measured, checkpoints to go on from, and event files."),
        )
        self.section(
            N_("Where runs are kept"),
            self._folder,
            about=N_("It counts from the next training on; runs that are there stay."),
        )
        self.fill()
        self._retranslate()
        appearance().language_changed.connect(self._retranslate)

    def _retranslate(self) -> None:
        self._box.setText(_("Keep each training as a run"))
        self._folder.retranslate()
