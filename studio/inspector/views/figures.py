"""The tensor in six figures, which are always in sight."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from engine.core.dtype import Array
from studio.inspector.views.said import NOTHING, figure, say
from studio.inspector.views.view import View
from studio.run.messages import TensorInfo
from studio.ui import fonts
from studio.ui.i18n import N_, decimal, number
from studio.ui.widgets.labels import Text

_SHORT: Final = 10_000


def _count(count: int) -> str:
    """Return a count; of a large one two digits, as there is room for no more: the statistics have them all."""
    if count < _SHORT:
        return number(count)
    mantissa, _e, power = f"{count:.1e}".partition("e")
    return f"{decimal(mantissa)}e{int(power)}"


def _share(count: int, info: TensorInfo) -> str:
    size = math.prod(info.shape)
    return f"{number(100 * count / size, 0 if count in (0, size) else 1)} %" if size else NOTHING


# In rows of three: the untranslated name, what it shows, and whether that should alarm.
FIGURES: Final[tuple[tuple[str, Callable[[TensorInfo], str], Callable[[TensorInfo], bool]], ...]] = (
    (N_("min"), lambda i: figure(i.minimum), lambda i: False),
    (N_("mean"), lambda i: figure(i.mean), lambda i: False),
    (N_("max"), lambda i: figure(i.maximum), lambda i: False),
    (N_("std"), lambda i: figure(i.std), lambda i: False),
    (N_("zeros"), lambda i: _share(i.zeros, i), lambda i: False),
    (N_("NaN · Inf"), lambda i: f"{_count(i.nans)} · {_count(i.infs)}", lambda i: i.nans + i.infs > 0),
)
_COLUMNS: Final = 3


class FiguresView(View):
    """Extremes, mean, spread, and what should not be there."""

    title = N_("Figures")
    icon = "sigma"

    def __init__(self) -> None:
        super().__init__()
        self.widget = QWidget()
        grid = QGridLayout(self.widget)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        self.values: dict[str, QLabel] = {}
        for i, (name, _text, _alarm) in enumerate(FIGURES):
            row, column = divmod(i, _COLUMNS)
            value = QLabel()
            value.setFont(fonts.mono(11))
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            pair = QGridLayout()
            pair.setHorizontalSpacing(4)
            pair.addWidget(Text(name, "dim", fonts.sans(11)), 0, 0)
            pair.addWidget(value, 0, 1, Qt.AlignmentFlag.AlignRight)
            grid.addLayout(pair, row, column)
            grid.setColumnStretch(column, 1)
            self.values[name] = value

    def show(self, info: TensorInfo, values: Array) -> None:
        """Show the figures of the whole tensor."""
        for name, text, alarm in FIGURES:
            say(self.values[name], text(info), alarm(info))
