"""What it costs a training to be watched by a window and to be kept as a run.

Run ``python -m tests.benchmarks.keeping [--data-dir DIR]``; without ``mnist.npz`` it trains on the 8×8 digits.
All that a training does for the window and for its folder is timed where it is done, in time of the processor, to which
no other program adds; what it takes to look at the clock is taken off. How much slower the steps themselves are beside
a window, tests.benchmarks.watching tells.
"""

from __future__ import annotations

import argparse
import pickle
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from unittest import mock

import numpy as np

from engine.data.files import use_folder
from studio.document.file import dumps, load
from studio.run.health.monitor import HealthMonitor
from studio.run.messages import Ended, Event, Keep, Progress, Train
from studio.run.runs.folder import RunFolder
from studio.run.runs.keeper import Keeper
from studio.run.training.listener import Listener
from studio.run.worker import Worker
from tests.benchmarks.documents import example, with_epochs

_HEARD: Final = ("on_train_begin", "on_epoch_begin", "on_train_batches_end", "on_epoch_end")
#: What is done beside the steps themselves, and by which methods.
PARTS: Final[dict[str, list[tuple[type, str]]]] = {
    "reports and wishes": [(Listener, name) for name in _HEARD],
    "health": [(HealthMonitor, name) for name in _HEARD],
    "writing, in its thread": [(Keeper, "_try")],
}

#: An epoch of the digits is of 45 steps, one of MNIST of 1,500: fewer of them are over before the first checkpoint, and
#: what is done at the beginning is most of what is measured.
EPOCHS: Final = {"digits_mlp": 2000, "mnist_mlp": 60}


class Meter:
    """Adds up what calls take, without what others take that are made within them and metered, too."""

    _under_way = threading.local()

    def __init__(self) -> None:
        self.seconds = 0.0
        self.calls = 0

    @contextmanager
    def over(self, methods: list[tuple[type, str]]) -> Iterator[None]:
        """Time these methods within the block."""
        with ExitStack() as stack:
            for owner, name in methods:
                stack.enter_context(mock.patch.object(owner, name, self.timed(getattr(owner, name))))
            yield

    def timed(self, method: Callable[..., Any]) -> Callable[..., Any]:
        """Return a method that is timed."""

        def call(*args: Any) -> Any:
            around = getattr(self._under_way, "meter", None)
            self._under_way.meter = self
            begin = time.thread_time()
            try:
                return method(*args)
            finally:
                spent = time.thread_time() - begin
                self.seconds += spent
                self.calls += 1
                self._under_way.meter = around
                if around is not None:
                    around.seconds -= spent

        return call


class _Nothing:
    def method(self, *args: Any) -> None:
        """Do nothing."""


def clock() -> float:
    """Return how much of a call's time is that of looking at the clock."""
    meter = Meter()
    with meter.over([(_Nothing, "method")]):
        for _ in range(100_000):
            _Nothing().method(0, None)
    return meter.seconds / meter.calls


@dataclass
class Measured:
    """A training: its seconds, its steps, and what each part took of the seconds."""

    seconds: float
    steps: int
    parts: dict[str, float]


def trained(text: str, folder: Path | None, overhead: float) -> Measured:
    """Train with the plots closed."""
    ended: list[Ended] = []
    steps = 0

    def send(event: Event) -> None:
        nonlocal steps
        pickle.dumps(event)  # as on its way to the window
        if isinstance(event, Progress):
            steps += len(event.steps)
        if isinstance(event, Ended):
            ended.append(event)

    worker = Worker(send)
    worker.shown = 0  # nobody looks: the plots are closed
    keep = Keep(str(folder), "benchmark") if folder is not None else None
    with ExitStack() as stack:
        meters = {part: Meter() for part in PARTS}
        for part, methods in PARTS.items():
            stack.enter_context(meters[part].over(methods))
        worker.handle(Train(1, 1, text, "lazy", keep))
    assert ended[0].status == "complete", ended
    parts = {part: meter.seconds - overhead * meter.calls for part, meter in meters.items()}
    return Measured(ended[0].seconds, steps, parts)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--epochs", type=int, help="by default so many that a training takes some seconds")
    given = parser.parse_args()
    use_folder(given.data_dir)
    path = example(given.data_dir)
    name, document = path.stem, load(path)
    document.apply(with_epochs(document, given.epochs or EPOCHS[name]))
    text, overhead = dumps(document), clock()
    trained(text, None, overhead)  # compiles the kernels
    with tempfile.TemporaryDirectory() as place:
        runs = [
            (trained(text, None, overhead), trained(text, Path(place, str(i)), overhead)) for i in range(given.repeats)
        ]
        size = RunFolder(Path(place, "0")).size
    for kind, measured in zip(("not kept", "kept"), zip(*runs, strict=True), strict=True):
        own = [m.seconds - sum(m.parts.values()) for m in measured]
        print(f"{name}, {kind}: {'a step by itself':<24}{1e6 * np.median(own) / measured[0].steps:>8.2f} µs")
        for part in (*PARTS, "all of it"):
            found = [sum(m.parts.values()) if part == "all of it" else m.parts[part] for m in measured]
            share = np.median([f / o for f, o in zip(found, own, strict=True)])
            each = 1e6 * np.median(found) / measured[0].steps
            print(f"{name}, {kind}: {part:<24}{each:>8.2f} µs{100 * share:>8.2f} %")
    print(f"{name}: the folder is of {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
