"""Both directions of a sequence at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.keras.layers.layer import Layer
from engine.keras.layers.recurrent import Recurrent
from engine.keras.layers.serialization import deserialize, register_keras_serializable, serialize

#: How the outputs of both directions become one.
MERGE_MODES: Final[Mapping[Any, Callable[[Any, Any], Any]]] = {
    "concat": lambda a, b: OPS["concat"]([a, b], -1),
    "sum": lambda a, b: a + b,
    "mul": lambda a, b: a * b,
    "ave": lambda a, b: (a + b) * 0.5,
    None: lambda a, b: [a, b],
}


@register_keras_serializable()
class Bidirectional(Layer):
    """A recurrent layer, and a second one that goes through the steps from the last to the first.

    Shapes: (batch, steps, features) → as that of the layer; with the merge mode "concat" twice as many units.

    Parameters
    ----------
    layer
        A recurrent layer.
    merge_mode
        "concat", "sum", "mul", "ave", or None for a list of both outputs.
    backward_layer
        The layer for the other direction; one like `layer` if nothing is given.

    Examples
    --------
    >>> import engine as tf
    >>> from engine.keras.layers import LSTM
    >>> Bidirectional(LSTM(4, return_sequences=True))(tf.ones([2, 5, 3])).shape
    TensorShape([2, 5, 8])
    """

    def __init__(
        self, layer: Any, merge_mode: str | None = "concat", backward_layer: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        layers = [deserialize(given) if isinstance(given, Mapping) else given for given in (layer, backward_layer)]
        if not isinstance(layers[0], Recurrent) or merge_mode not in MERGE_MODES:
            raise InvalidArgumentError(
                "layer is {layer} and merge_mode is {merge_mode}.",
                hint="It takes a recurrent layer, such as LSTM(8), and one of {modes}.",
                layer=repr(layer)[:60],
                merge_mode=repr(merge_mode),
                modes=", ".join(map(repr, MERGE_MODES)),
            )
        self.forward_layer = layers[0]
        if layers[1] is None:
            config = {**layers[0].get_config(), "go_backwards": not layers[0].go_backwards}
            layers[1] = type(layers[0]).from_config({**config, "name": f"backward_{layers[0].name}"})
        self.backward_layer = layers[1]
        self.merge_mode = merge_mode
        for each in layers:  # otherwise the sum at a masked step would hold what one direction carried there
            each.zero_output_for_mask = each.return_sequences
        if self.forward_layer.go_backwards == self.backward_layer.go_backwards:
            raise InvalidArgumentError(
                "Both layers go in the same direction.",
                hint="Give go_backwards=True to one of them.",
            )

    def call(self, inputs: Any, mask: Any = None, training: bool = False) -> Any:
        results = []
        for layer in (self.forward_layer, self.backward_layer):
            result = layer(inputs, mask=mask, training=training)
            outputs, *states = result if isinstance(result, list) else [result]
            # in the order of time, so that both describe the same steps
            results.append((outputs[:, ::-1] if layer.go_backwards and layer.return_sequences else outputs, states))
        merged = MERGE_MODES[self.merge_mode](results[0][0], results[1][0])
        states = [*results[0][1], *results[1][1]]
        return [*(merged if isinstance(merged, list) else [merged]), *states] if states else merged

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments by name."""
        return {
            **super().get_config(),
            "layer": serialize(self.forward_layer),
            "merge_mode": self.merge_mode,
            "backward_layer": serialize(self.backward_layer),
        }
