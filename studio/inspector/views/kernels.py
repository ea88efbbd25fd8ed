"""The kernels of a convolution, each as a small picture."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtWidgets import QComboBox

from engine.core.dtype import Array
from studio.inspector.formats import written
from studio.inspector.views.view import View
from studio.run.messages import TensorInfo
from studio.run.summary import real
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.colours import limit_of, places, ramp
from studio.ui.i18n import N_, _
from studio.ui.widgets.sheet import Pages, image_of

#: Kernels on a page.
PAGE: Final = 64
_LARGEST: Final = 15
_COLOURS: Final = 3


def kernels_of(values: Array) -> Array:
    """Return the kernels of a weight (height, width, in, out) as (out, in, height, width).

    Examples
    --------
    >>> kernels_of(np.zeros((3, 5, 2, 8))).shape
    (8, 2, 3, 5)
    """
    return np.moveaxis(values, (-1, -2), (0, 1))


class KernelsView(View):
    """All kernels of one input channel; those of colour images also in colour."""

    title = N_("Kernels")
    icon = "grid-2x2"

    def __init__(self) -> None:
        super().__init__()
        self.widget = self.pages = Pages()
        self.pages.turned = self._draw
        self.pages.sheet.words = self._words
        self.channel = QComboBox()
        self.channel.setObjectName("kernels.channel")
        self.channel.setFont(fonts.sans(11))
        self.channel.setFixedHeight(26)
        self.channel.currentIndexChanged.connect(lambda _at: self._draw())
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
        self._kernels = kernels_of(values)
        if before != self._kernels.shape[1]:
            self._fill()
        self._draw()

    def _fill(self) -> None:
        channels = self._kernels.shape[1]
        self.channel.blockSignals(True)
        self.channel.clear()
        for channel in range(channels):
            self.channel.addItem(_("Input channel {n}").format(n=channel), channel)
        if channels == _COLOURS:
            self.channel.insertItem(0, _("Colours"), None)
            self.channel.setCurrentIndex(0)
        self.channel.blockSignals(False)
        self.channel.setVisible(channels > 1)
        self.channel.setAccessibleName(_("Channel"))
        self.channel.setToolTip(_("Which channel to show"))

    def _draw(self) -> None:
        page = self.pages.lay_out(len(self._kernels), PAGE)
        shown = self._kernels[page.start : page.stop]
        channel: int | None = self.channel.currentData()
        if channel is None:
            colours = np.moveaxis(real(shown).astype(np.float64), 1, -1)
            limit = limit_of(colours) or 1.0
            pixels = (
                np.round(np.nan_to_num(colours / limit, posinf=1.0, neginf=-1.0) * 127 + 128)
                .clip(0, 255)
                .astype(np.uint8)
            )
            self.pages.sheet.present([image_of(one) for one in pixels])
        else:
            plane = shown[:, channel]
            limit = limit_of(plane)
            self.pages.sheet.present([image_of(ramp(appearance().theme)[places(one, limit)]) for one in plane])

    def _words(self, image: int, row: int, column: int) -> str:
        kernel = self.pages.page * PAGE + image
        channel: int | None = self.channel.currentData()
        channels = slice(None) if channel is None else slice(channel, channel + 1)
        picked = self._kernels[kernel, channels, row, column]
        return f"[{row}, {column}, {':' if channel is None else channel}, {kernel}]  {'  '.join(map(written, picked))}"

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        chosen = self.channel.currentIndex()
        self._fill()
        self.channel.setCurrentIndex(chosen)
