"""Which plane of a tensor is shown: what an index picks, with two axes at most, and where its cells are in the tensor.

What an index means is what NumPy says: a plane is what NumPy picks with it. Here is only told which axis of the tensor
goes which way, and where in the tensor a cell of the plane is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from studio.inspector.index_text import Index, Part, Places, broadcast_shape, parse_index, per_axis, written

#: What is picked by lists is copied: more elements than this take longer than a frame.
MOST_COPIED: Final = 2_000_000
_WHOLE: Final = slice(None)


@dataclass(frozen=True)
class _Way:
    """An axis of what an index picks.

    Parameters
    ----------
    axes
        The tensor's axes that are gone along: one, several by lists, none for a new axis.
    size
        Its length.
    of_lists
        Which axis of the common shape of the lists it is, None if it is no such axis.
    """

    axes: tuple[int, ...]
    size: int
    of_lists: int | None = None


@dataclass(frozen=True)
class Cut:
    """A plane of a tensor: what an index picks, whose two axes at most go down and across.

    Parameters
    ----------
    shape
        Of the tensor.
    index
        As NumPy takes it, with a part for each axis; beside these there may be new axes.
    is_crosswise
        Whether the first axis of what is picked goes across.

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
    is_crosswise: bool = False

    @classmethod
    def first(cls, shape: tuple[int, ...]) -> Cut:
        """Return the first matrix: the last two axes, of images their first channel."""
        rank = len(shape)
        channel = [0] if rank > 3 else []  # from here on the last axis has channels
        plane = [_WHOLE] * min(rank, 2)
        before = rank - len(plane) - len(channel)
        return cls(shape, (*[0] * before, *plane, *channel))

    @classmethod
    def read(cls, text: str, shape: tuple[int, ...], before: Cut | None = None) -> Cut:
        """Return the plane that an index stands for; axes that were shown crosswise `before` still are.

        Raises
        ------
        InvalidArgumentError
            If it is no index of such a tensor, leaves more than two axes, or would copy too much.
        """
        found = cls(shape, parse_index(text, shape))
        if len(found._ways) > 2:
            raise InvalidArgumentError(
                "This leaves {n} axes.", hint="Give a number for all but two.", n=len(found._ways)
            )
        if found._lists and (size := int(np.prod([way.size for way in found._ways]))) > MOST_COPIED:
            raise InvalidArgumentError(
                "The lists pick {size} elements, but {most} at most can be copied.",
                hint="Use ranges, which copy nothing.",
                size=size,
                most=MOST_COPIED,
            )
        if before is not None and found.rows is not None and found.columns is not None:
            return replace(found, is_crosswise=(before.columns, before.rows) == (found.rows, found.columns))
        return found

    # ----------------------------------------------------------------------------------------------------------- axes

    @cached_property
    def _parts(self) -> tuple[int | slice | Places, ...]:
        """The part of each axis."""
        return per_axis(self.index)

    @cached_property
    def _lists(self) -> tuple[bool | Places, ...]:
        """The parts that NumPy broadcasts together, but numbers."""
        return tuple(part for part in self.index if isinstance(part, bool | Places))

    @cached_property
    def _ways(self) -> tuple[_Way, ...]:
        """The axes of what is picked, in NumPy's order."""
        together = [place for place, part in enumerate(self.index) if self._lists and isinstance(part, int | Places)]
        ways: list[_Way] = []
        axis, begin = 0, 0
        for place, part in enumerate(self.index):
            if place in together[:1]:
                begin = len(ways)
            if isinstance(part, slice):
                ways.append(_Way((axis,), len(range(*part.indices(self.shape[axis])))))
            elif part is None:
                ways.append(_Way((), 1))
            axis += len(per_axis((part,)))
        if together:
            # lists with something between them go first: there is no one place where they are
            begin = begin if together[-1] - together[0] == len(together) - 1 else 0
            listed = tuple(axis for axis, part in enumerate(self._parts) if isinstance(part, Places))
            common = broadcast_shape(self._lists)
            ways[begin:begin] = [_Way(listed, size, i) for i, size in enumerate(common)]
        return tuple(ways)

    def _axis_of(self, way: int) -> int | None:
        """Return the one axis of the tensor that is gone along, None if there is none, or not one."""
        gone = self._ways[way].axes if way < len(self._ways) else ()
        is_shared = sum(other.axes == gone for other in self._ways) > 1
        return gone[0] if len(gone) == 1 and not is_shared else None

    @property
    def rows(self) -> int | None:
        """The tensor's axis that goes down; None where there is none, or not a single one."""
        return self._axis_of(1 if self.is_crosswise else 0)

    @property
    def columns(self) -> int | None:
        """The tensor's axis that goes across."""
        return self._axis_of(0 if self.is_crosswise else 1)

    @property
    def text(self) -> str:
        """The index, as NumPy writes it."""
        return ", ".join(map(written, self.index))

    def part(self, axis: int) -> Part:
        """Return what is picked of an axis."""
        return self._parts[axis]

    @property
    def is_empty(self) -> bool:
        """Whether the tensor has no elements."""
        return 0 in self.shape

    # ------------------------------------------------------------------------------------------------------- changing

    @property
    def _plain(self) -> Cut:
        """The plane, or one with as many of its places, in which each axis has a number or a way of its own."""
        gone = [axis for way in self._ways for axis in way.axes]
        is_plain = len(self.index) == len(self.shape) and len(set(gone)) == len(gone) == len(self._ways)
        if is_plain and all(way.axes for way in self._ways):
            return self
        index: list[Part] = [part if isinstance(part, int) else _WHOLE for part in self._parts]
        free = [axis for axis, part in enumerate(index) if not isinstance(part, int)]
        for axis in free[:-2]:
            index[axis] = 0
        return Cut(self.shape, tuple(index))

    def swapped(self, a: int, b: int) -> Cut:
        """Return the plane in which two axes have changed their parts: down, across, or a place."""
        plain = self._plain
        index = list(plain.index)
        fixed = [axis for axis in (a, b) if isinstance(index[axis], int)]
        if len(fixed) == 1:
            index[a], index[b] = (_WHOLE, 0) if fixed == [a] else (0, _WHOLE)
        pair = {a: b, b: a}
        found = Cut(self.shape, tuple(index))
        rows = None if plain.rows is None else pair.get(plain.rows, plain.rows)
        return replace(found, is_crosswise=found.rows != rows and found.columns == rows)

    def moved(self, axis: int, by: int) -> Cut:
        """Return the plane some places further on along an axis; it stays within."""
        at = self._parts[axis]
        if not isinstance(at, int):
            return self
        index = list(self.index)
        place = [i for i, part in enumerate(index) if per_axis((part,))][axis]
        index[place] = min(max(at + by, 0), max(self.shape[axis] - 1, 0))
        return replace(self, index=tuple(index))

    def through(self, place: tuple[int, ...]) -> Cut:
        """Return the plane with the same free axes, whole, that holds a place in the tensor."""
        plain = self._plain
        index = tuple(at if isinstance(part, int) else _WHOLE for part, at in zip(plain.index, place, strict=True))
        return Cut(self.shape, index, plain.is_crosswise)

    # -------------------------------------------------------------------------------------------------------- looking

    def plane(self, values: Array) -> Array:
        """Return the picked part of a tensor of this shape, without a copy unless places are listed."""
        if self.is_empty:
            sizes = [way.size for way in self._ways]
            return np.zeros(sizes if 0 in sizes or not sizes else (0, 0), values.dtype)
        found = values[tuple(part.array if isinstance(part, Places) else part for part in self.index)]
        return np.asarray(found).T if self.is_crosswise else np.asarray(found)

    def place(self, row: int, column: int) -> tuple[int, ...]:
        """Return where in the tensor a cell of the plane is."""
        at = (column, row) if self.is_crosswise else (row, column)
        along = {axis: at[i] for i, way in enumerate(self._ways) if way.of_lists is None for axis in way.axes}
        in_lists = tuple(at[i] for i, way in enumerate(self._ways) if way.of_lists is not None)
        common = broadcast_shape(self._lists)
        found = []
        for axis, part in enumerate(self._parts):
            if isinstance(part, int):
                found.append(part)
            elif isinstance(part, slice):
                found.append(range(*part.indices(self.shape[axis]))[along[axis]])
            else:
                found.append(int(np.broadcast_to(part.array, common)[in_lists]))
        return tuple(found)

    def row_label(self, row: int) -> int:
        """Return what a row is called: its place along the tensor's axis, or its number where that is not one axis."""
        return self._label(self.rows, row)

    def column_label(self, column: int) -> int:
        """Return what a column is called."""
        return self._label(self.columns, column)

    def _label(self, axis: int | None, at: int) -> int:
        part = self._parts[axis] if axis is not None else None
        if axis is not None and isinstance(part, slice):
            return range(*part.indices(self.shape[axis]))[at]
        if isinstance(part, Places):
            return int(np.broadcast_to(part.array, broadcast_shape(self._lists)).flat[at])
        return at

    def cell(self, place: tuple[int, ...]) -> tuple[int, int] | None:
        """Return the row and the column of a place in the tensor, None if the plane does not hold it."""
        common = broadcast_shape(self._lists)
        here = np.ones(common, bool)
        along: dict[int, int] = {}
        for axis, (part, size, at) in enumerate(zip(self._parts, self.shape, place, strict=True)):
            if isinstance(part, Places):
                here &= np.broadcast_to(part.array == at, common)
            elif isinstance(part, slice):
                places = range(*part.indices(size))
                if at not in places:
                    return None
                along[axis] = places.index(at)
            elif part != at:
                return None
        if not here.any():
            return None
        in_lists = [int(i) for i in np.unravel_index(int(here.argmax()), common)]
        found = [
            in_lists[way.of_lists] if way.of_lists is not None else along[way.axes[0]] if way.axes else 0
            for way in self._ways
        ]
        found += [0] * (2 - len(found))
        return (found[1], found[0]) if self.is_crosswise else (found[0], found[1])
