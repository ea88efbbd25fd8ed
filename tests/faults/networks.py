"""Networks in a row, written down in a line or two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphs import build

from studio.document.catalogue import CATALOGUE
from studio.document.document import Document

Layer = tuple[str, dict[str, Any]]

CLASSES = ("loss.SparseCategoricalCrossentropy", {})
LOGITS = ("loss.SparseCategoricalCrossentropy", {"from_logits": True})
YES_OR_NO = ("loss.BinaryCrossentropy", {})
SQUARES = ("loss.MeanSquaredError", {})


def dense(units: int, activation: str | None = None, **params: Any) -> Layer:
    return "layer.Dense", {"units": units, "activation": activation, **params}


def adam(rate: float = 0.01, epochs: int = 8, batch: int = 32, **params: Any) -> Layer:
    return "train.Adam", {"learning_rate": rate, "epochs": epochs, "batch_size": batch, **params}


def sgd(rate: float = 0.1, epochs: int = 8, batch: int = 32, **params: Any) -> Layer:
    return "train.SGD", {"learning_rate": rate, "epochs": epochs, "batch_size": batch, **params}


def network(
    data: Any,
    layers: Mapping[str, Any],
    loss: Any,
    trainer: Any,
    more: Mapping[str, Any] | None = None,
    wires: Sequence[str] = (),
    truth: str = "data.y",
    seed: int = 1,
) -> Document:
    """Return a document: the data go through the layers one after the other to the loss.

    Parameters
    ----------
    layers
        By name; an op is given its own inputs by `wires`, the first of which is what comes from before it.
    more, wires
        Nodes beside the row, and wires to and from them.
    truth
        The output that the loss compares with.
    """
    nodes = {"data": data, **layers, **(more or {}), "loss": loss, "trainer": trainer}
    before, found = "data.x", []
    for name, kind in layers.items():
        type_id = kind if isinstance(kind, str) else kind[0]
        found.append(f"{before} > {name}.{_first_input(type_id)}")
        before = f"{name}.{_output(type_id)}"
    found += [f"{truth} > loss.y_true", f"{before} > loss.y_pred", "loss.loss > trainer.loss[0]", *wires]
    return build(nodes, "\n".join(found), seed)


def _first_input(type_id: str) -> str:
    declared = CATALOGUE[type_id].inputs[0]
    return f"{declared.name}[0]" if declared.variadic else declared.name


def _output(type_id: str) -> str:
    return CATALOGUE[type_id].outputs[0].name
