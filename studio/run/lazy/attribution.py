"""Whose time it is: the seconds of ops and kernels, by the nodes of the document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.run.lazy.data import Explained


def eager_by_node(program: Explained, seconds: Mapping[int, float]) -> dict[str, float]:
    """Return the seconds of each node of the document, from those of the traced ops."""
    found: dict[str, float] = {}
    for node in program.stages[0].nodes:
        if node.node and node.id in seconds:
            found[node.node] = found.get(node.node, 0.0) + seconds[node.id]
    return found


def compiled_by_node(program: Explained, seconds: Sequence[float]) -> dict[str, float]:
    """Return the seconds of each node of the document, from those of the kernels.

    A kernel that serves several has no times of its own for each: they share its time as they share its estimated cost.
    """
    homes = {node.id: node.node for node in program.stages[-1].nodes}
    found: dict[str, float] = {}
    for kernel, time in zip(program.kernels, seconds, strict=True):
        for id, share in zip(kernel.members, kernel.shares, strict=True):
            if home := homes.get(id, ""):
                found[home] = found.get(home, 0.0) + time * share
    return found
