"""A step of the debugger: one op that was carried out, where it belongs, and what became known by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from studio.document.flat import SEPARATOR
from studio.run.tensor_ref import TensorRef

Level = Literal["batch", "phase", "line", "function", "node", "layer", "weight", "gradient", "op"]


class Frame(NamedTuple):
    """A place that steps lie in: the training step, what the ops are for, a function, a node, a layer in it, an op."""

    level: Level
    name: str


Path = tuple[Frame, ...]

#: The batch and the phase are no places that one steps into: a path has at least these two, and the op.
OUTER: Final = 2
#: The op of a step that brings data.
GIVEN: Final = "batch"
#: The name of the place of ops that no node stands for, such as the running mean of the loss.
NOBODY: Final = ""


@dataclass(frozen=True, slots=True)
class Operand:
    """What went into an op.

    Parameters
    ----------
    array
        Its place among the arrays of the training step.
    name
        As the op's record calls it.
    refs
        What it is: wires, or a weight.
    made_by
        Number of the step that it is a result of, None if it came from elsewhere.
    result
        Which result of that step it is.
    """

    array: int
    name: str
    refs: tuple[TensorRef, ...] = ()
    made_by: int | None = None
    result: int = 0


@dataclass(slots=True)
class Step:
    """One op.

    Parameters
    ----------
    number
        Counted over all training steps from 0.
    batch, epoch
        The training step and the epoch that it belongs to, from 0.
    path
        The places it lies in, from the outermost to the op itself.
    op
        Name of the op, or `GIVEN`.
    operands, outputs
        What went in, and places of what came out among the arrays of the training step.
    reverses
        Number of the step whose gradient it helps to compute.
    line
        The line of the user's program that asked for it.
    gives
        What is known since: for the name of a tensor the place of its values.
    slopes
        The gradients that are known since, of results of steps: by the number of the step and of the result.
    """

    number: int
    batch: int
    epoch: int
    path: Path
    op: str
    attrs: Mapping[str, Any]
    operands: tuple[Operand, ...] = ()
    outputs: tuple[int, ...] = ()
    seconds: float = 0.0
    reverses: int | None = None
    line: str = ""
    gives: dict[TensorRef, int] = field(default_factory=dict)
    slopes: dict[tuple[int, int], int] = field(default_factory=dict)

    @property
    def phase(self) -> str:
        """What it is for: "data", "forward", "loss", "metrics", "backward", "update"."""
        return self.path[1].name

    @property
    def node(self) -> str:
        """The node that it belongs to, by its name in the whole document; "" if it is nobody's."""
        return node_of(self.path)


def node_of(path: Path) -> str:
    """Return the node of a path, by its name in the whole document.

    >>> node_of((Frame("batch", "0"), Frame("phase", "loss"), Frame("function", "block"), Frame("node", "dense")))
    'block/dense'
    """
    return SEPARATOR.join(f.name for f in path if f.level in ("function", "node"))


def frames(name: str) -> Path:
    """Return the places that a node's name stands for: the functions it lies in, and itself.

    >>> frames("block#2/dense")
    (Frame(level='function', name='block#2'), Frame(level='node', name='dense'))
    """
    *functions, node = name.split(SEPARATOR)
    return (*(Frame("function", f) for f in functions), Frame("node", node))


def common(a: Path, b: Path) -> int:
    """Return how many places two paths have in common, from the outermost on."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
