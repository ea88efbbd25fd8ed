"""What views that show pictures page by page have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from engine.core.dtype import Array
from studio.inspector.views.view import View
from studio.run.messages import TensorInfo
from studio.ui import fonts
from studio.ui.i18n import N_, _
from studio.ui.widgets.labels import Text
from studio.ui.widgets.sheet import Pages
from studio.ui.widgets.special import special_of, words_of

# Untranslated, and whether the pictures have one scale.
_SCALES = ((N_("One scale"), True), (N_("Each its own"), False))


@dataclass(frozen=True)
class Drawn:
    """The pictures of a page.

    Parameters
    ----------
    images
        As they are drawn.
    pixels
        The values in them: (image, row, column, channel).
    scale
        Says which colours stand for which values.
    step
        Of how many rows and columns one is drawn.
    """

    images: Sequence[QImage]
    pixels: Array
    scale: str
    step: int = 1


class Box(QComboBox):
    """A box beside pictures, which keeps what is chosen while its words change."""

    def __init__(self, name: str, changed: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFont(fonts.sans(11))
        self.setFixedHeight(26)
        self.currentIndexChanged.connect(lambda _at: changed())

    def offer(self, choices: Sequence[tuple[str, int | bool | None]], name: str, tip: str) -> None:
        """Offer other choices, words and what they stand for; say nothing of it."""
        before = self.currentData() if self.count() else choices[0][1]
        self.blockSignals(True)
        self.clear()
        for words, data in choices:
            self.addItem(words, data)
        self.setCurrentIndex(next((i for i, (_words, data) in enumerate(choices) if data == before), 0))
        self.blockSignals(False)
        self.setAccessibleName(name)
        self.setToolTip(tip)


class PicturesView(View):
    """Shows pictures; what is not finite in them is marked, and it is said how values have become colours.

    Attributes
    ----------
    name
        Begins the names of its boxes.
    per_page
        Pictures on a page.
    """

    name: ClassVar[str]
    per_page: ClassVar[int]

    def __init__(self) -> None:
        super().__init__()
        self.info = TensorInfo((), "", 0)
        self.pages = Pages()
        self.pages.turned = self._draw
        self.pages.sheet.words = self.words
        self.scale = Box(f"{self.name}.scale", self._draw)
        self.caption = Text("", "dim", fonts.sans(11))
        self.caption.setWordWrap(True)
        below = QHBoxLayout()
        below.setSpacing(6)
        below.addWidget(self.caption, 1)
        below.addWidget(self.scale)
        self.widget = QWidget()
        column = QVBoxLayout(self.widget)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.pages, 1)
        column.addLayout(below)
        self._offer_scales()

    @property
    @abstractmethod
    def count(self) -> int:
        """How many pictures there are."""

    @abstractmethod
    def draw(self, page: range) -> Drawn:
        """Return the pictures of a page."""

    @abstractmethod
    def words(self, image: int, row: int, column: int) -> str:
        """Say what a pixel of a picture of the page in front is."""

    @property
    def has_one_scale(self) -> bool:
        """Whether equal values have equal colours in all pictures, of all pages."""
        return bool(self.scale.currentData())

    @property
    def limit(self) -> float:
        """The largest finite magnitude of the tensor."""
        return max(abs(self.info.minimum or 0.0), abs(self.info.maximum or 0.0))

    def _draw(self) -> None:
        page = self.pages.lay_out(self.count, self.per_page)
        drawn = self.draw(page)
        special = special_of(drawn.pixels)
        self.pages.sheet.present(drawn.images, special)
        notes = [drawn.scale] if drawn.images else []
        if special is not None:
            notes.append(words_of(special, drawn.step == 1))
        if drawn.step > 1:
            notes.append(_("drawn: 1 row of {down}, 1 column of {across}").format(down=drawn.step, across=drawn.step))
        self.caption.setText("\n".join(notes))
        self.scale.setVisible(self.count > 1)

    def _offer_scales(self) -> None:
        choices = [(_(words), is_one) for words, is_one in _SCALES]
        self.scale.offer(choices, _("Scale of the colours"), _("Whether equal values have equal colours everywhere"))

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self._offer_scales()


def no_pictures() -> Drawn:
    """Return a page without pictures."""
    return Drawn((), np.zeros((0, 1, 1, 1)), "")
