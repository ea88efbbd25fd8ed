"""Scopes: one graph of a document, as it is unfolded at one place, and what is known of the whole that concerns it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from engine.core.errors import EngineError
from studio.document import function_errors
from studio.document.analysis import Analysis, Problem
from studio.document.document import Document, PortRef
from studio.document.flat import SEPARATOR, copied, copy_of, repeats
from studio.document.function import OUTPUT, function_of, ports
from studio.document.reroute import REROUTE_TYPE

T = TypeVar("T")


@dataclass(frozen=True)
class Scope:
    """A graph of a document: its own, or that of a function, entered through the nodes of `path`.

    Of a node that is repeated one copy is entered: "block#2" is the second one of "block", and "block" the first.
    `function` names the graph. A function that no node stands for has no path of its own: nothing is known of it.
    """

    document: Document
    path: tuple[str, ...] = ()
    function: str = ""

    @classmethod
    def at(cls, document: Document, path: tuple[str, ...]) -> Scope | None:
        """Return the graph that is reached through the nodes of a path, None if there is no such way any more."""
        scope = cls(document)
        for node in path:
            inner = scope.entered(node)
            if inner is None:
                return None
            scope = inner
        return scope

    def entered(self, node: str) -> Scope | None:
        """Return the graph within a node or a copy of it, None if that is not there or stands for no function."""
        id, number = copied(node)
        found = self.graph.nodes.get(id)
        function = function_of(found) if found is not None else None
        if found is None or function is None or function not in self.document.functions or number > repeats(found):
            return None
        return Scope(self.document, (*self.path, node), function)

    @property
    def graph(self) -> Document:
        """The nodes and wires that are being looked at; nothing once the function has gone."""
        return self.document.functions.get(self.function, Document()) if self.function else self.document

    @property
    def copy(self) -> tuple[int, int]:
        """Which copy of the node that was entered last this is, and how many there are."""
        if not self.path:
            return 1, 1
        id, number = copied(self.path[-1])
        around = Scope.at(self.document, self.path[:-1])
        node = around.graph.nodes.get(id) if around is not None else None
        return number, repeats(node) if node is not None else number

    @property
    def first(self) -> Scope:
        """The same graph in the first copies of all nodes that are repeated: what is said of it is said of all."""
        return Scope(self.document, tuple(map(_plain, self.path)), self.function)

    @property
    def prefix(self) -> str:
        """What the names of the nodes begin with in the flat graph."""
        return "".join(node + SEPARATOR for node in self.path)

    # --------------------------------------------------------------------------------------------- to the whole

    def outer(self, ref: PortRef) -> PortRef:
        """Return what an output of this graph is called in the flat one."""
        node = self.graph.nodes.get(ref.node)
        if node is not None and function_of(node) in self.document.functions:
            copy = copy_of(ref.node, repeats(node))
            return PortRef(f"{self.prefix}{copy}{SEPARATOR}{ref.port}", REROUTE_TYPE.outputs[0].name)
        return PortRef(self.prefix + ref.node, ref.port)

    # ------------------------------------------------------------------------------------------- from the whole

    def node(self, id: str) -> str | None:
        """Return the node of this graph that is, or contains, a node of the flat one; None if none does."""
        split = self._split(id)
        return None if split is None else _plain(split[0])

    def _split(self, id: str) -> tuple[str, str] | None:
        """Return the first part of a flat name within this graph, and the rest; None if it lies elsewhere."""
        prefix = self.prefix
        if not id.startswith(prefix):
            return None
        head, _, rest = id[len(prefix) :].partition(SEPARATOR)
        return head, rest

    def values(self, values: Mapping[PortRef, T]) -> Mapping[PortRef, T]:
        """Return those of the values at outputs of the flat graph that concern this one, under its own names."""
        if not self.path and not self.document.functions:
            return values
        prefix, exits = self.prefix, self._exits()
        begin = len(prefix)
        found: dict[PortRef, T] = {}
        for ref, value in values.items():  # thousands, after each edit
            if not ref.node.startswith(prefix):
                continue
            if ref.node.find(SEPARATOR, begin) < 0:
                found[PortRef(ref.node[begin:], ref.port) if prefix else ref] = value
            elif (port := exits.get(ref.node)) is not None:
                found[port] = value
        return found

    def _exits(self) -> dict[str, PortRef]:
        """Return the outputs of nodes that stand for functions, by the nodes that they are in the flat graph."""
        found: dict[str, PortRef] = {}
        outputs: dict[str, list[str]] = {}
        for node in self.graph.nodes.values():
            function = function_of(node)
            if function is None or function not in self.document.functions:
                continue
            if function not in outputs:
                outputs[function] = [port.id for port in ports(self.document.functions[function], OUTPUT)]
            last = f"{self.prefix}{copy_of(node.id, repeats(node))}{SEPARATOR}"
            found.update((last + port, PortRef(node.id, port)) for port in outputs[function])
        return found

    def errors(self, errors: Mapping[str, EngineError]) -> Mapping[str, EngineError]:
        """Return those of the errors at nodes of the flat graph that concern this one, by its own nodes."""
        if not self.path and not self.document.functions:
            return errors
        found: dict[str, EngineError] = {}
        for id, error in errors.items():
            if (node := self.node(id)) in self.graph.nodes and node is not None:
                found.setdefault(node, self._told(id, error))
        return found

    def analysis(self, analysis: Analysis) -> Analysis:
        """Return what an analysis of the flat graph says of this one."""
        if not self.path and not self.document.functions:
            return analysis
        problems = [found for p in analysis.problems if (found := self._problem(p)) is not None]
        counts, flops = self._sums(analysis.parameters), self._sums(analysis.flops)
        return Analysis(self.values(analysis.specs), counts, tuple(problems), flops)

    def _sums(self, counts: Mapping[str, int]) -> dict[str, int]:
        """Return numbers of the flat graph's nodes as sums over what each node of this one contains."""
        found: dict[str, int] = {}
        prefix = self.prefix
        for id, count in counts.items():
            if id.startswith(prefix):
                node = _plain(id[len(prefix) :].partition(SEPARATOR)[0])
                found[node] = found.get(node, 0) + count
        return found

    def _problem(self, problem: Problem) -> Problem | None:
        if problem.node is None:
            return problem if not self.path else None
        node = self.node(problem.node)
        if node is None or node not in self.graph.nodes:  # the analysis may be older than the graph
            return None
        split = self._split(problem.node)
        rest = split[1] if split is not None else ""
        if not rest:
            return Problem(problem.error, node, problem.port, problem.severity)
        return Problem(self._told(problem.node, problem.error), node, None, problem.severity)

    def _told(self, id: str, error: EngineError) -> EngineError:
        """Return an error of the flat graph as one of a node of this one."""
        split = self._split(id)
        if split is None or not split[1]:
            return error
        return function_errors.within(split[1].replace(SEPARATOR, " › "), error)


def is_known(document: Document, id: str) -> bool:
    """Return whether a document has a node, by its name in the whole of it."""
    path, node = path_of(id)
    scope = Scope.at(document, path)
    return scope is not None and _plain(node) in scope.graph.nodes


def path_of(id: str) -> tuple[tuple[str, ...], str]:
    """Return the nodes or copies through which a node of the flat graph is reached, and what it is called there.

    >>> path_of("outer/block#2/dense")
    (('outer', 'block#2'), 'dense')
    """
    *path, node = id.split(SEPARATOR)
    return tuple(path), node


def _plain(name: str) -> str:
    """Return what the node is called of which this is a copy."""
    return copied(name)[0]
