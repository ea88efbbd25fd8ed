"""The confusion matrix, and the examples of one of its cells."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from studio.run.tasks.data import Confusion, Seen, Task
from studio.tasks.examples import Examples
from studio.tasks.matrix import MODES, Matrix
from studio.tasks.views.view import TaskView
from studio.tasks.words import class_name, share
from studio.ui import fonts
from studio.ui.i18n import N_, _, number


class ConfusionView(TaskView):
    """Which classes are taken for which."""

    facts = "confusion"
    title = N_("Confusion")

    def __init__(self) -> None:
        super().__init__()
        self.matrix = Matrix()
        self.matrix.opened.connect(lambda row, column: self.want(cell=(row, column)))
        self.matrix.moved.connect(self._say)
        self.mode = QComboBox()
        self.mode.setObjectName("tasks.matrix.mode")
        for mode, text in MODES.items():
            self.mode.addItem(_(text), mode)
        self.mode.currentIndexChanged.connect(lambda _at: self.matrix.show_mode(self.mode.currentData()))
        self.words = QLabel()
        self.words.setObjectName("tasks.matrix.words")
        self.words.setProperty("tone", "dim")
        self.words.setFont(fonts.sans(12))
        self.words.setWordWrap(True)
        self.heading = QLabel()
        self.heading.setObjectName("tasks.cell")
        self.heading.setFont(fonts.sans(12, 600))
        self.heading.setWordWrap(True)
        self.examples = Examples("tasks.cell.examples")
        self.examples.picked.connect(lambda at: self.want(number=at))
        left, right = QWidget(), QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 8, 0)
        line = QHBoxLayout()
        line.addWidget(self.mode)
        line.addWidget(self.words, 1)
        column.addLayout(line)
        column.addWidget(self.matrix, 1)
        column = QVBoxLayout(right)
        column.setContentsMargins(8, 0, 0, 0)
        column.addWidget(self.heading)
        column.addWidget(self.examples, 1)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setHandleWidth(1)
        halves.setChildrenCollapsible(False)
        halves.addWidget(left)
        halves.addWidget(right)
        halves.setSizes([620, 420])
        self.widget = halves

    @staticmethod
    def accepts(task: Task) -> bool:
        """Return whether examples have one class each."""
        return task.tells_classes

    def refresh(self, seen: Seen) -> None:
        """Show the matrix, and the examples of the cell that was opened."""
        assert isinstance(seen.facts, Confusion)
        self.matrix.show_matrix(seen.task, seen.facts)
        self.examples.show_examples(seen.task, seen.facts.examples)
        self._say()

    def _say(self) -> None:
        seen = self.seen
        if seen is None or not isinstance(seen.facts, Confusion):
            return
        facts = seen.facts
        right, total = int(facts.counts.trace()), int(facts.counts.sum())
        accuracy = _("{share} are right").format(share=share(right / total if total else float("nan")))
        self.words.setText(f"{accuracy} · {self.matrix.words(*self.matrix.at)}")
        if facts.cell is None:
            self.heading.setText(_("Click a cell, or press Return on it, to see its examples."))
            return
        row, column = facts.cell
        count = int(facts.counts[row, column])
        text = _("Truth {truth}, predicted {given}: {shown} of {count}, the costliest first")
        if not facts.examples:
            text = _("Truth {truth}, predicted {given}: no example")
        self.heading.setText(
            text.format(
                truth=class_name(seen.task, row),
                given=class_name(seen.task, column),
                shown=number(len(facts.examples)),
                count=number(count),
            )
        )

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self.mode.setAccessibleName(_("Numbers in the cells"))
        for i, text in enumerate(MODES.values()):
            self.mode.setItemText(i, _(text))
        self.matrix.setAccessibleName(_("Confusion matrix"))
        self._say()

    @property
    def picture(self) -> QWidget:
        """The matrix alone."""
        return self.matrix
