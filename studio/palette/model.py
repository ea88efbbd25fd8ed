"""The types of nodes as a flat list of rows: a heading for each category, one for each family, the types below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt

from studio.document.nodetype import CATEGORIES, Catalogue, NodeType
from studio.ui.appearance import appearance
from studio.ui.categories import TITLES
from studio.ui.i18n import _, sentence
from studio.ui.usage import Usage
from studio.ui.widgets.fuzzy import Candidate, rank
from studio.ui.widgets.node_search import names, prose

Index = QModelIndex | QPersistentModelIndex

MIME_TYPE: Final = "application/x-trenza-node"
ROW: Final = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Row:
    """A heading (`node_type` is None) of a category or of a family in it, or a type of node."""

    category: str
    text: str
    node_type: NodeType | None = None
    family: str = ""
    folded: bool = False


class PaletteModel(QAbstractListModel):
    """The rows that fit the search, by category and family; what is folded shows its heading only.

    A search shows no families: what fits best comes first.

    Parameters
    ----------
    nodes
        All types. It may grow before `refresh` is called.
    usage
        What the user adds much is found earlier.
    """

    def __init__(self, nodes: Catalogue, usage: Usage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._nodes, self._usage = nodes, usage
        self._rows: list[Row] = []
        self._query = ""
        self._folded: set[tuple[str, str]] = set()
        self._candidates: dict[tuple[str, int], Candidate[NodeType]] = {}
        self.refresh()
        appearance().language_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Read the catalogue anew, in the language in use."""
        self._candidates = {}
        self.show_types(self._nodes)

    def show_types(self, nodes: Catalogue) -> None:
        """Show the types of a catalogue; what is known of those that were shown before is kept."""
        known, self._nodes = self._candidates, nodes
        self._candidates = {
            t.key: known.get(t.key) or Candidate.of(t, *names(t), prose=prose(t)) for t in nodes.values()
        }
        self._arrange()

    def search(self, query: str) -> None:
        """Show only what fits `query`."""
        self._query = query
        self._arrange()

    def toggle(self, category: str, family: str = "") -> None:
        """Fold or unfold a category, or a family in it."""
        self._folded ^= {(category, family)}
        self._arrange()

    def types(self) -> Sequence[str]:
        """Return the ids of the types that are shown, from the top."""
        return [row.node_type.id for row in self._rows if row.node_type]

    def best(self) -> QModelIndex:
        """Return the row that fits the search best; the first type while nothing is searched for."""
        ranked = self._found()
        shown = {row.node_type.id: place for place, row in enumerate(self._rows) if row.node_type}
        wanted = [t.id for t in ranked] if self._query else list(shown)
        return self.index(shown[wanted[0]] if shown else -1)

    def _arrange(self) -> None:
        found: dict[str, dict[str, list[NodeType]]] = {category: {} for category in CATEGORIES}
        for node_type in self._found():
            family = "" if self._query else node_type.family
            found[node_type.category].setdefault(family, []).append(node_type)
        self.beginResetModel()
        self._rows = [row for category, families in found.items() for row in self._section(category, families)]
        self.endResetModel()

    def _found(self) -> list[NodeType]:
        """Return the types that fit, the best first; all in their own order while nothing is searched for."""
        if not self._query:
            return [c.key for c in self._candidates.values()]
        return rank(self._query, list(self._candidates.values()), lambda node_type: self._usage.weight(node_type.id))

    def _section(self, category: str, families: Mapping[str, Sequence[NodeType]]) -> Iterator[Row]:
        folded = () if self._query else self._folded
        if families:
            yield Row(category, _(TITLES[category]), folded=(category, "") in folded)
        if (category, "") in folded:
            return
        for family, types in families.items():
            if family:
                yield Row(category, sentence(_(family)), family=family, folded=(category, family) in folded)
                if (category, family) in folded:
                    continue
            yield from (Row(category, _(t.title), t) for t in types)

    # ------------------------------------------------------------------------------------ Qt's side of it

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = 0) -> Any:
        """Return the row itself, its text, or its tooltip."""
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.text
        if role == Qt.ItemDataRole.ToolTipRole and row.node_type:
            return _(row.node_type.summary)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let types be selected and dragged; headings are only clicked."""
        if index.isValid() and self._rows[index.row()].node_type:
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
        return Qt.ItemFlag.ItemIsEnabled

    def mimeTypes(self) -> list[str]:
        """Return what a drag carries: the id of a type."""
        return [MIME_TYPE]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the id of the type that is dragged, as UTF-8."""
        data = QMimeData()
        node_type = self._rows[indexes[0].row()].node_type
        if node_type:
            data.setData(MIME_TYPE, node_type.id.encode())
        return data
