"""Buffers are shared only by values that are never alive together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.compile.memory import Assignment, Lifetime, assign, by_moments, by_sizes

Give = Callable[[Sequence[Lifetime]], Assignment]

lifetimes = st.lists(
    st.tuples(st.integers(0, 1000), st.integers(0, 30), st.integers(0, 30)).map(
        lambda t: Lifetime(t[0], min(t[1:]), max(t[1:]))
    ),
    max_size=40,
)


@pytest.mark.parametrize("give", [by_moments, by_sizes])
@given(lives=lifetimes)
def test_no_two_values_that_live_at_once_share_a_block(give: Give, lives: list[Lifetime]) -> None:
    blocks, _ = give(lives)
    for i, j in combinations(range(len(lives)), 2):
        alive_together = lives[i].first <= lives[j].last and lives[j].first <= lives[i].last
        assert not (alive_together and blocks[i] == blocks[j])


@pytest.mark.parametrize("give", [by_moments, by_sizes])
@given(lives=lifetimes)
def test_every_block_is_large_enough_and_used(give: Give, lives: list[Lifetime]) -> None:
    blocks, sizes = give(lives)
    assert len(blocks) == len(lives)
    assert set(blocks) == set(range(len(sizes)))
    for block, size in enumerate(sizes):
        assert size == max(life.nbytes for life, b in zip(lives, blocks, strict=True) if b == block)


@given(lifetimes)
def test_there_are_no_more_blocks_than_values_alive_at_once(lives: list[Lifetime]) -> None:
    _, sizes = by_moments(lives)
    most = max((sum(a.first <= step <= a.last for a in lives) for step in range(31)), default=0)
    assert len(sizes) == most


def test_a_small_value_does_not_sit_where_a_large_one_comes_later() -> None:
    lives = [Lifetime(100, 0, 1), Lifetime(1, 2, 9), Lifetime(100, 3, 4)]
    assert sum(by_moments(lives)[1]) == 200
    assert assign(lives) == ([0, 1, 0], [100, 1])


@given(lifetimes)
def test_the_way_is_chosen_that_takes_fewer_bytes(lives: list[Lifetime]) -> None:
    alive = [sum(a.nbytes for a in lives if a.first <= step <= a.last) for step in range(31)]
    assert max(alive, default=0) <= sum(assign(lives)[1]) == min(sum(give(lives)[1]) for give in (by_moments, by_sizes))


@pytest.mark.parametrize("give", [by_moments, by_sizes])
@given(length=st.integers(1, 20))
def test_a_chain_needs_two_blocks_at_most(give: Give, length: int) -> None:
    _, sizes = give([Lifetime(8, step, step + 1) for step in range(length)])
    assert len(sizes) == min(length, 2)


@pytest.mark.parametrize("give", [by_moments, by_sizes])
@given(length=st.integers(1, 20))
def test_what_is_written_over_needs_no_second_block(give: Give, length: int) -> None:
    blocks, sizes = give([Lifetime(8, i, i + 1, i - 1 if i else None) for i in range(length)])
    assert (set(blocks), sizes) == ({0}, [8])
