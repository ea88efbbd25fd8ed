"""Tensors that are images, as images."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from engine.core.dtype import Array
from studio.inspector.formats import written
from studio.inspector.views.pictures import Box, Drawn, PicturesView, no_pictures
from studio.inspector.views.view import View
from studio.run.images import as_bytes, as_images, ends_of, limits_of
from studio.run.messages import TensorInfo
from studio.run.summary import COLOURS
from studio.ui.i18n import N_, _, number
from studio.ui.widgets.sheet import image_of

#: Pixels on a page; of more, every n-th is drawn.
MOST_PIXELS: Final = 500_000


class ImageView(PicturesView):
    """The tensor as one image or several: in colour, or one channel of each, or all channels of the first."""

    title = N_("Image")
    icon = "image"
    name = "image"
    per_page = 16

    def __init__(self) -> None:
        super().__init__()
        self.channel = Box("image.channel", self._draw)
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
        self.info = info
        self._images = np.zeros((0, 1, 1, 1), np.uint8) if found is None else found
        if self._images.shape[-1] != channels or not self.channel.count():
            self._fill()
        self._draw()

    def _fill(self) -> None:
        """Offer the channels, and all of them: as colours, or side by side."""
        channels = self._images.shape[-1]
        every = _("Colours") if channels in COLOURS else _("All channels")
        single = [(_("Channel {n}").format(n=channel), channel) for channel in range(channels)]
        self.channel.offer([(every, None), *single], _("Channel"), _("Which channel to show"))
        self.channel.setVisible(channels > 1)

    @property
    def chosen(self) -> Array:
        """The images that there are to be shown, (count, height, width, channels), with 1, 3 or 4 channels."""
        channel: int | None = self.channel.currentData()
        images = self._images
        if channel is not None:
            images = images[..., channel : channel + 1]
        elif images.shape[-1] not in (1, *COLOURS) and len(images):
            images = np.moveaxis(images[0], -1, 0)[..., np.newaxis]  # all channels of the first image, side by side
        return images

    @property
    def count(self) -> int:
        """How many images there are."""
        return len(self.chosen)

    def draw(self, page: range) -> Drawn:
        """Draw images: bytes and shares of one as they are, else the least value is black and the greatest white."""
        chosen = self.chosen
        # more pixels than the screen has cannot be seen
        pixels = len(page) * chosen.shape[1] * chosen.shape[2]
        self._stride = step = max(1, math.ceil(math.sqrt(pixels / MOST_PIXELS)))
        shown = chosen[page.start : page.stop, ::step, ::step]
        if not shown.size:
            return no_pictures()
        if self.has_one_scale:
            low, high = ends_of(self._images.dtype, self.info.minimum or 0.0, self.info.maximum or 0.0)
            made = as_bytes(shown, (low, high))
            words = _("black {low}, white {high}").format(low=number(low), high=number(high))
        else:
            made = np.stack([as_bytes(one, limits_of(one)) for one in shown])
            words = _("black: the least value of each, white: its greatest")
        return Drawn([image_of(one) for one in made], shown, words, step)

    def words(self, image: int, row: int, column: int) -> str:
        """Say where in the tensor a pixel is, and what it holds."""
        place = self.pages.page * self.per_page + image
        row, column = row * self._stride, column * self._stride
        pixel = self.chosen[place, row, column]
        return f"{self._index(place, row, column)}  {'  '.join(written(value) for value in pixel)}"

    def _index(self, image: int, row: int, column: int) -> str:
        """Return the index of a pixel in the tensor, as NumPy takes it."""
        channel: int | None = self.channel.currentData()
        channels = self._images.shape[-1]
        last: int | str = ":" if channel is None else channel
        if channel is None and channels not in (1, *COLOURS):
            image, last = 0, image
        rank = len(self.info.shape)
        if rank == 2:
            return f"[{row}, {column}]"
        if rank == 3:
            is_single = self.info.shape[-1] == channels and len(self._images) == 1
            return f"[{row}, {column}, {last}]" if is_single else f"[{image}, {row}, {column}]"
        return f"[{image}, {row}, {column}, {last}]"

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        super().retranslate()
        self._fill()
