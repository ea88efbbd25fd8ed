"""Tensors that are images: which they are, and as bytes."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.dtype import Array
from studio.run.summary import real, share

_COLOURS: Final = (3, 4)
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
        images = values[np.newaxis] if values.shape[-1] in (1, *_COLOURS) else values[..., np.newaxis]
    elif values.ndim == 4:
        images = values
    else:
        return None
    height, width = images.shape[1:3]
    fits = min(height, width) >= _SMALLEST and max(height, width) <= _LARGEST
    return images if fits and images.size else None


def as_bytes(images: Array) -> Array:
    """Return images with values from 0 to 255: bytes and shares of one as they are, all else stretched."""
    if images.dtype == np.uint8:
        return images
    shown = real(images)
    shown = np.nan_to_num(shown.astype(np.result_type(shown.dtype, np.float32)), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(shown.min()), float(shown.max())
    if low < 0 or high > 1:
        shown = share(shown, low, high)
    return np.asarray(np.round(shown * 255), np.uint8)


def is_image(shape: tuple[int, ...]) -> bool:
    """Return whether an example of this shape is an image: a plane, or one with the channels of colours.

    Examples
    --------
    >>> is_image((8, 8)), is_image((32, 32, 3)), is_image((64,)), is_image((100, 2))
    (True, True, False, False)
    """
    if len(shape) == 3 and shape[-1] not in (1, *_COLOURS):
        return False
    return len(shape) in (2, 3) and min(shape[:2]) >= _SMALLEST


def picture_of(example: Array) -> Array | None:
    """Return an example as bytes (height, width, channels), None if it is no image; large ones are thinned."""
    if not is_image(example.shape):
        return None
    step = -(-max(example.shape[:2]) // SIDE)
    pixels = example[::step, ::step]
    return as_bytes(pixels if pixels.ndim == 3 else pixels[..., np.newaxis])
