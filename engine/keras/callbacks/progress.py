"""The progress bar in the terminal."""

from __future__ import annotations

import shutil
import sys
import time
from typing import Any

from tqdm import tqdm

from engine.keras.callbacks.callback import Callback, Logs

_FORMAT = "{n_fmt}/{total_fmt} {bar:24} {elapsed}<{remaining}{desc}"


class ProgressBar(Callback):
    """Shows each epoch as a bar with its time and its logs, as Keras does.

    A bar is drawn over and over in its place, which only a terminal can do: files and pipes get a line an epoch.

    Parameters
    ----------
    verbose
        1 for bars, 2 for one line an epoch.
    """

    def __init__(self, verbose: int = 1) -> None:
        self.verbose = verbose
        self._bar: Any = None
        self._begin = 0.0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self._begin = time.perf_counter()
        if self.verbose == 1 and sys.stdout.isatty():
            print(f"Epoch {epoch + 1}/{self.params['epochs']}")
            columns, rows = shutil.get_terminal_size()  # tqdm shows nothing in a terminal that does not know its size
            self._bar = tqdm(
                total=self.params["steps"],
                bar_format=_FORMAT,
                ascii=" ━" if (sys.stdout.encoding or "").lower().startswith("utf") else " #",
                file=sys.stdout,
                ncols=columns,
                nrows=rows,
                mininterval=0.05,
            )

    @property
    def is_drawn(self) -> bool:
        """Whether there is a bar now, which wants to be told how far the epoch is."""
        return self._bar is not None

    def report(self, step: int, logs: Logs) -> None:
        """Show how far the epoch is; called at most every 50 ms."""
        if self._bar is not None:
            self._bar.n = step
            self._bar.set_description_str(self._speed(step) + _text(logs))

    def _speed(self, steps: int) -> str:
        milliseconds = 1000 * (time.perf_counter() - self._begin) / max(steps, 1)
        return f" {milliseconds:.2f} ms/step - "

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self._bar is not None:
            self._bar.n = self._bar.total
            self._bar.set_description_str(self._speed(self._bar.total) + _text(logs or {}), refresh=False)
            self._bar.close()
            self._bar = None
        elif self.verbose:
            steps = self.params["steps"]
            speed = f"{steps}/{steps} -{self._speed(steps)}" if self.verbose == 1 else ""
            print(f"Epoch {epoch + 1}/{self.params['epochs']} - {speed}{_text(logs or {})}", flush=True)

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self._bar is not None:
            self._bar.close()


def _text(logs: Logs) -> str:
    return " - ".join(f"{name}: {value:.4f}" for name, value in logs.items())
