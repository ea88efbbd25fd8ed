"""What a chosen cell was made of, tensor by tensor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from studio.inspector.names import full
from studio.inspector.watching import Watching
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _, describe, ngettext, number
from studio.ui.widgets.labels import Text


class Sources(QWidget):
    """A button for each tensor that the chosen cell was made of.

    Signals
    -------
    chosen
        One of them is to be shown: carries its name.

    Parameters
    ----------
    node_name
        Gives the title of a node by its id.
    """

    chosen = Signal(object)

    def __init__(self, node_name: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._node_name = node_name
        self._watching = Watching()
        self.title = Text("", "dim", fonts.sans(12))
        self.title.setWordWrap(True)
        self.buttons: list[QPushButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 8, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(self.title)
        appearance().language_changed.connect(self.refresh)
        self.hide()

    def open(self, watching: Watching) -> None:
        """Speak of the cells of another document."""
        self._watching = watching
        self.refresh()

    def refresh(self) -> None:
        """Show what is known now."""
        linking, links = self._watching.linking, self._watching.links
        self.setVisible(linking is not None)
        for button in self.buttons:
            self._column.removeWidget(button)
            button.deleteLater()
        self.buttons = []
        if linking is None:
            return
        ref, place = linking
        cell = f"{full(ref, self._node_name)} {list(place)}"
        if (why := self._watching.why_no_links) is not None:
            unknown = _("It is not known what {cell} was made of.").format(cell=cell)
            self.title.setText(f"{unknown} {describe(why)}")
        elif links:
            self.title.setText(_("{cell} was made of:").format(cell=cell))
        elif self._watching.has_all_links:
            self.title.setText(_("{cell} was made of nothing else.").format(cell=cell))
        else:
            self.title.setText(_("Looking for what {cell} was made of…").format(cell=cell))
        for source, marks in links.items():
            count = int(marks.sum())
            words = ngettext("{n} element of {tensor}", "{n} elements of {tensor}", count)
            button = QPushButton(words.format(n=number(count), tensor=full(source, self._node_name)))
            button.setFont(fonts.sans(12))
            button.setToolTip(_("Show it, with these elements marked"))
            button.clicked.connect(partial(self.chosen.emit, source))
            self._column.addWidget(button)
            self.buttons.append(button)
