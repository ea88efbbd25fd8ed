"""Buffers are shared only by values that are never alive together."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from engine.compile.memory import Lifetime, assign

lifetimes = st.lists(
    st.tuples(st.integers(0, 1000), st.integers(0, 30), st.integers(0, 30)).map(
        lambda t: Lifetime(t[0], min(t[1:]), max(t[1:]))
    ),
    max_size=40,
)


@given(lifetimes)
def test_no_two_values_that_live_at_once_share_a_block(lives: list[Lifetime]) -> None:
    blocks, _ = assign(lives)
    for i, j in combinations(range(len(lives)), 2):
        alive_together = lives[i].first <= lives[j].last and lives[j].first <= lives[i].last
        assert not (alive_together and blocks[i] == blocks[j])


@given(lifetimes)
def test_every_block_is_large_enough_and_used(lives: list[Lifetime]) -> None:
    blocks, sizes = assign(lives)
    assert len(blocks) == len(lives)
    assert set(blocks) == set(range(len(sizes)))
    for block, size in enumerate(sizes):
        assert size == max(life.nbytes for life, b in zip(lives, blocks, strict=True) if b == block)


@given(lifetimes)
def test_there_are_no_more_blocks_than_values_alive_at_once(lives: list[Lifetime]) -> None:
    _, sizes = assign(lives)
    most = max((sum(a.first <= step <= a.last for a in lives) for step in range(31)), default=0)
    assert len(sizes) == most


@given(st.integers(1, 20))
def test_a_chain_needs_two_blocks_at_most(length: int) -> None:
    _, sizes = assign([Lifetime(8, step, step + 1) for step in range(length)])
    assert len(sizes) == min(length, 2)


@given(st.integers(1, 20))
def test_what_is_written_over_needs_no_second_block(length: int) -> None:
    blocks, sizes = assign([Lifetime(8, i, i + 1, i - 1 if i else None) for i in range(length)])
    assert (set(blocks), sizes) == ({0}, [8])
