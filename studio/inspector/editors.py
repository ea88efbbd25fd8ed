"""Which widget edits which kind of parameter: one table, `EDITORS`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from engine.core.dtype import DTYPES
from engine.core.errors import EngineError
from engine.core.param import REQUIRED, Param
from studio.inspector.selection import MIXED
from studio.inspector.stepping import step
from studio.ui import fonts
from studio.ui.i18n import _, decimal, label
from studio.ui.widgets.text_undo import TextUndo

_BLANK: Final = (None, MIXED, REQUIRED)


def _blank(value: Any, param: Param) -> str:
    """Return what an empty field says."""
    if value is MIXED:
        return _("several values")
    return _("required") if value is REQUIRED else _("none") if param.optional else ""


class _Editor(QWidget):
    """Edits one parameter. Each kind has a method `load(value)` that shows a value, or `MIXED` if the nodes differ.

    `committed` carries a value that was validated, `refused` the error of one that was not, or None once what is
    typed is right again.
    """

    committed = Signal(object)
    refused = Signal(object)

    def __init__(self, name: str, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.param = name, param
        self.widget: QWidget = self
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def fill(self, widget: QWidget) -> None:
        """Let `widget` be what the user edits in."""
        widget.setObjectName(f"param.{self.name}")
        self._layout.addWidget(widget)
        self.setFocusProxy(widget)
        self.widget = widget


class _Field(QLineEdit):
    """A line with a unit at its right end; arrows and the wheel step its number."""

    stepped = Signal(int)
    reverted = Signal()

    def __init__(self, unit: str) -> None:
        super().__init__()
        self.setFont(fonts.mono(12))
        self._undo: TextUndo | None = None
        self._unit = QLabel(unit, self)
        self._unit.setProperty("tone", "dim")
        self._unit.setFont(fonts.sans(11))
        self._unit.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        if unit:
            self.setTextMargins(0, 0, QFontMetrics(self._unit.font()).horizontalAdvance(unit) + 4, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self._unit.sizeHint().width()
        self._unit.setGeometry(self.width() - width - 8, 1, width, self.height() - 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        factor = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        if event.key() == Qt.Key.Key_Escape:
            self.reverted.emit()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(factor if event.key() == Qt.Key.Key_Up else -factor)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus():  # a wheel that scrolls the panel must not change what it passes over
            event.ignore()
        elif delta := event.angleDelta().y():
            self.stepped.emit(1 if delta > 0 else -1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._undo is None:  # what watches all its events would take as long as the rest of a row to be made
            self._undo = TextUndo(self, passes_on=True)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()


class LineEditor(_Editor):
    """A line that is read with `Param.parse`: numbers, lists, texts."""

    def __init__(self, name: str, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(name, param, parent)
        self._value: Any = None
        self._shown = ""
        self.field = _Field(_(param.unit))
        self.field.textEdited.connect(self._check)
        self.field.editingFinished.connect(self._commit)
        self.field.reverted.connect(lambda: self.load(self._value))
        self.field.stepped.connect(self._step)
        self.fill(self.field)

    @property
    def _is_number(self) -> bool:
        return self.param.kind in ("int", "float")

    def load(self, value: Any) -> None:
        """Show `value`."""
        self._value = value
        self._shown = "" if value in _BLANK else self._written(value)
        self.field.setText(self._shown)
        self.field.setCursorPosition(0)
        self.field.setPlaceholderText(_blank(value, self.param))
        self._refuse(None)

    def _written(self, value: Any) -> str:
        exact = repr(value) if isinstance(value, float) and float(f"{value:g}") != value else self.param.show(value)
        return decimal(exact) if self._is_number else exact

    def _read(self) -> Any:
        text = self.field.text()
        if self._is_number:
            text = text.replace(",", ".")
        return self.param.validate(self.param.parse(text), label(self.name))

    def _check(self) -> None:
        try:
            self._read()
        except EngineError as error:
            self._refuse(error)
        else:
            self._refuse(None)

    def _refuse(self, error: EngineError | None) -> None:
        if bool(self.field.property("invalid")) != (error is not None):
            self.field.setProperty("invalid", error is not None)
            self.field.style().polish(self.field)
        self.refused.emit(error)

    def _commit(self) -> None:
        if self.field.text() == self._shown:
            return
        try:
            value = self._read()
        except EngineError as error:
            self._refuse(error)
        else:
            self._shown = self.field.text()
            self.committed.emit(value)

    def _step(self, count: int) -> None:
        try:
            value = self._read()
        except EngineError:
            return
        if self._is_number and value is not None:
            stepped = step(self.param, value, count)
            if stepped != value:
                self.load(stepped)
                self.committed.emit(stepped)


class ChoiceEditor(_Editor):
    """A list of names, with "none" at its head where that is a value."""

    def __init__(self, name: str, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(name, param, parent)
        self.box = QComboBox()
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setFont(fonts.mono(12))
        if param.optional:
            self.box.addItem(_("none"), None)
        for choice in self.choices():
            self.box.addItem(choice, choice)
        self.box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.box.activated.connect(lambda _index: self.committed.emit(self.box.currentData()))
        self.fill(self.box)

    def choices(self) -> Iterable[str]:
        """Return the names to choose from."""
        return self.param.choices

    def load(self, value: Any) -> None:
        """Show `value`; one that is no choice is added, so that it is not lost."""
        blank = value in _BLANK and not (value is None and self.param.optional)
        place = -1 if blank else self.box.findData(None if value is None else str(value))
        if place < 0 and not blank:
            self.box.addItem(str(value), value)
            place = self.box.count() - 1
        self.box.setPlaceholderText(_blank(value, self.param))
        self.box.setCurrentIndex(place)


class DTypeEditor(ChoiceEditor):
    """The element types."""

    def choices(self) -> Iterable[str]:
        """Return the dtypes that the parameter takes: all unless it names some."""
        return self.param.choices or DTYPES


class BoolEditor(_Editor):
    """A check box; half checked while the nodes differ, or where None is a value and in force."""

    def __init__(self, name: str, param: Param, parent: QWidget | None = None) -> None:
        super().__init__(name, param, parent)
        self.box = QCheckBox()
        self.box.clicked.connect(self._commit)
        self.fill(self.box)

    def load(self, value: Any) -> None:
        """Show `value`."""
        with QSignalBlocker(self.box):
            unknown = value in _BLANK
            self.box.setTristate(unknown)
            self.box.setCheckState(
                Qt.CheckState.PartiallyChecked
                if unknown
                else Qt.CheckState.Checked
                if value
                else Qt.CheckState.Unchecked
            )

    def _commit(self) -> None:
        self.box.setTristate(False)
        self.committed.emit(self.box.isChecked())


Editor = LineEditor | ChoiceEditor | BoolEditor

EDITORS: Final[dict[str, type[Editor]]] = {
    "int": LineEditor,
    "float": LineEditor,
    "ints": LineEditor,
    "axes": LineEditor,
    "text": LineEditor,
    "value": LineEditor,
    "any": LineEditor,
    "bool": BoolEditor,
    "choice": ChoiceEditor,
    "dtype": DTypeEditor,
}
