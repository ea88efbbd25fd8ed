"""What this machine can do, measured once with the engine's own kernels: how fast it multiplies, reads and writes."""

from __future__ import annotations

import time
from functools import cache
from typing import Any, Final

import numpy as np

from engine.compile.plan import Plan
from engine.compile.team import use_threads
from engine.core.op import OPS
from engine.core.processors import available
from engine.core.spec import TensorSpec
from engine.graph.graph import Graph, input_node, make
from engine.passes import optimise
from engine.runtime.threads import narrow_blas
from studio.run.lazy.data import Peaks

#: Elements a side of the matrices: 2.1 GFLOP, some 30 ms on two processors of 2020.
_SIDE: Final = 1024
#: Elements of the arrays that are added: far beyond any cache, and well within the second one.
_FAR, _NEAR = 1 << 23, 1 << 14
#: The best of so many runs counts: what keeps a run up says nothing of the machine.
_RUNS: Final = 5


@cache
def peaks() -> Peaks:
    """Return what this machine can do. The first call measures it, for some 0.3 s."""
    narrow_blas()
    use_threads(available())
    flops = 2 * _SIDE**3 / _seconds("matmul", (_SIDE, _SIDE), 1, transpose_a=False, transpose_b=False)
    memory, cached = (3 * 4 * n / _seconds("add", (n,), many) for n, many in ((_FAR, 1), (_NEAR, 200)))
    return Peaks(flops, memory, max(cached, memory), available())


def _seconds(op: str, shape: tuple[int, ...], many: int, **attrs: Any) -> float:
    """Return the seconds of an op on two arrays of a shape: the best of some runs, each of so many times."""
    a, b = (input_node(TensorSpec(shape, "float32")) for _ in range(2))
    node = make(OPS[op], (a.outputs[0], b.outputs[0]), attrs)
    plan = Plan(optimise(Graph((a.outputs[0], b.outputs[0]), (a, b, node), node.outputs)))
    for i in range(2):
        plan.bind(i, np.ones(shape, np.float32))
    plan.run()
    best = float("inf")
    for _ in range(_RUNS):
        begin = time.perf_counter()
        for _ in range(many):
            plan.run()
        best = min(best, (time.perf_counter() - begin) / many)
    return best
