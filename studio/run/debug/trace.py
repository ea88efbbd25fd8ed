"""The trace: all steps that the debugger has seen, and every tensor as it was behind each of them.

It is cut into training steps. Each keeps its arrays once, in a table; what a step gives are places in it. The oldest
arrays lie on the disk; of training steps before those nothing but the steps is left, and in the end not even these.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path as FilePath
from typing import Final

import numpy as np

from engine.core.dtype import Array
from studio.run.debug.past import Past
from studio.run.debug.step import Frame, Path, Step
from studio.run.messages import TensorInfo
from studio.run.tensor_ref import TensorRef

#: Bytes of arrays in memory, and on the disk, until older ones make way.
MEMORY: Final = 256 * 2**20
DISK: Final = 2 * 2**30
#: Steps that are kept without their arrays, in some 85 MB (1.4 kB each), until older ones make way.
STEPS: Final = 60_000
#: Within a training step this part of the memory is freed at once, and not a little for each op.
_AT_ONCE: Final = 8


class Batch:
    """One training step: its steps, and the arrays that occur in them.

    Parameters
    ----------
    number, epoch
        Its number over all epochs, and the epoch, from 0.
    in_epoch
        Its number within the epoch, from 1.
    first
        Number of its first step.
    """

    def __init__(self, number: int, epoch: int, in_epoch: int, first: int) -> None:
        self.number, self.epoch, self.in_epoch, self.first = number, epoch, in_epoch, first
        self.steps: list[Step] = []
        self.base: dict[TensorRef, int] = {}
        """What was known when it began: the weights, and what the optimiser keeps."""
        self.in_memory = self.on_disk = 0
        """Bytes of its arrays."""
        self.is_gone = False
        """Whether its arrays are nowhere any more."""
        self.briefs: dict[int, TensorInfo] = {}
        """What was said of arrays already, by their places."""
        self._table: list[Array | None] = []
        self._places: dict[int, int] = {}
        self._kinds: list[tuple[tuple[int, ...], str]] = []
        self._spilled = 0  # so many arrays of the table, its first ones, lie on the disk
        self._folder: FilePath | None = None

    def place(self, array: Array) -> int:
        """Return the place of an array in the table; a new one is added."""
        known = self._places.get(id(array))
        if known is not None:
            return known
        self._table.append(array)
        self._kinds.append((array.shape, array.dtype.name))
        self._places[id(array)] = len(self._table) - 1
        self.in_memory += array.nbytes
        return len(self._table) - 1

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays, wherever they are."""
        return self.in_memory + self.on_disk

    def slope(self, step: int, output: int, until: int) -> int | None:
        """Return the place of the gradient at a result of a step, as it was known behind another one."""
        behind = reversed(self.steps[: until - self.first + 1])
        return next((s.slopes[step, output] for s in behind if (step, output) in s.slopes), None)

    def kind(self, place: int) -> tuple[tuple[int, ...], str]:
        """Return shape and dtype of an array, which are known even when it is gone."""
        return self._kinds[place]

    def nbytes_of(self, place: int) -> int:
        """Return how many bytes an array has, or had."""
        shape, dtype = self._kinds[place]
        return int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize

    def array(self, place: int) -> Array | None:
        """Return an array; None if it is gone."""
        known = self._table[place]
        if known is None and self._folder is not None:
            known = np.load(self._folder / f"{place}.npy")
        return known

    def spill(self, folder: FilePath, nbytes: int | None = None) -> None:
        """Put arrays on the disk: all, or the oldest ones until so many bytes of memory are free.

        Raises
        ------
        OSError
            If that has no room; what is not there is in memory still.
        """
        if self._folder is None:
            self._folder = folder / str(self.number)
            self._folder.mkdir(exist_ok=True)
        enough = 0 if nbytes is None else self.in_memory - nbytes
        while self._spilled < len(self._table) and (nbytes is None or self.in_memory > enough):
            array = self._table[self._spilled]
            assert array is not None
            file = self._folder / f"{self._spilled}.npy"
            try:
                np.save(file, array, allow_pickle=False)
            except OSError:
                file.unlink(missing_ok=True)
                raise
            self._table[self._spilled] = None
            del self._places[id(array)]
            self._spilled += 1
            self.in_memory -= array.nbytes
            self.on_disk += array.nbytes

    def drop(self) -> None:
        """Let the arrays go."""
        self.is_gone = True
        self.in_memory = self.on_disk = 0
        self._table = [None] * len(self._table)
        self._places.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


