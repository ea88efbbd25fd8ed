"""Callbacks that watch a number of the logs."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from engine.core.dtype import Array
from engine.core.param import Param
from engine.keras.callbacks.callback import Callback, Logs

_MODE = Param("choice", "auto", choices=("auto", "min", "max"))
_EPOCHS = Param("int", 0, min=0)
_FACTOR = Param("float", 0.1, min=0, below=1)

#: Metrics of which more is better, by what their names hold, as Keras guesses it.
_RISING = ("acc", "auc", "precision", "recall")


class Monitor(Callback):
    """Base of the callbacks that watch a number: they remember the best one, and how long ago it was.

    Parameters
    ----------
    monitor
        Name of the number in the logs.
    mode
        "min" if less is better, "max" if more is; "auto" goes by the name.
    min_delta
        Changes up to it are no improvement.
    """

    best_weights: Any = None
    _REMEMBERED = frozenset({"best", "wait", "best_epoch", "stopped_epoch", "_cooling"})

    def __init__(self, monitor: str, mode: str, min_delta: float) -> None:
        self.monitor = monitor
        self.min_delta = abs(min_delta)
        mode = _MODE.validate(mode, "mode", type(self).__name__)
        rising = mode == "max" or (mode == "auto" and any(word in monitor for word in _RISING))
        self._sign = -1.0 if rising else 1.0
        self.begin()

    def begin(self) -> None:
        """Forget what was seen."""
        self.best, self.wait = self._sign * math.inf, 0

    def state(self) -> tuple[dict[str, Any], list[Array]]:
        """Return what it remembers, as plain data and as arrays."""
        plain = {name: value for name, value in vars(self).items() if name in self._REMEMBERED}
        return plain, list(self.best_weights or ())

    def restore(self, plain: Mapping[str, Any], arrays: Sequence[Array]) -> None:
        """Go on with what it remembered."""
        for name in self._REMEMBERED & set(plain):
            setattr(self, name, plain[name])
        if arrays:
            self.best_weights = list(arrays)

    def is_better(self, value: float) -> bool:
        """Whether a value is better than the best one so far."""
        return self._sign * (self.best - value) > self.min_delta

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.begin()

    def value(self, logs: Logs | None) -> float | None:
        """Return the number, or None, with a warning, if the logs do not hold it."""
        found = (logs or {}).get(self.monitor)
        if found is None:
            warnings.warn(
                f"{type(self).__name__} watches '{self.monitor}', but the logs hold: {', '.join(logs or {})}.",
                stacklevel=2,
            )
            return None
        return float(found)


class EarlyStopping(Monitor):
    """Ends the training when a number has not become better for some epochs.

    Parameters
    ----------
    monitor, min_delta, mode
        What is watched, which changes count, and whether less or more is better ("auto" goes by the name).
    patience
        Epochs without improvement before it ends.
    verbose
        1 to say so.
    baseline
        What has to be reached before anything counts as better.
    restore_best_weights
        Go back to the weights of the best epoch at the end.
    start_from_epoch
        First epoch that is watched.

    Examples
    --------
    >>> EarlyStopping(monitor="val_accuracy", patience=3).patience
    3
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.patience = _EPOCHS.validate(patience, "patience", "EarlyStopping")
        self.start_from_epoch = _EPOCHS.validate(start_from_epoch, "start_from_epoch", "EarlyStopping")
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights

    def begin(self) -> None:
        super().begin()
        self.stopped_epoch = self.best_epoch = 0
        self.best_weights = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        value = self.value(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self.best_weights, self.best_epoch = self.model.get_weights(), epoch
        self.wait += 1
        if self.is_better(value):
            self.best, self.best_epoch = value, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self._sign * (self.baseline - value) > self.min_delta:
                self.wait = 0
            return
        if self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.stopped_epoch and self.verbose:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.restore_best_weights and self.best_weights is not None:
            self.model.set_weights(self.best_weights)


class ReduceLROnPlateau(Monitor):
    """Makes the learning rate smaller when a number has not become better for some epochs.

    Parameters
    ----------
    monitor, min_delta, mode
        What is watched, which changes count, and whether less or more is better ("auto" goes by the name).
    factor
        What the rate is multiplied with, below 1.
    patience, cooldown
        Epochs without improvement before the rate shrinks, and epochs after that in which nothing is counted.
    min_lr
        Smallest rate.

    Examples
    --------
    >>> ReduceLROnPlateau(factor=0.5, patience=3).factor
    0.5
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 0.0001,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.factor = _FACTOR.validate(factor, "factor", "ReduceLROnPlateau")
        self.patience = _EPOCHS.validate(patience, "patience", "ReduceLROnPlateau")
        self.cooldown = _EPOCHS.validate(cooldown, "cooldown", "ReduceLROnPlateau")
        self.verbose = verbose
        self.min_lr = min_lr

    def begin(self) -> None:
        super().begin()
        self._cooling = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        value = self.value(logs)
        if value is None:
            return
        if self._cooling:
            self._cooling -= 1
            self.wait = 0
        if self.is_better(value):
            self.best, self.wait = value, 0
        elif not self._cooling:
            self.wait += 1
            if self.wait >= self.patience:
                self._shrink(epoch)

    def _shrink(self, epoch: int) -> None:
        rate = float(self.model.optimizer.learning_rate)
        if rate > self.min_lr:
            self.model.optimizer.learning_rate = max(rate * self.factor, self.min_lr)
            if self.verbose:
                print(f"Epoch {epoch + 1}: learning rate {float(self.model.optimizer.learning_rate):g}")
            self._cooling, self.wait = self.cooldown, 0
