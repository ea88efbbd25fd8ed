"""The page that tells of the chosen runs: of one what happened and what is noted, of several how they differ."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.run.runs.glance import Glance, varying
from studio.ui.i18n import _, describe, number
from studio.ui.measures import less_is_better
from studio.ui.runs.story import STATUS, story
from studio.ui.runs.table import measured_title, setting_text
from studio.ui.strokes import SWATCH, stroke, swatch
from studio.ui.widgets.text_undo import TextUndo

#: Height of the field for a note, in pixels: three lines.
_NOTE: Final = 68

#: Widest column of the comparison, in pixels: two or three runs are to be seen beside each other.
_WIDEST: Final = 150

#: A line of the comparison: its title, what it says of each run, and the runs that are best in it, if some are.
Line = tuple[str, list[str], frozenset[int]]
_NONE: Final[frozenset[int]] = frozenset()


class StoryPage(QWidget):
    """Tells of the runs that are chosen.

    Signals
    -------
    noted
        The user has noted something about a run: carries its `RunFolder` and the text.
    """

    noted = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self._glance: Glance | None = None
        self.text = QLabel()
        self.text.setObjectName("runs.story")
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text.setMargin(10)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        told = QScrollArea()
        told.setFrameShape(QScrollArea.Shape.NoFrame)
        told.setWidgetResizable(True)
        told.setWidget(self.text)
        self.note = QPlainTextEdit()
        self.note.setObjectName("runs.note")
        self.note.setFixedHeight(_NOTE)
        self.note.setTabChangesFocus(True)
        self.note.installEventFilter(self)
        TextUndo(self.note)
        one = QWidget()
        column = QVBoxLayout(one)
        column.setContentsMargins(8, 0, 8, 6)
        column.addWidget(told, 1)
        column.addWidget(self.note)
        self.table = QTableWidget()
        self.table.setObjectName("runs.compared")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.verticalHeader().setDefaultSectionSize(26)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(one)
        self._stack.addWidget(self.table)
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self.note.setPlaceholderText(_("Note something about this run"))
        self.note.setAccessibleName(_("Note"))

    def show_runs(self, glances: Sequence[Glance]) -> None:
        """Tell of these runs."""
        readable = [glance for glance in glances if glance.record is not None]
        one = glances[0] if len(glances) == 1 or (glances and len(readable) < 2) else None
        if one is None or self._glance is None or one.id != self._glance.id:
            self._save()
            self.note.setPlainText(one.note if one is not None else "")
        self._glance = one
        self._stack.setCurrentIndex(0 if len(readable) < 2 else 1)
        self.note.setEnabled(one is not None)
        if len(readable) > 1:
            self._compare(readable)
        elif one is None:
            self.text.setText("")
        elif one.error is not None:
            self.text.setText(describe(one.error))
        else:
            self.text.setText("\n".join((one.id, "", *story(one.run))))

    def _compare(self, glances: Sequence[Glance]) -> None:
        lines = compared(glances)
        self.table.setRowCount(len(lines))
        self.table.setColumnCount(len(glances))
        for column, glance in enumerate(glances):
            name = glance.record.name if glance.record is not None else ""
            room = _WIDEST - 3 * SWATCH.width() // 2
            short = self.table.fontMetrics().elidedText(name, Qt.TextElideMode.ElideLeft, room)
            head = QTableWidgetItem(swatch(stroke(column)), short)  # names of a sweep differ at their ends
            head.setToolTip(f"{name}\n{glance.id}")
            self.table.setHorizontalHeaderItem(column, head)
        for row, (title, values, best) in enumerate(lines):
            self.table.setVerticalHeaderItem(row, QTableWidgetItem(title))
            for column, value in enumerate(values):
                item = QTableWidgetItem(f"{value} ★" if column in best else value)
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, column, item)
        self.table.resizeColumnsToContents()
        for column in range(len(glances)):
            self.table.setColumnWidth(column, min(self.table.columnWidth(column), _WIDEST))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the note as soon as something else is done."""
        if event.type() in (QEvent.Type.FocusOut, QEvent.Type.Hide):
            self._save()
        return False

    def _save(self) -> None:
        glance, text = self._glance, self.note.toPlainText()
        if glance is not None and text != glance.run.note:
            self.noted.emit(glance.run, text)


def compared(glances: Sequence[Glance]) -> list[Line]:
    """Return how runs came out and in which settings they differ; the best value of each measure is marked."""
    records = [glance.record for glance in glances if glance.record is not None]
    lines: list[Line] = [
        (_("How it is"), [_(STATUS[record.status]) for record in records], _NONE),
        (
            _("Epochs"),
            [f"{number(g.done)}/{number(r.epochs)}" for g, r in zip(glances, records, strict=True)],
            _NONE,
        ),
        _measured(_("Best loss"), [glance.best for glance in glances], least=True),
    ]
    for name in dict.fromkeys(name for glance in glances for name in glance.last):
        values = [glance.last.get(name, math.nan) for glance in glances]
        lines.append(_measured(measured_title(name), values, less_is_better(name)))
    lines.append(_measured(_("Seconds"), [record.seconds for record in records], None))
    if len({record.parameters for record in records}) > 1:
        lines.append((_("Weights"), [number(record.parameters) for record in records], _NONE))
    for name in varying(record.settings for record in records):
        lines.append((name, [_setting(record.settings, name) for record in records], _NONE))
    return lines


def _measured(title: str, values: Sequence[float], least: bool | None) -> Line:
    known = [value for value in values if math.isfinite(value)]
    best = _NONE
    if least is not None and len(set(known)) > 1:
        most = min(known) if least else max(known)
        best = frozenset(i for i, value in enumerate(values) if value == most)
    return title, ["" if math.isnan(value) else number(value) for value in values], best


def _setting(settings: Mapping[str, Any], name: str) -> str:
    value = settings.get(name)
    return "–" if value is None else setting_text(value)
