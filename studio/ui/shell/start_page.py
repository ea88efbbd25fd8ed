"""The start page: open what you had, begin anew, or try an example."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from studio.ui import fonts, icons
from studio.ui.action_table import TEMPLATES
from studio.ui.actions import Actions
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _
from studio.ui.icons import icon
from studio.ui.shell.copies import Copies
from studio.ui.widgets.action_button import ActionButton
from studio.ui.widgets.labels import Heading, Text

#: The examples, by file name: title, what they show, and the icon.
EXAMPLES: Final = (
    ("digits_mlp", N_("Handwritten digits"), N_("A small classifier of 8×8 pixels: trains in a second."), "layers"),
    ("mnist_mlp", N_("MNIST"), N_("70,000 digits of 28×28 pixels, the classic."), "layers"),
    ("mnist_cnn", N_("Convolutions"), N_("The same digits, seen by a small convolutional network."), "grid-3x3"),
    ("sequence_lstm", N_("Sequences"), N_("An LSTM that reads a digit row by row."), "rows-3"),
    ("spiral", N_("Spiral"), N_("Two arms in the plane that no line can part."), "trending-down"),
    ("regression", N_("Regression"), N_("Predict how diabetes progresses, a number."), "chart-line"),
    ("tensors", N_("Tensors"), N_("a·b + c and a·b·c: ops alone, eager and compiled."), "sigma"),
)
_WIDTH: Final = 720
_MOST_RECENT: Final = 6


class _Card(QPushButton):
    """An example: a picture, a title and a line about it."""

    def __init__(self, picture: str, title: str, text: str) -> None:
        super().__init__()
        self.setProperty("card", True)
        self._picture = picture
        self._icon = QLabel()
        heading, line = Text(title, "", fonts.sans(13, 600)), Text(text, "dim")
        line.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(heading)
        words.addWidget(line)
        words.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.setSpacing(12)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        for child in (self._icon, heading, line):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._texts = title, text
        self.retint()
        self.retranslate()

    def retint(self) -> None:
        """Use the colours of the theme in use."""
        self._icon.setPixmap(icon(self._picture, "accent").pixmap(20, 20))

    def retranslate(self) -> None:
        """Name it in the language in use."""
        self.setAccessibleName(_(self._texts[0]))
        self.setAccessibleDescription(_(self._texts[1]))


class StartPage(QWidget):
    """What the window shows while no document is open.

    `chosen` carries the path of a document.

    Parameters
    ----------
    actions
        The program's actions.
    examples
        Folder of the examples.
    """

    chosen = Signal(object)

    def __init__(self, actions: Actions, examples: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("start_page")
        self.setProperty("surface", "canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QWidget()
        column.setFixedWidth(_WIDTH)
        self._column = QVBoxLayout(column)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._add_head()
        self._add_buttons(actions)
        self._column.addSpacing(20)
        self.copies = Copies()
        self._column.addWidget(self.copies)
        self._column.addWidget(Heading(N_("Examples")))
        self._cards = self._add_examples(examples)
        self._column.addSpacing(20)
        self._recent_heading = Heading(N_("Recent documents"))
        self._column.addWidget(self._recent_heading)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        self._column.addLayout(self._recent)
        page = QWidget()
        centred = QVBoxLayout(page)
        centred.addStretch(2)
        centred.addWidget(column, 0, Qt.AlignmentFlag.AlignHCenter)
        centred.addStretch(3)
        scroll = QScrollArea()  # without it, the window could not be made smaller than the page, whatever it shows
        scroll.setWidgetResizable(True)
        scroll.setWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        self.show_recent([])
        appearance().theme_changed.connect(self._retint)
        appearance().language_changed.connect(self._retranslate)

    def _add_head(self) -> None:
        self._mark = QLabel()
        self._mark.setPixmap(icons.app_icon().pixmap(44, 44))
        title = QLabel("Trenza")
        title.setFont(fonts.sans(26, 600))
        line = Text(N_("Wire a network, and watch it learn."), "dim", fonts.sans(14))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(title)
        words.addWidget(line)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self._mark)
        row.addLayout(words)
        row.addStretch(1)
        self._column.addLayout(row)
        self._column.addSpacing(16)

    def _add_buttons(self, actions: Actions) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for id, primary in (("file.new", True), ("file.open", False)):
            row.addWidget(ActionButton(actions[id], primary=primary, large=True))
        row.addStretch(1)
        self._column.addLayout(row)
        self._column.addSpacing(20)
        self._column.addWidget(Heading(N_("Begin with")))
        templates = QHBoxLayout()
        templates.setSpacing(8)
        for name in TEMPLATES:
            templates.addWidget(ActionButton(actions[f"file.new_{name}"], large=True))
        templates.addStretch(1)
        self._column.addLayout(templates)

    def _add_examples(self, folder: Path) -> list[_Card]:
        grid = QGridLayout()
        grid.setSpacing(8)
        cards = []
        for place, (name, title, text, picture) in enumerate(EXAMPLES):
            card = _Card(picture, title, text)
            card.setObjectName(f"example.{name}")
            card.clicked.connect(lambda _checked=False, path=folder / f"{name}.trenza": self.chosen.emit(path))
            grid.addWidget(card, place // 2, place % 2)
            cards.append(card)
        self._column.addLayout(grid)
        return cards

    def show_recent(self, paths: Sequence[Path]) -> None:
        """Show the documents that were open lately, the last one first."""
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()  # it is deleted a little later, and would be seen below the others until then
                widget.deleteLater()
        for path in paths[:_MOST_RECENT]:
            button = QPushButton(f"{path.stem}    {path.parent}")
            button.setProperty("flat", True)
            button.setProperty("row", True)
            button.setToolTip(str(path))
            button.clicked.connect(lambda _checked=False, path=path: self.chosen.emit(path))
            self._recent.addWidget(button)
        self._recent_heading.setVisible(bool(paths))

    def _retint(self) -> None:
        for card in self._cards:
            card.retint()

    def _retranslate(self) -> None:
        for card in self._cards:
            card.retranslate()
