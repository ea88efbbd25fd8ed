"""Where the numbers of an axis are."""

from __future__ import annotations

import math


def ticks(low: float, high: float, most: int) -> list[float]:
    """Return round numbers from `low` to `high`: as many as there can be, but at most so many.

    They are two at least, even if these are more than wanted: a single number tells no distance.

    Examples
    --------
    >>> ticks(0.0, 1.0, 6)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    >>> ticks(-1.9, 2.7, 4), ticks(-3.0, 14.0, 5), ticks(0.3, 1.9, 2)
    ([-1.0, 0.0, 1.0, 2.0], [0.0, 5.0, 10.0], [0.5, 1.0, 1.5])
    """
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        return []
    unit = 10.0 ** math.floor(math.log10((high - low) / max(most, 1)))
    found: list[float] = []
    for times in (0.5, 1, 2, 5, 10, 20, 50):
        step = unit * times
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        finer, found = found, [float(f"{i * step:.12g}") for i in range(first, last + 1)]
        if len(found) <= most:
            return found if len(found) > 1 else finer
    return found
