"""What is measured, and the chance that a loss is compared with."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from engine.core.errors import EngineError
from engine.keras import losses
from studio.run.health.chance import chance_of
from studio.run.health.records import COUNTED, HealthWarning, Histogram


@pytest.mark.parametrize("value", [0.0, 1.0, -3e20, 1e-30])
def test_a_histogram_of_one_value_has_it_within_its_range(value: float) -> None:
    found = Histogram.of(np.full(5, value, np.float32))
    assert found is not None
    assert found.low < np.float32(value) < found.high
    assert sum(found.counts) == 5


def test_values_that_floats_can_hardly_tell_apart_have_a_histogram() -> None:
    found = Histogram.of(np.array([5e16, np.nextafter(5e16, np.inf)]))
    assert found is not None
    assert sum(found.counts) == 2


def test_what_is_no_number_is_left_out_and_of_many_some_stand_for_all() -> None:
    assert Histogram.of(np.array([np.nan, np.inf])) is None
    assert Histogram.of(np.zeros(0)) is None
    found = Histogram.of(np.arange(10 * COUNTED, dtype=np.float32))
    assert found is not None
    assert sum(found.counts) == COUNTED


TRUTHS = {
    "SparseCategoricalCrossentropy": (np.array([0, 0, 1, 2]), 3),
    "CategoricalCrossentropy": (np.eye(3, dtype=np.float32)[[0, 0, 1, 2]], 3),
    "BinaryCrossentropy": (np.array([[0.0], [0.0], [0.0], [1.0]], np.float32), 1),
    "MeanSquaredError": (np.array([[1.0], [2.0], [6.0]], np.float32), 1),
    "MeanAbsoluteError": (np.array([[1.0], [2.0], [6.0]], np.float32), 1),
    "Hinge": (np.array([[1.0], [1.0], [-1.0]], np.float32), 1),
}


@pytest.mark.parametrize("name", TRUTHS)
def test_no_prediction_that_is_the_same_for_all_does_better_than_chance(name: str) -> None:
    truth, scores = TRUTHS[name]
    loss = getattr(losses, name)()
    chance = chance_of(loss, truth, np.zeros((1, scores), np.float32))
    assert chance is not None
    draws = np.random.default_rng(0)
    best = np.inf
    for _ in range(300):
        guess = draws.uniform(0, 1, scores) if "entropy" in name else draws.uniform(-1.2, 6, scores)
        guess = guess / guess.sum() if scores > 1 else guess
        best = min(best, float(loss(truth, np.tile(guess, (len(truth), 1)).astype(np.float32))))
    assert chance <= best + 1e-6
    assert best == pytest.approx(chance, rel=0.05)


@pytest.mark.parametrize("name", ["SparseCategoricalCrossentropy", "CategoricalCrossentropy", "BinaryCrossentropy"])
def test_the_chance_of_logits_is_that_of_probabilities(name: str) -> None:
    truth, scores = TRUTHS[name]
    prediction = np.zeros((1, scores), np.float32)
    kind = getattr(losses, name)
    assert chance_of(kind(from_logits=True), truth, prediction) == pytest.approx(
        chance_of(kind(), truth, prediction), rel=1e-4
    )


def test_answers_that_do_not_fit_the_loss_have_no_chance() -> None:
    loss = losses.SparseCategoricalCrossentropy()
    assert chance_of(loss, np.array([7]), np.zeros((1, 3), np.float32)) is None


def test_a_warning_travels_between_processes_with_its_facts() -> None:
    told = HealthWarning(
        "input_scale", EngineError("Up to {largest}.", hint="Scale it.", largest=255.0, node="dense"), 3
    )
    found = pickle.loads(pickle.dumps(told))
    assert (found.id, found.node, found.step, str(found.error)) == ("input_scale", "dense", 3, "Up to 255.0. Scale it.")
