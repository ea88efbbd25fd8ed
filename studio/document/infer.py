"""Live inference: what flows along every wire, and what is wrong, without running anything."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.core.errors import EngineError, InvalidArgumentError, NotFoundError
from engine.core.spec import TensorSpec
from engine.graph.graph import freeze
from studio.document.analysis import Analysis, Problem
from studio.document.document import Document, Node, PortRef
from studio.document.edits import (
    COSMETIC,
    AddNode,
    AddWire,
    Edit,
    RemoveNode,
    RemoveWire,
    SetMode,
    SetParams,
    SetSetting,
)
from studio.document.kinds import bound
from studio.document.modes import first_of, passed_on
from studio.document.nodetype import Catalogue, NodeType
from studio.document.order import order
from studio.document.outcome import Outcome, outcome_of
from studio.document.wiring_errors import no_input, no_output, not_connected, not_passing

#: How many outcomes are kept for each node of the document, and beyond.
_KEPT: Final = (2, 1000)


@dataclass(frozen=True)
class _Finding:
    """What is known of a node: its outputs, how many parameters it has (None: it does not run), what is wrong.

    `flops` is what it does for one example; `muted` is the muted node on account of which it is left out, "" if it
    takes part.
    """

    specs: tuple[tuple[PortRef, TensorSpec], ...] = ()
    count: int | None = None
    problems: tuple[Problem, ...] = ()
    muted: str = ""
    flops: int = 0


class Inference:
    """Analyses documents, and remembers what it learned of each node: an edit costs what lies behind it.

    Parameters
    ----------
    catalogue
        The node types.
    given
        What comes out at these ports, whatever goes in: what is known from elsewhere.
    """

    def __init__(self, catalogue: Catalogue, given: Mapping[PortRef, TensorSpec] | None = None) -> None:
        self._catalogue = catalogue
        self._given: dict[str, tuple[tuple[PortRef, TensorSpec], ...]] = {}
        for ref, spec in (given or {}).items():
            self._given[ref.node] = (*self._given.get(ref.node, ()), (ref, spec))
        self._known: dict[Any, Outcome] = {}
        self._document: Document | None = None
        self._leave: Callable[[], None] = lambda: None
        self._findings: dict[str, _Finding] = {}
        self._specs: dict[PortRef, TensorSpec] = {}
        self._order: list[str] = []
        self._circles: list[list[str]] = []
        self._touched: set[str] = set()
        self._waiting: set[str] = set()
        self._walk: Iterator[str] = iter(())
        self._rewired = False

    def analyse(self, document: Document) -> Analysis:
        """Return specs, parameter counts and problems of a document."""
        self.advance(document)
        return self.result(document)

    def advance(self, document: Document, seconds: float = float("inf")) -> bool:
        """Learn what is new in a document, for so many seconds at most; return whether that is all."""
        end = time.perf_counter() + seconds
        if document is not self._document:
            self._begin(document)
        if self._rewired:
            self._sort(document)
            self._walk = iter(self._order)
        if self._touched:
            self._waiting |= self._touched
            self._touched = set()
            self._walk = iter(self._order)
        waiting = self._waiting
        waiting.intersection_update(document.nodes)
        while waiting:  # once through; what lies behind a circle has no order, and may take more
            for id in self._walk:
                if id not in waiting:
                    continue
                waiting.discard(id)
                before = self._findings.get(id, _NOTHING)
                found = self._findings[id] = self._find(document, id)
                if (found.specs, found.count, found.muted) != (before.specs, before.count, before.muted):
                    self._replace_specs(before, found)
                    waiting.update(w.target.node for w in document.wires_of(id) if w.source.node == id)
                if time.perf_counter() > end:
                    return not waiting
            self._walk = iter(self._order)
        return True

    def result(self, document: Document) -> Analysis:
        """Return what is known of a document, all of which has been learned."""
        self._forget(document)
        findings = self._findings
        counts = {id: count for id, found in findings.items() if (count := found.count) is not None}
        wrong = {id for id, found in findings.items() if found.problems}
        problems = (p for id in document.nodes if id in wrong for p in findings[id].problems) if wrong else ()
        flops = {id: found.flops for id, found in findings.items() if found.flops}
        return Analysis(dict(self._specs), counts, tuple(problems), flops)

    # ------------------------------------------------------------------------------------------- what has changed

    def _begin(self, document: Document) -> None:
        """Follow another document from now on: all of it is new."""
        self._leave()
        self._document = document
        self._leave = document.subscribe(self._on_edit)
        self._findings, self._specs, self._circles = {}, {}, []
        self._touched, self._waiting, self._rewired = set(document.nodes), set(), True

    def _on_edit(self, edit: Edit) -> None:
        for leaf in edit.leaves():
            if isinstance(leaf, SetParams):
                self._touched.add(leaf.node)
            elif isinstance(leaf, AddNode):
                self._touched.add(leaf.node.id)
                self._rewired = True
            elif isinstance(leaf, AddWire | RemoveWire):
                self._touched.add(leaf.wire.target.node)
                self._rewired = True
            elif isinstance(leaf, RemoveNode):
                self._replace_specs(self._findings.pop(leaf.id, _NOTHING), _NOTHING)
                self._rewired = True
            elif isinstance(leaf, SetMode):
                self._touched.update(leaf.modes)
            elif not isinstance(leaf, (*COSMETIC, SetSetting)):  # one that this file does not know
                self._touched.update(self._document.nodes if self._document is not None else ())
                self._rewired = True

    def _sort(self, document: Document) -> None:
        self._rewired = False
        before = self._circles
        sorted_ids, self._circles = order(document)
        self._order = list(dict.fromkeys((*sorted_ids, *document.nodes)))
        if before != self._circles:
            self._touched.update(id for circle in (*before, *self._circles) for id in circle if id in document.nodes)

    def _replace_specs(self, before: _Finding, found: _Finding) -> None:
        for ref, _spec in before.specs:
            self._specs.pop(ref, None)
        self._specs.update(found.specs)

    def _forget(self, document: Document) -> None:
        """Give up what was learned of nodes that are no more, once it is too much."""
        times, more = _KEPT
        if len(self._known) > times * len(document.nodes) + more:
            keys = {key for id, node in document.nodes.items() if (key := self._key(document, id, node)) is not None}
            self._known = {key: outcome for key, outcome in self._known.items() if key in keys}

    def _key(self, document: Document, id: str, node: Node) -> Any:
        """Return what the outcome of a node depends on."""
        node_type = self._catalogue.get(node.type)
        if node_type is None:
            return None
        inputs = tuple(self._specs.get(ref) for ref in ordered(node_type, self.inputs_of(document, id)))
        return node_type.id, freeze(tuple(sorted(node.params.items()))), inputs

    # ------------------------------------------------------------------------------------------------ a node

    def _find(self, document: Document, id: str) -> _Finding:
        """Return what is known of a node, those before it being known."""
        if id in self._given:
            return _Finding(self._given[id], 0)
        node = document.nodes[id]
        if node.mode == "mute":
            return _Finding(muted=id)
        wired = self.inputs_of(document, id)
        circle = next((c for c in self._circles if id in c), None)
        problems = [_problem(_circle(circle), id)] if circle is not None else []
        node_type = self._catalogue.get(node.type)
        if node_type is None:
            return _Finding(problems=(*problems, _problem(_unknown(node), id)))
        # what lies on a circle would keep itself muted for ever
        ahead = (ref for ref in wired.values() if circle is None or not any(ref.node in c for c in self._circles))
        if muted := next((m for ref in ahead if (m := self._muted(ref))), ""):
            return _Finding(problems=(*problems, _left_out(muted, id)), muted=muted)
        if node.mode == "bypass":
            return self._pass_on(node, node_type, wired, problems)
        problems += _wiring_problems(document, self._catalogue, node, node_type, wired)
        for name, source in wired.items():
            if self._findings.get(source.node, _NOTHING).count is not None and source not in self._specs:
                title = self._catalogue[document.nodes[source.node].type].title
                problems += [] if problems else [_problem(no_output(title, source.port), id, name)]
        inputs = [self._specs.get(ref) for ref in ordered(node_type, wired)]
        if problems or any(spec is None for spec in inputs):
            return _Finding(problems=(*problems, *_param_problems(node, node_type)))
        key = (node_type.id, freeze(tuple(sorted(node.params.items()))), tuple(inputs))
        outcome = self._known.get(key)
        if outcome is None:
            outcome = self._known[key] = outcome_of(node_type, node.params, [s for s in inputs if s])
        if isinstance(outcome, EngineError):
            return _Finding(problems=(_problem(outcome, id),))
        refs = output_refs(id, node_type, len(outcome.specs))
        return _Finding(tuple(zip(refs, outcome.specs, strict=True)), outcome.parameters, flops=outcome.flops)

    def _pass_on(
        self, node: Node, node_type: NodeType, wired: Mapping[str, PortRef], problems: Sequence[Problem]
    ) -> _Finding:
        """Return what is known of a bypassed node: what comes in goes out."""
        ways = passed_on(node_type)
        if ways is None:
            return _Finding(problems=(*problems, _problem(not_passing(node_type.title), node.id)))
        sources = {out: wired.get(first_of(name, wired)) for out, name in ways.items()}
        missing = next((ways[out] for out, ref in sources.items() if ref is None), None)
        if missing is not None:
            return _Finding(problems=(*problems, _problem(not_connected(missing.partition("[")[0]), node.id, missing)))
        specs = {PortRef(node.id, out): self._specs.get(ref) for out, ref in sources.items() if ref is not None}
        known = tuple((ref, spec) for ref, spec in specs.items() if spec is not None)
        return _Finding(known, 0 if len(known) == len(specs) else None, tuple(problems))

    # ---------------------------------------------------------------------------------------------- muted nodes

    def inputs_of(self, document: Document, id: str) -> dict[str, PortRef]:
        """Return the wired inputs of a node, but for optional ones that what is muted leaves without a value.

        They are sorted: which of two problems is told must not depend on which wire was there first.
        """
        wired = dict(sorted(document.inputs_of(id).items()))
        node_type = self._catalogue.get(document.nodes[id].type)
        if node_type is None or not any(self._muted(ref) for ref in wired.values()):
            return wired
        return {n: ref for n, ref in wired.items() if not (self._muted(ref) and _is_optional(node_type, n))}

    def _muted(self, ref: PortRef) -> str:
        return self._findings.get(ref.node, _NOTHING).muted


_NOTHING: Final = _Finding()


def _is_optional(node_type: NodeType, name: str) -> bool:
    port = node_type.input(name)
    return port is not None and port.optional


def _left_out(muted: str, id: str) -> Problem:
    error = InvalidArgumentError(
        "This is left out: it needs '{other}', which is muted.",
        hint="Let that take part again, or bypass it.",
        other=muted,
        node=id,
    )
    return Problem(error, id, severity="warning")


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
    return [wired[name] for name in node_type.inputs_among(wired)]


def output_refs(id: str, node_type: NodeType, count: int) -> list[PortRef]:
    """Return the output ports of a node with so many outputs."""
    if len(node_type.outputs) == 1 and node_type.outputs[0].variadic:
        return [PortRef(id, f"{node_type.outputs[0].name}[{i}]") for i in range(count)]
    return [PortRef(id, p.name) for p in node_type.outputs]


def _wiring_problems(
    document: Document, catalogue: Catalogue, node: Node, node_type: NodeType, wired: Mapping[str, PortRef]
) -> list[Problem]:
    found: list[Problem] = []
    for name, source in wired.items():
        if node_type.input(name) is None:
            found.append(_problem(no_input(node_type.title, name), node.id, name))
        source_type = catalogue.get(document.nodes[source.node].type)
        if source_type is not None and source_type.output(source.port) is None:
            found.append(_problem(no_output(source_type.title, source.port), node.id, name))
    for port in node_type.inputs:
        if not port.optional and not any(name.partition("[")[0] == port.name for name in wired):
            found.append(_problem(not_connected(port.name), node.id, port.name))
    return found


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
