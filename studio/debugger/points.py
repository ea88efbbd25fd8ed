"""The breakpoints of a document: a list of them, and what the chosen one waits for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.core.errors import EngineError
from studio.debugger.words import NameOf
from studio.document.breakpoints import Breakpoint, Look
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, describe, label
from studio.ui.icons import icon
from studio.ui.widgets.labels import Heading, Text
from studio.ui.widgets.spin import Spin

#: What the four states look like: the icon, its colour, and what they are called.
LOOKS: Final[Mapping[Look, tuple[str, str, str]]] = {
    "on": ("circle-dot", "bad", N_("stops always")),
    "conditional": ("circle-help", "bad", N_("stops on a condition")),
    "log": ("message-square", "accent", N_("says something and goes on")),
    "off": ("circle-dashed", "dim", N_("is off")),
}
#: Undo brings a node back, and then its breakpoint counts again.
_GONE: Final = ("unlink", "dim", N_("its node is gone"))
_ID: Final = Qt.ItemDataRole.UserRole
_MOST: Final = 1_000_000
#: Lines of what breakpoints have said that are kept.
SAID: Final = 1000
_ROW: Final = QSize(0, 26)
#: Rows of the list that are in sight, if there are as many.
_ROWS: Final = 4


class Points(QWidget):
    """The list of breakpoints.

    Signals
    -------
    changed
        The breakpoints shall be others: carries all of them.
    chosen
        The node of the breakpoint that was clicked.
    """

    changed = Signal(object)
    chosen = Signal(str)

    def __init__(self, name_of: NameOf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("debugger.breakpoints")
        self._name_of = name_of
        self._points: tuple[Breakpoint, ...] = ()
        self._errors: Mapping[int, EngineError] = {}
        self._hits: Sequence[int] = ()
        self._gone: Collection[int] = ()
        self._chosen: int | None = None
        self.heading = Heading(N_("Breakpoints"))
        self.list = QListWidget()
        self.list.setObjectName("debugger.breakpoint_list")
        self.list.setIconSize(QSize(14, 14))
        self.list.currentItemChanged.connect(self._on_chosen)
        self.list.itemClicked.connect(lambda item: self._lead(item))
        self._toggle = self._button("power", N_("Turn it on or off"), self._on_toggle)
        self._remove = self._button("trash-2", N_("Remove the breakpoint"), self._on_remove)
        self._form = QWidget()
        self.condition = self._line("condition", lambda text: {"condition": text}, "max > 10")
        self.log = self._line("log", lambda text: {"log": text}, "mean {mean}")
        self.hits = self._spin("hits", 1)
        self.epoch = self._spin("epoch", 0)
        self.step = self._spin("step", 0)
        form = QFormLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(10)
        form.setVerticalSpacing(4)
        self._fields: tuple[tuple[str, QWidget], ...] = (
            (N_("Condition"), self.condition),
            (N_("From hit"), self.hits),
            (N_("In epoch"), self.epoch),
            (N_("In batch"), self.step),
            (N_("Say instead"), self.log),
        )
        for text, field in self._fields:
            form.addRow(Text(text, "dim", fonts.sans(12)), field)
        self.wrong = QLabel()
        self.wrong.setProperty("tone", "bad")
        self.wrong.setWordWrap(True)
        self.wrong.setFont(fonts.sans(12))
        self.none = Text(N_("Press F9 on a node or a wire, or use its menu, to stop there."), "dim", fonts.sans(12))
        self.none.setWordWrap(True)
        self.said = QPlainTextEdit()
        self.said.setObjectName("debugger.said")
        self.said.setReadOnly(True)
        self.said.setMaximumBlockCount(SAID)
        self.said.setMinimumHeight(48)  # or the first line that is said would make the whole dock higher
        self.said.setFont(fonts.mono(11))
        self.said.hide()
        head = QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(self._toggle)
        head.addWidget(self._remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.none)
        layout.addWidget(self.list, 1)
        layout.addWidget(self._form)
        layout.addWidget(self.wrong)
        layout.addWidget(self.said, 1)
        appearance().language_changed.connect(self.retranslate)
        appearance().theme_changed.connect(self._rebuild)
        self.retranslate()

    def _button(self, picture: str, text: str, slot: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setProperty("flat", True)
        button.setIcon(icon(picture, "dim"))
        button.setIconSize(QSize(14, 14))
        button.setProperty("says", text)
        button.clicked.connect(slot)
        return button

    def _line(self, name: str, change: Callable[[str], dict[str, Any]], example: str) -> QLineEdit:
        field = QLineEdit()
        field.setObjectName(f"debugger.{name}")
        field.setFont(fonts.mono(12))
        field.setPlaceholderText(example)
        field.editingFinished.connect(lambda: self._change(change(field.text().strip())))
        return field

    def _spin(self, name: str, least: int) -> Spin:
        field = Spin()
        field.setObjectName(f"debugger.{name}")
        field.setRange(least, _MOST)
        field.setFont(fonts.mono(12))
        field.valueChanged.connect(lambda value: self._change({name: value}))
        return field

    # -------------------------------------------------------------------------------------------------------- showing

    def show_points(
        self,
        points: Sequence[Breakpoint],
        errors: Mapping[int, EngineError],
        hits: Sequence[int],
        gone: Collection[int] = (),
    ) -> None:
        """Show these breakpoints, what is wrong with some, which the run has come to, and of which the node is gone."""
        self._points, self._errors, self._hits, self._gone = tuple(points), errors, hits, gone
        self._rebuild()

    def say(self, line: str) -> None:
        """Show what a log point has said, below what was said before."""
        self.said.appendPlainText(line)
        self.said.show()

    def forget_said(self) -> None:
        """Show nothing that log points have said."""
        self.said.clear()
        self.said.hide()

    def choose(self, id: int) -> None:
        """Show what a breakpoint waits for."""
        self._chosen = id
        self._rebuild()

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self.epoch.setSpecialValueText(_("any"))
        self.step.setSpecialValueText(_("any"))
        self.hits.setSpecialValueText(_("the first"))
        for button in (self._toggle, self._remove):
            button.setToolTip(_(str(button.property("says"))))
            button.setAccessibleName(_(str(button.property("says"))))
        for text, field in self._fields:
            field.setAccessibleName(_(text))
        self.list.setAccessibleName(_("Breakpoints"))
        self.said.setAccessibleName(_("What breakpoints have said"))
        self._rebuild()

    def _rebuild(self) -> None:
        theme = appearance().theme
        with QSignalBlocker(self.list):
            self.list.clear()
            for point in self._points:
                picture, token, state = _GONE if point.id in self._gone else LOOKS[point.look]
                name = self._name_of(point.node) + (f" · {label(point.port)}" if point.port else "")
                item = QListWidgetItem(name if not point.condition else f"{name}: {point.condition}")
                wrong = self._errors.get(point.id)
                item.setIcon(icon("triangle-alert", "bad") if wrong is not None else icon(picture, token))
                item.setData(_ID, point.id)
                item.setSizeHint(_ROW)
                item.setToolTip(describe(wrong) if wrong is not None else _(state))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{item.text()}, {_(state)}")
                if point.id in self._gone:
                    item.setForeground(QColor(theme.dim))
                elif point.id in self._hits:
                    item.setForeground(QColor(theme.warn))
                    item.setFont(fonts.sans(13, 600))
                self.list.addItem(item)
                if point.id == self._chosen:
                    self.list.setCurrentItem(item)
        self.list.setMinimumHeight(min(len(self._points), _ROWS) * _ROW.height() + 4)
        self.list.setVisible(bool(self._points))
        self.none.setVisible(not self._points)
        self._show_chosen()

    def _show_chosen(self) -> None:
        point = self._point
        self._form.setVisible(point is not None)
        self._toggle.setEnabled(point is not None)
        self._remove.setEnabled(point is not None)
        error = self._errors.get(point.id) if point is not None else None
        self.wrong.setText(describe(error) if error is not None else "")
        self.wrong.setVisible(error is not None)
        if point is None:
            return
        for line, text in ((self.condition, point.condition), (self.log, point.log)):
            if line.text() != text:
                line.setText(text)
        for field, value in ((self.hits, point.hits), (self.epoch, point.epoch), (self.step, point.step)):
            with QSignalBlocker(field):
                field.setValue(value)

    # --------------------------------------------------------------------------------------------------------- acting

    @property
    def _point(self) -> Breakpoint | None:
        return next((point for point in self._points if point.id == self._chosen), None)

    def _on_chosen(self, item: QListWidgetItem | None) -> None:
        self._chosen = item.data(_ID) if item is not None else None
        self._show_chosen()

    def _lead(self, item: QListWidgetItem) -> None:
        point = next((point for point in self._points if point.id == item.data(_ID)), None)
        if point is not None:
            self.chosen.emit(point.node)

    def _change(self, fields: Mapping[str, Any]) -> None:
        point = self._point
        if point is None or all(getattr(point, name) == value for name, value in fields.items()):
            return
        changed = replace(point, **fields)
        # known at once: the next change may come before the document has told of this one
        self._points = tuple(changed if each is point else each for each in self._points)
        self.changed.emit(self._points)

    def _on_toggle(self) -> None:
        if (point := self._point) is not None:
            self._change({"enabled": not point.enabled})

    def _on_remove(self) -> None:
        if (point := self._point) is not None:
            self.changed.emit(tuple(each for each in self._points if each is not point))
