"""Never a wrong kernel: graphs that compute something else are never run by the same kernels in the same way.

What a plan does is settled by its *calls*: for each step the key of its kernel (or the op and its attributes, where
there is none), which arrays it is handed in which order, how large, and which numbers. Sizes, the attributes of
kernels written by hand, and where operands come from are arguments, and so in the calls but not in the key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from calls import Call, calls
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import engine.ops  # noqa: F401  # fills OPS
from engine.compile import cache
from engine.compile.plan import Plan, Step
from engine.compile.select import select
from engine.core.convert import contiguous
from engine.core.dtype import Array
from engine.core.errors import EngineError
from engine.core.op import OPS
from engine.core.quiet import quietly
from engine.core.spec import TensorSpec
from engine.graph.graph import Graph, Node, Value, input_node, key_of, make
from engine.graph.interpret import evaluate
from engine.passes import PIPELINE, optimise
from engine.passes.fuse import FUSED

UNARY = ["exp", "tanh", "abs", "square", "relu", "negative", "sigmoid"]
BINARY = ["add", "subtract", "multiply", "maximum", "minimum"]
#: Ops with an attribute that their expression, or their loops, are written from.
WITH_ATTRS: dict[str, list[dict[str, Any]]] = {
    "leaky_relu": [{"alpha": 0.1}, {"alpha": 0.3}],
    "gelu": [{"approximate": True}, {"approximate": False}],
    "reduce_sum": [{"axis": a, "keepdims": True} for a in (0, 1, None)],
    "reduce_max": [{"axis": a, "keepdims": True} for a in (0, 1, None)],
    "reduce_mean": [{"axis": a, "keepdims": True} for a in (0, 1, None)],
    "softmax": [{"axis": 0}, {"axis": 1}],
    "transpose": [{"perm": [1, 0]}, {"perm": [0, 1]}],
}
SHAPES = [(3, 3), (3, 1), (1, 3), (1, 1)]


@dataclass(frozen=True)
class Line:
    """One op of a program: what it is, and from which earlier values it takes its operands."""

    op: str
    operands: tuple[int, ...]
    attrs: int = 0


@dataclass(frozen=True)
class Sketch:
    """A program that can be altered in one place."""

    shapes: tuple[tuple[int, ...], ...]
    lines: tuple[Line, ...]
    dtype: str = "float32"
    flat: bool = False
    all_out: bool = False

    def graph(self) -> Graph:
        """Return it as a graph that gives out all that nobody takes, or all that it computes.

        Raises
        ------
        EngineError
            If an op cannot take what it is given.
        """
        inputs = [input_node(TensorSpec((1, *s) if self.flat else s, self.dtype)) for s in self.shapes]
        values: list[Value] = [n.outputs[0] for n in inputs]
        nodes: list[Node] = list(inputs)
        for line in self.lines:
            attrs = WITH_ATTRS[line.op][line.attrs] if line.op in WITH_ATTRS else {}
            operands = [values[i] for i in line.operands]
            op = OPS[line.op]
            node = make(op, operands, op.bind(operands, attrs)[1])
            nodes.append(node)
            values.append(node.outputs[0])
        taken = set() if self.all_out else {i for line in self.lines for i in line.operands}
        outputs = [v for i, v in enumerate(values) if i not in taken and i >= len(inputs)]
        return Graph(tuple(values[: len(inputs)]), tuple(nodes), tuple(outputs))


@st.composite
def sketches(draw: st.DrawFn) -> Sketch:
    """Return a program of up to 8 ops on two or three matrices, now and then of one kind."""
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=2, max_size=3))
    ops = draw(st.sampled_from([[*UNARY, *BINARY, *WITH_ATTRS], ["subtract", "multiply", "tanh"]]))
    lines: list[Line] = []
    for _ in range(draw(st.integers(1, 8))):
        op = draw(st.sampled_from(ops))
        reach = st.integers(0, len(shapes) + len(lines) - 1)
        operands = tuple(draw(reach) for _ in range(2 if op in BINARY else 1))
        lines.append(Line(op, operands, draw(st.integers(0, len(WITH_ATTRS.get(op, [0])) - 1))))
    return Sketch(tuple(shapes), tuple(lines), all_out=draw(st.booleans()))


@st.composite
def altered(draw: st.DrawFn, kind: str) -> tuple[Sketch, Sketch]:
    """Return a program and the same with one thing changed."""
    sketch = draw(sketches())
    if kind == "attribute":
        last = Line(draw(st.sampled_from(list(WITH_ATTRS))), (len(sketch.shapes) + len(sketch.lines) - 1,))
        sketch = replace(sketch, lines=(*sketch.lines, last))
    number = draw(st.sampled_from([i for i, k in enumerate(sketch.lines) if kind != "attribute" or k.op in WITH_ATTRS]))
    line = sketch.lines[number]
    if kind == "edge":
        place = draw(st.integers(0, len(line.operands) - 1))
        other = draw(st.integers(0, len(sketch.shapes) + number - 1))
        line = replace(line, operands=(*line.operands[:place], other, *line.operands[place + 1 :]))
    elif kind == "attribute":
        line = replace(line, attrs=draw(st.integers(0, len(WITH_ATTRS[line.op]) - 1)))
    elif kind == "op":
        line = replace(line, op=draw(st.sampled_from(BINARY if line.op in BINARY else UNARY)), attrs=0)
    elif kind == "dtype":
        return sketch, replace(sketch, dtype="float64")
    else:
        shapes = list(sketch.shapes)
        shapes[draw(st.integers(0, len(shapes) - 1))] = draw(st.sampled_from(SHAPES))
        return sketch, replace(sketch, shapes=tuple(shapes))
    assume(line != sketch.lines[number])
    return sketch, replace(sketch, lines=(*sketch.lines[:number], line, *sketch.lines[number + 1 :]))


# ------------------------------------------------------------------------------------------------------ plans as calls


@contextmanager
def nothing_compiled() -> Iterator[None]:
    """Let plans be made without their kernels."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "load", lambda source: 1)
        yield


