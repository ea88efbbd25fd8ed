"""What is asked before a picture is exported: the format, how much of the graph, and how it is to look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from studio.canvas.export.job import FORMATS
from studio.canvas.export.look import MARGIN, MOST_MARGIN, SCALES, Look
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, ngettext, number
from studio.ui.settings import settings
from studio.ui.theme import THEMES
from studio.ui.widgets.spin import Spin

_KEY: Final = "export"
_TITLES: Final = {"": N_("As on the screen"), "dark": N_("Dark"), "light": N_("Light"), "contrast": N_("High contrast")}


class ExportDialog(QDialog):
    """The choices, as they were made last time.

    Parameters
    ----------
    selected
        How many nodes and notes are selected.
    area
        Gives the part of the canvas that a picture shows: of all, or of what is selected.

    Signals
    -------
    chosen
        A format, a `Look`, and whether only what is selected is meant.
    """

    chosen = Signal(str, object, bool)

    def __init__(self, selected: int, area: Callable[[bool], QRectF], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("export")
        self.setWindowTitle(_("Export as a picture"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._area = area
        stored = settings()
        form = QFormLayout()
        form.setHorizontalSpacing(20)
        form.setVerticalSpacing(12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._formats = self._choice([(name, format.title) for name, format in FORMATS.items()], "format")
        self._form = form
        self._add(_("Format"), self._row(self._formats))
        count = ngettext("{n} selected", "{n} selected", selected).format(n=number(selected))
        self._parts = self._choice([("all", _("The whole graph")), ("selection", count)], "part")
        self._add(_("What"), self._row(self._parts))
        self._theme = self._box("theme", [(name, _(title)) for name, title in _TITLES.items()])
        self._add(_("Theme"), self._theme)
        self._transparent = QCheckBox(_("Transparent"))
        self._transparent.setObjectName("export.transparent")
        self._add(_("Background"), self._transparent)
        self._scale = self._box("scale", [(str(scale), f"{scale}×") for scale in SCALES])
        self._add(_("Scale"), self._scale)
        self._margin = Spin()
        self._margin.setObjectName("export.margin")
        self._margin.setRange(0, MOST_MARGIN)
        self._margin.setSuffix(" px")
        self._margin.lineEdit().setTextMargins(6, 0, 0, 0)
        self._add(_("Margin"), self._margin)
        self._size = QLabel()
        self._size.setObjectName("export.size")
        self._size.setProperty("tone", "dim")
        self._add(_("Size"), self._size)
        self._check(self._formats, str(stored.value(f"{_KEY}/format") or "svg"))
        self._check(self._parts, "all")
        self._parts.buttons()[1].setEnabled(selected > 0)
        self._pick(self._theme, str(stored.value(f"{_KEY}/theme") or ""))
        self._pick(self._scale, str(stored.value(f"{_KEY}/scale") or SCALES[0]))
        self._transparent.setChecked(str(stored.value(f"{_KEY}/transparent")) == "true")
        margin = str(stored.value(f"{_KEY}/margin") or "")
        self._margin.setValue(int(margin) if margin.isdigit() else MARGIN)
        buttons = QDialogButtonBox()
        self._go = QPushButton(_("Export…"))
        self._go.setObjectName("export.go")
        self._go.setDefault(True)
        buttons.addButton(self._go, QDialogButtonBox.ButtonRole.AcceptRole)
        cancel = QPushButton(_("Cancel"))
        buttons.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(20)
        column.addLayout(form)
        column.addWidget(buttons)
        for group in (self._formats, self._parts):
            group.buttonToggled.connect(lambda *_of: self._show())
        self._scale.currentIndexChanged.connect(lambda _index: self._show())
        self._margin.valueChanged.connect(lambda _value: self._show())
        self._show()

    # ---------------------------------------------------------------------------------------------- the widgets

    def _add(self, title: str, widget: QWidget) -> None:
        label = QLabel(title)
        label.setProperty("tone", "dim")
        label.setBuddy(widget)
        self._form.addRow(label, widget)

    def _choice(self, entries: Sequence[tuple[str, str]], name: str) -> QButtonGroup:
        group = QButtonGroup(self)
        for value, title in entries:
            button = QRadioButton(title)
            button.setObjectName(f"export.{name}.{value}")
            group.addButton(button)
        return group

    def _row(self, group: QButtonGroup) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(20)
        for button in group.buttons():
            layout.addWidget(button)
        layout.addStretch(1)
        return row

    def _box(self, name: str, entries: Sequence[tuple[str, str]]) -> QComboBox:
        box = QComboBox()
        box.setObjectName(f"export.{name}")
        for value, title in entries:
            box.addItem(title, value)
        return box

    @staticmethod
    def _check(group: QButtonGroup, name: str) -> None:
        buttons = group.buttons()
        next((b for b in buttons if b.objectName().endswith(f".{name}")), buttons[0]).setChecked(True)

    @staticmethod
    def _pick(box: QComboBox, value: str) -> None:
        box.setCurrentIndex(max(0, box.findData(value)))

    # ---------------------------------------------------------------------------------------------- what is chosen

    @property
    def format(self) -> str:
        """The format that is chosen."""
        return _checked(self._formats)

    @property
    def selection_only(self) -> bool:
        """Whether only what is selected is meant."""
        return _checked(self._parts) == "selection"

    def look(self) -> Look:
        """Return how it is to look."""
        return Look(
            THEMES.get(self._theme.currentData(), appearance().theme),
            self._transparent.isChecked(),
            int(self._scale.currentData()) if FORMATS[self.format].has_pixels else 1,
            self._margin.value(),
        )

    def _show(self) -> None:
        """Say how large it becomes; a scale has a meaning for pixels only."""
        look, area = self.look(), self._area(self.selection_only)
        self._scale.setEnabled(FORMATS[self.format].has_pixels)
        sides = (round((side + 2 * look.margin) * look.scale) for side in (area.width(), area.height()))
        self._size.setText("{} × {} px".format(*map(number, sides)))

    def _accept(self) -> None:
        stored = settings()
        stored.setValue(f"{_KEY}/format", self.format)
        stored.setValue(f"{_KEY}/theme", self._theme.currentData())
        stored.setValue(f"{_KEY}/scale", self._scale.currentData())
        stored.setValue(f"{_KEY}/transparent", "true" if self._transparent.isChecked() else "false")
        stored.setValue(f"{_KEY}/margin", str(self._margin.value()))
        self.chosen.emit(self.format, self.look(), self.selection_only)
        self.accept()


def _checked(group: QButtonGroup) -> str:
    """Return what the button stands for that is checked: the last part of its name."""
    button = group.checkedButton()
    return button.objectName().rpartition(".")[2] if button is not None else ""
