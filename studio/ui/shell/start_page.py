"""The start page: open what you had, begin anew, or try an example."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPainter, QPainterPath, QPaintEvent, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.ui import fonts, icons
from studio.ui.action_table import TEMPLATES
from studio.ui.actions import Actions
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _
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
_WIDTH: Final = 960
_COLUMNS: Final = 4
_MOST_RECENT: Final = 6
_CORNER: Final = 9.0
_PAD: Final = 12

#: Of the picture on a card, and of that beside a recent document.
PICTURE: Final = QSize(232, 92)
SMALL: Final = QSize(96, 40)


class _Picture(QWidget):
    """The picture of a document; until there is one, an icon in its place."""

    def __init__(self, icon_name: str) -> None:
        super().__init__()
        self._icon = icon_name
        self._image = QImage()
        self.setFixedHeight(PICTURE.height())
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def image(self) -> QImage:
        """The picture; a null one if there is none."""
        return self._image

    def show_image(self, image: QImage) -> None:
        """Show a picture, or none."""
        self._image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), appearance().theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()  # round above, as the card is, and straight below
        outline.addRoundedRect(QRectF(0, 0, self.width(), self.height() + _CORNER), _CORNER, _CORNER)
        painter.setClipPath(outline)
        painter.fillRect(self.rect(), theme.canvas)
        if self._image.isNull():
            middle = QRectF(0, 0, 22, 22)
            middle.moveCenter(QRectF(self.rect()).center())
            icons.paint(painter, self._icon, middle, theme.faint)
        else:
            width = self._image.width() / self._image.devicePixelRatioF()
            painter.drawImage(QPointF((self.width() - width) / 2, 0), self._image)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.line)


class _Card(QPushButton):
    """An example: a picture, a title and a line about it."""

    def __init__(self, path: Path, icon_name: str, title: str, text: str) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.path = path
        self.picture = _Picture(icon_name)
        heading, self._line = Text(title, "", fonts.sans(13, 600)), Text(text, "dim")
        self._line.setWordWrap(True)
        words = QVBoxLayout()
        words.setContentsMargins(_PAD, 8, _PAD, 10)
        words.setSpacing(2)
        words.addWidget(heading)
        words.addWidget(self._line)
        words.addStretch(1)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)  # the card's own border
        layout.setSpacing(0)
        layout.addWidget(self.picture)
        layout.addLayout(words, 1)
        for child in (heading, self._line):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._texts = title, text
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)  # all of a row are equally high
        self.retranslate()

    def sizeHint(self) -> QSize:
        """Return room for what it holds: a button thinks of its own text only."""
        return QSize(PICTURE.width() + 2, self._layout.sizeHint().height())

    def retranslate(self) -> None:
        """Name it in the language in use."""
        self.setAccessibleName(_(self._texts[0]))
        self.setAccessibleDescription(_(self._texts[1]))
        # All cards are of one width, so the words need no layout that asks them anew for every width.
        policy = self._line.sizePolicy()
        policy.setHeightForWidth(False)
        self._line.setSizePolicy(policy)
        self._line.setFixedHeight(self._line.heightForWidth(PICTURE.width() - 2 * _PAD))
        self.updateGeometry()


class _Column(QWidget):
    """What the page shows: where the window is too low for it, it is scrolled, and nothing of it gets lower."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(_WIDTH)

    def minimumSizeHint(self) -> QSize:
        """Return what it asks for."""
        return self.sizeHint()


class _Recent(QPushButton):
    """A document that was open lately: a small picture, its name and its folder."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.stem}    {path.parent}")
        self.path = path
        self.setProperty("flat", True)
        self.setProperty("row", True)
        self.setToolTip(str(path))
        self.setIconSize(SMALL)
        self.show_image(QImage())

    def show_image(self, image: QImage) -> None:
        """Show a picture, or the room that one will take."""
        picture = QPixmap.fromImage(image)
        if image.isNull():
            picture = QPixmap(SMALL)
            picture.fill(appearance().theme.canvas)
        self.setIcon(QIcon(picture))


class StartPage(QWidget):
    """What the window shows while no document is open.

    Signals
    -------
    chosen
        The path of a document.
    picture_wanted
        The path of a document whose picture is to be shown with `show_picture`, the theme it is to be in, its size, and
        the pixels of the screen per logical pixel.

    Parameters
    ----------
    actions
        The program's actions.
    examples
        Folder of the examples.
    """

    chosen = Signal(object)
    picture_wanted = Signal(object, object, QSize, float)

    def __init__(self, actions: Actions, examples: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("start_page")
        self.setProperty("surface", "canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = _Column()
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
        self._rows: list[_Recent] = []
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
            card = _Card(folder / f"{name}.trenza", picture, title, text)
            card.setObjectName(f"example.{name}")
            card.clicked.connect(lambda _checked=False, path=card.path: self.chosen.emit(path))
            grid.addWidget(card, *divmod(place, _COLUMNS))
            cards.append(card)
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)
        self._column.addLayout(grid)
        return cards

    def show_recent(self, paths: Sequence[Path]) -> None:
        """Show the documents that were open lately, the last one first."""
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()  # it is deleted a little later, and would be seen below the others until then
                widget.deleteLater()
        self._rows = [_Recent(path) for path in paths[:_MOST_RECENT]]
        for row in self._rows:
            row.clicked.connect(lambda _checked=False, path=row.path: self.chosen.emit(path))
            self._recent.addWidget(row)
        self._recent_heading.setVisible(bool(paths))
        self._want_pictures()

    def show_picture(self, path: Path, theme: str, image: QImage) -> None:
        """Show the picture of a document where it is listed, unless another theme is in use by now."""
        if theme != appearance().theme.name:
            return
        small = image.deviceIndependentSize().toSize() == SMALL
        for card in self._cards:
            if card.path == path and not small:
                card.picture.show_image(image)
        for row in self._rows:
            if row.path == path and small:
                row.show_image(image)

    def _want_pictures(self) -> None:
        if not self.isVisible():
            return
        theme, ratio = appearance().theme, self.devicePixelRatioF()
        for card in self._cards:
            self.picture_wanted.emit(card.path, theme, PICTURE, ratio)
        for row in self._rows:
            self.picture_wanted.emit(row.path, theme, SMALL, ratio)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the pictures: while it is hidden nobody needs them."""
        super().showEvent(event)
        self._retranslate()  # the fonts are those of the screen by now
        self._want_pictures()

    def _retint(self) -> None:
        """Take the pictures away, which are in other colours, and ask for new ones."""
        for card in self._cards:
            card.picture.show_image(QImage())
        for row in self._rows:
            row.show_image(QImage())
        self._want_pictures()

    def _retranslate(self) -> None:
        for card in self._cards:
            card.retranslate()
