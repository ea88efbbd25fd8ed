"""What the window and the engine's process say to each other about debugging: frozen data, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from engine.core.errors import EngineError
from studio.document.breakpoints import Breakpoint
from studio.run.debug.card import Card, Row
from studio.run.debug.step import Path
from studio.run.messages import TensorInfo
from studio.run.tensor_ref import TensorRef

#: Stands for the number of a document where a Python program is debugged.
PROGRAM: Final = -1

Action = Literal["over", "into", "out", "back", "go_on", "go_to", "run_to", "pause", "work_out", "end"]
#: Why the run stands still: it was told to go there, or asked to pause, or came to a breakpoint, or to bad values, or
#: it is over.
Reason = Literal["move", "pause", "breakpoint", "bad", "failed", "complete"]


@dataclass(frozen=True)
class Debug:
    """Run a document, of which this is the text now, under the debugger; it stands still in front of its first step.

    With `program`, the path of a Python file, that is run, and `document` is `PROGRAM`.
    """

    document: int
    run: int
    text: str
    breakpoints: tuple[Breakpoint, ...] = ()
    until_bad: bool = True
    program: str = ""


@dataclass(frozen=True)
class Walk:
    """Go somewhere in the run: to a step (`go_to`), in front of a node (`run_to`), or as the action says.

    With `work_out` it stays where it stands, and tells of that again, with the numbers that were left out.
    """

    run: int
    action: Action
    step: int = -1
    node: str = ""


@dataclass(frozen=True)
class SetBreakpoints:
    """Let these breakpoints be in force, and no others."""

    run: int
    breakpoints: tuple[Breakpoint, ...]
    until_bad: bool


@dataclass(frozen=True)
class Shown:
    """Where the run stands, and what is known there.

    Parameters
    ----------
    step, total
        The step that is shown, -1 for the start, and how many were made.
    depth
        How many places of its path the user looks at.
    path, after
        Its path, and that of what comes next.
    batch, epoch, in_epoch
        The training step, over all and within its epoch (from 1), and the epoch, from 0.
    first
        Number of the first step of this training step.
    in_memory, budget
        Bytes that what is remembered takes in memory, and may take.
    """

    step: int
    total: int
    depth: int
    path: Path = ()
    after: Path | None = None
    batch: int = 0
    epoch: int = 0
    in_epoch: int = 1
    first: int = 0
    in_memory: int = 0
    budget: int = 0


@dataclass(frozen=True)
class DebugStopped:
    """The run stands still.

    Parameters
    ----------
    tensors
        What is known where it stands, as far as it is not what was told last.
    gone
        What was known there and is no more.
    rows
        The steps of this training step that were not told yet.
    hits
        The breakpoints it came to, by their ids.
    findings
        What has gone wrong: of bad values what happened and why; the error that has ended the run; that of a
        breakpoint which cannot be asked.
    """

    document: int
    run: int
    reason: Reason
    shown: Shown
    tensors: Mapping[TensorRef, TensorInfo]
    gone: tuple[TensorRef, ...]
    rows: tuple[Row, ...]
    card: Card | None = None
    hits: tuple[int, ...] = ()
    findings: tuple[EngineError, ...] = ()


@dataclass(frozen=True)
class DebugGoesOn:
    """The run goes on: nothing is shown until it stands still.

    With `line`, as "file:line", a program was asked to pause, but computes nothing there.
    """

    document: int
    run: int
    line: str = ""


@dataclass(frozen=True)
class DebugSaid:
    """What a log point has to say."""

    document: int
    run: int
    point: int
    epoch: int
    in_epoch: int
    text: str


@dataclass(frozen=True)
class DebugEnded:
    """There is no debugging any more: it was ended, or could not begin."""

    document: int
    run: int
    error: EngineError | None = None


@dataclass(frozen=True)
class PointMet:
    """A training that runs at full speed has met a breakpoint, and stands still behind this step, unless it only says
    something.

    `epoch` and `step`, which is that of the epoch, count from 1; `ref` and `info` are the tensor that has met it.
    """

    document: int
    run: int
    point: int
    epoch: int
    step: int
    ref: TensorRef
    info: TensorInfo
    said: str = ""
    error: EngineError | None = None


DebugCommand = Debug | Walk | SetBreakpoints
DebugEvent = DebugStopped | DebugGoesOn | DebugSaid | DebugEnded | PointMet
