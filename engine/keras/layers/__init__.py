"""Layers, one a file."""

from engine.core.registry import Registry
from engine.keras.keras_tensor import KerasTensor
from engine.keras.layers.activation import Activation
from engine.keras.layers.dense import Dense
from engine.keras.layers.dropout import Dropout
from engine.keras.layers.flatten import Flatten
from engine.keras.layers.gaussian_noise import GaussianNoise
from engine.keras.layers.input import Input, InputLayer
from engine.keras.layers.layer import Layer
from engine.keras.layers.merge import Add, Average, Concatenate, Maximum, Minimum, Multiply, Subtract
from engine.keras.layers.rectifiers import ELU, LeakyReLU, PReLU, ReLU, Softmax
from engine.keras.layers.rescaling import Rescaling
from engine.keras.layers.reshape import Permute, RepeatVector, Reshape
from engine.keras.layers.serialization import deserialize, register_keras_serializable, serialize

#: The layers that a document can use, in the order of the palette.
LAYERS: Registry[type[Layer]] = Registry("layer")
for _layer in (
    Dense,
    Flatten,
    Activation,
    Dropout,
    Add,
    Subtract,
    Multiply,
    Average,
    Maximum,
    Minimum,
    Concatenate,
    Reshape,
    Permute,
    RepeatVector,
    Rescaling,
    ReLU,
    LeakyReLU,
    ELU,
    PReLU,
    Softmax,
    GaussianNoise,
):
    LAYERS.add(_layer.__name__, _layer)
    register_keras_serializable()(_layer)

__all__ = [
    "ELU",
    "LAYERS",
    "Activation",
    "Add",
    "Average",
    "Concatenate",
    "Dense",
    "Dropout",
    "Flatten",
    "GaussianNoise",
    "Input",
    "InputLayer",
    "KerasTensor",
    "Layer",
    "LeakyReLU",
    "Maximum",
    "Minimum",
    "Multiply",
    "PReLU",
    "Permute",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Softmax",
    "Subtract",
    "deserialize",
    "serialize",
]
