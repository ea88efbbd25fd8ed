"""Layers, one a file."""

from engine.core.registry import Registry
from engine.keras.keras_tensor import KerasTensor
from engine.keras.layers.activation import Activation
from engine.keras.layers.batch_normalization import BatchNormalization
from engine.keras.layers.bidirectional import Bidirectional
from engine.keras.layers.conv import Conv1D, Conv2D, Conv3D
from engine.keras.layers.conv_transpose import Conv1DTranspose, Conv2DTranspose, Conv3DTranspose
from engine.keras.layers.dense import Dense
from engine.keras.layers.depthwise_conv import DepthwiseConv1D, DepthwiseConv2D
from engine.keras.layers.dropout import Dropout
from engine.keras.layers.embedding import Embedding
from engine.keras.layers.flatten import Flatten
from engine.keras.layers.gaussian_noise import GaussianNoise
from engine.keras.layers.global_pooling import (
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
)
from engine.keras.layers.gru import GRU
from engine.keras.layers.input import Input, InputLayer
from engine.keras.layers.layer import Layer
from engine.keras.layers.layer_normalization import LayerNormalization
from engine.keras.layers.lstm import LSTM
from engine.keras.layers.merge import Add, Average, Concatenate, Maximum, Minimum, Multiply, Subtract
from engine.keras.layers.pooling import (
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
)
from engine.keras.layers.rectifiers import ELU, LeakyReLU, PReLU, ReLU, Softmax
from engine.keras.layers.rescaling import Rescaling
from engine.keras.layers.reshape import Permute, RepeatVector, Reshape
from engine.keras.layers.resizing import Cropping1D, Cropping2D, UpSampling2D, ZeroPadding1D, ZeroPadding2D
from engine.keras.layers.separable_conv import SeparableConv1D, SeparableConv2D
from engine.keras.layers.serialization import deserialize, register_keras_serializable, serialize
from engine.keras.layers.simple_rnn import SimpleRNN

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
    Conv1D,
    Conv2D,
    Conv3D,
    Conv1DTranspose,
    Conv2DTranspose,
    Conv3DTranspose,
    DepthwiseConv1D,
    DepthwiseConv2D,
    SeparableConv1D,
    SeparableConv2D,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
    BatchNormalization,
    LayerNormalization,
    Embedding,
    SimpleRNN,
    LSTM,
    GRU,
    UpSampling2D,
    ZeroPadding1D,
    ZeroPadding2D,
    Cropping1D,
    Cropping2D,
):
    LAYERS.add(_layer.__name__, _layer)
    register_keras_serializable()(_layer)

__all__ = [
    "ELU",
    "GRU",
    "LAYERS",
    "LSTM",
    "Activation",
    "Add",
    "Average",
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "BatchNormalization",
    "Bidirectional",
    "Concatenate",
    "Conv1D",
    "Conv1DTranspose",
    "Conv2D",
    "Conv2DTranspose",
    "Conv3D",
    "Conv3DTranspose",
    "Cropping1D",
    "Cropping2D",
    "Dense",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "Dropout",
    "Embedding",
    "Flatten",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
    "Input",
    "InputLayer",
    "KerasTensor",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
    "Maximum",
    "Minimum",
    "Multiply",
    "PReLU",
    "Permute",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "SeparableConv1D",
    "SeparableConv2D",
    "SimpleRNN",
    "Softmax",
    "Subtract",
    "UpSampling2D",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "deserialize",
    "serialize",
]
