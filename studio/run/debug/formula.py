"""Formulas: the chain rule of an op, read off its record, in signs that people write and with the numbers in hand.

An op's gradient is written with ops. So it can be traced, and the trace be read as a formula: nothing about an op is
said here a second time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from engine.core.dispatch import interpreting
from engine.core.dtype import Array
from engine.core.op import Op
from engine.core.spec import TensorSpec
from engine.graph.graph import Graph, Value
from engine.graph.trace import Tracer
from studio.run.debug.card import Slope
from studio.run.debug.example import Example, worked_out
from studio.run.debug.signs import Text, figure, written

#: Most elements of all arrays together for which a formula is worked out: beyond, a step would take too long to show.
WORKED_OUT: Final = 4_000_000
#: Most products that are added up for it, for the same reason: those of a layer of 784 to 128 units for 32 examples, of
#: which formula and example take 8 ms. Of a convolution, which NumPy is slow at, 6 million take 290 ms.
PRODUCTS: Final = 4_000_000
#: Longest formula that is shown, in characters.
LONGEST: Final = 160


def traced(op: Op, inputs: Sequence[TensorSpec], outputs: Sequence[TensorSpec], attrs: dict[str, Any]) -> Graph | None:
    """Return the gradient of an op as a graph of the gradients of its results, its results and its operands.

    None if it has none. An operand without a gradient has none of the outputs: they come for each operand that has.
    """
    if op.gradient is None:
        return None
    tracer = Tracer(lambda *_: None)
    with interpreting(tracer):
        g = [tracer.input(spec) for spec in outputs]
        y = [tracer.input(spec) for spec in outputs]
        x = [tracer.input(spec) for spec in inputs]
        single = len(op.outputs) == 1 and len(outputs) == 1 and not op.listing
        found = op.gradient(g[0] if single else g, y[0] if single else y, *x, **attrs)
        zero = tracer.convert(np.zeros((), np.float32))
        return tracer.graph([zero if d is None else d for d in found])


def slopes(
    op: Op,
    attrs: dict[str, Any],
    names: Sequence[str],
    inputs: Sequence[Array],
    outputs: Sequence[Array],
    g: Sequence[Array],
    is_thorough: bool = False,
) -> list[Slope]:
    """Return the chain rule of an op at each floating operand.

    Parameters
    ----------
    names
        Of the operands.
    inputs, outputs, g
        The operands, the results, and the gradients of the loss with respect to the results.
    is_thorough
        Whether it is worked out however many numbers there are.

    Examples
    --------
    >>> from engine.ops import OPS
    >>> x, one = np.array([0.0], np.float32), np.ones(1, np.float32)
    >>> [slope] = slopes(OPS["sigmoid"], {}, ["x"], [x], [one / 2], [2 * one])
    >>> slope.formula, slope.example
    ('∂L/∂x = ∂L/∂y · y · (1 − y)', '∂L/∂x[0] = 2 · 0.5 · (1 − 0.5) = 0.5')
    """
    specs = [TensorSpec(a.shape, a.dtype) for a in inputs]
    graph = traced(op, specs, [TensorSpec(a.shape, a.dtype) for a in outputs], attrs)
    if graph is None:
        return []
    result = "z" if "y" in names else "y"
    called = [result] if len(outputs) == 1 else [f"{result}{i + 1}" for i in range(len(outputs))]
    words = [*(f"∂L/∂{name}" for name in called), *called, *names]
    arrays = [*g, *outputs, *inputs]
    leaves = {value: Text(word) for value, word in zip(graph.inputs, words, strict=True)}
    is_quick = is_thorough or _is_quick(graph, arrays)
    known = worked_out(graph, arrays) if is_quick else {}
    example = Example(known, leaves, graph.inputs[: len(g)])
    found = []
    for name, array, value in zip(names, inputs, graph.outputs, strict=True):
        if array.dtype.kind != "f" or value.node.op.name == "constant":
            continue
        formula = f"∂L/∂{name} = {_cut(written(value, leaves))}"
        if not is_quick or not array.size:
            found.append(Slope(name, formula, is_left_out=not is_quick))
            continue
        index = tuple(int(i) for i in np.unravel_index(np.abs(known[value]).argmax(), known[value].shape))
        found.append(Slope(name, formula, _equation(name, value, index, example, known), index, known[value]))
    return found


def _is_quick(graph: Graph, arrays: Sequence[Array]) -> bool:
    """Return whether a formula can be worked out in no time."""
    products = sum(
        node.op.multiply_adds([v.spec for v in node.inputs], node.specs, **node.attrs)
        for node in graph.nodes
        if node.op.multiply_adds is not None
    )
    return sum(a.size for a in arrays) <= WORKED_OUT and products <= PRODUCTS


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _equation(name: str, value: Value, index: tuple[int, ...], example: Example, known: Mapping[Value, Array]) -> str:
    """Return an element of a gradient with the numbers that go into it."""
    where = f"[{', '.join(map(str, index))}]" if index else ""
    right, total = example.written(value, index), figure(known[value][index])
    return f"∂L/∂{name}{where} = {total}" if right == total else f"∂L/∂{name}{where} = {_cut(right)} = {total}"
