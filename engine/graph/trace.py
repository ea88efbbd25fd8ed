"""Tracing: running a Python function once with symbolic tensors, to learn the graph it stands for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

from engine.core.convert import as_array
from engine.core.dispatch import is_in_charge, origin, phase
from engine.core.dtype import Array, DType
from engine.core.errors import EngineError, UnsupportedError
from engine.core.op import OPS, Op
from engine.core.shape import TensorShape
from engine.core.spec import TensorSpec
from engine.graph.graph import Graph, Node, Value, constant_node, input_node, make
from engine.graph.known import static_value
from engine.ops.operators import Operators

#: Eager tensors up to this many elements become constants of the graph, which passes can fold; larger ones become
#: inputs, so that no pass has to hash or compare them.
CONSTANT_ELEMENTS = 64


class SymbolicTensor(Operators):
    """A tensor without values: an output of a node of the graph that is being traced."""

    __slots__ = ("__weakref__", "_tracer", "place", "value")

    def __init__(self, tracer: Tracer, value: Value) -> None:
        self._tracer = tracer
        self.value = value

    @property
    def spec(self) -> TensorSpec:
        """Shape and dtype."""
        return self.value.spec

    @property
    def shape(self) -> TensorShape:
        """Its shape; None where a size is not known."""
        return self.value.spec.shape

    @property
    def dtype(self) -> DType:
        """Its dtype."""
        return self.value.spec.dtype

    @property
    def is_open(self) -> bool:
        """Whether its value depends on what the function is called with."""
        return static_value(self.value) is None

    def __repr__(self) -> str:
        return f"<tf.Tensor: symbolic, shape={self.shape}, dtype={self.dtype}>"

    def _no_value(self, what: str) -> NoReturn:
        raise UnsupportedError(
            "A symbolic tensor has no value yet, so {what} is not possible while a function is traced.",
            hint="Use ops (where, cond, while_loop) instead of Python's if and while, or run the function eagerly.",
            what=what,
        )

    def __bool__(self) -> NoReturn:
        self._no_value("a Python decision on it")

    def __int__(self) -> NoReturn:
        self._no_value("a conversion to a Python number")

    def __float__(self) -> NoReturn:
        self._no_value("a conversion to a Python number")

    def __index__(self) -> int:
        known = static_value(self.value)
        if known is None or known.size != 1:
            self._no_value("its use as an index")
        return int(known.item().__index__())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        known = static_value(self.value)
        if known is None:
            self._no_value("a conversion to NumPy")
        return np.array(known, dtype)

    def numpy(self) -> Array:
        """Refuse: there are no values yet."""
        self._no_value("numpy()")

    def __len__(self) -> int:
        if not self.shape or self.shape[0] is None:
            raise UnsupportedError("A tensor of shape {shape} has no length.", shape=self.shape)
        return int(self.shape[0])

    def __iter__(self) -> Any:
        return iter([self[i] for i in range(len(self))])


def as_operand(op: Op, value: Any, hint: DType | None = None) -> Array:
    """Return an operand that is no tensor as an array; the error, if it cannot be one, names the op."""
    try:
        return as_array(value, hint)
    except EngineError as error:
        error.facts.setdefault("op", op.name)
        raise


def packed(values: Sequence[Any]) -> Sequence[Any]:
    """Return the values with each nested list that holds tensors stacked to one tensor; the same, if there is none."""
    if not any(isinstance(v, list | tuple) and _holds_tensor(v) for v in values):
        return values
    return [OPS["stack"](list(packed(v))) if isinstance(v, list | tuple) and _holds_tensor(v) else v for v in values]


def _holds_tensor(values: Sequence[Any]) -> bool:
    return any(_holds_tensor(v) if isinstance(v, list | tuple) else hasattr(v, "spec") for v in values)


class Tracer:
    """The interpreter that records ops as nodes.

    State is kept functional: a variable that is read becomes an input of the graph, its assignments only change which
    value stands for it, and the last one becomes an output (`updates`).

    Parameters
    ----------
    observe
        Called with each application: how gradient tapes listen.
    inner
        Whether it traces a part of another trace, such as a branch or the body of a loop, which may use tensors of
        the traces around it. They become inputs, as variables do.
    """

    def __init__(
        self, observe: Callable[[Op, Sequence[Any], Sequence[Any], dict[str, Any]], None], inner: bool = False
    ) -> None:
        self._observe = observe
        self._inner = inner
        self._nodes: list[Node] = []
        self._inputs: list[Value] = []
        self._captured: dict[int, tuple[Any, SymbolicTensor]] = {}
        self._state: dict[int, tuple[Any, SymbolicTensor]] = {}
        self._updated: dict[int, Any] = {}
        self.created: list[Any] = []  # the variables that were made meanwhile

    # -------------------------------------------------------------------------------------------- recording

    def input(self, spec: TensorSpec) -> SymbolicTensor:
        """Return a new input of the graph."""
        node = input_node(spec, spec.name or "")
        self._nodes.append(node)
        self._inputs.append(node.outputs[0])
        return SymbolicTensor(self, node.outputs[0])

    def apply(self, op: Op, operands: Sequence[Any], attrs: dict[str, Any]) -> Any:
        """Record `op` and return its outputs."""
        operands = packed(operands)
        for operand in operands:
            if hasattr(operand, "interpret"):
                return operand.interpret(op, operands, attrs)
        tensors = self._tensors(op, operands)
        node = make(op, [t.value for t in tensors], attrs, origin(), phase())
        self._nodes.append(node)
        outputs = [SymbolicTensor(self, v) for v in node.outputs]
        self._observe(op, tensors, outputs, attrs)
        return outputs[0] if len(outputs) == 1 and not op.listing else outputs

    def _tensors(self, op: Op, operands: Sequence[Any]) -> list[SymbolicTensor]:
        known: dict[str, DType] = {}
        for i, operand in enumerate(operands):
            if hasattr(operand, "spec") and op.operand(i).group:
                known.setdefault(op.operand(i).group, operand.dtype)
        tensors = []
        for i, operand in enumerate(operands):
            group = op.operand(i).group
            is_known = isinstance(operand, SymbolicTensor) or hasattr(operand, "spec")
            tensor = self.convert(operand if is_known else as_operand(op, operand, known.get(group)))
            if group:
                known.setdefault(group, tensor.dtype)
            tensors.append(tensor)
        return tensors

    def convert(self, value: Any, hint: DType | None = None) -> SymbolicTensor:
        """Return `value` as a symbolic tensor of this graph.

        Raises
        ------
        UnsupportedError
            If it belongs to another trace.
        """
        if isinstance(value, SymbolicTensor):
            if value._tracer is not self:
                if self._inner and is_in_charge(value._tracer):
                    return self.taken(value)
                raise UnsupportedError(
                    "A tensor of another function's trace was used here.",
                    hint="Pass it as an argument, and return it from the function that made it.",
                )
            return value
        if hasattr(value, "read_value"):  # a variable, which asks back by `read` and tells the tapes
            return self.convert(value.read_value())
        return self._capture(value, as_array(value, hint))

    def _capture(self, value: Any, array: Array) -> SymbolicTensor:
        if not hasattr(value, "spec"):
            return self._constant(constant_node(array, origin(), phase()))[0]
        if id(value) not in self._captured and array.size <= CONSTANT_ELEMENTS:
            tensor = self._constant(constant_node(array, origin(), phase()))[0]
        else:
            tensor = self.taken(value)
        self._observe(OPS["identity"], (value,), (tensor,), {})  # a tape may watch the eager tensor
        return tensor

    def taken(self, value: Any) -> SymbolicTensor:
        """Return the input that stands for a tensor or a variable from outside."""
        if id(value) not in self._captured:
            self._captured[id(value)] = value, self.input(value.spec)
        return self._captured[id(value)][1]

    @property
    def things(self) -> list[Any]:
        """The tensors and variables from outside that have inputs."""
        return [thing for thing, _ in self._captured.values()]

    # ------------------------------------------------------------------------------------------------ state

    def read(self, variable: Any) -> SymbolicTensor:
        """Return what stands for the variable at this point of the program."""
        if id(variable) not in self._state:
            self._state[id(variable)] = variable, self.taken(variable)
        return self._state[id(variable)][1]

    def assign(self, variable: Any, value: Any) -> SymbolicTensor:
        """Let `value` stand for the variable from now on."""
        tensor = self.convert(value, variable.dtype)
        self._state[id(variable)] = variable, tensor
        self._updated[id(variable)] = variable
        return tensor

    # ------------------------------------------------------------------------------------------------ result

    def part(self, inputs: Sequence[SymbolicTensor], outputs: Sequence[SymbolicTensor]) -> Graph:
        """Return what was recorded as a graph with these inputs, the only ones, and outputs."""
        return Graph(tuple(t.value for t in inputs), tuple(self._nodes), tuple(t.value for t in outputs))

    def graph(self, outputs: Sequence[SymbolicTensor]) -> Graph:
        """Return the graph: the given outputs first, then the new values of the variables in `updates`."""
        values = [t.value for t in outputs] + [self._state[id(v)][1].value for v in self.updates]
        return Graph(tuple(self._inputs), tuple(self._nodes), tuple(values))

    @property
    def updates(self) -> list[Any]:
        """The variables that are assigned to, in the order of the first assignment."""
        return list(self._updated.values())

    def captured(self) -> dict[Value, Any]:
        """Return the tensor or variable that feeds each input which is not an argument."""
        return {tensor.value: thing for thing, tensor in self._captured.values()}

    def _constant(self, node: Node) -> list[SymbolicTensor]:
        self._nodes.append(node)
        return [SymbolicTensor(self, v) for v in node.outputs]
