"""The runs as a table."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from studio.run.runs.glance import Glance, frozen, varying
from studio.run.runs.record import Record
from studio.ui.appearance import appearance
from studio.ui.i18n import _, describe, label, number, sentence, written_size
from studio.ui.runs.story import STATUS
from studio.ui.strokes import stroke, swatch

Index = QModelIndex | QPersistentModelIndex

#: Most columns for settings in which runs differ.
SETTINGS: Final = 6
_NUMBERS: Final = re.compile(r"(-?\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Column:
    """A column: its title, what it shows of a run, and what it is sorted by."""

    title: Callable[[], str]
    text: Callable[[Glance, Record], str]
    key: Callable[[Glance, Record], Any]
    right: bool = False


def _measured(name: str) -> Column:
    def value(glance: Glance, _record: Record) -> float:
        return float(glance.last.get(name, math.nan))

    def text(glance: Glance, record: Record) -> str:
        found = value(glance, record)
        return "" if name not in glance.last else number(found)

    return Column(lambda: measured_title(name), text, value, right=True)


def measured_title(name: str) -> str:
    """Return the title of what was measured: "val_loss" is the loss of the validation.

    >>> measured_title("val_loss"), measured_title("accuracy")
    ('Loss · validation', 'Accuracy')
    """
    own = name.removeprefix("val_")
    return sentence(label(own)) + (f" · {_('validation')}" if own != name else "")


def setting_text(value: Any) -> str:
    """Return the value of a setting, or of what was measured, as a reader writes it.

    >>> setting_text(0.25), setting_text(True), setting_text((3, 5)), setting_text("relu")
    ('0.25', 'yes', '3, 5', 'relu')
    """
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return number(value)
    return ", ".join(map(setting_text, value)) if isinstance(value, list | tuple) else str(value)


def in_order(value: Any) -> tuple[bool, float, list[Any]]:
    """Return what values are sorted by: numbers first, words by the alphabet, and numbers within them by size.

    >>> sorted(["10, 10", "relu", "3, 3", 8, 0.5], key=in_order)
    [0.5, 8, '3, 3', '10, 10', 'relu']
    """
    if isinstance(value, int | float):
        return False, value, []
    parts = _NUMBERS.split(setting_text(value).casefold())
    return True, 0.0, [float(part) if i % 2 else part for i, part in enumerate(parts)]


def _is_missing(value: Any) -> bool:
    return value in (None, "", ()) or (isinstance(value, float) and math.isnan(value))


def _setting(name: str) -> Column:
    def text(_glance: Glance, record: Record) -> str:
        value = record.settings.get(name)
        return "" if value is None else setting_text(value)

    return Column(lambda: name, text, lambda _glance, record: frozen(record.settings.get(name)), right=True)


_FIRST: Final = (
    Column(lambda: _("Name"), lambda g, r: r.name, lambda g, r: r.name),
    Column(
        lambda: _("Begun"),
        lambda g, r: f"{datetime.fromtimestamp(r.created):%Y-%m-%d %H:%M:%S}",
        lambda g, r: r.created,
    ),
    Column(lambda: _("How it is"), lambda g, r: _(STATUS[r.status]), lambda g, r: r.status),
    Column(lambda: _("Epochs"), lambda g, r: f"{g.done}/{r.epochs}", lambda g, r: g.done, right=True),
)
_BEST: Final = Column(
    lambda: _("Best loss"), lambda g, r: "" if math.isnan(g.best) else number(g.best), lambda g, r: g.best, right=True
)
_LAST: Final = (
    Column(lambda: _("Seconds"), lambda g, r: number(r.seconds, 1), lambda g, r: r.seconds, right=True),
    Column(lambda: _("Tags"), lambda g, r: ", ".join(g.tags), lambda g, r: g.tags),
    Column(lambda: _("Note"), lambda g, r: g.note.partition("\n")[0], lambda g, r: g.note),
    Column(lambda: _("Size"), lambda g, r: written_size(g.size), lambda g, r: g.size, right=True),
)


def _columns_of(glance: Glance) -> tuple[object, ...]:
    """Return what decides about the columns."""
    return tuple(glance.last), None if glance.record is None else glance.record.settings


def is_found(glance: Glance, text: str) -> bool:
    """Return whether each word of a text is in what the table says of a run, or in its settings, as "name=value"."""
    record = glance.record
    said = [glance.id, glance.note, *glance.tags]
    if record is not None:
        said += [record.name, record.sweep, _(STATUS[record.status])]
        said += [f"{name}={value}" for name, value in record.settings.items()]
    whole = "\n".join(said).casefold()
    return all(word in whole for word in text.casefold().split())


class RunsModel(QAbstractTableModel):
    """The runs, a row each; columns follow from what was measured, and from the settings in which they differ."""

    def __init__(self) -> None:
        super().__init__()
        self.glances: list[Glance] = []
        self.columns: list[Column] = [*_FIRST, _BEST, *_LAST]
        self._shown: dict[str, int] = {}
        self.by = 1
        """The column that they are sorted by: it stays the same one wherever it comes to stand."""
        self._order = Qt.SortOrder.DescendingOrder
        appearance().language_changed.connect(self._retranslate)
        appearance().theme_changed.connect(self._retranslate)

    def show_runs(self, glances: Sequence[Glance]) -> list[int] | None:
        """Show these runs and no others; return the rows that are others now, None if all were laid out anew."""
        rows = self._changed_rows(glances)
        if rows is not None:
            for row in rows:
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(self.columns) - 1))
            return rows
        sorted_by = self.columns[self.by].title()
        self.beginResetModel()
        self.glances = list(glances)
        measured = dict.fromkeys(name for g in glances for name in g.last)
        settings = map(_setting, varying(g.record.settings for g in glances if g.record is not None)[:SETTINGS])
        self.columns = [*_FIRST, *settings, *map(_measured, measured), _BEST, *_LAST]
        self.by = next((i for i, column in enumerate(self.columns) if column.title() == sorted_by), 1)
        self._sort()
        self.endResetModel()
        return None

    def _changed_rows(self, glances: Sequence[Glance]) -> list[int] | None:
        """Take what is known now of the runs that are shown; return where it is news, None if a row or column moves.

        Of many runs one is under way. To lay all out anew took 100 ms with 250 of them, each time that it was heard of.
        """
        known = {glance.id: glance for glance in glances}
        before = self.glances
        if not known or known.keys() != {glance.id for glance in before}:
            return None
        now = [known[glance.id] for glance in before]
        changed = [row for row, (old, new) in enumerate(zip(before, now, strict=True)) if old is not new]
        if any(_columns_of(before[row]) != _columns_of(now[row]) for row in changed):
            return None
        self.glances = now
        self._sort()
        if any(moved is not new for moved, new in zip(self.glances, now, strict=True)):
            self.glances = before
            return None
        return changed

    def mark(self, ids: Sequence[str]) -> None:
        """Show the lines of these runs, which are drawn in this order."""
        self._shown = {id: place for place, id in enumerate(ids)}
        if self.glances:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.glances) - 1, 0))

    def row_of(self, id: str) -> int:
        """Return where a run stands, -1 if it does not."""
        return next((row for row, glance in enumerate(self.glances) if glance.id == id), -1)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.glances)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title() if section < len(self.columns) else None
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        glance, column = self.glances[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            if glance.record is None:
                return glance.id if index.column() == 0 else _("damaged") if index.column() == 2 else ""
            return column.text(glance, glance.record)
        if role == Qt.ItemDataRole.TextAlignmentRole and column.right:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0 and glance.id in self._shown:
            return swatch(stroke(self._shown[glance.id]))
        if role == Qt.ItemDataRole.ToolTipRole:
            return describe(glance.error) if glance.error is not None else glance.note or glance.id
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        before = [self.glances[i.row()].id for i in self.persistentIndexList()]
        old = self.persistentIndexList()
        self.by, self._order = column, order
        self._sort()
        new = [self.index(self.row_of(id), i.column()) for id, i in zip(before, old, strict=True)]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def _sort(self) -> None:
        key = self.columns[self.by].key
        values = {g.id: key(g, g.record) if g.record is not None else None for g in self.glances}
        missing = [g for g in self.glances if _is_missing(values[g.id])]
        known = [g for g in self.glances if not _is_missing(values[g.id])]
        known.sort(key=lambda g: in_order(values[g.id]), reverse=self._order is Qt.SortOrder.DescendingOrder)
        self.glances = known + missing  # last in either order: whoever asks for the least does not look for nothing

    def _retranslate(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, len(self.columns) - 1))
        if self.glances:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.glances) - 1, len(self.columns) - 1))
