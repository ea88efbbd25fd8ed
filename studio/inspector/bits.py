"""How a number lies in memory: its sign, its exponent and its fraction, bit by bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Bits:
    """The fields of a number as bits; whole numbers have no exponent, unsigned ones no sign."""

    sign: str
    exponent: str
    fraction: str

    def __str__(self) -> str:
        return " ".join(filter(None, (self.sign, self.exponent, self.fraction)))


def bits_of(value: np.generic) -> Bits:
    """Return the bits of an element, the highest first.

    Examples
    --------
    >>> str(bits_of(np.float32(-1.5)))
    '1 01111111 10000000000000000000000'
    >>> str(bits_of(np.int8(-2))), str(bits_of(np.uint8(5))), str(bits_of(np.bool_(True)))
    ('1 1111110', '00000101', '1')
    """
    dtype = value.dtype
    if dtype.kind == "b":
        return Bits("", "", str(int(value)))
    text = f"{int.from_bytes(np.array(value, dtype.newbyteorder('>')).tobytes(), 'big'):0{8 * dtype.itemsize}b}"
    if dtype.kind == "u":
        return Bits("", "", text)
    if dtype.kind == "i":
        return Bits(text[0], "", text[1:])
    width = int(np.finfo(str(dtype)).nexp)
    return Bits(text[0], text[1 : 1 + width], text[1 + width :])


def meaning(value: Any) -> str:
    """Return how the fields of a float make its value, "" for what is no finite float.

    Examples
    --------
    >>> meaning(np.float32(-6.0)), meaning(np.float16(6e-8)), meaning(np.float32(np.inf))
    ('−1.5·2^2', '0.0009765625·2^-14', '')
    """
    if np.asarray(value).dtype.kind != "f" or not np.isfinite(value):
        return ""
    info = np.finfo(np.asarray(value).dtype)
    magnitude = abs(float(value))
    power = int(np.floor(np.log2(magnitude))) if magnitude >= float(info.tiny) else int(info.minexp)
    return f"{'−' if np.signbit(value) else ''}{magnitude / 2.0**power:.10g}·2^{power}"
