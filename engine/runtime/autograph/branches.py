"""What `if` means in a rewritten function: both ways are traced, and the graph takes one of them.

The functions get the bodies of a statement as closures over its names, and read and set these by `get_state` and
`set_state`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from engine.core import nest
from engine.core.dtype import int32
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.runtime.autograph.logic import truth
from engine.runtime.autograph.values import (
    GetState,
    SetState,
    State,
    as_tensors,
    blank,
    dtype_of,
    is_data,
    is_same,
    is_symbolic,
    is_undefined,
    shown,
)
from engine.runtime.control.branches import applied
from engine.runtime.control.part import Part


def if_exp(condition: Any, if_true: Callable[[], Any], if_false: Callable[[], Any], text: str) -> Any:
    """``if_true if condition else if_false``."""
    if not is_symbolic(condition):
        return if_true() if condition else if_false()
    return _branches(condition, [lambda: (if_true(),), lambda: (if_false(),)], [f"({text})"])[0]


def if_stmt(
    condition: Any,
    body: Callable[[], None],
    orelse: Callable[[], None],
    get_state: GetState,
    set_state: SetState,
    names: Sequence[str],
    count: int,
) -> None:
    """``if condition: body else: orelse``; the first `count` of the names are read afterwards."""
    if not is_symbolic(condition):
        (body if condition else orelse)()
        return
    before = get_state()

    def way(branch: Callable[[], None]) -> Callable[[], State]:
        def run() -> State:
            set_state(before)
            branch()
            return get_state()[:count]

        return run

    after = _branches(condition, [way(body), way(orelse)], names)
    set_state((*after, *before[count:]))


def _branches(condition: Any, ways: Sequence[Callable[[], State]], names: Sequence[str]) -> State:
    """Return what each name holds after one of two ways was taken."""
    found: list[State] = []
    parts = [Part(functools.partial(_noted, way, found)) for way in ways]
    result: list[Any] = []
    outputs: list[list[Any]] = [[], []]
    for name, a, b in zip(names, *found, strict=False):
        if is_same(a, b) or (is_undefined(a) and is_undefined(b)):
            result.append(a)
            continue
        values = _filled(name, a, b)
        if not all(map(is_data, values)) or not nest.same_structure(*values):
            raise InvalidArgumentError(
                "The two ways of an if leave different things in '{name}': {a} and {b}.",
                hint="Both must leave a tensor or a number, or structures of them that are alike.",
                op="if",
                name=name,
                a=shown(a),
                b=shown(b),
            )
        leaves = [list(nest.leaves(v)) for v in values]
        kinds = [dtype_of(x) or dtype_of(y) for x, y in zip(*leaves, strict=True)]
        made = [as_tensors(part.tracer, row, kinds) for part, row in zip(parts, leaves, strict=True)]
        for x, y in zip(*made, strict=True):
            if (x is None) != (y is None) or (x is not None and x.dtype is not y.dtype):
                raise InvalidArgumentError(
                    "After one way of an if '{name}' is {a}, after the other {b}.",
                    hint="It must have the same dtype: convert it with cast.",
                    op="if",
                    name=name,
                    a=shown(x),
                    b=shown(y),
                )
        for row, tensors in zip(outputs, made, strict=True):
            row.extend(tensors)
        result.append(_Later(values[0], len(made[0])))
    given = [[t for t in row if t is not None] for row in outputs]
    index = OPS["cast"](OPS["logical_not"](truth(condition)), int32)
    results = iter(applied(index, parts, given))
    ends = iter([None if t is None else next(results) for t in outputs[0]])
    return tuple(nest.rebuild(r.structure, ends) if isinstance(r, _Later) else r for r in result)


def _noted(way: Callable[[], State], found: list[State]) -> None:
    found.append(way())


class _Later:
    """The place of a value that the graph computes."""

    def __init__(self, structure: Any, count: int) -> None:
        self.structure = structure
        self.count = count


def _filled(name: str, a: Any, b: Any) -> tuple[Any, Any]:
    """Return both values; a return value that only one way sets is zeros after the other, which nobody reads."""
    if not is_undefined(a) and not is_undefined(b):
        return a, b
    is_result = name.startswith("retval_")
    refusal = InvalidArgumentError(
        "'{name}' gets a value in one way of an if only, and is read afterwards.",
        hint="Set it before the if, or in both ways.",
        op="if",
        name="the result" if is_result else name,
    )
    known = b if is_undefined(a) else a
    if not is_result or not is_data(known):
        raise refusal
    zeros = blank(known, lambda shape: refusal)
    return (zeros, b) if is_undefined(a) else (a, zeros)
