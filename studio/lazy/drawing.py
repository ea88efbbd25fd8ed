"""A stage of a program as it is drawn: boxes with their looks, wires, kernels, and what was there before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from engine.core.dtype import Array
from studio.document.box import Box
from studio.lazy.places import Places, gone_from
from studio.lazy.words import phase_look, title_of
from studio.run.lazy.data import Explained, OpNode

State = Literal["same", "made", "gone"]


@dataclass(frozen=True)
class Drawn:
    """A node: what it is called, what its value is like, the token of its colour, its sign, and how it stands to the
    stage before.
    """

    node: OpNode
    title: str
    token: str
    sign: str
    state: State


@dataclass(frozen=True)
class Drawing:
    """A stage.

    Parameters
    ----------
    nodes
        In the order of `boxes`.
    boxes
        Left, top, width and height of each node.
    wires
        Rows of two: places in `nodes`.
    links
        The same, from what is gone to what has become of it.
    frames
        The kernels of several ops: their boxes, by their numbers in the stage.
    """

    nodes: tuple[Drawn, ...] = ()
    boxes: Array = field(default_factory=lambda: np.zeros((0, 4)))
    wires: Array = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    links: Array = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    frames: Mapping[int, Box] = field(default_factory=dict)

    @cached_property
    def place(self) -> dict[int, int]:
        """The place of each node by its number."""
        return {drawn.node.id: i for i, drawn in enumerate(self.nodes)}

    def at(self, x: float, y: float) -> int | None:
        """Return the number of the node at a point, None if there is none."""
        left, top, width, height = self.boxes.T
        hits = np.flatnonzero((left <= x) & (x <= left + width) & (top <= y) & (y <= top + height))
        return self.nodes[hits[-1]].node.id if len(hits) else None


def drawing_of(program: Explained, number: int, places: Places, frames: Mapping[int, Box]) -> Drawing:
    """Return how a stage is drawn, its nodes at these places."""
    stage = program.stages[number]
    before = program.stages[number - 1] if number else None
    nodes = [_drawn(node, "made" if stage.sources_of(node.id) != (node.id,) else "same") for node in stage.nodes]
    if not number:
        nodes = [_drawn(node, "same") for node in stage.nodes]
    lost: Collection[int] = gone_from(before, stage) if before is not None else ()
    known = {node.id: node for node in before.nodes} if before is not None else {}
    nodes += [_drawn(known[id], "gone") for id in lost if id in places]
    nodes = [drawn for drawn in nodes if drawn.node.id in places]
    place = {drawn.node.id: i for i, drawn in enumerate(nodes)}
    wires = [(place[a], place[n.id]) for n in stage.nodes for a in n.inputs if a in place and n.id in place]
    links = [
        (place[old], place[id])
        for id, olds in stage.sources.items()
        for old in olds
        if old != id and old in place and id in place
    ]
    boxes = np.array([_row(places[drawn.node.id]) for drawn in nodes], np.float64).reshape(-1, 4)
    return Drawing(tuple(nodes), boxes, _pairs(wires), _pairs(links), frames)


def _drawn(node: OpNode, state: State) -> Drawn:
    _name, token, sign = phase_look(node.phase if node.kind == "op" else "")
    return Drawn(node, title_of(node), "data" if node.kind in ("input", "state") else token, sign, state)


def _row(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.width, box.height


def _pairs(pairs: list[tuple[int, int]]) -> Array:
    return np.array(pairs, np.int64).reshape(-1, 2)
