"""Tensors that are images, as images."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from PySide6.QtWidgets import QComboBox

from engine.core.dtype import Array
from studio.inspector.formats import written
from studio.inspector.views.view import View
from studio.run.images import as_bytes, as_images
from studio.run.messages import TensorInfo
from studio.ui import fonts
from studio.ui.i18n import N_, _
from studio.ui.widgets.sheet import Pages, image_of

_COLOURS: Final = (3, 4)
#: Images on a page.
PAGE: Final = 16
#: Pixels on a page; of more, every n-th is drawn.
MOST_PIXELS: Final = 500_000


class ImageView(View):
    """The tensor as one image or several: in colour, or one channel of each, or all channels of the first."""

    title = N_("Image")
    icon = "image"

    def __init__(self) -> None:
        super().__init__()
        self.widget = self.pages = Pages()
        self.pages.turned = self._draw
        self.pages.sheet.words = self._words
        self.channel = QComboBox()
        self.channel.setObjectName("image.channel")
        self.channel.setFont(fonts.sans(11))
        self.channel.setFixedHeight(26)
        self.channel.currentIndexChanged.connect(lambda _at: self._draw())
        self.pages.line.addWidget(self.channel)
        self._images: Array = np.zeros((0, 1, 1, 1), np.uint8)
        self._stride = 1

    @staticmethod
    def accepts(info: TensorInfo) -> bool:
        """Return whether it looks like an image or a batch of images."""
        return View.accepts(info) and as_images(np.broadcast_to(np.uint8(0), info.shape)) is not None

    def show(self, info: TensorInfo, values: Array) -> None:
        """Show the images of the page in front."""
        found = as_images(values)
        channels = self._images.shape[-1]
        self._images = np.zeros((0, 1, 1, 1), np.uint8) if found is None else found
        if self._images.shape[-1] != channels or not self.channel.count():
            self._fill()
        self._draw()

    def _fill(self) -> None:
        """Offer the channels, and all of them: as colours, or side by side."""
        channels = self._images.shape[-1]
        self.channel.blockSignals(True)
        self.channel.clear()
        self.channel.addItem(_("Colours") if channels in _COLOURS else _("All channels"), None)
        for channel in range(channels):
            self.channel.addItem(_("Channel {n}").format(n=channel), channel)
        self.channel.blockSignals(False)
        self.channel.setVisible(channels > 1)
        self.channel.setAccessibleName(_("Channel"))
        self.channel.setToolTip(_("Which channel to show"))

    @property
    def chosen(self) -> Array:
        """The images that there are to be shown, (count, height, width, channels), with 1, 3 or 4 channels."""
        channel: int | None = self.channel.currentData()
        images = self._images
        if channel is not None:
            images = images[..., channel : channel + 1]
        elif images.shape[-1] not in (1, *_COLOURS) and len(images):
            images = np.moveaxis(images[0], -1, 0)[..., np.newaxis]  # all channels of the first image, side by side
        return images

    def _draw(self) -> None:
        chosen = self.chosen
        page = self.pages.lay_out(len(chosen), PAGE)
        # more pixels than the screen has cannot be seen
        pixels = len(page) * chosen.shape[1] * chosen.shape[2]
        self._stride = step = max(1, math.ceil(math.sqrt(pixels / MOST_PIXELS)))
        shown = chosen[page.start : page.stop, ::step, ::step]
        self.pages.sheet.present([image_of(one) for one in as_bytes(shown)] if shown.size else [])

    def _words(self, image: int, row: int, column: int) -> str:
        place = self.pages.page * PAGE + image
        row, column = row * self._stride, column * self._stride
        pixel = self.chosen[place, row, column]
        return f"[{place}, {row}, {column}]  {'  '.join(written(value) for value in pixel)}"

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        chosen = self.channel.currentIndex()
        self._fill()
        self.channel.setCurrentIndex(chosen)
