"""A step as a program: compiled to a plan, or run op by op, over batches taken from arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.keras.training.adapter import ArrayData
from engine.runtime.function import ConcreteFunction
from engine.runtime.tensor import Tensor

Program = Callable[..., Sequence[Any]]


class StepRunner:
    """Runs a function of (x, y, sample_weight) on batches.

    Compiled, the batch is gathered straight into the buffers that the plan reads; a plan is made for each batch size
    that occurs, as a rule two.

    Parameters
    ----------
    program
        Returns tensors.
    eager
        Whether it is run op by op.
    report
        Told about each kernel that has to be compiled.
    """

    def __init__(self, program: Program, eager: bool, report: Any = None) -> None:
        self._program = program
        self._eager = eager
        self._report = report
        self._ready: dict[Any, Any] = {}

    def __call__(self, data: ArrayData, index: Array) -> list[Any]:
        """Run on the examples at these positions; return the results as arrays, valid until the next call."""
        if self._eager:
            tensors = [Tensor(a[index]) for a in data.arrays]
            return [r._array for r in self._program(*data.rebuild(tensors))]
        executor, buffers = self._executor(data, len(index))
        for array, buffer in zip(data.arrays, buffers, strict=True):
            # "clip" spares NumPy a second buffer; the positions are our own and in bounds
            np.take(array, index, axis=0, out=buffer, mode="clip")
        executor.run()
        return [executor.plan.output(i) for i in range(executor.results)]

    def _executor(self, data: ArrayData, batch: int) -> tuple[Any, list[Array]]:
        key = (batch, *((a.shape[1:], a.dtype) for a in data.arrays))
        if key not in self._ready:
            specs = data.specs(batch)
            structure = data.rebuild(specs)
            concrete = ConcreteFunction(self._program, (structure, {}), specs, "step")
            executor = concrete.executor(specs, self._report)
            buffers = [executor.plan.input(i) for i in executor.arguments]
            self._ready[key] = executor, buffers
        executor, buffers = self._ready[key]
        return executor, buffers
