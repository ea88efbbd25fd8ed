"""The list of what is wrong with a document; picking a row leads to its node."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QListView,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from engine.core.errors import EngineError
from studio.document.analysis import Analysis, Problem
from studio.ui import fonts, icons
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, describe
from studio.ui.style import derived
from studio.ui.widgets.labels import EmptyState

Index = QModelIndex | QPersistentModelIndex

_ROW: Final = Qt.ItemDataRole.UserRole
_PICTURES: Final = {"error": ("circle-alert", "bad"), "warning": ("triangle-alert", "warn")}
_NODE_WIDTH: Final = 248
_LEFT: Final = 40
_PADDING: Final = 7
_WRAPPED: Final = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


@dataclass(frozen=True)
class Row:
    """A problem in words."""

    severity: str
    node: str | None
    title: str
    message: str


class ProblemModel(QAbstractListModel):
    """The problems as rows."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Row, ...] = ()

    def show(self, rows: tuple[Row, ...]) -> None:
        """Take other rows; the same ones keep the selection."""
        if rows != self.rows:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of problems."""
        return len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the row itself, or its text."""
        row = self.rows[index.row()]
        if role == _ROW:
            return row
        text = f"{row.title}: {row.message}" if row.title else row.message
        return text if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole) else None


class _Delegate(QStyledItemDelegate):
    """A picture for the severity, the node's title, and the message, wrapped."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        view = self.parent()
        assert isinstance(view, QListView)
        width = view.viewport().width()
        room = QRect(0, 0, max(80, width - _LEFT - _NODE_WIDTH - 24), 10_000)
        text = QFontMetrics(fonts.sans(13)).boundingRect(room, _WRAPPED, index.data(_ROW).message)
        return QSize(width, max(18, text.height()) + 2 * _PADDING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, row, rect = appearance().theme, index.data(_ROW), option.rect
        state = option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver)
        if state:
            selected = option.state & QStyle.StateFlag.State_Selected
            painter.fillRect(rect, QColor(derived(theme)["selection" if selected else "hover"]))
        picture, token = _PICTURES[row.severity]
        icons.paint(painter, picture, QRectF(rect.left() + 14, rect.top() + _PADDING, 16, 16), getattr(theme, token))
        inner = rect.adjusted(_LEFT, _PADDING, -16, -_PADDING)
        painter.setFont(fonts.sans(13, 500))
        painter.setPen(QColor(theme.text))
        title = QFontMetrics(fonts.sans(13, 500)).elidedText(row.title, Qt.TextElideMode.ElideRight, _NODE_WIDTH - 16)
        painter.drawText(QRect(inner.left(), inner.top(), _NODE_WIDTH, 18), title)
        painter.setFont(fonts.sans(13))
        painter.setPen(QColor(theme.dim))
        painter.drawText(inner.adjusted(_NODE_WIDTH, 0, 0, 0), _WRAPPED, row.message)


class Problems(QWidget):
    """What keeps the document from running or from learning well, or went wrong when its first batch was tried.

    `chosen` carries the id of the node of the row that was picked, `count_changed` the number of rows.

    Parameters
    ----------
    node_name
        Gives the title of a node by its id.
    """

    chosen = Signal(str)
    count_changed = Signal(int)

    def __init__(self, node_name: Callable[[str], str] = str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problems")
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._node_name = node_name
        self._analysis = Analysis()
        self._errors: Mapping[str, EngineError] = {}
        self._advice: tuple[Problem, ...] = ()
        self.model = ProblemModel()
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setMouseTracking(True)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._choose)
        self.list.activated.connect(self._choose)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(EmptyState("circle-check", N_("Nothing is wrong.")))
        self._stack.addWidget(self.list)
        self.retranslate()
        appearance().language_changed.connect(self.retranslate)

    @property
    def count(self) -> int:
        """The number of problems."""
        return len(self.model.rows)

    def show_analysis(self, analysis: Analysis) -> None:
        """Show what is known without running the document."""
        self._analysis = analysis
        self._refresh()

    def show_errors(self, errors: Mapping[str, EngineError]) -> None:
        """Show what went wrong when the first batch was run, by the ids of the nodes."""
        self._errors = errors
        self._refresh()

    def show_advice(self, advice: Sequence[Problem]) -> None:
        """Show what keeps the document from learning well."""
        self._advice = tuple(advice)
        self._refresh()

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self.list.setAccessibleName(_("Problems"))
        self._refresh()

    def _refresh(self) -> None:
        before = self.count
        known = self._analysis.problems
        at = {problem.node for problem in known if problem.severity == "error"}
        # A node that is wrong on paper fails when it runs, too: one row is enough.
        failed = tuple(Problem(error, node) for node, error in self._errors.items() if node not in at)
        self.model.show(tuple(map(self._row, (*known, *failed, *self._advice))))
        self._stack.setCurrentIndex(1 if self.count else 0)
        if self.count != before:
            self.count_changed.emit(self.count)

    def _row(self, problem: Problem) -> Row:
        title = self._node_name(problem.node) if problem.node else ""
        return Row(problem.severity, problem.node, title, describe(problem.error))

    def _choose(self, index: QModelIndex) -> None:
        row: Row = index.data(_ROW)
        if row.node:
            self.chosen.emit(row.node)
