"""Values of parameters as the language in use writes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from engine.core.param import REQUIRED, Param
from studio.ui.i18n import _, decimal, number

_UNITS: Final = ((10**12, "TFLOP"), (10**9, "GFLOP"), (10**6, "MFLOP"), (10**3, "kFLOP"))

_TIMES: Final = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def flops_text(count: int) -> str:
    """Return a number of floating-point operations with a unit, in the language in use.

    Examples
    --------
    >>> flops_text(27), flops_text(16_640), flops_text(5_300_000)
    ('27 FLOP', '16.6 kFLOP', '5.30 MFLOP')
    """
    for size, unit in _UNITS:
        if count >= size:
            amount = count / size
            digits = 2 if amount < 10 else 1 if amount < 100 else 0
            return f"{number(amount, digits)} {unit}"
    return f"{number(count)} FLOP"


def time_text(seconds: float) -> str:
    """Return a time in the unit that reads best.

    Examples
    --------
    >>> time_text(1.5), time_text(0.0123), time_text(4.2e-6), time_text(0.0)
    ('1.50 s', '12.3 ms', '4.20 µs', '0 ns')
    """
    for unit, name in _TIMES:
        if seconds >= unit:
            amount = seconds / unit
            return f"{number(amount, 2 if amount < 10 else 1 if amount < 100 else 0)} {name}"
    return f"{number(round(seconds * 1e9))} ns"


#: From nothing to the most.
_BLOCKS: Final = "▁▂▃▄▅▆▇█"


def sparkline(counts: Iterable[float], most: int = 24) -> str:
    """Return a histogram as a line of blocks, at most so many: neighbours are put together.

    Examples
    --------
    >>> sparkline([0, 1, 2, 4]), sparkline([0, 0])
    ('▁▂▄█', '▁▁')
    """
    values = list(counts)
    width = max(1, -(-len(values) // most))
    sums = [sum(values[i : i + width]) for i in range(0, len(values), width)]
    top = max(sums, default=0) or 1
    return "".join(_BLOCKS[int(value / top * (len(_BLOCKS) - 1))] for value in sums)


def shown(param: Param, value: Any) -> str:
    """Return a parameter's value as text, whatever it is: a document may hold what its type does not take.

    Examples
    --------
    >>> shown(Param("bool", True), False), shown(Param("ints", ()), [3, 3]), shown(Param("int", 1), "many")
    ('false', '3, 3', 'many')
    """
    if value is REQUIRED:
        return "—"
    if value is None:
        return _("none")
    if isinstance(value, bool):
        return _("true") if value else _("false")
    try:
        text = param.show(value)
    except (ValueError, TypeError):
        return str(value)
    return decimal(text) if isinstance(value, float) else text
