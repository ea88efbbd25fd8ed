"""What is chosen in the list of layers: a weight, an activation function, a layer that has neither, or all layers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from studio.run.health.layout import ActivationPlace, LayerPlace, Layout, WeightPlace


@dataclass(frozen=True)
class Row:
    """A part of a layer, a layer without parts, or all layers.

    Parameters
    ----------
    layer
        None for all of them.
    weight
        The weight that the row is about, if it is about one.
    function
        The place of the activation function of which the row tells: a layer's only one stands with its weights; of
        several, each has a row of its own.
    part
        What the row is about among those of its layer: the name of the weight, or that of the function.
    is_first
        Whether it is the first one of its layer.
    """

    layer: LayerPlace | None = None
    weight: WeightPlace | None = None
    function: int | None = None
    part: str = ""
    is_first: bool = True

    @property
    def node(self) -> str:
        """The node of the layer, "" for all of them."""
        return self.layer.node if self.layer is not None else ""

    @property
    def activation(self) -> ActivationPlace | None:
        """The activation function of which it tells."""
        return self.layer.activations[self.function] if self.layer is not None and self.function is not None else None

    @property
    def key(self) -> tuple[str, str]:
        """What it is about."""
        return self.node, self.part


def rows_of(layout: Layout) -> list[Row]:
    """Return all layers, then each weight of each, each activation function where there are several, or the layer.

    Examples
    --------
    >>> dense = LayerPlace("hidden", "Dense", (WeightPlace("kernel", (4, 2)), WeightPlace("bias", (2,))))
    >>> [row.key for row in rows_of(Layout((LayerPlace("flat", "Flatten"), dense)))]
    [('', ''), ('flat', ''), ('hidden', 'kernel'), ('hidden', 'bias')]
    >>> gate = LayerPlace("gate", "Gate", (), tuple(ActivationPlace(op, 8) for op in ("relu", "tanh", "relu")))
    >>> [row.part for row in rows_of(Layout((gate,)))]
    ['', 'relu 1', 'tanh', 'relu 2']
    """
    return [Row(), *(row for layer in layout.layers for row in _rows_of(layer))]


def _rows_of(layer: LayerPlace) -> list[Row]:
    only = 0 if len(layer.activations) == 1 else None
    rows = [Row(layer, weight, only, weight.name, i == 0) for i, weight in enumerate(layer.weights)]
    if len(layer.activations) > 1:
        names = _numbered([activation.op for activation in layer.activations])
        rows += [Row(layer, None, i, name, not rows and i == 0) for i, name in enumerate(names)]
    return rows or [Row(layer, None, only)]


def _numbered(names: list[str]) -> list[str]:
    """Return names with a number behind those that occur more than once."""
    times, seen, found = Counter(names), Counter[str](), []
    for name in names:
        seen[name] += 1
        found.append(f"{name} {seen[name]}" if times[name] > 1 else name)
    return found
