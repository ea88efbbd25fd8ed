"""Healing: what led through nodes that are deleted is joined again, where the types allow it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from studio.document.document import Document, PortRef, Wire
from studio.document.edits import AddWire, Compound, RemoveWire, remove
from studio.document.modes import PASSING
from studio.document.nodetype import NodeType
from studio.document.trial import Specs, Trials


def remove_and_heal(trials: Trials, document: Document, specs: Specs, ids: Iterable[str]) -> Compound:
    """Return the edit that deletes nodes and notes, and joins the wires that led through them.

    A wire that came out of a deleted node is taken back to what came in, the first input first that what follows can
    work with. Where no shape is known, only nodes with one input are bridged.
    """
    gone = set(ids)
    removal = remove(document, gone)
    return Compound(removal.label, (*removal.edits, *_healed(trials, document, specs, gone)))


def take_out(trials: Trials, document: Document, specs: Specs, ids: Iterable[str]) -> Compound:
    """Return the edit that parts nodes from all others, and joins the wires that led through them as a deletion does.

    Wires between the nodes stay.
    """
    gone = set(ids)
    ends = {w for id in gone if id in document.nodes for w in document.wires_of(id)}
    cut = sorted(w for w in ends if (w.source.node in gone) != (w.target.node in gone))
    return Compound("Take out", (*map(RemoveWire, cut), *_healed(trials, document, specs, gone)))


def _healed(trials: Trials, document: Document, specs: Specs, gone: set[str]) -> list[AddWire]:
    """Return the wires that join what led through nodes that go."""
    ends = (w for id in document.nodes if id in gone for w in document.wires_of(id))
    cut = sorted({w for w in ends if w.source.node in gone and w.target.node not in gone})
    return [AddWire(Wire(source, w.target)) for w in cut if (source := _heir(trials, document, specs, w, gone))]


def _heir(trials: Trials, document: Document, specs: Specs, wire: Wire, gone: set[str]) -> PortRef | None:
    """Return the output that takes the place of a wire's source, None if there is none that fits."""
    return next(
        (
            source
            for source, bridged in _sources(trials, document, wire.source, gone)
            if (
                bridged if source not in specs else trials.objection(document, specs, Wire(source, wire.target)) is None
            )
        ),
        None,
    )


def _sources(trials: Trials, document: Document, ref: PortRef, gone: set[str]) -> Iterator[tuple[PortRef, bool]]:
    """Yield the outputs outside of `gone` that lead to `ref`, and whether all nodes between have but one way through.

    The first input leads the way, and each output is passed once: wires may lead in circles, and together again.
    """
    ahead, seen = [(ref, True)], {ref}
    while ahead:
        ref, straight = ahead.pop()
        if ref.node not in gone:
            yield ref, straight
            continue
        node_type = trials.catalogue.get(document.nodes[ref.node].type)
        straight = straight and node_type is not None and _is_straight(node_type)
        fresh = [source for source in _inputs(document, ref, node_type) if source not in seen]
        seen.update(fresh)
        ahead += ((source, straight) for source in reversed(dict.fromkeys(fresh)))


def _inputs(document: Document, ref: PortRef, node_type: NodeType | None) -> list[PortRef]:
    """Return what comes into the node of an output, in the order of its ports: tensors for one, control for one."""
    wired = document.inputs_of(ref.node)
    if node_type is None:
        return []
    output = node_type.output(ref.port)
    control = output is not None and output.control
    names = node_type.inputs_among(wired)
    return [wired[name] for name in names if (p := node_type.input(name)) is not None and p.control == control]


def _is_straight(node_type: NodeType) -> bool:
    inputs = [p for p in node_type.inputs if not p.control]
    return node_type.category in PASSING and len(inputs) == len(node_type.outputs) == 1
