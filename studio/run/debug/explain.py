"""Explains a step: what went in and came out, by which code, and, on the way back, by which chain rule."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final

import numpy as np

from engine.core.errors import EngineError
from engine.core.op import OPS, Op
from engine.core.witness import Witness, witnessed
from engine.runtime.tape import stop_recording
from studio.run.debug.card import Card, OperandInfo, Slope, WeightInfo
from studio.run.debug.formula import slopes
from studio.run.debug.script import lines_around
from studio.run.debug.step import Step
from studio.run.debug.trace import Batch, Trace
from studio.run.messages import TensorInfo
from studio.run.summary import summarise
from studio.run.tensor_ref import Kind, TensorRef

_OF_WEIGHTS: Final[tuple[Kind, ...]] = ("weight_gradient", "update")
#: Longest attribute that is shown, in characters.
_LONGEST = 60


def card_of(trace: Trace, number: int, is_thorough: bool = False) -> Card:
    """Return what is to be known about a step; thoroughly, with numbers that take long to work out."""
    step, batch = trace[number], trace.batch_of(number)
    op = OPS.get(step.op)
    forward = trace[step.reverses] if step.reverses is not None else None
    chain = _chain(batch, forward, number, is_thorough) if forward is not None else []
    return Card(
        step.op,
        forward.op if forward is not None else "",
        tuple(
            OperandInfo(o.name, o.refs, info, o.made_by, o.result)
            for o in step.operands
            if (info := info_of(batch, o.array)) is not None
        ),
        tuple(info for place in step.outputs if (info := info_of(batch, place)) is not None),
        shown_attrs(step.attrs),
        step.seconds,
        tuple(replace(slope, values=None) for slope in chain),
        words=tuple(_words(OPS[forward.op], chain)) if forward is not None else (),
        summary=op.summary if op is not None else "",
        source=source_of(op) if op is not None else "",
        line=step.line,
        program=lines_around(step.line),
        weights=tuple(_weights(trace, number)),
    )


def _weights(trace: Trace, number: int) -> Iterator[WeightInfo]:
    """Yield what is known of the weights of the node of a step; of the optimiser's, of those that it has changed."""
    step, batch, known = trace[number], trace.batch_of(number), trace.state(number)

    def norm(ref: TensorRef) -> float | None:
        place = known.get(ref)
        array = batch.array(place) if place is not None else None
        # NumPy's own norm asks BLAS, whose threads may be busy with other things: 2 ms in place of 0.2
        return None if array is None else float(np.sqrt(np.square(array, dtype=np.float64).sum()))

    for ref in (r for r in known if r.kind == "weight"):
        gradient, update = (TensorRef(kind, ref.node, ref.name) for kind in _OF_WEIGHTS)
        is_meant = update in known if step.phase == "update" else ref.node == step.node
        length = norm(ref) if is_meant else None
        if length is not None:
            yield WeightInfo(ref, length, norm(gradient), norm(update))


def _chain(batch: Batch, forward: Step, until: int, is_thorough: bool) -> list[Slope]:
    """Return the chain rule of an op of the way forward, with the gradients that are known behind a step."""
    op = OPS.get(forward.op)
    arrays = [batch.array(o.array) for o in forward.operands]
    outputs = [batch.array(o) for o in forward.outputs]
    places = [batch.slope(forward.number, i, until) for i in range(len(outputs))]
    g = [
        np.zeros_like(y) if place is None and y is not None else batch.array(place) if place is not None else None
        for place, y in zip(places, outputs, strict=True)
    ]
    if op is None or all(place is None for place in places) or any(a is None for a in (*arrays, *outputs, *g)):
        return []
    names = [operand.name for operand in forward.operands]
    x, y, dy = ([a for a in part if a is not None] for part in (arrays, outputs, g))
    with witnessed(Witness()), stop_recording():  # these ops are ours, not the run's
        found = slopes(op, dict(forward.attrs), names, x, y, dy, is_thorough)
    meant = {o.name for o in forward.operands if o.refs or o.made_by is not None}  # else it is a constant of the op
    return [slope for slope in found if slope.of in meant]


#: What an op does to the gradient, by what its record says of it: the first that fits.
_WORDS: Final[tuple[tuple[Callable[[Op], bool], EngineError], ...]] = (
    (
        lambda op: op.name in ("add", "identity", "cast", "bias_add", "subtract"),
        EngineError("A sum hands its gradient on to each of its parts as it is; where one was spread, it is added up."),
    ),
    (
        lambda op: op.multiply_adds is not None,
        EngineError("A product hands its gradient on to each factor, multiplied by the other one."),
    ),
    (
        lambda op: op.scalar is not None,
        EngineError("Each element of the gradient is multiplied by the slope of this op at that element."),
    ),
    (
        lambda op: op.reduction is not None or op.name.startswith("reduce_"),
        EngineError("All elements that went into a result get a share of its gradient."),
    ),
    (lambda op: op.view, EngineError("It only takes another shape: so does the gradient, backwards.")),
    (lambda op: True, EngineError("The gradient is led back to the elements that the result was made of.")),
)
_SHARE: Final = EngineError("{share} % of the elements of {name} let the gradient pass.")


def _words(op: Op, chain: Sequence[Slope]) -> Iterator[EngineError]:
    """Yield what the chain rule of an op says, in words."""
    yield next(words for fits, words in _WORDS if fits(op))
    for slope in chain:
        if slope.values is not None and slope.values.size and op.scalar is not None:
            passing = np.count_nonzero(slope.values) / slope.values.size
            if passing < 1:
                yield EngineError(_SHARE.template, share=round(100 * passing), name=slope.of)


def info_of(batch: Batch, place: int) -> TensorInfo | None:
    """Return a tensor of a training step in brief, None if it is gone."""
    known = batch.briefs.get(place)
    if known is None and (array := batch.array(place)) is not None:
        known = batch.briefs[place] = summarise(np.asarray(array), array.ndim > 1)
    return known


def shown_attrs(attrs: Mapping[str, Any]) -> dict[str, str]:
    """Return the attributes of an op as they are written.

    >>> shown_attrs({"axis": -1, "dtype": None})
    {'axis': '-1'}
    """
    return {name: str(value)[:_LONGEST] for name, value in attrs.items() if value is not None}


def source_of(op: Op) -> str:
    """Return the Python source of what carries an op out: its kernel if it has one of its own, else its reference.

    >>> print(source_of(OPS["relu"]).strip())
    scalar=lambda x: s.maximum(x, 0),
    """
    return next((text for code in _codes(op) if (text := _source(code))), "")


def _codes(op: Op) -> list[Callable[..., Any]]:
    kernel = getattr(op, "kernel", None)
    found = [getattr(kernel, "code", None), getattr(op, "scalar", None), op.reference]
    return [code for code in found if callable(code)]


@cache  # to find and to cut out each takes 3 ms
def _source(code: Callable[..., Any]) -> str:
    try:
        return textwrap.dedent(inspect.getsource(inspect.unwrap(code)))
    except (OSError, TypeError):  # one of NumPy's own
        return ""
