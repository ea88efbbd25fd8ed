"""Lowering: weights stay where nothing changed, and are the same at every start."""

from __future__ import annotations

from typing import Any

import pytest
from graphs import build, moons, wire
from lowering import program_of, same, weights

from engine.core.errors import InvalidArgumentError
from studio.document.edits import RemoveWire, SetParams, SetSetting, remove
from studio.run import session


def test_weights_are_the_same_whatever_comes_first() -> None:
    looked, trained, both = program_of(moons()), program_of(moons()), program_of(moons())
    looked.values()
    trained.training()
    both.training()
    both.values()
    for id, found in weights(looked).items():
        assert same(found, weights(trained)[id])
        assert same(found, weights(both)[id])


def test_weights_stay_when_another_node_changes() -> None:
    document = moons()
    program = program_of(document)
    before = weights(program)
    document.apply(SetParams("output", {"kernel_initializer": "he_normal"}))
    program.update(document)
    program.values()
    after = weights(program)
    assert same(before["hidden"], after["hidden"])
    assert not same(before["output"], after["output"])


def test_learned_weights_stay_through_an_edit_elsewhere() -> None:
    document = moons()
    program = program_of(document)
    first = weights(program)["hidden"]
    session.train(program, program.training(), "lazy")
    learned = weights(program)["hidden"]
    assert not same(first, learned)
    document.apply(SetParams("trainer", {"epochs": 7}))
    program.update(document)
    assert same(weights(program)["hidden"], learned)


def test_a_layer_with_other_inputs_is_drawn_anew() -> None:
    document = moons()
    program = program_of(document)
    before = weights(program)
    document.apply(SetParams("hidden", {"units": 9}))
    program.update(document)
    assert weights(program)["output"][0].shape == (9, 2)
    document.apply(SetParams("hidden", {"units": 8}))
    program.update(document)
    assert all(same(found, before[id]) for id, found in weights(program).items()), "as if nothing had happened"


def test_reset_draws_the_same_weights_again() -> None:
    document = moons()
    program = program_of(document)
    before = weights(program)
    session.train(program, program.training(), "lazy")
    program.reset()
    program.update(document)
    assert all(same(found, before[id]) for id, found in weights(program).items())


def test_every_node_has_a_seed_of_its_own() -> None:
    document = build(
        {
            "data": "data.moons",
            "one": ("layer.Dense", {"units": 3}),
            "two": ("layer.Dense", {"units": 3}),
        },
        "data.x > one.inputs\ndata.x > two.inputs",
        seed=1,
    )
    found = weights(program_of(document))
    assert not same(found["one"], found["two"])
    document.apply(SetSetting("seed", 2))
    assert not same(weights(program_of(document))["one"], found["one"])
    document.apply(RemoveWire(wire("data.x > two.inputs")))
    document.apply(SetSetting("seed", 1))
    document.apply(remove(document, ["two"]))
    assert same(weights(program_of(document))["one"], found["one"])


@pytest.mark.parametrize("seed", ["one", None, -1, 1.5, [1], True])
def test_a_seed_that_is_none_is_refused_in_words(seed: Any) -> None:
    document = moons()
    document.apply(SetSetting("seed", seed))
    with pytest.raises(InvalidArgumentError, match=r"^seed is .* whole number of 0 or more"):
        program_of(document)
