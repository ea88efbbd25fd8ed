"""What `while` and `for` mean in a rewritten function: Python's loops, or loops of the graph.

The functions get the bodies of a statement as closures over its names, and read and set these by `get_state` and
`set_state`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from engine.core import nest
from engine.core.dispatch import interpreter
from engine.core.errors import InvalidArgumentError
from engine.core.shape import as_shape
from engine.core.spec import TensorSpec
from engine.runtime.autograph.branches import if_stmt
from engine.runtime.autograph.iteration import Along, Counting, iteration
from engine.runtime.autograph.logic import and_, truth
from engine.runtime.autograph.values import (
    GetState,
    SetState,
    State,
    as_tensors,
    blank,
    is_data,
    is_same,
    is_symbolic,
    is_undefined,
    shown,
)
from engine.runtime.control.loops import carried, require_stable
from engine.runtime.control.part import Part
from engine.runtime.control.scans import carried_along


def while_stmt(
    test: Callable[[], Any],
    body: Callable[[], None],
    get_state: GetState,
    set_state: SetState,
    names: Sequence[str],
    options: dict[str, Any],
) -> None:
    """``while test: body``. It becomes a loop of the graph once its test depends on a tensor of the trace."""
    while True:
        before = get_state()
        holds = test()
        if is_symbolic(holds):
            set_state(before)
            _Loop(get_state, set_state, names, options).run(test, body)
            return
        if not holds:
            return
        body()


def for_stmt(
    items: Any,
    extra_test: Callable[[], Any] | None,
    body: Callable[[Any], None],
    get_state: GetState,
    set_state: SetState,
    names: Sequence[str],
    options: dict[str, Any],
) -> None:
    """``for item in items: body``, for as long as `extra_test` holds, which is how `break` is written."""
    line = iteration(items)
    if isinstance(line, Counting):
        _count(line, extra_test, body, _Loop(get_state, set_state, names, options))
    elif isinstance(line, Along) and extra_test is None:
        _Loop(get_state, set_state, names, options).along(line, body)
    elif isinstance(line, Along):
        counting = Counting(0, line.count, 1)
        _count(counting, extra_test, lambda i: body(line.at(i)), _Loop(get_state, set_state, names, options))
    else:
        _unrolled(items, extra_test, body, get_state, set_state, names)


def _unrolled(
    items: Any,
    extra_test: Callable[[], Any] | None,
    body: Callable[[Any], None],
    get_state: GetState,
    set_state: SetState,
    names: Sequence[str],
) -> None:
    """Python's own loop; a `break` that depends on a tensor leaves the rest of the rounds without effect."""
    for item in items:
        holds = True if extra_test is None else extra_test()
        if not is_symbolic(holds):
            if not holds:
                return
            body(item)
            continue
        if_stmt(holds, lambda item=item: body(item), lambda: None, get_state, set_state, names, len(names))  # type: ignore[misc]


def _count(line: Counting, extra_test: Callable[[], Any] | None, body: Callable[[Any], None], loop: _Loop) -> None:
    number = [line.start]

    def test() -> Any:
        inside = line.inside(number[0])
        return inside if extra_test is None else and_(lambda: inside, extra_test)

    def step() -> None:
        body(number[0])
        number[0] = number[0] + line.step

    outer = loop.get_state, loop.set_state
    loop.get_state = lambda: (*outer[0](), number[0])

    def set_state(values: State) -> None:
        outer[1](values[:-1])
        number[0] = values[-1]

    loop.set_state = set_state
    loop.names = (*loop.names, "the loop's counter")
    loop.run(test, step)


