"""Fusion: chains of elementwise ops, and the reductions at their ends, become one kernel each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from typing import Any, Final

from engine.core.op import Op
from engine.core.param import Param
from engine.core.shape import TensorShape
from engine.graph.graph import Graph, Node, Value, input_node
from engine.graph.interpret import evaluate
from engine.graph.rewrite import Rewrite

#: Dtypes for which there are kernels; others stay with their NumPy references.
KERNEL_DTYPES: Final = frozenset({"float32", "float64", "int32", "int64", "bool"})

#: A kernel takes at most this many arrays: beyond, registers spill and the loop no longer vectorises.
MOST_ARRAYS: Final = 24


FUSED: Final = Op(
    name="fused",
    summary="Several ops in one loop.",
    inputs=(),
    infer=lambda *specs, body: tuple(v.spec for v in body.outputs),
    reference=lambda *arrays, body: evaluate(body, arrays),
    params={"body": Param("any", help="The ops, as a graph.")},
    internal=True,
)


def is_elementwise(node: Node) -> bool:
    """Whether a kernel can compute the node element by element."""
    return node.op.scalar is not None and has_kernel_dtypes(node) and not _divides_integers(node)


def is_reduction(node: Node) -> bool:
    """Whether a kernel can compute the node by accumulating elements."""
    return node.op.reduction is not None and has_kernel_dtypes(node) and not _is_integer_mean(node)


def has_kernel_dtypes(node: Node) -> bool:
    """Whether Numba has the dtypes of all arrays that the node's kernel would take."""
    operands = [v for i, v in enumerate(node.inputs) if i not in node.op.shape_only]
    return all(s.dtype.name in KERNEL_DTYPES for s in (*node.specs, *(v.spec for v in operands)))


def _divides_integers(node: Node) -> bool:
    """Division by an integer zero and negative integer powers are errors, which a kernel cannot raise."""
    return node.op.name in ("floordiv", "mod", "pow", "divide") and not node.inputs[0].spec.dtype.is_floating


def _is_integer_mean(node: Node) -> bool:
    return node.op.reduction == "mean" and not node.specs[0].dtype.is_floating


def domain(node: Node) -> TensorShape:
    """Return the shape over which the node's loop runs."""
    return node.inputs[0].spec.shape if is_reduction(node) else node.specs[0].shape


@dataclass(eq=False)
class _Cluster:
    """Nodes that run together, as bits of `mask`; `before` has those that must have run, whole clusters of them."""

    domain: TensorShape
    members: list[Node]
    mask: int
    before: int


