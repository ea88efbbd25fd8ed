"""How the program looks: theme, language, units and motion."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from studio.ui.actions import Actions
from studio.ui.appearance import appearance
from studio.ui.i18n import LANGUAGES, N_, UNITS
from studio.ui.preferences.page import Page
from studio.ui.theme import CHOICES


class AppearancePage(Page):
    """Choices that are actions of the program, too: each shows what is in use, wherever it was chosen."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._links: list[tuple[QRadioButton | QCheckBox, QAction]] = []
        self._groups: list[QButtonGroup] = []
        self.section(N_("Theme"), self._choice([actions[f"view.theme_{name}"] for name in CHOICES]))
        self.section(N_("Language"), self._choice([actions[f"view.language_{code}"] for code in LANGUAGES]))
        self.section(
            N_("Units of memory"),
            self._choice([actions[f"view.units_{name}"] for name in UNITS]),
            about=N_("1 KiB has 1,024 bytes, 1 kB has 1,000."),
        )
        still = QCheckBox()
        self._link(still, actions["view.still"])
        self.section(N_("Motion"), still, about=N_("Nodes and views jump where they would glide."))
        self.fill()
        self._show()
        appearance().language_changed.connect(self._show)

    def _choice(self, actions: list[QAction]) -> QWidget:
        row, group = QWidget(), QButtonGroup(self)
        self._groups.append(group)
        layout = QVBoxLayout(row) if len(actions) > 3 else QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(20)
        for action in actions:
            button = QRadioButton()
            group.addButton(button)
            self._link(button, action)
            layout.addWidget(button)
        if isinstance(layout, QHBoxLayout):
            layout.addStretch(1)
        return row

    def _link(self, button: QRadioButton | QCheckBox, action: QAction) -> None:
        button.setObjectName(f"settings.{action.objectName()}")
        button.clicked.connect(lambda checked: action.trigger() if checked != action.isChecked() else None)
        action.changed.connect(self._show)
        self._links.append((button, action))

    def _show(self) -> None:
        for button, action in self._links:
            button.setText(action.text())
            button.setAccessibleName(action.text())
            if button.isChecked() != action.isChecked():
                button.setChecked(action.isChecked())
            button.setEnabled(action.isEnabled())

    def showEvent(self, event: object) -> None:
        """Show what is in use now."""
        self._show()
