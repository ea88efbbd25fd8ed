"""Tensors that are images, as images."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from engine.core.dtype import Array
from studio.inspector.views.view import View
from studio.run.messages import TensorInfo
from studio.ui.i18n import N_

_CHANNELS: Final = (1, 3, 4)
_MOST_IMAGES: Final = 16
_GAP: Final = 4
# Smaller than this, a matrix is more likely to be weights or scores than a picture.
_SMALLEST: Final = 6
_LARGEST: Final = 4096


def as_images(values: Array) -> Array | None:
    """Return a tensor of rank 2 to 4 as images (count, height, width, channels), None if it is none.

    A matrix is a grey image; of rank 3 is a colour image if its last axis has 1, 3 or 4 entries, else a batch of grey
    ones; of rank 4 a batch of images, channels last, each channel an image of its own unless there are 1, 3 or 4.
    """
    if values.ndim == 2:
        images = values[np.newaxis, :, :, np.newaxis]
    elif values.ndim == 3:
        images = values[np.newaxis] if values.shape[-1] in _CHANNELS else values[..., np.newaxis]
    elif values.ndim == 4:
        images = values if values.shape[-1] in _CHANNELS else np.moveaxis(values[0], -1, 0)[..., np.newaxis]
    else:
        return None
    height, width = images.shape[1:3]
    fits = min(height, width) >= _SMALLEST and max(height, width) <= _LARGEST
    return images if fits and images.size else None


def as_bytes(images: Array) -> Array:
    """Return images with values from 0 to 255: bytes and shares of one as they are, all else stretched."""
    if images.dtype == np.uint8:
        return images
    real = np.abs(images) if np.iscomplexobj(images) else np.asarray(images, np.float32)
    real = np.nan_to_num(real, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(real.min()), float(real.max())
    if low < 0 or high > 1:
        real = (real - low) / (high - low) if high > low else np.zeros_like(real)
    return np.asarray(np.round(real * 255), np.uint8)


class Sheet(QWidget):
    """Up to sixteen images side by side, as large as fits."""

    def __init__(self) -> None:
        super().__init__()
        self.images: list[QImage] = []
        self.setMinimumHeight(120)

    def present(self, values: Array) -> None:
        """Show the first images of a tensor."""
        found = as_images(values)
        self.images = [] if found is None else [_image(one) for one in as_bytes(found[:_MOST_IMAGES])]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the images in rows."""
        if not self.images:
            return
        painter = QPainter(self)
        columns, side_x, side_y = self._layout()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, side_x < self.images[0].width())
        for i, image in enumerate(self.images):
            row, column = divmod(i, columns)
            painter.drawImage(QRect(column * (side_x + _GAP), row * (side_y + _GAP), side_x, side_y), image)

    def _layout(self) -> tuple[int, int, int]:
        """Return the number of columns and the size of an image that make them largest."""
        aspect = self.images[0].height() / self.images[0].width()
        best = (1, 1, 1)
        for columns in range(1, len(self.images) + 1):
            rows = math.ceil(len(self.images) / columns)
            width = (self.width() - _GAP * (columns - 1)) / columns
            width = min(width, (self.height() - _GAP * (rows - 1)) / rows / aspect)
            if width > best[1]:
                best = (columns, int(width), max(1, int(width * aspect)))
        return best


def _image(pixels: Array) -> QImage:
    height, width, channels = pixels.shape
    formats = {
        1: QImage.Format.Format_Grayscale8,
        3: QImage.Format.Format_RGB888,
        4: QImage.Format.Format_RGBA8888,
    }
    return QImage(pixels.tobytes(), width, height, width * channels, formats[channels]).copy()


class ImageView(View):
    """The tensor as one image or several."""

    title = N_("Image")
    icon = "image"

    def __init__(self) -> None:
        super().__init__()
        self.widget: Sheet = Sheet()

    @staticmethod
    def accepts(info: TensorInfo) -> bool:
        """Return whether it looks like an image or a batch of images."""
        return as_images(np.broadcast_to(np.uint8(0), info.shape)) is not None

    def show(self, info: TensorInfo, values: Array) -> None:
        """Show the first images."""
        self.widget.present(values)
