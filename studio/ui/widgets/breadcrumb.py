"""A breadcrumb: the way from the document to the graph that is shown, each step of it to be gone back to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _
from studio.ui.icons import icon
from studio.ui.widgets.spin import Spin

_HEIGHT = 34
#: How long the title of a function may be, wherever it is typed: longer ones do not fit on nodes and in lists.
MAX_TITLE: Final = 60


class Crumb(NamedTuple):
    """A step of the way: its name, and which copy of it is shown where it is there several times."""

    name: str
    copy: int = 1
    copies: int = 1


class Breadcrumb(QWidget):
    """A row of buttons, of which the last says where one is and can be renamed.

    Behind a step that is there several times stands which of its copies is shown.

    Signals
    -------
    chosen
        The number of a step that is to be gone back to, 0 for the document.
    copy_chosen
        The number of a step, and of the copy of it that is to be shown, from 1.
    renamed
        Another name for what is shown.
    left
        Somebody is done with typing a name, or does not want to: the keyboard is free.
    menu_asked
        A menu of what is shown is asked for, at a point of the screen.
    """

    chosen = Signal(int)
    copy_chosen = Signal(int, int)
    renamed = Signal(str)
    left = Signal()
    menu_asked = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("breadcrumb")
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(_HEIGHT)
        self._steps: tuple[Crumb, ...] = ()
        self._field: QLineEdit | None = None
        self._last_button: QToolButton | None = None
        self._copies: dict[int, Spin] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(10, 0, 10, 0)
        self._row.setSpacing(4)
        appearance().language_changed.connect(self._name)
        self._name()

    def show_path(self, steps: Sequence[Crumb]) -> None:
        """Show the steps, the document first. A document alone needs no breadcrumb."""
        self.setVisible(len(steps) > 1)
        if tuple(steps) == self._steps:  # what is not made anew keeps the focus, and the name that is being typed
            return
        is_other_copy = [step._replace(copy=1) for step in steps] == [step._replace(copy=1) for step in self._steps]
        self._steps = tuple(steps)
        if is_other_copy:
            for number, box in self._copies.items():
                with QSignalBlocker(box):
                    box.setValue(steps[number].copy)
        else:
            self._show_buttons()

    def _show_buttons(self) -> None:
        steps = self._steps
        self._clear()
        for number, step in enumerate(steps):
            if number:
                sign = QLabel("›")
                sign.setProperty("tone", "dim")
                self._row.addWidget(sign)
            self._last_button = self._button(number, step.name, is_last=number == len(steps) - 1)
            self._row.addWidget(self._last_button)
            if step.copies > 1:
                self._copies[number] = self._copy_box(number, step)
                self._row.addWidget(self._copies[number])
        if len(steps) > 1:
            self._row.addWidget(self._menu_button())
        self._row.addStretch(1)

    def _clear(self) -> None:
        self._field, self._last_button, self._copies = None, None, {}
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

    def _copy_box(self, number: int, step: Crumb) -> Spin:
        box = Spin()
        box.setObjectName(f"breadcrumb_copy_{number}")
        box.setRange(1, step.copies)
        box.setValue(step.copy)
        box.setSuffix(_(" of {count}").format(count=step.copies))
        box.setFixedHeight(_HEIGHT - 8)
        box.setKeyboardTracking(False)
        box.setToolTip(_("Which of its copies is shown"))
        box.setAccessibleName(_("Which of its copies is shown"))
        box.valueChanged.connect(lambda copy: self.copy_chosen.emit(number, copy))
        return box

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
        if len(self._steps) < 2 or self._field is not None:
            return
        field = self._field = QLineEdit(self._steps[-1].name)
        field.setObjectName("function_name")
        field.setAccessibleName(_("Name of the function"))
        field.setMaxLength(MAX_TITLE)
        field.editingFinished.connect(self._take_name)
        field.returnPressed.connect(self.left)
        field.installEventFilter(self)
        if (button := self._last_button) is not None:
            button.hide()
            self._row.insertWidget(self._row.indexOf(button), field)
        field.selectAll()
        field.setFocus()

    def _take_name(self) -> None:
        field, self._field = self._field, None
        if field is None:
            return
        text, before = field.text().strip(), self._steps[-1].name
        self._show_buttons()
        if text and text != before:
            self.renamed.emit(text)

    def _name(self) -> None:
        self.setAccessibleName(_("Where you are"))
        if self._field is None:
            self._show_buttons()
