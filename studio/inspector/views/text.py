"""Tensors of strings, in full."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtWidgets import QPlainTextEdit

from engine.core.dtype import Array
from studio.inspector.views.view import View
from studio.run.messages import TensorInfo
from studio.ui import fonts
from studio.ui.array_text import as_text
from studio.ui.i18n import N_, ngettext, number

#: The elements that are listed.
MOST: Final = 2000


class TextView(View):
    """Each string on lines of its own, with its place."""

    title = N_("Text")
    icon = "text"

    def __init__(self) -> None:
        super().__init__()
        self.widget = self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(fonts.mono(12))
        self.text.setFrameShape(QPlainTextEdit.Shape.NoFrame)

    @staticmethod
    def accepts(info: TensorInfo) -> bool:
        """Return whether the tensor holds strings."""
        return info.dtype == "string"

    def show(self, info: TensorInfo, values: Array) -> None:
        """List the strings."""
        count = min(values.size, MOST)
        lines = []
        for at, text in enumerate(values.flat[:count]):
            place = [int(i) for i in np.unravel_index(at, values.shape)]
            lines.append(f"{place}  {as_text(text)}")
        if (rest := values.size - count) > 0:
            lines.append(ngettext("… and {n} more", "… and {n} more", rest).format(n=number(rest)))
        self.text.setPlainText("\n".join(lines))
