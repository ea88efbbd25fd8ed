"""Branches: one of several functions runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.core import nest
from engine.core.dtype import int32
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.graph import control
from engine.graph.trace import SymbolicTensor
from engine.runtime.control.part import Part, assign, described, distinct, outer, rebuilt
from engine.runtime.eager import convert_to_tensor


def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any], name: str | None = None) -> Any:
    """Return `true_fn()` if `pred` holds, else `false_fn()`; only the one that is chosen runs.

    Parameters
    ----------
    pred
        A scalar of truth.
    true_fn, false_fn
        Functions without arguments, with results of the same structure and dtypes.

    Raises
    ------
    InvalidArgumentError
        If `pred` is no scalar of truth, or the results differ.

    Examples
    --------
    >>> import engine as tf
    >>> @tf.function
    ... def size(x):
    ...     return tf.cond(x > 0.0, lambda: x, lambda: -x)
    >>> float(size(tf.constant(-3.0)))
    3.0
    """
    if isinstance(pred, bool | np.bool_):
        return true_fn() if pred else false_fn()
    pred = convert_to_tensor(pred)
    if pred.shape.rank or not pred.dtype.is_bool:
        raise InvalidArgumentError(
            "pred is {spec}.", hint="It must be a bool scalar: reduce it with reduce_all or reduce_any.", op="cond",
            spec=str(pred.spec),
        )  # fmt: skip
    if not isinstance(pred, SymbolicTensor):
        return true_fn() if bool(pred) else false_fn()
    return _choose(OPS["cast"](OPS["logical_not"](pred), int32), [true_fn, false_fn], ["true_fn", "false_fn"], "cond")


def _choose(index: Any, functions: Sequence[Callable[[], Any]], names: Sequence[str], op: str) -> Any:
    parts = [Part(f) for f in functions]
    for name, part in zip(names[1:], parts[1:], strict=True):
        _require_alike(parts[0], part, names[0], name, op)
    return rebuilt(parts[0], applied(index, parts, [p.given for p in parts]))


def applied(index: Any, parts: Sequence[Part], outputs: Sequence[Sequence[Any]]) -> list[Any]:
    """Apply the choice between branches that were traced, and return what the one that is chosen gives.

    Parameters
    ----------
    index
        An int32 scalar: the number of the branch.
    outputs
        For each branch its tensors.
    """
    updates = distinct(v for p in parts for v in p.tracer.updates)
    for part in parts:  # every branch says what becomes of every variable that one of them changes
        for variable in updates:
            part.tracer.read(variable)
    outside = distinct(thing for p in parts for thing in p.tracer.things)
    graphs = tuple(p.graph(outside, given, updates) for p, given in zip(parts, outputs, strict=True))
    results = control.switch.apply(index, *outer(outside), branches=graphs)
    count = len(outputs[0])
    assign(updates, results[count:])
    return list(results[:count])


def _require_alike(a: Part, b: Part, first: str, second: str, op: str) -> None:
    same = nest.same_structure(a.result, b.result)
    kinds = [[None if t is None else t.dtype for t in p.outputs] for p in (a, b)]
    if same and kinds[0] == kinds[1]:
        return
    raise InvalidArgumentError(
        "{first} returns {a} and {second} returns {b}.",
        hint="All ways must return the same structure, with the same dtypes.",
        op=op,
        first=first,
        second=second,
        a=described(a),
        b=described(b),
    )


def switch_case(
    branch_index: Any, branch_fns: Any, default: Callable[[], Any] | None = None, name: str | None = None
) -> Any:
    """Return the result of the function with the given number; of the default, or the last one, if there is none.

    Parameters
    ----------
    branch_index
        An int32 scalar.
    branch_fns
        A list of functions without arguments, or a dict or a list of pairs that numbers them.

    Examples
    --------
    >>> import engine as tf
    >>> float(tf.switch_case(tf.constant(1), [lambda: tf.constant(1.0), lambda: tf.constant(2.0)]))
    2.0
    """
    pairs = list(branch_fns.items()) if isinstance(branch_fns, dict) else list(branch_fns)
    if pairs and isinstance(pairs[0], tuple):
        table = {int(number): function for number, function in pairs}
    else:
        table = dict(enumerate(pairs))
    if not table or any(number < 0 for number in table):
        raise InvalidArgumentError(
            "branch_fns is {given}.", hint="It takes functions with numbers from 0 on.", op="switch_case",
            given=sorted(table),
        )  # fmt: skip
    last = default or table[max(table)]
    functions = [table.get(number, last) for number in range(max(table) + 1)] + [last]
    index = convert_to_tensor(branch_index)
    if not isinstance(index, SymbolicTensor):
        number = int(index)
        return functions[number if 0 <= number < len(functions) else -1]()
    index = index if index.dtype is int32 else OPS["cast"](index, int32)
    return _choose(index, functions, [f"branch {i}" for i in range(len(functions))], "switch_case")


def case(
    pred_fn_pairs: Any,
    default: Callable[[], Any] | None = None,
    exclusive: bool = False,
    strict: bool = False,
    name: str | None = None,
) -> Any:
    """Return the result of the first function whose condition holds; of the default, or the last one, if none does.

    Examples
    --------
    >>> import engine as tf
    >>> x = tf.constant(3.0)
    >>> float(tf.case([(x < 1.0, lambda: x), (x < 5.0, lambda: x * 10.0)], default=lambda: -x))
    30.0
    """
    pairs = list(pred_fn_pairs.items()) if isinstance(pred_fn_pairs, dict) else list(pred_fn_pairs)
    if not pairs:
        raise InvalidArgumentError("There is nothing to choose from.", hint="Give pairs.", op="case")
    rest = default if default is not None else pairs.pop()[1]
    for pred, function in reversed(pairs):
        rest = (lambda p, f, other: lambda: cond(p, f, other))(
            pred.deref() if hasattr(pred, "deref") else pred, function, rest
        )
    return rest()
