"""How values flow through one forward pass: which op made which, what the trained weights see, what is bent where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from engine.core.dispatch import origin, phase
from engine.core.dtype import Array
from engine.core.op import Op
from engine.core.witness import Witness
from studio.run.health.records import LayerPair

#: Ops that leave values as they are.
_SHAPING: Final = frozenset({"reshape", "flatten", "squeeze", "expand_dims", "transpose", "identity", "cast"})
#: Ops that take sums of what goes in, each with a weight.
_WEIGHTING: Final = frozenset(
    {"matmul", "einsum", "conv1d", "conv2d", "conv3d", "depthwise_conv2d", "conv1d_transpose", "conv2d_transpose"}
)
#: Ops with weights that bend what goes in.
_RECURRENT: Final = frozenset({"lstm", "gru", "simple_rnn"})
#: Ops through which what comes in straight goes out straight.
_STRAIGHT: Final = _SHAPING | {
    *("bias_add", "add", "subtract", "negative", "pad", "slice", "concat", "avg_pool1d", "avg_pool2d", "avg_pool3d"),
    *("reduce_mean", "reduce_sum", "multiply", "divide"),
}
#: Ops of the above of which both sides must not come from a weight.
_PRODUCTS: Final = frozenset({"multiply", "divide"})
PROBABILITIES: Final = frozenset({"softmax", "sigmoid", "hard_sigmoid"})
#: Activation functions with flat ends: which of their values are at one.
SATURATED: Final[Mapping[str, Any]] = {
    "sigmoid": lambda y: np.abs(y - 0.5) > 0.49,
    "hard_sigmoid": lambda y: np.abs(y - 0.5) > 0.499,
    "tanh": lambda y: np.abs(y) > 0.98,
    "softsign": lambda y: np.abs(y) > 0.98,
    "softmax": lambda y: y.max(axis=-1) > 0.99,
}
#: Activation functions that are 0 for all that is negative.
RECTIFIERS: Final = frozenset({"relu", "relu6"})
_BENT: Final = SATURATED.keys() | RECTIFIERS | {"leaky_relu", "elu", "selu", "gelu", "silu", "softplus", "log_softmax"}


@dataclass(frozen=True)
class Bent:
    """An activation function that was applied."""

    node: str
    op: str
    output: Any


@dataclass
class Flow(Witness):
    """Watches one forward pass and its losses.

    Attributes
    ----------
    bent
        The activation functions, in order.
    first
        What the first trained layers were given, by their nodes.
    linear
        Layers in a row that nothing bends.
    doubled
        Nodes that make probabilities of probabilities.
    """

    bent: list[Bent] = field(default_factory=list)
    first: dict[str, Array] = field(default_factory=dict)
    linear: dict[tuple[str, str], LayerPair] = field(default_factory=dict)
    doubled: dict[str, None] = field(default_factory=dict)
    _made: dict[int, tuple[str, str, Sequence[Any]]] = field(default_factory=dict)
    _weights: set[int] = field(default_factory=set)
    _learned: set[int] = field(default_factory=set)
    """Tensors that depend on a trained weight."""
    _straight: dict[int, tuple[str, int]] = field(default_factory=dict)
    """Tensors that come straight from a layer: its node, and the size of what went into it."""
    _kept: list[Any] = field(default_factory=list)
    _operands: Sequence[Any] = ()

    def read(self, variable: Any, tensor: Any) -> None:
        self._kept.append(tensor)
        if variable.trainable:
            self._weights.add(id(tensor))

    def before(self, op: Op, operands: Sequence[Any], attrs: dict[str, Any]) -> None:
        self._operands = operands

    def after(self, op: Op, outputs: Sequence[Any], seconds: float) -> None:
        if phase() != "forward":
            return
        operands, node = self._operands, origin()
        self._kept += [*operands, *outputs]
        weighed = [o for o in operands if id(o) in self._weights]
        data = [o for o in operands if id(o) not in self._weights]
        if weighed and data and op.name in _WEIGHTING | _RECURRENT and id(data[0]) not in self._learned:
            self.first.setdefault(node, data[0].numpy())
        straight = self._trace_straight(op.name, node, data, bool(weighed), outputs)
        if op.name in PROBABILITIES and self.made_by(data[0])[1] in PROBABILITIES:
            self.doubled[node] = None
        if op.name in _BENT:
            self.bent.append(Bent(node, op.name, outputs[0]))
        is_learned = bool(weighed) or any(id(o) in self._learned for o in data)
        for output in outputs:
            self._made[id(output)] = op.name, node, operands
            if is_learned:
                self._learned.add(id(output))
            if straight is not None:
                self._straight[id(output)] = straight
            if len(operands) == 1 and id(operands[0]) in self._weights and op.name in _SHAPING:
                self._weights.add(id(output))  # the weight itself, in another shape

    def _trace_straight(
        self, op: str, node: str, data: Sequence[Any], is_weighed: bool, outputs: Sequence[Any]
    ) -> tuple[str, int] | None:
        """Return which layer a result comes straight from, and note the pair of layers if it is the second one."""
        before = next((self._straight[id(o)] for o in data if id(o) in self._straight), None)
        if op in _WEIGHTING and is_weighed and data:
            width, out = int(data[0].shape[-1]), int(outputs[0].shape[-1])
            if before is not None and before[0] != node:
                self.linear.setdefault((before[0], node), LayerPair(before[0], node, (before[1], width, out)))
            return (node, width) if op != "depthwise_conv2d" else None  # it and the next one make a separable one
        if op not in _STRAIGHT or (op in _PRODUCTS and sum(id(o) in self._learned for o in data) > 1):
            return None
        return before

    def made_by(self, tensor: Any) -> tuple[str, str]:
        """Return the node and the op that a tensor comes from, past changes of its shape."""
        while (made := self._made.get(id(tensor))) is not None:
            op, node, operands = made
            if op not in _SHAPING:
                return node, op
            tensor = operands[0]
        return "", ""

    def is_result(self, bent: Bent, predictions: Sequence[Any]) -> bool:
        """Return whether a prediction is nothing but the result of an activation function."""
        return any(any(t is bent.output for t in self._past_shaping(p)) for p in predictions)

    def _past_shaping(self, tensor: Any) -> Iterator[Any]:
        yield tensor
        while (made := self._made.get(id(tensor))) is not None and made[0] in _SHAPING:
            tensor = made[2][0]
            yield tensor
