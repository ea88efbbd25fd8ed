"""Nested structures (dicts, lists and tuples) of tensors, flattened and built again. A shape is no structure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from typing import Any

from engine.core.errors import InvalidArgumentError
from engine.core.shape import TensorShape


def leaves(structure: Any) -> Iterator[Any]:
    """Yield what lies at the ends of a structure, in order; dicts by sorted key.

    Examples
    --------
    >>> list(leaves({"b": [1, (2,)], "a": 3}))
    [3, 1, 2]
    """
    if isinstance(structure, dict):
        for key in in_order(structure):
            yield from leaves(structure[key])
    elif _is_sequence(structure):
        for item in structure:
            yield from leaves(item)
    else:
        yield structure


def in_order(keys: Iterable[Any]) -> list[Any]:
    """Return keys in an order that depends on nothing else; numbers and words may be mixed."""
    return sorted(keys, key=lambda key: (type(key).__name__, key))


def _is_sequence(structure: Any) -> bool:
    return isinstance(structure, list | tuple) and not isinstance(structure, TensorShape)


def rebuild(structure: Any, values: Iterator[Any]) -> Any:
    """Return a structure like this one with other values at its ends, taken in the order of `leaves`.

    Examples
    --------
    >>> rebuild({"b": [1, (2,)], "a": 3}, iter("xyz"))
    {'b': ['y', ('z',)], 'a': 'x'}
    """
    if isinstance(structure, dict):
        made = copy(structure)  # keeps the order of the keys, and what else a kind of dict may hold
        made.update({key: rebuild(structure[key], values) for key in in_order(structure)})
        return made
    if isinstance(structure, tuple) and hasattr(structure, "_fields"):
        return type(structure)(*(rebuild(item, values) for item in structure))
    if _is_sequence(structure):
        return type(structure)(rebuild(item, values) for item in structure)
    return next(values)


def map_structure(function: Callable[[Any], Any], structure: Any) -> Any:
    """Return the structure with `function` applied at its ends.

    Examples
    --------
    >>> map_structure(abs, [-1, (-2, 3)])
    [1, (2, 3)]
    """
    return rebuild(structure, map(function, leaves(structure)))


def same_structure(a: Any, b: Any) -> bool:
    """Return whether two structures differ only in what lies at their ends.

    Examples
    --------
    >>> same_structure([1, {"a": 2}], [3, {"a": 4}]), same_structure([1], (1,))
    (True, False)
    """
    if isinstance(a, dict) or isinstance(b, dict):
        both = isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys()
        return both and all(same_structure(a[key], b[key]) for key in a)
    if _is_sequence(a) or _is_sequence(b):
        alike = type(a) is type(b) and len(a) == len(b)
        return alike and all(same_structure(x, y) for x, y in zip(a, b, strict=True))
    return True


def map_structures(function: Callable[..., Any], *structures: Any, **_unused: Any) -> Any:
    """Return the first structure with `function` applied to what lies at the same ends of all.

    Raises
    ------
    InvalidArgumentError
        If the structures differ.

    Examples
    --------
    >>> map_structures(max, [1, (5, 3)], [4, (2, 6)])
    [4, (5, 6)]
    """
    for other in structures[1:]:
        assert_same_structure(structures[0], other)
    ends = zip(*map(leaves, structures), strict=True)
    return rebuild(structures[0], (function(*values) for values in ends))


def assert_same_structure(nest1: Any, nest2: Any, check_types: bool = True, expand_composites: bool = False) -> None:
    """Raise an `InvalidArgumentError` unless two structures differ only in what lies at their ends."""
    if not same_structure(nest1, nest2):
        raise InvalidArgumentError("The structures differ: {a} and {b}.", a=repr(nest1)[:200], b=repr(nest2)[:200])


def is_nested(structure: Any) -> bool:
    """Return whether it is a list, a tuple or a dictionary.

    Examples
    --------
    >>> is_nested([1]), is_nested(1)
    (True, False)
    """
    return isinstance(structure, dict) or _is_sequence(structure)
