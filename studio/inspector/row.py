"""A parameter as a row: its name, its editor, a way back to the default, and what is wrong."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QEnterEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QMenu, QToolButton, QWidget

from engine.core.errors import EngineError
from engine.core.param import Param
from studio.inspector.editors import EDITORS
from studio.ui import fonts
from studio.ui.i18n import _, describe, label, sentence
from studio.ui.icons import icon
from studio.ui.values import shown

FIELD_WIDTH: Final = 156
_ROW_HEIGHT: Final = 34
_RESET_WIDTH: Final = 22


class ParamRow(QWidget):
    """One parameter of the selected nodes.

    `changed` carries a validated value, `reset` asks for the default, `pointed` tells that the mouse or the keyboard
    came to the row, `left` that Escape was pressed there; `outward` that the function around is to show it, too, or no
    more.
    """

    changed = Signal(object)
    reset = Signal()
    pointed = Signal(str)
    left = Signal()
    outward = Signal()

    def __init__(self, name: str, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.param = name, param
        self.editor = EDITORS[param.kind](name, param)
        self.editor.setFixedWidth(FIELD_WIDTH)
        words = sentence(label(name))
        self._label = QLabel(words)
        self._label.setProperty("tone", "dim")
        self._label.setBuddy(self.editor.widget)
        self._label.setWordWrap(True)
        self._label.setContentsMargins(0, 0, 8, 0)
        self._error: QLabel | None = None
        self._default: QToolButton | None = None
        self._outward: QToolButton | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 3, 4, 3)
        self._grid.setHorizontalSpacing(0)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnMinimumWidth(2, _RESET_WIDTH + 2)
        self._grid.setRowMinimumHeight(0, _ROW_HEIGHT - 4)
        self._grid.addWidget(self._label, 0, 0)
        self._grid.addWidget(self.editor, 0, 1)
        field = self.editor.widget
        field.setAccessibleName(words)
        field.setAccessibleDescription(_(param.help))
        tip = f"{name}: {_(param.help)}" if param.help else name
        self._label.setToolTip(tip)
        field.setToolTip(tip)
        field.installEventFilter(self)
        self.editor.committed.connect(self.changed)
        self.editor.refused.connect(self._show_error)

    def load(self, value: Any, is_default: bool) -> None:
        """Show `value`; offer the way back unless it is the default."""
        self.editor.load(value)
        if is_default == (self._default is None or self._default.isHidden()):
            return
        if self._default is None:
            self._default = self._make_default_button()
            self.setTabOrder(self.editor.widget, self._default)
        self._default.setHidden(is_default)

    def offer_outward(self, name: str) -> None:
        """Offer to show the parameter on the function around; it is shown there as `name`, "" if it is not."""
        if self._outward is None:
            self._outward = self._flat_button(f"outward.{self.name}")
            self._outward.setCheckable(True)
            self._outward.clicked.connect(self.outward)
            self._grid.addWidget(self._outward, 0, 3, Qt.AlignmentFlag.AlignVCenter)
            self.setTabOrder(self.editor.widget, self._outward)
        text = _("Take back from the function, where it is “{name}”") if name else _("Show on the function")
        text = text.format(name=sentence(label(name)))
        self._outward.setChecked(bool(name))
        self._outward.setIcon(icon("square-arrow-up-right", "accent" if name else "dim"))
        self._outward.setToolTip(text)
        self._outward.setAccessibleName(text)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what the buttons of the row do, with words."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button in (self._outward, self._default):
            if button is not None and not button.isHidden():
                entry = menu.addAction(button.icon(), button.toolTip())
                entry.setObjectName(button.objectName())
                entry.triggered.connect(button.click)
        if menu.actions():
            menu.popup(event.globalPos())
        else:
            menu.deleteLater()

    @property
    def error(self) -> str:
        """What is wrong with what is typed, in words; "" if nothing is."""
        return "" if self._error is None or self._error.isHidden() else self._error.text()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Tell that the mouse came."""
        self.pointed.emit(self.name)
        super().enterEvent(event)

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        """Tell that the keyboard came, and that it is to go."""
        if event.type() == QEvent.Type.FocusIn:
            self.pointed.emit(self.name)
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        return False

    def take_focus(self) -> None:
        """Let the keyboard change the value."""
        field = self.editor.widget
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if isinstance(field, QLineEdit):
            field.selectAll()

    def _show_error(self, error: EngineError | None) -> None:
        if error is None:
            if self._error is not None:
                self._error.hide()
            return
        if self._error is None:
            self._error = QLabel()
            self._error.setProperty("tone", "bad")
            self._error.setFont(fonts.sans(12))
            self._error.setWordWrap(True)
            self._grid.addWidget(self._error, 1, 0, 1, 2)
        self._error.setText(sentence(describe(error)))
        self._error.show()

    def _make_default_button(self) -> QToolButton:
        button = self._flat_button(f"reset.{self.name}")
        button.setIcon(icon("rotate-ccw", "dim"))
        text = _("Back to {default}").format(default=shown(self.param, self.param.default))
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.clicked.connect(self.reset)
        self._grid.addWidget(button, 0, 2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return button

    def _flat_button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("flat", True)
        button.setIconSize(QSize(14, 14))
        button.setFixedSize(_RESET_WIDTH, _RESET_WIDTH)
        button.setObjectName(name)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        return button
