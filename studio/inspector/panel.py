"""The inspector as a panel: the properties above, the tensor below."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from studio.document.document import Document
from studio.document.history import History
from studio.document.nodetype import Catalogue
from studio.inspector.properties import Properties
from studio.inspector.tensor import TensorInspector
from studio.ui.i18n import _

WIDTH = 320


class Inspector(QWidget):
    """Properties and tensor of what is selected and watched in one document.

    Parameters
    ----------
    nodes
        The catalogue of types.
    """

    def __init__(self, nodes: Catalogue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(280)
        self._nodes = nodes
        self._document = Document()
        self.properties = Properties(nodes)
        self.tensor = TensorInspector(self._name_of)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        for part in (self.properties, self.tensor):
            split.addWidget(part)
        split.setSizes([400, 500])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(split)

    def sizeHint(self) -> QSize:
        """Return the width it has in the window."""
        return QSize(WIDTH, 900)

    def open(self, history: History) -> None:
        """Look at another document."""
        self._document = history.document
        self.properties.open(history)
        self.tensor.clear()

    def _name_of(self, id: str) -> str:
        node = self._document.nodes.get(id)
        if node is None:
            return id
        kind = self._nodes[node.type].title if node.type in self._nodes else node.type
        return node.title or _(kind)
