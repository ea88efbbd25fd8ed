"""Lowering: what cannot be trained is refused on its node, in words."""

from __future__ import annotations

import pytest
from graphs import MOON_WIRES, MOONS, build, wire
from lowering import TWO_HEADS, TWO_HEADS_WIRES, program_of, refusal

from engine.core.errors import EngineError
from studio.document.edits import AddWire, remove
from studio.run import session

NO_TRAINER = {id: kind for id, kind in MOONS.items() if id != "trainer"}
NO_TRAINER_WIRES = MOON_WIRES.replace("loss.loss > trainer.loss[0]", "")
REFUSED = {
    "no trainer": (NO_TRAINER, NO_TRAINER_WIRES, None, "has no trainer. Add one"),
    "no trainer, and something else is wrong": (
        {"alone": "layer.Dense", **NO_TRAINER},
        NO_TRAINER_WIRES,
        None,
        "has no trainer",
    ),
    "two trainers": (
        {**MOONS, "second": "train.SGD"},
        MOON_WIRES + "loss.loss > second.loss[0]",
        "second",
        "has 2 trainers. Keep one",
    ),
    "two trainers, one without a loss": ({**MOONS, "second": "train.SGD"}, MOON_WIRES, "second", "has 2 trainers"),
    "trainer without a loss": (
        MOONS,
        NO_TRAINER_WIRES,
        "trainer",
        "'loss' is not connected",
    ),
    "what feeds the trainer is wrong": (
        {"alone": "layer.Dense", **MOONS, "hidden": ("layer.Dense", {"units": 0})},
        MOON_WIRES,
        "hidden",
        "units is 0",
    ),
    "trainer wired to a number that is no loss": (
        {**MOONS, "mean": "op.reduce_mean"},
        NO_TRAINER_WIRES + "output.output > mean.input_tensor\nmean.output > trainer.loss[0]",
        "trainer",
        "wired to losses, but 'mean' is none",
    ),
    "trainer wired to a metric": (
        MOONS,
        NO_TRAINER_WIRES + "accuracy.value > trainer.loss[0]",
        "trainer",
        "'accuracy' is none",
    ),
    "metric with a problem": (
        {**MOONS, "accuracy": ("metric.SparseCategoricalAccuracy", {"nonsense": 1})},
        MOON_WIRES,
        "accuracy",
        "nonsense",
    ),
    "metric without wires": ({**MOONS, "idle": "metric.MeanAbsoluteError"}, MOON_WIRES, "idle", "is not connected"),
    "metric of something else": (
        {**MOONS, "other": "metric.SparseCategoricalAccuracy"},
        MOON_WIRES + "data.y > other.y_true\nhidden.output > other.y_pred",
        "other",
        "other tensors than any loss",
    ),
    "learned truth": (
        {
            "data": "data.moons",
            "one": ("layer.Dense", {"units": 2}),
            "two": ("layer.Dense", {"units": 2}),
            "loss": "loss.MeanSquaredError",
            "trainer": "train.Adam",
        },
        """
        data.x > one.inputs
        data.x > two.inputs
        one.output > loss.y_true
        two.output > loss.y_pred
        loss.loss > trainer.loss[0]
        """,
        "loss",
        "depends on the layer 'one'",
    ),
    "prediction of no data": (
        {
            "data": ("data.constant", {"value": [[1.0, 2.0]]}),
            "layer": ("layer.Dense", {"units": 2}),
            "loss": "loss.MeanSquaredError",
            "trainer": "train.Adam",
        },
        """
        data.output > layer.inputs
        data.output > loss.y_true
        layer.output > loss.y_pred
        loss.loss > trainer.loss[0]
        """,
        "loss",
        "does not depend on any data",
    ),
    "one of two predictions of no data": (
        {**TWO_HEADS, "fixed": ("data.constant", {"value": [[1.0, 2.0]]})},
        TWO_HEADS_WIRES.replace("hidden.output > size.inputs", "fixed.output > size.inputs"),
        "distance",
        "does not depend on any data",
    ),
    "nothing to learn": (
        {"data": "data.moons", "loss": "loss.MeanSquaredError", "trainer": "train.Adam"},
        """
        data.x > loss.y_true
        data.x > loss.y_pred
        loss.loss > trainer.loss[0]
        """,
        "loss",
        "nothing to learn",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_trained_is_refused_on_its_node(case: str) -> None:
    nodes, wires, node, words = REFUSED[case]
    error = refusal(build(nodes, wires))
    assert words in str(error)
    assert error.node == node


def test_inputs_of_different_length_are_refused() -> None:
    nodes = {**MOONS, "other": ("data.moons", {"samples": 70})}
    document = build(nodes, MOON_WIRES.replace("data.y >", "other.y >"))
    program = program_of(document)
    with pytest.raises(EngineError, match=r"80.*70") as caught:
        session.train(program, program.training(), "lazy")
    assert caught.value.node == "trainer"


def test_an_error_of_one_node_is_not_blamed_on_another() -> None:
    nodes = {**MOONS, "one": ("layer.Dense", {"units": 0}), "hidden": ("layer.Dense", {"units": 0})}
    document = build(nodes, MOON_WIRES)
    program = program_of(document)
    with pytest.raises(EngineError) as caught:
        program.training()
    assert caught.value.node == "hidden"
    document.apply(AddWire(wire("data.x > one.inputs")))
    document.apply(remove(document, ["hidden"]))
    program.update(document)
    assert program.problems["one"].node == "one"
