"""Search-to-add: the types of nodes, found by a few letters in any of the languages."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from studio.document.nodetype import Catalogue, NodeType
from studio.ui.appearance import appearance
from studio.ui.i18n import LANGUAGES, N_, _, catalogue
from studio.ui.widgets.chooser import Chooser, Entry


def names(node_type: NodeType) -> tuple[tuple[str, float], ...]:
    """Return the names by which a type of node is found, in all languages, each with its weight."""
    titles = ((catalogue(code).gettext(node_type.title), 0.95) for code in LANGUAGES)
    return (node_type.id.partition(".")[2], 1.0), *titles, *((keyword, 0.8) for keyword in node_type.keywords)


def prose(node_type: NodeType) -> str:
    """Return the text by the words of which a type of node is found, in all languages."""
    return " ".join(catalogue(code).gettext(node_type.summary) for code in LANGUAGES)


class NodeSearch(Chooser):
    """A list of types of nodes at a place of the window; `chosen` carries the type's id."""

    def __init__(self, nodes: Catalogue, parent: QWidget) -> None:
        super().__init__(N_("Add a node…"), parent, width=440)
        self.setObjectName("node_search")
        self._nodes = nodes
        self._all: dict[str, Entry] = {}
        self.retranslate()
        appearance().language_changed.connect(self.retranslate)

    def retranslate(self) -> None:
        """Show titles and summaries in the language in use."""
        self._all = {
            t.id: Entry(t.id, _(t.title), _(t.summary), category=t.category, names=names(t), prose=prose(t))
            for t in self._nodes.values()
        }

    def popup(self, position: QPoint, only: Collection[str] | None = None, query: str = "") -> None:
        """Open at `position` of the window with `query` typed, offering all types, or `only` those."""
        self.offer([entry for id, entry in self._all.items() if only is None or id in only])
        self.open_at(position, query)
