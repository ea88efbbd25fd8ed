"""The entrance of a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.core.dtype import as_dtype
from engine.core.errors import InvalidArgumentError
from engine.core.shape import TensorShape, as_shape
from engine.core.spec import TensorSpec
from engine.keras.declared import unique_name
from engine.keras.keras_tensor import Call, KerasTensor
from engine.keras.layers.layer import Layer


class InputLayer(Layer):
    """The layer behind `Input`: hands on what a model is fed with."""

    def call(self, inputs: Any) -> Any:
        return inputs


def Input(
    shape: Sequence[int | None] | None = None,
    batch_size: int | None = None,
    dtype: Any = "float32",
    name: str | None = None,
    batch_shape: Sequence[int | None] | None = None,
) -> KerasTensor:
    """Return a symbolic tensor: the entrance of a model.

    Parameters
    ----------
    shape
        Of one example, without the batch axis; None where a size may vary.
    batch_size
        Number of examples, if it is fixed.
    batch_shape
        Both at once.

    Examples
    --------
    >>> Input(shape=(28, 28)).shape
    TensorShape([None, 28, 28])
    """
    if (shape is None) == (batch_shape is None):
        raise InvalidArgumentError("Input takes either shape or batch_shape.", hint="As in Input(shape=(28, 28)).")
    full = as_shape(batch_shape) if batch_shape is not None else TensorShape((batch_size, *as_shape(shape)))
    layer = InputLayer(name=name or unique_name("input_layer"), dtype=as_dtype(dtype))
    layer.built = True
    call = Call(layer, (), {})
    call.outputs = [KerasTensor(TensorSpec(full, dtype, layer.name), call)]
    layer.calls.append(call)
    return call.outputs[0]
