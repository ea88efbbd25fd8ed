"""What is shown of a compiled document: graphs with stable numbers, links between passes, kernels and buffers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.compile.explain import BufferInfo, KernelInfo

#: What is compiled: a whole training step, or the way forward.
Scope = Literal["step", "forward"]
Kind = Literal["input", "state", "constant", "op"]


@dataclass(frozen=True)
class OpNode:
    """A node of a graph.

    Parameters
    ----------
    id
        Its number: that of the traced node as long as it computes the same by the same op, however its inputs change.
    op, kind
        What computes it; whether it is given ("input"), a variable ("state"), a constant, or computed.
    name
        What an input or a variable is called.
    node
        The node of the document that it belongs to, "" for none.
    phase
        What it is for: "forward", "loss", "metrics", "backward", "update", or "".
    spec
        Shapes and dtypes of its values.
    inputs
        The numbers of the nodes that it takes values from.
    """

    id: int
    op: str
    kind: Kind
    name: str
    node: str
    phase: str
    spec: str
    inputs: tuple[int, ...]


@dataclass(frozen=True)
class Change:
    """A rewrite: its law, the node of the graph before that it was applied to (None: one that the pass had just made),
    those of this graph in its place, and the line of the rule.
    """

    law: str
    before: int | None
    after: tuple[int, ...]
    line: str


@dataclass(frozen=True)
class Stage:
    """The graph as traced, or after a pass.

    Parameters
    ----------
    name
        Of the pass; "trace" for the graph as traced.
    sources
        For each node that was not there before as it is, those of the graph before that it was made from; nothing for
        one that is new.
    gone
        The nodes of the graph before that have become nothing.
    kernels
        The nodes that run together, once that is settled.
    """

    name: str
    nodes: tuple[OpNode, ...]
    sources: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    gone: tuple[int, ...] = ()
    kernels: tuple[tuple[int, ...], ...] = ()
    changes: tuple[Change, ...] = ()

    def sources_of(self, id: int) -> tuple[int, ...]:
        """Return what a node was made from: as a rule the one of the same number."""
        return self.sources.get(id, (id,))


@dataclass(frozen=True)
class Kernel:
    """A step of the plan, with the nodes of the last graph that it computes, and the share of its cost of each."""

    info: KernelInfo
    members: tuple[int, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True)
class CompileTime:
    """Seconds that it took until the plan was there, and how many kernels had to be compiled or read from disk."""

    trace: float
    passes: float
    plan: float
    kernels: int

    @property
    def total(self) -> float:
        """All of it."""
        return self.trace + self.passes + self.plan


@dataclass(frozen=True)
class Explained:
    """A document as a program: each pass, and the plan.

    Parameters
    ----------
    batch
        Examples that it takes at once, 0 if it takes none.
    nbytes, separate_nbytes, scratch_nbytes
        Of the buffers; what they would take if none was used twice; and what kernels work in beside them.
    """

    scope: Scope
    has_trainer: bool
    batch: int
    stages: tuple[Stage, ...]
    kernels: tuple[Kernel, ...]
    buffers: tuple[BufferInfo, ...]
    nbytes: int
    separate_nbytes: int
    scratch_nbytes: int
    time: CompileTime


@dataclass(frozen=True)
class Difference:
    """How far an output lies apart in two ways of computing it.

    `largest` is the largest difference of two elements, `scale` the largest element.
    """

    name: str
    shape: tuple[int, ...]
    largest: float
    scale: float
    is_equal: bool
    """To the bit."""
    is_same: bool
    """As far as the dtype lets one tell."""


@dataclass(frozen=True)
class RaceResult:
    """A graph eagerly and compiled.

    Parameters
    ----------
    eager, compiled
        Seconds of a run, the medians of so many.
    ops
        Seconds of each traced node, eagerly.
    kernels
        Seconds of each kernel, by its number.
    compile
        Seconds until the plan was there.
    """

    eager: float
    compiled: float
    runs: tuple[int, int]
    ops: Mapping[int, float]
    kernels: tuple[float, ...]
    compile: float
    differences: tuple[Difference, ...]

    @property
    def speedup(self) -> float:
        """How many times faster compiled is."""
        return self.eager / self.compiled

    @property
    def break_even(self) -> int | None:
        """From how many runs on it pays to compile; None: never."""
        saved = self.eager - self.compiled
        return int(self.compile / saved) + 1 if saved > 0 else None

    @property
    def is_same(self) -> bool:
        """Whether all results are the same."""
        return all(d.is_same for d in self.differences)


@dataclass(frozen=True)
class Peaks:
    """What this machine can do: floating-point operations a second in products of matrices, and bytes a second that a
    kernel reads and writes, from memory and from the cache.
    """

    flops: float
    memory: float
    cache: float
    threads: int


@dataclass(frozen=True)
class ProfileResult:
    """Seconds of each kernel, run by itself, those of all in one go, the medians of so many runs, and what the machine
    can do.
    """

    kernels: tuple[float, ...]
    whole: float
    runs: int
    peaks: Peaks
