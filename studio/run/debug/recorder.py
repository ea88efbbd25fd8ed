"""The recorder: sees a training op by op, and writes it into the trace."""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path as FilePath
from types import FrameType
from typing import Any, Final, Protocol

import numpy as np

import engine
import studio
from engine.core.dispatch import at, during, phase, place
from engine.core.dtype import Array
from engine.core.op import Op
from engine.core.witness import Witness
from engine.runtime.tensor import Tensor
from studio.document.kinds import kind_of
from studio.document.lower import Step as NodeStep
from studio.run.debug.step import GIVEN, Frame, Operand, Path, Step
from studio.run.debug.trace import Batch, Trace
from studio.run.tensor_ref import TensorRef

#: Sources that are not the user's.
_OURS: Final = ("<", threading.__file__, *(str(FilePath(str(m.__file__)).parent) for m in (engine, studio)))


def is_ours(file: str) -> bool:
    """Return whether a source is not the user's."""
    return file.startswith(_OURS)


#: What the ops of a program are for that belong to no part of a training step.
PROGRAM: Final = "program"
#: Most steps of one piece of a program.
LONGEST: Final = 2000


class Namer(Protocol):
    """What tells the recorder how things are called: see `Names`."""

    takes_all: bool
    variables: dict[int, tuple[Any, tuple[TensorRef, ...]]]

    def begin(self) -> None:
        """Take note that a run begins."""

    def refs_of(self, variable: Any) -> tuple[TensorRef, ...]:
        """Return what a variable is called."""

    def state(self) -> dict[TensorRef, Array]:
        """Return the values of all variables that have names."""

    def outputs_of(self, node: str, count: int) -> list[TensorRef]:
        """Return what the results of a node are called."""

    def names_of(self, ref: TensorRef) -> tuple[TensorRef, ...]:
        """Return what the value of an output is called: in some places it is handed on as it is."""

    def of_training(self) -> TensorRef | None:
        """Return what the loss of a training step is called, None if that has no name."""

    def path_of(self, place: Sequence[str], line: str) -> Path:
        """Return the frames of the places that an op lies in."""

    def fed(self, index: Array) -> Iterator[tuple[str, list[TensorRef], list[Array]]]:
        """Yield for each data node its name, those of its outputs, and their values at these examples."""

    def given(self) -> list[TensorRef]:
        """Return what the tensors of a batch are called."""

    def prepared(self) -> list[tuple[NodeStep, list[TensorRef]]]:
        """Return the nodes that make the truths of what the data give, with the names of their outputs."""

    def sources_of(self, step: NodeStep) -> list[TensorRef]:
        """Return what goes into a node."""


