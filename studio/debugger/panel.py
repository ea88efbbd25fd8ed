"""The debugger: the bar that moves the run, its steps, the one that is shown explained, and the breakpoints."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QVBoxLayout, QWidget

from studio.debugger.card import StepCard
from studio.debugger.points import Points
from studio.debugger.steps import StepList
from studio.debugger.transport import Transport
from studio.document.breakpoints import Breakpoint
from studio.run.debug.breakpoints import Watchpoints
from studio.run.debug.controller import DebugController
from studio.run.debug.messages import DebugSaid
from studio.ui.actions import Actions
from studio.ui.widgets.labels import rule

_SIZES = [360, 560, 280]


class Debugger(QWidget):
    """Shows a run under the debugger, and the breakpoints of the document that is shown.

    Signals
    -------
    node_wanted
        The user wants to see a node: carries its name.
    tensor_wanted
        The user wants to look into a tensor: carries its `TensorRef`.
    points_wanted
        The breakpoints shall be others: carries all of them.

    Parameters
    ----------
    controller
        The window's side of the debugger.
    actions
        The program's actions.
    name_of
        Gives what a node of the document is called.
    """

    node_wanted = Signal(str)
    tensor_wanted = Signal(object)
    points_wanted = Signal(object)

    def __init__(
        self,
        controller: DebugController,
        actions: Actions,
        name_of: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("debugger")
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._controller = controller
        self._points: tuple[Breakpoint, ...] = ()
        self._gone: Collection[int] = ()
        self.transport = Transport(actions)
        self.steps = StepList(name_of)
        self.card = StepCard(name_of)
        self.points = Points(name_of)
        scrolled = QScrollArea()  # where the dock is low, for its buttons and fields would be squeezed
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolled.setWidget(self.points)
        columns = QSplitter(Qt.Orientation.Horizontal)
        columns.setHandleWidth(1)
        columns.setChildrenCollapsible(False)
        for part, least in ((self.steps, 150), (self.card, 180), (scrolled, 200)):
            part.setMinimumWidth(least)
            columns.addWidget(part)
        columns.setSizes(_SIZES)
        columns.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.transport)
        layout.addWidget(rule())
        layout.addWidget(columns, 1)
        self.transport.wanted.connect(lambda step: controller.walk("go_to", step))
        self.steps.chosen.connect(lambda step: controller.walk("go_to", step))
        self.card.node_wanted.connect(self.node_wanted)
        self.card.numbers_wanted.connect(lambda: controller.walk("work_out"))
        self.card.tensor_wanted.connect(self.tensor_wanted)
        self.points.chosen.connect(self.node_wanted)
        self.points.changed.connect(self.points_wanted)
        controller.changed.connect(self.refresh)
        controller.said.connect(self._say)
        controller.silenced.connect(self.points.forget_said)
        controller.refused.connect(self._show_points)
        self.refresh()

    def show_points(self, points: Sequence[Breakpoint], gone: Collection[int] = ()) -> None:
        """Show the breakpoints of another document, or those that it has now; the nodes of some may be gone."""
        self._points, self._gone = tuple(points), gone
        self._show_points()

    def refresh(self) -> None:
        """Show where the run stands."""
        controller = self._controller
        self.transport.show_place(controller)
        if controller.state == "running":  # what was shown last stays until there is something else
            return
        self.steps.show_steps(controller.rows, controller.shown.step)
        self.card.show_stop(controller.last)
        self._show_points()

    def _show_points(self) -> None:
        last = self._controller.last
        errors = Watchpoints(self._points).errors | self._controller.errors
        self.points.show_points(self._points, errors, last.hits if last is not None else (), self._gone)

    def _say(self, said: DebugSaid) -> None:
        at = f"{said.epoch + 1}/{said.in_epoch}  " if said.point else ""
        self.points.say(f"{at}{said.text}")
