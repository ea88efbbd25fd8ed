"""The kernels of a convolution, and the feature map that each makes of one example."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.core.dtype import Array
from studio.run.tasks.data import Maps, Seen, Task
from studio.tasks.paging import Paging
from studio.tasks.views.view import TaskView
from studio.tasks.words import example_text
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.colours import limit_of, places, ramp
from studio.ui.i18n import N_, _, number
from studio.ui.widgets.labels import Heading
from studio.ui.widgets.sheet import Pages, Sheet, image_of
from studio.ui.widgets.special import special_of

#: Kernels and maps on a page.
PAGE: Final = 32
_COLOURS: Final = 3


class FiltersView(TaskView):
    """What a convolution looks for, and where it finds it."""

    facts = "maps"
    title = N_("Filters")

    def __init__(self) -> None:
        super().__init__()
        self.widget = QWidget()
        self.layer, self.channel = QComboBox(), QComboBox()
        self.layer.setObjectName("tasks.filters.layer")
        self.channel.setObjectName("tasks.filters.channel")
        self.layer.activated.connect(lambda _at: self.want(place=self.layer.currentData()))
        self.channel.currentIndexChanged.connect(lambda _at: self._draw())
        self.paging = Paging("tasks.filters")
        self.paging.turned.connect(self._turn)
        self.kernels, self.maps, self.example = Pages(), Pages(), Sheet()
        self.kernels.turned = self.maps.turned = self._draw
        self.kernels.sheet.words = self._kernel_words
        self.maps.sheet.words = self._map_words
        self.words = QLabel()
        self.words.setFont(fonts.sans(12))
        self.words.setProperty("tone", "dim")
        self.words.setWordWrap(True)
        self.found: Maps | None = None
        line = QHBoxLayout()
        for widget in (self.layer, self.channel, self.paging):
            line.addWidget(widget)
        line.addStretch(1)
        body = QWidget()
        columns = QHBoxLayout(body)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(16)
        for heading, parts, stretch in (
            (N_("Example"), (self.example, self.words), 2),
            (N_("Kernels"), (self.kernels,), 4),
            (N_("Feature maps"), (self.maps,), 4),
        ):
            column = QVBoxLayout()
            column.addWidget(Heading(heading))
            for i, part in enumerate(parts):
                column.addWidget(part, 0 if i else 1)
            columns.addLayout(column, stretch)
        rows = QVBoxLayout(self.widget)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addLayout(line)
        rows.addWidget(body, 1)
        self._body = body

    @staticmethod
    def accepts(task: Task) -> bool:
        """Return whether there is a convolution."""
        return bool(task.convolutions)

    def refresh(self, seen: Seen) -> None:
        """Show another layer or example."""
        assert isinstance(seen.facts, Maps)
        self.found = seen.facts
        self._fill(seen.task)
        place, count = self.found.place, self.found.count
        text = _("example {place} of {count}").format(place=number(place + 1), count=number(count))
        self.paging.show_place(text, place > 0, place + 1 < count)
        self.words.setText(example_text(seen.task, self.found.example))
        self._draw()

    def _fill(self, task: Task) -> None:
        assert self.found is not None
        if [self.layer.itemData(i) for i in range(self.layer.count())] != list(task.convolutions):
            self.layer.clear()
            for name in task.convolutions:
                self.layer.addItem(self.name_of(name), name)
        self.layer.setCurrentIndex(self.layer.findData(self.found.node))
        channels = self.found.kernels.shape[1]
        words = [_("Input channel {n}").format(n=channel) for channel in range(channels)]
        words = [_("Colours"), *words] if channels == _COLOURS else words
        if [self.channel.itemText(i) for i in range(self.channel.count())] != words:
            self.channel.blockSignals(True)
            self.channel.clear()
            self.channel.addItems(words)
            self.channel.blockSignals(False)
        self.channel.setVisible(channels > 1)

    @property
    def _planes(self) -> Array:
        """The kernels of the chosen channel (count, height, width); in colour (count, height, width, 3)."""
        assert self.found is not None
        kernels, at = self.found.kernels, max(0, self.channel.currentIndex())
        if kernels.shape[1] == _COLOURS:
            return np.moveaxis(kernels, 1, -1) if at == 0 else kernels[:, at - 1]
        return kernels[:, min(at, kernels.shape[1] - 1)]

    def _draw(self) -> None:
        if self.found is None:
            return
        colours = ramp(appearance().theme)
        planes = self._planes
        page = self.kernels.lay_out(len(planes), PAGE)
        limit, shown = limit_of(planes) or 1.0, planes[page.start : page.stop]
        if planes.ndim == 4:
            pixels = np.round(np.nan_to_num(shown / limit) * 127 + 128).clip(0, 255).astype(np.uint8)
            self.kernels.sheet.present([image_of(one) for one in pixels], special_of(shown))
        else:
            images = [image_of(colours[places(one, limit)]) for one in shown]
            self.kernels.sheet.present(images, special_of(shown[..., np.newaxis]))
        page = self.maps.lay_out(len(self.found.maps), PAGE)
        limit = limit_of(self.found.maps) or 1.0
        shown = self.found.maps[page.start : page.stop]
        images = [image_of(colours[places(one, limit)]) for one in shown]
        self.maps.sheet.present(images, special_of(shown[..., np.newaxis]))
        picture = self.found.example.picture
        self.example.present([image_of(picture)] if picture is not None else [])

    def _kernel_words(self, image: int, row: int, column: int) -> str:
        at = self.kernels.page * PAGE + image
        values = np.atleast_1d(self._planes[at, row, column])
        return f"[{row}, {column}, {at}]  {'  '.join(number(float(v)) for v in values)}"

    def _map_words(self, image: int, row: int, column: int) -> str:
        assert self.found is not None
        at = self.maps.page * PAGE + image
        return f"[{row}, {column}, {at}]  {number(float(self.found.maps[at, row, column]))}"

    def _turn(self, by: int) -> None:
        if self.found is not None:
            self.want(example=self.found.place + by)

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self.layer.setAccessibleName(_("Layer"))
        self.channel.setAccessibleName(_("Channel"))
        super().retranslate()

    @property
    def picture(self) -> QWidget:
        """The pictures alone."""
        return self._body