class _Loop:
    """A loop of the graph over the names of a rewritten statement."""

    def __init__(self, get_state: GetState, set_state: SetState, names: Sequence[str], options: dict[str, Any]) -> None:
        self.get_state = get_state
        self.set_state = set_state
        self.names = tuple(names)
        self.options = options

    def run(self, test: Callable[[], Any], body: Callable[[], None]) -> None:
        """Repeat `body` while `test` holds."""
        before = self._started(body)
        start, rebuild = self._carried(before)

        def step(*values: Any) -> list[Any]:
            self.set_state(rebuild(values))
            body()
            return self._ended(before, start)

        def check(*values: Any) -> Any:
            self.set_state(rebuild(values))
            return truth(test())

        part = Part(step, self._specs(start))
        self._require_stable(part.inputs, part.outputs, before)
        self.set_state(rebuild(carried(check, part, start, None)))

    def along(self, line: Along, body: Callable[[Any], None]) -> None:
        """Repeat `body` for each item."""
        before = self._started(lambda: body(line.at(0)))
        start, rebuild = self._carried(before)

        def step(*values: Any) -> tuple[list[Any], Any]:
            self.set_state(rebuild(values[: len(start)]))
            body(line.item(values[len(start) :]))
            return self._ended(before, start), None

        self.set_state(rebuild(carried_along(step, start, line.tensors)[0]))

    def _started(self, body: Callable[[], None]) -> State:
        """Return what the names hold before the first round: zeros where a round sets what nobody set before."""
        before = self.get_state()
        if not any(map(is_undefined, before)):
            return before
        after: list[State] = []
        start, rebuild = self._carried(before)

        def once(*values: Any) -> None:
            self.set_state(rebuild(values))
            body()
            after.append(self.get_state())

        Part(once, self._specs(start))
        self.set_state(before)
        return tuple(
            blank(new, partial(_unknown, name)) if is_undefined(old) and is_data(new) else old
            for name, old, new in zip(self.names, before, after[0], strict=True)
        )

    def _carried(self, before: State) -> tuple[list[Any], Callable[[Sequence[Any]], State]]:
        """Return the tensors that go from round to round, and how the names are made of them again."""
        moving = [is_data(value) for value in before]
        leaves = [leaf for value, moves in zip(before, moving, strict=True) if moves for leaf in nest.leaves(value)]
        tracer: Any = interpreter()
        made = as_tensors(tracer, leaves, [None] * len(leaves))
        start = [t for t in made if t is not None]

        def rebuild(tensors: Sequence[Any]) -> State:
            given = iter(tensors)
            ends = iter([None if t is None else next(given) for t in made])
            return tuple(
                nest.rebuild(value, ends) if moves else value for value, moves in zip(before, moving, strict=True)
            )

        return start, rebuild

    def _ended(self, before: State, start: Sequence[Any]) -> list[Any]:
        """Return the tensors at the end of a round."""
        tracer: Any = interpreter()
        found: list[Any] = []
        for name, old, new in zip(self.names, before, self.get_state(), strict=True):
            if not is_data(old):
                if not is_same(old, new) and not (is_undefined(old) and is_undefined(new)):
                    raise InvalidArgumentError(
                        "'{name}' holds {old} before a round of a loop and {new} after it.",
                        hint="A loop over tensors can change tensors and numbers only.",
                        op="loop",
                        name=name,
                        old=shown(old),
                        new=shown(new),
                    )
                continue
            if not is_data(new) or not nest.same_structure(old, new):
                raise InvalidArgumentError(
                    "'{name}' holds {old} before a round of a loop and {new} after it.",
                    hint="It must stay a structure of the same form.",
                    op="loop",
                    name=name,
                    old=shown(old),
                    new=shown(new),
                )
            hints = [
                start[len(found) + i].dtype for i in range(sum(1 for leaf in nest.leaves(old) if leaf is not None))
            ]
            leaves = [leaf for leaf in nest.leaves(new) if leaf is not None]
            found.extend(as_tensors(tracer, leaves, hints))
        return found

    def _specs(self, start: Sequence[Any]) -> list[TensorSpec]:
        """Return the specs of what goes from round to round, with the sizes that may change left open."""
        given = {id(value): as_shape(shape) for value, shape in self.options.get("shape_invariants", ())}
        return [TensorSpec(given.get(id(t), t.shape), t.dtype) for t in start]

    def _require_stable(self, inputs: Sequence[Any], outputs: Sequence[Any], before: State) -> None:
        counts = [sum(1 for leaf in nest.leaves(v) if leaf is not None) if is_data(v) else 0 for v in before]
        owners = [name for name, count in zip(self.names, counts, strict=True) for _ in range(count)]
        for name, old, new in zip(owners, inputs, outputs, strict=True):
            require_stable(f"variable '{name}'", old.spec, new)


def _unknown(name: str, shape: Any) -> InvalidArgumentError:
    return InvalidArgumentError(
        "'{name}' has no value before the loop, and its shape {shape} is not known.",
        hint="Give it one before the loop.",
        op="loop",
        name=name,
        shape=shape,
    )
