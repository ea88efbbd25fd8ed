"""Tensors that are images: which they are, and as bytes."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from studio.run.summary import COLOURS, finite, real, share

# Smaller than this, a matrix is more likely to be weights or scores than a picture.
_SMALLEST: Final = 6
_LARGEST: Final = 4096
#: Longest side of the picture of an example, in pixels.
SIDE: Final = 64


def as_images(values: Array) -> Array | None:
    """Return a tensor of rank 2 to 4 as images (count, height, width, channels), None if it is none.

    A matrix is a grey image; of rank 3 is a colour image if its last axis has 1, 3 or 4 entries, else a batch of grey
    ones; of rank 4 a batch of images, channels last.
    """
    if values.ndim == 2:
        images = values[np.newaxis, :, :, np.newaxis]
    elif values.ndim == 3:
        images = values[np.newaxis] if values.shape[-1] in (1, *COLOURS) else values[..., np.newaxis]
    elif values.ndim == 4:
        images = values
    else:
        return None
    height, width = images.shape[1:3]
    fits = min(height, width) >= _SMALLEST and max(height, width) <= _LARGEST
    return images if fits and images.size else None


def ends_of(dtype: np.dtype[Any], low: float, high: float) -> tuple[float, float]:
    """Return which values are black and white in images with values from `low` to `high`.

    Bytes and shares of one are shown as they are, all else is stretched.

    Examples
    --------
    >>> ends_of(np.dtype("uint8"), 3, 7), ends_of(np.dtype("float32"), 0.2, 0.3), ends_of(np.dtype("int32"), -2, 5)
    ((0.0, 255.0), (0.0, 1.0), (-2, 5))
    """
    if dtype == np.uint8:
        return 0.0, 255.0
    return (0.0, 1.0) if low >= 0 and high <= 1 else (low, high)


def limits_of(values: Array) -> tuple[float, float]:
    """Return the least and the greatest finite value, zeros if there is none."""
    found = finite(real(values))
    return (float(found.min()), float(found.max())) if found.size else (0.0, 0.0)


def as_bytes(images: Array, ends: tuple[float, float] | None = None) -> Array:
    """Return images with values from 0 to 255: `ends` are the values that are black and white, by default `ends_of`."""
    if images.dtype == np.uint8 and ends in (None, (0.0, 255.0)):
        return images
    low, high = ends_of(images.dtype, *limits_of(images)) if ends is None else ends
    shown = real(images)
    shown = shown.astype(np.result_type(shown.dtype, np.float32))
    shown = np.clip(share(np.nan_to_num(shown, copy=False, nan=low, posinf=high, neginf=low), low, high), 0, 1)
    return np.asarray(np.round(shown * 255), np.uint8)


def is_image(shape: tuple[int, ...]) -> bool:
    """Return whether an example of this shape is an image: a plane, or one with the channels of colours.

    Examples
    --------
    >>> is_image((8, 8)), is_image((32, 32, 3)), is_image((64,)), is_image((100, 2))
    (True, True, False, False)
    """
    if len(shape) == 3 and shape[-1] not in (1, *COLOURS):
        return False
    return len(shape) in (2, 3) and min(shape[:2]) >= _SMALLEST


def picture_of(example: Array) -> Array | None:
    """Return an example as bytes (height, width, channels), None if it is no image; large ones are thinned."""
    if not is_image(example.shape):
        return None
    step = -(-max(example.shape[:2]) // SIDE)
    pixels = example[::step, ::step]
    return as_bytes(pixels if pixels.ndim == 3 else pixels[..., np.newaxis])
