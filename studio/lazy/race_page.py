"""The race: the same graph op by op and compiled, what compiling costs, and that the results are the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.lazy.table import Table
from studio.lazy.words import NOTHING_LEFT
from studio.run.lazy.data import Difference, Explained, RaceResult
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, ngettext, number
from studio.ui.values import time_text
from studio.ui.widgets.labels import EmptyState

_ROW, _LABEL = 34, 96


class _Bars(QWidget):
    """The two times as bars of one scale."""

    def __init__(self) -> None:
        super().__init__()
        self.result: RaceResult | None = None
        self.setFixedHeight(2 * _ROW + 8)

    def sizeHint(self) -> QSize:
        return QSize(400, 2 * _ROW + 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.result is None:
            return
        theme, result = appearance().theme, self.result
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        longest = max(result.eager, result.compiled)
        room = self.width() - _LABEL - 130
        speed = f" · {number(result.speedup, 1)}×"
        rows = (
            (_("Eager"), result.eager, theme.warn, ""),
            (_("Compiled"), result.compiled, theme.ok, speed),
        )
        for i, (name, seconds, colour, more) in enumerate(rows):
            top = i * _ROW
            painter.setPen(QColor(theme.dim))
            painter.setFont(fonts.sans(13))
            painter.drawText(QRectF(0, top, _LABEL, _ROW), Qt.AlignmentFlag.AlignVCenter, name)
            width = max(3.0, room * seconds / longest)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(_LABEL, top + 8, width, _ROW - 16), 3, 3)
            painter.setPen(QColor(theme.text))
            painter.setFont(fonts.mono(12))
            text = QRectF(_LABEL + width + 8, top, 150, _ROW)
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, f"{time_text(seconds)}{more}")


class RacePage(QWidget):
    """What a race has shown.

    Parameters
    ----------
    name_of
        Gives what a node of the document is called.
    """

    def __init__(self, name_of: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name_of = name_of
        self.empty = EmptyState("flag", N_("Race, and see what compiling is worth here."))
        self.bars = _Bars()
        self.story = QLabel()
        self.story.setObjectName("lazy.story")
        self.story.setWordWrap(True)
        self.verdict = QLabel()
        self.verdict.setObjectName("lazy.verdict")
        self.verdict.setWordWrap(True)
        self.nodes = Table("lazy.race.nodes", (N_("Node"), N_("Eager"), N_("Compiled")))
        self.results = Table("lazy.race.results", (N_("Result"), N_("Shape"), N_("Largest difference")))
        self._found = QWidget()
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(self.bars)
        left.addWidget(self.story)
        left.addWidget(self.verdict)
        left.addStretch(1)
        row = QHBoxLayout(self._found)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(16)
        row.addLayout(left, 4)
        row.addWidget(self.nodes, 4)
        row.addWidget(self.results, 5)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.empty)
        column.addWidget(self._found)
        self.show_race(None, None, {}, {})

    def show_race(
        self,
        program: Explained | None,
        result: RaceResult | None,
        eager: Mapping[str, float],
        compiled: Mapping[str, float],
        is_profiled: bool = False,
    ) -> None:
        """Show a race, with the seconds of each node of the document either way; None: there was none yet.

        Once there is a profile, the heat on the canvas is of that.
        """
        self.empty.setVisible(result is None)
        self._found.setVisible(result is not None)
        self.bars.result = result
        self.bars.update()
        if result is None or program is None:
            return
        took = program.time
        told = _("Compiling took {total}: {trace} to trace, {passes} for the passes, {plan} for the plan.").format(
            total=time_text(took.total),
            trace=time_text(took.trace),
            passes=time_text(took.passes),
            plan=time_text(took.plan),
        )
        made = ngettext(
            "{count} kernel was made or read from disk for it; the others were there.",
            "{count} kernels were made or read from disk for it; the others were there.",
            took.kernels,
        ).format(count=number(took.kernels))
        if not program.kernels:
            made = _(NOTHING_LEFT)
        runs = _("Medians of {eager} and {compiled} runs.").format(
            eager=number(result.runs[0]), compiled=number(result.runs[1])
        )
        heat = "" if is_profiled else _("The heat on the canvas shows the eager times.")
        self.story.setText(f"{_break_even(result)} {told} {made} {runs} {heat}".strip())
        self._show_verdict(result)
        order = sorted(eager, key=lambda node: -eager[node])
        rows = [
            (n, (self._name_of(n), time_text(eager[n]), time_text(compiled[n]) if n in compiled else "—"), "")
            for n in order
        ]
        self.nodes.show_rows(rows)
        self.results.show_rows([(d.name, _row(d), "" if d.is_same else "bad") for d in result.differences])

    def _show_verdict(self, result: RaceResult) -> None:
        equal = sum(d.is_equal for d in result.differences)
        total = len(result.differences)
        worst = max(result.differences, key=lambda d: d.largest / d.scale if d.scale else d.largest, default=None)
        if worst is None or equal == total:
            text = _("✓ All {count} results are equal to the bit.").format(count=number(total))
        elif result.is_same:
            text = _(
                "✓ Results are equal: {equal} of {total} to the bit, the others but for rounding. The largest "
                "difference is {gap}, in {name}, the largest element of which is {scale}."
            )
        else:
            text = _("✗ Results differ: by {gap} in {name}, the largest element of which is {scale}.")
        facts = {"equal": number(equal), "total": number(total)}
        if worst is not None:
            facts |= {"gap": number(worst.largest), "name": worst.name, "scale": number(worst.scale)}
        self.verdict.setText(text.format(**facts))
        self.verdict.setProperty("tone", "ok" if result.is_same else "bad")
        self.verdict.style().unpolish(self.verdict)
        self.verdict.style().polish(self.verdict)


def _break_even(result: RaceResult) -> str:
    count = result.break_even
    if count is None:
        return _("Compiling does not pay here.")
    return ngettext(
        "It pays from the first run on.", "It pays from {count} runs on.", count
    ).format(count=number(count))  # fmt: skip


def _row(difference: Difference) -> tuple[str, str, str]:
    gap = _("equal") if difference.is_equal else number(difference.largest)
    return difference.name, f"({', '.join(map(str, difference.shape))})", gap
