"""The views of a tensor. Each is a file here and a line in `VIEWS`."""

from __future__ import annotations

from typing import Final

from studio.inspector.views.attention import AttentionView
from studio.inspector.views.bits import BitsView
from studio.inspector.views.figures import FiguresView
from studio.inspector.views.heat import HeatView
from studio.inspector.views.histogram import HistogramView
from studio.inspector.views.history import HistoryView
from studio.inspector.views.image import ImageView
from studio.inspector.views.kernels import KernelsView
from studio.inspector.views.line import LineView
from studio.inspector.views.scatter import ScatterView
from studio.inspector.views.statistics import StatisticsView
from studio.inspector.views.structure import StructureView
from studio.inspector.views.table import TableView
from studio.inspector.views.text import TextView
from studio.inspector.views.view import View

VIEWS: Final[tuple[type[View], ...]] = (
    TextView,
    StructureView,
    TableView,
    HeatView,
    ImageView,
    KernelsView,
    AttentionView,
    HistogramView,
    HistoryView,
    LineView,
    ScatterView,
    StatisticsView,
    BitsView,
)
"""As tabs, in this order."""

PINNED: Final[tuple[type[View], ...]] = (FiguresView,)
"""Below the tabs, always in sight."""
