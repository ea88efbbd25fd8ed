"""The plan over time as spans: kernels in lanes, values in the blocks of memory that they lie in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from studio.run.lazy.data import Explained

#: Most lanes: beyond, a kernel takes the one in which nothing has run for longest.
MOST: Final = 8


@dataclass(frozen=True)
class Span:
    """A kernel or a value over time.

    Parameters
    ----------
    first, last
        Moments, both included.
    lane
        Of a kernel its lane; of a value the block of memory that it lies in.
    kernel
        The kernel, or the one that makes the value.
    nbytes
        Of a value; 0 for a kernel.
    """

    first: int
    last: int
    lane: int
    kernel: int
    nbytes: int = 0
    continues: bool = False


def lanes_of(program: Explained) -> list[Span]:
    """Return the kernels in lanes: one that goes on from another lies in its lane, and each branch has its own.

    Kernels of two lanes could run side by side; those of one moment do.
    """
    needed = _needed(program)
    waiting: dict[int, int] = dict.fromkeys(needed, 0)
    for sources in needed.values():
        for source in sources:
            waiting[source] += 1
    moments = {kernel.info.number: kernel.info.moment for kernel in program.kernels}
    tips: list[int] = []
    found = []
    for number, moment in moments.items():
        before = [lane for lane, tip in enumerate(tips) if moments[tip] < moment]
        own = [lane for lane in before if tips[lane] in needed[number]]
        free = [lane for lane in before if not waiting[tips[lane]]]
        for source in needed[number]:
            waiting[source] -= 1
        if own or free:
            lane = min(own or free)
        elif len(tips) < MOST or not before:
            lane = len(tips)
        else:
            lane = min(before, key=lambda lane: moments[tips[lane]])
        tips[lane : lane + 1] = [number]
        found.append(Span(moment, moment, lane, number))
    return found


def _needed(program: Explained) -> Mapping[int, set[int]]:
    """Return for each kernel those whose values it takes, be it by way of nodes that no kernel computes."""
    kernel_of = {id: kernel.info.number for kernel in program.kernels for id in kernel.members}
    sources: dict[int, set[int]] = {}
    needed: dict[int, set[int]] = {kernel.info.number: set() for kernel in program.kernels}
    for node in program.stages[-1].nodes:  # each behind those that it takes values from
        taken = set[int]().union(*(sources.get(id, ()) for id in node.inputs))
        kernel = kernel_of.get(node.id)
        if kernel is not None:
            needed[kernel] |= taken - {kernel}
        sources[node.id] = taken if kernel is None else {kernel}
    return needed


def values_of(program: Explained) -> list[Span]:
    """Return the values between kernels, in the blocks of memory that they lie in; what is given out lives on."""
    moments = [kernel.info.moment for kernel in program.kernels]
    end = max(moments, default=0) + 1
    return [
        Span(
            moments[b.first],
            end if b.last >= len(moments) else moments[b.last],
            b.block,
            b.first,
            b.nbytes,
            b.continues,
        )
        for b in program.buffers
    ]
