"""With bounds checks a kernel that reaches beyond an array is caught, whichever way it does so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from programs import graph_of

import engine as tf
from engine.compile.plan import Plan
from engine.core.op import Kernel, Op, Operand
from engine.core.spec import TensorSpec
from engine.graph.graph import Graph, input_node, make
from engine.ops.loops import copy_run, gemm
from engine.passes import optimise

X = np.arange(6, dtype=np.float64)


def reads_beyond(x, out):
    for i in range(out.size):
        out[i] = x[i + 1]


def writes_beyond(x, out):
    for i in range(x.size + 1):
        out[i] = x[0]


def helper_reads_beyond(x, out):
    copy_run(out, 0, x, 1, out.size)


def product_reads_beyond(x, out):
    gemm(False, False, 2, 3, 1, x, 5, 1, x, 0, 3, 0.0, out, 0, 3)


def product_writes_beyond(x, out):
    gemm(False, False, 2, 3, 1, x, 0, 1, x, 0, 3, 0.0, out, 1, 3)


def rows_of_a_product_overlap(x, out):
    gemm(False, True, 2, 3, 1, x, 0, 1, x, 0, 1, 0.0, out, 0, 2)


def product_within(x, out):
    gemm(True, False, 2, 3, 1, x, 4, 2, x, 3, 3, 0.0, out, 0, 3)


def plan_of(code: Callable[..., None]) -> Plan:
    """Return the plan of an op that a kernel computes, and computes wrongly."""
    op = Op(
        name=f"bounds_{code.__name__}",
        summary="An op for tests.",
        inputs=(Operand("x"),),
        infer=lambda x: x,
        reference=np.copy,
        kernel=Kernel(code, lambda inputs, outputs, attrs: (*inputs, *outputs), helpers=(copy_run,)),
    )
    x = input_node(TensorSpec(X.shape, X.dtype))
    y = make(op, x.outputs, {})
    plan = Plan(Graph(x.outputs, (x, y), y.outputs))
    plan.bind(0, X)
    return plan


@pytest.fixture(autouse=True)
def _bounds_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRENZA_BOUNDSCHECK", "1")


@pytest.mark.parametrize(
    "code",
    [
        reads_beyond,
        writes_beyond,
        helper_reads_beyond,
        product_reads_beyond,
        product_writes_beyond,
        rows_of_a_product_overlap,
    ],
)
def test_a_kernel_written_by_hand_is_caught(code: Callable[..., None]) -> None:
    with pytest.raises(tf.errors.EngineError, match=f"bounds_{code.__name__}: Its kernel failed"):
        plan_of(code).run()


def test_a_product_within_its_arrays_is_let_through() -> None:
    plan = plan_of(product_within)
    plan.run()
    assert plan.output(0).tolist() == [12.0, 16.0, 20.0, 15.0, 20.0, 25.0]


@pytest.mark.parametrize("short", [1, -1])
def test_a_fused_kernel_is_caught(short: int) -> None:
    plan = Plan(optimise(graph_of(lambda x: tf.exp(x) + 1.0, X)))
    plan.run()
    arguments: list[Any] = list(plan.steps[0].arguments)
    arguments[short] = np.zeros(X.size - 1)
    plan._score.write(0, arguments, {})
    with pytest.raises(tf.errors.EngineError, match=r"exp \+ add: Its kernel failed"):
        plan.run()


def test_kernels_as_shipped_do_without(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = []
    for given in ("1", ""):
        monkeypatch.setenv("TRENZA_BOUNDSCHECK", given)
        texts += [s.source.text for s in plan_of(product_within).steps if s.source is not None]
    assert [("boundscheck=True" in t, "checked_gemm" in t) for t in texts] == [(True, True), (False, False)]
