"""What comes out of a node that stands for a function, found by studying what lies within on specs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from engine.core.spec import TensorSpec
from studio.document.catalogue import CATALOGUE
from studio.document.document import Contents, Document, Node, PortRef
from studio.document.flat import SEPARATOR, copy_of, flatten, repeats
from studio.document.function import INPUT, OUTPUT, PREFIX, Definition, ports
from studio.document.function_errors import lets_nothing_out
from studio.document.infer import Inference
from studio.document.outcome import Made, Outcome
from studio.document.reroute import REROUTE_TYPE
from studio.document.sharing import total
from studio.document.study import complete

_NODE: Final = "function"


def function_outcome(definition: Definition, given: Mapping[str, Any], inputs: Sequence[TensorSpec]) -> Outcome:
    """Return what a node that stands for a function, with the parameters `given`, makes of inputs.

    Examples
    --------
    >>> from studio.document.edits import AddWire
    >>> from studio.document.document import Wire
    >>> body = Document.of(Contents(nodes={n.id: n for n in (Node("x", INPUT), Node("y", OUTPUT))}))
    >>> _ = body.apply(AddWire(Wire(PortRef("x", "output"), PortRef("y", "input"))))
    >>> made = function_outcome(Definition({"f": body}, "f"), {}, [TensorSpec([None, 3])])
    >>> str(made.specs[0]), made.parameters
    ('float32 (None, 3)', 0)
    """
    node = Node(_NODE, PREFIX + definition.id, given)
    flat = flatten(Document.of(Contents({_NODE: node})), definition.functions)
    known = dict(_entries(definition.body, repeats(node), inputs))
    inference = Inference(CATALOGUE, known)
    analysis = complete(flat, inference.analyse(flat.document))
    for problem in analysis.problems:
        if problem.severity == "error":
            return problem.error
    last = copy_of(_NODE, repeats(node))
    found: list[TensorSpec] = []
    for port in ports(definition.body, OUTPUT):
        spec = analysis.specs.get(PortRef(f"{last}{SEPARATOR}{port.id}", REROUTE_TYPE.outputs[0].name))
        if spec is None:
            return lets_nothing_out(port.title or port.id)
        found.append(spec)
    return Made(found, total(flat, analysis.parameters), sum(analysis.flops.values()))


def _entries(body: Document, copies: int, inputs: Sequence[TensorSpec]) -> Iterator[tuple[PortRef, TensorSpec]]:
    """Yield where the inputs are found in the flat graph: a copy that has one before it takes from that what it can."""
    passed = len(ports(body, OUTPUT))
    for place, (port, spec) in enumerate(zip(ports(body, INPUT), inputs, strict=False)):
        for number in range(1, 2 if place < passed else copies + 1):
            yield PortRef(f"{copy_of(_NODE, number)}{SEPARATOR}{port.id}", REROUTE_TYPE.outputs[0].name), spec
