"""Where the nodes of a program lie: one place for all passes, so that the eye can follow, and one for its kernels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from studio.document.box import Box
from studio.document.layout import Frame, Link, arranging
from studio.document.work import Work
from studio.run.lazy.data import Explained, OpNode, Stage

WIDTH: Final = 150.0
HEIGHT: Final = 40.0
#: Of what is given: inputs, variables, constants.
GIVEN_HEIGHT: Final = 26.0

Places = Mapping[int, Box]


def height_of(node: OpNode) -> float:
    """Return how high a node is shown."""
    return HEIGHT if node.kind == "op" else GIVEN_HEIGHT


def arranged(program: Explained) -> Work[tuple[Places, Places, dict[int, Box]]]:
    """Return the places of all nodes, those of the last pass gathered in kernels, and the kernels' own.

    Kernels are known by their place among those of the last pass.
    """
    nodes: dict[int, OpNode] = {}
    links: dict[tuple[int, int], None] = {}
    for stage in program.stages:
        for node in stage.nodes:
            nodes.setdefault(node.id, node)
            links.update(dict.fromkeys((source, node.id) for source in node.inputs))
        yield
    boxes, wires = _boxes(nodes.values()), _links(nodes, links)
    yield
    first = yield from arranging(boxes, wires)
    yield
    last = program.stages[-1]
    inside = {node.id: node for node in last.nodes}
    frames = [Frame(f"k{i}", tuple(map(str, ids))) for i, ids in enumerate(last.kernels) if len(ids) > 1]
    pairs = dict.fromkeys((source, node.id) for node in last.nodes for source in node.inputs)
    boxes, wires = _boxes(inside.values()), _links(inside, pairs)
    yield
    second = yield from arranging(boxes, wires, frames)
    yield
    return (
        {int(id): box for id, box in first.items()},
        {int(id): box for id, box in second.items() if not id.startswith("k")},
        {int(id[1:]): box for id, box in second.items() if id.startswith("k")},
    )


def _boxes(nodes: Iterable[OpNode]) -> dict[str, Box]:
    return {str(node.id): Box(0.0, 0.0, WIDTH, height_of(node)) for node in nodes}


def _links(nodes: Mapping[int, OpNode], wires: Iterable[tuple[int, int]]) -> list[Link]:
    return [
        Link(str(a), height_of(nodes[a]) / 2, str(b), height_of(nodes[b]) / 2)
        for a, b in wires
        if a in nodes and b in nodes
    ]


def links_back(program: Explained, number: int) -> dict[int, frozenset[int]]:
    """Return for each node of a stage the traced nodes that it was made from."""
    roots = {node.id: frozenset([node.id]) for node in program.stages[0].nodes}
    for stage in program.stages[1 : number + 1]:
        roots = {
            node.id: frozenset().union(*(roots.get(old, frozenset()) for old in stage.sources_of(node.id)))
            for node in stage.nodes
        }
    return roots


def gone_from(before: Stage, after: Stage) -> tuple[int, ...]:
    """Return the nodes of a stage that are not in the next one any more, be they nothing or part of others."""
    there = {node.id for node in after.nodes}
    return tuple(node.id for node in before.nodes if node.id not in there)
