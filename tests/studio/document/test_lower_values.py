"""Lowering: the first batch runs through, in both modes, and a failure stays where it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from graphs import build, example, moons, port
from lowering import program_of, weights

from engine.data import DATASETS
from studio.document.edits import SetParams, remove
from studio.document.lower import BATCH_SIZE
from studio.run import session


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
