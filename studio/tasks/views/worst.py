"""The worst examples: those that cost the most."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from studio.run.tasks.data import Seen, Task, Worst
from studio.tasks.examples import Examples
from studio.tasks.views.view import TaskView
from studio.tasks.words import example_text
from studio.ui import fonts
from studio.ui.i18n import N_
from studio.ui.widgets.sheet import Sheet, image_of


class WorstView(TaskView):
    """The examples with the highest losses; the one that is chosen is large."""

    facts = "worst"
    title = N_("Worst examples")

    def __init__(self) -> None:
        super().__init__()
        self.examples = Examples("tasks.worst")
        self.examples.picked.connect(lambda number: self.want(number=number))
        self.portrait = Sheet()
        self.words = QLabel()
        self.words.setFont(fonts.sans(12))
        self.words.setProperty("tone", "dim")
        self.words.setWordWrap(True)
        self._right = QWidget()
        column = QVBoxLayout(self._right)
        column.setContentsMargins(12, 0, 0, 0)
        column.addWidget(self.portrait, 1)
        column.addWidget(self.words)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.setHandleWidth(1)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.examples)
        halves.addWidget(self._right)
        halves.setSizes([620, 420])
        self.widget = halves

    @staticmethod
    def accepts(task: Task) -> bool:
        """Every loss tells worse from better."""
        return True

    def refresh(self, seen: Seen) -> None:
        """List them."""
        assert isinstance(seen.facts, Worst)
        self.examples.show_examples(seen.task, seen.facts.examples)
        shown = seen.picked or next(iter(seen.facts.examples), None)
        self._right.setVisible(shown is not None and shown.picture is not None)
        if shown is not None:
            self.portrait.present([image_of(shown.picture)] if shown.picture is not None else [])
            self.words.setText(example_text(seen.task, shown))