class _Fusion:
    """Grows clusters in one sweep; masks of node numbers tell whether a merge would close a cycle."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.number = {n: i for i, n in enumerate(graph.nodes)}
        self.outputs = frozenset(graph.outputs)
        self.cluster: dict[Node, _Cluster] = {}
        self.fusable: set[Node] = set()

    def run(self) -> list[_Cluster]:
        for node in self.graph.nodes:
            self._place(node)
        self._merge_single()
        return [c for c in dict.fromkeys(self.cluster.values()) if self.fusable.issuperset(c.members)]

    def _place(self, node: Node) -> None:
        before = 0
        for value in node.inputs:
            before |= self.cluster[value.node].before | self.cluster[value.node].mask
        is_fusable = is_elementwise(node) or is_reduction(node)
        own = _Cluster(domain(node) if is_fusable else TensorShape(), [node], 1 << self.number[node], before)
        self.cluster[node] = own
        if not is_fusable:
            return
        self.fusable.add(node)
        if not own.domain.is_static:
            return
        for index, value in enumerate(node.inputs):
            other = self.cluster[value.node]
            if (
                value.node not in self.fusable
                or index in node.op.shape_only
                or other is own
                or is_reduction(value.node)
            ):
                continue
            if other.domain == own.domain and self._may_merge(other, own):
                own = self._merged(other, own)

    def _merge_single(self) -> None:
        """Let clusters of one element share kernels: they take no time, but calling and compiling them does.

        In a step that trains these are the sums and counts of losses and metrics, and what an optimiser counts. Each
        is put as far behind as it can be. Between two that are equally far behind there is no path, since each edge
        leads further behind, and so none through a kernel that holds both.
        """
        after = {
            cluster: {self.cluster[u] for n in cluster.members for v in n.outputs for u in self.graph.users.get(v, ())}
            - {cluster}
            for cluster in dict.fromkeys(self.cluster.values())
        }
        ahead: dict[_Cluster, int] = {}  # of the end, in clusters
        shared: dict[tuple[TensorShape, int], _Cluster] = {}
        for cluster in TopologicalSorter(after).static_order():
            ahead[cluster] = 1 + max((ahead[c] for c in after[cluster]), default=0)
            if cluster.domain.num_elements() != 1 or not self.fusable.issuperset(cluster.members):
                continue
            place = cluster.domain, ahead[cluster]
            first = shared.setdefault(place, cluster)
            if first is cluster:
                continue
            if self._arrays((*first.members, *cluster.members)) > MOST_ARRAYS:
                shared[place] = cluster
                continue
            first.members.extend(cluster.members)
            self.cluster.update(dict.fromkeys(cluster.members, first))

    def _merged(self, a: _Cluster, b: _Cluster) -> _Cluster:
        a.members.extend(b.members)
        a.mask |= b.mask
        a.before = (a.before | b.before) & ~a.mask
        for member in b.members:
            self.cluster[member] = a
        for cluster in set(self.cluster.values()):
            if cluster.before & a.mask:  # what comes after a part of it comes after all of it
                cluster.before |= a.before | a.mask
        return a

    def _may_merge(self, a: _Cluster, b: _Cluster) -> bool:
        """Whether no path leads out of the two clusters and back into them, and the kernel stays small enough."""
        members = a.mask | b.mask
        outside = (a.before | b.before) & ~members
        while outside:
            lowest = outside & -outside
            cluster = self.cluster[self.graph.nodes[lowest.bit_length() - 1]]
            if cluster.before & members:
                return False
            outside &= ~cluster.mask
        return not self._reads_reduction((*a.members, *b.members)) and (
            self._arrays((*a.members, *b.members)) <= MOST_ARRAYS
        )

    def _reads_reduction(self, members: Sequence[Node]) -> bool:
        """Whether a member needs the result of another's reduction, which is complete only after the loop."""
        return any(is_reduction(v.node) and v.node in members for n in members for v in n.inputs)

    def _arrays(self, members: Sequence[Node]) -> int:
        inside = set(members)
        taken = {v for n in members for v in n.inputs if v.node not in inside}
        given = {v for n in members for v in n.outputs if self._is_read_outside(v, inside)}
        return len(taken) + len(given)

    def _is_read_outside(self, value: Value, inside: set[Node]) -> bool:
        return value in self.outputs or any(u not in inside for u in self.graph.users.get(value, ()))

    def body(self, cluster: _Cluster) -> tuple[Graph, list[Value], list[Value]]:
        """Return the cluster as a graph of its own, with what it takes from outside and what it gives."""
        members = sorted(cluster.members, key=self.number.__getitem__)
        inside = set(members)
        taken = list(dict.fromkeys(v for n in members for v in n.inputs if v.node not in inside))
        given = [v for n in members for v in n.outputs if self._is_read_outside(v, inside)]
        stand_ins = {v: input_node(v.spec).outputs[0] for v in taken}
        new: dict[Value, Value] = dict(stand_ins)
        nodes: list[Node] = [v.node for v in stand_ins.values()]
        for node in members:
            copy = Node(node.op, tuple(new[v] for v in node.inputs), node.attrs, node.specs, node.origin)
            nodes.append(copy)
            new.update(zip(node.outputs, copy.outputs, strict=True))
        return Graph(tuple(stand_ins.values()), tuple(nodes), tuple(new[v] for v in given)), taken, given


def fuse(graph: Graph) -> Graph:
    """Return the graph with clusters of elementwise ops and reductions as single nodes."""
    fusion = _Fusion(graph)
    clusters = fusion.run()
    log: list[Rewrite] = []
    new: dict[Value, Value] = {}
    done: set[Node] = set()
    order: list[Node] = []
    cluster_of = {n: c for c in clusters for n in c.members}
    became: dict[Node, tuple[Node, ...]] = {}

    def emit(node: Node) -> None:
        if node in done:
            return
        cluster = cluster_of.get(node)
        members = cluster.members if cluster else [node]
        inside = set(members)
        done.update(inside)
        for member in sorted(members, key=fusion.number.__getitem__):
            for value in member.inputs:
                if value.node not in inside:
                    emit(value.node)
        made, given = _fused(fusion, cluster, new) if cluster else (_moved(node, new), list(node.outputs))
        became.update(dict.fromkeys(members, (made,) if given or not cluster else ()))
        if cluster and not given:  # nobody reads any of it
            return
        order.append(made)
        new.update(zip(given, made.outputs, strict=True))
        if cluster:
            line = f"{__file__}:{fuse.__code__.co_firstlineno}"
            for member in members:
                log.append(Rewrite("fuse", "ops over one domain -> one loop", member, made.outputs, line))

    for node in graph.nodes:
        emit(node)
    inputs, outputs = (tuple(new[v] for v in values) for values in (graph.inputs, graph.outputs))
    log_of_all = (*graph.log, *log)
    return replace(graph, inputs=inputs, nodes=tuple(order), outputs=outputs, log=log_of_all, became=became)


def _moved(node: Node, new: dict[Value, Value]) -> Node:
    inputs = tuple(new[v] for v in node.inputs)
    return node if inputs == node.inputs else Node(node.op, inputs, node.attrs, node.specs, node.origin)


def _fused(fusion: _Fusion, cluster: _Cluster, new: dict[Value, Value]) -> tuple[Node, list[Value]]:
    body, taken, given = fusion.body(cluster)
    attrs: dict[str, Any] = {"body": body}
    origins = dict.fromkeys(n.origin for n in cluster.members if n.origin)
    made = Node(FUSED, tuple(new[v] for v in taken), attrs, tuple(v.spec for v in given), ", ".join(origins))
    return made, given
