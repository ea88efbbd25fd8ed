"""Rewriting: rules as data, and a record of each rewrite that can be shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from engine.graph.graph import Graph, Node, Value, rebuilt

Outcome = Node | Sequence[Value] | None


@dataclass(frozen=True)
class Rule:
    """A rewrite: where it may apply, and what it puts in place of a node.

    Parameters
    ----------
    law
        What it does, as a formula: ``x*1 -> x``.
    ops
        Names of the ops at which it looks; empty for all.
    apply
        Gets a node whose inputs are rewritten already; returns what stands in its place, or None.
    """

    law: str
    ops: tuple[str, ...]
    apply: Callable[[Node], Outcome]

    @property
    def line(self) -> str:
        """Where the rule is written, as ``file:line``."""
        code = self.apply.__code__
        return f"{code.co_filename}:{code.co_firstlineno}"


@dataclass(frozen=True)
class Rewrite:
    """One application of a rule: the node of the graph that it was applied to, and what is there now."""

    stage: str
    law: str
    before: Node
    after: tuple[Value, ...]
    line: str


def rewrite(graph: Graph, rules: Sequence[Rule], stage: str) -> Graph:
    """Return the graph with every rule applied where it fits, in one sweep from inputs to outputs."""
    table: dict[str, list[Rule]] = {}
    for rule in rules:
        for name in rule.ops or ("*",):
            table.setdefault(name, []).append(rule)
    anywhere = table.get("*", [])
    log: list[Rewrite] = []

    def replacement(node: Node, inputs: tuple[Value, ...]) -> Node | Sequence[Value]:
        fresh = rebuilt(node, inputs)
        for rule in (*table.get(node.op.name, ()), *anywhere):
            outcome = rule.apply(fresh)
            if outcome is not None:
                after = outcome.outputs if isinstance(outcome, Node) else tuple(outcome)
                log.append(Rewrite(stage, rule.law, node, after, rule.line))
                return after
        return fresh

    result = graph.substitute(replacement)
    return replace(result, log=(*graph.log, *log)) if log else graph
