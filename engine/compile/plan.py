"""The plan: a graph as a list of kernels over preallocated buffers."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from engine.compile import cache
from engine.compile.explain import Explanation, explain
from engine.compile.layout import read_by
from engine.compile.loans import LENT_BYTES, Lender
from engine.compile.machine import FLUSH, exchange_control_word
from engine.compile.memory import Lifetime, assign
from engine.compile.notes import Notes
from engine.compile.reuse import overwrites
from engine.compile.row import address
from engine.compile.schedule import schedule
from engine.compile.score import Score
from engine.compile.scratch import Workplace
from engine.compile.select import Choice, Flow, by_reference, parts_of, seconds_of, select
from engine.compile.source import Source
from engine.core.convert import contiguous
from engine.core.dtype import Array
from engine.core.errors import EngineError
from engine.core.memory import aligned
from engine.core.processors import available
from engine.core.quiet import quietly
from engine.graph.graph import Graph, Node, Value

#: Called before a kernel is compiled: its name, how many are ready, how many there are.
Report = Callable[[str, int, int], None]
#: Makes the function that computes a node for which there is no kernel.
Operation = Callable[[Node, Report | None], Flow]
#: What arrays lie in: a block of a plan, or what is bound to an input, or a constant.
Memory = int | Value


@dataclass
class Step:
    """What computes a node, and on which arrays.

    Parameters
    ----------
    node
        What it computes.
    choice
        How it is computed.
    look
        Returns the array that a value has now.
    entry
        Address of its machine code; zero where Python calls a function.
    source
        Of its kernel, if it was generated.
    parts
        In how many parts it does its work, which threads share.
    """

    node: Node
    choice: Choice
    look: Callable[[Value], Array]
    entry: int
    source: Source | None
    parts: int = 1

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What it is called with, on the arrays that its values have now."""
        return self.choice.arrange(self.inputs, self.outputs)

    @property
    def inputs(self) -> tuple[Array, ...]:
        """The arrays it reads."""
        return tuple(map(self.look, self.node.inputs))

    @property
    def outputs(self) -> tuple[Array, ...]:
        """The arrays it writes."""
        return tuple(map(self.look, self.node.outputs))

    @property
    def name(self) -> str:
        """Names of the ops in it."""
        return " + ".join(self.source.members) if self.source else self.node.op.name

    def check(self, error: Exception | None = None) -> None:
        """Raise in the words of the op if it refuses its operands."""
        try:
            quietly(self.node.op.reference, *self.inputs, **self.node.attrs)
        except EngineError as refusal:
            refusal.facts.setdefault("op", self.node.op.name)
            if self.node.origin:
                refusal.facts.setdefault("node", self.node.origin)
            raise refusal from error

    def refuse(self, error: Exception | None = None) -> NoReturn:
        """Raise what its function could say only with a bare exception, or not at all."""
        self.check(error)
        if error is not None:
            raise error
        raise EngineError(
            "Its kernel failed on operands that it takes.",
            hint="This is a fault of the engine, not of your program: please report it, with their shapes.",
            op=self.name,
            node=self.node.origin,
        )

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
        computed = [n for n in graph.nodes if n.op.name not in ("placeholder", "constant")]
        self._moments = schedule(computed, seconds_of, parts_of, available())
        self._roots = {v: self.root(v) for n in graph.nodes for v in n.outputs}
        self._last_use = self._last_uses()
        self.overwrites = overwrites(graph, self._moments, self._roots, self._last_use, inplace or {})
        self.inplace = self._states_in_place(inplace or {})
        self._place_buffers()
        #: Where values lie that have no memory of their own: in a block, or where the input is that they replace.
        self._memory: dict[Value, Memory] = {**self.block_of}
        self._memory.update({graph.outputs[o]: graph.inputs[i] for i, o in self.inplace.items()})
        self._bound = [self._arrays[v] for v in graph.inputs]  # as they were given
        self._lenders: dict[int, Lender] = {}
        self._outputs: dict[int, Array] = {}  # those that were asked for, until memory moves
        self._build(report)

    # ------------------------------------------------------------------------------------------------- buffers

    @staticmethod
    def root(value: Value) -> Value:
        """Return the value whose memory this one is a view of."""
        while value.node.op.view:
            value = value.node.inputs[0]
        return value

    def _last_uses(self) -> dict[Value, int]:
        """Return the last moment in which each root is read or written; beyond the end for what is given out.

        Memory of which a node only needs the shape may hold something else by then, and views read nothing.
        """
        last: dict[Value, int] = {}
        for number, moment in enumerate(self._moments):
            for value in (v for node in moment if not node.op.view for v in (*read_by(node), *node.outputs)):
                last[self._roots[value]] = number
        for value in self.graph.outputs:
            last[self._roots[value]] = len(self._moments)
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
        position = {node: number for number, moment in enumerate(self._moments) for node in moment}
        states = {self.graph.outputs[o] for o in self.inplace.values()}
        values = [v for n in position if not n.op.view for v in n.outputs if v not in states]
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
                self._arrays[node.outputs[0]] = _view(aligned(_size(node.outputs[0])), node.outputs[0])

    def _array(self, value: Value) -> Array:
        if value in self._arrays:
            return self._arrays[value]
        return self._array(value.node.inputs[0]).reshape(_shape(value))

    # --------------------------------------------------------------------------------------------------- steps

    def _build(self, report: Report | None) -> None:
        for i, output in self.inplace.items():
            self._arrays[self.graph.outputs[output]] = self._arrays[self.graph.inputs[i]]
        work = [steps for moment in self._moments if (steps := [n for n in moment if not n.op.view])]
        computed = [node for moment in work for node in moment]
        given = []  # what each step is called with: arranging that makes the arrays that it has for itself
        for number, node in enumerate(computed):
            step, arguments = self._step(node, report, number, len(computed))
            self.steps.append(step)
            given.append(arguments)
        self._score = Score([s.entry for s in self.steps], [len(moment) for moment in work])
        self._workplace = Workplace(given)
        self._calls: dict[int, tuple[Any, ...]] = {}  # what Python calls functions with
        self._users: dict[Memory, list[int]] = {}
        for number, step in enumerate(self.steps):
            if not step.entry:
                for memory in self._memories([*step.node.inputs, *step.node.outputs]):
                    self._users.setdefault(memory, []).append(number)
                self._calls[number] = given[number]
            else:
                memories = self._memories([*step.node.inputs, *step.node.outputs])
                where = {m: (address(a), a.nbytes) for m, a in memories.items()}
                self._score.write(number, self._workplace.furnish(given[number]), where)

    def _step(self, node: Node, report: Report | None, number: int, total: int) -> tuple[Step, tuple[Any, ...]]:
        """Return what computes a node, and what it is called with now."""
        choice = select(node, self.overwrites.get(node, {}), lambda node: self._operation(node, report))
        step = Step(node, choice, self._array, choice.entry or 0, None)
        arguments = step.arguments
        if choice.source is not None:
            step.source = choice.source(arguments)
            if report is not None and not cache.is_loaded(step.source):
                report(" + ".join(step.source.members), number, total)
            step.entry = cache.load(step.source)
        if step.entry and (step.source is None or step.source.is_divided):
            step.parts = int(arguments[0])
        return step, arguments

    def _memories(self, values: Iterable[Value]) -> dict[Memory, Array]:
        """Return what values lie in, with an array that begins there."""
        found = {}
        for value in values:
            root = self._roots[value]
            memory = self._memory.get(root, root)
            found[memory] = self.blocks[memory] if isinstance(memory, int) else self._arrays[root]
        return found

    # ----------------------------------------------------------------------------------------------------- use

    def bind(self, index: int, array: Array) -> None:
        """Let the input at `index` be `array`, a contiguous one of the right shape and dtype, from the next run on."""
        if self._bound[index] is array:
            return
        value = self.graph.inputs[index]
        self._bound[index] = array
        if index in self.inplace:
            array = self._arrays[self.graph.outputs[self.inplace[index]]] = _writable(array)
        elif not array.flags.aligned:
            array = array.copy()
        self._arrays[value] = array
        self._moved(value, array)

    def _moved(self, memory: Memory, array: Array) -> None:
        """What lay in `memory` lies in an array now, as far as the steps are concerned."""
        self._outputs.clear()
        self._score.move(memory, address(array))
        for number in self._users.get(memory, ()):
            self._calls[number] = self.steps[number].arguments

    def input(self, index: int) -> Array:
        """Return the array that the input at `index` is bound to."""
        return self._arrays[self.graph.inputs[index]]

    def output(self, index: int) -> Array:
        """Return the array of the output at `index`: what it holds is overwritten by the next run.

        A training asks behind each step for its loss and metrics, and to find each by its value takes 0.5 µs.
        """
        found = self._outputs.get(index)
        if found is None:
            found = self._outputs[index] = self._array(self.graph.outputs[index])
        return found

    def take_notes(self, indices: Sequence[int]) -> Notes | None:
        """Write down what these outputs are after each run, from now on.

        Returns
        -------
        Notes
            Where; None if they are not all single numbers of float32, or Python computes the last of the plan.
        """
        values = [self.graph.outputs[i] for i in indices]
        arrays = [self.output(i) for i in indices]
        is_native = bool(self.steps) and self._score.firsts[self._score.runs[-1][0]] not in self._calls
        if not values or not is_native or any(a.size != 1 or a.dtype != np.float32 for a in arrays):
            return None
        notes = Notes(arrays)
        where = {m: (address(a), a.nbytes) for m, a in self._memories(values).items()}
        self._score.take_notes(notes, where)
        return notes

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
                self._arrays.update((v, _view(lender.memory, v)) for v, b in self.block_of.items() if b == block)
                self._moved(block, lender.memory)

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
        if watch is None and self._score.is_native:
            self._play(*self._score.runs[0]) if self.steps else None
            return
        before = exchange_control_word(FLUSH)
        try:
            with np.errstate(all="ignore"):
                if watch is None:
                    for first, last in self._score.runs:
                        self._play(first, last)
                else:
                    for number, step in enumerate(self.steps):
                        begin = time.perf_counter()
                        self._play_step(number)
                        watch(step, time.perf_counter() - begin)
                    self._score.write_notes()
        finally:
            exchange_control_word(before)

    def _play(self, first: int, last: int) -> None:
        """Run what belongs to these moments, all of it machine code, or one step that Python calls."""
        number = self._score.firsts[first]
        if number in self._calls:
            self._play_step(number)
        elif (failed := self._score.play(first, last)) is not None:
            self._refuse(*failed)

    def _play_step(self, number: int) -> None:
        """Run one step."""
        step = self.steps[number]
        if number not in self._calls:
            if self._score.play_step(number):
                step.refuse()
            return
        assert step.choice.function is not None
        try:
            step.choice.function(*self._calls[number])
        except Exception as error:
            step.refuse(error)

    def _refuse(self, first: int, last: int) -> NoReturn:
        """Raise for the steps from `first` to before `last`, one of which has failed."""
        for step in self.steps[first : last - 1]:
            step.check()
        self.steps[last - 1].refuse()

    @property
    def needs_threads(self) -> bool:
        """Whether several threads have something to do: parts of a step, steps side by side, or those within one."""
        return any(s.parts > 1 or s.choice.kind == "control" for s in self.steps) or self._score.has_forks

    @property
    def nbytes(self) -> int:
        """Bytes of all buffers between the steps."""
        return sum(b.nbytes for b in self.blocks)

    def is_given(self, value: Value) -> bool:
        """Whether the value lies in what the plan gives out."""
        return self._roots[value] in {self._roots[v] for v in self.graph.outputs}

    @property
    def scratch_nbytes(self) -> int:
        """Bytes that its kernels work in beside the buffers: those of all threads, and sums of parts."""
        return self._workplace.nbytes + self._score.nbytes

    def moment(self, number: int) -> int:
        """Return when a step runs; those of one moment run side by side."""
        return self._score.moment(number)

    def readers(self, value: Value) -> list[Node]:
        """Return the nodes that read what lies in the memory of a value; none if it is given out.

        A node that only needs its shape does not read it: something else may lie there by then.
        """
        if self.is_given(value):
            return []
        return [s.node for s in self.steps if any(self._roots[v] == value for v in read_by(s.node))]

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
    """Return the array, or a copy, in C's order, aligned and not read-only: it may be written over."""
    array = contiguous(array)
    return array if array.flags.behaved else array.copy()


def _view(block: Array, value: Value) -> Array:
    flat: Array = block[: _size(value)].view(_dtype(value))
    return flat.reshape(_shape(value))
