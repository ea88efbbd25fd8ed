"""What an op cannot take it refuses with an InvalidArgumentError that names it, eagerly and traced alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from calls import DTYPES, Call, calls

import engine as tf
from engine.core.dtype import DTYPES as ALL_DTYPES
from engine.core.dtype import Array
from engine.core.op import DTYPE_CLASSES, OPS, Op
from engine.core.param import Param

WITH_SAMPLES = [op for op in OPS.values() if op.samples]
REFUSED = [(op, c) for op in WITH_SAMPLES for d in ("float32", "int32") for c in calls(op, d, refused=True)]
PARAMS = [(op, name) for op in WITH_SAMPLES for name, param in op.params.items() if list(param.bad_values())]


def first_call(op: Op) -> Call:
    """Return a call that works."""
    return next(call for dtype in DTYPES for call in calls(op, dtype))


def assert_refused(op: Op, call: Callable[[], Any], *words: str) -> None:
    """Assert that a call raises an InvalidArgumentError whose text names the op and holds the words."""
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        call()
    text = str(caught.value)
    assert text.startswith(op.name), text
    for word in words:
        assert word in text, (word, text)


def traced(op: Op, operands: Sequence[Any], attrs: dict[str, Any]) -> Callable[[], Any]:
    """Return the call made inside a compiled function, the operands being its arguments."""
    return lambda: tf.function(lambda *given: op.apply(*given, **attrs))(*operands)


def assert_refused_everywhere(op: Op, operands: Sequence[Array], attrs: dict[str, Any], *words: str) -> None:
    """Assert that the op refuses these operands eagerly and traced."""
    assert_refused(op, lambda: op.apply(*operands, **attrs), *words)
    assert_refused(op, traced(op, operands, attrs), *words)


@pytest.mark.parametrize(("op", "call"), REFUSED, ids=[f"{c}-{i}" for i, (_, c) in enumerate(REFUSED)])
def test_declared_refusals(op: Op, call: Call) -> None:
    assert_refused_everywhere(op, call.arrays, call.attrs)


@pytest.mark.parametrize("op", WITH_SAMPLES, ids=lambda op: op.name)
def test_operands_of_one_group_with_two_dtypes(op: Op) -> None:
    call = first_call(op)
    groups: dict[str, int] = {}
    for i in range(len(call.arrays)):
        group = op.operand(i).group
        first = groups.setdefault(group, i) if group else i
        if first == i:
            continue
        accepts = DTYPE_CLASSES[op.operand(i).dtype]
        other = next((d for d in ALL_DTYPES.values() if accepts(d) and d != call.arrays[i].dtype), None)
        if other is None:
            continue
        arrays = [*call.arrays[:i], call.arrays[i].astype(other.name), *call.arrays[i + 1 :]]
        operands = [tf.constant(a) for a in arrays]  # NumPy's arrays would take on the dtype of a tensor
        names = (op.operand_name(first), op.operand_name(i), other.name, call.arrays[i].dtype.name)
        assert_refused_everywhere(op, operands, call.attrs, *names)


@pytest.mark.parametrize("op", WITH_SAMPLES, ids=lambda op: op.name)
def test_operands_of_a_dtype_that_is_not_accepted(op: Op) -> None:
    call = first_call(op)
    for i, array in enumerate(call.arrays):
        operand = op.operand(i)
        wrong = next((d for d in ALL_DTYPES.values() if not DTYPE_CLASSES[operand.dtype](d)), None)
        if wrong is not None:
            operands = [*call.arrays[:i], array.astype(wrong.name), *call.arrays[i + 1 :]]
            assert_refused_everywhere(op, operands, call.attrs, op.operand_name(i), wrong.name, operand.dtype)


@pytest.mark.parametrize("op", [o for o in WITH_SAMPLES if o.inputs], ids=lambda op: op.name)
def test_a_missing_operand(op: Op) -> None:
    call = first_call(op)
    last = op.inputs[-1].name
    given = [] if op.variadic else list(call.arrays[:-1])
    assert_refused(op, lambda: op(*given, **{n: v for n, v in call.attrs.items() if n != last}), last)


@pytest.mark.parametrize("op", WITH_SAMPLES, ids=lambda op: op.name)
def test_operands_that_are_no_numbers(op: Op) -> None:
    call = first_call(op)
    for i in range(len(call.arrays)):
        for wrong in ("text", [[1.0], [2.0, 3.0]], object()):
            operands = [*call.arrays[:i], wrong, *call.arrays[i + 1 :]]
            for apply in (lambda o=operands: op.apply(*o, **call.attrs), traced(op, operands, call.attrs)):
                with pytest.raises(tf.errors.InvalidArgumentError, match="cannot be made a tensor"):
                    apply()


def bound(op: Op, call: Call, **changes: Any) -> Callable[[], Any]:
    """Return the call with other attributes, through the front door where they are validated."""
    operands = (list(call.arrays),) if op.variadic else call.arrays
    return lambda: op(*operands, **{**call.attrs, **changes})


@pytest.mark.parametrize("op", WITH_SAMPLES, ids=lambda op: op.name)
def test_an_unknown_parameter(op: Op) -> None:
    assert_refused(op, bound(op, first_call(op), no_such_parameter=1), "no_such_parameter")


@pytest.mark.parametrize("op", WITH_SAMPLES, ids=lambda op: op.name)
def test_one_argument_too_many(op: Op) -> None:
    count = len(op.inputs) + len(op.params) + 1
    assert_refused(op, lambda: op(*[np.zeros(1, np.float32)] * count), str(count))


@pytest.mark.parametrize(("op", "name"), PARAMS, ids=[f"{op.name}-{name}" for op, name in PARAMS])
def test_bad_values_of_a_parameter(op: Op, name: str) -> None:
    param: Param = op.params[name]
    for value in param.bad_values():
        assert_refused(op, bound(op, first_call(op), **{name: value}), name)


@pytest.mark.parametrize(("op", "name"), PARAMS, ids=[f"{op.name}-{name}" for op, name in PARAMS])
def test_a_required_parameter_that_is_missing(op: Op, name: str) -> None:
    if op.params[name].required:
        call = first_call(op)
        operands = (list(call.arrays),) if op.variadic else call.arrays
        assert_refused(op, lambda: op(*operands, **{n: v for n, v in call.attrs.items() if n != name}), name)
