"""Text editors that open above the node or note they change: one real widget at a time, none per item."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from studio.canvas.metrics import PAD
from studio.canvas.style import Style, font
from studio.document.document import MAX_NAME
from studio.ui.i18n import _
from studio.ui.widgets.text_undo import TextUndo


class TitleEditor(QLineEdit):
    """Edits the title of a node: Enter or a click elsewhere accepts, Escape does not."""

    def __init__(
        self, parent: QWidget, text: str, hint: str, area: QRect, style: Style, accept: Callable[[str], object]
    ) -> None:
        super().__init__(text, parent)
        self._accept = accept
        TextUndo(self)
        self.setObjectName("title_editor")
        self.setAccessibleName(_("Title of the node"))
        self.setPlaceholderText(hint)
        self.setStyleSheet(_sheet("QLineEdit", style, round(PAD) - 3))
        self.setFont(font("title"))
        self.setMaxLength(MAX_NAME)
        self.setGeometry(area)
        self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def finish(self, *, accept: bool) -> None:
        """Close, once, and hand the text on if it is accepted."""
        call, self._accept = self._accept, _nothing
        if call is _nothing:  # the view may know it still, when there is nothing behind it any more
            return
        if not accept and (viewport := self.parentWidget()) is not None:
            viewport.setFocus()  # it hands the focus to the view
        self.hide()
        self.deleteLater()
        if accept:
            call(self.text().strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Accept or give up."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish(accept=True)
        elif event.key() == Qt.Key.Key_Escape:
            self.finish(accept=False)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Accept, unless the focus only goes to a menu of the editor's own."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.finish(accept=True)


class NoteEditor(QPlainTextEdit):
    """Edits the text of a note: Ctrl+Enter or a click elsewhere accepts, Escape does not."""

    def __init__(self, parent: QWidget, text: str, area: QRect, style: Style, accept: Callable[[str], object]) -> None:
        super().__init__(text, parent)
        self._accept = accept
        TextUndo(self)
        self.setObjectName("note_editor")
        self.setAccessibleName(_("Text of the note"))
        self.setStyleSheet(_sheet("QPlainTextEdit", style, 6))
        self.setFont(font("label"))
        self.setGeometry(area)
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def finish(self, *, accept: bool) -> None:
        """Close, once, and hand the text on if it is accepted."""
        call, self._accept = self._accept, _nothing
        if call is _nothing:  # the view may know it still, when there is nothing behind it any more
            return
        if not accept and (viewport := self.parentWidget()) is not None:
            viewport.setFocus()  # it hands the focus to the view
        self.hide()
        self.deleteLater()
        if accept:
            call(self.toPlainText())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Accept or give up."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.finish(accept=True)
        elif event.key() == Qt.Key.Key_Escape:
            self.finish(accept=False)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Accept, unless the focus only goes to a menu of the editor's own."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.finish(accept=True)


def _sheet(widget: str, style: Style, padding: int) -> str:
    """Return a style sheet with which an editor looks like the node it lies on."""
    theme = style.theme
    return (
        f"{widget} {{ background: {theme.canvas}; color: {theme.text}; border: 1px solid {theme.accent};"
        f" border-radius: 6px; padding: 0 {padding}px; selection-background-color: {theme.accent};"
        f" selection-color: {theme.on_accent}; min-height: 0; }}"
    )


def _nothing(_text: str) -> None:
    """Stand in for the receiver of an editor that has closed."""
