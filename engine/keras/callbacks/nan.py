"""The end of trainings that went wrong."""

from __future__ import annotations

import math

from engine.keras.callbacks.callback import Callback, Logs


class TerminateOnNaN(Callback):
    """Ends the training when the loss of a batch is NaN or infinite.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> callback = TerminateOnNaN()
    >>> callback.set_model(SimpleNamespace(stop_training=False))
    >>> callback.on_train_batch_end(3, {"loss": float("nan")}); callback.model.stop_training
    Batch 3: the loss is nan, so the training ends
    True
    """

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        loss = (logs or {}).get("loss")
        if loss is not None and not math.isfinite(loss):
            print(f"Batch {batch}: the loss is {loss}, so the training ends")
            self.model.stop_training = True
