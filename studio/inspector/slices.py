"""Reading an index as NumPy writes it, such as ``0, :, 2:8``, without evaluating it."""

from __future__ import annotations

import re
from typing import Final

from engine.core.errors import InvalidArgumentError

Index = tuple[int | slice, ...]

_PART: Final = re.compile(r"(?P<at>[+-]?\d+)|(?P<start>[+-]?\d*):(?P<stop>[+-]?\d*)(?::(?P<step>[+-]?\d*))?")
_HINT: Final = "Use numbers and ranges parted by commas, such as 0, :, 2:8."


def parse_index(text: str, shape: tuple[int, ...]) -> Index:
    """Return the index that `text` stands for, one part for each axis of a tensor of this shape.

    Parts are integers, negative ones counting from the end, ranges ``start:stop:step`` of which all may be left out,
    and one ``...`` for all axes that are not named. Axes that are missing at the end are taken whole.

    Raises
    ------
    InvalidArgumentError
        If it cannot be read, names too many axes, or a place that is not there.

    Examples
    --------
    >>> parse_index("0, ..., 2:8", (4, 5, 6, 9))
    (0, slice(None, None, None), slice(None, None, None), slice(2, 8, None))
    """
    parts = [part.strip() for part in text.strip().strip("[]").split(",") if part.strip()]
    missing = len(shape) - len([part for part in parts if part != "..."])
    if missing < 0:
        raise InvalidArgumentError(
            "The index names {count} axes.",
            hint="This tensor has {rank}.",
            count=len(parts),
            rank=len(shape),
        )
    if parts.count("...") > 1:
        raise InvalidArgumentError("There is more than one ... in the index.", hint="Use one.")
    place = parts.index("...") if "..." in parts else len(parts)
    full = [*parts[:place], *[":"] * missing, *parts[place + 1 :]]
    return tuple(_part(part, axis, size) for axis, (part, size) in enumerate(zip(full, shape, strict=True)))


def _part(text: str, axis: int, size: int) -> int | slice:
    match = _PART.fullmatch(text.replace(" ", ""))
    if match is None:
        raise InvalidArgumentError("{text} is no index.", hint=_HINT, text=text)
    if match["at"] is not None:
        at = int(match["at"])
        if not -size <= at < size:
            raise InvalidArgumentError(
                "Axis {axis} has no place {at}.", hint="Its size is {size}.", axis=axis, at=at, size=size
            )
        return at
    start, stop, step = (int(match[name]) if match[name] else None for name in ("start", "stop", "step"))
    if step == 0:
        raise InvalidArgumentError("A range with a step of 0 goes nowhere.", hint="Use another step.")
    return slice(start, stop, step)


def first_plane(shape: tuple[int, ...]) -> str:
    """Return the index of the first matrix of a tensor: its last two axes, of images their first channel.

    Examples
    --------
    >>> first_plane((5,)), first_plane((32, 28, 28)), first_plane((32, 8, 8, 3))
    (':', '0, :, :', '0, :, :, 0')
    """
    rank = len(shape)
    channel = ["0"] if rank > 3 else []  # from here on the last axis has channels
    plane = [":"] * min(rank, 2)
    return ", ".join(["0"] * (rank - len(plane) - len(channel)) + plane + channel)
