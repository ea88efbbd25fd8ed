"""The offer for a wire that does not fit as it is: conversions to put into it, or to connect it all the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from engine.core.errors import EngineError
from engine.core.spec import TensorSpec
from studio.document.convert import Conversion
from studio.document.nodetype import Catalogue
from studio.ui.i18n import N_, _, describe
from studio.ui.widgets.chooser import Chooser, Entry

ANYWAY: Final = "anyway"


class ConversionOffer(Chooser):
    """A list of conversions at a wire's end, under the reason why one is needed. Escape leaves everything as it was."""

    def __init__(self, catalogue: Catalogue, parent: QWidget) -> None:
        super().__init__(N_("Insert a conversion…"), parent, width=480)
        self.setObjectName("conversion_offer")
        self._catalogue = catalogue
        self._choices: Sequence[Conversion] = ()
        self._take: Callable[[Conversion | None], object] = _nothing
        self.chosen.connect(self._on_chosen)

    def ask(
        self,
        at: QPoint,
        objection: EngineError,
        before: TensorSpec,
        choices: Sequence[Conversion],
        take: Callable[[Conversion | None], object],
    ) -> None:
        """Open at a point of the window, and call `take` with what is chosen: None is to connect as it is."""
        self._choices, self._take = choices, take
        entries = [self._entry(number, conversion, before) for number, conversion in enumerate(choices)]
        anyway = Entry(ANYWAY, _("Connect anyway"), _("The node will show what is wrong."))
        self.offer([*entries, anyway], describe(objection))
        self.open_at(at)

    def _entry(self, number: int, conversion: Conversion, before: TensorSpec) -> Entry:
        names = " → ".join(_(self._catalogue[step.type].title) for step in conversion.steps)
        category = self._catalogue[conversion.steps[0].type].category
        title = _("Insert {names}").format(names=names)
        return Entry(str(number), title, f"{before} → {conversion.spec}", category=category)

    def _on_chosen(self, key: str) -> None:
        self._take(None if key == ANYWAY else self._choices[int(key)])


def _nothing(_conversion: Conversion | None) -> None:
    """Stand for what is done with a choice before anything was asked."""
