"""Layers, one a file."""

from engine.core.registry import Registry
from engine.keras.keras_tensor import KerasTensor
from engine.keras.layers.activation import Activation
from engine.keras.layers.dense import Dense
from engine.keras.layers.dropout import Dropout
from engine.keras.layers.flatten import Flatten
from engine.keras.layers.input import Input, InputLayer
from engine.keras.layers.layer import Layer
from engine.keras.layers.serialization import deserialize, register_keras_serializable, serialize

#: The layers that a document can use, in the order of the palette.
LAYERS: Registry[type[Layer]] = Registry("layer")
for _layer in (Dense, Flatten, Activation, Dropout):
    LAYERS.add(_layer.__name__, _layer)
    register_keras_serializable()(_layer)

__all__ = [
    "LAYERS",
    "Activation",
    "Dense",
    "Dropout",
    "Flatten",
    "Input",
    "InputLayer",
    "KerasTensor",
    "Layer",
    "deserialize",
    "serialize",
]
