"""What is told of a step: a line in the list of steps, and all of it on a card. Frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.core.dtype import Array
from engine.core.errors import EngineError
from studio.run.debug.step import Path
from studio.run.messages import TensorInfo
from studio.run.tensor_ref import TensorRef


@dataclass(frozen=True)
class Slope:
    """The chain rule at one operand of an op.

    Parameters
    ----------
    of
        Name of the operand.
    formula
        As in "∂L/∂x = ∂L/∂y · y · (1 − y)".
    example
        The same with the numbers of the element at `index`, of sums the greatest terms; "" where there are too many
        numbers to work it out.
    values
        The gradient, None where there are too many numbers to work it out.
    is_left_out
        Whether there were: they are worked out if the user wants it.
    """

    of: str
    formula: str
    example: str = ""
    index: tuple[int, ...] = ()
    values: Array | None = None
    is_left_out: bool = False


@dataclass(frozen=True)
class Row:
    """A step in a line of a list: its number, where it belongs, and what came out."""

    number: int
    path: Path
    op: str
    shape: tuple[int, ...]
    dtype: str
    seconds: float
    is_bad: bool = False


@dataclass(frozen=True)
class OperandInfo:
    """What went into an op, in brief: what its record calls it, what it is, and which result of which step it is."""

    name: str
    refs: tuple[TensorRef, ...]
    info: TensorInfo
    made_by: int | None = None
    result: int = 0

    @property
    def ref(self) -> TensorRef | None:
        """The name by which it can be looked into, None if it has none: it is a constant of the op."""
        if self.refs:
            return self.refs[0]
        return None if self.made_by is None else TensorRef.of_step(self.made_by, self.result)


@dataclass(frozen=True)
class WeightInfo:
    """A weight where the run stands: its length, that of its gradient, and that of what the last step added to it.

    None stands for what is not known yet.
    """

    ref: TensorRef
    norm: float
    gradient: float | None = None
    update: float | None = None

    @property
    def ratio(self) -> float | None:
        """How much of its length the last step has changed: some thousandths are usual."""
        return self.update / self.norm if self.update is not None and self.norm > 0 else None


@dataclass(frozen=True)
class Card:
    """The step that is shown, explained.

    Parameters
    ----------
    op
        Of the op that was carried out; on the way back, `reverses` is the one whose gradient it belongs to.
    chain
        On the way back the chain rule of that op at each operand.
    words
        The same in words.
    summary, source
        What the op's record says of it, and the Python source of its kernel.
    line
        The line of the user's program that asked for it.
    program
        The lines around it.
    weights
        Those of the node that is shown; of a step of the optimiser all that have changed.
    """

    op: str
    reverses: str
    operands: tuple[OperandInfo, ...]
    outputs: tuple[TensorInfo, ...]
    attrs: Mapping[str, str]
    seconds: float
    chain: tuple[Slope, ...] = ()
    words: tuple[EngineError, ...] = ()
    summary: str = ""
    source: str = ""
    line: str = ""
    program: str = ""
    weights: tuple[WeightInfo, ...] = ()
