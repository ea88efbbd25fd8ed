"""Which charts there are, what each takes of a training, and which of them tell of what is chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from studio.layers.chart import Chart
from studio.layers.depth import Depth, DepthChart, DepthMap
from studio.layers.lines import LineChart
from studio.layers.rows import Row
from studio.layers.spreads import SpreadChart
from studio.layers.subject import Subject
from studio.layers.turns import Turns
from studio.layers.words import CHARTS
from studio.ui.i18n import N_, _

T = TypeVar("T")

_OF_A_WEIGHT: Final = ("values", "gradients", "norms", "ratio")
_OF_ACTIVATIONS: Final = ("activations", "mean", "shares")
_OF_ALL: Final = ("depth", "updates", "map")

_NONE: Final = N_("No look has found a finite value here.")
_NO_GRADIENT: Final = N_("The loss does not depend on this weight: it has no gradient.")
_NO_UPDATE: Final = N_("No step was watched in which this weight has learned.")
_NO_SHARES: Final = N_("This function has no flat ends, and its units cannot die.")
_NOTHING: Final = {
    "gradients": _NO_GRADIENT,
    "ratio": _NO_UPDATE,
    "updates": _NO_UPDATE,
    "shares": _NO_SHARES,
    "depth": N_("No kernel has a gradient."),
    "map": N_("No kernel has a gradient."),
}


def make_charts(
    turns: Turns, chosen: Callable[[], tuple[Subject, Row]], name_of: Callable[[str], str]
) -> dict[str, Chart]:
    """Make the charts, by name; each asks for what it shows when it is drawn.

    Parameters
    ----------
    turns
        When they are drawn.
    chosen
        Returns the training that is shown, and what is chosen of it.
    name_of
        Gives what a node is called.
    """

    def of(take: Callable[[Subject, Row], T]) -> Callable[[], T]:
        return lambda: take(*chosen())

    def of_all(take: Callable[[Subject, tuple[str, ...]], Depth]) -> Callable[[], Depth]:
        def found() -> Depth:
            subject, _row = chosen()
            return take(subject, tuple(name_of(row.node) for row in subject.kernels))

        return found

    return {
        "values": SpreadChart("layers.values", turns, of(Subject.values)),
        "gradients": SpreadChart("layers.gradients", turns, of(Subject.gradients)),
        "activations": SpreadChart("layers.activations", turns, of(Subject.activations)),
        "norms": LineChart("layers.norms", turns, of(Subject.norms)),
        "ratio": LineChart("layers.ratio", turns, of(Subject.ratio)),
        "mean": LineChart("layers.mean", turns, of(Subject.mean)),
        "shares": LineChart("layers.shares", turns, of(Subject.shares)),
        "depth": DepthChart("layers.depth", turns, of_all(Subject.depth)),
        "updates": DepthChart("layers.updates", turns, of_all(Subject.updates)),
        "map": DepthMap("layers.map", turns, of_all(Subject.depth)),
    }


def names_for(subject: Subject | None, row: Row) -> tuple[str, ...]:
    """Return the names of the charts that tell of what is chosen, in order."""
    if row.layer is None:
        return _OF_ALL if subject is not None and subject.kernels else ()
    learns = row.weight is not None and row.weight.state == "learns" and row.weight.size > 0
    return (*(_OF_A_WEIGHT if learns else ()), *(_OF_ACTIVATIONS if row.activation is not None else ()))


def translate(charts: dict[str, Chart]) -> None:
    """Let charts say what they show in the language in use."""
    for name, chart in charts.items():
        title, help = CHARTS[name]
        chart.tell(_(title), _(help))
        chart.nothing = _(_NOTHING.get(name, _NONE))
