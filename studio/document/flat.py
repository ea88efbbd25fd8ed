"""Flattening: a document with functions as one graph without, in which every node that runs has a name of its own.

What lies within node ``block`` is called ``block/dense``; of a block that is repeated, the second copy holds
``block#2/dense``. The inputs and outputs of functions become reroute points, so every wire stays a wire. Inference,
lowering and the engine's process see flat graphs only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from engine.core.errors import EngineError
from studio.document import function_errors, wiring_errors
from studio.document.document import Contents, Document, Node, PortRef, Wire, same
from studio.document.function import (
    INPUT,
    OUTPUT,
    OWN_PARAMS,
    REPEAT,
    SHARED,
    Exposed,
    exposed,
    function_of,
    ports,
    title_of,
)
from studio.document.modes import Mode
from studio.document.reroute import REROUTE, REROUTE_TYPE

SEPARATOR: Final = "/"
COPY: Final = "#"

MAX_NODES: Final = 100_000
"""Most nodes that functions may unfold to: a few that contain each other twice are beyond any memory."""

MAX_DEPTH: Final = 32
"""Most functions within each other."""

_PORT: Final = Node("port", REROUTE)

_IN, _OUT = REROUTE_TYPE.inputs[0].name, REROUTE_TYPE.outputs[0].name


class Entry(NamedTuple):
    """An input of a node that stands for a function: the node's name in the flat graph, the port's, and its title."""

    node: str
    port: str
    title: str


@dataclass(frozen=True)
class Flat:
    """A document without functions.

    Parameters
    ----------
    document
        The graph; of a document without functions, that document itself.
    shares
        For each node that shares its weights with others, a name that they have in common.
    problems
        What is wrong with nodes that stand for functions, by their names in the flat graph.
    entries
        For each input of a function: the node that stands for it, and what the port is called there and to the user.
    """

    document: Document
    shares: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, EngineError] = field(default_factory=dict)
    entries: Mapping[str, Entry] = field(default_factory=dict)


def copy_of(id: str, number: int) -> str:
    """Return what copy `number`, from 1, of a repeated node is called.

    >>> copy_of("block", 1), copy_of("block", 3)
    ('block', 'block#3')
    """
    return id if number == 1 else f"{id}{COPY}{number}"


def copied(name: str) -> tuple[str, int]:
    """Return of which node something is a copy, and the number of the copy, from 1.

    >>> copied("block"), copied("block#3")
    (('block', 1), ('block', 3))
    """
    id, _, number = name.partition(COPY)
    return id, int(number) if number.isdecimal() else 1


def copy_around(name: str, place: str) -> str:
    """Return which copy of a place a node of the flat graph is, or lies in; "" if it lies elsewhere.

    A place that bears no number stands for all of its copies.

    Examples
    --------
    >>> copy_around("block#2/dense", "block"), copy_around("block#2/dense", "block/dense")
    ('block#2', 'block#2/dense')
    >>> copy_around("block/dense", "block#2"), copy_around("blocks/dense", "block")
    ('', '')
    """
    parts, places = name.split(SEPARATOR), place.split(SEPARATOR)
    is_within = len(parts) >= len(places) and all(
        meant in (part, copied(part)[0]) for part, meant in zip(parts, places, strict=False)
    )
    return SEPARATOR.join(parts[: len(places)]) if is_within else ""


def repeats(node: Node) -> int:
    """Return how many copies of its function a node stands for: 1 if what it says is no such number."""
    return int(_own(node, REPEAT))


def _own(node: Node, name: str) -> Any:
    param = OWN_PARAMS[name]
    try:
        return param.validate(node.params.get(name, param.default), name)
    except EngineError:
        return param.default


def unfolded(functions: Mapping[str, Document], function: str) -> int:
    """Return how many nodes a function unfolds to, those of functions within it counted as often as they occur.

    Examples
    --------
    >>> body = Document.of(Contents(nodes={"e": Node("e", "op.exp")}))
    >>> both = Document.of(Contents(nodes={"a": Node("a", "function.f", {"repeat": 2}), "b": Node("b", "function.f")}))
    >>> unfolded({"f": body, "g": both}, "g")
    3
    """
    known: dict[str, int] = {}

    def count(id: str, above: tuple[str, ...]) -> int:
        if id not in functions or id in above:  # one that holds itself is refused elsewhere
            return 0
        if id not in known:
            known[id] = min(
                MAX_NODES,
                sum(
                    repeats(node) * count(inner, (*above, id)) if (inner := function_of(node)) is not None else 1
                    for node in functions[id].nodes.values()
                ),
            )
        return known[id]

    return count(function, ())


def has_functions(document: Document) -> bool:
    """Return whether a document differs from its flat form."""
    return bool(document.functions) or any(
        node.type in (INPUT, OUTPUT) or function_of(node) is not None for node in document.nodes.values()
    )


def flatten(document: Document, functions: Mapping[str, Document] | None = None) -> Flat:
    """Return a document without its functions: each node that stands for one is replaced by what lies within.

    They are looked up in `functions`, those of the document if not given.

    Examples
    --------
    >>> from studio.document.edits import AddNode
    >>> from studio.document.function_edits import AddFunction
    >>> body = Contents(nodes={"e": Node("e", "op.exp")})
    >>> document = Document()
    >>> _ = document.apply(AddFunction("f", body)), document.apply(AddNode(Node("twice", "function.f", {"repeat": 2})))
    >>> list(flatten(document).document.nodes)
    ['twice/e', 'twice#2/e']
    """
    if not has_functions(document):
        return Flat(document)
    work = Flattening(document.functions if functions is None else functions)
    for _copy in work.spread(document):
        pass
    return Flat(Document.of(work.contents(document)), work.shares, work.problems, work.entries)


@dataclass(frozen=True)
class Place:
    """Where a graph is unfolded: names of its nodes begin with `prefix`, those of its weights with `owner`."""

    prefix: str = ""
    owner: str = ""
    mode: Mode = ""
    path: tuple[str, ...] = ()
    given: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


TOP: Final = Place()
"""The graph of the document itself."""


class Flattening:
    """A flat graph, as far as it is made. Nodes and wires that are known are used again: they are the same ones."""

    def __init__(
        self,
        functions: Mapping[str, Document],
        known: Mapping[str, tuple[Any, Node]] = MappingProxyType({}),
        known_wires: Mapping[PortRef, Wire] = MappingProxyType({}),
    ) -> None:
        self.nodes: dict[str, Node] = {}
        self.wires: dict[PortRef, Wire] = {}
        self.shares: dict[str, str] = {}
        self.problems: dict[str, EngineError] = {}
        self.entries: dict[str, Entry] = {}
        self.made: dict[str, tuple[Any, Node]] = {}
        self._functions = functions
        self._known = known
        self._known_wires = known_wires
        self._faces: dict[str, tuple[list[str], list[str]]] = {}
        self._unfolded = 0

    def _face(self, function: str) -> tuple[list[str], list[str]]:
        """Return the names of a function's inputs and outputs."""
        if function not in self._faces:
            body = self._functions[function]
            self._faces[function] = [n.id for n in ports(body, INPUT)], [n.id for n in ports(body, OUTPUT)]
        return self._faces[function]

    def contents(self, document: Document) -> Contents:
        """Return what the flat form of a document holds, all of it being unfolded."""
        return Contents(self.nodes, self.wires, settings=dict(document.settings))

    def spread(self, graph: Document, place: Place = TOP) -> Iterator[None]:
        """Put the nodes and wires of a graph into the flat one, with a pause behind each function that is unfolded."""
        stand_ins: dict[str, Node] = {}
        for node in graph.nodes.values():
            name = place.prefix + node.id
            if node.type in (INPUT, OUTPUT):
                if not place.path:
                    self._refuse(name, function_errors.outside())
                elif node.type == INPUT:
                    self.entries[name] = Entry(place.prefix.removesuffix(SEPARATOR), node.id, node.title or node.id)
                self._put_port(name, place.mode)
                continue
            if (function := function_of(node)) is not None:
                if given := place.given.get(node.id):
                    node = replace(node, params={**node.params, **given})
                if self._may_unfold(graph, node, function, place):
                    stand_ins[node.id] = node
                    yield from self._unfold(node, function, place)
                    continue
            self._put_plain(node, name, place)
        for wire in graph.wires.values():
            self._lead(wire, place, stand_ins)

    def _put(self, name: str, key: tuple[Any, ...], make: Any) -> None:
        """Add the node that `make` makes of `key`, or the one that was made of the same before."""
        before = self._known.get(name)
        if before is None or len(before[0]) != len(key) or not all(map(_is_same, before[0], key)):
            before = key, make(*key)
        self.made[name] = before
        self.nodes[name] = before[1]

    def _put_port(self, name: str, mode: Mode) -> None:
        self._put(name, (mode,), lambda m: _PORT.unchecked(id=name, mode=m))  # with the way, a name may be long

    def _put_plain(self, node: Node, name: str, place: Place) -> None:
        if not place.path:
            self.nodes[name] = node
            return
        given = place.given.get(node.id, {})
        self._put(
            name,
            (node, place.mode, tuple(given.items())),
            lambda n, m, g: n.unchecked(id=name, mode=m or n.mode, params={**n.params, **dict(g)}),
        )
        if place.owner != place.prefix:
            self.shares[name] = place.owner + node.id

    def _may_unfold(self, graph: Document, node: Node, function: str, place: Place) -> bool:
        """Return whether a node can be replaced by what it stands for; if not, say why."""
        error = self._objection(graph, node, function, place)
        if error is not None:
            self._refuse(place.prefix + node.id, error)
        return error is None

    def _objection(self, graph: Document, node: Node, function: str, place: Place) -> EngineError | None:
        body = self._functions.get(function)
        if body is None:
            return function_errors.missing(function)
        title = title_of(function, body)
        if function in place.path:
            return function_errors.endless(title)
        if len(place.path) >= MAX_DEPTH:
            return function_errors.too_deep(title, MAX_DEPTH)
        if self._unfolded + repeats(node) * (len(body.nodes) + 1) > MAX_NODES:
            return function_errors.too_many(title, MAX_NODES)
        inputs = self._face(function)[0]
        if node.mode == "bypass" and not inputs:
            return wiring_errors.not_passing(title)
        if stray := next((port for port in graph.inputs_of(node.id) if port not in inputs), None):
            return wiring_errors.no_input(title, stray)
        return _wrong_param(node, [entry.name for entry in exposed(body)])

    def _refuse(self, name: str, error: EngineError) -> None:
        error.facts["node"] = name
        self.problems.setdefault(name, error)

    def _unfold(self, node: Node, function: str, place: Place) -> Iterator[None]:
        """Put what a node stands for into the flat graph, as often as it is repeated."""
        body = self._functions[function]
        mode: Mode = place.mode or ("mute" if node.mode == "mute" else "")
        own = not _own(node, SHARED)
        for number in range(1, _copies(node) + 1):
            self._unfolded += len(body.nodes) + 1
            copy = copy_of(node.id, number) + SEPARATOR
            within = Place(
                place.prefix + copy,
                place.owner + copy if own else f"{function}{SEPARATOR}{SEPARATOR}",
                mode,
                (*place.path, function),
                given(node, exposed(body)),
            )
            if node.mode == "bypass":
                self._pass_by(function, within)
                continue
            yield from self.spread(body, within)
            if number > 1:
                self._chain(function, place.prefix + copy_of(node.id, number - 1) + SEPARATOR, within.prefix)
            yield

    def _pass_by(self, function: str, place: Place) -> None:
        """Lead what comes into a bypassed function out again: each output passes on the input of its own place."""
        inputs, outputs = self._face(function)
        for port in (*inputs, *outputs):
            self._put_port(place.prefix + port, place.mode)
        for number, output in enumerate(outputs):
            source = inputs[number] if number < len(inputs) else inputs[0]
            self._wire(PortRef(place.prefix + source, _OUT), PortRef(place.prefix + output, _IN))

    def _chain(self, function: str, before: str, here: str) -> None:
        """Lead the outputs of a copy to the inputs of the next."""
        inputs, outputs = self._face(function)
        for output, source in zip(outputs, inputs, strict=False):
            self._wire(PortRef(before + output, _OUT), PortRef(here + source, _IN))

    def _lead(self, wire: Wire, place: Place, stand_ins: Mapping[str, Node]) -> None:
        """Put a wire into the flat graph, or all that it stands for."""
        source = self._source(wire.source, place, stand_ins)
        if source is None:
            return
        node = stand_ins.get(wire.target.node)
        if node is None:
            self._wire(source, PortRef(place.prefix + wire.target.node, wire.target.port))
            return
        function, port = str(function_of(node)), wire.target.port
        inputs, outputs = self._face(function)
        # copies take what the one before them gives, and the rest from where the first has it
        last = 1 if inputs.index(port) < len(outputs) else _copies(node)
        for number in range(1, last + 1):
            self._wire(source, PortRef(place.prefix + copy_of(node.id, number) + SEPARATOR + port, _IN))

    def _source(self, ref: PortRef, place: Place, stand_ins: Mapping[str, Node]) -> PortRef | None:
        node = stand_ins.get(ref.node)
        if node is None:
            return PortRef(place.prefix + ref.node, ref.port)
        function = str(function_of(node))
        if ref.port not in self._face(function)[1]:
            title = title_of(function, self._functions[function])
            self._refuse(place.prefix + node.id, wiring_errors.no_output(title, ref.port))
            return None
        return PortRef(place.prefix + copy_of(node.id, _copies(node)) + SEPARATOR + ref.port, _OUT)

    def _wire(self, source: PortRef, target: PortRef) -> None:
        known = self._known_wires.get(target)
        self.wires[target] = known if known is not None and known.source == source else Wire(source, target)


def _copies(node: Node) -> int:
    """Return how many copies of what it stands for a node really has: bypassed, one will do."""
    return 1 if node.mode == "bypass" else repeats(node)


def _wrong_param(node: Node, shown: Sequence[str]) -> EngineError | None:
    """Return what is wrong with the parameters that are a function's own, None if nothing is."""
    for name, value in sorted(node.params.items()):
        if name in OWN_PARAMS:
            try:
                OWN_PARAMS[name].validate(value, name)
            except EngineError as error:
                return error
        elif name not in shown:
            return function_errors.unknown_param(name, (*shown, *OWN_PARAMS))
    return None


def _is_same(a: Any, b: Any) -> bool:
    return a is b or (not isinstance(a, Node) and same(a, b))  # a node that has changed is another one


def given(node: Node, shown: Iterator[Exposed]) -> dict[str, dict[str, Any]]:
    """Return what a node that stands for a function sets anew of the nodes within."""
    found: dict[str, dict[str, Any]] = {}
    for name, inner, param in shown:
        if name in node.params:
            found.setdefault(inner, {})[param] = node.params[name]
    return found
