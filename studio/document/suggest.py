"""Suggestions: which types of nodes fit a wire that leads nowhere yet, the likeliest first."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.core.errors import EngineError
from engine.core.spec import TensorSpec
from studio.document.document import Document, PortRef, Wire
from studio.document.nodetype import NodeType, Port
from studio.document.reroute import origin
from studio.document.trial import Specs, Trials
from studio.document.work import Work

#: What networks are mostly made of; among what fits, these come first.
USUAL: Final = (
    *("layer.Dense", "layer.Conv2D", "layer.LSTM", "layer.Conv1D", "layer.Flatten", "layer.MaxPooling2D"),
    *("layer.GlobalAveragePooling2D", "layer.Dropout", "layer.BatchNormalization", "layer.Activation"),
    *("layer.LayerNormalization", "layer.Reshape", "layer.Rescaling", "layer.Concatenate", "layer.Embedding"),
    *("loss.SparseCategoricalCrossentropy", "loss.MeanSquaredError", "loss.CategoricalCrossentropy"),
    *("loss.BinaryCrossentropy", "metric.SparseCategoricalAccuracy", "train.Adam", "train.SGD"),
    *("op.add", "op.multiply", "op.relu", "op.matmul", "op.reduce_mean", "op.one_hot", "op.cast"),
)
_PLACES: Final = {id: place for place, id in enumerate(USUAL)}

#: What usually comes behind a node of a category, and before one.
_BEHIND: Final = {"data": ("layer", "op"), "layer": ("layer", "loss"), "op": ("op", "layer"), "loss": ("train", "op")}
_AHEAD: Final = {"layer": ("layer", "data"), "loss": ("layer", "op"), "train": ("loss", "op"), "op": ("op", "layer")}

_IMAGES, _ROWS = TensorSpec([None, 28, 28, 1]), TensorSpec([None, 64])
#: What a node may be fed with while nobody knows: images, rows, sequences, labels, a loss.
SAMPLES: Final = (_IMAGES, _ROWS, TensorSpec([None, 20, 8]), TensorSpec([None], "int32"), TensorSpec([]))


@dataclass(frozen=True)
class Passage:
    """The way of a wire through a node: the input it comes in at, and the output it leaves from."""

    input: str
    output: str


class Suggestions:
    """Sorts the types of nodes by how well they fit a wire.

    Parameters
    ----------
    trials
        Tries them.

    Examples
    --------
    >>> from studio.document.catalogue import CATALOGUE
    >>> from studio.document.document import Node
    >>> from studio.document.edits import AddNode
    >>> document, images = Document(), PortRef("images", "x")
    >>> _ = document.apply(AddNode(Node("images", "data.digits")))
    >>> Suggestions(Trials(CATALOGUE)).after(document, {images: TensorSpec([None, 8, 8, 1])}, images)[:3]
    ['layer.Conv2D', 'layer.MaxPooling2D', 'layer.GlobalAveragePooling2D']
    """

    def __init__(self, trials: Trials) -> None:
        self._trials = trials

    def after(self, document: Document, specs: Specs, source: PortRef) -> list[str]:
        """Return the types with an input for what comes out of `source`, the likeliest first."""
        spec = specs.get(source)
        types = [t for t in self._types() if any(not p.control for p in t.inputs)]
        expected = _BEHIND.get(self._category(document, origin(document, source)), ())
        if spec is None:
            return [t.id for t in sorted(types, key=lambda t: _likely(t, expected))]
        if len(spec.shape) <= 1 and not spec.dtype.is_floating:
            expected = ("loss", "op")  # labels
        fitting = [t for t in types if self._trials.fit(t, spec) is not None]
        # what does not take just anything was made for this
        picky = {t.id for t in fitting if self._trials.fit(t, _other(spec)) is None}
        return [t.id for t in sorted(fitting, key=lambda t: _likely(t, expected, picky))]

    def before(self, document: Document, specs: Specs, target: PortRef) -> list[str]:
        """Return the types with an output that the input `target` can work with, the likeliest first."""
        types = [t for t in self._types() if any(not p.control for p in t.outputs)]
        refused: dict[TensorSpec, bool] = {}

        def works(spec: TensorSpec) -> bool:
            if spec not in refused:
                refused[spec] = self._trials.objection_to(document, specs, target, spec) is not None
            return not refused[spec]

        fitting = [t for t in types if (given := self._outputs(t)) is None or any(map(works, given))]
        expected = ("data", "op") if target.port == "y_true" else _AHEAD.get(self._category(document, target), ())
        return [t.id for t in sorted(fitting, key=lambda t: _likely(t, expected))]

    def input_for(self, document: Document, specs: Specs, source: PortRef, node_type: NodeType) -> str | None:
        """Return the input of a new node of a type that what comes out of `source` should lead to.

        It is the first that works with it; a loss looks at the truth if it comes from data, else at the prediction.
        """
        ports: Sequence[Port] = [p for p in node_type.inputs if not p.control]
        if node_type.category == "loss" and self._category(document, origin(document, source)) != "data":
            ports = sorted(ports, key=lambda p: p.name == "y_true")
        spec = specs.get(source)
        fit = self._trials.fit(node_type, spec, ports=ports) if spec is not None else None
        return fit.port if fit is not None else ports[0].name if ports else None

    def output_for(self, document: Document, specs: Specs, target: PortRef, node_type: NodeType) -> str | None:
        """Return the output of a new node of a type that should lead to the input `target`.

        It is the first that the input works with; the truth of a loss are the labels of a data set.
        """
        ports = [p for p in node_type.outputs if not p.control]
        given = dict(zip((p.name for p in ports), self._trials.outputs(node_type), strict=False))
        if target.port == "y_true":
            ports.sort(key=lambda p: p.name != "y")
        for name in (p.name for p in ports if p.name in given):
            if self._trials.objection_to(document, specs, target, given[name]) is None:
                return name
        return ports[0].name if ports else None

    def passage(
        self,
        document: Document,
        specs: Specs,
        wire: Wire,
        node_type: NodeType,
        params: Mapping[str, Any] | None = None,
    ) -> Passage | EngineError | None:
        """Return how a wire would lead through a node of a type; what speaks against it; None if nothing could.

        What follows has to work with what comes out, unless a parameter is missing that may still change that.
        """
        given = params or {}
        outputs = [p.name for p in node_type.outputs if not p.control and not p.variadic]
        name = self.input_for(document, specs, wire.source, node_type)
        if name is None or not outputs:
            return None
        port = next(p for p in node_type.inputs if p.name == name)
        input = f"{name}[0]" if port.variadic else name
        spec = specs.get(wire.source)
        fit = self._trials.fit(node_type, spec, given, [port]) if spec is not None else None
        if spec is not None and fit is None:
            return self._trials.refusal(node_type, spec, given)
        if fit is None or not fit.outputs or node_type.missing(given):
            return Passage(input, outputs[0])
        objections = [self._trials.objection_to(document, specs, wire.target, out) for out in fit.outputs]
        best = next((name for name, objection in zip(outputs, objections, strict=False) if objection is None), None)
        return objections[0] if best is None else Passage(input, best)

    def between(self, document: Document, specs: Specs, wire: Wire) -> list[str]:
        """Return the types that a wire could lead through, the likeliest first."""
        found = self.after(document, specs, wire.source)
        catalogue = self._trials.catalogue
        return [id for id in found if isinstance(self.passage(document, specs, wire, catalogue[id]), Passage)]

    def prepare(self, document: Document, specs: Specs, end: PortRef, *, is_input: bool) -> Work[None]:
        """Find out in small steps what `after` (or, for an input, `before`) asks for; the trials remember it."""
        spec = None if is_input else specs.get(end)
        if not is_input and spec is None:
            return
        for node_type in self._types():
            if is_input:
                self._outputs(node_type)
            elif spec is not None and self._trials.fit(node_type, spec) is not None:
                yield
                self._trials.fit(node_type, _other(spec))
            yield

    def prepare_between(self, document: Document, specs: Specs, wire: Wire) -> Work[None]:
        """Find out in small steps what `between` asks for."""
        yield from self.prepare(document, specs, wire.source, is_input=False)
        for node_type in self._types():
            self.passage(document, specs, wire, node_type)
            yield

    def _category(self, document: Document, end: PortRef) -> str:
        node = document.nodes.get(end.node)
        node_type = self._trials.catalogue.get(node.type) if node is not None else None
        return node_type.category if node_type is not None else ""

    def _types(self) -> Iterator[NodeType]:
        return iter(self._trials.catalogue.values())

    def _outputs(self, node_type: NodeType) -> list[TensorSpec] | None:
        """Return what may come out of a node of a type, None if it cannot be known."""
        if not node_type.inputs:
            return list(self._trials.outputs(node_type)) or None
        fits = [fit for spec in SAMPLES if (fit := self._trials.fit(node_type, spec)) is not None]
        if any(not fit.outputs for fit in fits):
            return None
        return list(dict.fromkeys(spec for fit in fits for spec in fit.outputs))


def _other(spec: TensorSpec) -> TensorSpec:
    """Return what is nothing like a tensor of this spec."""
    return _IMAGES if len(spec.shape) == 2 and spec.dtype.is_floating else _ROWS


def _likely(node_type: NodeType, expected: Sequence[str], picky: Container[str] = ()) -> tuple[bool, int, bool, int]:
    """Return by what types are sorted: the usual ones first, in the categories expected, and those that are picky."""
    category = expected.index(node_type.category) if node_type.category in expected else len(expected)
    place = _PLACES.get(node_type.id, len(_PLACES))
    return node_type.id not in _PLACES, category, node_type.id not in picky, place
