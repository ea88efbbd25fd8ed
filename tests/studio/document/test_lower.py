"""From a document to weights, values and a model that trains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from graphs import DATA, HAS_MNIST, MOON_WIRES, MOONS, build, example, moons, port, wire

from engine.core.errors import EngineError, InvalidArgumentError, NotFoundError
from engine.core.spec import TensorSpec
from engine.data import DATASETS, Dataset, Examples
from engine.data.files import use_folder
from engine.keras.callbacks import LambdaCallback
from studio.document.catalogue import CATALOGUE
from studio.document.document import Document
from studio.document.edits import AddWire, RemoveWire, SetParams, SetSetting, remove
from studio.document.lower import BATCH_SIZE, Program
from studio.document.nodetype import Catalogue, NodeType, Port
from studio.run import session

Weights = dict[str, list[np.ndarray]]


def program_of(document: Document, catalogue: Catalogue = CATALOGUE) -> Program:
    program = Program(catalogue)
    program.update(document)
    return program


def weights(program: Program) -> Weights:
    return {s.id: s.made.get_weights() for s in program.steps if s.node_type.category == "layer"}


def same(a: list[np.ndarray], b: list[np.ndarray]) -> bool:
    return len(a) == len(b) and all(map(np.array_equal, a, b))


def refusal(document: Document, catalogue: Catalogue = CATALOGUE) -> EngineError:
    with pytest.raises(EngineError) as caught:
        program_of(document, catalogue).training()
    return caught.value


def losses(document: Document, mode: Any, epochs: int) -> dict[str, list[float]]:
    """Return the logs of all epochs."""
    program = program_of(document)
    training = program.training()
    training.fit["epochs"] = epochs
    seen: dict[str, list[float]] = {}

    def note(_epoch: int, logs: dict[str, float]) -> None:
        for name, value in logs.items():
            seen.setdefault(name, []).append(value)

    session.train(program, training, mode, [LambdaCallback(on_epoch_end=note)])
    return seen


# ------------------------------------------------------------------------------------------------ weights


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


# -------------------------------------------------------------------------------------------------- values


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_tensors_are_the_same_in_both_modes(mode: Any) -> None:
    found = session.evaluate(program_of(example("tensors")), mode)
    assert found.errors == {}
    assert found.tensors[port("d.output")].numpy().tolist() == [11.0, -3.0, -1.0]
    assert found.tensors[port("e.output")].numpy().tolist() == [30.0, -4.0, -2.0]
    assert len(found.tensors) == 7


def test_the_first_batch_runs_through() -> None:
    document = example("digits_mlp")
    document.apply(SetParams("trainer", {"batch_size": 20}))
    program = program_of(document)
    found = program.values()
    x, y = DATASETS["digits"]().train
    assert np.array_equal(found.tensors[port("digits.x")].numpy(), x[:20])
    assert np.array_equal(found.tensors[port("digits.y")].numpy(), y[:20])
    kernel, bias = weights(program)["hidden"]
    flat = x[:20].reshape(20, 64)
    assert np.allclose(found.tensors[port("hidden.output")].numpy(), np.maximum(flat @ kernel + bias, 0), atol=1e-5)
    shares = found.tensors[port("output.output")].numpy()
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-5)
    truth = -np.log(shares[np.arange(20), y[:20]]).mean()
    assert float(found.tensors[port("loss.loss")]) == pytest.approx(truth, abs=1e-5)
    hits = (shares.argmax(axis=1) == y[:20]).mean()
    assert float(found.tensors[port("accuracy.value")]) == pytest.approx(hits)


def test_without_a_trainer_a_batch_has_the_usual_size() -> None:
    document = moons()
    document.apply(remove(document, ["trainer"]))
    assert program_of(document).values().tensors[port("data.x")].shape == (BATCH_SIZE, 2)


def test_values_fit_what_was_inferred() -> None:
    program = program_of(example("digits_mlp"))
    for ref, tensor in program.values().tensors.items():
        spec = program.specs[ref]
        assert spec.dtype is tensor.dtype
        assert spec.shape.is_compatible_with(tensor.shape)


def test_a_node_that_fails_keeps_only_what_lies_behind_it() -> None:
    document = build(
        {
            "a": ("data.constant", {"value": [1.0, 2.0]}),
            "far": ("data.constant", {"value": [7]}),
            "taken": "op.gather",
            "behind": "op.sqrt",
            "beside": "op.sqrt",
        },
        "a.output > taken.params\nfar.output > taken.indices\ntaken.output > behind.x\na.output > beside.x",
    )
    found = program_of(document).values()
    assert set(found.errors) == {"taken"}
    assert found.errors["taken"].node == "taken"
    assert port("behind.output") not in found.tensors
    assert port("beside.output") in found.tensors


@pytest.mark.parametrize("error", [MemoryError(), IndexError("tuple index out of range")])
def test_an_unforeseen_failure_is_said_on_its_node(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    program = program_of(example("tensors"))

    def run(step: Any, inputs: Any) -> Any:
        if step.id == "d":
            raise error
        return program.run(step, inputs)

    found = program.values(run)
    assert set(found.errors) == {"d"}
    text = "not enough memory" if isinstance(error, MemoryError) else "IndexError: tuple index out of range"
    assert text in str(found.errors["d"])
    assert port("e.output") in found.tensors


def test_random_tensors_follow_their_seed() -> None:
    document = build({"noise": ("data.random_normal", {"shape": [4], "seed": 3})})
    program = program_of(document)
    first = program.values().tensors[port("noise.output")].numpy()
    assert np.array_equal(first, program.values().tensors[port("noise.output")].numpy())
    document.apply(SetParams("noise", {"seed": 4}))
    program.update(document)
    assert not np.array_equal(first, program.values().tensors[port("noise.output")].numpy())


# ---------------------------------------------------------------------------------------------------- data


class Source:
    """A data set of the tests' own, which counts how often it is loaded."""

    def __init__(self) -> None:
        self.loaded = 0
        self.examples = Examples((np.ones((6, 2), np.float32), np.zeros(6, np.int32)))
        self.error: EngineError | None = None
        spec = TensorSpec((None, 2)), TensorSpec((None,), "int32")
        record = Dataset(name="own", title="Own", summary="Own.", x=spec[0], y=spec[1], load=self.load)
        self.catalogue: Catalogue = Catalogue("node type")
        for id, node_type in CATALOGUE.items():
            self.catalogue.add(id, node_type)
        own = NodeType("data.own", "data", "Own", "Own.", outputs=(Port("x"), Port("y")), make=record)
        self.catalogue.add(own.id, own)

    def load(self) -> Examples:
        self.loaded += 1
        if self.error is not None:
            raise self.error
        return self.examples

    def document(self) -> Document:
        return moons(data="data.own")


@pytest.fixture
def source() -> Source:
    return Source()


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


# ------------------------------------------------------------------------------------------------ training


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


TWO_HEADS = {
    **MOONS,
    "size": ("layer.Dense", {"units": 2}),
    "distance": "loss.MeanSquaredError",
    "off": "metric.MeanAbsoluteError",
}
TWO_HEADS_WIRES = (
    MOON_WIRES
    + """
    hidden.output > size.inputs
    data.x > distance.y_true
    size.output > distance.y_pred
    data.x > off.y_true
    size.output > off.y_pred
    distance.loss > trainer.loss[1]
"""
)


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


EPOCHS = {"digits_mlp": 2, "regression": 3, "spiral": 2, "mnist_mlp": 1}


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


# ------------------------------------------------------------------------------------------------ refusals

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
