"""Conversions: what makes a wire fit that does not, offered for the user to choose from."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.core.spec import TensorSpec
from studio.document.document import Document, Node, Position, Wire
from studio.document.edits import AddNode, Compound, Edit, RemoveWire
from studio.document.replace import stem
from studio.document.splice import splice
from studio.document.suggest import Passage
from studio.document.trial import Specs, Trials

#: As many are offered.
_MOST: Final = 4
#: Classes, where nothing says how many there are.
_CLASSES: Final = 10
#: Channels that rows of numbers may be images with.
_CHANNELS: Final = (1, 3)


@dataclass(frozen=True)
class Step:
    """A node of a conversion: its type, what it is told, and what comes out of it."""

    type: str
    params: tuple[tuple[str, Any], ...]
    spec: TensorSpec


@dataclass(frozen=True)
class Conversion:
    """Nodes that make a wire fit, in the order in which it leads through them."""

    steps: tuple[Step, ...]

    @property
    def spec(self) -> TensorSpec:
        """What arrives in the end."""
        return self.steps[-1].spec


def conversions(
    trials: Trials, document: Document, specs: Specs, wire: Wire, without: Wire | None = None
) -> list[Conversion]:
    """Return what could be put into a wire so that its target can work with it, the gentlest first.

    None is needed, and none returned, if it can already. Two steps are offered only where no single one helps.
    `without` is a wire that will be gone.

    Examples
    --------
    >>> from studio.document.catalogue import CATALOGUE
    >>> from studio.document.document import PortRef
    >>> from studio.document.edits import AddNode
    >>> document, images = Document(), PortRef("images", "x")
    >>> for node in (Node("images", "data.digits"), Node("conv", "layer.Conv2D", {"filters": 4, "kernel_size": 3})):
    ...     _ = document.apply(AddNode(node))
    >>> specs, wire = {images: TensorSpec([None, 8, 8])}, Wire(images, PortRef("conv", "inputs"))
    >>> [(step.type, step.params) for step in conversions(Trials(CATALOGUE), document, specs, wire)[0].steps]
    [('layer.Reshape', (('target_shape', (8, 8, 1)),))]
    """
    spec = specs.get(wire.source)
    if spec is None or trials.objection(document, specs, wire, without) is None:
        return []
    wired = document.inputs_of(wire.target.node).items()
    others = [s for port, ref in wired if port != wire.target.port and (s := specs.get(ref)) is not None]

    def helps(chain: Sequence[Step]) -> bool:
        return trials.objection_to(document, specs, wire.target, chain[-1].spec, without) is None

    def steps(of: TensorSpec) -> Iterator[Step]:
        for type_id, params in _candidates(of, others):
            if (step := _step(trials, type_id, params, of)) is not None and step.spec != of:
                yield step

    singles = sorted(((step,) for step in steps(spec)), key=lambda chain: chain[0].spec.shape != spec.shape)
    found: list[tuple[Step, ...]] = list(filter(helps, singles))
    if not found:
        pairs = ((first, second) for (first,) in singles for second in steps(first.spec) if second.type != first.type)
        found = list(filter(helps, pairs))
    by_spec: dict[TensorSpec, Conversion] = {}
    for chain in found:  # of two ways to the same, the first
        by_spec.setdefault(chain[-1].spec, Conversion(chain))
    return list(by_spec.values())[:_MOST]


def insert_conversion(
    document: Document,
    trials: Trials,
    wire: Wire,
    conversion: Conversion,
    place: Callable[[int], Position],
    without: Wire | None = None,
) -> tuple[Compound, list[str]]:
    """Return the edit that makes a wire through the nodes of a conversion, and their ids.

    Parameters
    ----------
    place
        Gives the position of each of the nodes, by its number.
    without
        A wire that was taken off to be plugged here: it goes.
    """
    ids: list[str] = []
    nodes: list[Edit] = []
    chain: list[tuple[str, Passage]] = []
    for number, step in enumerate(conversion.steps):
        node_type = trials.catalogue[step.type]
        ids.append(document.new_id(stem(step.type), ids))
        nodes.append(AddNode(Node(ids[-1], step.type, dict(step.params), place(number))))
        chain.append((ids[-1], Passage(node_type.inputs[0].name, node_type.outputs[0].name)))
    gone = [RemoveWire(without)] if without is not None and without.target != wire.target else []
    return Compound("Insert conversion", (*gone, *nodes, *splice(document, wire, chain))), ids


def _step(trials: Trials, type_id: str, params: dict[str, Any], spec: TensorSpec) -> Step | None:
    node_type = trials.catalogue.get(type_id)
    fit = trials.fit(node_type, spec, params) if node_type is not None else None
    return Step(type_id, tuple(params.items()), fit.outputs[0]) if fit is not None and fit.outputs else None


def _candidates(spec: TensorSpec, others: Sequence[TensorSpec]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what may help a tensor to fit beside `others`: what keeps its values first."""
    if spec.dtype.is_integer:
        for depth in dict.fromkeys([*(_last(s) for s in others), _CLASSES]):
            if depth is not None:
                yield "op.one_hot", {"depth": depth}
    if spec.shape.rank > 2:
        yield "layer.Flatten", {}
    for shape in dict.fromkeys(_shapes(spec, others)):
        yield "layer.Reshape", {"target_shape": shape}
    for dtype in dict.fromkeys([*(s.dtype.name for s in others), "float32", "int32", "bool"]):
        if dtype != spec.dtype.name:
            yield "op.cast", {"dtype": dtype}


def _shapes(spec: TensorSpec, others: Sequence[TensorSpec]) -> Iterator[tuple[int, ...]]:
    """Yield shapes behind the batch that hold as many elements: those of `others`, more axes, fewer, an image."""
    sizes = tuple(spec.shape)[1:]
    if any(size is None for size in sizes):
        return
    known = tuple(int(size) for size in sizes if size is not None)
    count = math.prod(known)
    for other in others:
        wanted = tuple(other.shape)[1:]
        if None not in wanted and math.prod(size or 1 for size in wanted) == count:
            yield tuple(int(size or 1) for size in wanted)
    yield (*known, 1)
    if known and known[-1] == 1:
        yield known[:-1]
    for channels in _CHANNELS:
        side = math.isqrt(count // channels)
        if len(known) == 1 and side > 1 and side * side * channels == count:
            yield side, side, channels


def _last(spec: TensorSpec) -> int | None:
    return tuple(spec.shape)[-1] if spec.shape.rank else None
