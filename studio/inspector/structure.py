"""Tensors with a structure of their own: sparse ones, of which only some elements are kept, and ragged ones.

They travel as one record each, an array of rank 0 with these fields: a sparse one "values", "indices" and "shape", a
ragged one "values" and "row_splits", which says where each row begins and where the last one ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from engine.core.dtype import Array


def sparse(values: Any, indices: Any, shape: Sequence[int]) -> Array:
    """Return a sparse tensor as a record.

    Examples
    --------
    >>> record = sparse([1.0, 2.0], [[0, 1], [2, 0]], (3, 2))
    >>> record["indices"].tolist(), record["shape"].tolist()
    ([[0, 1], [2, 0]], [3, 2])
    """
    values, indices = np.asarray(values), np.asarray(indices, np.int64).reshape(len(values), len(shape))
    return _record(values=values, indices=indices, shape=np.asarray(shape, np.int64))


def ragged(values: Any, row_splits: Sequence[int]) -> Array:
    """Return a ragged tensor as a record.

    Examples
    --------
    >>> [row.tolist() for row in rows(ragged([1, 2, 3], [0, 2, 2, 3]))]
    [[1, 2], [], [3]]
    """
    return _record(values=np.asarray(values), row_splits=np.asarray(row_splits, np.int64))


def _record(**fields: Array) -> Array:
    record = np.zeros((), [(name, part.dtype, part.shape) for name, part in fields.items()])
    for name, part in fields.items():
        record[name] = part
    return record


def rows(record: Array) -> list[Array]:
    """Return the rows of a ragged tensor."""
    splits, values = record["row_splits"], record["values"]
    return [values[start:stop] for start, stop in pairwise(splits)]


def dense(record: Array) -> Array:
    """Return a sparse tensor with all its elements; entries at one place add up.

    Examples
    --------
    >>> dense(sparse([1, 2, 3], [[0, 1], [1, 0], [1, 0]], (2, 2))).tolist()
    [[0, 1], [5, 0]]
    """
    found = np.zeros(tuple(record["shape"]), record["values"].dtype)
    np.add.at(found, tuple(record["indices"].T), record["values"])
    return found
