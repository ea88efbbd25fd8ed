"""Probes: the breakpoints of a training that runs at full speed, eager or compiled.

While the step is traced, each value that a breakpoint asks for is handed to an effect: so the plan computes just these
values where fusing would have spared them, and tells of them when it has them. Nothing else is slowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import numpy as np

from engine.core import nest
from engine.core.dtype import Array
from engine.core.witness import Witness, witnessed
from engine.keras.callbacks import Callback
from engine.runtime.effects import happen
from studio.run.debug.breakpoints import Hit, Watchpoints
from studio.run.debug.names import Names
from studio.run.tensor_ref import TensorRef

#: What there is of a gradient that there is none of.
_NOTHING: Final = np.zeros(0, np.float32)
#: Told of a breakpoint that was met: it, the epoch and the step in it from 1, and what has met it.
Met = Callable[[Hit, int, int, TensorRef, Array], None]


class Probes(Witness, Callback):
    """Watches the values that breakpoints ask for. It is the witness of a training, and one of its callbacks.

    Parameters
    ----------
    names
        What the tensors of the training are called.
    points
        The breakpoints. If others come to be in force they have to be watched anew, where these are at something else.
    met
        Told of each that is met.
    """

    def __init__(self, names: Names, points: Watchpoints, met: Met) -> None:
        self._names, self._points, self._met = names, points, met
        self._epoch, self._step = 1, 1
        self._outputs: dict[int, tuple[Any, list[TensorRef]]] = {}
        self._slopes: dict[TensorRef, tuple[Any, Any]] = {}

    @contextmanager
    def at_work(self, model: Any) -> Iterator[None]:
        """Watch a model's steps for the time of the block: gradients once they are complete, at the end of each."""
        step = model.train_step

        def train_step(data: Any) -> Any:
            self._outputs.clear()
            self._slopes.clear()
            for ref, tensor in zip(self._names.given(), nest.leaves(data), strict=False):
                self._note(ref, tensor)
            with witnessed(self):  # not what others compute meanwhile, such as looks at the health of the training
                found = step(data)
                if (loss := self._names.of_training()) is not None:
                    self._note(loss, found["loss"])
                for ref, (value, gradient) in self._slopes.items():
                    self._watch(ref, [value, gradient])
            for hit in self._points.in_vain(self._slopes, self._epoch, self._step):
                self._met(hit, self._epoch, self._step, TensorRef("gradient", hit.point.node, hit.point.port), _NOTHING)
            return found

        model.train_step = train_step
        model.forget_programs()
        try:
            yield
        finally:
            del model.train_step  # the class has the one without probes
            model.forget_programs()

    # ------------------------------------------------------------------------------------------------- as a callback

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch + 1

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._step = batch + 1

    # -------------------------------------------------------------------------------------------------- as a witness

    def returned(self, name: str, outputs: Sequence[Any]) -> None:
        for ref, tensor in zip(self._names.outputs_of(name, len(outputs)), outputs, strict=False):
            self._note(ref, tensor)

    def _note(self, ref: TensorRef, tensor: Any) -> None:
        """Watch the value of an output if a breakpoint asks for it, and its gradient when that comes."""
        for name in self._names.names_of(ref):
            if self._points.ask_for(name):
                self._watch(name, [tensor])
            if self._points.ask_for(TensorRef("gradient", name.node, name.name)):
                self._outputs.setdefault(id(tensor), (tensor, []))[1].append(name)

    def slope(self, of: Any, gradient: Any) -> None:
        if (known := self._outputs.get(id(of))) is not None:
            value, names = known
            self._slopes.update((TensorRef("gradient", ref.node, ref.name), (value, gradient)) for ref in names)

    def _watch(self, ref: TensorRef, tensors: Sequence[Any]) -> None:
        happen(lambda arrays: self._see(ref, arrays), tensors)

    def _see(self, ref: TensorRef, arrays: Sequence[Array]) -> None:
        gradient = arrays[1] if len(arrays) > 1 else None
        for hit in self._points.reached(ref, arrays[0], gradient, self._epoch, self._step):
            self._met(hit, self._epoch, self._step, ref, arrays[-1])
