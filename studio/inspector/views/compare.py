"""Two tensors side by side: where they differ and by how much."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.core.dtype import Array
from engine.core.errors import EngineError
from studio.inspector.background import Token
from studio.inspector.comparing import Differences, Place, check_comparable, difference, differences, relative_error
from studio.inspector.views.heat import HeatMap
from studio.inspector.views.view import Computed
from studio.run.messages import Missing, TensorInfo, Watched
from studio.ui import fonts
from studio.ui.i18n import N_, _, describe, number
from studio.ui.widgets.labels import Text

#: Untranslated: what the picture shows, and how it is made of the two planes.
MODES: Final[Mapping[str, Callable[[Array, Array], Array]]] = {
    N_("Difference"): difference,
    N_("Relative error"): relative_error,
    N_("This tensor"): lambda a, b: a,
    N_("The other one"): lambda a, b: b,
}
#: Relative errors that are taken for none.
TOLERANCES: Final = (0.0, 1e-6, 1e-4, 1e-2)
_ROWS: Final = (
    N_("places that differ"),
    N_("largest difference"),
    N_("largest relative error"),
    N_("mean difference"),
    N_("they part first at"),
)


class CompareView(Computed):
    """The figures of the comparison, and the difference of the planes as colours."""

    title = N_("Comparison")
    icon = "git-compare"

    def __init__(self) -> None:
        super().__init__()
        self.found: Differences | None = None
        self.go: Callable[[Place], None] = lambda place: None
        """Called with a place in the tensor that the user wants to see."""
        self._info: TensorInfo | None = None
        self._this: Array = np.zeros((0, 0))
        self._other: Watched | Missing | None = None
        self._name = ""
        self.widget = QWidget()
        self.name = QLabel()
        self.name.setFont(fonts.sans(12))
        self.name.setWordWrap(True)
        self.wrong = QLabel()
        self.wrong.setProperty("tone", "bad")
        self.wrong.setFont(fonts.sans(12))
        self.wrong.setWordWrap(True)
        self.wrong.hide()
        form = QFormLayout()
        form.setVerticalSpacing(4)
        self.values: dict[str, QLabel] = {}
        for name in _ROWS:
            value = QLabel()
            value.setFont(fonts.mono(11))
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            form.addRow(Text(name, "dim", fonts.sans(12)), value)
            self.values[name] = value
        self.mode, self.tolerance = QComboBox(), QComboBox()
        self.mode.setObjectName("compare.mode")
        self.tolerance.setObjectName("compare.tolerance")
        for name in MODES:
            self.mode.addItem(name, name)
        for share in TOLERANCES:
            self.tolerance.addItem("", share)
        for box in (self.mode, self.tolerance):
            box.setFont(fonts.sans(11))
            box.setFixedHeight(26)
        self.mode.currentIndexChanged.connect(lambda _at: self._draw())
        self.tolerance.currentIndexChanged.connect(lambda _at: self._compare())
        self.first = QPushButton()
        self.first.setObjectName("compare.first")
        self.first.clicked.connect(self._go_to_first)
        self.map = HeatMap()
        self.map.place = lambda row, column: self.cut.place(row, column)
        choosing = QHBoxLayout()
        choosing.setSpacing(6)
        choosing.addWidget(self.mode, 1)
        choosing.addWidget(self.tolerance, 1)
        column = QVBoxLayout(self.widget)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.name)
        column.addWidget(self.wrong)
        column.addLayout(choosing)
        column.addLayout(form)
        column.addWidget(self.first)
        column.addWidget(self.map, 1)
        self.retranslate()

    def _go_to_first(self) -> None:
        if self.found is not None and self.found.first is not None:
            self.go(self.found.first)

    @staticmethod
    def accepts(info: TensorInfo) -> bool:
        """Return true: of what cannot be compared it says why."""
        return True

    def against(self, name: str, other: Watched | Missing | None) -> None:
        """Take the other tensor, as far as there is one, and what it is called."""
        self._name, self._other = name, other

    def show(self, info: TensorInfo, values: Array) -> None:
        """Compare a tensor with the other one."""
        self._info, self._this = info, values
        self._compare()
        self._draw()

    def _compare(self) -> None:
        if self._info is None:
            return
        self.name.setText(_("Compared with {name}").format(name=self._name))
        self.wrong.setText(self._why_not())
        self.wrong.setVisible(bool(self.wrong.text()))
        if self.wrong.text():
            self.background.cancel()
            self.present(None)
        else:
            super().show(self._info, self._this)

    def _why_not(self) -> str:
        """Return why the tensors cannot be compared, "" if they can be."""
        try:
            if isinstance(self._other, Missing):
                return describe(self._other.error)
            if self._other is None:
                return _("The engine has not sent it yet.")
            check_comparable(self._this, self._other.values)
        except EngineError as error:
            return describe(error)
        return ""

    def compute(self, info: TensorInfo, values: Array, token: Token) -> Differences:
        """Compare place by place."""
        assert isinstance(self._other, Watched)
        return differences(values, self._other.values, self.tolerance.currentData(), token.check)

    def present(self, found: Differences | None) -> None:
        """Show the figures, or that there are none."""
        self.found = found
        self._say()

    def _say(self) -> None:
        found = self.found
        texts = ("–",) * len(_ROWS)
        if found is not None:
            texts = (
                _("{count} of {size}").format(count=number(found.count), size=number(found.size)),
                _at(found.largest, found.largest_at),
                _at(found.relative, found.relative_at),
                number(found.mean),
                _("nowhere") if found.first is None else str(list(found.first)),
            )
        for name, text in zip(_ROWS, texts, strict=True):
            self.values[name].setText(text)
        self.first.setEnabled(found is not None and found.first is not None)

    def _draw(self) -> None:
        if self.wrong.text() or not isinstance(self._other, Watched) or self.cut.shape != self._this.shape:
            self.map.present(np.zeros((0, 0)))
            return
        a, b = (np.atleast_2d(self.cut.plane(values)) for values in (self._this, self._other.values))
        self.map.present_pair(a, b, MODES[self.mode.currentData()])

    def retranslate(self) -> None:
        """Say everything in the language in use."""
        for i, name in enumerate(MODES):
            self.mode.setItemText(i, _(name))
        for i, share in enumerate(TOLERANCES):
            text = _("tolerate {share}").format(share=number(share)) if share else _("tolerate nothing")
            self.tolerance.setItemText(i, text)
        self.mode.setAccessibleName(_("What is drawn"))
        self.tolerance.setAccessibleName(_("Tolerated relative error"))
        self.tolerance.setToolTip(_("Tolerated relative error"))
        self.first.setText(_("Show where they part first"))
        self._say()


def _at(value: float, place: Place | None) -> str:
    return number(value) if place is None or not value else f"{number(value)} @ {list(place)}"
