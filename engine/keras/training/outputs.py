"""Which loss, metric, target or weight belongs to which output: by name, by position, or one for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.core import nest
from engine.core.errors import InvalidArgumentError


def names_of(structure: Any) -> list[str] | None:
    """Return the names of outputs that are the values of a dict, in the order of `nest.leaves`; None for others.

    Examples
    --------
    >>> names_of({"b": 1, "a": 2}), names_of([1, 2])
    (['a', 'b'], None)
    """
    if not isinstance(structure, dict) or any(isinstance(v, dict | list | tuple) for v in structure.values()):
        return None
    return list(nest.leaves({key: str(key) for key in structure}))


def by_output(
    given: Any, names: Sequence[str], what: str, *, needed: Sequence[str] = (), lists: bool = False
) -> list[Any]:
    """Return what belongs to each output.

    Parameters
    ----------
    given
        A dict by output name, a list by position, or one thing for all outputs.
    what
        The argument's name, for the error text.
    needed
        The outputs that a dict has to name; None belongs to others that it does not name.
    lists
        Whether each output may have several: then a flat list belongs to the only output, if there is but one.

    Raises
    ------
    InvalidArgumentError
        If an output is unknown or missing, or the list has another length.

    Examples
    --------
    >>> by_output({"b": "mse"}, ["a", "b"], "loss"), by_output(["mse", "mae"], ["a", "b"], "loss")
    ([None, 'mse'], ['mse', 'mae'])
    >>> by_output(["mae", "mse"], ["a"], "metrics", lists=True)
    [['mae', 'mse']]
    """
    if isinstance(given, dict):
        _check_names(given, names, what, needed)
        return [given.get(name) for name in names]
    if not isinstance(given, list | tuple):
        return [given] * len(names)
    if lists and len(names) == 1 and not any(isinstance(g, list | tuple) for g in given):
        return [list(given)]
    if len(given) != len(names):
        raise InvalidArgumentError(
            "{what} has {given} entries, but the model has {count} outputs: {names}.",
            hint="Give one for each output in this order, or a dict by their names.",
            what=what,
            given=len(given),
            count=len(names),
            names=", ".join(names),
        )
    return list(given)


def _check_names(given: dict[str, Any], names: Sequence[str], what: str, needed: Sequence[str]) -> None:
    if unknown := [n for n in given if n not in names]:
        raise InvalidArgumentError(
            "{what} names the output '{name}', but the outputs are: {names}.",
            what=what,
            name=unknown[0],
            names=", ".join(names),
        )
    if missing := [n for n in needed if n not in given]:
        raise InvalidArgumentError(
            "{what} does not name the output '{name}'; the outputs are: {names}.",
            hint="Give one for each of them.",
            what=what,
            name=missing[0],
            names=", ".join(names),
        )
