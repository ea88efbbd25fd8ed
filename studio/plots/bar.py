"""What can be set about all curves at once: which show, how smooth they are, and their axis of epochs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QSlider, QToolButton, QWidget

from studio.plots.names import title
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _, number
from studio.ui.icons import icon

#: Over how many times the usual number of steps the slider smooths.
FACTORS: Final = (0.0, 1 / 8, 1 / 4, 1 / 2, 1.0, 2.0, 4.0, 8.0, 16.0)
#: From this width on there is room for all words.
_WIDE: Final = 560
#: Most pixels of the name of the queue's training.
_WIDEST_NAME: Final = 240
_USUAL: Final = FACTORS.index(1.0)


class Bar(QWidget):
    """The row above the curves.

    Signals
    -------
    smoothed
        They are to be smoothed over so many times the usual number of steps, 0: not at all.
    log_x
        Their axis of epochs is to be logarithmic or not.
    toggled
        The curve of a name is to be shown or not.
    queue_wanted
        The curves of the queue's trainings are to be shown, or those of the document.
    """

    smoothed = Signal(float)
    log_x = Signal(bool)
    toggled = Signal(str, bool)
    queue_wanted = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: list[str] = []
        self._queued = ""
        self._hidden: set[str] = set()
        self.menu = QMenu(self)
        self.choose = QToolButton()
        self.choose.setObjectName("plots.choose")
        self.choose.setMenu(self.menu)
        self.choose.setIcon(icon("chevron-down"))
        self.choose.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.choose.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow behind the word
        self.choose.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.log = QToolButton()
        self.log.setObjectName("plots.log_x")
        self.log.setCheckable(True)
        self.log.toggled.connect(self.log_x)
        self.queue = QToolButton()
        self.queue.setObjectName("plots.queue")
        self.queue.setCheckable(True)
        self.queue.setMaximumWidth(_WIDEST_NAME)
        self.queue.hide()
        self.queue.toggled.connect(self.queue_wanted)
        for button in (self.choose, self.log, self.queue):
            button.setProperty("flat", True)
            button.setFont(fonts.sans(12))
            button.setFixedHeight(26)
        self._word, self._value = QLabel(), QLabel()
        self._value.setFont(fonts.mono(11))
        for label in (self._word, self._value):
            label.setProperty("tone", "dim")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("plots.smoothing")
        self.slider.setRange(0, len(FACTORS) - 1)
        self.slider.setPageStep(1)
        self.slider.setFixedWidth(100)
        self.slider.setValue(_USUAL)
        self.slider.valueChanged.connect(self._on_slider)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(12, 6, 12, 0)
        self._layout.setSpacing(8)
        for widget in (self.choose, self.log, self._word, self.slider, self._value):
            self._layout.addWidget(widget)
        self._epoch = QLabel()
        self._epoch.setProperty("tone", "dim")
        self._layout.addWidget(self.queue)
        self._layout.addSpacing(16)
        self._layout.addWidget(self._epoch)
        self._layout.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # it makes do with little room
        self.retranslate()
        appearance().language_changed.connect(self.retranslate)

    @property
    def factor(self) -> float:
        """Over how many times the usual number of steps is smoothed."""
        return FACTORS[self.slider.value()]

    def say_epoch(self, epoch: float | None) -> None:
        """Say which epoch the cross is at."""
        self._epoch.setText("" if epoch is None else _("epoch {epoch}").format(epoch=number(epoch, 2)))

    def name_queue(self, name: str) -> None:
        """Say which training of the queue goes on, or was the last."""
        self._queued = name
        text = _("Queue: {name}").format(name=name) if name else _("Queue")
        room = _WIDEST_NAME - 2 * self.queue.fontMetrics().averageCharWidth()
        self.queue.setText(self.queue.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room))
        self.queue.setToolTip(_("Show the curves of the queue's training: {name}").format(name=name))

    def add(self, widget: QWidget) -> None:
        """Put a widget at the end."""
        self._layout.addWidget(widget)

    def show_names(self, names: Iterable[str], hidden: set[str]) -> None:
        """List the curves that there are."""
        self._names, self._hidden = list(names), hidden
        self.menu.clear()
        for name in self._names:
            action = self.menu.addAction(title(name))
            action.setObjectName(f"plots.show.{name}")
            action.setCheckable(True)
            action.setChecked(name not in hidden)
            action.toggled.connect(lambda on, name=name: self.toggled.emit(name, on))

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self.choose.setText(_("Curves"))
        self.choose.setToolTip(_("Which curves are shown"))
        self.log.setText(_("log epochs"))
        self.log.setToolTip(_("Logarithmic axis of epochs"))
        self.name_queue(self._queued)
        self._word.setText(_("Smoothing"))
        self.slider.setAccessibleName(_("Smoothing"))
        self.slider.setToolTip(_("Over how many steps each value of the full line is a mean; at the left over none"))
        self._say()
        self.show_names(self._names, self._hidden)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the words that can be done without where there is little room."""
        for label in (self._word, self._value):
            label.setVisible(event.size().width() >= _WIDE)

    def _on_slider(self) -> None:
        self._say()
        self.smoothed.emit(self.factor)

    def _say(self) -> None:
        self._value.setText(f"×{number(self.factor)}" if self.factor else _("off"))
        widest = max(self._value.fontMetrics().horizontalAdvance(text) for text in ("×0.125", _("off")))
        self._value.setMinimumWidth(widest + 2)
