"""Every op, in each dtype and with bounds checks: unfused, compiled by itself, and fused with its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from calls import DTYPES, Call, calls, table, widest
from gradients import value_and_gradients, weights_of
from programs import arrays_of, assert_same, graph_of, run_graph

import engine as tf
from engine.core.op import Op
from engine.graph.graph import Graph
from engine.passes import optimise
from engine.passes.fuse import FUSED, is_elementwise, is_reduction

PAIRS = list(table(*DTYPES))
IDS = [f"{op.name}-{dtype}" for op, dtype in PAIRS]

#: How far a gradient may lie off that is summed up in another order, in units of `programs.TOLERANCE`.
REORDERED = 100


@pytest.fixture(autouse=True)
def _bounds_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRENZA_BOUNDSCHECK", "1")


def is_differentiable(call: Call) -> bool:
    """Whether floats come out that a gradient with respect to floats can be asked of."""
    return call.op.gradient is not None and bool(call.floating) and any(a.dtype.kind == "f" for a in call.reference())


def halved(x: Any) -> Any:
    """Undo `doubled`, exactly."""
    return tf.logical_not(x) if x.dtype.is_bool else x * 0.5 if x.dtype.is_floating else x - 1


def doubled(a: Any) -> Any:
    """Return the array that `halved` makes this one of."""
    return ~a if a.dtype.kind == "b" else a * a.dtype.type(2) if a.dtype.kind == "f" else a + a.dtype.type(1)


def differentiated(made: Sequence[Call], around: Callable[[Any], Any] = lambda x: x) -> Callable[..., Any]:
    """Return one function that makes all of the calls and differentiates them; `around` goes before and after each."""
    weights = [weights_of(call) for call in made]

    def program(*operands: Any) -> Any:
        given = iter(operands)
        values, slopes = [], []
        for call, weight in zip(made, weights, strict=True):
            own = [around(next(given)) for _ in call.arrays]
            found, back = value_and_gradients(call, own, weight) if is_differentiable(call) else (call.apply(own), [])
            values += map(around, found)
            slopes += [d for d in back if d is not None]
        return values, slopes

    return program


def assert_forms_agree(program: Callable[..., Any], arrays: Sequence[Any], pipeline: Any, what: str) -> Graph:
    """Hold a program, compiled after these passes, against its eager form."""
    values, slopes = program(*map(tf.constant, arrays))
    graph = graph_of(program, *arrays)
    found = run_graph(graph, arrays, *pipeline)
    assert_same(found[: len(values)], arrays_of(values), what=what)
    assert_same(found[len(values) :], arrays_of(slopes), REORDERED, what=f"{what}, gradients")
    return graph


def assert_is_fused(op: Op, graph: Graph) -> None:
    """Check that an op is part of a kernel with others, if there are kernels for it that can be."""
    nodes = optimise(graph).nodes
    bodies = [[m.op for m in n.attrs["body"].nodes if m.op.name != "placeholder"] for n in nodes if n.op is FUSED]
    own = [body for body in bodies if op in body]
    assert not [n for n in nodes if n.op is op and (is_elementwise(n) or is_reduction(n))]
    assert not own or max(map(len, own)) > 1


@pytest.mark.parametrize(("op", "dtype"), PAIRS, ids=IDS)
def test_every_form_gives_what_the_eager_one_does(op: Op, dtype: str) -> None:
    made = calls(op, dtype)
    assert_forms_agree(differentiated(made), [a for call in made for a in call.arrays], [()], "unfused")

    # each takes a kernel: what an element is does not depend on how the loops lie, which `test_fusion` goes through
    alone = made if dtype == "float32" and op.scalar is None else widest(made, 1)
    for call in alone:
        assert_same(arrays_of(tf.function(call.apply)(call.arrays)), call.reference(), what=f"compiled {call}")

    chain = widest(made, 1)
    arrays = [doubled(a) for call in chain for a in call.arrays]
    assert_is_fused(op, assert_forms_agree(differentiated(chain, halved), arrays, [], "fused"))
