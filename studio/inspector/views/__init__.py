"""The views of a tensor. Each is a file here and a line in `VIEWS`."""

from __future__ import annotations

from typing import Final

from studio.inspector.views.heat import HeatView
from studio.inspector.views.histogram import HistogramView
from studio.inspector.views.image import ImageView
from studio.inspector.views.statistics import StatisticsView
from studio.inspector.views.table import TableView
from studio.inspector.views.view import View

VIEWS: Final[tuple[type[View], ...]] = (TableView, HeatView, ImageView, HistogramView)
"""As tabs, in this order."""

PINNED: Final[tuple[type[View], ...]] = (StatisticsView,)
"""Below the tabs, always in sight."""
