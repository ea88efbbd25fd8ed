"""Fixes: what is offered for what is wrong, and that it mends it."""

from __future__ import annotations

import pytest
from graphs import build, port

from studio.document.catalogue import CATALOGUE
from studio.document.document import Document
from studio.document.edits import SetMode, SetParams
from studio.document.fixes import Fix, fixes
from studio.document.order import order
from studio.document.study import Study
from studio.document.trial import Trials

TRIALS = Trials(CATALOGUE)


def offered(document: Document, node: str) -> dict[str, Fix]:
    """Return the fixes for the first problem of a node, by what they say."""
    study = Study(document, CATALOGUE)
    assert study.advance()
    analysis = study.result()
    problem = next(p for p in analysis.problems if p.node == node)
    return {fix.template.format(**fix.facts): fix for fix in fixes(TRIALS, document, analysis.specs, problem)}


def problems(document: Document) -> set[str]:
    study = Study(document, CATALOGUE)
    assert study.advance()
    return {p.node or "" for p in study.result().problems}


DIGITS = {
    "data": "data.digits",
    "flat": "layer.Flatten",
    "dense": ("layer.Dense", {"units": 10, "activation": "softmax"}),
    "loss": "loss.SparseCategoricalCrossentropy",
}
WIRES = """
    data.x > flat.inputs
    flat.output > dense.inputs
    dense.output > loss.y_pred
    data.y > loss.y_true
"""

CASES = {
    "a layer that takes images": (
        {
            "a": ("data.constant", {"value": [[1.0, 2.0, 3.0, 4.0]]}),
            "conv": ("layer.Conv1D", {"filters": 2, "kernel_size": 1}),
        },
        "a.output > conv.inputs",
        "conv",
        "Insert Reshape",
    ),
    "labels that are numbers": (
        {**DIGITS, "loss": "loss.CategoricalCrossentropy"},
        WIRES,
        "loss",
        "Use Sparse categorical crossentropy",
    ),
    "too few scores": (
        {**DIGITS, "dense": ("layer.Dense", {"units": 8})},
        WIRES,
        "loss",
        "Set units of Dense to 10",
    ),
    "too few scores behind a softmax": (
        {**DIGITS, "dense": ("layer.Dense", {"units": 8}), "soft": "layer.Softmax"},
        WIRES.replace("dense.output > loss", "dense.output > soft.inputs\n soft.output > loss"),
        "loss",
        "Set units of Dense to 10",
    ),
    "a layer without units": (
        {**DIGITS, "dense": "layer.Dense"},
        WIRES,
        "dense",
        "Set units to 10",
    ),
    "a value that is wrong": (
        {**DIGITS, "dense": ("layer.Dense", {"units": 10, "activation": "nonsense"})},
        WIRES,
        "dense",
        "Set activation to none",
    ),
    "a parameter that is unknown": (
        {**DIGITS, "flat": ("layer.Flatten", {"depth": 2})},
        WIRES,
        "flat",
        "Forget depth",
    ),
    "no truth": (DIGITS, WIRES.replace("data.y > loss.y_true", ""), "loss", "Connect it to Digits 8×8, y"),
    "no input": (DIGITS, WIRES.replace("data.x > flat.inputs", ""), "flat", "Connect it to Digits 8×8, x"),
    "a wire to nowhere": (DIGITS, WIRES + "data.x > flat.mask", "flat", "Remove the wire to mask"),
    "two dtypes": (
        {"a": ("data.constant", {"value": [1.0]}), "b": ("data.constant", {"value": [1]}), "sum": "op.add"},
        "a.output > sum.x\n b.output > sum.y",
        "sum",
        "Insert cast",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_offered_mends_it(name: str) -> None:
    nodes, wires, node, words = CASES[name]
    document = build(nodes, wires)
    found = offered(document, node)
    assert words in found
    document.apply(found[words].edit)
    assert node not in problems(document)


def test_a_muted_node_can_take_part_again():
    document = build(DIGITS, WIRES)
    document.apply(SetMode({"flat": "mute"}))
    assert "Let Flatten take part" in offered(document, "dense")


def test_a_circle_is_opened_at_any_of_its_wires():
    document = build({"a": "op.exp", "b": "op.exp"}, "a.output > b.x\n b.output > a.x")
    found = offered(document, "a")
    assert "Remove the wire from exp" in found
    document.apply(found["Remove the wire from exp"].edit)
    assert order(document)[1] == []


def test_the_number_of_classes_is_compared_with_the_scores():
    document = build(DIGITS, WIRES)
    assert problems(document) == set()
    document.apply(SetParams("dense", {"units": 12}))
    study = Study(document, CATALOGUE)
    assert study.advance()
    (problem,) = study.result().problems
    assert problem.severity == "warning"
    assert "10 classes, but the prediction has 12 scores" in str(problem.error)
    assert "Set units of Dense to 10" in offered(document, "loss")


def test_what_nothing_mends_offers_nothing():
    document = build({"a": "layer.Unheard"})
    assert offered(document, "a") == {}


def test_an_output_may_be_taken_twice():
    document = build({"a": ("data.constant", {"value": 1.0}), "b": "op.add"}, "a.output > b.x")
    found = offered(document, "b")
    assert list(found) == ["Connect it to Constant, output"]
    document.apply(*(fix.edit for fix in found.values()))
    assert document.wires[port("b.y")].source == port("a.output")
    assert problems(document) == set()
