"""A function as the inspector shows it while nothing within it is selected: names, ports, and what it shows outside."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from engine.core.errors import EngineError
from studio.document.document import Document, Node
from studio.document.edits import UNSET, Edit, Move, SetSetting, SetTitle
from studio.document.function import INPUT, OUTPUT, SUMMARY, TITLE, Exposed, exposed, ports, title_of
from studio.document.history import Editing, History
from studio.document.nodetype import Catalogue
from studio.document.signature import rename, reorder_parameters, reorder_ports, stand_ins, withdraw
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, describe, label, ngettext, number, sentence
from studio.ui.values import shown
from studio.ui.widgets.breadcrumb import MAX_TITLE
from studio.ui.widgets.labels import Heading, Text
from studio.ui.widgets.name_list import Line, NameList
from studio.ui.widgets.text_undo import TextUndo

_MAX_SUMMARY = 200


class FunctionPage(QScrollArea):
    """Title, summary, inputs, outputs and parameters of the function whose graph is shown.

    `left` tells that Escape was pressed in a field: the keyboard goes back to the graph.
    """

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("function_page")
        self.setWidgetResizable(True)
        self._editing: Editing = History(Document())
        self._nodes = Catalogue("node type")
        self._close: Callable[[], None] = lambda: None
        self._timer = QTimer(self, interval=0, singleShot=True)
        self._timer.timeout.connect(self.refresh)
        self.title, self.summary = QLineEdit(), QLineEdit()
        self.title.setMaxLength(MAX_TITLE)
        self.title.setFont(fonts.sans(14, 600))
        self.summary.setMaxLength(_MAX_SUMMARY)
        for field, name, setting in ((self.title, "title", TITLE), (self.summary, "summary", SUMMARY)):
            field.setObjectName(f"function.{name}")
            field.setProperty("plain", True)
            field.editingFinished.connect(partial(self._set, field, setting))
            TextUndo(field, passes_on=True)
        self.inputs, self.outputs, self.parameters = NameList(), NameList(), NameList()
        self._hints: dict[NameList, Text] = {}
        self.said = QLabel()
        self.said.setObjectName("function.said")
        self.said.setWordWrap(True)
        self.said.setProperty("tone", "bad")
        self.said.setContentsMargins(12, 4, 12, 4)
        self.said.hide()
        self.users = QLabel()
        self.users.setObjectName("function.users")
        self.users.setProperty("tone", "dim")
        self.users.setWordWrap(True)
        self.users.setContentsMargins(12, 16, 12, 12)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        fields = QVBoxLayout()
        fields.setContentsMargins(12, 0, 12, 0)
        fields.addWidget(self.title)
        fields.addWidget(self.summary)
        column.addLayout(fields)
        column.addWidget(self.said)
        for list_, name, heading, hint in (
            (self.inputs, "inputs", N_("Inputs"), N_("None. Add a node “Function input” for each.")),
            (self.outputs, "outputs", N_("Outputs"), N_("None. Add a node “Function output” for each.")),
            (
                self.parameters,
                "parameters",
                N_("Parameters"),
                N_("None. Select a node: the button beside each of its values shows it on the function."),
            ),
        ):
            list_.setObjectName(f"function.{name}")
            title = Heading(heading)
            title.setContentsMargins(12, 16, 12, 4)
            self._hints[list_] = empty = Text(hint, "dim")
            empty.setWordWrap(True)
            empty.setContentsMargins(12, 0, 12, 0)
            around = QVBoxLayout()
            around.setContentsMargins(8, 0, 8, 0)
            around.addWidget(list_)
            for widget in (title, empty):
                column.addWidget(widget)
            column.addLayout(around)
        column.addWidget(self.users)
        column.addStretch(1)
        self.setWidget(content)
        for list_, type_id in ((self.inputs, INPUT), (self.outputs, OUTPUT)):
            list_.renamed.connect(self._rename_port)
            list_.reordered.connect(self._reorder_ports)
            list_.removed.connect(partial(self._refuse_removal, type_id))
        self.parameters.renamed.connect(self._rename_parameter)
        self.parameters.reordered.connect(self._reorder_parameters)
        self.parameters.removed.connect(self._withdraw)
        appearance().language_changed.connect(self._retranslate)
        self._retranslate()

    def open(self, editing: Editing, nodes: Catalogue) -> None:
        """Look at another function; the document's own graph is none, and shows nothing."""
        self._close()
        self._editing, self._nodes = editing, nodes
        self._close = editing.root.subscribe(self._follow) if editing.function else lambda: None
        self.refresh()

    def _follow(self, edit: Edit) -> None:
        if not isinstance(edit, Move):
            self._timer.start()

    # --------------------------------------------------------------------------------------------------------- showing

    @property
    def _body(self) -> Document | None:
        return self._editing.root.functions.get(self._editing.function)

    def refresh(self) -> None:
        """Show the function as it is now."""
        body = self._body
        if body is None:
            return
        for field, text in ((self.title, title_of(self._editing.function, body)), (self.summary, self._summary(body))):
            if not field.hasFocus():
                field.setText(text)
        self.inputs.show_lines([self._port(node) for node in ports(body, INPUT)])
        self.outputs.show_lines([self._port(node) for node in ports(body, OUTPUT)])
        self.parameters.show_lines([self._parameter(body, entry) for entry in exposed(body)])
        for list_, hint in self._hints.items():
            hint.setVisible(not list_.keys)
            list_.setVisible(bool(list_.keys))
        count = sum(1 for _found in stand_ins(self._editing.root, self._editing.function))
        words = ngettext("{n} node stands for it.", "{n} nodes stand for it.", count).format(n=number(count))
        self.users.setText(words)

    def _summary(self, body: Document) -> str:
        summary = body.settings.get(SUMMARY)
        return summary if isinstance(summary, str) else ""

    def _port(self, node: Node) -> Line:
        return Line(node.id, node.title or node.id)

    def _parameter(self, body: Document, entry: Exposed) -> Line:
        node = body.nodes[entry.node]
        node_type = self._nodes.get(node.type)
        title = node.title or (_(node_type.title) if node_type is not None else node.type)
        param = node_type.params.get(entry.param) if node_type is not None else None
        value = f" {shown(param, node.params.get(entry.param, param.default))}" if param is not None else ""
        return Line(entry.name, sentence(label(entry.name)), f"{title}: {label(entry.param)}{value}")

    def _retranslate(self) -> None:
        self.title.setAccessibleName(_("Name of the function"))
        self.summary.setAccessibleName(_("What the function does"))
        self.summary.setPlaceholderText(_("What it does, in one line"))
        for list_, name in (
            (self.inputs, _("Inputs")),
            (self.outputs, _("Outputs")),
            (self.parameters, _("Parameters")),
        ):
            list_.setAccessibleName(name)
            list_.setAccessibleDescription(_("F2 renames, Alt with an arrow moves."))
            list_.setToolTip(_("F2 renames, Alt with an arrow moves."))
        self.refresh()

    # ----------------------------------------------------------------------------------------------------------- doing

    def _do(self, make: Callable[[], Edit], *, whole: bool = False) -> None:
        """Make an edit of the graph, or of the whole document, as a step; say why if it is refused."""
        self.said.hide()
        try:
            (self._editing.whole if whole else self._editing).do(make())
            self._editing.seal()
        except EngineError as error:
            self.said.setText(describe(error))
            self.said.show()
        self.refresh()

    def _set(self, field: QLineEdit, setting: str) -> None:
        body = self._body
        if body is None:
            return
        text = field.text().strip()
        before = title_of(self._editing.function, body) if setting == TITLE else self._summary(body)
        if text == before or (setting == TITLE and not text):
            field.setText(before)
            return
        self._do(lambda: SetSetting(setting, text or UNSET))

    def _rename_port(self, id: str, name: str) -> None:
        self._do(lambda: SetTitle(id, name))

    def _reorder_ports(self, ids: list[str]) -> None:
        if (body := self._body) is not None:
            self._do(lambda: reorder_ports(body, ids))

    def _refuse_removal(self, _type_id: str, _id: str) -> None:
        self.said.setText(_("Delete its node in the graph: its wires go with it."))
        self.said.show()

    def _rename_parameter(self, name: str, text: str) -> None:
        new = "_".join(text.split())
        self._do(lambda: rename(self._editing.root, self._editing.function, name, new), whole=True)

    def _reorder_parameters(self, names: list[str]) -> None:
        if (body := self._body) is not None:
            self._do(lambda: reorder_parameters(body, names))

    def _withdraw(self, name: str) -> None:
        self._do(lambda: withdraw(self._editing.root, self._editing.function, [name]), whole=True)

    def focus_title(self) -> None:
        """Let the user type another title."""
        self.title.setFocus()
        self.title.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave with Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
