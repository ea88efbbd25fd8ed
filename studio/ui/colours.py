"""Colours for values: from one hue for negative ones through the panel's colour to another for positive ones."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engine.core.dtype import Array
from studio.ui.theme import Theme, mix


@lru_cache(maxsize=8)
def ramp(theme: Theme) -> Array:
    """Return 256 colours (0xAARRGGBB): -1 is the first, 0 the 128th, 1 the 255th; the last is for NaN."""
    zero: str = mix(theme.panel, theme.text, 0.04)
    places = np.linspace(-1, 1, 255)
    colours = [mix(zero, theme.accent if place >= 0 else theme.bad, abs(place)) for place in places]
    return np.array([0xFF000000 | int(c[1:], 16) for c in (*colours, theme.warn)], np.uint32)


def places(values: Array, limit: float) -> Array:
    """Return the places of `values` in the ramp, `limit` being its end; infinite ones are at the ends."""
    real: Array = np.abs(values) if np.iscomplexobj(values) else np.asarray(values, np.float32)
    scaled = np.clip(np.nan_to_num(real / limit if limit else real, nan=0.0, posinf=1.0, neginf=-1.0), -1, 1)
    result: Array = np.round(scaled * 127 + 127).astype(np.uint8)
    result[np.isnan(real)] = 255
    return result


def limit_of(values: Array) -> float:
    """Return the largest finite magnitude, 0 where there is none."""
    if values.size == 0:
        return 0.0
    magnitudes = np.abs(np.asarray(values, np.complex64 if np.iscomplexobj(values) else np.float32))
    return float(np.max(magnitudes, initial=0.0, where=np.isfinite(magnitudes)))
