"""The arguments of a kernel as machine code takes them: a row of 8 bytes each, an array in several of them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.core.dtype import Array

#: Of an array: two addresses that only Numba's own arrays have, its elements, the bytes of one, and then where it lies.
#: Of an array that each thread has for itself, the first says how far apart these lie.
_BEFORE_ADDRESS = 4


def slots(rank: int) -> int:
    """Return how many of the row an array takes: the above, its address, its sizes, and its strides in bytes."""
    return _BEFORE_ADDRESS + 1 + 2 * rank


@dataclass(frozen=True)
class Own:
    """An array of which every thread has one: here that of the first, with those of the others `apart` bytes."""

    array: Array
    apart: int


@dataclass(frozen=True)
class Row:
    """Arguments in a row.

    Parameters
    ----------
    values
        What a kernel's entry gets the address of.
    places
        Where in it the addresses of arrays are.
    """

    values: Array
    places: tuple[int, ...]


def row_of(arguments: Sequence[Array | Own | int | float]) -> Row:
    """Return arguments as a row.

    Examples
    --------
    >>> row = row_of([3, np.zeros((2, 5), np.float32)])
    >>> row.values[:5].tolist(), row.values[6:].tolist(), row.places
    ([3, 0, 0, 10, 4], [2, 5, 20, 4], (5,))
    """
    values: list[int] = []
    places: list[int] = []
    for argument in arguments:
        if isinstance(argument, int):
            values.append(argument)
        elif isinstance(argument, float):
            values.append(struct.unpack("q", struct.pack("d", argument))[0])
        else:
            array, apart = (argument.array, argument.apart) if isinstance(argument, Own) else (argument, 0)
            places.append(len(values) + _BEFORE_ADDRESS)
            values += (apart, 0, array.size, array.itemsize, address(array), *array.shape, *array.strides)
    return Row(np.array(values, np.int64), tuple(places))


def address(array: Array) -> int:
    """Return where an array's elements lie."""
    place: int = array.__array_interface__["data"][0]
    return place
