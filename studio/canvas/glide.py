"""A glide: items go to other places in a moment, and then the document hears of it as one step."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer

from studio.document.document import Position
from studio.document.edits import Edit
from studio.ui import motion

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView

_SECONDS: Final = 0.16
_FRAME_MS: Final = 12
_MOST: Final = 150
"""More items than this do not glide: each frame of 16 ms would come too late."""

_DEEDS: Final = frozenset((QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride))
"""What the user does meanwhile, in whichever part of the window: it is meant for things as they will be."""


class Glide(QObject):
    """Moves the items of an edit. Whatever the user does meanwhile lets it arrive at once."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self._ways: dict[str, tuple[Position, Position]] = {}
        self._edit: Edit | None = None
        self._began = 0.0
        self._timer = QTimer(self, interval=_FRAME_MS)
        self._timer.timeout.connect(self._step)

    @property
    def busy(self) -> bool:
        """Whether something is on its way."""
        return self._edit is not None

    def begin(self, edit: Edit, positions: Mapping[str, Position]) -> None:
        """Let the items go to `positions`, and then make `edit`, which moves them there, a step of the history."""
        self.arrive()
        self._edit = edit
        if motion.reduced() or len(positions) > _MOST:
            self.arrive()
            return
        items = self._view.canvas.items_by_id
        there = {id: p for id, p in positions.items() if id in items}
        self._ways = {id: ((items[id].x(), items[id].y()), p) for id, p in there.items()}
        self._began = time.perf_counter()
        self._timer.start()
        if (app := QCoreApplication.instance()) is not None:
            app.installEventFilter(self)

    def arrive(self) -> None:
        """Be there now."""
        self._timer.stop()
        if (app := QCoreApplication.instance()) is not None:
            app.removeEventFilter(self)
        edit, self._edit = self._edit, None
        if edit is not None:
            self._view.do(edit)
            self._view.history.seal()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrive before a key or a button does anything."""
        if event.type() in _DEEDS:
            self.arrive()
        return False

    def _step(self) -> None:
        share = min(1.0, (time.perf_counter() - self._began) / _SECONDS)
        eased = 1 - (1 - share) ** 3
        here = {
            id: (a[0] + (b[0] - a[0]) * eased, a[1] + (b[1] - a[1]) * eased)
            for id, (a, b) in self._ways.items()
            if id in self._view.canvas.items_by_id
        }
        self._view.canvas.show_at(here)
        self._view.items_moved()
        if share >= 1.0:
            self.arrive()