def call_of(step: Step, places: dict[Value, Any], plan: Plan) -> tuple[Any, ...]:
    """Return what is called, and with what."""
    known = [(("in", places[plan.root(v)]), a) for v, a in zip(step.node.inputs, step.inputs, strict=True)]
    known += [(("out", i), a) for i, a in enumerate(step.outputs)]
    arguments: list[Any] = []
    shape: Any
    for argument in step.arguments:
        if not isinstance(argument, np.ndarray):
            arguments.append(argument)
            continue
        names = [n for n, a in known if a.ctypes.data == argument.ctypes.data]
        content = () if names else argument.tobytes()
        if step.node.op is FUSED:  # dtypes and ranks of what it is handed must be in its key
            shape = argument.size
        elif step.source:
            shape = argument.shape
        else:
            shape = argument.shape, argument.strides, argument.dtype.str
        arguments.append((names, shape, content))
    what = cache.key(step.source) if step.source else (step.node.op.name, key_of(step.node.attrs))
    return step.choice.kind, what, arguments


def calls_of(plan: Plan) -> list[Any]:
    """Return all that a plan does, and what it gives out."""
    places: dict[Value, Any] = {v: ("input", i) for i, v in enumerate(plan.graph.inputs)}
    for node in plan.graph.nodes:
        if node.op.name == "constant":
            value = np.asarray(node.attrs["value"])
            places[node.outputs[0]] = ("constant", value.dtype.str, value.shape, value.tobytes())
    result: list[Any] = []
    for number, step in enumerate(plan.steps):
        result.append(call_of(step, places, plan))
        places |= {v: ("step", number, i) for i, v in enumerate(step.node.outputs)}
    return [*result, [(places[plan.root(v)], v.spec.shape) for v in plan.graph.outputs]]


