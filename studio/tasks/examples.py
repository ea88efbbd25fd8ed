"""Examples in a list: a picture or the first numbers of each, what it is, what was predicted, and what that cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from studio.run.tasks.data import Example, Task
from studio.tasks.words import said, score_text
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, number
from studio.ui.widgets.sheet import image_of

_COLUMNS: Final = (N_("Example"), N_("Truth"), N_("Prediction"), N_("Score"), N_("Loss"), "")
_PICTURE: Final = 36
_SCORE: Final = 3


class Examples(QTreeWidget):
    """A list of examples.

    Parameters
    ----------
    name
        Its object name.
    is_narrow
        Whether it lies where there is little room: then the first column has what the others leave.

    Signals
    -------
    picked
        One is chosen: carries its place in the data.
    """

    picked = Signal(int)

    def __init__(self, name: str, is_narrow: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.examples: tuple[Example, ...] = ()
        self._task: Task | None = None
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setColumnCount(len(_COLUMNS))
        self.setFont(fonts.sans(12))
        self.setIconSize(QSize(_PICTURE, _PICTURE))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMinimumWidth(240)
        header = self.header()
        header.setStretchLastSection(not is_narrow)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.setColumnHidden(len(_COLUMNS) - 1, is_narrow)
        if is_narrow:
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.currentItemChanged.connect(self._on_current)
        appearance().language_changed.connect(self.retranslate)
        self.retranslate()

    def show_examples(self, task: Task, examples: Sequence[Example]) -> None:
        """Show other examples; the one that is chosen stays so, if it is among them."""
        chosen = self.chosen
        self.examples, self._task = tuple(examples), task
        self.setColumnHidden(_SCORE, not task.has_scores)
        with QSignalBlocker(self):
            self.clear()
            self.addTopLevelItems([self._item(task, example) for example in self.examples])
            for i, example in enumerate(self.examples):
                if chosen is not None and example.number == chosen.number:
                    self.setCurrentIndex(self.model().index(i, 0))

    @property
    def chosen(self) -> Example | None:
        """The example that is chosen."""
        at = self.currentIndex().row()
        return self.examples[at] if 0 <= at < len(self.examples) else None

    def _item(self, task: Task, example: Example) -> QTreeWidgetItem:
        truth, prediction = said(task, example.truth), said(task, example.prediction)
        name = f"#{number(example.number)}"
        if example.picture is None:
            shown = [number(float(v)) for v in example.numbers.ravel()[:4].tolist()]
            name += "   " + "  ".join(shown) + (" …" if example.numbers.size > len(shown) else "")
        item = QTreeWidgetItem([name, truth, prediction, score_text(example.score), number(example.loss), ""])
        if example.picture is not None:
            picture = QPixmap.fromImage(image_of(example.picture)).scaled(
                _PICTURE, _PICTURE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.FastTransformation
            )
            kept = QIcon(picture)
            kept.addPixmap(picture, QIcon.Mode.Selected)  # else it would take on the colour of the selection
            item.setIcon(0, kept)
        for column in (_SCORE, _SCORE + 1):
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setFont(column, fonts.mono(11))
        if task.has_scores and truth != prediction:
            item.setText(2, f"✗ {prediction}")
            item.setForeground(2, QColor(appearance().theme.bad))
        return item

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self.setHeaderLabels([_(text) if text else "" for text in _COLUMNS])
        self.setAccessibleName(_("Examples"))
        if self._task is not None:
            examples, self.examples = self.examples, ()
            self.show_examples(self._task, examples)

    def _on_current(self, item: QTreeWidgetItem | None, _before: QTreeWidgetItem | None) -> None:
        if (chosen := self.chosen) is not None:
            self.picked.emit(chosen.number)
