"""Nobody is told of faults that are not there."""

from __future__ import annotations

import pytest
from debugging import debugged
from faults.healthy import HEALTHY
from faults.trained import trained

from studio.run.debug.breakpoints import Breakpoint


def complaints(name: str, seed: int) -> list[str]:
    """Return what is said of one of the networks, which must have learned something."""
    monitor, error = trained(HEALTHY[name](seed))
    assert error is None
    chance = monitor.evidence.chance
    assert chance is not None
    assert monitor.evidence.epochs[-1]["loss"] < 0.75 * chance
    return [f"{warning.id} at {warning.node}: {warning.error}" for warning in monitor.warnings]


@pytest.mark.parametrize("name", HEALTHY)
def test_of_a_healthy_network_no_warning_is_given(name: str) -> None:
    assert complaints(name, 1) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3, 4, 5])
@pytest.mark.parametrize("name", HEALTHY)
def test_of_a_healthy_network_no_warning_is_given_whatever_its_seed(name: str, seed: int) -> None:
    assert complaints(name, seed) == []


@pytest.mark.parametrize("name", HEALTHY)
def test_in_a_healthy_network_the_debugger_finds_no_bad_values(name: str) -> None:
    with debugged(HEALTHY[name](1), [Breakpoint(1, "loss", epoch=1, step=4)]) as debuggee:
        stop = debuggee.do(debuggee.session.go_on)
        assert (stop.reason, stop.bad) == ("breakpoint", None), stop.bad and str(stop.bad.why)


@pytest.mark.slow
@pytest.mark.parametrize("name", HEALTHY)
def test_in_a_healthy_network_the_debugger_finds_no_bad_values_to_the_end(name: str) -> None:
    with debugged(HEALTHY[name](1)) as debuggee:
        stop = debuggee.do(debuggee.session.go_on)
        assert (stop.reason, stop.bad) == ("complete", None), stop.bad and str(stop.bad.why)
