"""Reverse-mode differentiation, once for the eager tape and for graphs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from engine.core.dispatch import at
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS, Op
from engine.core.witness import witness


class Application(NamedTuple):
    """An op that was applied: all that its gradient needs."""

    op: Op
    inputs: Sequence[Any]
    outputs: Sequence[Any]
    attrs: dict[str, Any]
    place: tuple[str, ...] = ()


def backpropagate(
    applications: Sequence[Application], targets: Iterable[tuple[Any, Any]], sources: Sequence[Any]
) -> list[Any]:
    """Return the gradient of the targets with respect to each source, None where there is no path.

    Parameters
    ----------
    applications
        In the order in which they were applied.
    targets
        Tensors and the gradients that come in at them.
    sources
        Tensors.

    Raises
    ------
    InvalidArgumentError
        If an op on the way has no gradient.
    """
    reached = _reached(applications, sources)
    gradients: dict[int, Any] = {}
    watching = witness()
    for tensor, seed in targets:
        gradients[id(tensor)] = _accumulate(gradients.get(id(tensor)), seed)
        if watching is not None:
            watching.slope(tensor, gradients[id(tensor)])
    for op, inputs, outputs, attrs, place in reversed(applications):
        incoming = [gradients.get(id(y)) for y in outputs]
        if all(g is None for g in incoming) or not any(id(x) in reached for x in inputs):
            continue
        if op.gradient is None:
            if not any(x.dtype.is_floating and id(x) in reached for x in inputs) or not outputs[0].dtype.is_floating:
                continue
            raise InvalidArgumentError(
                "It has no gradient.", hint="Leave it out of the path between target and source.", op=op.name
            )
        single = len(op.outputs) == 1 and len(outputs) == 1 and not op.listing
        g, y = (incoming[0], outputs[0]) if single else (incoming, list(outputs))
        with at(*place):
            if watching is not None:
                watching.reverses(op, inputs, outputs, attrs)
            for x, d in zip(inputs, op.gradient(g, y, *inputs, **attrs), strict=True):
                if d is not None and id(x) in reached and x.dtype.is_floating:
                    gradients[id(x)] = _accumulate(gradients.get(id(x)), d)
                    if watching is not None:
                        watching.slope(x, gradients[id(x)])
    return [gradients.get(id(s)) for s in sources]


def _accumulate(total: Any, part: Any) -> Any:
    return part if total is None else OPS["add"].apply(total, part)


def _reached(applications: Sequence[Application], sources: Sequence[Any]) -> set[int]:
    """Return the ids of the tensors that depend on the sources."""
    reached = {id(s) for s in sources}
    for application in applications:
        if any(id(x) in reached for x in application.inputs):
            reached.update(id(y) for y in application.outputs)
    return reached
