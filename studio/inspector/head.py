"""The head of the tensor inspector: which tensor of the node is shown, what it is, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from studio.inspector.names import GROUPS, full, short, spec_of, when
from studio.inspector.watching import Watching
from studio.run.messages import Watched
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, written_size
from studio.ui.icons import icon
from studio.ui.widgets.labels import Heading


class _Grip(QLabel):
    """What the tensor is taken by, to be dragged onto the canvas."""

    dragged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tensor.grip")
        self.setPixmap(icon("grip-vertical", "dim").pixmap(16, 16))
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._pressed: QPoint | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take it."""
        self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it, once it has moved far enough."""
        if self._pressed is None:
            return
        if (event.position().toPoint() - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self.dragged.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Leave it."""
        self._pressed = None


class Head(QWidget):
    """Heading, chooser and buttons.

    Signals
    -------
    asked
        Another tensor of the node is to be shown: carries its name.
    dragged
        The tensor is being dragged out.

    Parameters
    ----------
    node_name
        Gives the title of a node by its id.
    """

    asked = Signal(object)
    dragged = Signal()

    def __init__(self, node_name: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._node_name = node_name
        self._watching = Watching()
        self.heading = Heading(N_("Tensor"))
        self.heading.setWordWrap(True)
        self.chooser = QToolButton()
        self.chooser.setObjectName("tensor.chooser")
        self.chooser.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.chooser.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.chooser.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.chooser.setFixedHeight(28)
        menu = QMenu(self.chooser)
        menu.aboutToShow.connect(self._fill)
        self.chooser.setMenu(menu)
        self.more = QToolButton()
        self.more.setObjectName("tensor.more")
        self.more.setIcon(icon("ellipsis"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setProperty("flat", True)
        self.more.setFixedSize(28, 28)
        self.more.setMenu(QMenu(self.more))
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(2)
        self.spec, self.nbytes, self.when = QLabel(), QLabel(), QLabel()
        self.spec.setFont(fonts.mono(12))
        self.spec.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for text in (self.nbytes, self.when):
            text.setFont(fonts.mono(12 if text is self.nbytes else 11))
            text.setProperty("tone", "dim")
        self.when.setObjectName("tensor.when")
        self.when.setWordWrap(True)
        self._about = QWidget()
        about = QVBoxLayout(self._about)
        about.setContentsMargins(0, 0, 0, 0)
        about.setSpacing(4)
        choosing = QHBoxLayout()
        choosing.setSpacing(6)
        self.grip = _Grip()
        self.grip.dragged.connect(self.dragged)
        choosing.addWidget(self.grip)
        choosing.addWidget(self.chooser, 1)
        choosing.addLayout(self.buttons)
        choosing.addWidget(self.more)
        about.addLayout(choosing)
        line = QHBoxLayout()
        line.addWidget(self.spec, 1)
        line.addWidget(self.nbytes)
        about.addLayout(line)
        about.addWidget(self.when)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 14, 12, 0)
        layout.setSpacing(6)
        layout.addWidget(self.heading)
        layout.addWidget(self._about)
        appearance().language_changed.connect(self.refresh)

    def dress(self, buttons: Sequence[QAction], menu: Sequence[QAction | None]) -> None:
        """Take the actions that are buttons, and those of the menu; None parts them."""
        for action in buttons:
            button = QToolButton()
            button.setDefaultAction(action)
            button.setProperty("flat", True)
            button.setFixedSize(28, 28)
            button.setIconSize(QSize(15, 15))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            self.buttons.addWidget(button)
        for entry in menu:
            if entry is None:
                self.more.menu().addSeparator()
            else:
                self.more.menu().addAction(entry)

    def open(self, watching: Watching) -> None:
        """Speak of the tensors of another document."""
        self._watching = watching
        self.refresh()

    def refresh(self) -> None:
        """Say what is in front now."""
        ref = self._watching.front
        self._about.setVisible(ref is not None)
        self.chooser.setAccessibleName(_("Tensor of the node"))
        self.chooser.setToolTip(_("Which tensor of the node to show"))
        self.grip.setToolTip(_("Drag it onto the canvas as a constant"))
        self.more.setAccessibleName(_("More"))
        self.more.setToolTip(_("Copy, save, pin"))
        if ref is None:
            self.heading.retranslate()
            return
        self.heading.setText(_("Tensor — {tensor}").format(tensor=full(ref, self._node_name)))
        self.chooser.setText(short(ref))
        found = self._watching.shown
        is_there = isinstance(found, Watched)
        self.spec.setVisible(is_there)
        self.nbytes.setVisible(is_there)
        text = ""
        if isinstance(found, Watched):
            self.spec.setText(spec_of(found.info))
            self.nbytes.setText(written_size(found.info.nbytes))
            is_kept = self._watching.held is not None
            text = " · ".join(
                filter(None, [_("kept") if is_kept else "", when(found.step, 0 if is_kept else found.every)])
            )
        self.when.setText(text)
        self.when.setVisible(bool(text))

    def _fill(self) -> None:
        """List all tensors of the node, by kind."""
        menu = self.chooser.menu()
        menu.clear()
        front = self._watching.front
        if front is None:
            return
        kind = ""
        for ref in sorted(
            self._watching.around(front), key=lambda ref: list(GROUPS).index(ref.kind) if ref.kind in GROUPS else -1
        ):
            if ref.kind != kind and ref.kind in GROUPS:
                kind = ref.kind
                menu.addSection(_(GROUPS[kind]))
            action = menu.addAction(short(ref), partial(self.asked.emit, ref))
            action.setCheckable(True)
            action.setChecked(ref == front)
