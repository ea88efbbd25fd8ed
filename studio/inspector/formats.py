"""How elements are written: the number formats of the table."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from studio.ui.array_text import as_text
from studio.ui.i18n import N_, _, decimal, number


def _plain(value: float) -> str:
    return number(value)


def _fixed(value: float) -> str:
    return number(value, 4) if isinstance(value, float) else number(value)


def _short(value: float) -> str:
    return number(value, 2) if isinstance(value, float) else number(value)


def _scientific(value: float) -> str:
    return decimal(f"{value:.3e}") if math.isfinite(value) else number(value)


def _exact(value: float) -> str:
    return number(value) if isinstance(value, int) or not math.isfinite(value) else decimal(repr(value))


def _percent(value: float) -> str:
    return f"{number(100 * value, 1)} %" if math.isfinite(value) else number(value)


def _hexadecimal(value: float) -> str:
    return hex(value) if isinstance(value, int) else value.hex() if math.isfinite(value) else number(value)


EXACT: Final = N_("Exact")
#: By an untranslated name: what writes a number so. The first is the one without a choice.
FORMATS: Final[Mapping[str, Callable[[float], str]]] = {
    N_("Four digits"): _plain,
    N_("Two decimals"): _short,
    N_("Four decimals"): _fixed,
    N_("Scientific"): _scientific,
    N_("Per cent"): _percent,
    EXACT: _exact,
    N_("Hexadecimal"): _hexadecimal,
}
PLAIN: Final = next(iter(FORMATS))


def written(value: Any, format: str = PLAIN) -> str:
    """Return an element as a format writes it, in the language in use.

    Examples
    --------
    >>> written(np.float32(0.12345)), written(np.float64(1500.0), "Scientific"), written(np.int8(10), "Hexadecimal")
    ('0.1235', '1.500e+03', '0xa')
    >>> written(np.bool_(True)), written(np.complex64(1 - 2j))
    ('true', '1 − 2i')
    >>> written("two\\nlines")
    'two↵lines'
    """
    if isinstance(value, np.bool_ | bool):
        return _("true") if value else _("false")
    write = FORMATS[format]
    if isinstance(value, np.complexfloating):
        sign = "−" if np.signbit(value.imag) else "+"  # the zeros differ, too: which side of a branch cut it is on
        return f"{write(float(value.real))} {sign} {write(abs(float(value.imag)))}i"
    if isinstance(value, np.integer | np.floating):
        return write(value.item())
    return as_text(value).replace("\n", "↵")
