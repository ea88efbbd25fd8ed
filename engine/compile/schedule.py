"""When each node runs: one after the other, and those at one time that are large and do not depend on each other."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import islice
from typing import Final

from engine.graph.graph import Node

#: Nodes of fewer seconds do not run beside others: telling another thread takes 1 to 2 µs, and 50 if it sleeps.
BRANCH_SECONDS: Final = 20e-6
#: Nodes run side by side if that takes no more than this share of the time that they would take otherwise.
_WORTH: Final = 0.8
#: So many of the large nodes that come next are looked at for company.
_AHEAD: Final = 32

Moment = tuple[Node, ...]


def schedule(
    order: Sequence[Node], seconds: Callable[[Node], float | None], parts: Callable[[Node], int], threads: int
) -> list[Moment]:
    """Return the nodes in an order in which they can run, those together that run side by side.

    Which ones do has no influence on results: each does its work in the same parts as it would alone.

    Parameters
    ----------
    order
        One in which they can run.
    seconds
        An estimate of a node's time on one thread; None for one that stays at its place, such as what prints.
    parts
        In how many parts a node's work is done, which threads share if it runs alone.
    threads
        How many there are.
    """
    if threads == 1:
        return [(node,) for node in order]
    place = {node: number for number, node in enumerate(order)}
    producers = {node: {v.node for v in node.inputs if v.node in place} for node in order}
    times = {node: seconds(node) for node in order}
    large = deque(node for node, time in times.items() if time is not None and time >= BRANCH_SECONDS)
    done: set[Node] = set()
    moments: list[Moment] = []

    def run(*nodes: Node) -> None:
        moments.append(nodes)
        done.update(nodes)

    for node in order:
        if node in done:
            continue
        together, before = [node], set[Node]()
        while large and large[0] in done:
            large.popleft()
        if large and node is large[0]:
            for other in islice(large, 1, _AHEAD):
                missing = None if other in done else _missing(other, producers, done, times)
                if missing is not None:
                    together.append(other)
                    before |= missing
        if len(together) > 1 and _pays([(times[n] or 0.0, parts(n)) for n in together], threads):
            for light in sorted(before, key=place.__getitem__):
                run(light)
            run(*together)
        else:
            run(node)
    return moments


def _missing(
    node: Node, producers: Mapping[Node, set[Node]], done: Collection[Node], times: Mapping[Node, float | None]
) -> set[Node] | None:
    """Return the small nodes that have to run before this one; None if others have to, which it must wait for."""
    found: set[Node] = set()
    waiting = [*producers[node]]
    while waiting:
        producer = waiting.pop()
        if producer in done or producer in found:
            continue
        time = times[producer]
        if time is None or time >= BRANCH_SECONDS:
            return None
        found.add(producer)
        waiting += producers[producer]
    return found


def _pays(work: Sequence[tuple[float, int]], threads: int) -> bool:
    """Whether it is worth it to run nodes of so many seconds, in so many parts, side by side."""
    alone = sum(seconds * math.ceil(parts / threads) / parts for seconds, parts in work)
    busy = [0.0] * threads
    for seconds, _ in sorted(work, reverse=True):
        busy[busy.index(min(busy))] += seconds
    return max(busy) <= _WORTH * alone
