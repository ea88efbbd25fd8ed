"""Search-to-add: the types of nodes, found by a few letters in any of the languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from studio.document.nodetype import Catalogue, NodeType
from studio.ui.appearance import appearance
from studio.ui.i18n import LANGUAGES, N_, _, catalogue, translated
from studio.ui.usage import Usage
from studio.ui.widgets.chooser import Chooser, Entry


def names(node_type: NodeType) -> tuple[tuple[str, float], ...]:
    """Return the names by which a type of node is found, and its synonyms, in all languages, each with its weight."""
    languages = [catalogue(code) for code in LANGUAGES]
    titles = ((translated(node_type.title, language), 0.95) for language in languages)
    synonyms = ((translated(word, language), 0.8) for word in node_type.keywords for language in languages)
    return (node_type.id.partition(".")[2], 1.0), *titles, *synonyms


def prose(node_type: NodeType) -> str:
    """Return the text by the words of which a type of node is found: what it says of itself, in all languages."""
    languages = [catalogue(code) for code in LANGUAGES]
    texts = [node_type.summary, *(param.help for param in node_type.params.values() if param.help)]
    return " ".join((*(translated(text, language) for text in texts for language in languages), node_type.help))


class NodeSearch(Chooser):
    """A list of types of nodes at a place of the window; `chosen` carries the type's id.

    Parameters
    ----------
    nodes
        The catalogue of types.
    usage
        What the user adds much comes earlier.
    """

    def __init__(self, nodes: Catalogue, usage: Usage, parent: QWidget) -> None:
        super().__init__(N_("Add a node…"), parent, width=440)
        self.setObjectName("node_search")
        self._nodes, self._usage = nodes, usage
        self._known: dict[tuple[str, int], Entry] = {}
        self.retranslate()
        appearance().language_changed.connect(self.retranslate)

    def retranslate(self) -> None:
        """Show titles and summaries in the language in use."""
        self._known = {}
        self.show_types(self._nodes)

    def show_types(self, nodes: Catalogue) -> None:
        """Offer the types of a catalogue; what is known of those that were offered before is kept."""
        known, self._nodes = self._known, nodes
        self._known = {t.key: known.get(t.key) or _entry(t) for t in nodes.values()}

    def popup(self, position: QPoint, only: Sequence[str] | None = None, query: str = "", after: str = "") -> None:
        """Open at `position` of the window with `query` typed.

        Parameters
        ----------
        position, query
            Where, and what is searched for at first.
        only
            The types to offer, the likeliest first; None offers all.
        after
            What the choice follows, such as the type of node that the new one will be wired to: what was chosen there
            before comes earlier.
        """
        entries = {entry.key: entry for entry in self._known.values()}
        ids = [id for id in (entries if only is None else only) if id in entries]
        likely = 0.0 if only is None else 0.5
        self.offer(
            [
                replace(entries[id], bonus=likely * (1 - place / len(ids)) + self._usage.weight(id, after))
                for place, id in enumerate(ids)
            ]
        )
        self.open_at(position, query)


def _entry(node_type: NodeType) -> Entry:
    return Entry(
        node_type.id,
        _(node_type.title),
        _(node_type.summary or node_type.family),
        category=node_type.category,
        names=names(node_type),
        prose=prose(node_type),
    )
