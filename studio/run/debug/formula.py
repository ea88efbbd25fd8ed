"""Formulas: the chain rule of an op, read off its record, in signs that people write and with the numbers in hand.

An op's gradient is written with ops. So it can be traced, and the trace be read as a formula: nothing about an op is
said here a second time. What is told here is how the ops of such formulas are written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from engine.core.dispatch import interpreting
from engine.core.dtype import Array
from engine.core.op import Op
from engine.core.quiet import quietly
from engine.core.spec import TensorSpec
from engine.graph.graph import Graph, Node, Value
from engine.graph.trace import Tracer
from studio.run.debug.card import Slope

#: Most elements of all arrays together for which a formula is worked out: beyond, a step would take too long to show.
WORKED_OUT: Final = 4_000_000
#: Longest formula that is shown, in characters.
LONGEST: Final = 160


class _Text(str):
    """A formula, and how tightly it holds together: 0 a sum, 1 a product, 2 a sign, 3 one thing."""

    tight: int

    def __new__(cls, text: str, tight: int = 3) -> _Text:
        made = super().__new__(cls, text)
        made.tight = tight
        return made


def _in(text: _Text, tight: int) -> str:
    return str(text) if text.tight >= tight else f"({text})"


def _infix(sign: str, tight: int) -> Callable[[Node, Sequence[_Text]], _Text]:
    def write(_node: Node, parts: Sequence[_Text]) -> _Text:
        holds_alone = sign in "−/" or parts[1].startswith("−")
        return _Text(f"{_in(parts[0], tight)} {sign} {_in(parts[1], tight + holds_alone)}", tight)

    return write


def _compared(sign: str) -> Callable[[Node, Sequence[_Text]], _Text]:
    return lambda _node, parts: _Text(f"[{parts[0]} {sign} {parts[1]}]")


def _same(_node: Node, parts: Sequence[_Text]) -> _Text:
    return parts[0]


def _product(node: Node, parts: Sequence[_Text]) -> _Text:
    turned = ("ᵀ" if node.attrs.get(f"transpose_{side}") else "" for side in "ab")
    return _Text(" · ".join(f"{_in(part, 2)}{sign}" for part, sign in zip(parts, turned, strict=True)), 1)


def _chosen(_node: Node, parts: Sequence[_Text]) -> _Text:
    condition, yes, no = parts
    if no == "0":
        return yes if yes == "0" else _Text(f"{_in(yes, 1)} · {condition}", 1)
    if yes == "0":
        return _Text(f"{_in(no, 1)} · (1 − {condition})", 1)
    return _Text(f"{condition} ? {yes} : {no}", 0)


def _times(_node: Node, parts: Sequence[_Text]) -> _Text:
    if "1" in parts:
        return parts[1] if parts[0] == "1" else parts[0]
    return _Text(f"{_in(parts[0], 1)} · {_in(parts[1], 1)}", 1)


def _summed(node: Node, parts: Sequence[_Text]) -> _Text:
    is_smaller = node.inputs[0].spec.shape != node.specs[0].shape
    return _Text(f"Σ {_in(parts[0], 1)}", 1) if is_smaller else parts[0]


#: How ops are written; those that are not here as functions of their operands.
_WRITTEN: Final[Mapping[str, Callable[[Node, Sequence[_Text]], _Text]]] = {
    "add": _infix("+", 0),
    "subtract": _infix("−", 0),
    "multiply": _times,
    "divide": _infix("/", 1),
    "negative": lambda _node, parts: _Text(f"−{_in(parts[0], 2)}", 1),
    "square": lambda _node, parts: _Text(f"{_in(parts[0], 3)}²", 2),
    "pow": lambda _node, parts: _Text(f"{_in(parts[0], 3)}^{_in(parts[1], 3)}", 2),
    "sqrt": lambda _node, parts: _Text(f"√{_in(parts[0], 3)}", 2),
    "rsqrt": lambda _node, parts: _Text(f"1 / √{_in(parts[0], 3)}", 1),
    "exp": lambda _node, parts: _Text(f"exp({parts[0]})"),
    "matmul": _product,
    "where": _chosen,
    "greater": _compared(">"),
    "greater_equal": _compared("≥"),
    "less": _compared("<"),
    "less_equal": _compared("≤"),
    "equal": _compared("="),
    "not_equal": _compared("≠"),
    "logical_and": lambda _node, parts: _Text(f"{parts[0]} · {parts[1]}", 1),
    "reduce_sum": _summed,
    "sum_like": _summed,
    "zeros_like": lambda _node, _parts: _Text("0"),
    "ones_like": lambda _node, _parts: _Text("1"),
    **dict.fromkeys(
        ("identity", "cast", "broadcast_like", "broadcast_to", "reshape_like", "reshape", "expand_dims", "squeeze"),
        _same,
    ),
}


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
) -> list[Slope]:
    """Return the chain rule of an op at each floating operand.

    Parameters
    ----------
    names
        Of the operands.
    inputs, outputs, g
        The operands, the results, and the gradients of the loss with respect to the results.

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
    leaves = {value: _Text(word) for value, word in zip(graph.inputs, words, strict=True)}
    # of a product there is no example: to work it out would take as long as the step itself
    is_small = sum(a.size for a in arrays) <= WORKED_OUT
    is_worked_out = is_small and all(map(_goes_by_elements, graph.outputs))
    known = _worked_out(graph, arrays) if is_worked_out else {}
    found = []
    for name, array, value in zip(names, inputs, graph.outputs, strict=True):
        if array.dtype.kind != "f" or value.node.op.name == "constant":
            continue
        text = _written(value, leaves)
        if len(text) > LONGEST:
            text = _Text(text[: LONGEST - 1] + "…")
        formula = f"∂L/∂{name} = {text}"
        if not is_worked_out or not array.size:
            found.append(Slope(name, formula))
            continue
        index = tuple(int(i) for i in np.unravel_index(np.abs(known[value]).argmax(), known[value].shape))
        found.append(Slope(name, formula, _example(name, value, index, leaves, known), index, known[value]))
    return found


