"""Advice: what runs, and is most likely not meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from engine.core.errors import EngineError, InvalidArgumentError
from engine.core.spec import TensorSpec
from studio.document.analysis import Problem
from studio.document.catalogue import CATALOGUE
from studio.document.document import Document, Node, PortRef
from studio.document.kinds import is_source
from studio.document.reroute import origin

#: Losses and metrics that compare class numbers with a score for each class.
_SPARSE: Final = frozenset(t for t in CATALOGUE if t.startswith(("loss.Sparse", "metric.Sparse")))
TRUTH, PREDICTION = "y_true", "y_pred"


def advise(document: Document, specs: Mapping[PortRef, TensorSpec]) -> Iterator[Problem]:
    """Yield what is most likely not meant in a flat graph, the specs of which are known."""
    for id, node in document.nodes.items():
        if node.type in _SPARSE and not node.mode:
            yield from _classes(document, specs, id)


def _classes(document: Document, specs: Mapping[PortRef, TensorSpec], id: str) -> Iterator[Problem]:
    """Compare the number of classes of the data with that of the scores."""
    wired = document.inputs_of(id)
    if TRUTH not in wired or PREDICTION not in wired:
        return
    count, spec = class_count(document, wired[TRUTH]), specs.get(wired[PREDICTION])
    if count is None or spec is None or spec.shape.rank < 2:
        return
    scores = spec.shape[-1]
    if scores is not None and scores != count:
        yield Problem(
            InvalidArgumentError(
                "The data have {classes} classes, but the prediction has {scores} scores.",
                hint="Let the last layer have {classes} units.",
                classes=count,
                scores=scores,
                node=id,
            ),
            id,
            PREDICTION,
            "error" if scores < count else "warning",
        )


def class_count(document: Document, ref: PortRef) -> int | None:
    """Return how many classes the tensor of an output tells apart, None if nobody says so."""
    ref = origin(document, ref)
    node: Node | None = document.nodes.get(ref.node)
    node_type = CATALOGUE.get(node.type) if node is not None else None
    if node is None or node_type is None or not is_source(node_type) or ref.port != node_type.outputs[1].name:
        return None
    try:
        count: int | None = node_type.make.class_count(**node.params)
    except EngineError:
        return None
    return count
