"""Trials and suggestions: what fits a wire, known before anything is wired."""

from __future__ import annotations

from typing import Any

import pytest
from graphs import build, example, port, wire

from engine.core.spec import TensorSpec
from studio.document.catalogue import CATALOGUE
from studio.document.document import Document
from studio.document.edits import SetMode
from studio.document.infer import Inference
from studio.document.suggest import SAMPLES, Suggestions
from studio.document.trial import Specs, Trials

IMAGES, ROWS, SEQUENCES, LABELS, LOSS = SAMPLES


@pytest.fixture(scope="module")
def trials() -> Trials:
    """One for all tests: it remembers."""
    return Trials(CATALOGUE)


def specs_of(document: Document) -> Specs:
    return Inference(CATALOGUE).analyse(document).specs


@pytest.mark.parametrize(
    ("type_id", "spec", "found"),
    [
        ("layer.Conv2D", IMAGES, "inputs"),
        ("layer.Conv2D", ROWS, None),
        ("layer.Conv1D", SEQUENCES, "inputs"),
        ("layer.Dense", LABELS, None),  # whole numbers
        ("layer.Permute", IMAGES, "inputs"),  # with some permutation
        ("layer.Add", ROWS, "inputs"),  # with another one like it
        ("op.where", ROWS, "x"),  # the condition takes truth values only
        ("op.where", TensorSpec([None, 4], "bool"), "condition"),
        ("op.conv2d", IMAGES, "input"),  # with some kernel
        ("op.einsum", ROWS, "inputs"),  # nobody knows without the formula
        ("op.logical_not", ROWS, None),
        ("op.one_hot", LABELS, "indices"),
        ("loss.SparseCategoricalCrossentropy", LABELS, "y_true"),
        ("train.Adam", LOSS, "loss"),
        ("train.Adam", ROWS, None),
        ("data.digits", ROWS, None),  # it has no inputs
    ],
)
def test_which_port_takes_a_tensor(trials: Trials, type_id: str, spec: TensorSpec, found: str | None) -> None:
    fit = trials.fit(CATALOGUE[type_id], spec)
    assert (fit.port if fit else None) == found


def test_a_fit_says_what_comes_out(trials: Trials) -> None:
    fit = trials.fit(CATALOGUE["layer.Dense"], ROWS, {"units": 7})
    assert fit is not None
    assert fit.outputs == (TensorSpec([None, 7]),)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("digits.x > conv.inputs", "4 axes"),
        ("digits.y > hidden.inputs", "2 axes"),
        ("digits.x > hidden.inputs", ""),
        ("digits.x > sum.y", "float32"),
        ("digits.y > sum.y", ""),
        ("digits.x > loss.y_true", "one axis less"),
        ("digits.y > loss.y_true", ""),
        ("nothing.output > hidden.inputs", ""),  # brings nothing yet
        ("digits.x > odd.inputs", ""),  # of an unknown type
    ],
)
def test_why_a_wire_would_not_do(trials: Trials, line: str, words: str) -> None:
    document = build(
        {
            "digits": "data.digits",
            "conv": ("layer.Conv2D", {"filters": 4, "kernel_size": 3}),
            "hidden": ("layer.Dense", {"units": 4}),
            "sum": "op.add",
            "loss": "loss.SparseCategoricalCrossentropy",
            "flat": "layer.Flatten",
            "logits": ("layer.Dense", {"units": 10}),
            "nothing": "layer.Flatten",
            "odd": "layer.NotThere",
        },
        """
        digits.y > sum.x
        digits.x > flat.inputs
        flat.output > logits.inputs
        logits.output > loss.y_pred
        """,
    )
    before = dict(document.wires)
    objection = trials.objection(document, specs_of(document), wire(line))
    assert words in str(objection) if words else objection is None
    assert document.wires == before


@pytest.mark.parametrize("wrong", [{"units": 0}, {"units": "many"}, {"units": 3, "depth": 2}, {"units": [1, {}]}])
def test_an_objection_is_not_about_a_parameter_that_is_wrong(trials: Trials, wrong: dict[str, Any]) -> None:
    document = build({"digits": "data.digits", "hidden": ("layer.Dense", wrong), "end": "layer.Flatten"})
    for line in ("digits.x > hidden.inputs", "digits.y > hidden.inputs"):
        assert trials.objection(document, specs_of(document), wire(line)) is None


@pytest.mark.parametrize("mode", ["bypass", "mute"])
def test_what_takes_no_part_has_no_objection(trials: Trials, mode: Any) -> None:
    document = build({"digits": "data.digits", "conv": ("layer.Conv2D", {"filters": 4, "kernel_size": 3})})
    line = wire("digits.x > conv.inputs")
    assert trials.objection(document, specs_of(document), line) is not None
    document.apply(SetMode({"conv": mode}))
    assert trials.objection(document, specs_of(document), line) is None


def test_an_objection_is_about_the_wire_not_about_a_parameter_that_is_missing(trials: Trials) -> None:
    document = build({"digits": "data.digits", "hidden": "layer.Dense"})
    assert trials.objection(document, specs_of(document), wire("digits.x > hidden.inputs")) is None


