"""Callbacks: what may look at, and stop, a training."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError

Logs = Mapping[str, Any]


@dataclass(frozen=True)
class Wait:
    """How long a callback waits to be told of steps that are over.

    Parameters
    ----------
    steps, seconds
        Until there are so many, or until so much time has passed: to be told behind the step under way then.
    alarms
        Or until one of these is set, by any thread: that is noticed within 10 ms, behind the same step where a callback
        hears of each.
    """

    steps: float = math.inf
    seconds: float = math.inf
    alarms: tuple[threading.Event, ...] = ()


class Callback:
    """Is told what happens while a model is trained. Override what you want to hear.

    Attributes
    ----------
    model
        The model that is trained; set ``model.stop_training = True`` to end it after the present step.
    params
        "epochs", "steps" (an epoch) and "verbose".
    """

    model: Any = None
    params: Mapping[str, Any] = {}

    def set_model(self, model: Any) -> None:
        """Take note of the model."""
        self.model = model

    def set_params(self, params: Mapping[str, Any]) -> None:
        """Take note of the run."""
        self.params = params

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Training begins."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Training is over."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """An epoch begins."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """An epoch is over; `logs` has the loss and the metrics, and those of validation with "val_"."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """A step begins."""

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """A step is over; `logs` has the loss and the metrics of this batch."""

    def on_train_batches_end(self, first: int, logs: Mapping[str, Array]) -> None:
        """Steps are over: the one of number `first`, and as many as each array of `logs` has elements.

        This is for who can wait: told at the end of an epoch, and within one as soon as what any
        callback waits for has come. A training whose step takes 150 µs spends 6 on telling a callback of each.
        """

    def until_told(self) -> Wait:
        """Return how long `on_train_batches_end` may wait. Asked whenever it has been told."""
        return Wait()

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """An evaluation begins."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """An evaluation is over."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """A batch of an evaluation begins."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """A batch of an evaluation is over; `logs` has the loss and the metrics of this batch."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """A prediction begins."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """A prediction is over."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """A batch of a prediction begins."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """A batch of a prediction is over; `logs` has its "outputs"."""


class CallbackList:
    """Several callbacks as one."""

    def __init__(self, callbacks: Sequence[Callback], model: Any, params: Mapping[str, Any]) -> None:
        self.callbacks = list(callbacks)
        for callback in self.callbacks:
            callback.set_model(model)
            callback.set_params(params)

    def told(self, event: str) -> list[Callable[..., None]]:
        """Return the methods of those that override an event: others need not be told of each batch."""
        return [getattr(c, event) for c in self.hearing(event)]

    def hearing(self, event: str) -> list[Callback]:
        """Return those that override an event."""
        return [c for c in self.callbacks if _overrides(c, event)]

    def call(self, event: str, *args: Any) -> None:
        """Tell all."""
        for callback in self.callbacks:
            getattr(callback, event)(*args)


def _overrides(callback: Callback, name: str) -> bool:
    return name in vars(callback) or getattr(type(callback), name) is not getattr(Callback, name)


class History(Callback):
    """Remembers the logs of each epoch.

    Attributes
    ----------
    epoch
        The numbers of the epochs.
    history
        For the loss and each metric the list of its values.
    """

    def __init__(self) -> None:
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = {}

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(float(value))


class LambdaCallback(Callback):
    """A callback made of functions.

    Examples
    --------
    >>> LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch)).on_epoch_end(3, {})
    3
    """

    def __init__(self, **functions: Any) -> None:
        for name, function in functions.items():
            if not name.startswith("on_") or not hasattr(Callback, name):
                raise InvalidArgumentError(
                    "There is no event called {name}.",
                    hint="There are: {names}.",
                    name=name,
                    names=", ".join(n for n in vars(Callback) if n.startswith("on_")),
                )
            setattr(self, name, function)
