"""Control flow: ops that hold graphs. A branch is chosen, a loop goes on while a test holds, a scan goes along an axis.

They are ordinary ops to everything else: pure, with specs that follow from their inputs, and with gradients written
with ops, their own among them, so that a gradient can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from engine.core.dispatch import interpreting
from engine.core.dtype import Array, int32
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS, Op, Operand
from engine.core.param import Param
from engine.core.shape import TensorShape
from engine.core.spec import TensorSpec
from engine.graph.gradient import Application, backpropagate
from engine.graph.graph import Graph
from engine.graph.interpret import evaluate, replay, specialised
from engine.graph.trace import Tracer

_OPERANDS: Final = (Operand("operands", "any", group="", variadic=True),)
_GRAPH: Final = Param("any", help="A graph.")


def traced(function: Callable[..., Sequence[Any]], specs: Sequence[TensorSpec]) -> Graph:
    """Return the graph of a function of tensors that uses nothing from outside but constants."""
    tracer = Tracer(lambda *_: None)
    with interpreting(tracer):
        outputs = [tracer.convert(t) for t in function(*[tracer.input(s) for s in specs])]
    return tracer.graph(outputs)


def differentiated(graph: Graph, sources: Sequence[int], targets: Sequence[int]) -> Graph:
    """Return a graph that takes the inputs of `graph` and gradients at its outputs, and gives those at its inputs.

    Parameters
    ----------
    sources
        Which inputs; one that does not lead to a target gets zeros.
    targets
        Which outputs. Their gradients come behind the inputs.
    """
    applications: list[Application] = []
    tracer = Tracer(lambda op, inputs, outputs, attrs: applications.append(Application(op, inputs, outputs, attrs)))
    with interpreting(tracer):
        inputs = [tracer.input(v.spec) for v in graph.inputs]
        outputs = replay(graph, inputs)
        forward = list(applications)
        seeds = [tracer.input(outputs[t].spec) for t in targets]
        wanted = [inputs[s] for s in sources]
        slopes = backpropagate(forward, zip([outputs[t] for t in targets], seeds, strict=True), wanted)
        zeros = OPS["zeros_like"]
        found = [zeros(x) if d is None else d for x, d in zip(wanted, slopes, strict=True)]
    return tracer.graph([tracer.convert(t) for t in found])


def _specs_of(graph: Graph, specs: Sequence[TensorSpec]) -> list[TensorSpec]:
    return [v.spec for v in specialised(graph, dict(enumerate(specs))).outputs]


def _either(a: TensorSpec, b: TensorSpec) -> TensorSpec:
    """Return what is known of a tensor that has one of two specs."""
    if a.dtype is not b.dtype or len(a.shape) != len(b.shape):
        raise InvalidArgumentError(
            "One way gives {a} and another {b}.",
            hint="A result must have the same dtype and number of axes whichever way is taken.",
            a=str(a),
            b=str(b),
        )
    return TensorSpec(TensorShape(x if x == y else None for x, y in zip(a.shape, b.shape, strict=True)), a.dtype)


def _floats(specs: Sequence[Any]) -> list[int]:
    return [i for i, s in enumerate(specs) if s.dtype.is_floating]


def _placed(values: Sequence[Any], places: Sequence[int], count: int) -> list[Any]:
    """Return a list of `count` in which the values are at their places, and None elsewhere."""
    found: list[Any] = [None] * count
    for place, value in zip(places, values, strict=True):
        found[place] = value
    return found


# --------------------------------------------------------------------------------------------------------- branches


def _switch_infer(index: TensorSpec, *operands: TensorSpec, branches: tuple[Graph, ...]) -> list[TensorSpec]:
    ways = [_specs_of(b, operands) for b in branches]
    result = ways[0]
    for way in ways[1:]:
        result = [_either(a, b) for a, b in zip(result, way, strict=True)]
    return result


def chosen(index: Array, branches: Sequence[Graph]) -> int:
    """Return the number of the branch that an index stands for: the last one, if it is out of bounds."""
    number = int(index)
    return number if 0 <= number < len(branches) else len(branches) - 1


def _switch_gradient(g: Sequence[Any], y: Any, index: Any, *operands: Any, branches: tuple[Graph, ...]) -> list[Any]:
    targets = [i for i, d in enumerate(g) if d is not None]
    sources = _floats(operands)
    ways = tuple(differentiated(b, sources, targets) for b in branches)
    slopes = switch.apply(index, *operands, *[g[t] for t in targets], branches=ways)
    return [None, *_placed(slopes, sources, len(operands))]


switch: Final = Op(
    name="switch",
    summary="The results of one of several graphs, the one whose number is given; of the last, if there is none.",
    inputs=_OPERANDS,
    outputs=("values",),
    infer=_switch_infer,
    reference=lambda index, *arrays, branches: list(evaluate(branches[chosen(index, branches)], arrays)),
    gradient=_switch_gradient,
    params={"branches": Param("any", help="The graphs; each takes the operands behind the number.")},
    internal=True,
)


# ------------------------------------------------------------------------------------------------------------ loops


def _loop_infer(
    *operands: TensorSpec, test: Graph, step: Graph, count: int, most: int | None, history: bool
) -> list[TensorSpec]:
    state, rest = list(operands[:count]), operands[count:]
    while True:  # until the specs no longer change, which each round makes less certain
        after = [_either(a, b) for a, b in zip(state, _specs_of(step, (*state, *rest)), strict=True)]
        if after == state:
            break
        state = after
    kept = [TensorSpec((None, *s.shape), s.dtype) for s in state]
    return [*state, *kept, TensorSpec((), int32)] if history else state


def _loop_reference(
    *arrays: Array, test: Graph, step: Graph, count: int, most: int | None, history: bool
) -> list[Array]:
    return run_loop(lambda *now: evaluate(test, now)[0], lambda *now: evaluate(step, now), arrays, count, most, history)


def run_loop(
    test: Callable[..., Any],
    step: Callable[..., Sequence[Array]],
    arrays: Sequence[Array],
    count: int,
    most: int | None,
    history: bool,
) -> list[Array]:
    """Return what the state is in the end; with its history also what it was before each round, and their number."""
    state, rest = list(arrays[:count]), arrays[count:]
    past: list[list[Array]] = [[] for _ in range(count)]
    rounds = 0
    while (most is None or rounds < most) and test(*state, *rest):
        if history:
            for row, array in zip(past, state, strict=True):
                row.append(np.array(array))
        state = list(step(*state, *rest))
        rounds += 1
    if not history:
        return state
    kept = [np.stack(row) if row else np.zeros((0, *a.shape), a.dtype) for row, a in zip(past, state, strict=True)]
    return [*state, *kept, np.asarray(rounds, np.int32)]


def _loop_gradient(
    g: Sequence[Any], y: Sequence[Any], *operands: Any, test: Graph, step: Graph, count: int, most: Any, history: bool
) -> list[Any]:
    """Walk the rounds back: each gives the slopes at the state before it, and adds to those of what it only read."""
    if not history:  # a pass merges this loop with the one that it repeats
        y = loop.apply(*operands, test=test, step=step, count=count, most=most, history=True)
    past, rounds, rest = y[count : 2 * count], y[2 * count], operands[count:]
    into_past = list(g[count : 2 * count]) if history else [None] * count
    moving, read = _floats(operands[:count]), _floats(rest)
    back = differentiated(step, [*moving, *(count + r for r in read)], moving)
    zeros, gather = OPS["zeros_like"], OPS["gather"]
    seeds = [zeros(y[m]) if g[m] is None else g[m] for m in moving]
    marked = [m for m in moving if into_past[m] is not None]
    extra = [into_past[m] for m in marked]

    def before(number: Any, *tensors: Any) -> list[Any]:
        return [OPS["greater_equal"](number, 0)]

    def walk(number: Any, *tensors: Any) -> list[Any]:
        given = iter(tensors)
        slopes = [next(given) for _ in moving]
        sums = [next(given) for _ in read]
        states = [gather(next(given), number) for _ in range(count)]
        outside = [next(given) for _ in rest]
        found = replay(back, [*states, *outside, *slopes])
        new = found[: len(moving)]
        for m in marked:
            place = moving.index(m)
            new[place] = new[place] + gather(next(given), number)
        return [number - 1, *new, *[a + b for a, b in zip(sums, found[len(moving) :], strict=True)]]

    start = [rounds - 1, *seeds, *[zeros(rest[r]) for r in read]]
    fixed = [*past, *rest, *extra]
    specs = [t.spec for t in (*start, *fixed)]
    ended = loop.apply(
        *start,
        *fixed,
        test=traced(before, specs),
        step=traced(walk, specs),
        count=len(start),
        most=None,
        history=False,
    )[1:]
    places = [*moving, *(count + r for r in read)]
    return _placed(ended, places, len(operands))


loop: Final = Op(
    name="loop",
    summary="A state that a graph carries on for as long as another graph says so.",
    inputs=_OPERANDS,
    outputs=("values",),
    infer=_loop_infer,
    reference=_loop_reference,
    gradient=_loop_gradient,
    params={
        "test": _GRAPH,
        "step": _GRAPH,
        "count": Param("int", help="How many of the operands are the state; the others are only read.", min=0),
        "most": Param("int", None, "At most this many rounds.", min=0, optional=True),
        "history": Param("bool", False, "Also give out the state before each round, and the number of rounds."),
    },
    internal=True,
)


# ------------------------------------------------------------------------------------------------------------ scans


def _scan_infer(
    *operands: TensorSpec, step: Graph, count: int, along: int, length: int | None, reverse: bool
) -> list[TensorSpec]:
    state, items, rest = list(operands[:count]), operands[count : count + along], operands[count + along :]
    size = length
    for item in items:
        if not len(item.shape):
            raise InvalidArgumentError("A scalar has no axis to go along.", hint="Give it one with expand_dims.")
        if None not in (size, item.shape[0]) and size != item.shape[0]:
            raise InvalidArgumentError(
                "The tensors to go along differ in their first axis: {a} and {b}.", a=size, b=item.shape[0]
            )
        size = item.shape[0] if size is None else size
    slices = [TensorSpec(item.shape[1:], item.dtype) for item in items]
    while True:
        results = _specs_of(step, (*state, *slices, *rest))
        after = [_either(a, b) for a, b in zip(state, results[:count], strict=True)]
        if after == state:
            break
        state = after
    return [*state, *[TensorSpec((size, *s.shape), s.dtype) for s in results[count:]]]


def _scan_reference(
    *arrays: Array, step: Graph, count: int, along: int, length: int | None, reverse: bool
) -> list[Array]:
    outputs = [(tuple(d or 0 for d in v.spec.shape), v.spec.dtype.as_numpy_dtype) for v in step.outputs[count:]]
    return run_scan(lambda *now: evaluate(step, now), arrays, count, along, length, reverse, outputs)


def run_scan(
    step: Callable[..., Sequence[Array]],
    arrays: Sequence[Array],
    count: int,
    along: int,
    length: int | None,
    reverse: bool,
    outputs: Sequence[tuple[tuple[int, ...], Any]],
) -> list[Array]:
    """Return what the state is in the end, and what each step gives besides, stacked.

    `outputs` has the shape and dtype of each such piece, for a scan of no steps.
    """
    state, items, rest = list(arrays[:count]), arrays[count : count + along], arrays[count + along :]
    size = len(items[0]) if items else length or 0
    stacks: list[Array] = []
    for number in reversed(range(size)) if reverse else range(size):
        results = step(*state, *[item[number] for item in items], *rest)
        state = list(results[:count])
        if not stacks:
            stacks = [np.empty((size, *np.shape(piece)), piece.dtype) for piece in results[count:]]
        for stack, piece in zip(stacks, results[count:], strict=True):
            stack[number] = piece
    return [*state, *(stacks or [np.zeros((0, *shape), dtype) for shape, dtype in outputs])]


def _scan_gradient(
    g: Sequence[Any],
    y: Sequence[Any],
    *operands: Any,
    step: Graph,
    count: int,
    along: int,
    length: int | None,
    reverse: bool,
) -> list[Any]:
    """Go along the axis the other way, with the state before each step at hand."""
    state, items, rest = operands[:count], operands[count : count + along], operands[count + along :]
    moving, sliced, read = _floats(state), _floats(items), _floats(rest)
    attrs = {"count": count, "along": along, "length": length, "reverse": reverse}
    keeping = Graph(step.inputs, step.nodes, (*step.outputs, *step.inputs[:count]))
    past = scan.apply(*operands, step=keeping, **attrs)[len(step.outputs) :]
    pieces = [i for i, d in enumerate(g[count:]) if d is not None]
    sources = [*moving, *(count + s for s in sliced), *(count + along + r for r in read)]
    back = differentiated(step, sources, [*moving, *(count + p for p in pieces)])
    zeros = OPS["zeros_like"]
    start = [zeros(y[m]) if g[m] is None else g[m] for m in moving] + [zeros(rest[r]) for r in read]
    lines = [*past, *items, *[g[count + p] for p in pieces]]
    last = len(moving) + len(sliced)

    def walk(*tensors: Any) -> list[Any]:
        given = iter(tensors)
        slopes = [next(given) for _ in moving]
        sums = [next(given) for _ in read]
        states = [next(given) for _ in state]
        slices = [next(given) for _ in items]
        seeds = [next(given) for _ in pieces]
        found = replay(back, [*states, *slices, *given, *slopes, *seeds])
        new, parts, more = found[: len(moving)], found[len(moving) : last], found[last:]
        return [*new, *[a + b for a, b in zip(sums, more, strict=True)], *parts]

    def piece(spec: TensorSpec) -> TensorSpec:
        return TensorSpec(spec.shape[1:], spec.dtype)

    specs = [t.spec for t in start] + [piece(t.spec) for t in lines] + [t.spec for t in rest]
    found = scan.apply(
        *start,
        *lines,
        *rest,
        step=traced(walk, specs),
        count=len(start),
        along=len(lines),
        length=length,
        reverse=not reverse,
    )
    ends, parts = found[: len(start)], found[len(start) :]
    values = [*ends[: len(moving)], *parts, *ends[len(moving) :]]
    return _placed(values, sources, len(operands))


scan: Final = Op(
    name="scan",
    summary="A state that a graph carries along the first axis of tensors, and what it gives out on the way, stacked.",
    inputs=_OPERANDS,
    outputs=("values",),
    infer=_scan_infer,
    reference=_scan_reference,
    gradient=_scan_gradient,
    params={
        "step": _GRAPH,
        "count": Param("int", help="How many of the operands are the state.", min=0),
        "along": Param("int", help="How many operands behind them it goes along; the others are only read.", min=0),
        "length": Param("int", None, "Number of steps, where no tensor tells.", min=0, optional=True),
        "reverse": Param("bool", False, "Go from the end to the beginning."),
    },
    internal=True,
)

#: The ops of this file: those that passes and plans have to look into.
CONTROL: Final = (switch, loop, scan)

__all__ = ["CONTROL", "chosen", "differentiated", "loop", "run_loop", "run_scan", "scan", "switch", "traced"]
