"""A breadcrumb: the way from the document to the graph that is shown, each step of it to be gone back to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _
from studio.ui.icons import icon

_HEIGHT = 34
#: How long the title of a function may be, wherever it is typed: longer ones do not fit on nodes and in lists.
MAX_TITLE: Final = 60


class Breadcrumb(QWidget):
    """A row of buttons, of which the last says where one is and can be renamed.

    Signals
    -------
    chosen
        The number of a step that is to be gone back to, 0 for the document.
    renamed
        Another name for what is shown.
    left
        Somebody is done with typing a name, or does not want to: the keyboard is free.
    menu_asked
        A menu of what is shown is asked for, at a point of the screen.
    """

    chosen = Signal(int)
    renamed = Signal(str)
    left = Signal()
    menu_asked = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("breadcrumb")
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(_HEIGHT)
        self._names: tuple[str, ...] = ()
        self._field: QLineEdit | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(10, 0, 10, 0)
        self._row.setSpacing(4)
        appearance().language_changed.connect(self._name)
        self._name()

    def show_path(self, names: Sequence[str]) -> None:
        """Show the names of the steps, that of the document first. A document alone needs no breadcrumb."""
        self.setVisible(len(names) > 1)
        if tuple(names) == self._names:  # what is not made anew keeps the focus, and the name that is being typed
            return
        self._names = tuple(names)
        self._show_buttons()

    def _show_buttons(self) -> None:
        names = self._names
        self._clear()
        for number, name in enumerate(names):
            if number:
                sign = QLabel("›")
                sign.setProperty("tone", "dim")
                self._row.addWidget(sign)
            self._row.addWidget(self._button(number, name, is_last=number == len(names) - 1))
        if len(names) > 1:
            self._row.addWidget(self._menu_button())
        self._row.addStretch(1)

    def _clear(self) -> None:
        self._field = None
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.setObjectName("")  # it lives on until its signal has been dealt with
                widget.deleteLater()

    def _button(self, number: int, name: str, *, is_last: bool) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"breadcrumb_{number}")
        button.setText(name.replace("&", "&&"))
        button.setProperty("flat", True)
        button.setFont(fonts.sans(13, 600 if is_last else 400))
        button.setCursor(Qt.CursorShape.ArrowCursor if is_last else Qt.CursorShape.PointingHandCursor)
        if is_last:
            button.installEventFilter(self)
            button.setToolTip(_("Double-click to rename"))
            button.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            button.customContextMenuRequested.connect(lambda at: self.menu_asked.emit(button.mapToGlobal(at)))
        else:
            button.clicked.connect(lambda: self.chosen.emit(number))
        return button

    def _menu_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("breadcrumb_menu")
        button.setProperty("flat", True)
        button.setIcon(icon("chevron-down", "dim"))
        button.setIconSize(QSize(14, 14))
        button.setToolTip(_("What can be done with this function"))
        button.setAccessibleName(_("What can be done with this function"))
        button.clicked.connect(lambda: self.menu_asked.emit(button.mapToGlobal(button.rect().bottomLeft())))
        return button

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the last step be renamed by a double-click, or with F2; Escape leaves it as it was."""
        key = event.key() if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress else None
        if watched is self._field:
            if key == Qt.Key.Key_Escape:
                self._field = None  # before the field goes, and with it the focus, which would take the name
                self._show_buttons()
                self.left.emit()
                return True
        elif event.type() == QEvent.Type.MouseButtonDblClick or key == Qt.Key.Key_F2:
            self.rename()
            return True
        return super().eventFilter(watched, event)

    def rename(self) -> None:
        """Let the user type another name for what is shown."""
        if len(self._names) < 2 or self._field is not None:
            return
        field = self._field = QLineEdit(self._names[-1])
        field.setObjectName("function_name")
        field.setAccessibleName(_("Name of the function"))
        field.setMaxLength(MAX_TITLE)
        field.editingFinished.connect(self._take_name)
        field.returnPressed.connect(self.left)
        field.installEventFilter(self)
        place = self._row.count() - 3  # before the menu and the space
        item = self._row.itemAt(place)
        if item is not None and (widget := item.widget()) is not None:
            widget.hide()
        self._row.insertWidget(place, field)
        field.selectAll()
        field.setFocus()

    def _take_name(self) -> None:
        field, self._field = self._field, None
        if field is None:
            return
        text, names = field.text().strip(), self._names
        self._show_buttons()
        if text and text != names[-1]:
            self.renamed.emit(text)

    def _name(self) -> None:
        self.setAccessibleName(_("Where you are"))
        if self._field is None:
            self._show_buttons()
