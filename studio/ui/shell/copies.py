"""What was not saved when the program ended, on the start page: open it, or let it go."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QDateTime, QLocale, QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from studio.document.recovery import Copy
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _
from studio.ui.icons import icon
from studio.ui.widgets.labels import Heading

_HEIGHT: Final = 30  # of a line: what its button asks for once it is dressed


class Copies(QWidget):
    """A line for each copy; hidden while there is none.

    `opened` and `discarded` carry the `Copy`.
    """

    opened = Signal(object)
    discarded = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("copies")
        self._copies: Sequence[Copy] = ()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 20)
        layout.setSpacing(8)
        layout.addWidget(Heading(N_("Not saved when Trenza ended")))
        layout.addLayout(self._rows)
        appearance().theme_changed.connect(self._rebuild)
        appearance().language_changed.connect(self._rebuild)
        self.hide()

    def show_copies(self, copies: Sequence[Copy]) -> None:
        """Show these."""
        self._copies = copies
        self._rebuild()

    def _rebuild(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for copy in self._copies:
            self._rows.addWidget(self._row(copy))
        self.setVisible(bool(self._copies))

    def _row(self, copy: Copy) -> QWidget:
        name = copy.name or _("untitled")
        when = QLocale().toString(QDateTime.fromSecsSinceEpoch(round(copy.when)), QLocale.FormatType.ShortFormat)
        open_it = QPushButton(f"{name}    {when}")
        open_it.setProperty("flat", True)
        open_it.setProperty("row", True)
        open_it.setToolTip(str(copy.path or ""))
        open_it.clicked.connect(partial(self.opened.emit, copy))
        discard = QToolButton()
        discard.setProperty("flat", True)
        discard.setIcon(icon("trash-2", "dim"))
        discard.setIconSize(QSize(14, 14))
        discard.setToolTip(_("Discard this copy"))
        discard.setAccessibleName(_("Discard the copy of {name}").format(name=name))
        discard.clicked.connect(partial(self.discarded.emit, copy))
        row = QWidget()
        row.setFixedHeight(_HEIGHT)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(open_it, 1)
        layout.addWidget(discard)
        return row
