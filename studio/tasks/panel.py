"""The panel of task views: those that fit what the network is to do, and what was evaluated for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedLayout,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from studio.run.tasks.controller import TaskController
from studio.run.tasks.data import Example, Seen, Task
from studio.tasks.views import VIEWS
from studio.tasks.views.view import TaskView
from studio.tasks.words import SETS, sample_text
from studio.ui import fonts
from studio.ui.actions import Actions
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, describe
from studio.ui.widgets.action_button import ActionButton
from studio.ui.widgets.labels import EmptyState, rule

_CLOSED: Final = N_("Open a document, and see how well its network does.")
_WAITING: Final = N_("Evaluating…")
_EMPTY: Final = N_(
    "Classes bring up a confusion matrix, numbers a scatter plot, inputs that come back pairs of pictures, two inputs "
    "a map of the plane."
)


class Tasks(QWidget):
    """Shows what a controller knows of how well a document does its task.

    Parameters
    ----------
    controller
        Asks for it.
    actions
        The program's actions: `tasks.…`.
    name_of
        Gives what a node of the document is called.

    Signals
    -------
    turned
        Another view is shown, or none.

    Attributes
    ----------
    view
        The view in front, None if there is none.
    """

    turned = Signal()

    def __init__(
        self,
        controller: TaskController,
        actions: Actions,
        name_of: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("tasks")
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._controller, self._name_of = controller, name_of
        self._views: dict[type[TaskView], TaskView] = {}
        self._types: list[type[TaskView]] = []
        self._wanted: dict[str, type[TaskView]] = {}
        """What the user has chosen last for a kind of task."""
        self._shown: Seen | None = None
        self.view: TaskView | None = None
        self.tabs = QTabBar()
        self.tabs.setObjectName("tasks.views")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.currentChanged.connect(self._choose)
        self.loss, self.set = QComboBox(), QComboBox()
        self.loss.setObjectName("tasks.loss")
        self.loss.activated.connect(lambda _at: controller.want(loss=self.loss.currentData(), cell=None, number=None))
        self.set.setObjectName("tasks.set")
        for name, text in SETS.items():
            self.set.addItem(_(text), name)
        self.set.activated.connect(lambda _at: controller.want(on=self.set.currentData(), cell=None, number=None))
        self.said = QLabel()
        self.said.setObjectName("tasks.said")
        self.said.setProperty("tone", "dim")
        self.said.setFont(fonts.sans(12))
        self.said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.empty = EmptyState("scan", _CLOSED)
        self.trouble = EmptyState("circle-alert", "")
        self._front = QStackedWidget()
        self._front.addWidget(self.trouble)
        self._lay_out(actions)
        controller.changed.connect(self.refresh)
        appearance().language_changed.connect(self._retranslate)
        appearance().theme_changed.connect(self._show_again)
        self._retranslate()

    def _lay_out(self, actions: Actions) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 6, 12, 6)
        bar.setSpacing(8)
        bar.addWidget(self.tabs)
        bar.addWidget(self.said, 1)
        bar.addWidget(self.loss)
        bar.addWidget(self.set)
        for id in ("tasks.refresh", "tasks.look_into", "tasks.copy", "tasks.save"):
            bar.addWidget(ActionButton(actions[id], icon_only=True))
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(rule())
        inner = QVBoxLayout()
        inner.setContentsMargins(12, 8, 12, 8)
        inner.addWidget(self._front, 1)
        column.addLayout(inner, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(page)

    # ---------------------------------------------------------------------------------------------------------- showing

    def refresh(self) -> None:
        """Show what the controller knows."""
        controller, seen = self._controller, self._controller.seen
        if seen is None:
            self._shown = None
            self._turn_to(None)
            self._stack.setCurrentIndex(0)
            if controller.error is not None:
                self.empty.text.setText(f"{describe(controller.error)}\n\n{_(_EMPTY)}")
            else:
                self.empty.text.say(_WAITING if controller.document else _CLOSED)
            return
        self._stack.setCurrentIndex(1)
        self._offer(seen)
        self._say(seen)
        if seen is not self._shown:
            self._shown = seen
            self._show(seen)

    def _offer(self, seen: Seen) -> None:
        """Offer the views that fit the task, and those tasks that there are."""
        fitting = [view for view in VIEWS if view.accepts(seen.task)]
        if fitting != self._types:
            self._types = fitting
            with QSignalBlocker(self.tabs):
                while self.tabs.count():
                    self.tabs.removeTab(0)
                for view in fitting:
                    self.tabs.addTab(_(view.title))
        losses = [(self._name_of(task.loss), task.loss) for task in seen.tasks]
        if [(self.loss.itemText(i), self.loss.itemData(i)) for i in range(self.loss.count())] != losses:
            self.loss.clear()
            for text, name in losses:
                self.loss.addItem(text, name)
        self.loss.setVisible(len(losses) > 1)
        self.loss.setCurrentIndex(self.loss.findData(seen.task.loss))
        self.set.setCurrentIndex(self.set.findData(seen.sample.on))
        self.set.setEnabled(seen.sample.has_validation)

    def _show(self, seen: Seen) -> None:
        """Show the facts in the view that they are for; if that is not the one to be in front, ask for others."""
        wanted = self._front_of(seen.task)
        with QSignalBlocker(self.tabs):
            self.tabs.setCurrentIndex(self._types.index(wanted))
        if wanted.facts != seen.wish.view:
            # the answer may be on its way to who asked: another is asked for when it has gone
            QTimer.singleShot(0, self, lambda: self._controller.want(view=wanted.facts))
            return
        if seen.facts is None:
            self._turn_to(None)
            self.trouble.text.setText(describe(seen.error) if seen.error is not None else "")
            self._front.setCurrentWidget(self.trouble)
            return
        self._turn_to(wanted)
        if self.view is not None:
            self.view.show(seen)

    def _front_of(self, task: Task) -> type[TaskView]:
        chosen = self._wanted.get(task.kind, self._types[0])
        return chosen if chosen in self._types else self._types[0]

    def _turn_to(self, type_: type[TaskView] | None) -> None:
        """Bring a view to the front, made if it was never looked at."""
        before = self.view
        if type_ is None:
            self.view = None
        else:
            if type_ not in self._views:
                self._views[type_] = view = type_()
                view.want, view.name_of = self._controller.want, self._name_of
                view.retranslate()
                self._front.addWidget(view.widget)
            self.view = self._views[type_]
            self._front.setCurrentWidget(self.view.widget)
        if self.view is not before:
            self.turned.emit()

    def _choose(self, at: int) -> None:
        """The user wants another view."""
        seen = self._controller.seen
        if seen is None or not 0 <= at < len(self._types):
            return
        self._wanted[seen.task.kind] = self._types[at]
        self._controller.want(view=self._types[at].facts, place="", number=None)

    def show_view(self, facts: str) -> None:
        """Bring the view of these facts to the front, if it fits."""
        for at, view in enumerate(self._types):
            if view.facts == facts:
                self.tabs.setCurrentIndex(at)

    def _say(self, seen: Seen) -> None:
        text = sample_text(seen.sample)
        self.said.setText(text)
        self.said.setToolTip(text)

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks."""
        super().showEvent(event)
        self._controller.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks any more."""
        super().hideEvent(event)
        self._controller.watch(False)

    def _retranslate(self) -> None:
        for i, view in enumerate(self._types):
            self.tabs.setTabText(i, _(view.title))
        for i, text in enumerate(SETS.values()):
            self.set.setItemText(i, _(text))
        self.set.setAccessibleName(_("Which examples are looked at"))
        self.loss.setAccessibleName(_("Which prediction is looked at"))
        self.tabs.setAccessibleName(_("Task views"))
        self._show_again()
        self.refresh()

    def _show_again(self) -> None:
        for made in self._views.values():
            made.retranslate()

    @property
    def example(self) -> Example | None:
        """The example that is chosen, with all of its input; None if none is."""
        return self._controller.seen.picked if self._controller.seen is not None else None
