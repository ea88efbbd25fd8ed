"""What comes out of a node, and why nothing does, found by tracing it on specs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.core.dispatch import interpreting
from engine.core.errors import EngineError
from engine.core.spec import TensorSpec
from engine.graph.trace import Tracer
from engine.runtime.tape import observe
from studio.document.kinds import bound, in_words, is_source, kind_of
from studio.document.nodetype import NodeType

Outcome = tuple[list[TensorSpec], int] | EngineError
"""The specs of the outputs and the number of parameters, or what is wrong."""


def outcome_of(node_type: NodeType, given: Mapping[str, Any], inputs: Sequence[TensorSpec]) -> Outcome:
    """Return what a node of this type, with the parameters `given`, makes of inputs.

    Examples
    --------
    >>> from studio.document.catalogue import CATALOGUE
    >>> specs, count = outcome_of(CATALOGUE["layer.Dense"], {"units": 3}, [TensorSpec([None, 4])])
    >>> str(specs[0]), count
    ('float32 (None, 3)', 15)
    """
    try:
        with in_words(node_type):
            params = bound(node_type, given)
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
