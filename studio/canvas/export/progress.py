"""How far an export has come, and a way to call it off."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from studio.canvas.export.look import Progress
from studio.ui import motion
from studio.ui.i18n import _

_REFRESH_MS = 60
_STEPS = 1000


class ProgressDialog(QDialog):
    """A bar that follows a `Progress`; `rejected` is the wish to end it. Until it is told to show it is hidden."""

    def __init__(self, name: str, progress: Progress, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("export.progress")
        self.setWindowTitle(_("Export as a picture"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._progress = progress
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Progress"))
        cancel = QPushButton(_("Cancel"))
        cancel.setObjectName("export.cancel")
        cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(16)
        column.addWidget(QLabel(_("Exporting {name}…").format(name=name)))
        column.addWidget(self._bar)
        column.addLayout(row)
        self.setMinimumWidth(380)
        self._timer = QTimer(self, interval=_REFRESH_MS)
        self._timer.timeout.connect(self._follow)
        self._timer.start()
        self._follow()

    def _follow(self) -> None:
        # As long as nobody knows how much there is to do, the bar only shows that something is done, by moving.
        self._bar.setRange(0, _STEPS if self._progress.total or motion.reduced() else 0)
        self._bar.setValue(round(self._progress.share * _STEPS))
