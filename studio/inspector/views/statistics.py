"""All figures of a tensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QScrollArea, QWidget

from engine.core.dtype import Array
from studio.inspector.background import Token
from studio.inspector.statistics import SHARES, Figures, figures
from studio.inspector.views.said import NOTHING, figure, say
from studio.inspector.views.view import Computed
from studio.run.messages import TensorInfo
from studio.ui import fonts
from studio.ui.i18n import N_, number
from studio.ui.widgets.labels import Text


def _count(count: int, size: int) -> str:
    share = f"  {number(100 * count / size, 2)} %" if size and count else ""
    return number(count) + share


#: The untranslated name of a figure, what it says, and whether that should alarm.
FIGURES: Final[tuple[tuple[str, Callable[[Figures], str], Callable[[Figures], bool]], ...]] = (
    (N_("elements"), lambda f: number(f.size), lambda f: f.size == 0),
    (N_("min"), lambda f: figure(f.minimum), lambda f: False),
    (N_("mean"), lambda f: figure(f.mean), lambda f: False),
    (N_("max"), lambda f: figure(f.maximum), lambda f: False),
    (N_("std"), lambda f: figure(f.std), lambda f: False),
    (N_("norm"), lambda f: figure(f.norm), lambda f: False),
    (N_("zeros"), lambda f: _count(f.zeros, f.size), lambda f: False),
    (N_("sparsity"), lambda f: figure(f.sparsity), lambda f: f.sparsity == 1),
    (N_("NaN"), lambda f: _count(f.nans, f.size), lambda f: f.nans > 0),
    (N_("+Inf"), lambda f: _count(f.plus_infs, f.size), lambda f: f.plus_infs > 0),
    (N_("−Inf"), lambda f: _count(f.minus_infs, f.size), lambda f: f.minus_infs > 0),
    (N_("denormals"), lambda f: _count(f.denormals, f.size), lambda f: f.denormals > 0),
    (N_("rank of the matrix"), lambda f: NOTHING if f.rank is None else number(f.rank), lambda f: False),
)


class StatisticsView(Computed):
    """Extremes, moments, counts of what is special, quantiles and rank."""

    title = N_("Statistics")
    icon = "sigma"

    def __init__(self) -> None:
        super().__init__()
        self.figures: Figures | None = None
        self.widget = area = QScrollArea()
        area.setWidgetResizable(True)
        content = QWidget()
        form = QFormLayout(content)
        form.setContentsMargins(0, 0, 8, 0)
        form.setVerticalSpacing(5)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.values: dict[str, QLabel] = {}
        for name in (*(name for name, _text, _alarm in FIGURES), *map(_quantile, SHARES)):
            value = QLabel()
            value.setFont(fonts.mono(12))
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            form.addRow(Text(name, "dim", fonts.sans(12)), value)
            self.values[name] = value
        self.sampled = Text(N_("Quantiles are those of a sample of the elements."), "dim", fonts.sans(11))
        self.sampled.setWordWrap(True)
        form.addRow(self.sampled)
        area.setWidget(content)

    def compute(self, info: TensorInfo, values: Array, token: Token) -> Figures:
        """Count."""
        return figures(values, token.check)

    def present(self, found: Figures) -> None:
        """Show the figures."""
        self.figures = found
        for name, text, alarm in FIGURES:
            say(self.values[name], text(found), alarm(found))
        for place, share in enumerate(SHARES):
            say(self.values[_quantile(share)], figure(found.quantiles[place] if found.quantiles else None), False)
        self.sampled.setVisible(found.is_sampled)

    def retranslate(self) -> None:
        """Write the numbers as the language does."""
        if self.figures is not None:
            self.present(self.figures)


def _quantile(share: float) -> str:
    return f"{round(100 * share)} %"
