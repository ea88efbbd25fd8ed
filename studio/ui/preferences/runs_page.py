"""Whether trainings are kept, and where."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from studio.run.runs.store import default_place
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _
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
        self._field = QLineEdit(str(settings().value(RUNS_DIR) or ""))
        self._field.setObjectName("settings.runs_dir")
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
        self.section(
            N_("Trainings"),
            self._box,
            about=N_("Of each stay the document, what was measured, checkpoints to go on from, and event files."),
        )
        self.section(
            N_("Where runs are kept"), row, about=N_("It counts from the next training on; runs that are there stay.")
        )
        self.fill()
        self._retranslate()
        appearance().language_changed.connect(self._retranslate)

    def _ask(self) -> None:
        name = QFileDialog.getExistingDirectory(self, _("Choose the folder of your runs"), self._field.text())
        if name:
            self._choose(name)

    def _choose(self, name: str) -> None:
        self._field.setText(name)
        settings().setValue(RUNS_DIR, name)

    def _retranslate(self) -> None:
        self._box.setText(_("Keep each training as a run"))
        self._field.setPlaceholderText(str(default_place()))
        self._field.setAccessibleName(_("Where runs are kept"))
        self._browse.setText(_("Choose…"))
