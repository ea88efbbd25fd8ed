"""A step as a program: compiled to a plan, or run op by op, over batches taken from arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from engine.compile.notes import ROOM, Notes
from engine.core import nest
from engine.core.dtype import Array
from engine.core.witness import witness
from engine.keras.training.adapter import ArrayData
from engine.runtime.concrete import ConcreteFunction
from engine.runtime.eager import convert_to_tensor
from engine.runtime.tensor import Tensor, array_of

Program = Callable[[Any], Any]
#: Steps that are recorded at most until somebody asks for them.
MOST_RECORDED: Final = ROOM


@dataclass
class _Ready:
    """What is ready to run batches of one size.

    Parameters
    ----------
    structure
        What the program returns, with None in place of tensors.
    places
        If that is a dict of tensors: its names, each with the number of the output that holds the value.
    notes
        Where machine code writes these down, if it does.
    """

    executor: Any
    buffers: list[Array]
    structure: Any
    places: dict[str, int]
    notes: Notes | None = None


class StepRunner:
    """Runs a function of a batch (x, or (x, y), or (x, y, sample_weight)).

    Compiled, the batch is gathered straight into the buffers that the plan reads; a plan is made for each batch size
    that occurs, as a rule two.

    Parameters
    ----------
    program
        Returns tensors in any structure.
    eager
        Whether it is run op by op.
    report
        Told about each kernel that has to be compiled.

    Attributes
    ----------
    structure
        What the last run returned, with anything in place of the tensors.
    """

    def __init__(self, program: Program, eager: bool, report: Any = None) -> None:
        self._program = program
        self._eager = eager
        self._report = report
        self._ready: dict[Any, _Ready] = {}
        self._last: _Ready | None = None  # what was run last, if it was no run op by op
        self._is_recording = False
        self._rows: list[dict[str, float]] = []
        self._blocks: list[dict[str, Array]] = []
        self.structure: Any = {}

    def __call__(self, data: ArrayData, index: Array) -> None:
        """Run on the examples at these positions."""
        if self._eager:
            tensors = [Tensor(a[index]) for a in data.arrays]
            if (watching := witness()) is not None:
                watching.fed(tensors, index)
            self.structure = self._program(data.rebuild(tensors))
            self._last = None
            if self._is_recording:
                self._rows.append(self.logs())
            return
        ready = self._made_ready(data, len(index))
        if ready is not self._last:
            self._turn_to(ready)
        for array, buffer in zip(data.arrays, ready.buffers, strict=True):
            # "clip" spares NumPy a second buffer; the positions are our own and in bounds. A kernel of ours takes as
            # long: 14 µs against 12 for 32 images of MNIST
            array.take(index, axis=0, out=buffer, mode="clip")
        ready.executor.run()
        if self._is_recording and ready.notes is None:
            self._rows.append(self.logs())

    def _turn_to(self, ready: _Ready) -> None:
        """Let another plan be the one that runs."""
        self._gather()
        self._last, self.structure = ready, ready.structure
        if self._is_recording and ready.notes is None:
            ready.notes = ready.executor.plan.take_notes(list(ready.places.values()))

    def outputs(self) -> list[Array]:
        """Return what the last run returned, as arrays that are valid until the next one."""
        if self._last is None:
            return [array_of(convert_to_tensor(leaf)) for leaf in nest.leaves(self.structure)]
        executor = self._last.executor
        return [executor.plan.output(i) for i in range(executor.results)]

    def result(self) -> Any:
        """Return the outputs in their structure."""
        return nest.rebuild(self.structure, iter(self.outputs()))

    def logs(self) -> dict[str, float]:
        """Return what the last run returned as numbers by name."""
        if self._last is None or not self._last.places:
            return {name: float(value) for name, value in self.result().items()}
        output = self._last.executor.plan.output  # by way of the structure it took 16 µs
        return {name: output(place).item() for name, place in self._last.places.items()}

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Keep for `recorded` what runs return in the block."""
        self._is_recording, self._last = True, None  # so that machine code keeps it, if it can
        try:
            yield
        finally:
            self._is_recording = False
            self.recorded()

    def recorded(self) -> dict[str, Array]:
        """Return what each run has returned since this was last asked for: by name a number (float64) for each.

        Of more than `MOST_RECORDED` the last ones are lost. Where a run returned nothing of a name, there is NaN.
        """
        self._gather()
        blocks, self._blocks = self._blocks, []
        if len(blocks) == 1:
            return blocks[0]
        lengths = [len(next(iter(block.values()))) for block in blocks]
        return {
            name: np.concatenate([b.get(name, np.full(n, np.nan)) for b, n in zip(blocks, lengths, strict=True)])
            for name in dict.fromkeys(name for block in blocks for name in block)
        }

    def _gather(self) -> None:
        """Make blocks of what was kept by now."""
        if self._last is not None and self._last.notes is not None and len(lines := self._last.notes.take()):
            self._blocks.append(dict(zip(self._last.places, lines.T, strict=True)))
        if rows := self._rows:
            names = dict.fromkeys(name for row in rows for name in row)
            self._blocks.append({name: np.array([row.get(name, np.nan) for row in rows]) for name in names})
            self._rows = []

    def _made_ready(self, data: ArrayData, batch: int) -> _Ready:
        key = batch, data.signature
        if key not in self._ready:
            specs = data.specs(batch)
            returned: list[Any] = []

            def program(values: Any) -> Any:
                returned.append(self._program(values))
                return returned[-1]

            concrete = ConcreteFunction(program, ((data.rebuild(specs),), {}), specs, "step")
            executor = concrete.executor(specs, self._report)
            buffers = [executor.plan.input(i) for i in executor.arguments]
            structure = nest.map_structure(lambda _: None, returned[-1])
            self._ready[key] = _Ready(executor, buffers, structure, _places(structure))
        return self._ready[key]


def _places(structure: Any) -> dict[str, int]:
    if not isinstance(structure, dict) or any(value is not None for value in structure.values()):
        return {}
    order = {name: number for number, name in enumerate(nest.in_order(structure))}
    return {name: order[name] for name in structure}
