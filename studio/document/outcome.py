"""What comes out of a node, and why nothing does, found by tracing it on specs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from engine.compile.cost import flops
from engine.core.dispatch import interpreting
from engine.core.errors import EngineError
from engine.core.spec import TensorSpec
from engine.graph.trace import Tracer
from engine.runtime.tape import observe
from studio.document.kinds import bound, in_words, is_source, kind_of
from studio.document.nodetype import NodeType


class Made(NamedTuple):
    """What a node makes: the specs of its outputs, with how many parameters, and FLOPs for each example."""

    specs: list[TensorSpec]
    parameters: int = 0
    flops: int = 0


Outcome = Made | EngineError
"""What a node makes, or what is wrong."""


def outcome_of(node_type: NodeType, given: Mapping[str, Any], inputs: Sequence[TensorSpec]) -> Outcome:
    """Return what a node of this type, with the parameters `given`, makes of inputs.

    Examples
    --------
    >>> from studio.document.catalogue import CATALOGUE
    >>> made = outcome_of(CATALOGUE["layer.Dense"], {"units": 3}, [TensorSpec([None, 4])])
    >>> str(made.specs[0]), made.parameters, made.flops
    ('float32 (None, 3)', 15, 27)
    """
    try:
        with in_words(node_type):
            params = bound(node_type, given)
            if is_source(node_type):
                return Made(list(node_type.make.specs(**params)))
            # called by its type: nodes that are alike share the outcome, and so what an error says
            made = kind_of(node_type).make(node_type, params, node_type.title)
            tracer = Tracer(observe)
            with interpreting(tracer):
                outputs = kind_of(node_type).apply(made, [tracer.input(s) for s in inputs])
            parameters = made.count_params() if hasattr(made, "count_params") else 0
            return Made([o.spec for o in outputs], parameters, flops(tracer.graph(outputs).nodes))
    except EngineError as error:
        return error
