"""Finding values of parameters and putting others in their place. Knows no widget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from engine.core.errors import EngineError
from engine.core.param import Param
from studio.document.document import Document, Node
from studio.document.edits import Compound, SetParams
from studio.document.nodetype import Catalogue
from studio.ui.i18n import _, label
from studio.ui.values import shown


@dataclass(frozen=True)
class Change:
    """What would become of one node: its value before and after, as text, and why not, if it refuses."""

    node: str
    before: str
    after: str
    value: Any = None
    error: EngineError | None = None


@dataclass(frozen=True)
class Search:
    """A parameter, the value to look for, and the value to put in its place, as a user types them.

    Parameters
    ----------
    name
        Of the parameter, whatever the types of the nodes that have it.
    old
        "" stands for any value.
    ids
        The nodes to look at; None is all.
    """

    name: str
    old: str
    new: str
    ids: Collection[str] | None = None


def names(document: Document, catalogue: Catalogue, ids: Collection[str] | None = None) -> dict[str, int]:
    """Return the parameters that some of the nodes have, the most frequent first, and how many nodes have each."""
    found: Counter[str] = Counter()
    for node in _nodes(document, ids):
        if node.type in catalogue:
            found.update(catalogue[node.type].params.keys())
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def values(document: Document, catalogue: Catalogue, name: str, ids: Collection[str] | None = None) -> list[str]:
    """Return the values that a parameter has somewhere, the most frequent first."""
    found = Counter(shown(param, value) for _node, param, value in _having(document, catalogue, name, ids))
    return [text for text, _count in found.most_common()]


def changes(document: Document, catalogue: Catalogue, search: Search) -> list[Change]:
    """Return what a replacement would come to, in the order of the nodes, without those that would stay as they are.

    The engine reads and checks the new value for each node, since types may take different ones.
    """
    found: list[Change] = []
    for node, param, value in _having(document, catalogue, search.name, search.ids):
        before = shown(param, value)
        if search.old.strip() and not _matches(param, value, search.old):
            continue
        try:
            new = param.to_json(param.validate(read(param, search.new), label(search.name)))
        except EngineError as error:
            found.append(Change(node.id, before, search.new, error=error))
            continue
        if new != value or type(new) is not type(value):
            found.append(Change(node.id, before, shown(param, new), new))
    return found


def replacement(name: str, found: Collection[Change]) -> Compound:
    """Return the edit that makes the changes that no node refuses, as one step."""
    edits = (SetParams(change.node, {name: change.value}) for change in found if change.error is None)
    return Compound("Replace values", tuple(edits))


def read(param: Param, text: str) -> Any:
    """Return what was typed as a value, in the words and with the decimal comma of the language in use, too."""
    text = text.strip()
    if param.kind in ("int", "float"):
        text = text.replace(",", ".")
    spoken = {_("none"): "none", _("true"): "true", _("false"): "false"}
    if param.kind == "bool" or (param.optional and text.lower() == _("none")):
        text = spoken.get(text.lower(), text)
    if param.kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    return param.parse(text)


def _matches(param: Param, value: Any, text: str) -> bool:
    if text.strip() == shown(param, value):
        return True
    try:
        meant = param.to_json(read(param, text))
    except (EngineError, ValueError, TypeError):
        return False
    return bool(meant == value) and isinstance(meant, bool) == isinstance(value, bool)


def _having(
    document: Document, catalogue: Catalogue, name: str, ids: Collection[str] | None
) -> Iterator[tuple[Node, Param, Any]]:
    """Yield the nodes that have a parameter, what declares it, and its value as JSON holds it."""
    for node in _nodes(document, ids):
        param = catalogue[node.type].params.get(name) if node.type in catalogue else None
        if param is not None:
            yield node, param, param.to_json(node.params.get(name, param.default))


def _nodes(document: Document, ids: Collection[str] | None) -> Iterator[Node]:
    chosen = None if ids is None else set(ids)
    for node in document.nodes.values():
        if chosen is None or node.id in chosen:
            yield node
