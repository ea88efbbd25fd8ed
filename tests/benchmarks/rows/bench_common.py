"""What the rows share: the data, how long something takes, and programs that run in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy as np

#: Set by `serve.py`: smaller amounts of work, for a look.
QUICK = bool(os.environ.get("TRENZA_BENCH_QUICK"))

Measures = dict[str, Callable[[], float]]


def digits(count: int) -> tuple[Any, Any]:
    """Return that many images of 28 by 28, from 0 to 1, and their labels: MNIST if it was found, else noise."""
    path = os.environ.get("TRENZA_BENCH_DATA")
    if path:
        with np.load(path) as arrays:
            x, y = arrays["x_train"][:count], arrays["y_train"][:count]
        return x.astype(np.float32) / np.float32(255), y.astype(np.int32)
    rng = np.random.default_rng(0)
    return rng.random((count, 28, 28), dtype=np.float32), rng.integers(0, 10, count).astype(np.int32)


def fitted(keras: Any, model: Any, x: Any, y: Any, batch: int, optimizer: str) -> Measures:
    """Return the time of a step within `fit`, accuracy included, in Keras or what is like it."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
    model.fit(x[: 4 * batch], y[: 4 * batch], batch_size=batch, epochs=1, verbose=0)

    def step() -> float:
        begin = time.perf_counter()
        model.fit(x, y, batch_size=batch, epochs=1, verbose=0)
        return (time.perf_counter() - begin) / (len(x) // batch)

    return {"step": step}


def looped(model: Any, x: Any, y: Any, batch: int, optimizer: Any) -> Measures:
    """Return the time of a step of a plain loop in PyTorch, accuracy included."""
    import torch
    from torch.nn.functional import cross_entropy

    x, y = torch.from_numpy(x), torch.from_numpy(y).long()

    def epoch(count: int) -> float:
        model.train()
        right = torch.zeros((), dtype=torch.long)
        total = torch.zeros(())
        order = torch.randperm(count)
        for at in range(0, count, batch):
            index = order[at : at + batch]
            labels = y[index]
            logits = model(x[index])
            loss = cross_entropy(logits, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.detach()
            right += (logits.argmax(1) == labels).sum()
        return float(total) + float(right)

    epoch(4 * batch)

    def step() -> float:
        begin = time.perf_counter()
        epoch(len(x))
        return (time.perf_counter() - begin) / (len(x) // batch)

    return {"step": step}


def repeated(work: Callable[[], Any], least: float = 0.2) -> Callable[[], float]:
    """Return a measure: the time of one call, over as many as take `least` seconds."""
    work()
    begin = time.perf_counter()
    work()
    count = max(1, int(least / 4 / max(time.perf_counter() - begin, 1e-7))) if not QUICK else 1

    def measure() -> float:
        begin = time.perf_counter()
        for _ in range(count):
            work()
        return (time.perf_counter() - begin) / count

    return measure


def products(shapes: list[tuple[int, int, int]]) -> Callable[[], float]:
    """Return a measure: the time that BLAS takes for products m x k by k x n, on the better of one thread and all."""
    from threadpoolctl import threadpool_limits

    rng = np.random.default_rng(0)
    given = [
        (rng.random((m, k), np.float32), rng.random((k, n), np.float32), np.empty((m, n), np.float32))
        for m, k, n in shapes
    ]

    def work() -> None:
        for a, b, out in given:
            np.dot(a, b, out)

    def on(threads: int) -> float:
        with threadpool_limits(threads, user_api="blas"):
            return repeated(work)()

    return lambda: min(on(1), on(os.cpu_count() or 1))


def in_new_process(program: str, column: str, cache: str | None = None) -> dict[str, float]:
    """Run a row's `program` for a column in a new process and return what it prints, and the time it took.

    The time is that from before the process was started until the program said that it was done.
    """
    environment = dict(os.environ)
    if cache is not None:
        environment["TRENZA_CACHE"] = cache
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, program, column],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    seconds = time.perf_counter() - begin
    _, complaints = process.communicate()
    if process.returncode:
        raise RuntimeError(complaints)
    return {"seconds": seconds, **json.loads(line)}


def cold_and_warm(program: str, column: str) -> Measures:
    """Return how long a program takes with an empty cache of kernels, and with one that holds what it needs."""
    warm = tempfile.TemporaryDirectory()

    def cold() -> float:
        with tempfile.TemporaryDirectory() as empty:
            return in_new_process(program, column, empty)["seconds"]

    in_new_process(program, column, warm.name)
    return {"cold": cold, "warm": lambda: in_new_process(program, column, warm.name)["seconds"]}
