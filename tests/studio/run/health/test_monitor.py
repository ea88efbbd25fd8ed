"""Who watches over a training: it sees what there is, changes nothing, and takes little time and memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from faults.healthy import HEALTHY
from faults.networks import CLASSES, adam, dense, network
from graphs import example, moons

from engine.core.errors import EngineError
from engine.keras.callbacks import Callback
from studio.document.catalogue import CATALOGUE
from studio.document.document import Document
from studio.document.lower import Program, Training
from studio.run import session
from studio.run.health.monitor import KEPT, HealthMonitor
from studio.run.health.records import HealthWarning, Sample
from studio.run.messages import Mode


def ready(document: Document) -> tuple[Program, Training]:
    program = Program(CATALOGUE)
    program.update(document)
    return program, program.training()


def watched(document: Document, mode: Mode = "eager", *others: Callback, **options: Any) -> HealthMonitor:
    program, training = ready(document)
    monitor = HealthMonitor(program, training, **{"every": 5, "share": None, **options})
    session.train(program, training, mode, [monitor, *others])
    return monitor


@pytest.mark.parametrize("mode", ["eager", "lazy"])
@pytest.mark.parametrize("name", ["digits, dropout", "digits, batch normalisation", "digits, two losses"])
def test_a_training_goes_the_same_way_bit_for_bit_if_it_is_watched(name: str, mode: Mode) -> None:
    found = []
    for is_watched in (False, True):
        program, training = ready(HEALTHY[name](3))
        monitors = [HealthMonitor(program, training, every=3, share=None)] if is_watched else []
        outcome = session.train(program, training, mode, monitors)
        found.append((dict(outcome.metrics), [w.array.tobytes() for w in training.model.weights]))
    assert found[0] == found[1]


def test_a_compiled_training_is_seen_as_an_eager_one() -> None:
    eager, compiled = (watched(moons(), mode).evidence.samples for mode in ("eager", "lazy"))
    assert [s.step for s in eager] == [s.step for s in compiled] == [0, 1, 6, 11]
    for one, other in zip(eager, compiled, strict=True):
        assert one.loss == pytest.approx(other.loss, rel=1e-4)
        assert one.gradient_norm == pytest.approx(other.gradient_norm, rel=1e-3)
        for a, b in zip(one.weights, other.weights, strict=True):
            assert (a.node, a.name, a.shape) == (b.node, b.name, b.shape)
            assert (a.update_ratio is None) == (one.step == 0)
            if a.update_ratio is not None:
                assert a.update_ratio == pytest.approx(b.update_ratio, rel=1e-2)


def test_a_sample_holds_what_a_look_at_the_arrays_finds() -> None:
    program, training = ready(moons())
    monitor = HealthMonitor(program, training, every=1, share=None)
    kept: list[dict[str, np.ndarray]] = []

    class Weights(Callback):
        def on_train_begin(self, logs: Any = None) -> None:
            kept.append({w.name: w.numpy() for w in training.model.weights})

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.on_train_begin()

    session.train(program, training, "eager", [monitor, Weights()])
    for before, now, sample in zip(kept, kept[1:], monitor.evidence.samples[1:], strict=False):
        for weight in sample.weights:
            name = f"{weight.node}/{weight.name}"
            assert weight.norm == pytest.approx(np.linalg.norm(now[name]), rel=1e-5)
            change = np.linalg.norm(now[name] - before[name]) / np.linalg.norm(now[name])
            assert weight.update_ratio == pytest.approx(change, rel=1e-3)
            assert weight.values is not None
            assert (weight.values.low, weight.values.high) == pytest.approx(
                (now[name].min(), now[name].max()), abs=1e-6
            )
            assert sum(weight.values.counts) == weight.size
    assert [a.op for a in sample.activations] == ["tanh", "softmax"]
    assert [a.is_output for a in sample.activations] == [False, True]
    assert sample.gradient_norm == pytest.approx(np.sqrt(sum((w.gradient_norm or 0) ** 2 for w in sample.weights)))


def test_units_are_dead_only_if_no_look_has_woken_them() -> None:
    """Half of the units see x, the other half -x - 10, which is never above 0."""
    layers = {
        "hidden": dense(4, "relu", kernel_initializer="ones"),
        "below": ("layer.Rescaling", {"scale": 1.0, "offset": -100.0}),
        "relu": "layer.ReLU",
        "output": dense(2, "softmax"),
    }
    sample = watched(network(("data.moons", {"samples": 80}), layers, CLASSES, adam(epochs=2))).evidence.samples[-1]
    assert {a.node: a.dead for a in sample.activations if a.dead is not None} == {"hidden": 0.0, "relu": 1.0}


def test_samples_take_no_more_than_their_share_of_the_time() -> None:
    assert len(watched(example("digits_mlp"), share=0.0, every=1).evidence.samples) == 2, (
        "in front of the first step, and behind"
    )


def test_what_is_remembered_is_bounded_and_keeps_the_first_and_the_last_looks() -> None:
    found: list[Sample] = []
    document = network(
        ("data.moons", {"samples": 400}), {"output": dense(2, "softmax")}, CLASSES, adam(epochs=30, batch=16)
    )
    monitor = watched(document, "lazy", every=1, sampled=found.append)
    samples = monitor.evidence.samples
    assert monitor.evidence.steps == 600
    assert len(found) > KEPT >= len(samples)
    assert samples[0] is found[0]
    assert samples[-3:] == found[-3:]
    assert [s.step for s in samples] == sorted(s.step for s in samples)
    assert len(monitor.evidence.losses) == 10


def test_a_layer_that_the_user_has_frozen_is_no_fault() -> None:
    class Freeze(Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.model.get_layer("hidden").trainable = False

    monitor = watched(moons(trainer=("train.Adam", {"epochs": 8, "batch_size": 16})), "eager", Freeze(), every=2)
    last = {w.node: w.update_ratio for w in monitor.evidence.samples[-1].weights}
    assert last["hidden"] is None
    assert last["output"]
    assert "frozen_layer" not in [w.id for w in monitor.warnings]


def test_where_all_is_nan_nothing_else_is_said() -> None:
    layers = {"hidden": dense(8, "tanh"), "log": "op.log", "relu": "layer.ReLU", "output": dense(2, "softmax")}
    monitor = watched(network(("data.moons", {"samples": 80}), layers, CLASSES, adam()))
    assert [(w.id, w.node, w.step) for w in monitor.warnings] == [("not_finite", "loss", 1)]
    assert "since step 1" in str(monitor.warnings[0].error)


def test_each_warning_is_given_once_as_soon_as_it_shows() -> None:
    told: list[HealthWarning] = []
    layers = {"hidden": dense(8), "output": dense(2, "softmax")}
    monitor = watched(network(("data.moons", {"samples": 80}), layers, CLASSES, adam()), warn=told.append)
    assert told == monitor.warnings
    assert [(w.id, w.node, w.step) for w in told] == [("linear_stack", "output", 0)]
    assert isinstance(told[0].error, EngineError)
    assert "'hidden'" in str(told[0].error)


def test_what_shows_within_an_epoch_is_told_within_it() -> None:
    layers = {"hidden": dense(8, "relu"), "stop": "op.stop_gradient", "output": dense(2, "softmax")}
    monitor = watched(network(("data.moons", {"samples": 400}), layers, CLASSES, adam(epochs=1, batch=4)))
    frozen = next(w for w in monitor.warnings if w.id == "frozen_layer")
    assert frozen.node == "hidden"
    assert frozen.step < 40 < monitor.evidence.steps


def test_the_gap_to_the_validation_is_known_for_each_epoch() -> None:
    evidence = watched(moons()).evidence
    assert evidence.gap == [logs["val_loss"] - logs["loss"] for logs in evidence.epochs]
    assert len(evidence.gap) == 3
