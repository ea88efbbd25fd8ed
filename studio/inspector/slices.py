"""Which part of a tensor is shown: an index as NumPy writes it, such as ``0, :, 2:8``, read without evaluating it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError

Part = int | slice | tuple[int, ...]
Index = tuple[Part, ...]

_PART: Final = re.compile(r"(?P<at>[+-]?\d+)|(?P<start>[+-]?\d*):(?P<stop>[+-]?\d*)(?::(?P<step>[+-]?\d*))?")
_HINT: Final = "Use numbers, ranges and lists parted by commas, such as 0, :, 2:8, [1, 3]."
_WHOLE: Final = slice(None)


def parse_index(text: str, shape: tuple[int, ...]) -> Index:
    """Return the index that `text` stands for, one part for each axis of a tensor of this shape.

    Parts are integers, negative ones counting from the end, ranges ``start:stop:step`` of which all may be left out,
    lists ``[0, 2]`` of places, and one ``...`` for all axes that are not named. Axes that are missing at the end are
    taken whole.

    Raises
    ------
    InvalidArgumentError
        If it cannot be read, names too many axes, or a place that is not there.

    Examples
    --------
    >>> parse_index("0, ..., 2:8", (4, 5, 6, 9))
    (0, slice(None, None, None), slice(None, None, None), slice(2, 8, None))
    >>> parse_index("[0, -1], 3", (4, 5))
    ((0, 3), 3)
    """
    parts = _split(text)
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


def _split(text: str) -> list[str]:
    """Return the parts between the commas that are in no brackets; brackets around all of it are left out."""
    text = "".join(text.split())
    if text.startswith("[") and text.endswith("]") and text.find("]") == len(text) - 1 and ":" in text:
        text = text[1:-1]
    return [part for part in re.split(r",(?![^\[]*\])", text) if part]


def _part(text: str, axis: int, size: int) -> Part:
    if text.startswith("[") and text.endswith("]"):
        places = [place for place in text[1:-1].split(",") if place]
        if not places or not all(re.fullmatch(r"[+-]?\d+", place) for place in places):
            raise InvalidArgumentError("{text} is no index.", hint=_HINT, text=text)
        return tuple(_place(int(place), axis, size) for place in places)
    match = _PART.fullmatch(text)
    if match is None:
        raise InvalidArgumentError("{text} is no index.", hint=_HINT, text=text)
    if match["at"] is not None:
        return _place(int(match["at"]), axis, size)
    start, stop, step = (int(match[name]) if match[name] else None for name in ("start", "stop", "step"))
    if step == 0:
        raise InvalidArgumentError("A range with a step of 0 goes nowhere.", hint="Use another step.")
    return slice(start, stop, step)


def _place(at: int, axis: int, size: int) -> int:
    if not -size <= at < size:
        raise InvalidArgumentError(
            "Axis {axis} has no place {at}.", hint="Its size is {size}.", axis=axis, at=at, size=size
        )
    return at % size


@dataclass(frozen=True)
class Cut:
    """A plane of a tensor: two axes at most that are free, and a place on each of the others.

    Parameters
    ----------
    shape
        Of the tensor.
    index
        A part for each axis.
    rows, columns
        Which free axis goes down and which goes across; None where there is none.

    Examples
    --------
    >>> cut = Cut.first((32, 8, 8, 3))
    >>> cut.text, cut.rows, cut.columns
    ('0, :, :, 0', 1, 2)
    >>> cut.swapped(0, 1).text, cut.swapped(1, 2).rows
    (':, 0, :, 0', 2)
    """

    shape: tuple[int, ...]
    index: Index
    rows: int | None
    columns: int | None

    @classmethod
    def first(cls, shape: tuple[int, ...]) -> Cut:
        """Return the first matrix: the last two axes, of images their first channel."""
        rank = len(shape)
        channel = [0] if rank > 3 else []  # from here on the last axis has channels
        plane = [_WHOLE] * min(rank, 2)
        before = rank - len(plane) - len(channel)
        return cls._of(shape, (*[0] * before, *plane, *channel))

    @classmethod
    def read(cls, text: str, before: Cut) -> Cut:
        """Return the plane that an index stands for; axes that were shown crosswise `before` still are.

        Raises
        ------
        InvalidArgumentError
            If it is no index of such a tensor, or leaves more than two axes.
        """
        index = parse_index(text, before.shape)
        free = [axis for axis, part in enumerate(index) if not isinstance(part, int)]
        if len(free) > 2:
            raise InvalidArgumentError("This leaves {n} axes.", hint="Give a number for all but two.", n=len(free))
        found = cls._of(before.shape, index)
        was_crosswise = len(free) == 2 and (before.columns, before.rows) == (found.rows, found.columns)
        return found.swapped(*free) if was_crosswise else found

    @classmethod
    def _of(cls, shape: tuple[int, ...], index: Index) -> Cut:
        free = [axis for axis, part in enumerate(index) if not isinstance(part, int)]
        rows = free[0] if free else None
        return cls(shape, index, rows, free[1] if len(free) > 1 else None)

    @property
    def text(self) -> str:
        """The index, as NumPy writes it."""
        return ", ".join(map(_written, self.index))

    @property
    def is_empty(self) -> bool:
        """Whether the tensor has no elements."""
        return 0 in self.shape

    def swapped(self, a: int, b: int) -> Cut:
        """Return the plane in which two axes have changed their parts: down, across, or a place."""
        index = list(self.index)
        fixed = [axis for axis in (a, b) if isinstance(index[axis], int)]
        if len(fixed) == 1:
            index[a], index[b] = (_WHOLE, 0) if fixed == [a] else (0, _WHOLE)
        pair = {a: b, b: a}
        rows, columns = (None if axis is None else pair.get(axis, axis) for axis in (self.rows, self.columns))
        return replace(self, index=tuple(index), rows=rows, columns=columns)

    def moved(self, axis: int, by: int) -> Cut:
        """Return the plane some places further on along an axis; it stays within."""
        at = self.index[axis]
        if not isinstance(at, int):
            return self
        index = list(self.index)
        index[axis] = min(max(at + by, 0), max(self.shape[axis] - 1, 0))
        return replace(self, index=tuple(index))

    def plane(self, values: Array) -> Array:
        """Return the picked part of a tensor of this shape, without a copy unless places are listed."""
        if self.is_empty:
            sizes = [self.shape[axis] for axis in (self.rows, self.columns) if axis is not None]
            return np.zeros(sizes if 0 in sizes or not sizes else (0, 0), values.dtype)
        found = values[tuple(_WHOLE if isinstance(part, tuple) else part for part in self.index)]
        free = [part for part in self.index if not isinstance(part, int)]
        for axis, part in enumerate(free):
            if isinstance(part, tuple):
                found = np.take(found, np.array(part), axis)
        is_crosswise = self.rows is not None and self.columns is not None and self.rows > self.columns
        return found.T if is_crosswise else found

    def place(self, row: int, column: int) -> tuple[int, ...]:
        """Return where in the tensor a cell of the plane is."""
        along = {self.rows: row, self.columns: column}
        return tuple(
            part if isinstance(part, int) else _nth(part, size, along[axis])
            for axis, (part, size) in enumerate(zip(self.index, self.shape, strict=True))
        )

    def cell(self, place: tuple[int, ...]) -> tuple[int, int] | None:
        """Return the row and the column of a place in the tensor, None if the plane does not hold it."""
        found: dict[int | None, int] = {None: 0}
        for axis, (part, size, at) in enumerate(zip(self.index, self.shape, place, strict=True)):
            along = (part,) if isinstance(part, int) else _places(part, size)
            if at not in along:
                return None
            found[axis] = along.index(at)
        return found[self.rows], found[self.columns]

    def through(self, place: tuple[int, ...]) -> Cut:
        """Return the plane with the same free axes, whole, that holds a place in the tensor."""
        index = tuple(at if isinstance(part, int) else _WHOLE for part, at in zip(self.index, place, strict=True))
        return replace(self, index=index)


def _places(part: slice | tuple[int, ...], size: int) -> range | tuple[int, ...]:
    return range(*part.indices(size)) if isinstance(part, slice) else part


def _nth(part: slice | tuple[int, ...], size: int, at: int) -> int:
    return _places(part, size)[at]


def _written(part: Part) -> str:
    if isinstance(part, slice):
        ends = ["" if end is None else str(end) for end in (part.start, part.stop, part.step)]
        return ":".join(ends[: 3 if ends[2] else 2])
    return f"[{', '.join(map(str, part))}]" if isinstance(part, tuple) else str(part)
