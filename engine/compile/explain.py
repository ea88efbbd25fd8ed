"""A plan as data: its kernels with their costs and sources, its buffers with their lives, and what they would take."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.compile.cost import cost_of
from engine.core.spec import TensorSpec

if TYPE_CHECKING:
    from engine.compile.plan import Plan, Step


@dataclass(frozen=True)
class KernelInfo:
    """A step of a plan.

    Parameters
    ----------
    kind
        "kernel" (Numba), "BLAS", "control" or "NumPy".
    ops
        Its member ops, in order.
    origins
        The layers or nodes that they come from.
    outputs
        Shapes and dtypes of what it writes.
    flops, nbytes
        Floating-point operations of a run, by an estimate, None where there is none; and bytes that it reads and
        writes.
    moment
        When it runs: kernels of one moment run side by side.
    parts
        In how many parts it does its work, which threads share.
    source
        Its Python source, if it was generated.
    seconds
        Median of its measured times, if the plan was profiled.
    """

    number: int
    moment: int
    kind: str
    ops: tuple[str, ...]
    origins: tuple[str, ...]
    outputs: tuple[TensorSpec, ...]
    flops: int | None
    nbytes: int
    parts: int
    source: str | None
    seconds: float | None

    @property
    def name(self) -> str:
        """Names of the ops in it."""
        return " + ".join(self.ops)

    def __str__(self) -> str:
        given = ", ".join(map(str, self.outputs))
        time = "" if self.seconds is None else f", {self.seconds * 1e6:.1f} µs"
        return f"{self.number:3d}  {self.kind:6s}  {self.name}  ->  {given}  ({self.nbytes:,} bytes{time})"


@dataclass(frozen=True)
class BufferInfo:
    """A value between two steps.

    Parameters
    ----------
    block
        Number of the memory it lies in, which it shares with values of other times.
    first, last
        Numbers of the steps that write it and that need it last.
    continues
        Whether it is written over the value that lay there before.
    """

    block: int
    nbytes: int
    first: int
    last: int
    continues: bool


@dataclass(frozen=True)
class Explanation:
    """What a plan does, and what it needs.

    Parameters
    ----------
    nbytes
        Bytes of all buffers.
    separate_nbytes
        Bytes that they would take if none was used twice.
    scratch_nbytes
        Bytes that kernels work in beside these.
    """

    kernels: tuple[KernelInfo, ...]
    buffers: tuple[BufferInfo, ...]
    nbytes: int
    separate_nbytes: int
    scratch_nbytes: int

    @property
    def seconds(self) -> float | None:
        """Sum of the measured times, if the plan was profiled."""
        times = [k.seconds for k in self.kernels if k.seconds is not None]
        return sum(times) if times else None

    def __str__(self) -> str:
        count = len(self.kernels)
        head = f"{count} step{'s' * (count != 1)}, {self.nbytes:,} bytes of buffers"
        return "\n".join([head, *map(str, self.kernels)])


def explain(plan: Plan, profile: int = 0) -> Explanation:
    """Return what a plan does; `profile` times it is run to measure its kernels, with what its inputs hold now."""
    times: dict[int, list[float]] = {}

    def watch(step: Step, seconds: float) -> None:
        times.setdefault(id(step), []).append(seconds)

    for _ in range(profile):
        plan.run(watch)
    kernels = tuple(
        _kernel(plan, number, step, statistics.median(times[id(step)]) if times else None)
        for number, step in enumerate(plan.steps)
    )
    place = {step.node: number for number, step in enumerate(plan.steps)}
    buffers = []
    for value, life in plan.lifetimes.items():
        first = place[value.node]
        last = len(plan.steps) if plan.is_given(value) else max((place[n] for n in plan.readers(value)), default=first)
        buffers.append(BufferInfo(plan.block_of[value], life.nbytes, first, last, life.continues is not None))
    return Explanation(kernels, tuple(buffers), plan.nbytes, sum(b.nbytes for b in buffers), plan.scratch_nbytes)


def _kernel(plan: Plan, number: int, step: Step, seconds: float | None) -> KernelInfo:
    cost = cost_of(step.node)
    body = step.node.attrs.get("body")
    nodes = [n for n in body.nodes if n.op.name != "placeholder"] if body is not None else [step.node]
    return KernelInfo(
        number=number,
        moment=plan.moment(number),
        kind=step.choice.kind,
        ops=tuple(n.op.name for n in nodes),
        origins=tuple(dict.fromkeys(n.origin for n in nodes if n.origin)),
        outputs=step.node.specs,
        flops=cost.flops,
        nbytes=step.nbytes,
        parts=step.parts,
        source=None if step.source is None else step.source.text,
        seconds=seconds,
    )
