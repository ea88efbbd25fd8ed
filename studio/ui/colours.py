"""Colours for values: from one hue for negative ones through the panel's colour to another for positive ones."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from engine.core.dtype import Array
from studio.ui.theme import Theme, mix

#: The places in the ramp of what is not finite.
NAN: Final = 255
PLUS_INF: Final = 256
MINUS_INF: Final = 257


@lru_cache(maxsize=8)
def ramp(theme: Theme) -> Array:
    """Return 258 colours (0xAARRGGBB): -1 is the first, 0 the 128th, 1 the 255th; the last are for NaN, ∞ and −∞."""
    zero: str = mix(theme.panel, theme.text, 0.04)
    places = np.linspace(-1, 1, 255)
    colours = [mix(zero, theme.accent if place >= 0 else theme.bad, abs(place)) for place in places]
    special = (theme.warn, theme.text, theme.dim)
    return np.array([0xFF000000 | int(c[1:], 16) for c in (*colours, *special)], np.uint32)


def places(values: Array, limit: float) -> Array:
    """Return the places of `values` in the ramp, `limit` being its end; what is not finite has places of its own.

    Examples
    --------
    >>> places(np.array([-2.0, 0.0, 1.0, np.nan, np.inf, -np.inf]), 2.0).tolist()
    [0, 127, 190, 255, 256, 257]
    """
    real = _real(values)
    finite = np.isfinite(real)
    with np.errstate(over="ignore"):
        scaled = np.clip(np.where(finite, real, 0.0) / (limit or 1.0), -1, 1)
    result: Array = np.round(scaled * 127 + 127).astype(np.uint16)
    if not finite.all():
        result[np.isnan(real)] = NAN
        result[np.isposinf(real)] = PLUS_INF
        result[np.isneginf(real)] = MINUS_INF
    return result


def limit_of(values: Array) -> float:
    """Return the largest finite magnitude, 0 where there is none."""
    magnitudes = np.abs(_real(values))
    return float(np.max(magnitudes, initial=0.0, where=np.isfinite(magnitudes)))


def _real(values: Array) -> Array:
    """Return values as floats that hold all of them, complex ones as their magnitudes."""
    real: Array = np.abs(values) if np.iscomplexobj(values) else values
    return np.asarray(real, np.result_type(real.dtype, np.float32))
