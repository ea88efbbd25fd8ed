"""Lowering: a document becomes a model that trains, the same eagerly and compiled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from graphs import DATA, HAS_MNIST, MOON_WIRES, MOONS, build, example, moons
from lowering import TWO_HEADS, TWO_HEADS_WIRES, Source, losses, program_of

from engine.data import Examples
from engine.data.files import use_folder
from studio.document.document import PortRef
from studio.document.edits import SetParams, SetSetting
from studio.run import session


def test_a_document_becomes_a_model_with_its_data() -> None:
    training = program_of(moons()).training()
    assert [a.shape for a in (*training.x, *training.y)] == [(80, 2), (80,)]
    assert training.validation is None
    assert training.fit == {"epochs": 3, "batch_size": 16, "validation_split": 0.2, "shuffle": True}
    assert training.metrics == ("accuracy",)
    assert training.trainer == "trainer"
    assert training.model.count_params() == 42
    assert float(training.model.optimizer.learning_rate) == pytest.approx(0.05)


def test_what_the_data_set_keeps_apart_is_validated_with(source: Source) -> None:
    source.examples = Examples(source.examples.train, (np.zeros((3, 2), np.float32), np.ones(3, np.int32)))
    training = program_of(source.document(), source.catalogue).training()
    assert training.validation is not None
    assert [a.shape for part in training.validation for a in part] == [(3, 2), (3,)]
    assert training.fit["validation_split"] == 0.0


def test_the_truth_may_come_from_a_data_set_that_keeps_nothing_apart(source: Source) -> None:
    source.examples = Examples((np.zeros((80, 2), np.float32), np.zeros(80, np.int32)), source.examples.train)
    document = build({**MOONS, "other": "data.own"}, MOON_WIRES.replace("data.x >", "other.x >"), seed=1)
    training = program_of(document, source.catalogue).training()
    assert training.validation is None
    assert training.fit["validation_split"] == 0.2


def test_an_autoencoder_learns_its_input() -> None:
    document = build(
        {
            "data": "data.iris",
            "code": ("layer.Dense", {"units": 2}),
            "again": ("layer.Dense", {"units": 4}),
            "loss": "loss.MeanSquaredError",
            "trainer": ("train.Adam", {"epochs": 8, "learning_rate": 0.03}),
        },
        """
        data.x > code.inputs
        code.output > again.inputs
        data.x > loss.y_true
        again.output > loss.y_pred
        loss.loss > trainer.loss[0]
        """,
    )
    training = program_of(document).training()
    assert np.array_equal(training.x[0], training.y[0])
    found = losses(document, "lazy", 8)["loss"]
    assert found[-1] < found[0] / 2


def test_the_truth_may_pass_through_ops() -> None:
    nodes = {
        **MOONS,
        "classes": ("op.one_hot", {"depth": 2}),
        "loss": "loss.CategoricalCrossentropy",
        "accuracy": "metric.CategoricalAccuracy",
    }
    wires = MOON_WIRES.replace("data.y >", "classes.output >") + "data.y > classes.indices"
    document = build(nodes, wires, seed=1)
    training = program_of(document).training()
    assert training.y[0].shape == (80, 2)
    assert training.y[0].dtype == np.float32
    sparse, dense = losses(moons(), "lazy", 3), losses(document, "lazy", 3)
    assert dense["loss"] == pytest.approx(sparse["loss"], abs=1e-5)
    assert dense["val_accuracy"] == pytest.approx(sparse["val_accuracy"])


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_several_losses_make_a_model_with_several_outputs(mode: Any) -> None:
    document = build(TWO_HEADS, TWO_HEADS_WIRES, seed=1)
    training = program_of(document).training()
    assert len(training.model.outputs) == 2
    assert [a.shape for a in training.y] == [(80,), (80, 2)]
    found = losses(document, mode, 2)
    assert set(training.metrics) <= set(found), "the logs know the metrics by these names"
    assert all(f"val_{name}" in found for name in training.metrics)
    parts = [name for name in found if name.endswith("_loss") and not name.startswith("val_")]
    assert sum(found[name][0] for name in parts) == pytest.approx(found["loss"][0], rel=1e-4)


def test_two_losses_may_look_at_one_prediction() -> None:
    nodes = {
        **MOONS,
        "classes": ("op.one_hot", {"depth": 2}),
        "squares": "loss.MeanSquaredError",
        "off": "metric.MeanAbsoluteError",
    }
    wires = (
        MOON_WIRES
        + """
        data.y > classes.indices
        classes.output > squares.y_true
        output.output > squares.y_pred
        classes.output > off.y_true
        output.output > off.y_pred
        squares.loss > trainer.loss[1]
    """
    )
    document = build(nodes, wires, seed=1)
    training = program_of(document).training()
    found = losses(document, "lazy", 2)
    assert len(training.metrics) == 2
    assert set(training.metrics) <= set(found)


def test_branches_from_several_ports_come_together() -> None:
    document = build(
        {
            "one": ("data.moons", {"samples": 60}),
            "two": ("data.circles", {"samples": 60}),
            "left": ("layer.Dense", {"units": 4, "activation": "relu"}),
            "right": ("layer.Dense", {"units": 3, "activation": "relu"}),
            "joined": ("op.concat", {"axis": 1}),
            "half": ("data.constant", {"value": 0.5}),
            "scaled": "op.multiply",
            "output": ("layer.Dense", {"units": 2, "activation": "softmax"}),
            "loss": "loss.SparseCategoricalCrossentropy",
            "trainer": ("train.SGD", {"epochs": 2, "momentum": 0.9}),
        },
        """
        one.x > left.inputs
        two.x > right.inputs
        left.output > joined.values[0]
        right.output > joined.values[1]
        joined.output > scaled.x
        half.output > scaled.y
        scaled.output > output.inputs
        one.y > loss.y_true
        output.output > loss.y_pred
        loss.loss > trainer.loss[0]
        """,
        seed=3,
    )
    training = program_of(document).training()
    assert [a.shape for a in training.x] == [(60, 2), (60, 2)]
    assert training.model.count_params() == 12 + 9 + 16
    eager, lazy = losses(document, "eager", 3), losses(document, "lazy", 3)
    assert lazy["loss"] == pytest.approx(eager["loss"], abs=1e-4)


def test_one_layer_of_the_document_serves_every_training() -> None:
    program = program_of(moons())
    first = program.training()
    session.train(program, first, "lazy")
    again = program.training()
    assert again.model.layers[-1] is first.model.layers[-1] is program.step("output").made
    assert again.model.optimizer is not first.model.optimizer


def test_dropout_is_the_same_in_both_modes() -> None:
    nodes = {**MOONS, "drop": ("layer.Dropout", {"rate": 0.3})}
    wires = MOON_WIRES.replace(
        "hidden.output > output.inputs", "hidden.output > drop.inputs\ndrop.output > output.inputs"
    )
    document = build(nodes, wires, seed=1)
    eager, lazy = losses(document, "eager", 3), losses(document, "lazy", 3)
    assert lazy["loss"] == pytest.approx(eager["loss"], abs=1e-4)
    document.apply(SetSetting("seed", 2))
    assert losses(document, "lazy", 1)["loss"] != pytest.approx(lazy["loss"][:1], abs=1e-6)


@pytest.fixture
def data_folder() -> Iterator[None]:
    use_folder(DATA)
    yield
    use_folder(None)


EPOCHS = {"digits_mlp": 2, "regression": 3, "spiral": 2, "mnist_mlp": 1, "sequence_lstm": 1}


@pytest.mark.parametrize("name", EPOCHS)
@pytest.mark.usefixtures("data_folder")
def test_examples_learn_the_same_eagerly_and_compiled(name: str) -> None:
    if name == "mnist_mlp" and not HAS_MNIST:
        pytest.skip("mnist.npz is not in ../shared/data")
    document = example(name)
    if name == "mnist_mlp":
        document.apply(SetParams("trainer", {"batch_size": 500}))
    eager, lazy = losses(document, "eager", EPOCHS[name]), losses(document, "lazy", EPOCHS[name])
    assert lazy["loss"] == pytest.approx(eager["loss"], abs=1e-4)
    assert lazy["val_loss"] == pytest.approx(eager["val_loss"], abs=1e-4)


def test_reroute_points_change_nothing_of_what_is_learned() -> None:
    bends = {f"bend_{i}": "view.reroute" for i in range(4)}
    bent = """
    data.x > bend_0.input
    bend_0.output > hidden.inputs
    hidden.output > output.inputs
    data.y > bend_1.input
    bend_1.output > loss.y_true
    output.output > bend_2.input
    bend_2.output > loss.y_pred
    data.y > accuracy.y_true
    output.output > accuracy.y_pred
    loss.loss > bend_3.input
    bend_3.output > trainer.loss[0]
"""
    straight, around = moons(), build({**MOONS, **bends}, bent, seed=1)
    assert program_of(around).training().metrics == ("accuracy",)
    assert losses(around, "lazy", 3) == losses(straight, "lazy", 3)
    values = program_of(around).values()
    assert values.errors == {}
    assert np.array_equal(
        values.tensors[PortRef("bend_2", "output")].numpy(), values.tensors[PortRef("output", "output")].numpy()
    )
