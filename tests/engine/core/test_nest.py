"""Nested structures are taken apart and put together again."""

from __future__ import annotations

from collections import defaultdict, namedtuple
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core import nest
from engine.core.shape import TensorShape

SHAPE = TensorShape([2, None])

structures = st.recursive(
    st.integers() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
)


@given(structures)
def test_rebuilding_with_the_same_leaves_gives_the_same(structure: Any) -> None:
    again = nest.rebuild(structure, nest.leaves(structure))
    assert again == structure
    assert repr(again) == repr(structure), "dicts keep their order too"


@given(structures)
def test_mapping_keeps_the_structure(structure: Any) -> None:
    mapped = nest.map_structure(lambda leaf: [leaf], structure)
    assert [leaf for leaf in nest.leaves(mapped)] == list(nest.leaves(structure))  # noqa: C416


@pytest.mark.parametrize(
    ("structure", "leaves"),
    [
        ({"b": 1, "a": 2}, [2, 1]),
        ([1, (2, [3])], [1, 2, 3]),
        ([], []),
        (None, [None]),
        ("text", ["text"]),
        ([SHAPE], [SHAPE]),
    ],
)
def test_leaves_come_in_order(structure: Any, leaves: list[Any]) -> None:
    assert list(nest.leaves(structure)) == leaves


def test_named_tuples_keep_their_class() -> None:
    pair = namedtuple("pair", "a b")
    assert nest.map_structure(str, pair(1, 2)) == pair("1", "2")
    assert type(nest.map_structure(str, pair(1, 2))) is pair


def test_keys_of_several_types_and_other_kinds_of_dicts_are_kept() -> None:
    structure = defaultdict(list, {"b": 1, 2: (3, 4)})
    built = nest.map_structure(lambda leaf: -leaf, structure)
    assert isinstance(built, defaultdict)
    assert built == {"b": -1, 2: (-3, -4)}
    assert list(nest.leaves(structure)) == [3, 4, 1]
