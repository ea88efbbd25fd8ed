"""The row of tabs above the canvas: one for each open document, and the way to the start page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from html import escape
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QIcon, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QTabBar, QToolButton

from studio.ui import fonts
from studio.ui.actions import Actions
from studio.ui.appearance import appearance
from studio.ui.i18n import _
from studio.ui.icons import icon
from studio.ui.shell.desk import Desk
from studio.ui.shell.marks import Mark
from studio.ui.shell.open_document import OpenDocument

HEIGHT: Final = 36
_UNSAVED: Final = "•"
_MARK: Final = QSize(14, 14)

_HOLDERS: Final = (Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta)


class _Bar(QTabBar):
    """The tabs themselves.

    `closeAsked` carries the index of a tab, `menuAsked` that and a point of the screen.
    """

    closeAsked = Signal(int)  # noqa: N815
    menuAsked = Signal(int, QPoint)  # noqa: N815
    newAsked = Signal()  # noqa: N815

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tabs")
        self.setFont(fonts.sans(13))
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setMovable(True)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setIconSize(_MARK)
        self._pressed = -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take note of what the middle button is pressed on."""
        self._pressed = self.tabAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.RightButton:  # whose menu is about a tab that need not be shown
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Close what the middle button was clicked on."""
        at = self.tabAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton and at == self._pressed >= 0:
            self.closeAsked.emit(at)
            return
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Begin a document where there is no tab."""
        if event.button() == Qt.MouseButton.LeftButton and self.tabAt(event.position().toPoint()) < 0:
            self.newAsked.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of a tab: the one under the mouse, or the chosen one if a key asks."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.tabAt(event.pos())
        if index >= 0:
            at = self.mapToGlobal(self.tabRect(index).bottomLeft()) if by_key else event.globalPos()
            self.menuAsked.emit(index, at)


