"""A field to search in, with a magnifying glass, the key that leads to it, and a cross to empty it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from studio.ui.appearance import appearance
from studio.ui.i18n import _
from studio.ui.icons import icon
from studio.ui.widgets.labels import KeyCap
from studio.ui.widgets.text_undo import TextUndo

_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class SearchField(QLineEdit):
    """A line to type a search into.

    `moved` carries the keys that move through results (up, down, a page), `accepted` is Return, `left` Escape in an
    empty field; in one that is not, Escape empties it.

    Parameters
    ----------
    placeholder
        Untranslated text of the empty field.
    keys
        Shown as a key cap while the field is empty.
    """

    moved = Signal(int)
    accepted = Signal()
    left = Signal()

    def __init__(self, placeholder: str, keys: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = placeholder
        TextUndo(self)
        self.setMinimumHeight(28)
        self.addAction(QAction(icon("search", "dim"), "", self), QLineEdit.ActionPosition.LeadingPosition)
        self._clear = self.addAction(icon("x", "dim"), QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setVisible(False)
        self._clear.triggered.connect(self.clear)
        self._cap = KeyCap(keys, self) if keys else None
        self.textChanged.connect(self._show_marks)
        self._show_marks("")
        self.retranslate()
        appearance().language_changed.connect(self.retranslate)

    def set_placeholder(self, placeholder: str) -> None:
        """Say something else, untranslated, in the empty field."""
        self._source = placeholder
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self.setPlaceholderText(_(self._source))
        self.setAccessibleName(_(self._source))
        self._clear.setToolTip(_("Clear"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send the keys that are meant for the results there."""
        key = event.key()
        if key in _MOVES:
            self.moved.emit(key)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accepted.emit()
        elif key == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep Escape from a shortcut of the window."""
        override = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if override and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the key cap at the right end."""
        super().resizeEvent(event)
        if self._cap:
            size: QSize = self._cap.sizeHint()
            self._cap.setGeometry(
                self.width() - size.width() - 6, (self.height() - size.height()) // 2, size.width(), size.height()
            )

    def _show_marks(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        if self._cap:
            self._cap.setVisible(not text)
            # where both do not fit, the placeholder ends before the key cap
            self.setTextMargins(0, 0, 0 if text else self._cap.sizeHint().width(), 0)
