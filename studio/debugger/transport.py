"""The bar that moves the run: buttons, and a slider over all steps."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QStackedWidget, QWidget

from studio.run.debug.controller import DebugController
from studio.ui import fonts
from studio.ui.actions import Actions
from studio.ui.appearance import appearance
from studio.ui.i18n import _, number, written_size
from studio.ui.widgets.action_button import ActionButton

#: Those with a text, and those that are an icon only.
_LEFT: Final = (("debug.back", True), ("debug.over", False), ("debug.into", True), ("debug.out", True))
_SLIDER: Final = QSize(80, 24)
#: How fast slow motion is.
SPEEDS: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


class Transport(QWidget):
    """Moves the run of a debugger; `wanted` carries the step that the slider was moved to.

    Parameters
    ----------
    actions
        The program's actions: `debug.…`.
    """

    wanted = Signal(int)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("debugger.transport")
        self._controller: DebugController | None = None
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("debugger.slider")
        self.slider.setMinimumSize(_SLIDER)
        self.slider.valueChanged.connect(self.wanted)
        self.place = QLabel()
        self.place.setFont(fonts.mono(12))
        self.place.setProperty("tone", "dim")
        self._going = QStackedWidget()
        self._going.addWidget(ActionButton(actions["debug.continue"]))
        self._going.addWidget(ActionButton(actions["debug.pause"]))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        for id, icon_only in _LEFT:
            layout.addWidget(ActionButton(actions[id], primary=id == "debug.over", icon_only=icon_only))
        layout.addWidget(self._going)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.place)
        layout.addWidget(ActionButton(actions["debug.slow"], icon_only=True))
        self._speed = QComboBox()
        self._speed.setObjectName("debugger.speed")
        for speed in SPEEDS:
            self._speed.addItem(f"{number(speed)}×", speed)
        self._speed.setCurrentIndex(SPEEDS.index(1.0))
        layout.addWidget(self._speed)
        for id in ("debug.restart", "debug.end"):
            layout.addWidget(ActionButton(actions[id], icon_only=True))
        appearance().language_changed.connect(self.retranslate)

    @property
    def speed(self) -> float:
        """How fast slow motion is, 1 for the usual."""
        return float(self._speed.currentData())

    def show_place(self, controller: DebugController) -> None:
        """Show where the run stands."""
        self._controller = controller
        shown = controller.shown
        with QSignalBlocker(self.slider):
            self.slider.setRange(-1, max(shown.total - 1, -1))
            self.slider.setValue(shown.step)
        self.slider.setEnabled(controller.state == "stopped" and shown.total > 0)
        self._going.setCurrentIndex(int(controller.state == "running"))
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self.slider.setAccessibleName(_("Step"))
        self._speed.setAccessibleName(_("Speed of slow motion"))
        self._speed.setToolTip(_("Speed of slow motion"))
        for i, speed in enumerate(SPEEDS):
            self._speed.setItemText(i, f"{number(speed)}×")
        if self._controller is None or not self._controller.is_on:
            self.place.setText("")
            self.place.setToolTip("")
            return
        shown = self._controller.shown
        if self._controller.line:
            self.place.setText(_("line {line}, no op").format(line=self._controller.line.rpartition(":")[2]))
            self.place.setToolTip(_("The program computes nothing there: it pauses at its next op. It can be ended."))
            return
        if self._controller.state == "running":
            self.place.setText(_("running…"))
        elif shown.step < 0:
            self.place.setText(_("at the start"))
        else:
            text = _("step {step} of {total} · epoch {epoch}, batch {batch}")
            self.place.setText(
                text.format(
                    step=number(shown.step + 1),
                    total=number(shown.total),
                    epoch=number(shown.epoch + 1),
                    batch=number(shown.in_epoch),
                )
            )
        words = _("The steps take {size} of {budget} in memory; older ones make way for new ones.")
        self.place.setToolTip(words.format(size=written_size(shown.in_memory), budget=written_size(shown.budget)))
