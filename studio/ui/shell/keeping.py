"""What is said and offered so that no document is lost: copies that were kept, other programs, files that fail."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from engine.core.errors import EngineError
from studio.document.recovery import Copy
from studio.ui.actions import Actions
from studio.ui.i18n import N_, _, describe
from studio.ui.shell.claims import Claims
from studio.ui.shell.copies import Copies
from studio.ui.shell.desk import Desk
from studio.ui.shell.open_document import OpenDocument
from studio.ui.shell.recovery import Recovery
from studio.ui.widgets.banner import Banner


class Keeping(QObject):
    """Connects the open documents and what is kept of them with what the window says.

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
        self.claims = Claims(desk)
        self._desk, self._actions, self._banner, self._copies = desk, actions, banner, copies
        self._also_open: dict[int, Callable[[], str]] = {}
        self.claims.met.connect(self._on_met)
        self.claims.parted.connect(self._on_parted)
        desk.failed.connect(self._on_failed)
        desk.opened.connect(self._on_opened)
        desk.shown.connect(self._on_shown)
        desk.closed.connect(lambda document: banner.forget(document.number))
        self.recovery.adopted.connect(self._on_adopted)
        self.recovery.failed.connect(lambda error: banner.say("warn", lambda: describe(error)))
        copies.opened.connect(self.recovery.open)
        copies.discarded.connect(self._discard)

    # ---------------------------------------------------------------------------------------------------------- copies

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

    # ----------------------------------------------------------------------------------------------------------- files

    def _on_shown(self, document: OpenDocument | None) -> None:
        self._banner.turn_to(document.number if document is not None else 0)
        if document is None:
            self.show_copies()

    def _on_opened(self, document: OpenDocument) -> None:
        document.rewritten.connect(lambda: self._on_rewritten(document))
        document.vanished.connect(lambda: self._on_vanished(document))
        document.returned.connect(lambda: self._banner.forget(document.number))
        document.saved.connect(lambda: self._banner.forget(document.number))
        document.rescued.connect(lambda: self._on_rescued(document))
        document.replaced.connect(lambda: self._banner.forget(document.number))

    def _on_rewritten(self, document: OpenDocument) -> None:
        self._banner.say(
            "warn",
            lambda: _("Another program has changed the file of '{name}'.").format(name=document.name),
            self._actions["file.reload"],
            about=document.number,
        )

    def _on_vanished(self, document: OpenDocument) -> None:
        self._banner.say(
            "warn",
            lambda: _("The file of '{name}' is gone: moved, renamed or deleted. Save it, or all is lost.").format(
                name=document.name
            ),
            self._actions["file.save"],
            self._actions["file.save_as"],
            about=document.number,
        )

    def _on_rescued(self, document: OpenDocument) -> None:
        self._banner.say(
            "info",
            lambda: _("The file of '{name}' was gone. It was written anew: {path}").format(
                name=document.name, path=document.path
            ),
            seconds=8,
            about=document.number,
        )

    def _on_met(self, document: OpenDocument) -> None:
        def words() -> str:
            text = _("'{name}' is open in another window, too: what is saved there and here replaces each other.")
            return text.format(name=document.name)

        self._also_open[document.number] = words
        self._banner.say("warn", words, self._actions["file.detach"], about=document.number)

    def _on_parted(self, document: OpenDocument) -> None:
        if (words := self._also_open.pop(document.number, None)) is not None:
            self._banner.retract(words, about=document.number)

    def _on_failed(self, document: OpenDocument | None, error: EngineError) -> None:
        actions = (self._actions["file.save_as"],) if document is not None else ()
        about = document.number if document is not None else 0
        self._banner.say("bad", lambda: describe(error), *actions, about=about)
