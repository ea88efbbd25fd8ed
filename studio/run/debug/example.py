"""The numbers of a formula: one element of a gradient, worked out with what is in hand.

A gradient is linear in the gradients that it is made of. So whatever an op does, an element of it is a sum: of elements
of the gradient behind the op, each multiplied by what the op's own gradient says of it. Elementwise ops are written as
their formula is; of all others the greatest terms of that sum are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import EngineError
from engine.core.quiet import quietly
from engine.graph.graph import Graph, Value
from engine.runtime.eager import constant
from engine.runtime.tape import GradientTape
from studio.run.debug.signs import Text, applied, figure, product

#: Terms of a sum that are written; of more, the greatest.
TERMS: Final = 3
Index = tuple[int, ...]

#: Ops that hand the one element on that they were given, or its opposite: what lies below is written out, too.
_OPEN: Final = frozenset(("identity", "cast", "negative", "broadcast_like", "broadcast_to"))


def worked_out(graph: Graph, arrays: Collection[Array]) -> dict[Value, Array]:
    """Return all values of a graph for arrays in place of its inputs."""
    known: dict[Value, Array] = dict(zip(graph.inputs, arrays, strict=True))
    for node in graph.nodes:
        if node.outputs[0] not in known:
            made = quietly(node.op.reference, *(known[v] for v in node.inputs), **node.attrs)
            made = made if isinstance(made, list | tuple) else [made]
            known.update(zip(node.outputs, map(np.asarray, made), strict=True))
    return known


class Example:
    """Writes elements of the values of a graph.

    Parameters
    ----------
    known
        All values of it.
    leaves
        Those that are not made of others.
    gradients
        The leaves that are gradients of the loss.
    """

    def __init__(self, known: Mapping[Value, Array], leaves: Collection[Value], gradients: Collection[Value]) -> None:
        self._known, self._leaves = known, frozenset(leaves)
        self._carrying: dict[Value, bool] = {leaf: leaf in gradients for leaf in leaves}

    def written(self, value: Value, index: Index, is_whole: bool = True) -> Text:
        """Return an element with what it is made of.

        Parameters
        ----------
        is_whole
            Whether it is all that is written: sums within something else are written as what they amount to.
        """
        node = value.node
        if value not in self._leaves and node.inputs:
            if node.op.scalar is not None or node.op.name in _OPEN:
                is_open = is_whole and node.op.name in _OPEN
                operands = node.inputs[:1] if node.op.name.startswith("broadcast") else node.inputs
                parts = [self.written(v, _folded(index, self._known[v].shape), is_open) for v in operands]
                return applied(value, parts)
            if is_whole and (terms := self._terms(value, index)) is not None:
                return terms
        return figure(self._known[value][index])

    def _carries(self, value: Value) -> bool:
        """Return whether a value depends on a gradient of the loss."""
        if value not in self._carrying:
            self._carrying[value] = any(map(self._carries, value.node.inputs))
        return self._carrying[value]

    def _terms(self, value: Value, index: Index) -> Text | None:
        """Return an element as the sum that it is, None where that cannot be said."""
        carriers = [i for i, v in enumerate(value.node.inputs) if self._carries(v)]
        if len(carriers) != 1 or (factors := self._factors(value, index, carriers[0])) is None:
            return None
        source = value.node.inputs[carriers[0]]
        terms = self._known[source] * factors
        cells = np.flatnonzero(terms)
        cells = cells[np.argsort(-np.abs(terms.ravel()[cells]), kind="stable")]
        if not cells.size:
            return Text("0")
        is_one = cells.size == 1
        parts = []
        for cell in cells[:TERMS]:
            place = tuple(int(i) for i in np.unravel_index(cell, factors.shape))
            element = self.written(source, place, is_one)
            parts.append(product(element, figure(factors[place])))
        if is_one:
            return parts[0]
        more = " + …" if cells.size > TERMS else ""
        return Text(" + ".join(part if part[0] != "−" else f"({part})" for part in parts) + more, 0)

    def _factors(self, value: Value, index: Index, operand: int) -> Array | None:
        """Return by what each element of an operand is multiplied, where an op is linear in it."""
        node = value.node
        inputs = [constant(self._known[v]) for v in node.inputs]
        try:
            with GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(inputs[operand])
                made = node.op.apply(*inputs, **node.attrs)
            one: Any = np.zeros_like(self._known[value])
            one[index] = 1
            output = made[value.index] if isinstance(made, list | tuple) else made
            slope = tape.gradient(output, inputs[operand], output_gradients=constant(one))
        except EngineError:  # it cannot be differentiated again
            return None
        return None if slope is None else np.asarray(slope.numpy())


def _folded(index: Index, shape: tuple[int, ...]) -> Index:
    """Return the place of an element in an operand that was broadcast.

    >>> _folded((2, 3, 4), (3, 1))
    (3, 0)
    """
    own = index[len(index) - len(shape) :]
    return tuple(0 if size == 1 else i for i, size in zip(own, shape, strict=True))
