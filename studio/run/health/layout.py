"""What is in a row of the table of looks: which weights and activation functions there are, and their figures."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from studio.run.health.records import BINS

#: Why a weight has no values: its layer was frozen, or keeps it itself, as BatchNormalization does its means.
State = Literal["learns", "frozen", "kept"]

_SPREAD: Final = [("low", "f4"), ("high", "f4"), ("counts", "u2", (BINS,))]
#: The figures of a weight that learns, and of an activation function.
WEIGHT: Final = np.dtype(
    [("norm", "f4"), ("gradient_norm", "f4"), ("update_ratio", "f4"), ("values", _SPREAD), ("gradients", _SPREAD)]
)
ACTIVATION: Final = np.dtype([("mean", "f4"), ("std", "f4"), ("saturated", "f4"), ("dead", "f4"), ("values", _SPREAD)])


@dataclass(frozen=True)
class WeightPlace:
    """A weight: what its layer calls it, its shape, and whether it learns."""

    name: str
    shape: tuple[int, ...]
    state: State = "learns"

    @property
    def size(self) -> int:
        """Number of its elements."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class ActivationPlace:
    """An activation function: its name, how many units it has, and whether it gives a prediction."""

    op: str
    units: int
    is_output: bool = False


@dataclass(frozen=True)
class LayerPlace:
    """A layer: its node, what it is, its weights, and the activation functions that it applies."""

    node: str
    kind: str
    weights: tuple[WeightPlace, ...] = ()
    activations: tuple[ActivationPlace, ...] = ()


@dataclass(frozen=True)
class Sampling:
    """How looks are taken.

    Parameters
    ----------
    every, examples
        Steps between two at least, and examples of one.
    share, seen_share
        Of the time of the training, that they may take, and while somebody looks at what they find.
    seconds
        That they may take beside.
    """

    every: int = 1
    examples: int = 1
    share: float = 1.0
    seen_share: float = 1.0
    seconds: float = 0.0


@dataclass(frozen=True)
class Layout:
    """What is in a row.

    Parameters
    ----------
    layers
        In the order of the network.
    epochs, steps_per_epoch
        How long the training is to be.
    sampling
        How rows come about.
    """

    layers: tuple[LayerPlace, ...]
    epochs: int = 1
    steps_per_epoch: int = 1
    sampling: Sampling = Sampling()

    def weights(self) -> Iterator[tuple[str, str]]:
        """Yield node and name of the weights that learn, in the order of the columns."""
        for layer in self.layers:
            yield from ((layer.node, weight.name) for weight in layer.weights if weight.state == "learns")

    def activations(self) -> Iterator[tuple[str, int]]:
        """Yield node and number of the activation functions, in the order of the columns."""
        for layer in self.layers:
            yield from ((layer.node, number) for number in range(len(layer.activations)))

    @property
    def row(self) -> np.dtype[Any]:
        """The type of a row."""
        return np.dtype(
            [
                ("step", "i8"),
                ("epoch", "i4"),
                ("loss", "f4"),
                ("gradient_norm", "f4"),
                ("weights", WEIGHT, (len(list(self.weights())),)),
                ("activations", ACTIVATION, (len(list(self.activations())),)),
            ]
        )


def layout_from(fields: dict[str, Any]) -> Layout:
    """Return the layout that was written as these fields; other fields raise errors of Python's own."""
    layers = tuple(
        LayerPlace(
            str(layer["node"]),
            str(layer["kind"]),
            tuple(
                WeightPlace(str(w["name"]), tuple(map(int, w["shape"])), _state(w["state"])) for w in layer["weights"]
            ),
            tuple(ActivationPlace(str(a["op"]), int(a["units"]), bool(a["is_output"])) for a in layer["activations"]),
        )
        for layer in fields["layers"]
    )
    epochs, steps = max(1, int(fields["epochs"])), max(1, int(fields["steps_per_epoch"]))
    how = fields["sampling"]
    seconds = how["seconds"] if "seconds" in how else how["seen_seconds"]  # as version 1 called it
    sampling = Sampling(
        int(how["every"]), int(how["examples"]), float(how["share"]), float(how["seen_share"]), float(seconds)
    )
    return Layout(layers, epochs, steps, sampling)


def _state(word: str) -> State:
    if word not in ("learns", "frozen", "kept"):
        raise ValueError(word)
    return word  # type: ignore[return-value]
