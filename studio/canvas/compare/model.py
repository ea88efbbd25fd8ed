"""The differences as a flat list of rows: a heading for each graph and each node, the changes below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.canvas.compare.marking import colour_of
from studio.canvas.compare.words import Words
from studio.document.changes import SIGNS, Change
from studio.document.work import Work
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import _
from studio.ui.style import derived

Index = QModelIndex | QPersistentModelIndex

ROW: Final = Qt.ItemDataRole.UserRole
_PORTION: Final = 64
_HEIGHT: Final = 28
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Row:
    """A heading, or a change."""

    kind: str
    text: str
    graph: str
    node: str = ""
    change: Change | None = None


def rows_of(found: Sequence[Change], words: Words) -> Work[list[Row]]:
    """Tell changes as rows, in small parts."""
    rows: list[Row] = []
    graph: str | None = None
    node: str | None = None
    for number, change in enumerate(found):
        if number % _PORTION == 0:
            yield
        if change.graph != graph:
            graph, node = change.graph, ""
            rows.append(Row("graph", words.graph(graph), graph))
        if change.node != node:
            node = change.node
            rows.append(Row("node", words.title(graph, node), graph, node))
        rows.append(Row("change", words.tell(change), graph, change.node, change))
    return rows


class ChangeModel(QAbstractListModel):
    """The rows; changes can be chosen, headings cannot."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []

    def show_rows(self, rows: list[Row]) -> None:
        """Show these."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = 0) -> Any:
        """Return the row itself, or its text."""
        row = self.rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return row.text
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let changes be chosen."""
        is_change = index.isValid() and self.rows[index.row()].change is not None
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if is_change else Qt.ItemFlag.NoItemFlags

    def places(self) -> list[int]:
        """Return the rows that are changes."""
        return [number for number, row in enumerate(self.rows) if row.change is not None]


class ChangeDelegate(QStyledItemDelegate):
    """Paints the sign of a change in its colour, then the words."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of a row."""
        return QSize(0, _HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        row: Row = index.data(ROW)
        theme, rect = appearance().theme, QRect(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(derived(theme)["selection"]))
        left = 12 if row.kind == "graph" else 16 if row.kind == "node" else 44
        if row.change is not None:
            painter.setFont(fonts.mono(14, 700))
            painter.setPen(colour_of(row.change.sign, theme))
            painter.drawText(QRect(rect.left() + 24, rect.top(), 16, rect.height()), _LEFT, row.change.sign)
        font = {"graph": fonts.heading(), "node": fonts.sans(13, 600)}.get(row.kind) or fonts.sans(13)
        painter.setFont(font)
        painter.setPen(QColor(theme.dim if row.kind == "graph" else theme.text))
        area = rect.adjusted(left, 4 if row.kind == "graph" else 0, -8, 0)
        text = QFontMetrics(font).elidedText(row.text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, _LEFT, text)


def summary(found: Sequence[Change]) -> str:
    """Return how many changes there are of each kind, by their signs."""
    if not found:
        return _("Nothing differs.")
    counts = {sign: sum(change.sign == sign for change in found) for sign in SIGNS}
    return "   ".join(f"{sign} {count}" for sign, count in counts.items() if count)
