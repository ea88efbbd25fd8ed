"""The graph: an immutable program. Nodes point at the nodes they take values from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from engine.core.errors import EngineError
from engine.core.op import Op
from engine.core.spec import TensorSpec
from engine.ops.creation import constant, placeholder

Attrs = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """An op applied to values; compared by identity.

    Parameters
    ----------
    op, inputs, attrs
        What is applied, to which values, with which attributes.
    specs
        Of its outputs.
    origin
        Where it comes from: the id of a document's node, a layer's name, or a line of source.
    phase
        What it was traced for, such as "backward" (see `engine.core.dispatch.during`). What passes put in its place
        is for the same, without saying so.
    """

    op: Op
    inputs: tuple[Value, ...]
    attrs: Attrs
    specs: tuple[TensorSpec, ...]
    origin: str = ""
    phase: str = ""

    @property
    def outputs(self) -> tuple[Value, ...]:
        """Its values."""
        return tuple(Value(self, i) for i in range(len(self.specs)))

    def __repr__(self) -> str:
        return f"<{self.op.name} -> {', '.join(map(str, self.specs))}>"


@dataclass(frozen=True, slots=True)
class Value:
    """One output of a node."""

    node: Node
    index: int = 0

    @property
    def spec(self) -> TensorSpec:
        """Its shape and dtype."""
        return self.node.specs[self.index]


def make(op: Op, inputs: Sequence[Value], attrs: Attrs, origin: str = "", phase: str = "") -> Node:
    """Return the node that applies `op`; its specs are inferred.

    Raises
    ------
    InvalidArgumentError
        If the op cannot take these inputs.
    """
    return Node(op, tuple(inputs), attrs, op.specs([v.spec for v in inputs], attrs), origin, phase)


def input_node(spec: TensorSpec, origin: str = "") -> Node:
    """Return a node that stands for an input."""
    return Node(placeholder, (), {"spec": spec}, (spec,), origin)


def constant_node(value: Any, origin: str = "", phase: str = "") -> Node:
    """Return a node that holds an array."""
    return make(constant, (), {"value": np.asarray(value)}, origin, phase)


@dataclass(frozen=True, eq=False)
class Graph:
    """A program: inputs, nodes in an order in which they can run, and outputs.

    Parameters
    ----------
    log
        The rewrites that have led to it.
    became
        If a pass has made it, what each node of the graph before has become in it: the node that computes its value
        now, and those that were put in beside this one; none if nobody needs it any more.

    Examples
    --------
    >>> from engine.core.op import OPS
    >>> import engine.ops
    >>> x = input_node(TensorSpec([3]))
    >>> y = make(OPS["exp"], x.outputs, {})
    >>> print(Graph((x.outputs[0],), (x, y), (y.outputs[0],)))
    %0 = placeholder -> float32 (3,)
    %1 = exp(%0) -> float32 (3,)
    return %1
    """

    inputs: tuple[Value, ...]
    nodes: tuple[Node, ...]
    outputs: tuple[Value, ...]
    log: tuple[Any, ...] = field(default=())
    became: Mapping[Node, tuple[Node, ...]] = field(default_factory=dict)

    @cached_property
    def users(self) -> dict[Value, list[Node]]:
        """The nodes that take each value, as often as they take it."""
        users: dict[Value, list[Node]] = {}
        for node in self.nodes:
            for value in node.inputs:
                users.setdefault(value, []).append(node)
        return users

    def structure(self) -> tuple[Any, ...]:
        """Return what two graphs share that compute the same in the same way, as nested tuples."""
        numbers = {node: i for i, node in enumerate(self.nodes)}

        def refer(values: Iterable[Value]) -> tuple[tuple[int, int], ...]:
            return tuple((numbers[v.node], v.index) for v in values)

        rows = tuple((n.op.name, refer(n.inputs), key_of(n.attrs), n.specs) for n in self.nodes)
        return refer(self.inputs), rows, refer(self.outputs)

    def digest(self) -> str:
        """Return a hash of `structure`."""
        return hashlib.sha256(repr(self.structure()).encode()).hexdigest()

    def check(self) -> None:
        """Verify that every node comes after what it takes and that its specs follow from its inputs.

        Raises
        ------
        EngineError
            If not: a pass is wrong.
        """
        seen: set[Node] = set()
        for node in self.nodes:
            if any(v.node not in seen for v in node.inputs):
                raise EngineError("{node} runs before what it depends on.", node_text=repr(node), node=None)
            if node.op is not placeholder and "body" not in node.attrs:
                found = node.op.specs([v.spec for v in node.inputs], node.attrs)
                if found != node.specs:
                    raise EngineError(
                        "A node of {op_name} claims {claimed}, but {found} follows from its inputs.",
                        op_name=node.op.name,
                        claimed=str(node.specs),
                        found=str(found),
                    )
            seen.add(node)
        if missing := [v for v in (*self.inputs, *self.outputs) if v.node not in seen]:
            raise EngineError("{missing} is not part of the graph.", missing=repr(missing[0].node))

    def substitute(self, replacement: Callable[[Node, tuple[Value, ...]], Node | Sequence[Value]]) -> Graph:
        """Return the graph rebuilt node by node.

        `replacement` gets a node and its new inputs and returns a node in its place, or values for its outputs, which
        may be those of nodes met before. Nodes that nobody mentions any more stay out.
        """
        new: dict[Value, Value] = {}
        order: dict[Node, None] = {}
        became: dict[Node, tuple[Node, ...]] = {}

        def enter(node: Node) -> None:
            if node not in order:
                for value in node.inputs:
                    enter(value.node)
                order[node] = None

        for node in self.nodes:
            result = replacement(node, tuple(new[v] for v in node.inputs))
            values = result.outputs if isinstance(result, Node) else tuple(result)
            count = len(order)
            for value in values:
                enter(value.node)
            became[node] = tuple(dict.fromkeys((*(v.node for v in values), *islice(order, count, None))))
            new.update(zip(node.outputs, values, strict=True))
        inputs = tuple(new[v] for v in self.inputs)
        return Graph(inputs, tuple(order), tuple(new[v] for v in self.outputs), self.log, became)

    def __str__(self) -> str:
        numbers = {node: i for i, node in enumerate(self.nodes)}

        def name(value: Value) -> str:
            several = len(value.node.specs) > 1
            return f"%{numbers[value.node]}" + (f".{value.index}" if several else "")

        lines = []
        for node in self.nodes:
            given = [name(v) for v in node.inputs]
            given += [f"{k}={v!r}" for k, v in node.attrs.items() if k not in ("spec", "body")]
            call = f"{node.op.name}({', '.join(given)})" if given else node.op.name
            lines.append(f"%{numbers[node]} = {call} -> {', '.join(map(str, node.specs))}")
        return "\n".join([*lines, f"return {', '.join(name(v) for v in self.outputs)}"])


def rebuilt(node: Node, inputs: tuple[Value, ...]) -> Node:
    """Return `node` with other inputs: itself if they are the same."""
    if inputs == node.inputs:
        return node
    if "body" in node.attrs:
        return Node(node.op, inputs, node.attrs, node.specs, node.origin, node.phase)
    return make(node.op, inputs, node.attrs, node.origin, node.phase)


def became(before: Graph, after: Graph) -> Mapping[Node, tuple[Node, ...]]:
    """Return what each node of a graph has become in the one that a pass made of it, which may be the same."""
    return {node: (node,) for node in before.nodes} if after is before else after.became


def composed(
    first: Mapping[Node, tuple[Node, ...]], second: Mapping[Node, tuple[Node, ...]]
) -> dict[Node, tuple[Node, ...]]:
    """Return what nodes have become in two goes."""
    return {node: tuple(dict.fromkeys(b for m in middle for b in second.get(m, ()))) for node, middle in first.items()}


def key_of(attrs: Attrs) -> tuple[Any, ...]:
    """Return attributes as a key: equal for equal attributes only."""
    return tuple((name, freeze(attrs[name])) for name in sorted(attrs))


def freeze(value: Any) -> Any:
    """Return `value` as something that can be hashed, with its type where equal values may differ by it."""
    if isinstance(value, np.ndarray):
        return "array", value.shape, value.dtype.str, value.tobytes()
    if isinstance(value, list | tuple):
        return tuple(freeze(v) for v in value)
    if isinstance(value, dict):
        return "dict", tuple((k, freeze(value[k])) for k in sorted(value))
    if isinstance(value, float):
        return "float", value.hex()
    if isinstance(value, bool):
        return "bool", value
    if isinstance(value, Graph):
        return "graph", value.structure()
    return value
