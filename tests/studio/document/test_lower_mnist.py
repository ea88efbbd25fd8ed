"""The examples for MNIST learn the same in every way they can be run, on a part of the real digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from graphs import DATA, HAS_MNIST, example
from lowering import program_of

from engine.data import mnist
from engine.keras.callbacks import LambdaCallback
from engine.runtime.threads import Governor
from studio.document.edits import SetParams
from studio.run import session

pytestmark = pytest.mark.skipif(not HAS_MNIST, reason="mnist.npz is not in ../shared/data")

#: How each document is run here: rows to learn from, epochs, rows of a batch, accuracy on rows it has not seen.
RUNS = {"mnist_mlp": (8192, 4, 32, 0.9), "mnist_cnn": (384, 3, 64, 0.6)}
#: How far two ways may lie apart in the mean loss over the batches so far, at any batch.
APART = 1e-3


@pytest.fixture
def some_digits(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let MNIST have so many rows to learn from, and 1,000 others."""
    (x, y), (x_test, y_test) = mnist.load_data(DATA)

    def cut(rows: int) -> None:
        monkeypatch.setattr(mnist, "load_data", lambda: ((x[:rows], y[:rows]), (x_test[:1000], y_test[:1000])))

    return cut


def learn(name: str, mode: Any) -> tuple[list[float], float]:
    """Return the running mean of the loss after each batch, and the accuracy in the end."""
    _, epochs, batch_size, _ = RUNS[name]
    document = example(name)
    document.apply(SetParams("trainer", {"epochs": epochs, "batch_size": batch_size}))
    program = program_of(document)
    curve: list[float] = []
    accuracy: list[float] = []
    session.train(
        program,
        program.training(),
        mode,
        [
            LambdaCallback(
                on_train_batch_end=lambda _batch, logs: curve.append(logs["loss"]),
                on_epoch_end=lambda _epoch, logs: accuracy.append(logs["val_accuracy"]),
            )
        ],
    )
    return curve, accuracy[-1]


@pytest.mark.parametrize("name", RUNS)
def test_it_learns_the_same_eagerly_and_compiled_on_one_thread_and_on_two(
    name: str, some_digits: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, epochs, batch_size, enough = RUNS[name]
    some_digits(rows)
    ways = {}
    for way, mode, threads in (("eager", "eager", 1), ("one thread", "lazy", 1), ("two threads", "lazy", 2)):
        monkeypatch.setattr(Governor, "threads", lambda _self, threads=threads: threads)
        ways[way] = learn(name, mode)
    curve, accuracy = ways["eager"]
    assert len(curve) == epochs * -(-rows // batch_size)
    assert accuracy > enough
    for other in ("one thread", "two threads"):
        found, reached = ways[other]
        np.testing.assert_allclose(found, curve, atol=APART, err_msg=other)
        assert reached == accuracy, other
    assert ways["one thread"] == ways["two threads"], "work is divided in the same way on any number of threads"
