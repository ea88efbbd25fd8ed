"""Scores between queries and keys: which one attends to which, head by head."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.dtype import Array
from studio.inspector.formats import written
from studio.inspector.views.view import View
from studio.run.messages import TensorInfo
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.colours import limit_of, places, ramp
from studio.ui.i18n import N_, _
from studio.ui.widgets.sheet import Pages, image_of
from studio.ui.widgets.spin import Spin

#: Heads on a page.
PAGE: Final = 16
_LARGEST: Final = 1024


class AttentionView(View):
    """A matrix for each head of one example: queries go down, keys across."""

    title = N_("Attention")
    icon = "scan"

    def __init__(self) -> None:
        super().__init__()
        self.widget = self.pages = Pages()
        self.pages.turned = self._draw
        self.pages.sheet.words = self._words
        self.example = Spin()
        self.example.setObjectName("attention.example")
        self.example.setFont(fonts.sans(11))
        self.example.setFixedHeight(26)
        self.example.valueChanged.connect(lambda _value: self._draw())
        self.pages.line.addWidget(self.example)
        self._scores: Array = np.zeros((0, 0, 0, 0))
        self.retranslate()

    @staticmethod
    def accepts(info: TensorInfo) -> bool:
        """Return whether it may be scores: shares of one, as (batch, heads, queries, keys) or without heads."""
        shape = info.shape
        is_share = (info.minimum or 0.0) >= 0 and (info.maximum or 0.0) <= 1
        fits = len(shape) in (3, 4) and min(shape[-2:]) > 1 and max(shape[-2:]) <= _LARGEST and min(shape) > 0
        return View.accepts(info) and fits and is_share

    def show(self, info: TensorInfo, values: Array) -> None:
        """Draw the heads of the example in front."""
        self._scores = values if values.ndim == 4 else values[:, np.newaxis]
        self.example.setRange(0, len(self._scores) - 1)
        self._draw()

    @property
    def heads(self) -> Array:
        """The scores of the example in front: (heads, queries, keys)."""
        found: Array = self._scores[self.example.value()]
        return found

    def _draw(self) -> None:
        heads = self.heads
        page = self.pages.lay_out(len(heads), PAGE)
        colours = ramp(appearance().theme)
        shown = heads[page.start : page.stop]
        self.pages.sheet.present([image_of(colours[places(head, limit_of(head))]) for head in shown])

    def _words(self, image: int, row: int, column: int) -> str:
        head = self.pages.page * PAGE + image
        value = written(self.heads[head, row, column])
        return _("head {head}: query {query} attends to key {key} with {value}").format(
            head=head, query=row, key=column, value=value
        )

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self.example.setPrefix(_("example") + " ")
        self.example.setAccessibleName(_("Example"))
        self.example.setToolTip(_("Which example of the batch to show"))
