"""The kernels of a convolution, each as a small picture."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.dtype import Array
from studio.inspector.formats import written
from studio.inspector.views.pictures import Box, Drawn, PicturesView
from studio.inspector.views.view import View
from studio.run.messages import TensorInfo
from studio.run.summary import real
from studio.ui.appearance import appearance
from studio.ui.colours import limit_of, places, ramp
from studio.ui.i18n import N_, _, number
from studio.ui.widgets.sheet import image_of

_LARGEST: Final = 15
_RGB: Final = 3


def kernels_of(values: Array) -> Array:
    """Return the kernels of a weight (height, width, in, out) as (out, in, height, width).

    Examples
    --------
    >>> kernels_of(np.zeros((3, 5, 2, 8))).shape
    (8, 2, 3, 5)
    """
    return np.moveaxis(values, (-1, -2), (0, 1))


class KernelsView(PicturesView):
    """All kernels of one input channel; those of colour images also in colour."""

    title = N_("Kernels")
    icon = "grid-2x2"
    name = "kernels"
    per_page = 64

    def __init__(self) -> None:
        super().__init__()
        self.channel = Box("kernels.channel", self._draw)
        self.pages.line.addWidget(self.channel)
        self._kernels: Array = np.zeros((0, 0, 1, 1))

    @staticmethod
    def accepts(info: TensorInfo) -> bool:
        """Return whether it has the shape of a weight of a convolution in two dimensions."""
        shape = info.shape
        return View.accepts(info) and len(shape) == 4 and max(shape[:2]) <= _LARGEST and min(shape) > 0

    def show(self, info: TensorInfo, values: Array) -> None:
        """Draw the kernels of the page in front."""
        before = self._kernels.shape[1]
        self.info = info
        self._kernels = kernels_of(values)
        if before != self._kernels.shape[1]:
            self._fill()
        self._draw()

    def _fill(self) -> None:
        channels = self._kernels.shape[1]
        choices: list[tuple[str, int | bool | None]] = [
            (_("Input channel {n}").format(n=channel), channel) for channel in range(channels)
        ]
        if channels == _RGB:
            choices.insert(0, (_("Colours"), None))
        self.channel.offer(choices, _("Channel"), _("Which channel to show"))
        self.channel.setVisible(channels > 1)

    @property
    def count(self) -> int:
        """How many kernels there are."""
        return len(self._kernels)

    def draw(self, page: range) -> Drawn:
        """Draw kernels: in one channel by the colours of negative and positive values, else in grey for zero."""
        channel: int | None = self.channel.currentData()
        shown = self._kernels[page.start : page.stop]
        pixels = np.moveaxis(shown, 1, -1) if channel is None else shown[:, channel, ..., np.newaxis]
        limits = [self.limit if self.has_one_scale else limit_of(one) for one in pixels]
        if channel is None:
            images = [image_of(_in_colour(one, limit)) for one, limit in zip(pixels, limits, strict=True)]
        else:
            colours = ramp(appearance().theme)
            images = [image_of(colours[places(one[..., 0], limit)]) for one, limit in zip(pixels, limits, strict=True)]
        if self.has_one_scale:
            words = _("strongest colours: ±{limit}").format(limit=number(self.limit))
        else:
            words = _("strongest colours: the largest magnitude of each")
        return Drawn(images, pixels, words)

    def words(self, image: int, row: int, column: int) -> str:
        """Say where in the tensor a pixel is, and what it holds."""
        kernel = self.pages.page * self.per_page + image
        channel: int | None = self.channel.currentData()
        channels = slice(None) if channel is None else slice(channel, channel + 1)
        picked = self._kernels[kernel, channels, row, column]
        return f"[{row}, {column}, {':' if channel is None else channel}, {kernel}]  {'  '.join(map(written, picked))}"

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        super().retranslate()
        if self._kernels.shape[1]:
            self._fill()


def _in_colour(kernel: Array, limit: float) -> Array:
    """Return a kernel (height, width, 3) as bytes: grey is zero."""
    scaled = np.nan_to_num(real(kernel).astype(np.float64) / (limit or 1.0), posinf=1.0, neginf=-1.0)
    return np.round(scaled * 127 + 128).clip(0, 255).astype(np.uint8)