@pytest.mark.parametrize(
    ("output", "first", "absent"),
    [
        ("mnist.x", "layer.LSTM", "layer.Conv2D"),  # (batch, 28, 28): a sequence, not an image yet
        ("image.output", "layer.Conv2D", "layer.LSTM"),
        ("flatten.output", "layer.Dense", "layer.Conv2D"),
        ("mnist.y", "loss.SparseCategoricalCrossentropy", "layer.Dense"),
        ("loss.loss", "train.Adam", "layer.Dense"),
    ],
)
def test_what_is_offered_behind_an_output(trials: Trials, output: str, first: str, absent: str) -> None:
    document = example("mnist_cnn")
    found = Suggestions(trials).after(document, specs_of(document), port(output))
    assert found[0] == first
    assert absent not in found
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("input", "first", "absent"),
    [
        ("trainer.loss[0]", "loss.SparseCategoricalCrossentropy", "layer.Dense"),
        ("loss.y_pred", "layer.Dense", "layer.MaxPooling2D"),
        ("conv_1.inputs", "layer.Dense", "layer.Flatten"),  # Dense works along the last axis
    ],
)
def test_what_is_offered_before_an_input(trials: Trials, input: str, first: str, absent: str) -> None:
    document = example("mnist_cnn")
    found = Suggestions(trials).before(document, specs_of(document), port(input))
    assert found[0] == first
    assert absent not in found


def test_without_a_shape_all_that_takes_a_wire_is_offered(trials: Trials) -> None:
    document = build({"flat": "layer.Flatten"})
    found = Suggestions(trials).after(document, {}, port("flat.output"))
    assert found[:2] == ["layer.Dense", "layer.Conv2D"]
    assert set(found) == {t.id for t in CATALOGUE.values() if t.inputs}


@pytest.mark.parametrize(
    ("output", "type_id", "found"),
    [
        ("flat.output", "loss.SparseCategoricalCrossentropy", "y_pred"),
        ("digits.y", "loss.SparseCategoricalCrossentropy", "y_true"),
        ("digits.x", "layer.Dense", "inputs"),
        ("digits.x", "op.where", "x"),
    ],
)
def test_the_input_that_is_meant(trials: Trials, output: str, type_id: str, found: str) -> None:
    document = build({"digits": "data.digits", "flat": "layer.Flatten"}, "digits.x > flat.inputs")
    suggestions, specs = Suggestions(trials), specs_of(document)
    assert suggestions.input_for(document, specs, port(output), CATALOGUE[type_id]) == found


def test_behind_a_reroute_point_the_same_is_meant_as_before_it(trials: Trials) -> None:
    document = build(
        {"digits": "data.digits", "bend": "view.reroute", "again": "view.reroute"},
        "digits.y > bend.input\nbend.output > again.input",
    )
    specs, suggestions, loss = specs_of(document), Suggestions(trials), "loss.SparseCategoricalCrossentropy"
    assert suggestions.after(document, specs, port("again.output")) == suggestions.after(
        document, specs, port("digits.y")
    )
    assert suggestions.input_for(document, specs, port("again.output"), CATALOGUE[loss]) == "y_true"


def test_the_output_that_is_meant(trials: Trials) -> None:
    document = build({"loss": "loss.SparseCategoricalCrossentropy", "hidden": "layer.Dense"})
    suggestions = Suggestions(trials)
    assert suggestions.output_for(document, {}, port("hidden.inputs"), CATALOGUE["data.digits"]) == "x"
    assert suggestions.output_for(document, {}, port("loss.y_true"), CATALOGUE["data.digits"]) == "y"


def test_what_was_prepared_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    trials = Trials(CATALOGUE)
    document = example("mnist_cnn")
    specs, suggestions = specs_of(document), Suggestions(trials)
    for _ in suggestions.prepare(document, specs, port("image.output"), is_input=False):
        pass
    known = set(trials._known)
    assert suggestions.after(document, specs, port("image.output"))[0] == "layer.Conv2D"
    fresh = {key for key in trials._known.keys() - known if key[2] == (specs[port("image.output")],)}
    assert fresh == set()


def test_what_was_prepared_for_a_wire_is_not_tried_again() -> None:
    trials = Trials(CATALOGUE)
    document = example("mnist_cnn")
    specs, suggestions, line = specs_of(document), Suggestions(trials), wire("pool_1.output > conv_2.inputs")
    for _ in suggestions.prepare_between(document, specs, line):
        pass
    known = {key for key in trials._known if key[2] == (specs[line.source],)}
    found = suggestions.between(document, specs, line)
    assert found[0] == "layer.Conv2D"
    assert "layer.Flatten" not in found
    assert {key for key in trials._known if key[2] == (specs[line.source],)} == known


def test_errors_that_are_remembered_keep_nothing_alive() -> None:
    trials = Trials(CATALOGUE)
    refusal = trials.refusal(CATALOGUE["layer.Conv2D"], ROWS)
    assert refusal is not None
    assert (refusal.__traceback__, refusal.__context__, refusal.__cause__) == (None, None, None)
