"""The progress of a training in the terminal: a bar an epoch, or a line an epoch where there is no terminal."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Mapping
from typing import Any, Final

import click
from tqdm import tqdm

from engine.keras.callbacks import Callback
from studio.ui.i18n import _, number, words

#: Seconds between two looks at the figures beside the bar.
_INTERVAL: Final = 0.05
_FORMAT: Final = "{n_fmt}/{total_fmt} {bar:24} {elapsed}<{remaining}{desc}"
_DIGITS: Final = 4


class Bar(Callback):
    """Shows each epoch with its time, its speed and its figures, in the language in use.

    A bar is drawn over and over in its place, which only a terminal can do: files and pipes get a line an epoch.
    """

    def __init__(self) -> None:
        self._bar: Any = None
        self._begin = self._shown = 0.0
        self._sums: dict[str, float] = {}

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Draw an empty bar."""
        self._begin = self._shown = time.perf_counter()
        self._sums = {}
        if sys.stdout.isatty():
            click.echo(self._title(epoch))
            columns, rows = shutil.get_terminal_size()  # tqdm shows nothing in a terminal that does not know its size
            self._bar = tqdm(
                total=self.params["steps"],
                bar_format=_FORMAT,
                ascii=" ━" if (sys.stdout.encoding or "").lower().startswith("utf") else " #",
                file=sys.stdout,
                ncols=columns,
                nrows=rows,
                mininterval=_INTERVAL,
            )

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Move the bar, and show the means of the epoch so far."""
        if self._bar is None:
            return
        for name, value in logs.items():
            self._sums[name] = self._sums.get(name, 0.0) + value
        now = time.perf_counter()
        if now - self._shown > _INTERVAL:
            self._shown = now
            self._bar.n = batch + 1
            means = {name: total / (batch + 1) for name, total in self._sums.items()}
            self._bar.set_description_str(f" {self._speed(batch + 1)} - {figures(means)}")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Fill the bar, or write the line."""
        steps = self.params["steps"]
        text = f"{self._speed(steps)} - {figures(logs or {})}"
        if self._bar is not None:
            self._bar.n = steps
            self._bar.set_description_str(f" {text}", refresh=False)
            self._close()
        else:
            click.echo(f"{self._title(epoch)} - {steps}/{steps} - {text}")

    def on_train_end(self, logs: Any = None) -> None:
        """Leave no bar behind."""
        self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _title(self, epoch: int) -> str:
        return _("Epoch {epoch}/{epochs}").format(epoch=epoch + 1, epochs=self.params["epochs"])

    def _speed(self, steps: int) -> str:
        milliseconds = 1000 * (time.perf_counter() - self._begin) / max(steps, 1)
        return _("{ms} ms a step").format(ms=number(milliseconds, 2))


def figures(logs: Mapping[str, float], between: str = " - ") -> str:
    """Return the loss and the metrics, those of the validation with "val_" as in the logs.

    Examples
    --------
    >>> figures({"loss": 0.25, "val_loss": 0.5})
    'loss: 0.2500 - val_loss: 0.5000'
    """
    return between.join(f"{_name(name)}: {number(float(value), _DIGITS)}" for name, value in logs.items())


def _name(name: str) -> str:
    """Return the name of a metric in the language in use; one that has no word there stays what it is."""
    own = name.removeprefix("val_")
    word = _(words(own))
    return name if word == words(own) else f"{name[: len(name) - len(own)]}{word}"
