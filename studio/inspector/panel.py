"""The inspector as a panel: the properties above, the tensor below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from studio.document.history import Editing
from studio.document.nodetype import Catalogue
from studio.inspector.properties import Properties
from studio.inspector.tensor import TensorInspector

WIDTH = 320


class Inspector(QWidget):
    """Properties and tensor of what is selected and watched in one document.

    Parameters
    ----------
    name_of
        Gives the name of a node of the whole document, its functions unfolded.
    """

    def __init__(self, name_of: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(280)
        self.properties = Properties()
        self.tensor = TensorInspector(name_of)
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

    def open(self, editing: Editing, nodes: Catalogue) -> None:
        """Look at another graph, whose nodes have these types; at the same one, if only these have changed."""
        self.properties.open(editing, nodes)
