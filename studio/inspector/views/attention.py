"""Scores between queries and keys: which one attends to which, head by head."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from engine.core.dtype import Array
from studio.inspector.formats import written
from studio.inspector.views.pictures import Drawn, PicturesView
from studio.inspector.views.view import View
from studio.run.messages import TensorInfo
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.colours import limit_of, places, ramp
from studio.ui.i18n import N_, _, number
from studio.ui.widgets.sheet import image_of
from studio.ui.widgets.spin import Spin

_LARGEST: Final = 1024
# How far the sum of the shares of a query may be from one: floats of 16 bits have three digits.
_TOLERANCE: Final = 0.01


class AttentionView(PicturesView):
    """A matrix for each head of one example: queries go down, keys across."""

    title = N_("Attention")
    icon = "scan"
    name = "attention"
    per_page = 16

    def __init__(self) -> None:
        super().__init__()
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
        """Return whether it may be scores, (batch, heads, queries, keys) or without heads: shares of one."""
        shape = info.shape
        fits = len(shape) in (3, 4) and min(shape[-2:]) > 1 and max(shape[-2:]) <= _LARGEST and min(shape) > 0
        if not View.accepts(info) or not fits or info.mean is None:
            return False
        is_share = (info.minimum or 0.0) >= 0 and (info.maximum or 0.0) <= 1
        return is_share and math.isclose(info.mean * shape[-1], 1.0, rel_tol=_TOLERANCE)

    def show(self, info: TensorInfo, values: Array) -> None:
        """Draw the heads of the example in front."""
        self.info = info
        self._scores = values if values.ndim == 4 else values[:, np.newaxis]
        self.example.setRange(0, len(self._scores) - 1)
        self._draw()

    @property
    def heads(self) -> Array:
        """The scores of the example in front: (heads, queries, keys)."""
        found: Array = self._scores[self.example.value()]
        return found

    @property
    def count(self) -> int:
        """How many heads there are."""
        return len(self.heads)

    def draw(self, page: range) -> Drawn:
        """Draw heads."""
        colours = ramp(appearance().theme)
        shown = self.heads[page.start : page.stop]
        limits = [self.limit if self.has_one_scale else limit_of(head) for head in shown]
        images = [image_of(colours[places(head, limit)]) for head, limit in zip(shown, limits, strict=True)]
        if self.has_one_scale:
            words = _("strongest colour: {limit}").format(limit=number(self.limit))
        else:
            words = _("strongest colour: the largest score of each head")
        return Drawn(images, shown[..., np.newaxis], words)

    def words(self, image: int, row: int, column: int) -> str:
        """Say which query and which key a pixel is of."""
        head = self.pages.page * self.per_page + image
        value = written(self.heads[head, row, column])
        return _("head {head}: query {query} attends to key {key} with {value}").format(
            head=head, query=row, key=column, value=value
        )

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        super().retranslate()
        self.example.setPrefix(_("example") + " ")
        self.example.setAccessibleName(_("Example"))
        self.example.setToolTip(_("Which example of the batch to show"))