def _worked_out(graph: Graph, arrays: Sequence[Array]) -> dict[Value, Array]:
    known: dict[Value, Array] = dict(zip(graph.inputs, arrays, strict=True))
    for node in graph.nodes:
        if node.outputs[0] not in known:
            made = quietly(node.op.reference, *(known[v] for v in node.inputs), **node.attrs)
            made = made if isinstance(made, list | tuple) else [made]
            known.update(zip(node.outputs, map(np.asarray, made), strict=True))
    return known


def _goes_by_elements(value: Value) -> bool:
    """Return whether a value is made of elements at the same place only."""
    op = value.node.op
    is_leaf = op.name in ("placeholder", "constant", "zeros_like", "ones_like")
    return is_leaf or (op.scalar is not None and all(map(_goes_by_elements, value.node.inputs)))


def _written(value: Value, leaves: Mapping[Value, _Text]) -> _Text:
    if value in leaves:
        return leaves[value]
    node = value.node
    if node.op.name == "constant":
        array = np.asarray(node.attrs["value"])
        return _Text(f"{array.ravel()[0]:.6g}") if array.size == 1 else _Text("c")
    parts = [_written(v, leaves) for v in node.inputs]
    write = _WRITTEN.get(node.op.name)
    return write(node, parts) if write is not None else _Text(f"{node.op.name}({', '.join(parts)})")


def _example(
    name: str, value: Value, index: tuple[int, ...], leaves: Mapping[Value, _Text], known: Mapping[Value, Array]
) -> str:
    """Return a formula with the numbers that go into one element, if these are elements at the same place."""
    shape = known[value].shape
    numbers: dict[Value, _Text] = {}

    def collect(at: Value) -> bool:
        if at in leaves:
            try:
                number = float(np.broadcast_to(known[at], shape)[index])
            except (ValueError, TypeError):
                return False
            numbers[at] = _Text(f"{number:.4g}".replace("-", "−"), 0 if number < 0 else 3)
            return True
        return all(map(collect, at.node.inputs))

    if not collect(value):
        return ""
    where = f"[{', '.join(map(str, index))}]" if index else ""
    total = f"{float(known[value][index]):.4g}".replace("-", "−")
    written = _written(value, numbers)
    return f"∂L/∂{name}{where} = {total}" if written == total else f"∂L/∂{name}{where} = {written} = {total}"
