"""Sweeps: which documents come of them."""

from __future__ import annotations

import pytest
from graphs import build, moons

from engine.core.errors import InvalidArgumentError
from engine.core.param import Param
from studio.document.edits import SetParams
from studio.document.file import dumps, loads
from studio.run.runs import sweep
from studio.run.runs.sweep import MOST, Choices, Place, Span, at_random, choices_in, grid, param_of, places

RATE, UNITS = Place("trainer", "learning_rate"), Place("hidden", "units")
NUMBER, COUNT = Param("float", 0.1, min=0), Param("int", 1, min=1)


def test_a_grid_has_every_combination_and_leaves_the_document_alone() -> None:
    document = moons()
    before = dumps(document)
    trials = list(grid(document, {RATE: Choices((0.1, 0.01)), UNITS: Choices((4, 8, 16))}))
    assert [tuple(t.values.values()) for t in trials] == [(r, u) for r in (0.1, 0.01) for u in (4, 8, 16)]
    assert trials[3].label == "trainer.learning_rate=0.01, hidden.units=4"
    assert trials[3].make().nodes["hidden"].params["units"] == 4
    assert dumps(document) == before


def test_at_random_none_comes_twice_and_the_seed_decides() -> None:
    choices = {RATE: Choices((0.1, 0.01, 0.001)), UNITS: Choices((4, 8, 16))}

    def drawn(count: int, seed: int) -> list[tuple[object, ...]]:
        return [tuple(t.values.values()) for t in at_random(moons(), choices, count, seed)]

    assert drawn(4, 1) == drawn(4, 1) != drawn(4, 2)
    assert len(set(drawn(9, 3))) == 9
    assert len(drawn(50, 3)) == 9, "there are no more"


def test_from_a_range_any_number_is_drawn_in_equal_ratios() -> None:
    choices = {RATE: choices_in("1e-4..1e-1", NUMBER, "x"), UNITS: choices_in("4..256", COUNT, "x")}
    drawn = [tuple(t.values.values()) for t in at_random(moons(), choices, 200)]
    rates, units = zip(*drawn, strict=True)
    assert len(set(rates)) > 190, "not only the steps of a grid"
    assert all(1e-4 <= rate <= 1e-1 for rate in rates)
    assert all(isinstance(unit, int) and 4 <= unit <= 256 for unit in units)
    for low, high in ((1e-4, 1e-3), (1e-3, 1e-2), (1e-2, 1e-1)):
        assert 40 < sum(low <= rate < high for rate in rates) < 95, "each power of ten as often as the others"
    few = {UNITS: Choices((Span(1, 3, is_whole=True), 8))}
    assert sorted(t.values[UNITS] for t in at_random(moons(), few, 50)) == [1, 2, 3, 8], "there are no more"
    again = {UNITS: choices_in("1, 2, 1..3", COUNT, "x")}
    assert len(list(at_random(moons(), again, 50))) == 3, "some lie in two parts"
    narrow = [t.values[RATE] for t in at_random(moons(), {RATE: choices_in("0.1..0.10001", NUMBER, "x")}, 50)]
    assert len(set(narrow)) == 50
    assert all(0.1 <= rate <= 0.10001 for rate in narrow)


@pytest.mark.parametrize(
    ("text", "param", "values"),
    [
        ("1e-4..1e-1/4", NUMBER, [0.0001, 0.001, 0.01, 0.1]),
        ("0..1/3", NUMBER, [0.0, 0.5, 1.0]),
        ("16..64/3", COUNT, [16, 40, 64]),
        ("1..3", COUNT, [1, 2, 3]),
        ("8, 8, 16", COUNT, [8, 16]),
        ("relu, tanh", Param("choice", "relu", choices=("relu", "tanh")), ["relu", "tanh"]),
        ("true, false", Param("bool", True), [True, False]),
    ],
)
def test_values_in_a_text(text: str, param: Param, values: list[object]) -> None:
    assert (
        choices_in(text, param, "x").values == pytest.approx(values)
        if param is NUMBER
        else choices_in(text, param, "x").values == values
    )


@pytest.mark.parametrize(
    "text", ["", " , ", "a", "1..", "1..2/1", "1..inf/3", "1..2/x", "1..2/", "2..1", "-1", "-3..3/3"]
)
def test_what_is_no_value_says_so(text: str) -> None:
    with pytest.raises(InvalidArgumentError):
        choices_in(text, COUNT, "x")


def test_only_single_values_can_be_swept_over() -> None:
    found = places(moons())
    assert {RATE, UNITS} <= set(found)
    assert all(param_of(moons(), place).kind in ("int", "float", "bool", "choice") for place in found)
    with pytest.raises(InvalidArgumentError, match=r"no parameter 'hidden\.nothing'"):
        param_of(moons(), Place("hidden", "nothing"))


def test_too_many_are_refused() -> None:
    many = {RATE: Choices(tuple(range(100))), UNITS: Choices(tuple(range(1, 101)))}
    with pytest.raises(InvalidArgumentError, match="That would be 10000 trainings"):
        list(grid(moons(), many))
    assert len(list(at_random(moons(), many, 3))) == 3 < MOST


def test_a_thousand_trials_are_listed_and_their_documents_made_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    document, made = moons(), []
    monkeypatch.setattr(sweep, "loads", lambda text: made.append(text) or loads(text))
    many = {RATE: choices_in("0.001..0.1", param_of(document, RATE), "x"), UNITS: choices_in("1..100", COUNT, "x")}
    trials = list(at_random(document, many, MOST))
    assert len(trials) == MOST
    assert made == []
    document.apply(SetParams("hidden", {"units": 7}))
    assert trials[0].make().nodes["hidden"].params["units"] == trials[0].values[UNITS]
    assert len(made) == 1


@pytest.mark.parametrize("text", ["0.1, inf", "0.1..inf", "nan"])
def test_what_is_no_finite_rate_is_refused_in_words(text: str) -> None:
    with pytest.raises(InvalidArgumentError, match=r"It takes a finite number of 0 or more|is no range"):
        choices_in(text, param_of(moons(), RATE), "rate")


def test_lists_can_be_swept_over() -> None:
    document = build(
        {"x": ("data.random_normal", {"shape": [1, 8, 8, 1]}), "conv": "layer.Conv2D"}, "x.output > conv.inputs"
    )
    size = Place("conv", "kernel_size")
    assert size in places(document)
    choices = choices_in("3, (1, 5), 5", param_of(document, size), "kernel_size")
    trials = list(grid(document, {size: choices}))
    assert [t.make().nodes["conv"].params["kernel_size"] for t in trials] == [(3,), (1, 5), (5,)]


@pytest.mark.parametrize("text", ["0,001", "0,001, 0,01", "8,16", "0,0001..0,1/4"])
def test_a_comma_that_may_be_that_of_a_decimal_is_not_guessed_at(text: str) -> None:
    with pytest.raises(InvalidArgumentError, match="may be one number or several"):
        choices_in(text, NUMBER, "rate")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0,001; 0,01", [0.001, 0.01]),
        ("0,01..1/3;", [0.01, 0.1, 1.0]),
        ("0.1,0.2", [0.1, 0.2]),
        ("1e-3,1e-2", [0.001, 0.01]),
        ("8, 16", [8.0, 16.0]),
    ],
)
def test_what_is_clear_is_read(text: str, values: list[float]) -> None:
    assert choices_in(text, NUMBER, "rate").values == values
