"""How the elements of a plane lie in memory."""

from __future__ import annotations

from html import escape
from typing import Any, Final

import numpy as np
from PySide6.QtWidgets import QTextBrowser

from engine.core.dtype import Array
from studio.inspector.bits import Bits, bits_of, meaning
from studio.inspector.formats import written
from studio.inspector.views.view import View
from studio.run.messages import TensorInfo
from studio.ui import fonts
from studio.ui.appearance import appearance
from studio.ui.i18n import N_, _, decimal, number

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
        picked = values if values.ndim == 2 else values.reshape(-1, 1)
        names = Bits(_("sign"), _("exponent"), _("fraction") if picked.dtype.kind == "f" else _("digits"))
        lines = [f"{_coloured(_fitting(names, picked.dtype))}\n"]
        for row, column in zip(*np.unravel_index(np.arange(min(picked.size, MOST)), picked.shape), strict=True):
            value = picked[row, column]
            where = ", ".join(map(str, self.cut.place(int(row), int(column))))
            words = " ".join(filter(None, (f"[{where}] {written(value)}", decimal(meaning(value)))))
            lines.append(f"{escape(words)}\n{_coloured(bits_of(value))}\n")
        note = ""
        if picked.size > MOST:
            words = _("The first {shown} of {count} elements. Others are chosen by the index.")
            note = f"<p>{escape(words.format(shown=number(MOST), count=number(picked.size)))}</p>"
        self.text.setHtml(f"{note}<pre>{chr(10).join(lines)}</pre>")


def _fitting(names: Bits, dtype: np.dtype[Any]) -> Bits:
    """Return those of the names of fields that numbers of a type have."""
    sign, exponent = dtype.kind not in "bu", dtype.kind == "f"
    return Bits(names.sign if sign else "", names.exponent if exponent else "", names.fraction)


def _coloured(bits: Bits) -> str:
    theme = appearance().theme
    parts = ((bits.sign, theme.loss), (bits.exponent, theme.train), (bits.fraction, theme.accent))
    return " ".join(f'<span style="color:{colour}">{part}</span>' for part, colour in parts if part)
