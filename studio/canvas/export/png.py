"""PNG: painted and packed in bands, so that neither memory nor a turn of the event loop grows with the picture."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from studio.canvas.export.drawing import Drawing
from studio.canvas.export.look import Look, Progress
from studio.document.work import Work

MOST_SIDE: Final = 65_500
MOST_PIXELS: Final = 1_000_000_000

_BAND_BYTES: Final = 8 << 20
"""Of a band in memory."""
_TILE: Final = 4096
"""Pixels across that are painted at once: a painter of pixels knows no coordinates beyond 32,767."""
_PORTION: Final = 1 << 16
"""Bytes that are packed between two looks at the clock, in about 1 ms."""
_DOTS_PER_METRE: Final = 96 / 0.0254
_RGB, _RGBA = 2, 6


def write_png(drawing: Drawing, look: Look, title: str, progress: Progress) -> Work[bytes]:
    """Return the drawing as PNG.

    Raises
    ------
    InvalidArgumentError
        If it has more pixels than programs that show pictures can be expected to take.
    """
    area = drawing.area(look.margin)
    width, height = round(area.width() * look.scale), round(area.height() * look.scale)
    if max(width, height) > MOST_SIDE or width * height > MOST_PIXELS:
        raise InvalidArgumentError(
            "The picture would have {width} x {height} pixels, which is too large for a PNG.",
            hint="Choose a smaller scale, or SVG or PDF, which know no pixels.",
            width=width,
            height=height,
        )
    channels = 4 if look.transparent else 3
    rows = max(16, min(512, _BAND_BYTES // (4 * width)))
    bands = -(-height // rows)
    progress.total = bands * -(-width // _TILE) * (len(drawing) + 1)
    packer = zlib.compressobj(6)
    data: list[bytes] = []
    for top in range(0, height, rows):
        band = np.zeros((min(rows, height - top), 1 + width * channels), np.uint8)  # a row begins with its filter: none
        for left in range(0, width, _TILE):
            tile = yield from _tile(drawing, look, progress, area, left, top, min(_TILE, width - left), len(band))
            band[:, 1 + left * channels : 1 + (left + tile.shape[1]) * channels] = tile[:, :, :channels].reshape(
                len(band), -1
            )
            progress.done += 1
            yield
        raw = band.data.cast("B")
        for start in range(0, len(raw), _PORTION):
            data.append(packer.compress(raw[start : start + _PORTION]))
            yield
    data.append(packer.flush())
    dots = round(_DOTS_PER_METRE * look.scale)
    header = struct.pack(">IIBBBBB", width, height, 8, _RGBA if look.transparent else _RGB, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            *_chunk(b"IHDR", header),
            *_chunk(b"sRGB", b"\0"),
            *_chunk(b"pHYs", struct.pack(">IIB", dots, dots, 1)),
            *_chunk(b"iTXt", b"Title\0\0\0\0\0" + title.encode("utf-8", "replace")),
            *_chunk(b"IDAT", b"".join(data)),
            *_chunk(b"IEND", b""),
        )
    )


def _tile(
    drawing: Drawing, look: Look, progress: Progress, area: QRectF, left: int, top: int, width: int, height: int
) -> Work[Array]:
    """Return the pixels of a part of the picture: rows, columns, and red, green, blue and how much it covers."""
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent if look.transparent else drawing.style.canvas)
    painter = QPainter(image)
    try:
        painter.translate(-left, -top)
        painter.scale(look.scale, look.scale)
        painter.translate(-area.topLeft())
        within = QRectF(left, top, width, height)
        back = painter.worldTransform().inverted()[0]
        yield from drawing.paint(painter, progress, back.mapRect(within.translated(-left, -top)))
    finally:
        painter.end()
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    pixels: Array = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine() // 4, 4)
    return pixels[:, :width].copy()


def _chunk(kind: bytes, data: bytes) -> Iterator[bytes]:
    yield struct.pack(">I", len(data))
    yield kind
    yield data
    yield struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))
