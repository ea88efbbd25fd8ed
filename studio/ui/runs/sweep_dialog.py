"""The dialog of sweeps: which parameters take which values, and how the combinations are chosen."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.core.errors import EngineError
from studio.document.document import Document
from studio.run.runs.sweep import (
    MOST,
    Choices,
    Place,
    Trial,
    at_random,
    choices_in,
    count_at_random,
    grid,
    param_of,
    places,
)
from studio.ui.i18n import _, describe, ngettext, number
from studio.ui.widgets.spin import Spin

_SIZE: Final = QSize(640, 560)
_VALUES: Final = 2


class SweepDialog(QDialog):
    """Asks for the values to try: those of the third column, where there are any.

    Parameters
    ----------
    document
        What is swept over.
    then
        Called with the trials.
    """

    def __init__(self, document: Document, then: Callable[[Sequence[Trial]], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sweep")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(_SIZE)
        self.setWindowTitle(_("Sweep over parameters"))
        self._document, self._then = document, then
        about = QLabel(
            _(
                "Write values beside what is to vary: some parted by commas (8, 16, 32), or a range in steps "
                "(0.0001..0.1/4). From a range without steps (0.0001..0.1) any number is drawn at random."
            )
        )
        about.setWordWrap(True)
        about.setProperty("tone", "dim")
        self.tree = QTreeWidget()
        self.tree.setObjectName("sweep.parameters")
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setHeaderLabels([_("Parameter"), _("Value now"), _("Values to try")])
        self._fill()
        self.tree.itemChanged.connect(lambda _item, _column: self._say())
        self.tree.itemClicked.connect(lambda item, _column: self.tree.editItem(item, _VALUES))
        self.tree.itemActivated.connect(lambda item, _column: self.tree.editItem(item, _VALUES))
        self._grid, self._random = QRadioButton(_("All combinations")), QRadioButton(_("At random, so many:"))
        self._grid.setObjectName("sweep.grid")
        self._random.setObjectName("sweep.random")
        self._grid.setChecked(True)
        self._count = Spin()
        self._count.setObjectName("sweep.count")
        self._count.setRange(1, MOST)
        self._count.setValue(10)
        self._seed = Spin()
        self._seed.setObjectName("sweep.seed")
        self._seed.setRange(0, 999_999)
        seed = QLabel(_("Seed"))
        seed.setBuddy(self._seed)
        for signal in (self._grid.toggled, self._count.valueChanged):
            signal.connect(lambda _value: self._say())
        how = QHBoxLayout()
        for widget in (self._grid, self._random, self._count, seed, self._seed):
            how.addWidget(widget)
        how.addStretch(1)
        self._said = QLabel()
        self._said.setObjectName("sweep.said")
        self._said.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(_("Cancel"))
        self._ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._ok.setObjectName("sweep.ok")
        self._ok.setText(_("Put into the queue"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(about)
        layout.addWidget(self.tree, 1)
        layout.addLayout(how)
        layout.addWidget(self._said)
        layout.addWidget(buttons)
        self._say()

    def _fill(self) -> None:
        nodes = self._document.nodes
        found = sorted(places(self._document), key=lambda p: not nodes[p.node].type.startswith("train."))
        for place in found:
            param = param_of(self._document, place)
            value = nodes[place.node].params.get(place.param, param.default)
            row = QTreeWidgetItem([str(place), param.show(value), ""])
            row.setData(0, Qt.ItemDataRole.UserRole, place)
            row.setToolTip(0, _(param.help))
            row.setFlags(row.flags() | Qt.ItemFlag.ItemIsEditable)
            self.tree.addTopLevelItem(row)
        for column in range(_VALUES):
            self.tree.resizeColumnToContents(column)

    def row_of(self, name: str) -> QTreeWidgetItem | None:
        """Return the row of a parameter, by "node.parameter"."""
        rows = self.tree.findItems(name, Qt.MatchFlag.MatchExactly, 0)
        return rows[0] if rows else None

    def choices(self) -> dict[Place, Choices]:
        """Return the values that are to be tried.

        Raises
        ------
        InvalidArgumentError
            If a text names none.
        """
        found: dict[Place, Choices] = {}
        for i in range(self.tree.topLevelItemCount()):
            row = self.tree.topLevelItem(i)
            if row is not None and (text := row.text(_VALUES).strip()):
                place: Place = row.data(0, Qt.ItemDataRole.UserRole)
                found[place] = choices_in(text, param_of(self._document, place), str(place))
        return found

    def _say(self) -> None:
        """Say how many trainings that would be, or what is wrong."""
        try:
            chosen = self.choices()
        except EngineError as error:
            self._tell(describe(error), "bad")
            return
        if not chosen:
            self._tell(_("Nothing is varied yet."), "dim")
            return
        if self._random.isChecked():
            count = count_at_random(chosen, self._count.value())
        else:
            count = math.prod(len(each.values) for each in chosen.values())
        text = ngettext("{count} training", "{count} trainings", count).format(count=number(count))
        self._tell(text, "dim" if count <= MOST else "bad", able=count <= MOST)

    def _tell(self, text: str, tone: str, able: bool = False) -> None:
        self._said.setText(text)
        self._said.setProperty("tone", tone)
        self._said.style().polish(self._said)
        self._ok.setEnabled(able)

    def accept(self) -> None:
        """Hand the trials over."""
        chosen = self.choices()
        if self._random.isChecked():
            trials = list(at_random(self._document, chosen, self._count.value(), self._seed.value()))
        else:
            trials = list(grid(self._document, chosen))
        self._then(trials)
        super().accept()
