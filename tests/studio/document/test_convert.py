"""Conversions: what makes a wire fit, gentlest first, and how it is put in."""

from __future__ import annotations

import pytest
from graphs import build, wire

from studio.document.catalogue import CATALOGUE
from studio.document.convert import conversions, insert_conversion
from studio.document.document import Document
from studio.document.edits import AddWire
from studio.document.infer import Inference
from studio.document.trial import Trials

TRIALS = Trials(CATALOGUE)


@pytest.fixture
def document() -> Document:
    """Images, labels, rows and logits, and what does not take them."""
    return build(
        {
            "digits": "data.digits",
            "flat": "layer.Flatten",
            "logits": ("layer.Dense", {"units": 10}),
            "conv": ("layer.Conv2D", {"filters": 4, "kernel_size": 3}),
            "lstm": ("layer.LSTM", {"units": 4}),
            "sum": "op.add",
            "truth": "loss.CategoricalCrossentropy",
            "not": "op.logical_not",
            "exp": "op.exp",
            "mse": "loss.MeanSquaredError",
        },
        """
        digits.x > flat.inputs
        flat.output > logits.inputs
        logits.output > truth.y_pred
        digits.y > sum.x
        flat.output > mse.y_true
        """,
    )


def found(document: Document, line: str) -> list[str]:
    """Return the conversions for a wire: types, and what arrives."""
    specs = Inference(CATALOGUE).analyse(document).specs
    chosen = conversions(TRIALS, document, specs, wire(line))
    return [f"{' '.join(step.type for step in c.steps)} {c.spec}" for c in chosen]


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("digits.x > conv.inputs", "layer.Reshape float32 (None, 8, 8, 1)"),
        ("flat.output > conv.inputs", "layer.Reshape float32 (None, 8, 8, 1)"),
        ("flat.output > lstm.inputs", "layer.Reshape float32 (None, 64, 1)"),
        ("digits.y > truth.y_true", "op.one_hot float32 (None, 10)"),
        ("digits.x > sum.y", "op.cast int32 (None, 8, 8)"),
        ("digits.x > not.x", "op.cast bool (None, 8, 8)"),
        ("digits.y > exp.x", "op.cast float32 (None,)"),  # its shape stays
        ("digits.x > mse.y_pred", "layer.Flatten float32 (None, 64)"),
        ("digits.y > lstm.inputs", "op.one_hot layer.Reshape float32 (None, 10, 1)"),  # it takes two steps
    ],
)
def test_what_is_offered_first(document: Document, line: str, first: str) -> None:
    assert found(document, line)[0] == first


@pytest.mark.parametrize("line", ["digits.x > flat.inputs", "sum.output > conv.inputs", "digits.x > truth.y_true"])
def test_what_fits_is_unknown_or_beyond_help_is_offered_nothing(document: Document, line: str) -> None:
    assert found(document, line) == []


@pytest.mark.parametrize("line", ["digits.x > conv.inputs", "digits.y > lstm.inputs", "flat.output > sum.y"])
def test_what_is_put_in_works_and_is_taken_back_exactly(document: Document, line: str) -> None:
    line_wire = wire(line)
    specs = Inference(CATALOGUE).analyse(document).specs
    other = wire("digits.x > sum.y")
    document.apply(AddWire(other))
    before = dict(document.wires), dict(document.nodes)
    choices = conversions(TRIALS, document, specs, line_wire, other)
    assert choices
    for choice in choices:
        edit, ids = insert_conversion(document, TRIALS, line_wire, choice, lambda i: (100.0 * i, 5.0), other)
        undo = document.apply(edit)
        assert [document.nodes[id].position for id in ids] == [(100.0 * i, 5.0) for i in range(len(ids))]
        assert other not in document.wires.values()
        arrived = Inference(CATALOGUE).analyse(document).specs[document.wires[line_wire.target].source]
        assert arrived == choice.spec
        document.apply(undo)
        assert (dict(document.wires), dict(document.nodes)) == before
