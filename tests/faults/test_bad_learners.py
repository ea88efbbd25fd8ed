"""Whoever learns badly is warned of what is wrong with it, at the node it is about."""

from __future__ import annotations

import pytest
from faults.bad_learners import BAD_LEARNERS
from faults.trained import trained

from studio.run.health.rules import RULES


@pytest.mark.parametrize("name", BAD_LEARNERS)
def test_the_right_warning_appears(name: str) -> None:
    patient = BAD_LEARNERS[name]
    monitor, error = trained(patient.make(1))
    assert (error is not None) == patient.fails, error
    assert (patient.warning, patient.node) in [(w.id, w.node) for w in monitor.warnings]
    for warning in monitor.warnings:
        assert warning.error.hint
        assert "{" not in str(warning.error)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
@pytest.mark.parametrize("name", BAD_LEARNERS)
def test_the_right_warning_appears_in_compiled_trainings_of_other_seeds(name: str, seed: int) -> None:
    patient = BAD_LEARNERS[name]
    monitor, _error = trained(patient.make(seed), "lazy")
    assert (patient.warning, patient.node) in [(w.id, w.node) for w in monitor.warnings]


def test_each_rule_has_a_network_that_shows_it() -> None:
    assert {patient.warning for patient in BAD_LEARNERS.values()} == set(RULES)
