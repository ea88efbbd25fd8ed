"""A learning rate that a function sets anew each epoch."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from engine.keras.callbacks.callback import Callback, Logs


class LearningRateScheduler(Callback):
    """Sets the learning rate at the beginning of each epoch.

    Parameters
    ----------
    schedule
        ``schedule(epoch, learning_rate)``, or ``schedule(epoch)``, returns the rate of an epoch, counted from 0.
    verbose
        1 to say what it is.

    Examples
    --------
    >>> LearningRateScheduler(lambda epoch, rate: rate * 0.9).verbose
    0
    """

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        optimizer = self.model.optimizer
        takes_rate = len(inspect.signature(self.schedule).parameters) > 1
        optimizer.learning_rate = self.schedule(epoch, *([float(optimizer.learning_rate)] if takes_rate else ()))
        if self.verbose:
            print(f"Epoch {epoch + 1}: learning rate {float(optimizer.learning_rate):g}")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if isinstance(logs, dict):
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)
