"""The property editor: made from the parameters that the types of the selected nodes declare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from studio.document.analysis import Analysis
from studio.document.document import Document
from studio.document.edits import UNSET, AddNode, Edit, RemoveNode, SetParams, SetSetting, SetTitle
from studio.document.function import EXPOSED, INPUT, OUTPUT
from studio.document.history import Editing, History
from studio.document.nodetype import Catalogue
from studio.document.signature import expose, shown_as, withdraw
from studio.inspector.function_page import FunctionPage
from studio.inspector.row import ParamRow
from studio.inspector.selection import Selection
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.categories import MARK_SIZE, paint_mark
from studio.ui.i18n import N_, _, describe, ngettext, number
from studio.ui.values import flops_text
from studio.ui.widgets.labels import EmptyState, Heading
from studio.ui.widgets.text_undo import TextUndo


class _Mark(QWidget):
    """The mark of the selected nodes' category."""

    def __init__(self) -> None:
        super().__init__()
        self.category = ""
        self.setFixedSize(QSize(MARK_SIZE, MARK_SIZE))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.category:
            paint_mark(QPainter(self), QRectF(self.rect()), self.category, appearance().theme)


class Properties(QWidget):
    """Title and parameters of the selected nodes; all changes go through the history.

    `left` tells that Escape was pressed in a field: the keyboard goes back to the graph.
    """

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("properties")
        self._nodes = Catalogue("node type")
        self._history: Editing = History(Document())
        self._close: Callable[[], None] = lambda: None
        self._ids: tuple[str, ...] = ()
        self._selection = Selection()
        self._analysis = Analysis()
        self.rows: dict[str, ParamRow] = {}

        self._mark = _Mark()
        self.title = QLineEdit()
        self.title.setObjectName("title")
        self.title.setProperty("plain", True)
        self.title.setFont(fonts.sans(14, 600))
        self.title.editingFinished.connect(self._rename)
        TextUndo(self.title, passes_on=True)
        self._type = QLabel()
        self._type.setProperty("tone", "dim")
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setContentsMargins(12, 4, 12, 4)
        self.count = QLabel()
        self.count.setProperty("tone", "dim")
        self.count.setFont(fonts.sans(12))
        self.count.setContentsMargins(12, 8, 12, 4)
        self.help = QLabel()
        self.help.setProperty("tone", "dim")
        self.help.setFont(fonts.sans(12))
        self.help.setWordWrap(True)
        self.help.setContentsMargins(12, 4, 12, 12)

        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 12, 4)
        head.setSpacing(4)
        head.addWidget(self._mark)
        head.addWidget(self.title, 1)
        head.addWidget(self._type)
        self._form = QVBoxLayout()
        self._form.setSpacing(0)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.problem)
        column.addLayout(self._form)
        column.addWidget(self.count)
        column.addWidget(self.help)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(content)
        self.function = FunctionPage()
        self.function.left.connect(self.left)
        self._empty = EmptyState("box", N_("Select a node to see what it can be told."))
        self._heading = heading = Heading(N_("Properties"))
        heading.setContentsMargins(12, 14, 12, 6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(heading)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self.function, 1)
        layout.addWidget(self._empty, 1)
        appearance().language_changed.connect(self._rebuild)
        self._rebuild()

    def open(self, editing: Editing, nodes: Catalogue) -> None:
        """Edit the nodes of another graph, which have these types; none of them is selected at first.

        Of the graph that is edited already, the types may have changed: what is selected, and where one types, stays.
        """
        self.function.open(editing, nodes)
        if self.edits(editing):
            if Selection.of(editing.document, nodes, self._ids).params != self._selection.params:
                self._rebuild()
            return
        self._close()
        self._history, self._nodes = editing, nodes
        self._close = editing.document.subscribe(self._follow)
        self._ids = ()
        self._rebuild()
        self.show_analysis(Analysis())

    def edits(self, editing: Editing) -> bool:
        """Return whether this is the graph that is edited."""
        return editing is self._history

    def select(self, ids: Sequence[str]) -> None:
        """Show the nodes called `ids`."""
        if tuple(ids) != self._ids:
            self._history.seal()
            self._ids = tuple(ids)
            self._rebuild()

    def show_analysis(self, analysis: Analysis) -> None:
        """Show what is known of the nodes: how many parameters they have, and what is wrong with them."""
        self._analysis = analysis
        self._show_facts()

    def focus_values(self) -> None:
        """Let the user change the first value; where there is none, the title."""
        row = next(iter(self.rows.values()), None)
        if self.function.isVisible():
            self.function.focus_title()
        elif row is None:
            self.focus_title()
        else:
            row.take_focus()

    def focus_title(self) -> None:
        """Let the user type another title."""
        self.title.setFocus()
        self.title.selectAll()

    # -------------------------------------------------------------------------------- the document → here

    def _follow(self, edit: Edit) -> None:
        come_or_gone = told = False
        for leaf in edit.leaves():
            if isinstance(leaf, SetParams | SetTitle):
                told |= leaf.node in self._ids
            elif isinstance(leaf, RemoveNode | AddNode):
                come_or_gone |= (leaf.id if isinstance(leaf, RemoveNode) else leaf.node.id) in self._ids
            elif isinstance(leaf, SetSetting):
                told |= leaf.name == EXPOSED and bool(self._ids)
        if come_or_gone:
            self._rebuild()
        elif told:
            self._load()

    def _rebuild(self) -> None:
        """Make the rows anew: other nodes are selected, or another language is spoken."""
        self._selection = Selection.of(self._history.document, self._nodes, self._ids)
        for row in self.rows.values():
            self._form.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = {}
        for name, param in self._selection.params.items():
            row = ParamRow(name, param)
            row.changed.connect(lambda value, name=name: self._set(name, value))
            row.reset.connect(lambda name=name: self._set(name, UNSET))
            row.pointed.connect(self._show_help)
            row.left.connect(self.left)
            row.outward.connect(lambda name=name: self._toggle_outward(name))
            self._form.addWidget(row)
            self.rows[name] = row
        some = bool(self._selection.nodes)
        self._scroll.setVisible(some)
        within = bool(self._history.function) and not some
        self._heading.say(N_("Function") if within else N_("Properties"))
        self.function.setVisible(within)
        self._empty.setVisible(not some and not within)
        if some:
            self._load()

    def _load(self) -> None:
        selection = Selection.of(self._history.document, self._nodes, self._ids)
        self._selection = selection
        only = selection.nodes[0] if len(selection.nodes) == 1 else None
        kind = selection.types[0] if len(selection.types) == 1 else None
        self._mark.category = kind.category if kind else ""
        self._mark.setVisible(kind is not None)
        self._mark.update()
        count = len(selection.nodes)
        several = ngettext("{n} node", "{n} nodes", count).format(n=number(count))
        self.title.setReadOnly(only is None)
        self.title.setText(only.title or _(selection.types[0].title) if only else several)
        self.title.setCursorPosition(0)  # of a long one the beginning is seen
        self.title.setPlaceholderText(_(kind.title) if kind else "")
        self.title.setAccessibleName(_("Title"))
        self._type.setText(_(kind.title) if kind and (only is None or only.title) else "")
        for name, row in self.rows.items():
            row.load(selection.value(name), selection.is_default(name))
            if only is not None and self._history.function and only.type not in (INPUT, OUTPUT):
                row.offer_outward(shown_as(self._history.document, only.id, name))
        self._show_help("")
        self._show_facts()

    def _show_help(self, name: str) -> None:
        kind = self._selection.types[0] if len(self._selection.types) == 1 else None
        params = self._selection.params
        self.help.setText(_(params[name].help) if name in params else _(kind.summary) if kind else "")

    def _show_facts(self) -> None:
        ids = {node.id for node in self._selection.nodes}
        count = sum(self._analysis.parameters.get(id, 0) for id in ids)
        flops = sum(self._analysis.flops.get(id, 0) for id in ids)
        facts = [ngettext("{n} parameter", "{n} parameters", count).format(n=number(count))] if count else []
        facts += [_("{amount} an example").format(amount=flops_text(flops))] if flops else []
        self.count.setText(" · ".join(facts))
        self.count.setVisible(bool(facts))
        problem = next((p for p in self._analysis.problems if p.node in ids), None)
        self.problem.setVisible(problem is not None)
        if problem is not None:
            self.problem.setText(describe(problem.error))
            self.problem.setProperty("tone", "bad" if problem.severity == "error" else "warn")
            self.problem.style().polish(self.problem)

    # -------------------------------------------------------------------------------- here → the document

    def _set(self, name: str, value: Any) -> None:
        self._history.do(self._selection.set(name, value))
        if value is UNSET:
            self._history.seal()

    def _toggle_outward(self, name: str) -> None:
        """Show a parameter of the node on the function around, or take it back."""
        (node,) = self._selection.nodes
        root, function = self._history.root, self._history.function
        shown = shown_as(self._history.document, node.id, name)
        edit = withdraw(root, function, [shown]) if shown else expose(root, function, node.id, name)
        self._history.whole.do(edit)
        self._history.seal()

    def _rename(self) -> None:
        if len(self._selection.nodes) != 1:
            return
        node, kind = self._selection.nodes[0], self._selection.types[0]
        title = self.title.text().strip()
        title = "" if title == _(kind.title) else title
        if title != node.title:
            self._history.do(SetTitle(node.id, title))
            self._history.seal()
