"""What is said and offered so that no document is lost: copies that were kept, other programs, files that fail."""

from __future__ import annotations

from PySide6.QtCore import QObject

from engine.core.errors import EngineError
from studio.document.recovery import Copy
from studio.ui.actions import Actions
from studio.ui.i18n import N_, _, describe
from studio.ui.shell.copies import Copies
from studio.ui.shell.desk import Desk
from studio.ui.shell.recovery import Recovery
from studio.ui.widgets.banner import Banner


class Keeping(QObject):
    """Connects the desk and what is kept of its document with what the window says.

    Parameters
    ----------
    desk, actions, banner
        What it works with.
    copies
        Where copies are listed.
    """

    def __init__(self, desk: Desk, actions: Actions, banner: Banner, copies: Copies) -> None:
        super().__init__(desk)
        self.recovery = Recovery(desk)
        self._desk, self._actions, self._banner, self._copies = desk, actions, banner, copies
        desk.failed.connect(self._on_failed)
        desk.changed.connect(self._on_changed)
        desk.closed.connect(self.show_copies)
        self.recovery.adopted.connect(self._on_adopted)
        self.recovery.failed.connect(lambda error: banner.say("warn", lambda: describe(error)))
        copies.opened.connect(self.recovery.open)
        copies.discarded.connect(self._discard)

    def show_copies(self) -> None:
        """List the copies that there are now."""
        self._copies.show_copies(self.recovery.found())

    def _on_adopted(self, new: int) -> None:
        if new:
            self._banner.say("info", N_("Trenza was ended before all was saved. The start page has copies."))
        self.show_copies()

    def _discard(self, copy: Copy) -> None:
        copy.discard()
        self.show_copies()

    def _on_changed(self) -> None:
        name = self._desk.name
        self._banner.say(
            "warn",
            lambda: _("Another program has changed the file of '{name}'.").format(name=name),
            self._actions["file.reload"],
        )

    def _on_failed(self, error: EngineError, while_saving: bool) -> None:
        self._banner.say("bad", lambda: describe(error), self._actions["file.save_as"] if while_saving else None)