class Trace:
    """All that was seen, one training step after the other.

    Parameters
    ----------
    memory, disk
        Bytes that arrays may take. Those of the training step that is under way stay on the disk, however many.
    steps
        How many steps are kept; those of the last two training steps all are.

    Attributes
    ----------
    batches
        The training steps of which the steps are kept, in order.
    """

    def __init__(self, memory: int = MEMORY, disk: int = DISK, steps: int = STEPS) -> None:
        self.memory, self.disk, self.steps = memory, disk, steps
        self.batches: list[Batch] = []
        self._past = Past()
        self._near: deque[Batch] = deque()
        self._older = 0  # bytes in memory of all of these but the last
        self._far: deque[Batch] = deque()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __len__(self) -> int:
        """Return how many steps there are."""
        return self.batches[-1].first + len(self.batches[-1].steps) if self.batches else self._past.end

    def __getitem__(self, number: int) -> Step:
        batch = self.batch_of(number)
        return batch.steps[number - batch.first]

    @property
    def last(self) -> Step | None:
        """The last step, if there is one that is kept."""
        return self[len(self) - 1] if len(self) > self._past.end else None

    def path(self, number: int) -> Path:
        """Return the path of a step; of one that is not kept the training step is all that is known."""
        if number < self._past.end:
            return (Frame("batch", str(self._past.batch_of(number))),)
        return self[number].path

    @property
    def next_batch(self) -> int:
        """Number of the training step that begins next."""
        return len(self._past) + len(self.batches)

    def begin(self, epoch: int, base: Mapping[TensorRef, Array]) -> Batch:
        """Begin a training step, in front of which these tensors are known."""
        before = self.batch_of(len(self) - 1) if len(self) else None
        number = self.next_batch
        in_epoch = before.in_epoch + 1 if before is not None and before.epoch == epoch else 1
        batch = Batch(number, epoch, in_epoch, len(self))
        batch.base = {ref: batch.place(array) for ref, array in base.items()}
        self.batches.append(batch)
        self._forget()
        self._older = self.in_memory
        self._near.append(batch)
        self.make_room()
        return batch

    def batch_of(self, number: int) -> Batch:
        """Return the training step that a step belongs to; of one that is not kept, when it was."""
        if number < self._past.end:
            place = self._past.batch_of(number)
            epoch, in_epoch, first = self._past[place]
            gone = Batch(place, epoch, in_epoch, first)
            gone.drop()
            return gone
        low, high = 0, len(self.batches) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.batches[middle].first <= number else (low, middle - 1)
        return self.batches[low]

    def state(self, number: int) -> dict[TensorRef, int]:
        """Return what is known behind a step: places of arrays in the table of its training step."""
        batch = self.batch_of(number)
        known = dict(batch.base)
        for step in batch.steps[: number - batch.first + 1]:
            known.update(step.gives)
        return known

    def array(self, number: int, ref: TensorRef) -> Array | None:
        """Return a tensor as it was behind a step, None if it was not known, or is gone."""
        if ref.kind == "step":
            batch = self.batch_of(int(ref.node))
            if batch.is_gone:
                return None
            outputs = batch.steps[int(ref.node) - batch.first].outputs
            return batch.array(outputs[int(ref.name)]) if int(ref.name) < len(outputs) else None
        place = self.state(number).get(ref)
        return None if place is None else self.batch_of(number).array(place)

    def cut(self, batch: int) -> None:
        """Forget a training step and all behind it."""
        kept = max(0, batch - len(self._past))
        for gone in self.batches[kept:]:
            gone.drop()
        del self.batches[kept:]
        self._past.cut(batch)
        self._near = deque(b for b in self._near if b.number < batch)
        self._older = sum(b.in_memory for b in list(self._near)[:-1])
        self._far = deque(b for b in self._far if b.number < batch)

    @property
    def in_memory(self) -> int:
        """Bytes of the arrays in memory."""
        return self._older + (self._near[-1].in_memory if self._near else 0)

    @property
    def on_disk(self) -> int:
        """Bytes of the arrays on the disk."""
        return sum(batch.on_disk for batch in (*self._near, *self._far))

    def _forget(self) -> None:
        """Let the oldest steps make way for new ones."""
        # where a training step begins, one stands behind the last step of the one before
        while len(self.batches) > 2 and len(self) - self._past.end > self.steps:
            oldest = self.batches.pop(0)
            oldest.drop()
            for queue in (self._near, self._far):
                if queue and queue[0] is oldest:
                    queue.popleft()
            self._past.add(oldest.epoch, oldest.in_epoch, oldest.first, oldest.first + len(oldest.steps))

    def make_room(self) -> None:
        """Let the oldest arrays make way for new ones, at last those of the training step that is under way."""
        if self.in_memory <= self.memory:
            return
        while len(self._near) > 1 and self.in_memory > self.memory:
            oldest = self._near.popleft()
            self._older -= oldest.in_memory
            try:
                oldest.spill(self._place())
                self._far.append(oldest)
            except OSError:  # where there is no room on the disk, they are gone
                oldest.drop()
        if self.in_memory > self.memory:
            # where there is no room on the disk they stay in memory: the step could not go on without them
            with suppress(OSError):
                self._near[-1].spill(self._place(), self.in_memory - self.memory + self.memory // _AT_ONCE)
        while len(self._far) > 1 and self.on_disk > self.disk:  # the last one may be what is shown just now
            self._far.popleft().drop()

    def _place(self) -> FilePath:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="trenza-debug-", ignore_cleanup_errors=True)
        return FilePath(self._folder.name)

    def close(self) -> None:
        """Leave nothing on the disk."""
        for batches in (self.batches, self._near, self._far):
            batches.clear()
        self._past.cut(0)
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
