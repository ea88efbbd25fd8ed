"""The views of a task. Each is a file here and a line in `VIEWS`."""

from __future__ import annotations

from typing import Final

from studio.tasks.views.boundary import BoundaryView
from studio.tasks.views.confusion import ConfusionView
from studio.tasks.views.filters import FiltersView
from studio.tasks.views.pairs import PairsView
from studio.tasks.views.projection import ProjectionView
from studio.tasks.views.regression import RegressionView
from studio.tasks.views.scores import ScoresView
from studio.tasks.views.view import TaskView
from studio.tasks.views.worst import WorstView

VIEWS: Final[tuple[type[TaskView], ...]] = (
    BoundaryView,
    ConfusionView,
    PairsView,
    RegressionView,
    WorstView,
    ScoresView,
    ProjectionView,
    FiltersView,
)
"""As tabs, in this order; the first one that fits is in front at first."""
