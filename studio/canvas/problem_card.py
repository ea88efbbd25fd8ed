"""The card of a node: what is wrong with it in words, and what would mend it, a click away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from studio.document.fixes import Fix, Words, find
from studio.document.work import Work
from studio.ui import fonts
from studio.ui.i18n import _, label
from studio.ui.icons import icon
from studio.ui.work_run import WorkRun

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView

_WIDTH: Final = 320
_PAD: Final = 10
#: Milliseconds that the card stays when the mouse has left its node: it may be on its way to the card.
_LINGER_MS: Final = 400


_KEYS: Final = frozenset(
    (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Space)
)


class ProblemCard(QWidget):
    """Shows the problems of the node under the mouse, or else of the one that is selected.

    Parameters
    ----------
    view
        The canvas.
    """

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self._id = ""
        self._shown: object = None
        self.fixes: list[Fix] = []
        self._run = WorkRun(self)
        self._linger = QTimer(self, interval=_LINGER_MS, singleShot=True)
        self._linger.timeout.connect(self.follow)
        self.setObjectName("node_problems")
        self._words = QLabel()
        self._words.setFont(fonts.sans(12))
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(_PAD, _PAD - 2, _PAD, _PAD)
        self._column.setSpacing(6)
        self._column.addWidget(self._words)
        self._buttons: list[QPushButton] = []
        self.hide()

    def text(self) -> str:
        """Return the words, "" while it is hidden."""
        return self._words.text() if self.isVisible() else ""

    # --------------------------------------------------------------------------------------------- following

    def follow(self) -> None:
        """Show what is wrong with the node that is meant now; hide if nothing is."""
        view = self._view
        id = self._meant()
        words = "\n\n".join(view.canvas.status.words(id)) if view.canvas.node(id) else ""
        if not words or view.gesture is not None:
            self.be_silent()
            return
        body = view.mapFromScene(view.canvas.items_by_id[id].body()).boundingRect()
        if not body.intersects(view.viewport().rect()):
            self.be_silent()
            return
        known = id, words, [problem.error for problem in view.canvas.status.problems(id)]
        if known != self._shown:
            self._shown, self._id = known, id
            self._words.setText(words)
            self.setAccessibleName(words)
            self._show_fixes([])
            self._run.begin(self._all_fixes(id), self._show_fixes)
        self._place(body.bottomLeft() + QPoint(2, 12))
        self.show()
        self.update()

    def _meant(self) -> str:
        view = self._view
        if view.hover.id:
            self._linger.stop()
            return view.hover.id
        if self.isVisible() and (self.underMouse() or self._has_focus() or self._linger.isActive()):
            return self._id
        chosen = view.selected_ids()
        return chosen[0] if len(chosen) == 1 else ""

    def linger(self) -> None:
        """The mouse has left the node: stay for a moment if there is something to click."""
        if self.isVisible() and self._buttons and not self._linger.isActive():
            self._linger.start()

    def be_silent(self) -> None:
        """Hide."""
        self._linger.stop()
        self._run.cancel()
        self._shown = None
        self.hide()
        self._show_fixes([])

    def _place(self, at: QPoint) -> None:
        width = self._wanted_width()
        self.setFixedSize(width, self._column.totalHeightForWidth(width))
        room = self._view.size() - self.size()
        self.move(max(4, min(at.x(), room.width() - 4)), max(4, min(at.y(), room.height() - 4)))

    def _wanted_width(self) -> int:
        metrics = self._words.fontMetrics()
        lines = [metrics.horizontalAdvance(line) for line in self._words.text().split("\n")]
        wanted = max([*(width + 4 for width in lines), *(b.sizeHint().width() for b in self._buttons)])
        return min(wanted + 2 * _PAD, _WIDTH)

    # ------------------------------------------------------------------------------------------------- fixes

    def _all_fixes(self, id: str) -> Work[list[Fix]]:
        canvas = self._view.canvas
        found: list[Fix] = []
        for problem in canvas.status.problems(id):
            found += yield from find(self._view.trials, canvas.document, canvas.status.specs, problem)
        unlike = {(fix.template, tuple(sorted(map(str, fix.facts.items())))): fix for fix in found}
        return list(unlike.values())[:3]

    def _show_fixes(self, fixes: list[Fix]) -> None:
        for button in self._buttons:
            self._column.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.fixes = fixes
        self._buttons = [self._button(fix) for fix in fixes]
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not fixes)
        if fixes and self.isVisible():
            self._place(self.pos())
            self.follow()

    def _button(self, fix: Fix) -> QPushButton:
        text = words_of(fix)
        button = _FixButton(icon("wrench"), text.replace("&", "&&"))
        button.setObjectName("fix")
        button.setToolTip(text)
        button.setIconSize(QSize(14, 14))
        button.setFont(fonts.sans(12))
        button.clicked.connect(lambda: self._apply(fix))
        self._column.addWidget(button)
        button.show()  # a layout leaves out what is still to be shown, a turn of the event loop later
        return button

    def _apply(self, fix: Fix) -> None:
        view = self._view
        self.be_silent()
        view.do(fix.edit)
        view.history.seal()
        view.setFocus()

    def focus_fixes(self) -> bool:
        """Let the keyboard choose among the fixes; return whether there are any."""
        self.follow()
        self._run.finish()
        if self._buttons:
            self._buttons[0].setFocus(Qt.FocusReason.ShortcutFocusReason)
        return bool(self._buttons)

    def _has_focus(self) -> bool:
        return any(button.hasFocus() for button in self._buttons)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go through the fixes with the arrow keys, and back to the canvas with Escape."""
        focused = next((n for n, button in enumerate(self._buttons) if button.hasFocus()), 0)
        if event.key() == Qt.Key.Key_Escape:
            self._view.setFocus()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self._buttons:
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            self._buttons[(focused + step) % len(self._buttons)].setFocus(Qt.FocusReason.TabFocusReason)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._buttons:
            self._buttons[focused].click()
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Go, if the node is not meant any more."""
        super().leaveEvent(event)
        QTimer.singleShot(0, self, self.follow)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame, in the colour of the worst problem."""
        style = self._view.canvas.shared.style
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(style.bad if self._view.canvas.status.severity(self._id) == "error" else style.warn, 1))
        painter.setBrush(QColor(style.theme.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)


class _FixButton(QPushButton):
    """A button that keeps the keys it needs from the actions of the canvas that it lies on."""

    def event(self, event: QEvent) -> bool:
        """Claim Return, Escape and the arrows."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in _KEYS:
            event.accept()
            return True
        return super().event(event)


def words_of(fix: Fix) -> str:
    """Return what a fix does, in the language in use."""
    facts = {name: _shown(name, value) for name, value in fix.facts.items()}
    return _(fix.template).format(**facts)


def _shown(name: str, value: object) -> str:
    if name in ("param", "port"):
        return label(str(value))
    return _(value) if isinstance(value, Words) else str(value)
