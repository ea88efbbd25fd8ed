"""What a pass has done: each rewrite with its law, what was there before, and the line of the rule."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.lazy.table import Table
from studio.lazy.words import PASSES, pass_name, title_of
from studio.run.lazy.data import Change, OpNode, Stage
from studio.ui.i18n import N_, _, ngettext, number


class ChangesPage(QWidget):
    """The rewrites of a pass; `picked` carries the nodes of one, those before and those after."""

    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._changes: tuple[Change, ...] = ()
        self.head = QLabel()
        self.head.setWordWrap(True)
        self.table = Table("lazy.changes", (N_("Rewrite"), N_("Law"), N_("Rule")))
        self.table.picked.connect(self._pick)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addWidget(self.head)
        column.addWidget(self.table, 1)

    def show_stage(self, stage: Stage | None, known: Mapping[int, OpNode]) -> None:
        """Show what a pass has done to nodes that are known by their numbers."""
        self._changes = stage.changes if stage is not None else ()
        if stage is None:
            self.head.setText("")
        else:
            count = len(stage.changes)
            told = _(PASSES[stage.name][1]) if stage.name in PASSES else ""
            done = ngettext("{count} rewrite.", "{count} rewrites.", count).format(count=number(count))
            self.head.setText(f"{pass_name(stage.name)}: {told} {done if stage.name != 'trace' else ''}".strip())
        rows = [(i, (_told(c, known), c.law, _place(c.line)), "") for i, c in enumerate(self._changes)]
        self.table.show_rows(rows)

    def _pick(self, place: object) -> None:
        assert isinstance(place, int)
        change = self._changes[place]
        before = () if change.before is None else (change.before,)
        self.picked.emit((*before, *change.after))


def _told(change: Change, known: Mapping[int, OpNode]) -> str:
    def name(id: int) -> str:
        return f"{title_of(known[id])} #{id}" if id in known else f"#{id}"

    after = ", ".join(map(name, change.after[:8])) + (" …" if len(change.after) > 8 else "")
    if change.before is None or len(change.after) > 2:
        return after or "—"
    return f"{name(change.before)}  →  {after or _('nothing')}"


def _place(line: str) -> str:
    path, _colon, row = line.rpartition(":")
    return f"{PurePath(path).name}:{row}"
