"""Texts that follow the language: labels, headings, key caps, and what an empty panel says."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _
from studio.ui.icons import icon


class Text(QLabel):
    """A text of the catalogues, shown in the language in use.

    Parameters
    ----------
    text
        Untranslated.
    tone
        "" for the colour of texts, or "dim", "accent", "ok", "warn", "bad".
    """

    def __init__(
        self, text: str = "", tone: str = "", font: QFont | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._source = text
        self.setProperty("tone", tone)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if font is not None:
            self.setFont(font)
        self.retranslate()
        appearance().language_changed.connect(self.retranslate)

    def say(self, text: str) -> None:
        """Show another text of the catalogues."""
        self._source = text
        self.retranslate()

    def retranslate(self) -> None:
        """Say it in the language in use."""
        self.setText(_(self._source))


class Heading(Text):
    """The heading of a section: small spaced capitals."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, "dim", fonts.heading(), parent)


class KeyCap(QLabel):
    """A key or a combination of keys, drawn as a cap."""

    def __init__(self, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.setProperty("keycap", True)
        self.setFont(fonts.mono(11))


class EmptyState(QWidget):
    """What a panel shows while it has nothing to show: a picture, and what to do about it."""

    def __init__(self, picture: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mark = QLabel()
        mark.setPixmap(icon(picture, "faint").pixmap(28, 28))
        mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._mark, self._picture = mark, picture
        self.text = Text(text, "dim")
        self.text.setWordWrap(True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        layout.addStretch(2)
        layout.addWidget(mark)
        layout.addWidget(self.text)
        layout.addStretch(3)
        appearance().theme_changed.connect(self._retint)

    def _retint(self) -> None:
        self._mark.setPixmap(icon(self._picture, "faint").pixmap(28, 28))


def rule(vertical: bool = False, parent: QWidget | None = None) -> QFrame:
    """Return a line of one pixel, such as parts two panels."""
    line = QFrame(parent)
    line.setProperty("line", True)
    if vertical:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line
