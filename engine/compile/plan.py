"""The plan: a graph as a list of kernels over preallocated buffers."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from engine.compile import cache
from engine.compile.denormals import FLUSH, exchange_control_word
from engine.compile.explain import Explanation, explain
from engine.compile.loans import LENT_BYTES, Lender, aligned
from engine.compile.memory import Lifetime, assign
from engine.compile.reuse import overwrites
from engine.compile.select import Choice, Flow, by_reference, select
from engine.compile.source import Source
from engine.core.convert import contiguous
from engine.core.dtype import Array
from engine.core.errors import EngineError
from engine.graph.graph import Graph, Node, Value

#: Called before a kernel is compiled: its name, how many are ready, how many there are.
Report = Callable[[str, int, int], None]
#: Makes the function that computes a node for which there is no kernel.
Operation = Callable[[Node, Report | None], Flow]


@dataclass
class Step:
    """A kernel and what it is called with.

    Parameters
    ----------
    node
        What it computes.
    choice
        How it is computed.
    outputs
        The arrays it writes.
    source
        Its source, if it was generated.
    """

    node: Node
    choice: Choice
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    inputs: tuple[Array, ...]
    outputs: tuple[Array, ...]
    source: Source | None = None

    @property
    def name(self) -> str:
        """Names of the ops in it."""
        return " + ".join(self.source.members) if self.source else self.node.op.name

    def refuse(self, error: Exception) -> NoReturn:
        """Raise in the words of the op what its function could say only with a bare exception."""
        try:
            self.node.op.reference(*self.inputs, **self.node.attrs)
        except EngineError as refusal:
            refusal.facts.setdefault("op", self.node.op.name)
            if self.node.origin:
                refusal.facts.setdefault("node", self.node.origin)
            raise refusal from error
        raise error

    @property
    def nbytes(self) -> int:
        """Bytes that it reads and writes."""
        return sum(a.nbytes for a in (*self.inputs, *self.outputs))


class Plan:
    """A graph, ready to run again and again.

    Its inputs are bound with `bind`, and `run` writes the outputs into `outputs`, arrays that the next run overwrites.

    Parameters
    ----------
    graph
        After the passes, all shapes known.
    inplace
        For each input that is a variable's state the output that is its next value; where it is safe, that output is
        written over the input.
    report
        Told about each kernel that has to be compiled.
    operation
        How nodes are computed for which there is no kernel.

    Raises
    ------
    EngineError
        If a shape is not known.
    """

    def __init__(
        self,
        graph: Graph,
        inplace: Mapping[int, int] | None = None,
        report: Report | None = None,
        operation: Operation = lambda node, report: by_reference(node),
    ) -> None:
        self.graph = graph
        self._operation = operation
        self._arrays: dict[Value, Array] = {}
        self.steps: list[Step] = []
        self._runs: list[Node] = [n for n in graph.nodes if n.op.name not in ("placeholder", "constant")]
        self._roots = {v: self.root(v) for n in graph.nodes for v in n.outputs}
        self._input_index = {v: i for i, v in enumerate(graph.inputs)}
        self._last_use = self._last_uses()
        self.overwrites = overwrites(graph, self._runs, self._roots, self._last_use, inplace or {})
        self.inplace = self._states_in_place(inplace or {})
        self._place_buffers()
        self._calls: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []
        self._users = self._step_inputs()
        self._lenders: dict[int, Lender] = {}
        self._build(report)

    # ------------------------------------------------------------------------------------------------- buffers

    @staticmethod
    def root(value: Value) -> Value:
        """Return the value whose memory this one is a view of."""
        while value.node.op.view:
            value = value.node.inputs[0]
        return value

    def _last_uses(self) -> dict[Value, int]:
        """Return the number of the last step that reads or writes each root; beyond the end for what is given out."""
        last: dict[Value, int] = {}
        for number, node in enumerate(self._runs):
            for value in (*node.inputs, *node.outputs):
                last[self._roots[value]] = number
        for value in self.graph.outputs:
            last[self._roots[value]] = len(self._runs)
        return last

    def _states_in_place(self, wanted: Mapping[int, int]) -> dict[int, int]:
        """Return those inputs over which their next state is written."""
        return {i: o for i, o in wanted.items() if self._overwritten(self.graph.outputs[o]) == self.graph.inputs[i]}

    def _overwritten(self, value: Value) -> Value | None:
        """Return the root over whose memory the value is written, if any."""
        position = self.overwrites.get(value.node, {}).get(value.index)
        return None if position is None else self._roots[value.node.inputs[position]]

    def _place_buffers(self) -> None:
        """Give every computed value an array; those that a run's outside sees keep theirs to themselves."""
        position = {n: i for i, n in enumerate(self._runs)}
        states = {self.graph.outputs[o] for o in self.inplace.values()}
        values = [v for n in self._runs if not n.op.view for v in n.outputs if v not in states]
        number = {v: i for i, v in enumerate(values)}
        lifetimes = [
            Lifetime(_size(v), position[v.node], self._last_use[v], None if root is None else number.get(root))
            for v, root in zip(values, map(self._overwritten, values), strict=True)
        ]
        blocks, sizes = assign(lifetimes)
        self.blocks = [aligned(n) for n in sizes]
        self.lifetimes = dict(zip(values, lifetimes, strict=True))
        self.block_of = dict(zip(values, blocks, strict=True))
        for value, block in zip(values, blocks, strict=True):
            self._arrays[value] = _view(self.blocks[block], value)
        for node in self.graph.nodes:
            if node.op.name == "constant":
                self._arrays[node.outputs[0]] = _writable(node.attrs["value"])
            elif node.op.name == "placeholder":
                self._arrays[node.outputs[0]] = np.zeros(_shape(node.outputs[0]), _dtype(node.outputs[0]))

    def _array(self, value: Value) -> Array:
        if value in self._arrays:
            return self._arrays[value]
        return self._array(value.node.inputs[0]).reshape(_shape(value))

    # --------------------------------------------------------------------------------------------------- steps

    def _step_inputs(self) -> dict[int, list[int]]:
        """Return, for each input, the steps whose arguments depend on its array.

        Those that read or write the next state which is written over it do, too.
        """
        index = dict(self._input_index)
        index.update({self.graph.outputs[o]: i for i, o in self.inplace.items()})
        users: dict[int, list[int]] = {}
        for number, node in enumerate(n for n in self._runs if not n.op.view):
            roots = dict.fromkeys(self._roots[v] for v in (*node.inputs, *node.outputs))
            for i in dict.fromkeys(index[r] for r in roots if r in index):
                users.setdefault(i, []).append(number)
        return users

    def _build(self, report: Report | None) -> None:
        computed = [n for n in self._runs if not n.op.view]
        for i, output in self.inplace.items():
            self._arrays[self.graph.outputs[output]] = self._arrays[self.graph.inputs[i]]
        for number, node in enumerate(computed):
            self.steps.append(self._step(node, report, number, len(computed)))
        self._calls = [(s.function, s.arguments) for s in self.steps]

    def _step(self, node: Node, report: Report | None, number: int, total: int) -> Step:
        inputs = tuple(self._array(v) for v in node.inputs)
        outputs = tuple(self._array(v) for v in node.outputs)
        choice = select(node, self.overwrites.get(node, {}), lambda node: self._operation(node, report))
        arguments = choice.arrange(inputs, outputs)
        function, source = choice.function, None
        if choice.source is not None:
            source = choice.source(arguments)
            if report is not None and not cache.is_loaded(source):
                report(" + ".join(source.members), number, total)
            function = cache.load(source)
        assert function is not None
        return Step(node, choice, function, arguments, inputs, outputs, source)

    # ----------------------------------------------------------------------------------------------------- use

    def bind(self, index: int, array: Array) -> None:
        """Let the input at `index` be `array`, a contiguous one of the right shape and dtype, from the next run on."""
        value = self.graph.inputs[index]
        if self._arrays[value] is array:
            return
        array = _writable(array)
        self._arrays[value] = array
        if index in self.inplace:
            self._arrays[self.graph.outputs[self.inplace[index]]] = array
        self._arrange(self._users.get(index, ()))

    def _arrange(self, numbers: Iterable[int]) -> None:
        """Let these steps work on the arrays that their values now have."""
        for number in numbers:
            step = self.steps[number]
            step.inputs = tuple(self._array(v) for v in step.node.inputs)
            step.outputs = tuple(self._array(v) for v in step.node.outputs)
            step.arguments = step.choice.arrange(step.inputs, step.outputs)
            self._calls[number] = (step.function, step.arguments)

    def input(self, index: int) -> Array:
        """Return the array that the input at `index` is bound to."""
        return self._arrays[self.graph.inputs[index]]

    def output(self, index: int) -> Array:
        """Return the array of the output at `index`: what it holds is overwritten by the next run."""
        return self._array(self.graph.outputs[index])

    def give(self, index: int) -> Array:
        """Return the output at `index` in an array that no other run overwrites."""
        array = self.output(index)
        block = self.block_of.get(self._roots[self.graph.outputs[index]])
        if block is None or array.nbytes < LENT_BYTES or array.nbytes < self.blocks[block].nbytes:
            return array.copy()
        lender = self._lenders.setdefault(block, Lender(self.blocks[block]))
        return lender.lend(array.shape, array.dtype)

    def _settle(self) -> None:
        """Let what was given out, and somebody still has, be written elsewhere."""
        for block, lender in self._lenders.items():
            if lender.settle():
                self.blocks[block] = lender.memory
                moved = {v for v, b in self.block_of.items() if b == block}
                self._arrays.update((v, _view(lender.memory, v)) for v in moved)
                self._arrange(
                    i
                    for i, step in enumerate(self.steps)
                    if any(self._roots[v] in moved for v in (*step.node.inputs, *step.node.outputs))
                )

    def run(self, watch: Callable[[Step, float], None] | None = None) -> None:
        """Run all steps, with denormals flushed to zero, and overflows that are infinity without a warning.

        Parameters
        ----------
        watch
            Told about each step, and the seconds that it took, before the next one runs.

        Raises
        ------
        EngineError
            If an op refuses its operands, such as a position outside of an axis.
        """
        self._settle()
        arguments: tuple[Any, ...] = ()
        before = exchange_control_word(FLUSH)
        try:
            with np.errstate(all="ignore"):
                if watch is None:
                    for function, arguments in self._calls:
                        function(*arguments)
                else:
                    for step in self.steps:
                        arguments, begin = step.arguments, time.perf_counter()
                        step.function(*arguments)
                        watch(step, time.perf_counter() - begin)
        except Exception as error:
            failed = next((s for s in self.steps if s.arguments is arguments), None)
            if failed is None:
                raise
            failed.refuse(error)
        finally:
            exchange_control_word(before)

    @property
    def is_parallel(self) -> bool:
        """Whether a step divides its work among threads."""
        return any(s.source is not None and s.source.parallel for s in self.steps)

    @property
    def nbytes(self) -> int:
        """Bytes of all buffers between the steps."""
        return sum(b.nbytes for b in self.blocks)

    def is_given(self, value: Value) -> bool:
        """Whether the value lies in what the plan gives out."""
        return self._roots[value] in {self._roots[v] for v in self.graph.outputs}

    def readers(self, value: Value) -> list[Node]:
        """Return the nodes that are computed from what lies in the memory of a value; none if it is given out."""
        if self.is_given(value):
            return []
        computed = (n for n in self._runs if not n.op.view)
        return [n for n in computed if any(self._roots[v] == value for v in n.inputs)]

    def explain(self, profile: int = 0) -> Explanation:
        """Return the plan as data: kernels with their costs and sources, buffers with their lives.

        Parameters
        ----------
        profile
            How often to run it, with what its inputs hold now, to measure each kernel.
        """
        return explain(self, profile)


def _shape(value: Value) -> tuple[int, ...]:
    if not value.spec.shape.is_static:
        raise EngineError(
            "A plan needs all shapes, but a value of {op_name} has shape {shape}.",
            op_name=value.node.op.name,
            shape=value.spec.shape,
        )
    return tuple(d for d in value.spec.shape if d is not None)


def _dtype(value: Value) -> Any:
    return value.spec.dtype.as_numpy_dtype


def _size(value: Value) -> int:
    return math.prod(_shape(value)) * value.spec.dtype.size


def _writable(array: Array) -> Array:
    """Return the array, or a copy, in C's order and not read-only: kernels are typed for no other."""
    array = contiguous(array)
    return array if array.flags.writeable else array.copy()


def _view(block: Array, value: Value) -> Array:
    flat: Array = block[: _size(value)].view(_dtype(value))
    return flat.reshape(_shape(value))