def inputs_for(graph: Graph) -> list[Array]:
    """Return arrays for a graph, all other numbers, the same for the same sizes."""
    return [
        contiguous(
            np.random.default_rng(i)
            .normal(size=tuple(d or 0 for d in v.spec.shape))
            .astype(v.spec.dtype.as_numpy_dtype)
        )
        for i, v in enumerate(graph.inputs)
    ]


def same_bits(a: Sequence[Array], b: Sequence[Array]) -> bool:
    """Whether arrays are equal to the last bit."""
    return len(a) == len(b) and all(
        x.dtype == y.dtype and x.shape == y.shape and x.tobytes() == y.tobytes()
        for x, y in zip(map(np.asarray, a), map(np.asarray, b), strict=True)
    )


def assert_kernels_say_what_they_do(plans: Sequence[Plan]) -> None:
    """Fused nodes with one key, over arrays of the same sizes, must be the same function of them."""
    steps = [s for plan in plans for s in plan.steps if s.node.op is FUSED and s.source is not None]
    for a, b in combinations(steps, 2):
        bodies: list[Graph] = [s.node.attrs["body"] for s in (a, b)]
        if cache.key(a.source) != cache.key(b.source):  # type: ignore[arg-type]
            continue
        if [v.spec for v in bodies[0].inputs] == [v.spec for v in bodies[1].inputs]:
            arrays = inputs_for(bodies[0])
            assert same_bits(evaluate(bodies[0], arrays), evaluate(bodies[1], arrays)), a.source


@pytest.mark.parametrize("kind", ["edge", "attribute", "op", "dtype", "rank"])
def test_programs_that_differ_in_one_thing_are_not_run_alike(kind: str) -> None:
    """If any two were, though they give other values, the wrong one would be run for one of them."""
    differing = 0

    @settings(max_examples=150, derandomize=True, database=None)
    @given(altered(kind))
    def check(pair: tuple[Sketch, Sketch]) -> None:
        nonlocal differing
        try:
            graphs = [sketch.graph() for sketch in pair]
        except EngineError:  # a shape does not fit
            assume(False)
        for pipeline in (PIPELINE, PIPELINE[:-1]):
            with nothing_compiled():
                plans = [Plan(optimise(g, pipeline)) for g in graphs]
            values = [evaluate(g, inputs_for(g)) for g in graphs]
            if not same_bits(*values):
                differing += 1
                assert calls_of(plans[0]) != calls_of(plans[1])
            assert_kernels_say_what_they_do(plans)

    check()
    assert differing > 60


# ------------------------------------------------------------------------------------------------------- what is shared


def keys(sketch: Sketch) -> list[str]:
    """Return the keys of a program's kernels."""
    with nothing_compiled():
        return [cache.key(s.source) for s in Plan(optimise(sketch.graph())).steps if s.source]


CHAIN = Sketch(((3, 3), (3, 3)), (Line("exp", (0,)), Line("tanh", (1,)), Line("subtract", (2, 3))))


def test_structure_is_in_the_key() -> None:
    everything = replace(CHAIN, all_out=True)
    others = [
        everything,
        replace(everything, lines=(*CHAIN.lines[:2], Line("subtract", (2, 2)))),
        replace(everything, lines=(*CHAIN.lines[:2], Line("subtract", (3, 2)))),
        CHAIN,
        replace(CHAIN, lines=(*CHAIN.lines[:2], Line("subtract", (2, 2)))),
        replace(CHAIN, lines=(*CHAIN.lines[:2], Line("subtract", (2, 1)))),
        replace(CHAIN, lines=(*CHAIN.lines[:2], Line("add", (2, 3)))),
        replace(CHAIN, lines=(*CHAIN.lines, Line("relu", (4,)))),
        replace(CHAIN, dtype="float64"),
        replace(CHAIN, shapes=((3, 3), (1, 3))),
        replace(CHAIN, shapes=((3, 3), (3, 1))),
    ]
    for op in ("leaky_relu", "gelu", "reduce_sum", "reduce_max", "reduce_mean"):
        others += [replace(CHAIN, lines=(*CHAIN.lines, Line(op, (4,), n))) for n in range(len(WITH_ATTRS[op]))]
    for a, b in combinations(others, 2):
        assert keys(a) != keys(b), (a, b)


