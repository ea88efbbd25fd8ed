"""How the elements of a plane lie in memory."""

from __future__ import annotations

from html import escape
from typing import Final

import numpy as np
from PySide6.QtWidgets import QTextBrowser

from engine.core.dtype import Array
from studio.inspector.bits import Bits, bits_of, meaning
from studio.inspector.formats import written
from studio.inspector.views.view import View
from studio.run.messages import TensorInfo
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, decimal

#: The elements that are listed: the first ones of the plane.
MOST: Final = 16


class BitsView(View):
    """Sign, exponent and fraction of each element."""

    title = N_("Bits")
    icon = "binary"
    plane = True

    def __init__(self) -> None:
        super().__init__()
        self.widget = self.text = QTextBrowser()
        self.text.setFont(fonts.mono(11))
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)

    @staticmethod
    def accepts(info: TensorInfo) -> bool:
        """Return whether elements have fields that can be told apart."""
        return View.accepts(info) and not info.dtype.startswith("complex")

    def show(self, info: TensorInfo, values: Array) -> None:
        """List the first elements."""
        picked = np.atleast_1d(values)
        lines = []
        for place in zip(*np.unravel_index(np.arange(min(picked.size, MOST)), picked.shape), strict=True):
            value = picked[place]
            where = ", ".join(str(int(at)) for at in place)
            words = " ".join(filter(None, (f"[{where}] {written(value)}", decimal(meaning(value)))))
            lines.append(f"{escape(words)}\n{_coloured(bits_of(value))}\n")
        self.text.setHtml(f"<pre>{chr(10).join(lines)}</pre>")


def _coloured(bits: Bits) -> str:
    theme = appearance().theme
    parts = ((bits.sign, theme.loss), (bits.exponent, theme.train), (bits.fraction, theme.accent))
    return " ".join(f'<span style="color:{colour}">{part}</span>' for part, colour in parts if part)
