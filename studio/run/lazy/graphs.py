"""From the engine's graphs and its log of rewrites to what is shown: numbers that last, and links between passes."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Final

from engine.core.op import Op
from engine.graph.graph import Graph, Node, Value, became
from engine.passes.fuse import FUSED
from studio.run.lazy.data import Change, Kind, OpNode, Stage

_KINDS: Final[Mapping[str, Kind]] = {"placeholder": "input", "constant": "constant"}


class Tracker:
    """Follows the nodes of a graph from pass to pass.

    Parameters
    ----------
    stages
        The graph as traced, and after each pass.
    names
        What inputs are called, and the nodes of the document that they belong to.
    states
        Those of them that are variables.
    known
        The nodes of the document.

    Attributes
    ----------
    ids
        The numbers of the nodes of all graphs; fused ones have none: what they are made of has.
    members
        For each node of the last graph the numbers of those that it computes.
    """

    def __init__(
        self,
        stages: Sequence[tuple[str, Graph]],
        names: Mapping[Value, tuple[str, str]],
        states: Collection[Value],
        known: Collection[str],
    ) -> None:
        self._fresh = itertools.count()
        self._known = known
        self._shown: dict[int, OpNode] = {}
        self._homes: dict[int, tuple[str, str]] = {}
        self._given = {v.node: (*names.get(v, ("", "")), v in states) for v in stages[0][1].inputs}
        self.ids: dict[Node, int] = {}
        self.members: dict[Node, tuple[int, ...]] = {}
        self.stages = [self._traced(*stages[0])]
        for (_, before), (name, after) in pairwise(stages):
            follow = self._fused if name == "fuse" else self._passed
            self.stages.append(follow(name, before, after))

    # -------------------------------------------------------------------------------------------------------- as traced

    def _traced(self, name: str, graph: Graph) -> Stage:
        for node in graph.nodes:
            self.ids[node] = next(self._fresh)
        for node in graph.nodes:
            given = self._given.get(node)
            home = given[1] if given is not None else node.origin if node.origin in self._known else ""
            self._homes[self.ids[node]] = home, node.phase
        self._settle(graph)
        return Stage(name, tuple(map(self._show, graph.nodes)))

    def _settle(self, graph: Graph) -> None:
        """Let what has no place of its own be where its operands are, and constants where they are read."""
        for node in graph.nodes:
            if node.inputs:
                self._adopt(node, [v.node for v in node.inputs])
        readers: dict[Node, list[Node]] = {}
        for node in graph.nodes:
            for value in node.inputs:
                readers.setdefault(value.node, []).append(node)
        for node in reversed(graph.nodes):
            if node not in self._given:
                self._adopt(node, readers.get(node, []))

    def _adopt(self, node: Node, others: Sequence[Node]) -> None:
        home, phase = self._homes[self.ids[node]]
        near = [self._homes[self.ids[other]] for other in others]
        home = home or next((h for h, _ in near if h), "")
        phase = phase or next((p for _, p in near if p), "")
        self._homes[self.ids[node]] = home, phase

    # ----------------------------------------------------------------------------------------------------- after a pass

    def _passed(self, name: str, before: Graph, after: Graph) -> Stage:
        links = became(before, after)
        sources: dict[Node, list[Node]] = {node: [] for node in after.nodes}
        for old in before.nodes:
            for new in links[old]:
                if new in sources:
                    sources[new].append(old)
        old_ids, taken = dict(self.ids), set[int]()
        for node in after.nodes:  # those that were not touched keep their numbers before others may take them
            if node in old_ids:
                taken.add(old_ids[node])
        for node in after.nodes:
            if node not in old_ids:
                self.ids[node] = self._number(node.op, [(old.op, old_ids[old]) for old in sources[node]], taken)
                self._homes.setdefault(self.ids[node], self._home(node, [old_ids[old] for old in sources[node]]))
        made = {self.ids[node]: tuple(old_ids[old] for old in olds) for node, olds in sources.items()}
        shown = tuple(map(self._show, after.nodes))
        there = set(after.nodes)
        return Stage(
            name,
            shown,
            {id: olds for id, olds in made.items() if olds != (id,)},
            tuple(old_ids[old] for old in before.nodes if not there.intersection(links[old])),
            changes=self._changes(before, after, old_ids),
        )

    def _number(self, op: Op, olds: Sequence[tuple[Op, int]], taken: set[int]) -> int:
        found = next((id for other, id in olds if other is op and id not in taken), None)
        number = next(self._fresh) if found is None else found
        taken.add(number)
        return number

    def _home(self, node: Node, olds: Sequence[int]) -> tuple[str, str]:
        near = [self._homes[old] for old in olds]
        home = node.origin if node.origin in self._known else next((h for h, _ in near if h), "")
        return home, next((p for _, p in near if p), "")

    def _changes(self, before: Graph, after: Graph, old_ids: Mapping[Node, int]) -> tuple[Change, ...]:
        log = after.log[len(before.log) :]
        return tuple(
            Change(
                entry.law,
                old_ids.get(entry.before),
                tuple(dict.fromkeys(self.ids[v.node] for v in entry.after if v.node in self.ids)),
                entry.line,
            )
            for entry in log
        )

    # ----------------------------------------------------------------------------------------------------------- fusing

    def _fused(self, name: str, before: Graph, after: Graph) -> Stage:
        """Show the nodes themselves, and which of them run together."""
        links = became(before, after)
        inside: dict[Node, list[int]] = {}
        for node in before.nodes:
            for new in links[node]:
                inside.setdefault(new, []).append(self.ids[node])
        self.members = {node: tuple(ids) for node, ids in inside.items()}
        kernels = tuple(self.members[node] for node in after.nodes if node.op is FUSED)
        kept = tuple(self._shown[self.ids[node]] for node in before.nodes if links[node])
        gone = tuple(self.ids[node] for node in before.nodes if not links[node])
        laws = {entry.law: entry.line for entry in after.log[len(before.log) :]}
        law, line = next(iter(laws.items()), ("", ""))
        changes = tuple(Change(law, ids[0], ids, line) for ids in kernels)
        return Stage(name, kept, {}, gone, kernels, changes)

    # ---------------------------------------------------------------------------------------------------------- showing

    def _show(self, node: Node) -> OpNode:
        """Return a node as it is shown: the same object as long as nothing about it changes."""
        id = self.ids[node]
        home, phase = self._homes[id]
        given = self._given.get(node)
        kind: Kind = "state" if given is not None and given[2] else _KINDS.get(node.op.name, "op")
        inputs = tuple(self.ids[v.node] for v in node.inputs)
        spec = ", ".join(f"{s.dtype.name} {s.shape}" for s in node.specs)
        found = OpNode(id, node.op.name, kind, given[0] if given else "", home, phase, spec, inputs)
        if self._shown.get(id) != found:
            self._shown[id] = found
        return self._shown[id]
