"""A field for a whole number."""

from __future__ import annotations

from PySide6.QtWidgets import QSpinBox, QWidget


class Spin(QSpinBox):
    """A field for a whole number, whose text stands as far from its edge as that of other fields.

    Style sheets do not reach the space within: Qt gives the field in it no margins.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lineEdit().setTextMargins(6, 0, 0, 0)
