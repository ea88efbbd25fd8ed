"""Lowering: data sets are loaded once, checked, and given up when nobody asks for them."""

from __future__ import annotations

import numpy as np
import pytest
from graphs import build, moons
from lowering import Source, program_of

from engine.core.errors import InvalidArgumentError, NotFoundError
from engine.data import Examples
from studio.document.edits import SetParams


def test_data_are_loaded_once_for_all_nodes_that_ask_for_the_same(source: Source) -> None:
    document = build({"one": "data.own", "two": "data.own"})
    program = program_of(document, source.catalogue)
    for _ in range(3):
        assert len(program.values().tensors) == 4
        program.update(document)
    assert source.loaded == 1


def test_data_that_nobody_asks_for_any_more_are_given_up() -> None:
    document = moons()
    program = program_of(document)
    for samples in (50, 60, 70):
        document.apply(SetParams("data", {"samples": samples}))
        program.update(document)
        program.values()
    assert len(program._examples) == 1


EMPTY = Examples((np.ones((0, 2), np.float32), np.zeros(0, np.int32)))
HOLES = Examples((np.array([[1, 2], [np.nan, 3]], np.float32), np.zeros(2, np.int32)))
ENDLESS = Examples((np.array([[1, 2], [3, -np.inf]], np.float32), np.zeros(2, np.int32)))
UNEVEN = Examples((np.ones((6, 2), np.float32), np.zeros(5, np.int32)))
BAD_TEST = Examples((np.ones((6, 2), np.float32), np.zeros(6, np.int32)), HOLES.train)


@pytest.mark.parametrize(
    ("examples", "words"),
    [
        (EMPTY, "'own' has no examples"),
        (HOLES, r"holds 1 values that are NaN or infinite, the first at \(1, 0\)"),
        (ENDLESS, r"the first at \(1, 1\)"),
        (UNEVEN, "6 inputs but 5 answers"),
        (BAD_TEST, "NaN or infinite"),
    ],
    ids=["empty", "nan", "infinite", "uneven", "nan in what is kept apart"],
)
def test_data_that_are_no_good_are_refused_on_their_node(source: Source, examples: Examples, words: str) -> None:
    source.examples = examples
    program = program_of(source.document(), source.catalogue)
    found = program.values()
    assert set(found.errors) == {"data"}
    with pytest.raises(InvalidArgumentError, match=words) as caught:
        program.training()
    assert caught.value.node == "data" == found.errors["data"].node
    assert str(caught.value) == str(found.errors["data"])


def test_data_that_cannot_be_had_are_not_tried_at_every_edit_but_when_it_matters(source: Source) -> None:
    source.error = NotFoundError("It is nowhere.")
    document = source.document()
    program = program_of(document, source.catalogue)
    for _ in range(3):
        assert str(program.values().errors["data"]) == "It is nowhere."
        program.update(document)
    assert source.loaded == 1
    with pytest.raises(NotFoundError):
        program.training()
    assert source.loaded == 2
    source.error = None
    program.reset()
    program.update(document)
    assert program.values().errors == {}
