"""The families of layers in the palette, by the classes they derive from. Ops name their families themselves."""

from __future__ import annotations

from typing import Final

from engine.keras import layers
from engine.keras.layers.global_pooling import GlobalPooling
from engine.keras.layers.merge import Merge
from engine.keras.layers.pooling import Pooling
from engine.keras.layers.recurrent import Recurrent
from engine.keras.layers.windowed import Windowed

#: A family and its classes; a layer that is in none is in `BASIC`.
FAMILIES: Final[tuple[tuple[str, tuple[type, ...]], ...]] = (
    (
        "activation",
        (layers.Activation, layers.ReLU, layers.LeakyReLU, layers.ELU, layers.PReLU, layers.Softmax),
    ),
    ("convolution", (Windowed,)),
    ("pooling", (Pooling, GlobalPooling)),
    ("recurrent", (Recurrent,)),
    ("merging", (Merge,)),
    ("normalisation", (layers.BatchNormalization, layers.LayerNormalization, layers.Rescaling)),
    ("regularisation", (layers.Dropout, layers.GaussianNoise)),
    (
        "shape",
        (
            *(layers.Flatten, layers.Reshape, layers.Permute, layers.RepeatVector),
            *(layers.UpSampling2D, layers.ZeroPadding1D, layers.ZeroPadding2D, layers.Cropping1D, layers.Cropping2D),
        ),
    ),
)
BASIC: Final = "basic"


def family_of(layer: type) -> str:
    """Return the family of a class of layers, untranslated.

    Examples
    --------
    >>> family_of(layers.Dense), family_of(layers.Conv2DTranspose), family_of(layers.LSTM)
    ('basic', 'convolution', 'recurrent')
    """
    return next((family for family, classes in FAMILIES if issubclass(layer, classes)), BASIC)
