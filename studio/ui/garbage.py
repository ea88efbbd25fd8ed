"""When and where Python looks for garbage: in the window's thread, and never for long while somebody watches.

Python looks for it in whichever thread happens to make an object. If that is one that reads a file, and a window was
closed meanwhile, what belongs to Qt is destroyed in the wrong thread, and the program dies. So it is never looked for
but here. A full collection with 5,000 nodes open takes 60 to 90 ms; what lives long are documents and their items, and
these do not turn to garbage unnoticed.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

#: Milliseconds between two looks at how many objects were made.
_EVERY_MS: Final = 250
#: Objects from which on it is worth it to look through those that were made since the last time. So many take 3 ms; if
#: there are more, most of them belong to a document that was opened, and wait for the next full collection.
_SOME, _MANY = 2_000, 30_000


class Collector(QObject):
    """Looks through young objects now and then, and through all when another program is in front."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        gc.disable()
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        app.applicationStateChanged.connect(self._on_state)

    @staticmethod
    def _look() -> None:
        young = gc.get_count()[0]
        if young > _MANY:
            gc.freeze()
        elif young > _SOME:
            gc.collect(1)

    @staticmethod
    def _on_state(state: Qt.ApplicationState) -> None:
        if state is not Qt.ApplicationState.ApplicationActive:
            collect()


def collect() -> None:
    """Look through all objects now, as when the last document was closed."""
    gc.unfreeze()
    gc.collect()
