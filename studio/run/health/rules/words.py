"""Numbers as warnings say them."""

from __future__ import annotations

import math


def rounded(value: float) -> float:
    """Return a number with the three figures that matter.

    >>> rounded(1234.5), rounded(0.00012345)
    (1230.0, 0.000123)
    """
    return float(f"{value:.3g}") if math.isfinite(value) else value


def percent(share: float) -> int:
    """Return a share as a whole number of hundredths; what is not all is no 100.

    >>> percent(0.5), percent(0.999), percent(1.0)
    (50, 99, 100)
    """
    return min(round(100 * share), 99) if share < 1 else 100
