"""The checkpoints of a run: going on from one of them, comparing with one, deleting one."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import Final

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from engine.core.errors import EngineError
from studio.run.runs.folder import RunFolder, Saved
from studio.ui.i18n import N_, _, describe, number, written_size
from studio.ui.widgets.question import LOSE, STAY, Question, ask

#: What the kinds of checkpoints are called.
KINDS: Final = {"auto": N_("from time to time"), "best": N_("best validation"), "kept": N_("kept by hand")}
_TITLES: Final = (N_("Step"), N_("Epoch"), N_("Loss"), N_("Kept because"), N_("Written"), N_("Size"))
_EMPTY: Final = N_("Choose one run to see its checkpoints.")
_NONE: Final = N_("This run has no checkpoints.")


class CheckpointsPage(QWidget):
    """A table of the checkpoints of one run, the newest first. Enter goes on from one, Delete deletes it.

    Signals
    -------
    go_on_asked, compare_asked
        The run is to go on from a checkpoint, or the tensor in front to be compared with it: carries the `RunFolder`
        and the `Saved`.
    """

    go_on_asked = Signal(object, object)
    compare_asked = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._run: RunFolder | None = None
        self._saved: list[Saved] = []
        self.table = QTreeWidget()
        self.table.setObjectName("checkpoints.table")
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setAllColumnsShowFocus(True)
        self.table.header().setStretchLastSection(False)
        self.table.itemSelectionChanged.connect(self._update_buttons)
        self.table.itemActivated.connect(lambda *_: self._emit(self.go_on_asked))
        self._said = QLabel()
        self._said.setProperty("tone", "dim")
        self._said.setWordWrap(True)
        self._buttons: dict[QPushButton, tuple[str, str]] = {}
        bar = QHBoxLayout()
        bar.setSpacing(6)
        for name, text, tip, do in (
            ("go_on", N_("Go on from here"), N_("What the run did behind this step is taken back"), self._go_on),
            ("compare", N_("Compare"), N_("Compare the weight in the inspector with this one's"), self._compare),
            ("delete", N_("Delete"), N_("Delete this checkpoint; the run itself stays"), self.delete),
        ):
            self._add_button(bar, name, text, tip, do)
        bar.addWidget(self._said, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 0)
        layout.addLayout(bar)
        layout.addWidget(self.table, 1)
        self.retranslate()

    def _add_button(self, bar: QHBoxLayout, name: str, text: str, tip: str, do: Callable[[], None]) -> None:
        button = QPushButton()
        button.setObjectName(f"checkpoints.{name}")
        button.setProperty("compact", True)
        button.clicked.connect(do)
        self._buttons[button] = text, tip
        bar.addWidget(button)

    def show_run(self, run: RunFolder | None) -> None:
        """Show the checkpoints of a run; None if none is chosen, or several are."""
        chosen = self.chosen if run is not None and self._run is not None and run.path == self._run.path else None
        self._run, self._saved = run, run.checkpoints()[::-1] if run is not None else []
        with QSignalBlocker(self.table):
            self.table.clear()
            for saved in self._saved:
                item = QTreeWidgetItem(self._words(saved))
                for column in (0, 1, 2, 5):
                    item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.addTopLevelItem(item)
                if chosen is not None and saved.path == chosen.path:
                    self.table.setCurrentItem(item)
        for column in range(len(_TITLES)):
            self.table.resizeColumnToContents(column)
        self._said.setText("" if self._saved else _(_NONE if run is not None else _EMPTY))
        self._update_buttons()

    @property
    def chosen(self) -> Saved | None:
        """The checkpoint that is selected."""
        rows = [self.table.indexOfTopLevelItem(item) for item in self.table.selectedItems()]
        return self._saved[rows[0]] if rows and rows[0] < len(self._saved) else None

    def _words(self, saved: Saved) -> list[str]:
        assert self._run is not None
        record = self._run.record
        made = self._run.steps(saved.step - 1, 1) if saved.step else np.empty((0, 0))
        loss = float(made[0][record.series.index("loss")]) if len(made) else math.nan
        try:
            facts = saved.path.stat()
        except OSError:  # it was deleted just now
            return [number(saved.step), "", "", _(KINDS[saved.kind]), "", ""]
        return [
            number(saved.step),
            number(saved.step / max(record.steps_per_epoch, 1), 2),
            "" if math.isnan(loss) else number(loss),
            _(KINDS.get(saved.kind, saved.kind)),
            f"{datetime.fromtimestamp(facts.st_mtime):%Y-%m-%d %H:%M:%S}",
            written_size(facts.st_size),
        ]

    def _update_buttons(self) -> None:
        for button in self._buttons:
            button.setEnabled(self.chosen is not None)

    def _emit(self, signal: SignalInstance) -> None:
        if (chosen := self.chosen) is not None:
            signal.emit(self._run, chosen)

    def _go_on(self) -> None:
        self._emit(self.go_on_asked)

    def _compare(self) -> None:
        self._emit(self.compare_asked)

    def delete(self) -> None:
        """Delete the chosen checkpoint, if the user is sure."""
        chosen, run = self.chosen, self._run
        if chosen is None or run is None:
            return
        question = Question(
            "delete_checkpoint",
            _("Delete a checkpoint"),
            _("Delete the checkpoint of step {step}?").format(step=number(chosen.step)),
            _("The run and its other checkpoints stay as they are."),
        )
        if ask(self, question, (("delete", _("Delete"), LOSE), ("keep", _("Keep"), STAY)), "keep") != "delete":
            return
        try:
            chosen.delete()
        except EngineError as error:
            self._said.setText(describe(error))
            return
        self.show_run(run)

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self.table.setHeaderLabels([_(title) for title in _TITLES])
        self.table.setAccessibleName(_("Checkpoints"))
        for button, (text, tip) in self._buttons.items():
            button.setText(_(text))
            button.setToolTip(_(tip))
        self.show_run(self._run)
