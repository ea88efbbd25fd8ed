"""How far an arrow key moves a number."""

from __future__ import annotations

import math

from engine.core.errors import InvalidArgumentError
from engine.core.param import Param


def step(param: Param, value: float, count: int) -> float:
    """Return `value` moved by `count` steps, or `value` itself where that leaves the limits of `param`.

    An integer moves by one. A number moves by a tenth of its leading digit's place, so that a learning rate of 0.001
    becomes 0.0011 and a momentum of 0.9 becomes 0.91.

    Examples
    --------
    >>> step(Param("float", 0.0), 0.9, 1), step(Param("float", 0.0), 0.001, 1), step(Param("int", 0, min=0), 0, -1)
    (0.91, 0.0011, 0)
    """
    if param.kind == "int":
        moved: float = value + count
    else:
        unit = 10.0 ** (math.floor(math.log10(abs(value))) - 1) if value else 0.01
        moved = float(f"{value + count * unit:.12g}")
    try:
        param.validate(moved, "")
    except InvalidArgumentError:
        return value
    return moved
