"""What it costs a training to be watched by a window and to be kept as a run.

Run ``python -m tests.benchmarks.keeping [--data-dir DIR]``; without ``mnist.npz`` it trains on the 8×8 digits.
Trainings with and without take turns, since the machine has other things to do, too. What the callbacks behind a step
take, and what the thread does that writes, is time of the processor, to which no other program adds.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.files import use_folder
from studio.document.edits import SetParams
from studio.document.file import dumps, load
from studio.run.messages import Ended, Keep, Train
from studio.run.runs.folder import RunFolder
from studio.run.runs.keeper import Keeper
from studio.run.training.listener import Listener
from studio.run.worker import Worker

ROOT = Path(__file__).resolve().parents[2]


def trained(text: str, folder: Path | None) -> tuple[float, float, int]:
    """Return the seconds of a training, those of callbacks and of what writes, and the number of steps."""
    ended: list[Ended] = []
    worker = Worker(lambda event: ended.append(event) if isinstance(event, Ended) else None)
    worker.shown = 0  # nobody looks: the plots are closed
    spent, steps = 0.0, 0
    original, work = Listener.on_train_batch_end, Keeper._try

    def timed(self: Listener, batch: int, logs: Any = None) -> None:
        nonlocal spent, steps
        begin = time.thread_time()
        original(self, batch, logs)
        spent += time.thread_time() - begin
        steps += 1

    def written(self: Keeper, job: Any) -> None:
        nonlocal spent
        begin = time.thread_time()
        work(self, job)
        spent += time.thread_time() - begin

    Listener.on_train_batch_end, Keeper._try = timed, written  # type: ignore[method-assign]
    try:
        keep = Keep(str(folder), "benchmark") if folder is not None else None
        worker.handle(Train(1, 1, text, "lazy", keep))
    finally:
        Listener.on_train_batch_end, Keeper._try = original, work  # type: ignore[method-assign]
    assert ended[0].status == "complete", ended
    return ended[0].seconds, spent, steps


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=5)
    given = parser.parse_args()
    use_folder(given.data_dir)
    name = "mnist_mlp" if given.data_dir is not None else "digits_mlp"
    document = load(ROOT / "examples" / f"{name}.trenza")
    trainer = next(n.id for n in document.nodes.values() if n.type.startswith("train."))
    document.apply(SetParams(trainer, {"epochs": given.epochs}))
    text = dumps(document)
    trained(text, None)  # compiles the kernels
    with tempfile.TemporaryDirectory() as place:
        plain, kept, shares, sizes = [], [], [], []
        for number in range(given.repeats):
            plain.append(trained(text, None))
            kept.append(trained(text, Path(place, str(number))))
            shares.append(kept[-1][1] / kept[-1][0])
            sizes.append(RunFolder(Path(place, str(number))).size)
    steps = plain[0][2]
    rows = (
        ("a step, not kept", f"{1e6 * np.median([p[0] for p in plain]) / steps:.1f} µs"),
        ("a step, kept", f"{1e6 * np.median([k[0] for k in kept]) / steps:.1f} µs"),
        ("watching, of that", f"{1e6 * np.median([p[1] for p in plain]) / steps:.2f} µs"),
        ("watching and keeping", f"{1e6 * np.median([k[1] for k in kept]) / steps:.2f} µs"),
        ("their share", f"{100 * np.median(shares):.2f} %"),
        ("the folder", f"{np.median(sizes) / 1e6:.1f} MB"),
    )
    for what, figure in rows:
        print(f"{name}: {what:<28}{figure:>12}")


if __name__ == "__main__":
    main()
