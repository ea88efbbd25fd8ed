"""Signs: how ops are written in formulas, as people write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from engine.graph.graph import Node, Value


class Text(str):
    """A formula, and how tightly it holds together: 0 a sum, 1 a product, 2 a sign, 3 one thing."""

    tight: int

    def __new__(cls, text: str, tight: int = 3) -> Text:
        made = super().__new__(cls, text)
        made.tight = tight
        return made


def figure(number: Any, digits: int = 4) -> Text:
    """Return a number as it stands in a formula.

    >>> figure(-0.25), figure(1.0)
    ('−0.25', '1')
    """
    text = f"{float(number):.{digits}g}".replace("-", "−")
    return Text(text, 0 if text.startswith("−") else 3)


def within(text: Text, tight: int) -> str:
    """Return a formula as a part of one that holds together this tightly."""
    return str(text) if text.tight >= tight else f"({text})"


def product(a: Text, b: Text) -> Text:
    """Return two formulas multiplied; a factor of one is left out."""
    if "1" in (a, b):
        return b if a == "1" else a
    return Text(f"{within(a, 1)} · {within(b, 1)}", 1)


#: Gives an op of a formula as it is written, its operands being written already.
Write = Callable[[Node, Sequence[Text]], Text]


def _infix(sign: str, tight: int) -> Write:
    def write(_node: Node, parts: Sequence[Text]) -> Text:
        holds_alone = sign in "−/" or parts[1].startswith("−")
        return Text(f"{within(parts[0], tight)} {sign} {within(parts[1], tight + holds_alone)}", tight)

    return write


def _compared(sign: str) -> Write:
    return lambda _node, parts: Text(f"[{parts[0]} {sign} {parts[1]}]")


def _same(_node: Node, parts: Sequence[Text]) -> Text:
    return parts[0]


def _matrices(node: Node, parts: Sequence[Text]) -> Text:
    turned = ("ᵀ" if node.attrs.get(f"transpose_{side}") else "" for side in "ab")
    return Text(" · ".join(f"{within(part, 2)}{sign}" for part, sign in zip(parts, turned, strict=True)), 1)


def _chosen(_node: Node, parts: Sequence[Text]) -> Text:
    condition, yes, no = parts
    if no == "0":
        return yes if yes == "0" else Text(f"{within(yes, 1)} · {condition}", 1)
    if yes == "0":
        return Text(f"{within(no, 1)} · (1 − {condition})", 1)
    return Text(f"{condition} ? {yes} : {no}", 0)


def _added(node: Node, parts: Sequence[Text]) -> Text:
    if "0" in parts:
        return parts[1] if parts[0] == "0" else parts[0]
    return _infix("+", 0)(node, parts)


def _summed(node: Node, parts: Sequence[Text]) -> Text:
    is_smaller = node.inputs[0].spec.shape != node.specs[0].shape
    return Text(f"Σ {within(parts[0], 1)}", 1) if is_smaller else parts[0]


def _counted(node: Node, _parts: Sequence[Text]) -> Text:
    """Return how many elements are reduced to one: shapes are known where there are values."""
    shape = [size or 0 for size in node.inputs[0].spec.shape]
    return figure(node.op.reference(np.broadcast_to(np.float32(0), shape), **node.attrs), 6)


def _called(node: Node, parts: Sequence[Text]) -> Text:
    return Text(f"{node.op.name}({', '.join(parts)})")


_WRITTEN: Final[Mapping[str, Write]] = {
    "add": _added,
    "subtract": _infix("−", 0),
    "multiply": lambda _node, parts: product(*parts),
    "divide": _infix("/", 1),
    "negative": lambda _node, parts: Text(f"−{within(parts[0], 2)}", 1),
    "square": lambda _node, parts: Text(f"{within(parts[0], 3)}²", 2),
    "pow": lambda _node, parts: Text(f"{within(parts[0], 3)}^{within(parts[1], 3)}", 2),
    "sqrt": lambda _node, parts: Text(f"√{within(parts[0], 3)}", 2),
    "rsqrt": lambda _node, parts: Text(f"1 / √{within(parts[0], 3)}", 1),
    "exp": lambda _node, parts: Text(f"exp({parts[0]})"),
    "matmul": _matrices,
    "where": _chosen,
    "greater": _compared(">"),
    "greater_equal": _compared("≥"),
    "less": _compared("<"),
    "less_equal": _compared("≤"),
    "equal": _compared("="),
    "not_equal": _compared("≠"),
    "logical_and": lambda _node, parts: Text(f"{parts[0]} · {parts[1]}", 1),
    "reduce_sum": _summed,
    "sum_like": _summed,
    "reduced_size": _counted,
    "fill": lambda node, _parts: figure(node.attrs["value"], 6),
    "zeros_like": lambda _node, _parts: Text("0"),
    "ones_like": lambda _node, _parts: Text("1"),
    **dict.fromkeys(
        ("identity", "cast", "broadcast_like", "broadcast_to", "reshape_like", "reshape", "expand_dims", "squeeze"),
        _same,
    ),
}


def applied(value: Value, parts: Sequence[Text]) -> Text:
    """Return a result of an op as it is written, its operands being written already; of several, which one it is."""
    write = _WRITTEN.get(value.node.op.name, _called)
    text = write(value.node, parts)
    return text if len(value.node.outputs) == 1 else Text(f"{within(text, 3)}[{value.index}]")


def written(value: Value, leaves: Mapping[Value, Text]) -> Text:
    """Return what a value of a graph is made of, its leaves being written already."""
    if value in leaves:
        return leaves[value]
    node = value.node
    if node.op.name == "constant":
        array = np.asarray(node.attrs["value"])
        return figure(array.ravel()[0], 6) if array.size == 1 else Text("c")
    return applied(value, [written(v, leaves) for v in node.inputs])
