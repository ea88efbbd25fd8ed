"""Values that wait until they are written."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from studio.run.runs.waiting import MOST, Waiting


@given(st.integers(1, 3 * MOST), st.integers(1, 600))
def test_of_many_some_are_left_in_order_and_the_last_one(count: int, most: int) -> None:
    waiting = Waiting()
    for step in range(count):
        waiting.add(step, {})
    steps = [told.step for told in waiting.take(most)]
    assert len(steps) == min(count, most)
    assert steps == sorted(set(steps))
    assert steps[-1] == count - 1
    if count <= MOST and most > 1:
        assert max((b - a for a, b in pairwise(steps)), default=1) <= -(-count // most)
    assert waiting.take(most) == []
