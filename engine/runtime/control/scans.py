"""Scans: a function goes along the first axis of tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine.core import nest
from engine.core.dispatch import is_tracing
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.core.spec import TensorSpec
from engine.graph import control
from engine.runtime.control.loops import require_stable
from engine.runtime.control.part import Part, assign, outer
from engine.runtime.eager import convert_to_tensor


def carried_along(
    function: Callable[..., tuple[Any, Any]], state: Sequence[Any], items: Sequence[Any], reverse: bool = False
) -> tuple[list[Any], Any]:
    """Carry a state along the first axis of tensors, in a trace.

    Parameters
    ----------
    function
        Of the tensors of the state and a slice of each item; returns the state anew, as a list, and a structure.

    Returns
    -------
    tuple
        The state in the end, and the structures stacked to one.
    """
    slices = [TensorSpec(t.shape[1:], t.dtype) for t in items]
    step = Part(lambda *values: _pair(function(*values)), [*(t.spec for t in state), *slices])
    for number, (before, after) in enumerate(zip(state, step.outputs[: len(state)], strict=True)):
        require_stable(f"loop variable {number}", before.spec, after)
    updates = step.tracer.updates
    known = {id(v) for v in updates}
    outside = [t for t in step.tracer.things if id(t) not in known]
    inputs, count = step.inputs, len(state)
    states = [*inputs[:count], *[step.tracer.taken(v) for v in updates]]
    rest = [step.tracer.taken(t) for t in outside]
    ends = [*step.given[:count], *[step.tracer.read(v) for v in updates]]
    pieces = [t for t in step.outputs[count:] if t is not None]
    results = control.scan.apply(
        *state,
        *outer(updates),
        *items,
        *outer(outside),
        step=step.tracer.part([*states, *inputs[count:], *rest], [*ends, *pieces]),
        count=len(states),
        along=len(items),
        length=None,
        reverse=reverse,
    )
    assign(updates, results[count : len(states)])
    stacked = iter(results[len(states) :])
    parts = iter([None if t is None else next(stacked) for t in step.outputs[count:]])
    return list(results[:count]), nest.rebuild(step.result[1], parts)


def _pair(result: tuple[Any, Any]) -> tuple[list[Any], Any]:
    return list(result[0]), result[1]


def _elements(elems: Any, op: str) -> list[Any]:
    tensors = [convert_to_tensor(leaf) for leaf in nest.leaves(elems)]
    for tensor in tensors:
        if not tensor.shape.rank:
            raise InvalidArgumentError("elems holds a scalar, which has no axis to go along.", op=op)
    return tensors


def _count_of(items: Sequence[Any], op: str) -> int:
    sizes = {len(t) for t in items}
    if len(sizes) != 1:
        raise InvalidArgumentError(
            "The tensors to go along differ in their first axis: {sizes}.", op=op, sizes=sorted(sizes)
        )
    return sizes.pop()


def _stacked(rows: Sequence[Any]) -> Any:
    columns = zip(*[list(nest.leaves(row)) for row in rows], strict=True)
    return nest.rebuild(rows[0], iter([OPS["stack"](list(column)) for column in columns]))


def scan(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
) -> Any:
    """Return what `fn` makes of its last result and each slice of `elems` in turn, stacked.

    Parameters
    ----------
    fn
        ``fn(accumulated, element)`` returns what is accumulated next.
    elems
        Tensors with one first axis, in any structure.
    initializer
        What is accumulated at first; without it, the first element.
    reverse
        Go from the last element to the first; the results keep their places.

    Examples
    --------
    >>> import engine as tf
    >>> tf.scan(lambda total, x: total + x, tf.constant([1, 2, 3])).numpy()
    array([1, 3, 6], dtype=int32)
    """
    items = _elements(elems, "scan")
    first = None
    if initializer is None:
        edge = -1 if reverse else 0
        first = initializer = nest.rebuild(elems, iter([t[edge] for t in items]))
        items = [t[:-1] if reverse else t[1:] for t in items]
    start = nest.map_structure(convert_to_tensor, initializer)

    def step(state: Any, slices: Sequence[Any]) -> Any:
        return nest.map_structure(convert_to_tensor, fn(state, nest.rebuild(elems, iter(slices))))

    if is_tracing():
        count = len(list(nest.leaves(start)))

        def function(*values: Any) -> tuple[Any, Any]:
            found = step(nest.rebuild(start, iter(values[:count])), values[count:])
            return list(nest.leaves(found)), found

        _, stacked = carried_along(function, list(nest.leaves(start)), items, reverse)
    else:
        rows: list[Any] = []
        state = start
        numbers = range(_count_of(items, "scan"))
        for number in reversed(numbers) if reverse else numbers:
            state = step(state, [t[number] for t in items])
            rows.append(state)
        if not rows:
            return _with_first(first, nest.map_structure(lambda t: OPS["expand_dims"](t, 0)[:0], start), reverse)
        stacked = _stacked(rows[::-1] if reverse else rows)
    return _with_first(first, stacked, reverse)


def _with_first(first: Any, stacked: Any, reverse: bool) -> Any:
    if first is None:
        return stacked
    pairs = zip(nest.leaves(first), nest.leaves(stacked), strict=True)
    joined = [
        OPS["concat"]([s, OPS["expand_dims"](f, 0)] if reverse else [OPS["expand_dims"](f, 0), s], axis=0)
        for f, s in pairs
    ]
    return nest.rebuild(first, iter(joined))


def map_fn(
    fn: Callable[[Any], Any],
    elems: Any,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
    fn_output_signature: Any = None,
) -> Any:
    """Return what `fn` makes of each slice of `elems` along the first axis, stacked.

    Examples
    --------
    >>> import engine as tf
    >>> tf.map_fn(lambda x: x * x, tf.constant([1, 2, 3])).numpy()
    array([1, 4, 9], dtype=int32)
    """
    items = _elements(elems, "map_fn")

    def of_slices(*slices: Any) -> Any:
        return nest.map_structure(convert_to_tensor, fn(nest.rebuild(elems, iter(slices))))

    if is_tracing():
        return carried_along(lambda *slices: ([], of_slices(*slices)), [], items)[1]
    rows = [of_slices(*[t[number] for t in items]) for number in range(_count_of(items, "map_fn"))]
    if rows:
        return _stacked(rows)
    raise InvalidArgumentError(
        "There are no elements, so the shape of the result is not known.", hint="Run it in a function.", op="map_fn"
    )


def foldl(fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """Return the last of what `scan` returns.

    Examples
    --------
    >>> import engine as tf
    >>> int(tf.foldl(lambda total, x: total * 10 + x, tf.constant([1, 2, 3])))
    123
    """
    return nest.map_structure(lambda t: t[-1], scan(fn, elems, initializer))


def foldr(fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """Return what `foldl` returns if it goes from the last element to the first.

    Examples
    --------
    >>> import engine as tf
    >>> int(tf.foldr(lambda total, x: total * 10 + x, tf.constant([1, 2, 3])))
    321
    """
    return nest.map_structure(lambda t: t[0], scan(fn, elems, initializer, reverse=True))


def vectorized_map(fn: Callable[[Any], Any], elems: Any) -> Any:
    """Return what `map_fn` returns.

    Examples
    --------
    >>> import engine as tf
    >>> tf.vectorized_map(lambda x: x + 1, tf.constant([1, 2])).numpy()
    array([2, 3], dtype=int32)
    """
    return map_fn(fn, elems)
