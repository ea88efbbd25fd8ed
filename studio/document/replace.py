"""Replacing: another type in the place of a node, with the wires, the place, the name and what it was told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.core.errors import EngineError
from studio.document.document import Document, Node, PortRef, Wire
from studio.document.edits import AddNode, AddWire, Compound, Edit, RemoveNode, RemoveWire
from studio.document.exposing import Owner, handed_on
from studio.document.function import Exposed
from studio.document.nodetype import NodeType, Port
from studio.document.trial import Specs, Trials


def stem(type_id: str) -> str:
    """Return what the ids of nodes of a type begin with.

    >>> stem("layer.Conv2D")
    'conv2d'
    """
    return type_id.rpartition(".")[2].lower() or type_id


def replacements(trials: Trials, document: Document, specs: Specs, id: str) -> list[str]:
    """Return the types that could take the place of a node and keep all its wires, its relatives first."""
    node = document.nodes[id]
    old = trials.catalogue.get(node.type)
    fitting = [
        t for t in trials.catalogue.values() if t.id != node.type and _keeps_all(trials, document, specs, node, old, t)
    ]

    def likeness(node_type: NodeType) -> tuple[bool, bool, bool]:
        inputs, _outputs = _ports(document, node, old, node_type)
        known = {inputs[name]: specs.get(source) for name, source in document.inputs_of(id).items()}
        complete = trials.suffices(node_type, shared_params(node.params, node_type), known)
        other = old is None or node_type.category != old.category
        return not complete, other, old is None or node_type.family != old.family

    return [t.id for t in sorted(fitting, key=likeness)]


def replace_node(document: Document, old: NodeType | None, new: NodeType, id: str) -> tuple[Compound, str]:
    """Return the edit that puts a node of another type in the place of one, and its id.

    Wires stay on ports of the same name, else on the next one that is free; one for which there is none goes.
    Parameters that the new type has too keep their values, where it takes them, and stay exposed by a function. The id
    stays if somebody chose it.
    """
    node = document.nodes[id]
    new_id = id if not re.fullmatch(rf"{re.escape(stem(node.type))}(_\d+)?", id) else document.new_id(stem(new.id))
    inputs, outputs = _ports(document, node, old, new)
    wires = list(document.wires_of(id))
    edits: list[Edit] = [*map(RemoveWire, wires), RemoveNode(id)]
    successor = replace(node, id=new_id, type=new.id, params=shared_params(node.params, new))
    edits.append(AddNode(successor, list(document.nodes).index(id)))
    for wire in wires:
        source = _moved(wire.source, id, new_id, outputs)
        target = _moved(wire.target, id, new_id, inputs)
        if source is not None and target is not None:
            edits.append(AddWire(Wire(source, target)))
    edits += handed_on(document, lambda e: _heir(e, id, successor, new))
    return Compound("Replace node", tuple(edits)), new_id


def _heir(entry: Exposed, id: str, successor: Node, new: NodeType) -> Owner | None:
    """Return whose an exposed parameter is once a node is replaced: the new one's, if it has such a parameter."""
    if entry.node != id:
        return Owner(entry.node, entry.param)
    return Owner(successor.id, entry.param) if entry.param in new.params else None


def _moved(end: PortRef, id: str, new_id: str, names: Mapping[str, str]) -> PortRef | None:
    """Return the end of a wire on the new node, if it was on the old one; None if it has no place there."""
    if end.node != id:
        return end
    return PortRef(new_id, names[end.port]) if end.port in names else None


def shared_params(given: Mapping[str, Any], node_type: NodeType) -> dict[str, Any]:
    """Return those of the parameters `given` that a type has, too, and takes."""
    kept = {}
    for name, value in given.items():
        if (param := node_type.params.get(name)) is not None:
            try:
                param.validate(value, name)
            except EngineError:
                continue
            kept[name] = value
    return kept


def _ports(
    document: Document, node: Node, old: NodeType | None, new: NodeType
) -> tuple[dict[str, str], dict[str, str]]:
    """Return where the wires at the inputs and at the outputs of a node go on the new type."""
    wired = document.inputs_of(node.id)
    names = old.inputs_among(wired) if old is not None else sorted(wired)
    left = dict.fromkeys(w.source.port for w in document.wires_of(node.id) if w.source.node == node.id)
    return _match(names, new.inputs), _match(list(left), new.outputs)


def _match(names: Sequence[str], ports: Sequence[Port]) -> dict[str, str]:
    """Return for names of ports their places among `ports`: the same name where there is one, else the next free."""
    tensors = [p for p in ports if not p.control]
    found: dict[str, str] = {}
    for name in names:
        base, bracket, _ = name.partition("[")
        if any(p.name == base and p.variadic == bool(bracket) for p in tensors):
            found[name] = name
    for name in names:
        if name not in found and (free := _free(tensors, set(found.values()))):
            found[name] = free
    return found


def _free(ports: Sequence[Port], taken: set[str]) -> str | None:
    for port in ports:
        if not port.variadic and port.name not in taken:
            return port.name
        if port.variadic:
            return next(name for i in range(len(taken) + 1) if (name := f"{port.name}[{i}]") not in taken)
    return None


def _keeps_all(
    trials: Trials, document: Document, specs: Specs, node: Node, old: NodeType | None, new: NodeType
) -> bool:
    """Return whether every wire of a node finds a port on the new type that works with it."""
    inputs, outputs = _ports(document, node, old, new)
    wired = document.inputs_of(node.id)
    leaving = [w for w in document.wires_of(node.id) if w.source.node == node.id]
    if len(inputs) < len(wired) or any(w.source.port not in outputs for w in leaving):
        return False
    known = {inputs[name]: specs.get(source) for name, source in wired.items()}
    made = trials.outputs_of(new, shared_params(node.params, new), known)
    if made is None or isinstance(made, EngineError):
        return made is None
    given = dict(zip((p.name for p in new.outputs), made, strict=False))
    pairs = [(w.target, given[outputs[w.source.port]]) for w in leaving if outputs[w.source.port] in given]
    return all(trials.objection_to(document, specs, target, spec) is None for target, spec in pairs)
