"""What a record says of itself: enough for the palette, the editor and the help, and its example is true."""

from __future__ import annotations

import doctest
import inspect
import pickle

import pytest
from calls import calls

import engine as tf
from engine.core.dtype import as_dtype
from engine.core.op import DTYPE_CLASSES, OPS, Op
from engine.ops.scalar import Expr

ALL = list(OPS.values())
PUBLIC = [op for op in ALL if not op.internal]


@pytest.mark.parametrize("op", PUBLIC, ids=lambda op: op.name)
def test_a_public_op_is_at_the_top_and_has_a_family_an_example_and_samples(op: Op) -> None:
    assert inspect.unwrap(getattr(tf, op.name)) is op  # a shorter way to call it may stand in front
    assert op.name in tf.__all__
    assert op.family
    assert op.example
    assert op.samples


@pytest.mark.parametrize("op", ALL, ids=lambda op: op.name)
def test_an_op_is_documented(op: Op) -> None:
    assert op.summary.endswith(".")
    assert "\n" not in op.summary
    assert op.__doc__ is not None
    for name in [operand.name for operand in op.inputs] + list(op.params):
        assert f"{name} : " in op.__doc__
    assert [name for name, param in op.params.items() if not param.help] == []


@pytest.mark.parametrize("op", [o for o in ALL if o.example], ids=lambda op: op.name)
def test_the_example_is_true(op: Op) -> None:
    assert op.example.startswith(">>>")
    test = doctest.DocTestParser().get_doctest(op.example, {"tf": tf}, op.name, None, None)
    runner = doctest.DocTestRunner(verbose=False)
    report: list[str] = []
    runner.run(test, out=report.append)
    assert runner.failures == 0, "".join(report)


@pytest.mark.parametrize("op", ALL, ids=lambda op: op.name)
def test_an_op_travels_between_processes_by_name(op: Op) -> None:
    assert pickle.loads(pickle.dumps(op)) is op


@pytest.mark.parametrize("op", ALL, ids=lambda op: op.name)
def test_defaults_are_valid(op: Op) -> None:
    for name, param in op.params.items():
        if not param.required:
            assert param.validate(param.default, name, op.name) == param.default


@pytest.mark.parametrize("op", [o for o in ALL if o.scalar], ids=lambda op: op.name)
def test_the_scalar_form_has_the_dtype_that_is_inferred(op: Op) -> None:
    if op.scalar is None or not op.samples:
        return
    for dtype in ("float32", "bool"):
        if all(DTYPE_CLASSES[o.dtype](as_dtype(dtype)) for o in op.inputs):
            attrs = op.bind([0] * len(op.inputs), op.samples[0].attrs)[1]
            specs = [tf.TensorSpec([2], dtype)] * len(op.inputs)
            found = op.scalar(*[Expr("input", (str(i),), as_dtype(dtype)) for i in range(len(specs))], **attrs)
            assert found.dtype is op.specs(specs, attrs)[0].dtype


@pytest.mark.parametrize("op", [o for o in ALL if o.kernel and o.multiply_adds is None], ids=lambda op: op.name)
def test_a_kernel_written_by_hand_says_how_much_arithmetic_it_does(op: Op) -> None:
    assert op.arithmetic is not None
    for call in calls(op, "float32"):
        assert op.arithmetic(call.specs, op.specs(call.specs, call.attrs), **call.attrs) >= 0
