"""What tests of lowering share: programs of documents, their weights, and a data set of the test's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from graphs import MOON_WIRES, MOONS, moons

from engine.core.errors import EngineError
from engine.core.spec import TensorSpec
from engine.data import Dataset, Examples
from engine.keras.callbacks import LambdaCallback
from studio.document.catalogue import CATALOGUE
from studio.document.document import Document
from studio.document.lower import Program
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
