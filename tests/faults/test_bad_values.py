"""The debugger stops at the op that makes the first bad values, and says why."""

from __future__ import annotations

import pytest
from debugging import debugged
from faults.bad_values import BAD_VALUES


@pytest.mark.parametrize("name", BAD_VALUES)
def test_the_debugger_stops_at_the_op_that_makes_bad_values(name: str) -> None:
    culprit = BAD_VALUES[name]
    with debugged(culprit.document) as debuggee:
        stop = debuggee.do(debuggee.session.go_on)
        if culprit.zeros:
            first = debuggee.session.trace[stop.place.step]
            assert (stop.bad and stop.bad.kind, first.node, first.phase) == ("zeros", culprit.zeros, "forward")
            stop = debuggee.do(debuggee.session.go_on)
        assert stop.reason == "bad", stop.error
        assert stop.bad is not None
        step = debuggee.session.trace[stop.place.step]
        assert (stop.bad.kind, step.op, step.node, step.phase) == (
            culprit.kind,
            culprit.op,
            culprit.node,
            culprit.phase,
        )
        assert culprit.reason in str(stop.bad.why)
        assert stop.bad.why.hint
        assert "{" not in f"{stop.bad.what}{stop.bad.why}"
