"""Arrays as PNG files."""

from __future__ import annotations

import struct
import zlib
from typing import Final

import numpy as np

from engine.core.dtype import Array

#: PNG's numbers for the kinds of colour, by how many channels there are.
_COLOURS: Final = {1: 0, 2: 4, 3: 2, 4: 6}


def png(image: Array) -> bytes:
    """Return an image of rows, columns and 1 to 4 channels, from 0 to 255, as the bytes of a PNG file.

    Examples
    --------
    >>> png(np.zeros((2, 3, 1), np.uint8))[:8]
    b'\\x89PNG\\r\\n\\x1a\\n'
    """
    rows, columns, channels = image.shape
    lines = np.zeros((rows, 1 + columns * channels), np.uint8)  # each begins with the number of its filter: none
    lines[:, 1:] = image.reshape(rows, -1)
    header = struct.pack(">IIBBBBB", columns, rows, 8, _COLOURS[channels], 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes(), 6)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def levels(values: Array) -> Array:
    """Return numbers as levels from 0 to 255: the least finite one is 0, the largest 255.

    Examples
    --------
    >>> levels(np.array([-1.0, 0.0, 1.0, np.nan]))
    array([  0, 127, 255,   0], dtype=uint8)
    """
    values = np.asarray(values, np.float64)
    finite = np.isfinite(values)
    if not finite.any():
        return np.zeros(values.shape, np.uint8)
    low, high = values[finite].min(), values[finite].max()
    scale = 255 / (high - low) if high > low else 0.0
    scaled: Array = np.where(finite, (values - low) * scale, 0).clip(0, 255).astype(np.uint8)
    return scaled