class Tabs(QFrame):
    """The row: the start page at the left, then a tab for each document, and a button for a new one.

    `menu_asked` carries a point of the screen: a menu for the document that is shown is asked for.

    Parameters
    ----------
    desk
        The open documents.
    actions
        The program's actions.
    marks
        Gives what is to be said of a document in its tab, beside its title.
    """

    menu_asked = Signal(QPoint)

    def __init__(self, desk: Desk, actions: Actions, marks: Callable[[OpenDocument], list[Mark]]) -> None:
        super().__init__()
        self.setObjectName("tab_row")
        self.setProperty("surface", "panel")
        self.setFixedHeight(HEIGHT)
        self._desk, self._actions, self._marks = desk, actions, marks
        self.bar = _Bar()
        self._home = self._button("file.start_page", "tabs.home")
        self._home.setCheckable(True)
        self._plus = self._button("file.new", "tabs.new", "plus")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 1)
        layout.setSpacing(0)
        layout.addWidget(self._home)
        layout.addWidget(self.bar)
        layout.addWidget(self._plus)
        layout.addStretch(1)
        self.bar.currentChanged.connect(self._on_chosen)
        self.bar.tabBarClicked.connect(self._on_chosen)  # behind the start page, a click changes nothing
        self.bar.tabMoved.connect(self._on_moved)
        self.bar.closeAsked.connect(lambda index: desk.close(self._documents[index]))
        self.bar.menuAsked.connect(self._on_menu_asked)
        self.bar.newAsked.connect(desk.new)
        self._documents: list[OpenDocument] = []
        self._busy = False
        self.is_bare = False
        """Whether a document is shown without tabs."""
        desk.opened.connect(self._on_opened)
        desk.closed.connect(self.refresh)
        desk.shown.connect(self.refresh)
        desk.moved.connect(self.refresh)
        appearance().language_changed.connect(self.refresh)
        appearance().theme_changed.connect(self.refresh)
        self.refresh()

    def _button(self, id: str, name: str, picture: str = "") -> QToolButton:
        action = self._actions[id]
        button = QToolButton()
        button.setObjectName(name)
        button.setProperty("flat", True)
        button.setIcon(icon(picture, "dim") if picture else action.icon())
        button.setIconSize(QSize(16, 16))
        button.setFixedSize(30, 28)
        button.clicked.connect(action.trigger)
        return button

    # -------------------------------------------------------------------------------------------------------- showing

    def _on_opened(self, document: OpenDocument) -> None:
        document.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show which documents are open and how they are."""
        if self._busy:
            return
        self._busy = True
        self.setVisible(bool(self._desk.documents) and not (self.is_bare and self._desk.is_open))
        if self._documents != self._desk.documents:
            self._refill()
        titles = Counter(d.name for d in self._documents)
        for index, document in enumerate(self._documents):
            self._dress(index, document, titles[document.name] > 1)
        current = self._desk.current
        if current is not None:
            self.bar.setCurrentIndex(self._documents.index(current))
        if self.bar.property("resting") is not (current is None):  # QTabBar has always one that is chosen
            self.bar.setProperty("resting", current is None)
            self.bar.style().polish(self.bar)
        self._home.setChecked(current is None)
        for button, id in ((self._home, "file.start_page"), (self._plus, "file.new")):
            button.setToolTip(self._actions[id].toolTip())
            button.setAccessibleName(self._actions[id].text())
        self.bar.setAccessibleName(_("Open documents"))
        self._busy = False

    def _refill(self) -> None:
        self._documents = list(self._desk.documents)
        while self.bar.count() > len(self._documents):
            self.bar.removeTab(self.bar.count() - 1)
        while self.bar.count() < len(self._documents):
            index = self.bar.addTab("")
            self.bar.setTabButton(index, QTabBar.ButtonPosition.RightSide, self._close_button())

    def _close_button(self) -> QToolButton:
        button = QToolButton()
        button.setProperty("flat", True)
        button.setProperty("tab_close", True)
        button.setIcon(icon("x", "dim"))
        button.setIconSize(QSize(12, 12))
        button.setFixedSize(20, 20)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self._close_of(button))
        return button

    def _dress(self, index: int, document: OpenDocument, is_double: bool) -> None:
        """Say in a tab what its document is called and how it is."""
        name = document.name
        if is_double and document.path is not None:
            name = f"{name} — {document.path.parent.name}"
        marks = self._marks(document)
        self.bar.setTabText(index, f"{_plain(name)} {_UNSAVED}" if document.modified else _plain(name))
        self.bar.setTabIcon(index, icon(*marks[0][:2]) if marks else QIcon())
        words = [str(document.path) if document.path else _("It was never saved.")]
        words += [_("It has changes that are not saved.")] if document.history.modified and document.path else []
        words += [_(text) for _picture, _token, text in marks]
        self.bar.setTabToolTip(index, _tip("\n".join(words)))
        self.bar.setAccessibleTabName(index, ". ".join((name, *words[1:])))
        button = self.bar.tabButton(index, QTabBar.ButtonPosition.RightSide)
        button.setToolTip(self._actions["file.close"].toolTip())
        button.setAccessibleName(_("Close {name}").format(name=name))

    # --------------------------------------------------------------------------------------------------------- acting

    def _on_chosen(self, index: int) -> None:
        if not self._busy and index >= 0:
            self._desk.show(self._documents[index])

    def _on_moved(self, place: int, to: int) -> None:
        """Follow a tab that makes way for the one that is dragged."""
        if self._busy:
            return
        self._busy = True  # a tab that is under the mouse is left as it is
        moved = self._documents.pop(place)
        self._documents.insert(to, moved)
        self._desk.move(moved, to)
        self._busy = False

    def _close_of(self, button: QToolButton) -> None:
        side = QTabBar.ButtonPosition.RightSide
        index = next(i for i in range(self.bar.count()) if self.bar.tabButton(i, side) is button)
        self._desk.close(self._documents[index])

    def _on_menu_asked(self, index: int, at: QPoint) -> None:
        self._desk.show(self._documents[index])
        self.menu_asked.emit(at)

    def walk(self, by: int) -> None:
        """Go to the document that was shown before, and on from there as long as the key is held that asks for it."""
        self._desk.walk(by)
        app = QApplication.instance()
        if app is not None and QApplication.keyboardModifiers():
            app.installEventFilter(self)
        else:
            self._desk.end_walk()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """End a walk when its key is let go, or the window is left."""
        is_let_go = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyRelease and event.key() in _HOLDERS
        app = QApplication.instance()
        if app is not None and (is_let_go or event.type() == QEvent.Type.ApplicationDeactivate):
            app.removeEventFilter(self)
            self._desk.end_walk()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, appearance().theme.line)


def _plain(text: str) -> str:
    """Return a text as tabs show it: a single ampersand would underline what follows."""
    return text.replace("&", "&&")


def _tip(text: str) -> str:
    """Return a text as tool tips show it: they would obey tags."""
    return f"<p>{escape(text)}</p>".replace("\n", "<br>") if "<" in text else text
