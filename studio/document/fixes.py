"""Fixes: edits that mend what is wrong with a node, each tried before it is offered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from engine.core.errors import EngineError
from engine.core.spec import TensorSpec
from studio.document.advice import PREDICTION, TRUTH, class_count
from studio.document.analysis import Problem
from studio.document.convert import conversions, insert_conversion
from studio.document.document import Document, Node, PortRef, Position, Wire
from studio.document.edits import UNSET, Edit, RemoveWire, SetMode, SetParams, connect
from studio.document.kinds import bound
from studio.document.nodetype import NodeType
from studio.document.order import order
from studio.document.replace import replace_node
from studio.document.reroute import REROUTE
from studio.document.splice import behind
from studio.document.trial import Specs, Trials
from studio.document.verbatim import Verbatim
from studio.document.work import Work, finished

#: As many are offered for a node.
MOST: Final = 3
#: Nodes that a search for the layer that decides the number of scores looks back past.
_LOOK_BACK: Final = 8
#: Outputs that are tried for an input without a wire, the nearest first.
_TRIED: Final = 100
_UNITS: Final = ("units", "filters")


class Words(str):
    """A text of the program, which has a translation; names that users gave have none."""

    __slots__ = ()


@dataclass(frozen=True)
class Fix:
    """An edit that mends something, and what it does, untranslated: a template and its facts."""

    template: str
    edit: Edit
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Case:
    """A node with a problem, and all that is known around it."""

    trials: Trials
    document: Document
    specs: Specs
    node: Node
    node_type: NodeType | None
    problem: Problem

    @property
    def wired(self) -> dict[str, PortRef]:
        return self.document.inputs_of(self.node.id)

    def title(self, id: str) -> str:
        node = self.document.nodes[id]
        node_type = self.trials.catalogue.get(node.type)
        if node.title or node_type is None:
            return node.title or node.type
        return node_type.title if isinstance(node_type.title, Verbatim) else Words(node_type.title)


def fixes(
    trials: Trials,
    document: Document,
    specs: Specs,
    problem: Problem,
    place: Callable[[Wire], Position] | None = None,
) -> list[Fix]:
    """Return what could mend a problem, the likeliest first: see `find`, which does the same in parts.

    Examples
    --------
    >>> from studio.document.catalogue import CATALOGUE
    >>> from studio.document.edits import AddNode
    >>> from studio.document.infer import Inference
    >>> document = Document()
    >>> _ = document.apply(AddNode(Node("dense", "layer.Dense", {"units": -1})))
    >>> wrong = Inference(CATALOGUE).analyse(document).problems
    >>> [fix.template for problem in wrong for fix in fixes(Trials(CATALOGUE), document, {}, problem)]
    ['Set {param} to {value}']
    """
    return finished(find(trials, document, specs, problem, place))


def find(
    trials: Trials,
    document: Document,
    specs: Specs,
    problem: Problem,
    place: Callable[[Wire], Position] | None = None,
) -> Work[list[Fix]]:
    """Find what could mend a problem, in parts that are short; it comes to the fixes, the likeliest first.

    Parameters
    ----------
    trials, document, specs
        What is known of the graph that the node is in.
    problem
        What is wrong.
    place
        Where a node that is put into a wire comes to lie; by default half-way.
    """
    node = document.nodes.get(problem.node or "")
    if node is None:
        return []
    case = _Case(trials, document, specs, node, trials.catalogue.get(node.type), problem)
    found: list[Fix] = []
    convert: _Finder = partial(_convert, place=place)
    for finder in (*_FINDERS, convert):
        for fix in finder(case):
            if fix is not None:
                found.append(fix)
            yield
            if len(found) >= MOST:
                return found
    return found


# ------------------------------------------------------------------------------------------------ wires


def _unmute(case: _Case) -> Iterator[Fix]:
    other = case.problem.error.facts.get("other")
    if case.problem.severity == "warning" and isinstance(other, str):
        muted = case.document.nodes.get(other)
        if muted is not None and muted.mode == "mute":
            yield Fix("Let {node} take part", SetMode({other: ""}), {"node": case.title(other)})


def _drop_wires(case: _Case) -> Iterator[Fix]:
    """Offer to take away wires that end, or begin, at ports that are not there, and those that close a circle."""
    node_type = case.node_type
    for port, source in case.wired.items():
        other = case.trials.catalogue.get(case.document.nodes[source.node].type)
        gone = node_type is not None and node_type.input(port) is None
        if gone or (other is not None and other.output(source.port) is None):
            yield Fix(
                "Remove the wire to {port}", RemoveWire(Wire(source, PortRef(case.node.id, port))), {"port": port}
            )
    for circle in order(case.document)[1]:
        if case.node.id in circle:
            for port, source in case.wired.items():
                if source.node in circle:
                    wire = Wire(source, PortRef(case.node.id, port))
                    yield Fix("Remove the wire from {node}", RemoveWire(wire), {"node": case.title(source.node)})


def _connect(case: _Case) -> Iterator[Fix | None]:
    """Offer the output that fits an input without a wire best: one of its name, or else the nearest before it."""
    port = case.problem.port
    if case.node_type is None or port is None:
        return
    declared = case.node_type.input(port) or case.node_type.input(f"{port}[0]")
    if declared is None or declared.among(case.wired):
        return
    target = PortRef(case.node.id, f"{port}[0]" if declared.variadic else port)
    ahead = behind(case.document, case.node.id)
    x, y = case.node.position

    def distance(ref: PortRef) -> tuple[bool, bool, float]:
        other = case.document.nodes[ref.node].position
        free = not any(w.source == ref for w in case.document.wires_of(ref.node))
        named = alike(Wire(ref, target))
        return not named, not free, abs(other[0] - x) + abs(other[1] - y) + (1e6 if other[0] > x else 0.0)

    known = (ref for ref in case.specs if ref.node in case.document.nodes and ref.node not in ahead)
    left = 2
    for ref in sorted(known, key=distance)[:_TRIED]:
        if case.trials.objection(case.document, case.specs, Wire(ref, target)) is None:
            facts = {"node": case.title(ref.node), "port": ref.port}
            yield Fix("Connect it to {node}, {port}", connect(case.document, ref, target), facts)
            left -= 1
        if not left:
            return
        yield None


def alike(wire: Wire) -> bool:
    """Return whether the ports at both ends of a wire are called alike: what is one's may well be the other's.

    >>> alike(Wire(PortRef("data", "y"), PortRef("loss", "y_true")))
    True
    """
    return wire.source.port == wire.target.port or (wire.target.port == TRUTH and wire.source.port == "y")


# -------------------------------------------------------------------------------------------- parameters


def _set_params(case: _Case) -> Iterator[Fix]:
    """Offer a value that is right in place of one that is wrong or missing."""
    if case.node_type is None or case.problem.port is not None:
        return
    for name in case.node.params:
        if name not in case.node_type.params:
            yield Fix("Forget {param}", SetParams(case.node.id, {name: UNSET}), {"param": name})
    for name, param in case.node_type.params.items():
        if name not in case.node.params:
            if param.required:
                yield _example(case, name)
            continue
        try:
            param.validate(case.node.params[name], name)
        except EngineError:
            yield _example(case, name)


def _example(case: _Case, name: str) -> Fix:
    assert case.node_type is not None
    param = case.node_type.params[name]
    value = param.default if not param.required else _fitting(case, name)
    edit = SetParams(case.node.id, {name: value if param.required else UNSET})
    return Fix("Set {param} to {value}", edit, {"param": name, "value": param.show(value)})


def _fitting(case: _Case, name: str) -> Any:
    """Return a value for a parameter that must be given: as many units as there are classes, or an example."""
    assert case.node_type is not None
    example = case.node_type.params[name].example
    if name not in _UNITS:
        return example
    wanted = _wanted_behind(case, case.node.id)
    return wanted if wanted is not None else 32


def _wanted_behind(case: _Case, id: str) -> int | None:
    """Return how many scores the loss or metric wants that a node leads to directly, None if it leads to none."""
    for wire in case.document.wires_of(id):
        if wire.source.node == id and wire.target.port == PREDICTION:
            truth = case.document.inputs_of(wire.target.node).get(TRUTH)
            if truth is not None:
                return class_count(case.document, truth)
    return None


# ---------------------------------------------------------------------------------------- types and shapes


def _set_units(case: _Case) -> Iterator[Fix]:
    """Offer to give the layer that makes the scores as many units as the truth asks for."""
    wired = case.wired
    if PREDICTION not in wired or TRUTH not in wired:
        return
    truth, given = case.specs.get(wired[TRUTH]), case.specs.get(wired[PREDICTION])
    count = class_count(case.document, wired[TRUTH])
    if count is None and truth is not None and truth.shape.rank > 1:
        count = truth.shape[-1]
    if count is None or given is None or given.shape.rank < 1 or given.shape[-1] == count:
        return
    wanted = TensorSpec((*tuple(given.shape)[:-1], count), given.dtype)
    target = PortRef(case.node.id, PREDICTION)
    if case.trials.objection_to(case.document, case.specs, target, wanted) is not None:
        return
    ref: PortRef | None = wired[PREDICTION]
    for _step in range(_LOOK_BACK):
        if ref is None:
            return
        node = case.document.nodes[ref.node]
        node_type = case.trials.catalogue.get(node.type)
        name = next((n for n in _UNITS if node_type is not None and n in node_type.params), None)
        if name is not None:
            facts = {"param": name, "node": case.title(node.id), "value": count}
            yield Fix("Set {param} of {node} to {value}", SetParams(node.id, {name: count}), facts)
            return
        inputs = case.document.inputs_of(node.id)
        ref = next(iter(inputs.values())) if len(inputs) == 1 and _keeps_last(node, node_type) else None


def _keeps_last(node: Node, node_type: NodeType | None) -> bool:
    """Return whether a node leaves the number of scores as it is."""
    families = ("activation", "regularisation", "normalisation")
    return node.type == REROUTE or (node_type is not None and node_type.family in families)


def _other_type(case: _Case) -> Iterator[Fix]:
    """Offer another loss or metric that works with what comes in."""
    if case.node_type is None or case.node_type.category != "loss" or case.problem.severity != "error":
        return
    if len(case.wired) < len(case.node_type.inputs) or not _is_told_right(case):
        return
    kind = case.node_type.id.partition(".")[0]
    stem = _kin(case.node_type.id)
    known = {name: case.specs.get(ref) for name, ref in case.wired.items()}
    for new in case.trials.catalogue.values():
        is_kin = new.id.partition(".")[0] == kind and _kin(new.id) == stem and new.id != case.node_type.id
        if is_kin and case.trials.suffices(new, {}, known):
            edit, _id = replace_node(case.document, case.node_type, new, case.node.id)
            yield Fix("Use {title}", edit, {"title": Words(new.title)})
            return


def _kin(type_id: str) -> str:
    """Return what losses and metrics that compare the same things in other forms have in common.

    >>> _kin("loss.SparseCategoricalCrossentropy"), _kin("loss.BinaryCrossentropy"), _kin("loss.MeanSquaredError")
    ('Crossentropy', 'Crossentropy', 'MeanSquaredError')
    """
    name = type_id.partition(".")[2]
    for form in ("Sparse", "TopK", "Categorical", "Binary"):
        name = name.replace(form, "")
    return name


def _convert(case: _Case, place: Callable[[Wire], Position] | None = None) -> Iterator[Fix | None]:
    """Offer what makes a tensor fit that does not."""
    if case.node_type is None or case.problem.severity != "error" or not _is_told_right(case):
        return
    for port, source in case.wired.items():
        wire = Wire(source, PortRef(case.node.id, port))
        middle = place(wire) if place is not None else _half_way(case.document, wire)
        yield None
        for conversion in conversions(case.trials, case.document, case.specs, wire)[:2]:
            titles = " → ".join(case.trials.catalogue[step.type].title for step in conversion.steps)  # names of ops
            edit, _ids = insert_conversion(case.document, case.trials, wire, conversion, partial(_beside, middle))
            yield Fix("Insert {title}", edit, {"title": titles})


def _beside(first: Position, number: int) -> Position:
    return first[0] + 220.0 * number, first[1]


def _is_told_right(case: _Case) -> bool:
    """Return whether it is not the parameters that are wrong."""
    assert case.node_type is not None
    try:
        bound(case.node_type, case.node.params)
    except EngineError:
        return False
    return True


def _half_way(document: Document, wire: Wire) -> Position:
    a, b = document.nodes[wire.source.node].position, document.nodes[wire.target.node].position
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


_Finder = Callable[[_Case], Iterator[Fix | None]]
_FINDERS: Final[tuple[_Finder, ...]] = (
    _unmute,
    _drop_wires,
    _set_params,
    _connect,
    _set_units,
    _other_type,
)
