"""The passes in their order: a slider, and a button for each that says how many nodes it took away or put in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSlider, QWidget

from studio.lazy.words import PASSES, pass_name
from studio.run.lazy.data import Stage
from studio.ui.appearance import appearance
from studio.ui.i18n import _, ngettext, number


class PassStrip(QWidget):
    """Chooses a pass; `chosen` carries its number, 0 for the graph as traced."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lazy.passes")
        self._stages: Sequence[Stage] = ()
        self.buttons: list[QPushButton] = []
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._choose)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("lazy.slider")
        self.slider.setFixedWidth(120)
        self.slider.setPageStep(1)
        self.slider.setTickPosition(QSlider.TickPosition.NoTicks)
        self.slider.valueChanged.connect(self._choose)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 12, 6)
        self._row.setSpacing(6)
        self._row.addWidget(self.slider)
        self._row.addStretch(1)
        appearance().language_changed.connect(self._say)
        self.show_stages(())

    @property
    def number(self) -> int:
        """The number of the pass that is chosen."""
        return self.slider.value()

    def show_stages(self, stages: Sequence[Stage]) -> None:
        """Show the passes of a program; the one chosen stays so."""
        self._stages = stages
        for button in self.buttons:
            self._group.removeButton(button)
            self._row.removeWidget(button)
            button.deleteLater()
        self.buttons = []
        for i, stage in enumerate(stages):
            button = QPushButton()
            button.setObjectName(f"lazy.pass.{stage.name}")
            button.setCheckable(True)
            button.setProperty("compact", "small")
            self._group.addButton(button, i)
            self._row.insertWidget(1 + i, button)
            self.buttons.append(button)
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(len(stages) - 1, 0))
        self.setEnabled(bool(stages))
        self._check()
        self._say()

    def choose(self, number: int) -> None:
        """Choose a pass."""
        self.slider.setValue(number)

    def step(self, by: int) -> None:
        """Choose another one that much further on."""
        self.choose(self.number + by)

    def _choose(self, number: int) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(number)
        self._check()
        self.chosen.emit(number)

    def _check(self) -> None:
        if self.buttons:
            self.buttons[self.number].setChecked(True)

    def _say(self) -> None:
        self.slider.setAccessibleName(_("Pass"))
        before = 0
        for button, stage in zip(self.buttons, self._stages, strict=True):
            count = len(stage.nodes)
            button.setText(f"{pass_name(stage.name)}{_suffix(stage, before, count)}")
            words = ngettext("{count} node", "{count} nodes", count).format(count=number(count))
            told = _(PASSES[stage.name][1]) if stage.name in PASSES else ""
            button.setToolTip(f"{told} {words}.".strip())
            before = count


def _suffix(stage: Stage, before: int, count: int) -> str:
    """Return what stands behind the name of a pass: how the number of nodes changed, or how many kernels there are."""
    if stage.kernels:
        return f"  {number(sum(map(len, stage.kernels)))}→{number(len(stage.kernels))}"
    if not before:
        return f"  {number(count)}"
    if count != before:
        return f"  {'−' if count < before else '+'}{number(abs(count - before))}"
    return f"  ~{number(len(stage.changes))}" if stage.changes else ""