class Recorder(Witness):
    """Writes each op into the trace. Tensors are known by identity, as long as the run itself has them.

    Parameters
    ----------
    trace
        What is written.
    names
        What the tensors are called.
    gate
        Called with each step before it is made, all before it being in the trace; it may wait, or raise.
    checkpoint
        Called now and then while nothing is written; it may raise.
    """

    def __init__(
        self, trace: Trace, names: Namer, gate: Callable[[Step], None], checkpoint: Callable[[], None]
    ) -> None:
        self._trace, self._names, self._gate, self.checkpoint = trace, names, gate, checkpoint
        self.epoch = 0
        self.is_resting = False
        """Whether what is computed now is not to be written, as a validation."""
        self._batch: Batch | None = None
        self._last: Step | None = None
        self._pending: Step | None = None
        self._watched: dict[int, weakref.ref[Any]] = {}
        self._made: dict[int, tuple[int, int]] = {}
        self._called: dict[int, tuple[TensorRef, ...]] = {}
        self._reversing: tuple[str, int] | None = None
        self._is_on_the_way_back = False

    @property
    def next_batch(self) -> int:
        """Number of the training step that begins next."""
        return self._trace.next_batch

    @property
    def pending(self) -> Step | None:
        """The step that is being made."""
        return self._pending

    # ------------------------------------------------------------------------------------------------------ the batch

    def begin(self) -> None:
        """Begin a training step: nothing is known but the variables."""
        self._watched, self._made = {}, {}
        self._reversing = self._last = None
        self._is_on_the_way_back = False
        self._batch = self._trace.begin(self.epoch, self._names.state())
        self._called = {id(variable): refs for variable, refs in self._names.variables.values()}

    def load(self, node: str, outputs: Sequence[Any]) -> None:
        """Take what a data node gives as a step of its own."""
        with during("data"), at(node):
            step = self._pending = self._step(GIVEN, {}, ())
            self._gate(step)
            self._end(step, outputs, 0.0)
        self._pending = None
        self._give(outputs, self._names.outputs_of(node, len(outputs)))

    def fed(self, tensors: Sequence[Any], index: Array) -> None:
        """Begin a training step: the data nodes give their batches, and what makes truths of them runs."""
        if self.is_resting:
            self._batch = self._last = None
            return
        self.begin()
        given = dict(zip(self._names.given(), tensors, strict=False))
        known: dict[TensorRef, Any] = {}
        for node, refs, arrays in self._names.fed(index):
            outputs = [given[r] if r in given else Tensor(a) for r, a in zip(refs, arrays, strict=True)]
            self.load(node, outputs)
            known |= dict(zip(refs, outputs, strict=True))
        for maker, refs in self._names.prepared():
            with during("data"), at(maker.id):
                inputs = [known[ref] for ref in self._names.sources_of(maker)]
                outputs = list(kind_of(maker.node_type).apply(maker.made, inputs))
                self._give(outputs, refs)
                known |= dict(zip(refs, outputs, strict=False))
        for ref, tensor in given.items():  # the model's own tensors of the same values
            self._call(tensor, ref)

    # ------------------------------------------------------------------------------------------------------------ ops

    def before(self, op: Op, operands: Sequence[Any], attrs: dict[str, Any]) -> None:
        if self._batch is None:
            return
        if self._names.takes_all:
            self._divide()
        elif not phase():  # between two training steps, what they showed is put together
            return
        found = [self._operand(op, i, tensor) for i, tensor in enumerate(operands)]
        step = self._pending = self._step(op.name, attrs, tuple(found))
        self._gate(step)

    def _divide(self) -> None:
        """Begin anew behind each update of weights, and where there are many steps: a program has no training steps."""
        assert self._batch is not None
        is_over = self._last is not None and self._last.phase == "update" and phase() != "update"
        if is_over or len(self._batch.steps) >= LONGEST or self._batch.nbytes >= self._trace.memory:
            self.begin()

    def after(self, op: Op, outputs: Sequence[Any], seconds: float) -> None:
        if self._pending is not None:
            self._end(self._pending, outputs, seconds)
            self._pending = None

    def _step(self, op: str, attrs: dict[str, Any], operands: tuple[Operand, ...]) -> Step:
        assert self._batch is not None
        self._trace.make_room()
        number = self._batch.first + len(self._batch.steps)
        outer = Frame("batch", str(self._batch.number)), Frame("phase", phase() or PROGRAM)
        line = line_of(sys._getframe())
        inner: Path = (Frame("op", f"{op}#{number}"),)
        reverses = None
        if phase() == "backward" and self._reversing is not None:
            name, reverses = self._reversing
            inner = (Frame("gradient", f"{name}#{reverses}"), *inner)
        path = (*outer, *self._names.path_of(place(), line), *inner)
        return Step(number, self._batch.number, self.epoch, path, op, attrs, operands, reverses=reverses, line=line)

    def _end(self, step: Step, outputs: Sequence[Any], seconds: float) -> None:
        assert self._batch is not None
        step.outputs = tuple(self._hold(tensor) for tensor in outputs)
        step.seconds = seconds
        self._made.update((id(tensor), (step.number, i)) for i, tensor in enumerate(outputs))
        self._batch.steps.append(step)
        self._last = step

    def _hold(self, tensor: Any) -> int:
        assert self._batch is not None
        self._watch(tensor)
        return self._batch.place(np.asarray(tensor._array))

    def _watch(self, tensor: Any) -> None:
        """Forget what is known of a tensor when it ends: another one may come to have its identity."""
        number = id(tensor)
        if number not in self._watched:
            self._watched[number] = weakref.ref(tensor, lambda _gone: self._forget(number))

    def _forget(self, number: int) -> None:
        for known in (self._watched, self._made, self._called):
            known.pop(number, None)

    def _operand(self, op: Op, number: int, tensor: Any) -> Operand:
        name = op.operand_name(number)
        made_by, result = self._made.get(id(tensor), (None, 0))
        return Operand(self._hold(tensor), name, self._called.get(id(tensor), ()), made_by, result)

    # ---------------------------------------------------------------------------------------- what tensors are called

    def returned(self, name: str, outputs: Sequence[Any]) -> None:
        if self._batch is not None:
            self._give(outputs, self._names.outputs_of(name, len(outputs)))

    def _give(self, outputs: Sequence[Any], refs: Sequence[TensorRef]) -> None:
        if self._last is None:
            return
        for tensor, ref in zip(outputs, refs, strict=False):
            self._last.gives.update(dict.fromkeys(self._names.names_of(ref), self._hold(tensor)))
            self._call(tensor, ref)

    def _call(self, tensor: Any, ref: TensorRef) -> None:
        self._watch(tensor)
        known = self._called.get(id(tensor), ())
        self._called[id(tensor)] = tuple(dict.fromkeys((*known, *self._names.names_of(ref))))

    def read(self, variable: Any, tensor: Any) -> None:
        self._watch(tensor)
        self._called[id(tensor)] = self._names.refs_of(variable)

    def reverses(self, op: Op, inputs: Sequence[Any], outputs: Sequence[Any], attrs: dict[str, Any]) -> None:
        made = self._made.get(id(outputs[0]))
        self._reversing = (op.name, made[0]) if made is not None else None

    def slope(self, of: Any, gradient: Any) -> None:
        if self._last is None:
            return
        if not self._is_on_the_way_back and (loss := self._names.of_training()) is not None:
            self._last.gives[loss] = self._hold(of)  # the way back begins at what is trained for
        self._is_on_the_way_back = True
        if (made := self._made.get(id(of))) is not None:
            self._last.slopes[made] = self._hold(gradient)
        for ref in self._called.get(id(of), ()):
            kind = {"value": "gradient", "weight": "weight_gradient"}.get(ref.kind)
            if kind is not None:
                name = TensorRef(kind, ref.node, ref.name)  # type: ignore[arg-type]
                self._last.gives[name] = self._hold(gradient)
                self._called[id(gradient)] = (*self._called.get(id(gradient), ()), name)

    def assigned(self, variable: Any, before: Array | None, after: Array) -> None:
        if self._last is None or self._batch is None:
            return
        for ref in self._names.refs_of(variable):
            self._last.gives[ref] = self._batch.place(after)
            if ref.kind == "weight" and before is not None:
                update = self._batch.place(after - before)
                self._last.gives[TensorRef("update", ref.node, ref.name)] = update


def line_of(frame: FrameType | None) -> str:
    """Return the line of the user's program that is being carried out, as "file:line"; "" where there is none."""
    while frame is not None and is_ours(frame.f_code.co_filename):
        frame = frame.f_back
    return "" if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}"
