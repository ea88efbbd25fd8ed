"""What is measured of a training now and then."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.core.witness import Witness, witnessed
from engine.keras.training.adapter import ArrayData
from engine.runtime import rng
from engine.runtime.tape import GradientTape
from engine.runtime.tensor import Tensor
from studio.document.catalogue import CATALOGUE
from studio.document.edits import SetParams
from studio.document.file import dumps, load
from studio.document.lower import Program, Training
from studio.run.messages import Observe, Progress, Train
from studio.run.training import listener, sampling
from studio.run.training.sampling import GradientNorm
from studio.run.worker import Worker

DIGITS = Path(__file__).resolve().parents[3] / "examples" / "digits_mlp.trenza"


@pytest.fixture
def training() -> Training:
    program = Program(CATALOGUE)
    program.update(load(DIGITS))
    return program.training()


def test_it_is_the_length_of_the_gradient_of_a_batch(training: Training) -> None:
    model, size = training.model, training.fit["batch_size"]
    norm = GradientNorm(training)
    for batch in range(2):
        part = slice(batch * size, (batch + 1) * size)
        x, y = ArrayData([training.x[0][part]], [training.y[0][part]], dtypes=model.input_dtypes(training.x)).arrays
        with GradientTape() as tape:
            loss = model.compute_loss(y=Tensor(y), y_pred=model(Tensor(x)))
        flat = np.concatenate([g.numpy().ravel() for g in tape.gradient(loss, model.trainable_variables)])
        norm._next = 0.0
        assert norm.due() == pytest.approx(np.linalg.norm(flat), rel=1e-5)


def test_it_takes_no_more_than_its_share_of_the_time(training: Training, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    norm = GradientNorm(training, lambda: now)

    def measured() -> float:
        nonlocal now
        now += 0.05
        return 1.0

    monkeypatch.setattr(norm, "_measure", measured)
    samples = 0
    while now < 60:
        samples += norm.due() is not None
        now += 0.001
    assert 0.05 * (samples - 1) <= 60.1 * sampling.SHARE
    assert samples > 0.6 * 60 * sampling.SHARE / 0.05, "and nearly as much"


def test_the_training_does_not_notice(training: Training) -> None:
    class Seen(Witness):
        def before(self, op: object, operands: object, attrs: object) -> None:
            raise AssertionError("a breakpoint would have seen this")

    rng.set_seed(3)
    expected = rng.normal([4]).numpy()
    rng.set_seed(3)
    with witnessed(Seen()):
        assert GradientNorm(training).due() is not None
    np.testing.assert_array_equal(rng.normal([4]).numpy(), expected)


@pytest.mark.parametrize("what", [(), ("gradient_norm",)])
def test_only_what_is_observed_is_measured(what: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "QUIET_INTERVAL", 0.0)
    monkeypatch.setattr(sampling, "INTERVAL", 0.0)
    document = load(DIGITS)
    trainer = next(n.id for n in document.nodes.values() if n.type.startswith("train."))
    document.apply(SetParams(trainer, {"epochs": 1}))
    events: list[object] = []
    worker = Worker(events.append)
    worker.receive(Observe(1, what))
    worker.handle(Train(1, 1, dumps(document), "lazy"))
    reports = [event for event in events if isinstance(event, Progress)]
    assert all(r.sampled["learning_rate"] == pytest.approx(0.001) for r in reports)
    assert all(0 < r.sampled["examples_per_second"] < 1e9 for r in reports)
    norms = [r.sampled["gradient_norm"] for r in reports if "gradient_norm" in r.sampled]
    assert bool(norms) == bool(what)
    assert all(norm > 0 for norm in norms)
