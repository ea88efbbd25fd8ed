"""Layers in a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from engine.core.errors import EngineError, InvalidArgumentError
from engine.keras.keras_tensor import KerasTensor
from engine.keras.layers.input import Input, InputLayer
from engine.keras.layers.layer import Layer
from engine.keras.layers.serialization import deserialize, register_keras_serializable, serialize
from engine.keras.models.model import Model


@register_keras_serializable()
class Sequential(Model):
    """Layers in a row, each fed by the one before.

    It can only be a row: one input, one output, each layer once. What needs more is wired with `Model`.

    Parameters
    ----------
    layers
        The layers; an `Input` may come first, otherwise the shapes are known when the model first sees data.

    Examples
    --------
    >>> from engine.keras.layers import Dense, Flatten
    >>> model = Sequential([Input(shape=(2, 2)), Flatten(), Dense(3)])
    >>> model.output_shape, model.count_params()
    (TensorShape([None, 3]), 15)
    """

    def __init__(self, layers: Sequence[Any] | None = None, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self._row: list[Layer] = []
        self._entrance: KerasTensor | None = None
        for layer in layers or ():
            self.add(layer)

    def add(self, layer: Any) -> None:
        """Put a layer at the end.

        Raises
        ------
        InvalidArgumentError
            If it is no layer, is there already, is an input that does not come first, has several outputs, or does not
            fit what comes before it.
        """
        if isinstance(layer, KerasTensor | InputLayer):
            self._enter(layer if isinstance(layer, KerasTensor) else layer.output)
            return
        self._check(layer)
        if not self._row and self._entrance is None and layer.input_shape_hint is not None:
            self._enter(Input(batch_shape=layer.input_shape_hint))
        self._row.append(layer)
        try:
            self._rewire()
        except EngineError:
            self._row.pop()
            raise

    def _enter(self, tensor: KerasTensor) -> None:
        is_input = tensor.made_by is not None and isinstance(tensor.made_by.target, InputLayer)
        if not is_input:
            raise InvalidArgumentError(
                "A Sequential takes layers, not what a layer returned.",
                hint="Pass the layer itself, without calling it.",
            )
        if self._row or self._entrance is not None:
            raise InvalidArgumentError(
                "A Sequential has one input, and it comes first.",
                hint="A model with several inputs is made with Model(inputs, outputs).",
            )
        self._entrance = tensor

    def _check(self, layer: Any) -> None:
        if not isinstance(layer, Layer):
            raise InvalidArgumentError(
                "{value} is no layer, so it cannot be part of a Sequential.",
                hint="Wrap a function in Activation, or use Model(inputs, outputs).",
                value=repr(layer)[:60],
            )
        if any(layer is other for other in self._row):
            raise InvalidArgumentError(
                "The layer {name} is in this Sequential already.",
                hint="A layer that is used twice shares its weights: wire it with Model(inputs, outputs).",
                name=layer.name,
            )
        if any(layer.name == other.name for other in self._row):
            raise InvalidArgumentError(
                "There is already a layer called {name} in this Sequential.",
                hint="Give it another name.",
                name=layer.name,
            )

    def _rewire(self) -> None:
        """Wire the row from the input, as soon as that is known."""
        if self._entrance is None or not self._row:
            return
        tensor = self._entrance if len(self._row) == 1 or not self.is_functional else self._outputs
        pending = self._row[-1:] if tensor is not self._entrance else self._row
        for layer in pending:
            tensor = layer(tensor)
            if not isinstance(tensor, KerasTensor):
                raise InvalidArgumentError(
                    "The layer {name} has several outputs, so it cannot be part of a Sequential.",
                    hint="Wire it with Model(inputs, outputs).",
                    name=layer.name,
                )
        self._wire(self._entrance, tensor)

    def build(self, input_shape: Any) -> None:
        """Wire the row for inputs of this shape, of which the first axis counts examples."""
        if not self.is_functional and self._row:
            self._entrance = Input(batch_shape=input_shape)
            self._rewire()

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        if not self._row:
            raise InvalidArgumentError("This Sequential has no layers.", hint="Add some with add(layer).")
        return super().call(inputs, training=training)

    def sublayers(self) -> Any:
        return iter(self._row)

    @property
    def row(self) -> list[Layer]:
        """Its layers."""
        return list(self._row)

    @property
    def entrance(self) -> KerasTensor | None:
        """Its symbolic input, if it is known."""
        return self._entrance

    def get_config(self) -> dict[str, Any]:
        """Return the layers, and the input if it is known."""
        first = None
        if (x := self._entrance) is not None:
            first = {"batch_shape": list(x.shape), "dtype": x.dtype.name, "name": x.name}
        return {
            "name": self.name,
            "trainable": self.trainable,
            "input": first,
            "layers": [serialize(layer) for layer in self._row],
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Return a model of the same architecture with new weights."""
        first = [Input(**config["input"])] if config["input"] else []
        model = cls([*first, *(deserialize(each, custom_objects) for each in config["layers"])], name=config["name"])
        model.trainable = config["trainable"]
        return model

    def pop(self) -> Layer:
        """Take the last layer away and return it."""
        if not self._row:
            raise InvalidArgumentError("This Sequential has no layers.", hint="There is nothing to take away.")
        layer = self._row.pop()
        layer.calls.clear()
        self._inputs = self._outputs = None
        self.built = False
        for other in self._row:
            other.calls.clear()
        self._rewire()
        return layer
