"""Live inference: what flows along every wire, and what is wrong, without running anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.core.dispatch import interpreting
from engine.core.errors import EngineError, InvalidArgumentError, NotFoundError
from engine.core.spec import TensorSpec
from engine.graph.graph import freeze
from engine.graph.trace import Tracer
from engine.runtime.tape import observe
from studio.document.analysis import Analysis, Problem
from studio.document.document import Document, Node, PortRef
from studio.document.kinds import bound, in_words, is_source, kind_of
from studio.document.nodetype import Catalogue, NodeType
from studio.document.order import order

Outcome = tuple[list[TensorSpec], int] | EngineError


class Inference:
    """Analyses documents, and remembers what it learned of each node: an edit costs what lies behind it.

    Parameters
    ----------
    catalogue
        The node types.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: dict[Any, Outcome] = {}

    def analyse(self, document: Document) -> Analysis:
        """Return specs, parameter counts and problems of a document."""
        specs: dict[PortRef, TensorSpec] = {}
        counts: dict[str, int] = {}
        problems: dict[str, list[Problem]] = {id: [] for id in document.nodes}
        sorted_ids, circles = order(document)
        turning = set()
        for circle in circles:
            turning.update(circle)
            for id in circle:
                if not problems[id]:
                    problems[id].append(_problem(_circle(circle), id))
        known: dict[Any, Outcome] = {}
        wires: dict[str, dict[str, PortRef]] = {id: {} for id in document.nodes}
        for target, wire in document.wires.items():
            wires[target.node][target.port] = wire.source
        for id in dict.fromkeys((*sorted_ids, *document.nodes)):
            node = document.nodes[id]
            wired = wires[id]
            node_type = self._catalogue.get(node.type)
            if node_type is None:
                problems[id].append(_problem(_unknown(node), id))
                continue
            problems[id] += _wiring_problems(document, self._catalogue, node, node_type, wired)
            for name, source in wired.items():
                if source.node in counts and source not in specs and not problems[id]:
                    title = self._catalogue[document.nodes[source.node].type].title
                    problems[id].append(_problem(_no_output(title, source.port), id, name))
            inputs = [specs.get(ref) for ref in ordered(node_type, wired)]
            if id in turning or problems[id] or any(spec is None for spec in inputs):
                problems[id] += _param_problems(node, node_type)
                continue
            key = (node_type.id, freeze(tuple(sorted(node.params.items()))), tuple(inputs))
            outcome = known[key] = self._known.get(key) or _outcome(node, node_type, [s for s in inputs if s])
            if isinstance(outcome, EngineError):
                problems[id].append(_problem(outcome, id))
                continue
            outputs, counts[id] = outcome
            specs.update(zip(output_refs(id, node_type, len(outputs)), outputs, strict=True))
        self._known = known  # what is in use; the rest is forgotten
        return Analysis(specs, counts, tuple(p for id in document.nodes for p in problems[id]))


def _problem(error: EngineError, node: str, port: str | None = None) -> Problem:
    """Return the problem of a node. The error is a copy that names it: the memo's own serves other nodes, too."""
    facts = {**error.facts, "node": node}
    return Problem(type(error)(error.template, hint=error.hint, **facts), node, port)


def _param_problems(node: Node, node_type: NodeType) -> list[Problem]:
    try:
        bound(node_type, node.params)
    except EngineError as error:
        return [_problem(error, node.id)]
    return []


def ordered(node_type: NodeType, wired: Mapping[str, PortRef]) -> list[PortRef]:
    """Return the sources of a node's inputs in the order of its ports, those of a variadic one by number."""
    refs: list[PortRef] = []
    for port in node_type.inputs:
        if port.variadic:
            slots = sorted((_slot(name), ref) for name, ref in wired.items() if name.partition("[")[0] == port.name)
            refs += [ref for _, ref in slots]
        elif port.name in wired:
            refs.append(wired[port.name])
    return refs


def _slot(name: str) -> int:
    digits = name.partition("[")[2].rstrip("]")
    return int(digits) if digits.isdigit() else 0


def output_refs(id: str, node_type: NodeType, count: int) -> list[PortRef]:
    """Return the output ports of a node with so many outputs."""
    if len(node_type.outputs) == 1 and node_type.outputs[0].variadic:
        return [PortRef(id, f"{node_type.outputs[0].name}[{i}]") for i in range(count)]
    return [PortRef(id, p.name) for p in node_type.outputs]


def _outcome(node: Node, node_type: NodeType, inputs: Sequence[TensorSpec]) -> Outcome:
    try:
        with in_words(node_type):
            params = bound(node_type, node.params)
            if is_source(node_type):
                return list(node_type.make.specs(**params)), 0
            # called by its type: nodes that are alike share the outcome, and so what an error says
            made = kind_of(node_type).make(node_type, params, node_type.title)
            tracer = Tracer(observe)
            with interpreting(tracer):
                outputs = kind_of(node_type).apply(made, [tracer.input(s) for s in inputs])
            specs = [o.spec for o in outputs]
            return specs, made.count_params() if hasattr(made, "count_params") else 0
    except EngineError as error:
        return error


def _wiring_problems(
    document: Document, catalogue: Catalogue, node: Node, node_type: NodeType, wired: Mapping[str, PortRef]
) -> list[Problem]:
    found: list[Problem] = []
    for name, source in wired.items():
        if node_type.input(name) is None:
            error = InvalidArgumentError(
                "{title} has no input '{port}'.", hint="Remove the wire.", title=node_type.title, port=name
            )
            found.append(_problem(error, node.id, name))
        source_type = catalogue.get(document.nodes[source.node].type)
        if source_type is not None and source_type.output(source.port) is None:
            found.append(_problem(_no_output(source_type.title, source.port), node.id, name))
    for port in node_type.inputs:
        if not port.optional and not any(name.partition("[")[0] == port.name for name in wired):
            error = InvalidArgumentError(
                "The input '{port}' is not connected.", hint="Drag a wire to it.", port=port.name
            )
            found.append(_problem(error, node.id, port.name))
    return found


def _no_output(title: str, port: str) -> EngineError:
    return InvalidArgumentError("{title} has no output '{port}'.", hint="Remove the wire.", title=title, port=port)


def _unknown(node: Node) -> EngineError:
    return NotFoundError(
        "This program has no node of the type '{type}'.",
        hint="It is kept as it is, with its wires; a newer version may know it.",
        type=node.type,
    )


def _circle(ids: Sequence[str]) -> EngineError:
    return InvalidArgumentError(
        "The wires lead in a circle: {path}.", hint="Remove one of them.", path=" → ".join((*ids[:8], ids[0]))
    )
