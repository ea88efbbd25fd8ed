"""Differences in words, in the language in use: "units 64 → 128"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from studio.canvas.face import node_title
from studio.document.bookmarks import BOOKMARKS
from studio.document.changes import Change
from studio.document.document import Document, Node, PortRef
from studio.document.edits import UNSET
from studio.document.function import EXPOSED, SUMMARY, TITLE, title_of
from studio.document.nodetype import Catalogue
from studio.ui.action_table import PICTURES
from studio.ui.i18n import N_, _, label
from studio.ui.values import shown

_LONGEST: Final = 60
_MODES: Final = {"": N_("takes part"), "bypass": N_("bypassed"), "mute": N_("muted")}
_SETTINGS: Final = {
    TITLE: N_("Name"),
    SUMMARY: N_("Description"),
    EXPOSED: N_("Parameters that it shows"),
    BOOKMARKS: N_("Bookmarks"),
}


@dataclass(frozen=True)
class Side:
    """A document that is compared, and the types of its nodes by the function that they are in."""

    document: Document
    types: Callable[[str], Catalogue]

    def graph(self, function: str) -> Document | None:
        """Return one of its graphs, None if it has no such function."""
        return self.document.functions.get(function) if function else self.document

    def node(self, function: str, id: str) -> Node | None:
        """Return a node of one of its graphs."""
        graph = self.graph(function)
        return graph.nodes.get(id) if graph is not None else None

    def title(self, function: str, id: str) -> str:
        """Return what a node or a note of one of its graphs is called, "" if it has no such thing."""
        graph = self.graph(function)
        if graph is not None and id in graph.notes:
            note = graph.notes[id]
            return _short(note.text.strip().split("\n")[0]) or (_("Frame") if note.frame else _("Note"))
        node = self.node(function, id)
        return node_title(node, self.types(function).get(node.type)) if node is not None else ""


@dataclass(frozen=True)
class Words:
    """Tells changes from one document to another."""

    before: Side
    after: Side

    def graph(self, function: str) -> str:
        """Return what a graph is called."""
        if not function:
            return _("Document")
        side = self.after if function in self.after.document.functions else self.before
        return title_of(function, side.document.functions[function])

    def title(self, function: str, id: str) -> str:
        """Return what a node or a note is called; as it is now, if it is still there."""
        return self.after.title(function, id) or self.before.title(function, id) or id

    def tell(self, change: Change) -> str:
        """Return a change in words."""
        return _TELLERS[change.aspect](self, change)

    def _node(self, change: Change) -> str:
        return _("This node is new.") if change.sign == "+" else _("This node is gone.")

    def _note(self, change: Change) -> str:
        return {"+": _("This note is new."), "−": _("This note is gone.")}.get(change.sign) or _(
            "This note is another."
        )

    def _function(self, change: Change) -> str:
        return _("This function is new.") if change.sign == "+" else _("This function is gone.")

    def _wire(self, change: Change) -> str:
        assert change.wire is not None
        side = self.after if change.sign == "+" else self.before
        ends = {
            "source": _end(side, change.graph, change.wire.source, is_input=False),
            "port": _port(side, change.graph, change.wire.target, is_input=True),
        }
        text = (
            _("Wire from {source} to {port}") if change.sign == "+" else _("No wire from {source} to {port} any more")
        )
        return text.format(**ends)

    def _parameter(self, change: Change) -> str:
        old = _value(self.before, change, change.before)
        new = _value(self.after, change, change.after)
        return _changed(label(change.name), old, new)

    def _setting(self, change: Change) -> str:
        name = _(_SETTINGS[change.name]) if change.name in _SETTINGS else label(change.name)
        if any(isinstance(value, tuple | Mapping) for value in (change.before, change.after)):
            return _("{name}: others than before").format(name=name)
        return _changed(name, _plain(change.before), _plain(change.after))

    def _title(self, change: Change) -> str:
        return _changed(_("Name"), change.before or "—", change.after or "—")

    def _mode(self, change: Change) -> str:
        return _changed(_("Mode"), _(_MODES[change.before]), _(_MODES[change.after]))

    def _collapsed(self, change: Change) -> str:
        return _("Collapsed now.") if change.after else _("Not collapsed any more.")

    def _picture(self, change: Change) -> str:
        return _changed(_("Value"), *(_(PICTURES[kind][0]) for kind in (change.before, change.after)))

    def _place(self, change: Change) -> str:
        return _("Moved.")


_TELLERS: Final[dict[str, Callable[[Words, Change], str]]] = {
    "node": Words._node,
    "note": Words._note,
    "function": Words._function,
    "wire": Words._wire,
    "parameter": Words._parameter,
    "setting": Words._setting,
    "title": Words._title,
    "mode": Words._mode,
    "collapsed": Words._collapsed,
    "picture": Words._picture,
    "place": Words._place,
}


def _changed(name: str, before: str, after: str) -> str:
    return f"{name} {_short(before)} → {_short(after)}"


def _value(side: Side, change: Change, value: Any) -> str:
    node = side.node(change.graph, change.node)
    node_type = side.types(change.graph).get(node.type) if node is not None else None
    param = node_type.params.get(change.name) if node_type is not None else None
    if param is None:
        return _plain(value)
    return shown(param, param.default if value is UNSET else value)


def _plain(value: Any) -> str:
    return "—" if value is UNSET else _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _end(side: Side, function: str, ref: PortRef, *, is_input: bool) -> str:
    return f"{side.title(function, ref.node) or ref.node} · {_port(side, function, ref, is_input=is_input)}"


def _port(side: Side, function: str, ref: PortRef, *, is_input: bool) -> str:
    node = side.node(function, ref.node)
    node_type = side.types(function).get(node.type) if node is not None else None
    port = None if node_type is None else node_type.input(ref.port) if is_input else node_type.output(ref.port)
    return port.title if port is not None and port.title else label(ref.port)