@pytest.mark.parametrize(
    "other",
    [
        replace(CHAIN, shapes=((5, 7), (5, 7))),
        replace(CHAIN, flat=True),  # an axis more, over which nothing differs
        replace(CHAIN, lines=(Line("exp", (1,)), Line("tanh", (0,)), Line("subtract", (2, 3)))),
    ],
    ids=["sizes", "merged axes", "operands from elsewhere"],
)
def test_arguments_are_not_in_the_key(other: Sketch) -> None:
    assert keys(other) == keys(CHAIN)
    with nothing_compiled():
        assert calls_of(Plan(optimise(other.graph()))) != calls_of(Plan(optimise(CHAIN.graph())))


# ---------------------------------------------------------------------------------------------- kernels written by hand


def variations(call: Call) -> Iterator[dict[str, Any]]:
    """Yield the attributes of a call with one changed at a time."""
    for name, value in call.attrs.items():
        param = call.op.params[name]
        others: list[Any] = list(param.choices) if isinstance(value, str) else []
        if isinstance(value, bool):
            others = [not value]
        elif isinstance(value, int | float):
            others = [value + 1, value - 1, value / 2 if isinstance(value, float) else value * 2]
        elif isinstance(value, tuple | list) and all(isinstance(v, int) for v in value):
            others = [type(value)(v + (i == k) for i, v in enumerate(value)) for k in range(len(value))]
        for other in others:
            if other != value:
                yield {**call.attrs, name: other}


def kernel_call(call: Call, attrs: dict[str, Any]) -> tuple[Any, list[Array]] | None:
    """Return how a kernel is called for these attributes and what should come out; None if they do not fit."""
    try:
        inputs = [input_node(s) for s in call.specs]
        node = make(call.op, [n.outputs[0] for n in inputs], attrs)
        expected = quietly(call.op.reference, *call.arrays, **attrs)
    except (EngineError, ValueError, IndexError, ZeroDivisionError):
        return None
    expected = list(expected) if isinstance(expected, tuple | list) else [np.asarray(expected)]
    choice = select(node, {}, lambda node: lambda arrays: [])
    if choice.source is None:
        return None
    outputs = [np.zeros([d or 0 for d in s.shape], s.dtype.as_numpy_dtype) for s in node.specs]
    arrays = [contiguous(a) for a in call.arrays]
    arguments = choice.arrange(arrays, outputs)
    named = [(("in", i), a) for i, a in enumerate(arrays)] + [(("out", i), a) for i, a in enumerate(outputs)]
    given: list[Any] = [cache.key(choice.source(arguments))]
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            names = [n for n, a in named if a.size and a.ctypes.data == argument.ctypes.data]
            given.append((names, argument.shape, argument.strides, None if names else argument.tobytes()))
        else:
            given.append(argument)
    return given, expected


@pytest.mark.parametrize("name", [op.name for op in OPS.values() if op.kernel is not None])
def test_attributes_reach_kernels_written_by_hand(name: str) -> None:
    compared = 0
    for call in [c for dtype in ("float32", "int32") for c in calls(OPS[name], dtype)]:
        first = kernel_call(call, call.attrs)
        if first is None:
            continue
        compared += 1
        for attrs in variations(call):
            other = kernel_call(call, attrs)
            if other is not None and not same_bits(first[1], other[1]):
                assert first[0] != other[0], (call.attrs, attrs)
    assert compared
