"""The tensor inspector: what it is, the views of it as tabs, and its figures."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGraphicsOpacityEffect,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from engine.core.dtype import Array
from engine.core.errors import EngineError
from studio.document.document import PortRef
from studio.inspector.slices import first_plane, parse_index
from studio.inspector.views import PINNED, VIEWS
from studio.inspector.views.view import View
from studio.run.messages import Watched
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, describe, label, written_size
from studio.ui.widgets.labels import EmptyState, Heading, Text


class TensorInspector(QWidget):
    """Looks into the watched tensor.

    Parameters
    ----------
    node_name
        Gives the title of a node by its id, for the heading.
    """

    def __init__(self, node_name: Callable[[str], str] = str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tensor")
        self._node_name = node_name
        self._watched: Watched | None = None
        self._values: Array | None = None  # what the index picks
        self._types: list[type[View]] = []
        self._wanted: type[View] = VIEWS[0]
        self._views: dict[type[View], View] = {}

        self.heading = Heading(N_("Tensor"))
        self.heading.setWordWrap(True)
        self.spec = QLabel()
        self.spec.setFont(fonts.mono(12))
        self.spec.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.nbytes = QLabel()
        self.nbytes.setFont(fonts.mono(12))
        self.nbytes.setProperty("tone", "dim")
        self.index = QLineEdit()
        self.index.setObjectName("index")
        self.index.setFont(fonts.mono(12))
        self.index.textEdited.connect(self._slice)
        self.wrong = QLabel()
        self.wrong.setProperty("tone", "bad")
        self.wrong.setFont(fonts.sans(12))
        self.wrong.setWordWrap(True)
        self.wrong.hide()
        self.stale = Text(N_("From an earlier run: the node has no value now."), "warn", fonts.sans(12))
        self.stale.setObjectName("stale")
        self.stale.setWordWrap(True)
        self.stale.hide()
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.currentChanged.connect(self._turn_to)
        self._stack = QStackedWidget()
        self._pinned = [view() for view in PINNED]

        about = QHBoxLayout()
        about.addWidget(self.spec, 1)
        about.addWidget(self.nbytes)
        self._slicing = QWidget()
        slicing = QHBoxLayout(self._slicing)
        slicing.setContentsMargins(0, 8, 0, 0)
        slicing.setSpacing(8)
        slicing.addWidget(Text(N_("Index"), "dim", fonts.sans(12)))
        slicing.addWidget(self.index, 1)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(12, 2, 12, 12)
        body.setSpacing(0)
        body.addLayout(about)
        body.addWidget(self.stale)
        body.addSpacing(4)
        body.addWidget(self.tabs)
        body.addWidget(self._slicing)
        body.addWidget(self.wrong)
        body.addSpacing(8)
        body.addWidget(self._stack, 1)
        body.addSpacing(12)
        for view in self._pinned:
            body.addWidget(view.widget)
        self._empty = EmptyState("eye", N_("Click a port or a wire to look into its tensor."))
        self.heading.setContentsMargins(12, 14, 12, 6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.heading)
        layout.addWidget(self._body, 1)
        layout.addWidget(self._empty, 1)
        self.clear()
        appearance().language_changed.connect(self.retranslate)

    def clear(self) -> None:
        """Show no tensor."""
        self._watched = self._values = None
        self._body.hide()
        self._empty.show()
        self.retranslate()

    def show_tensor(self, watched: Watched) -> None:
        """Show the values of a port; the index is kept as long as it fits."""
        before, self._watched = self._watched, watched
        self.mark_stale(False)
        if before is None or before.port != watched.port or len(before.info.shape) != len(watched.info.shape):
            self.index.setText(first_plane(watched.info.shape))
        accepting = [view for view in VIEWS if view.accepts(watched.info)]
        if accepting != self._types:
            self._types = accepting
            self._fill_tabs()
        self._empty.hide()
        self._body.show()
        self.retranslate()

    def mark_stale(self, stale: bool) -> None:
        """Say that the values are of an earlier run, and show them paler."""
        self.stale.setVisible(stale)
        effect = self._stack.graphicsEffect()
        if stale and effect is None:
            fade = QGraphicsOpacityEffect(self._stack)
            fade.setOpacity(0.45)
            self._stack.setGraphicsEffect(fade)
        elif not stale and effect is not None:
            self._stack.setGraphicsEffect(None)  # type: ignore[arg-type]  # which takes it away

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        self.index.setAccessibleName(_("Index"))
        self.index.setToolTip(_("Which part to show, as NumPy writes it: 0, :, 2:8"))
        for i, view in enumerate(self._types):
            self.tabs.setTabText(i, _(view.title))
        if self._watched is None:
            self.heading.retranslate()
            return
        port, info = self._watched.port, self._watched.info
        self.heading.setText(
            _("Tensor — {port} of {node}").format(port=label(port.port), node=self._node_name(port.node))
        )
        shape = ", ".join(str(size) for size in info.shape)
        self.spec.setText(f"{info.dtype} ({shape}{',' if len(info.shape) == 1 else ''})")
        self.nbytes.setText(written_size(info.nbytes))
        self._slice()

    @property
    def port(self) -> PortRef | None:
        """The port whose tensor is shown."""
        return self._watched.port if self._watched else None

    def _fill_tabs(self) -> None:
        wanted = self._wanted
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        for view in self._types:
            self.tabs.addTab(_(view.title))
        self.tabs.blockSignals(False)
        place = self._types.index(wanted) if wanted in self._types else 0
        self.tabs.setCurrentIndex(place)
        self._turn_to(place)
        self._wanted = wanted  # it comes back with the next tensor that has it

    def _turn_to(self, place: int) -> None:
        kind = self._types[place]
        self._wanted = kind
        if kind not in self._views:
            self._views[kind] = kind()
            self._stack.addWidget(self._views[kind].widget)
        self._stack.setCurrentWidget(self._views[kind].widget)
        self._slicing.setVisible(kind.plane and self._watched is not None and len(self._watched.info.shape) > 2)
        self._refresh()

    def _slice(self) -> None:
        if self._watched is None:
            return
        wrong = ""
        try:
            picked = self._watched.values[parse_index(self.index.text(), self._watched.info.shape)]
        except EngineError as error:
            wrong = describe(error)
        else:
            if picked.ndim <= 2:
                self._values = picked
            else:
                wrong = _("This leaves {n} axes; give a number for all but two.").format(n=picked.ndim)
        self.index.setProperty("invalid", bool(wrong))
        self.index.style().polish(self.index)
        self.wrong.setText(wrong)
        self.wrong.setVisible(bool(wrong))
        self._refresh()

    def _refresh(self) -> None:
        if self._watched is None or self._values is None or not self._types:
            return
        view = self._views[self._types[self.tabs.currentIndex()]]
        view.show(self._watched.info, self._values if view.plane else self._watched.values)
        for pinned in self._pinned:
            pinned.show(self._watched.info, self._watched.values)
