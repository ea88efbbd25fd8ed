"""The profile: a flame chart of a run, compiled or op by op, and the roofline of its kernels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from studio.lazy.flame import Flame, FlameChart, flames, kernels_of, ops_of
from studio.lazy.roofline import Roofline, peaks_text, points_of, total_text
from studio.lazy.words import NOTHING_LEFT
from studio.run.lazy.data import Explained, ProfileResult, RaceResult
from studio.ui.i18n import N_, _
from studio.ui.widgets.labels import EmptyState, Heading

_WAITING: Final = N_("Profile, and see where the time goes.")


class ProfilePage(QWidget):
    """Where time goes.

    Signals
    -------
    kernel_picked, op_picked
        A kernel, or a traced node, was clicked: carries its number.

    Parameters
    ----------
    name_of
        Gives what a node of the document is called.
    """

    kernel_picked = Signal(int)
    op_picked = Signal(int)

    def __init__(self, name_of: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name_of = name_of
        self.empty = EmptyState("flame", _WAITING)
        self.compiled, self.eager = FlameChart(), FlameChart()
        self.eager.setObjectName("lazy.flame.eager")
        self.roofline = Roofline()
        self.facts = QLabel()
        self.facts.setWordWrap(True)
        self.facts.setProperty("tone", "dim")
        self._eager_head = Heading(N_("Eager"))
        self._compiled_head = Heading(N_("Compiled"))
        left = QVBoxLayout()
        left.setSpacing(4)
        for part in (self._compiled_head, self.compiled, self._eager_head, self.eager, self.facts):
            left.addWidget(part)
        left.addStretch(1)
        charts = QWidget()
        charts.setLayout(left)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(charts)
        self._found = QWidget()
        row = QHBoxLayout(self._found)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(16)
        row.addWidget(scroll, 3)
        row.addWidget(self.roofline, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.empty)
        column.addWidget(self._found)
        for signal in (self.compiled.picked, self.roofline.picked):
            signal.connect(self.kernel_picked)
        self.eager.picked.connect(self.op_picked)
        self.show_profile(None, None, None)

    def show_profile(self, program: Explained | None, profile: ProfileResult | None, race: RaceResult | None) -> None:
        """Show what was measured of a program."""
        times: Sequence[float] = profile.kernels if profile is not None else race.kernels if race is not None else ()
        self.empty.text.say(NOTHING_LEFT if program is not None and not program.kernels else _WAITING)
        self.empty.setVisible(program is None or not times)
        self._found.setVisible(program is not None and bool(times))
        if program is None or not times:
            return
        compiled = flames(kernels_of(program, times), self._name_of)
        eager: list[Flame] = flames(ops_of(program, dict(race.ops)), self._name_of) if race is not None else []
        self.compiled.show_flames(compiled)
        self.eager.show_flames(eager)
        for part in (self._eager_head, self.eager):
            part.setVisible(bool(eager))
        self.roofline.setVisible(profile is not None)
        self.roofline.show_points(points_of(program, times), profile.peaks if profile is not None else None)
        whole, runs = 0.0, 0
        if profile is not None:
            whole, runs = profile.whole, profile.runs
        elif race is not None:
            whole, runs = race.compiled, race.runs[1]
        shared = _("Ops share a kernel's time as they share its estimated cost; so the heat on the canvas shows it.")
        facts = [total_text(times, whole, runs), shared]
        if profile is not None:
            facts.append(peaks_text(profile.peaks))
        self.facts.setText(" ".join(facts))
