"""What is measured of a training now and then, beside its losses: of one batch, so long as somebody looks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import numpy as np

from engine.core.errors import EngineError
from engine.core.witness import Witness, witnessed
from engine.keras.training.adapter import ArrayData
from engine.keras.utils import unpack_x_y_sample_weight
from engine.runtime import rng
from engine.runtime.tape import GradientTape
from engine.runtime.tensor import Tensor
from studio.document.lower import Training

#: Seconds between two samples at least, and the share of the time that they may take.
INTERVAL: Final = 0.1
SHARE: Final = 0.01


class GradientNorm:
    """Measures how long the gradient of the loss over all weights is that learn.

    Each sample takes the next batch of the training data in the order of the data, with the layers as they predict,
    op by op: the training itself is not touched, and nothing is compiled for it.

    Parameters
    ----------
    training
        What is trained.
    clock
        The time in seconds.
    """

    def __init__(self, training: Training, clock: Callable[[], float] = time.perf_counter) -> None:
        self._training, self._clock = training, clock
        self._next, self._place, self._is_warm = 0.0, 0, False

    def due(self) -> float | None:
        """Return a sample if it is time for one."""
        begin = self._clock()
        if begin < self._next:
            return None
        try:
            # neither its random numbers nor its breakpoints are to notice
            with rng.untouched(), witnessed(Witness()):
                found = self._measure()
        except EngineError:  # what keeps the gradient from being computed is told by the training itself
            found = None
        end = self._clock()
        # the first one loads what it needs, and is no measure of the others
        self._next = end + (max(INTERVAL, (end - begin) / SHARE) if self._is_warm else INTERVAL)
        self._is_warm = True
        return found

    def _measure(self) -> float:
        training, model = self._training, self._training.model
        size = training.fit["batch_size"]
        learnt_from = max(size, int(len(training.x[0]) * (1 - training.fit["validation_split"])))
        begin, self._place = self._place, (self._place + size) % learnt_from
        x, y = ([a[begin : begin + size] for a in part] for part in (training.x, training.y))
        data = ArrayData(x, y, dtypes=model.input_dtypes(x))
        inputs, truths, _weights = unpack_x_y_sample_weight(data.rebuild([Tensor(a) for a in data.arrays]))
        with GradientTape() as tape:
            loss = model.compute_loss(x=inputs, y=truths, y_pred=model(inputs, training=False), training=False)
        gradients = tape.gradient(loss, model.trainable_variables)
        squares = [np.sum(np.square(np.asarray(g.numpy(), np.float64))) for g in gradients if g is not None]
        return float(np.sqrt(np.sum(squares)))
