"""Loops: a function is repeated for as long as another says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine.core import nest
from engine.core.dispatch import is_tracing
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.core.shape import as_shape
from engine.core.spec import TensorSpec
from engine.core.verbatim import Verbatim
from engine.graph import control
from engine.runtime.control.part import Part, assign, described, distinct, outer
from engine.runtime.eager import convert_to_tensor


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Sequence[Any],
    shape_invariants: Sequence[Any] | None = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    maximum_iterations: Any = None,
    name: str | None = None,
) -> Any:
    """Repeat `body` on the loop variables for as long as `cond` of them holds, and return them.

    Parameters
    ----------
    cond, body
        Functions of the loop variables; `body` returns them anew, in the same structure, with the same dtypes.
    loop_vars
        A list of tensors, or of structures of them.
    shape_invariants
        In the same structure shapes with None where a size changes from round to round.
    maximum_iterations
        At most this many rounds.

    Raises
    ------
    InvalidArgumentError
        If a loop variable changes its dtype, or its shape without saying so in `shape_invariants`.

    Examples
    --------
    >>> import engine as tf
    >>> i, total = tf.while_loop(lambda i, t: i < 5, lambda i, t: (i + 1, t + i), [0, 0])
    >>> int(total)
    10
    """
    state: Any = list(loop_vars)
    if not is_tracing():
        return _eager_loop(cond, body, state, maximum_iterations)
    if maximum_iterations is not None and not isinstance(maximum_iterations, int):
        most = convert_to_tensor(maximum_iterations)
        ended = while_loop(
            lambda number, inner: OPS["logical_and"](number < most, cond(*inner)),
            lambda number, inner: (number + 1, _as_list(body(*inner))),
            [OPS["zeros_like"](most), state],
            None if shape_invariants is None else [as_shape(()), list(shape_invariants)],
        )
        return ended[1]
    tensors = [convert_to_tensor(leaf) for leaf in nest.leaves(state)]
    shapes = [t.shape for t in tensors]
    if shape_invariants is not None:
        shapes = [as_shape(getattr(leaf, "shape", leaf)) for leaf in nest.leaves(list(shape_invariants))]
    specs = [TensorSpec(shape, t.dtype) for shape, t in zip(shapes, tensors, strict=True)]

    def of_state(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *values: function(*nest.rebuild(state, iter(values)))

    step = Part(lambda *values: _as_list(of_state(body)(*values)), specs)
    _require_same_state(state, specs, step)
    found = carried(of_state(cond), step, tensors, maximum_iterations)
    return nest.rebuild(state, iter(found))


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def carried(test: Callable[..., Any], step: Part, start: Sequence[Any], most: int | None) -> list[Any]:
    """Apply the loop of a body that was traced, and return what its state is in the end."""
    specs = [t.spec for t in step.inputs]
    check = Part(test, specs)
    if len(check.given) != 1 or check.given[0].shape.rank or not check.given[0].dtype.is_bool:
        raise InvalidArgumentError(
            "The condition of a loop gives {spec}.", hint="It must be one bool scalar.", op="while_loop",
            spec=described(check),
        )  # fmt: skip
    if check.tracer.updates:
        raise InvalidArgumentError(
            "The condition of a loop assigns to the variable '{name}'.", hint="Do that in the body.", op="while_loop",
            name=check.tracer.updates[0].name,
        )  # fmt: skip
    updates = step.tracer.updates
    known = {id(v) for v in updates}
    outside = [t for t in distinct((*step.tracer.things, *check.tracer.things)) if id(t) not in known]
    around = [*updates, *outside]
    results = control.loop.apply(
        *start,
        *outer(around),
        test=check.graph(around, check.given, ()),
        step=step.graph(around, step.given, updates),
        count=len(start) + len(updates),
        most=most,
        history=False,
    )
    assign(updates, results[len(start) :])
    return list(results[: len(start)])


def _require_same_state(state: Any, specs: Sequence[TensorSpec], step: Part) -> None:
    if not nest.same_structure(state, step.result):
        raise InvalidArgumentError(
            "The loop variables are {before}, but the body returns {after}.",
            hint="It must return them all, in the same structure.",
            op="while_loop",
            before=str(nest.rebuild(state, iter([Verbatim(str(s)) for s in specs]))),
            after=described(step),
        )
    for number, (before, after) in enumerate(zip(specs, step.outputs, strict=True)):
        require_stable(f"loop variable {number}", before, after)


def require_stable(name: str, before: TensorSpec, after: Any) -> None:
    """Refuse a loop variable that a round turns into something else.

    Raises
    ------
    InvalidArgumentError
        If its dtype or its shape is another.
    """
    spec = getattr(after, "spec", None)
    if spec is None or spec.dtype is not before.dtype:
        raise InvalidArgumentError(
            "The {name} is {before} before a round and {after} after it.",
            hint="Its dtype must stay the same: convert it with cast.",
            op="while_loop",
            name=name,
            before=str(before),
            after=str(spec),
        )
    same = len(spec.shape) == len(before.shape) and all(
        b in (None, a) for a, b in zip(spec.shape, before.shape, strict=True)
    )
    if not same:
        raise InvalidArgumentError(
            "The {name} has shape {before} before a round and {after} after it.",
            hint="Say in shape_invariants which of its sizes change, as None.",
            op="while_loop",
            name=name,
            before=before.shape,
            after=spec.shape,
        )


def _eager_loop(test: Callable[..., Any], body: Callable[..., Any], state: list[Any], most: Any) -> Any:
    state = nest.map_structure(convert_to_tensor, state)
    rounds, limit = 0, None if most is None else int(most)
    while (limit is None or rounds < limit) and bool(test(*state)):
        after = _as_list(body(*state))
        if not nest.same_structure(state, after):
            raise InvalidArgumentError(
                "The body returns {after} values for {before} loop variables.", hint="It must return them all.",
                op="while_loop", before=len(state), after=len(after),
            )  # fmt: skip
        state = nest.map_structure(convert_to_tensor, after)
        rounds += 1
    return state
