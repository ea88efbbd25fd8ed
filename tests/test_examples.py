"""Everything in ``examples/`` runs as a user would run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
DATA = ROOT.parent / "shared" / "data"

needs_mnist = pytest.mark.skipif(not (DATA / "mnist.npz").is_file(), reason="mnist.npz is not in ../shared/data")

#: What a document must reach, at most or at least, after a few epochs.
REACHED = {
    "digits_mlp": ("val_accuracy", 0.9, 6),
    "spiral": ("val_accuracy", 0.95, 20),
    "regression": ("val_loss", 0.7, 20),
    "sequence_lstm": ("val_accuracy", 0.85, 8),
}


def run(*arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TRENZA_DATA": str(DATA)}
    command = [sys.executable, *arguments]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_every_document_is_known_here() -> None:
    # an epoch of the convolutional network takes half a minute: it is trained in `test_lower_mnist`, on fewer digits
    assert {p.stem for p in EXAMPLES.glob("*.trenza")} == {*REACHED, "mnist_cnn", "mnist_mlp", "tensors"}


@pytest.mark.parametrize("name", REACHED)
def test_a_document_trains(name: str) -> None:
    metric, bound, epochs = REACHED[name]
    last = run("-m", "studio", "run", f"examples/{name}.trenza", "--epochs", str(epochs), "--json").splitlines()[-1]
    outcome = json.loads(last)
    assert outcome["epochs"] == epochs
    assert outcome["metrics"][metric] < bound if metric == "val_loss" else outcome["metrics"][metric] > bound


@needs_mnist
def test_mnist_trains() -> None:
    document = "examples/mnist_mlp.trenza"
    last = run("-m", "studio", "run", document, "--epochs", "2", "--data-dir", str(DATA), "--json").splitlines()[-1]
    assert json.loads(last)["metrics"]["val_accuracy"] > 0.94


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_tensors_are_computed(mode: str) -> None:
    values = json.loads(run("-m", "studio", "run", "examples/tensors.trenza", "--mode", mode, "--json"))["values"]
    assert values == {"d": [11.0, -3.0, -1.0], "e": [30.0, -4.0, -2.0]}


def test_the_program_for_digits_trains() -> None:
    assert "val_accuracy" in run("examples/digits_mlp.py")


@needs_mnist
def test_the_program_for_mnist_trains() -> None:
    assert "test accuracy 0.9" in run("examples/mnist_mlp.py", "--epochs", "1")
