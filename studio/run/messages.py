"""What the window and the engine's process say to each other: frozen data, nothing else.

Commands go to the engine, events come back. Each names the document that it is about: several are open, each with its
weights, and `document` is the number that the window has given to one when it was opened. A `run` is the number of a
training, given by the window as well; one runs at a time, and events of an earlier one are dropped by the controller.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from engine.core.dtype import Array
from engine.core.errors import EngineError
from studio.document.breakpoints import Breakpoint
from studio.document.document import PortRef
from studio.run.tensor_ref import TensorRef

Mode = Literal["eager", "lazy"]
Status = Literal["complete", "stopped", "failed"]

#: What the trainings of the queue are known by, as documents are by their numbers; -1 is the debugger's program.
QUEUE: Final = -2

# ------------------------------------------------------------------------------------------------ commands


@dataclass(frozen=True)
class Preview:
    """Run the first batch through a document, of which this is the text now, and summarise every wire.

    Revisions are counted over all documents.
    """

    document: int
    revision: int
    text: str
    reset: bool = False


@dataclass(frozen=True)
class Keep:
    """Keep a training in a folder: under which name, and what it is a part of, if of anything."""

    folder: str
    name: str
    sweep: str = ""


@dataclass(frozen=True)
class Train:
    """Train a document, of which this is the text now; `run` names this training in the events.

    It begins at the checkpoint in the file `start`, "" for none; with `fresh` the weights are drawn anew first.
    """

    document: int
    run: int
    text: str
    mode: Mode
    keep: Keep | None = None
    start: str = ""
    fresh: bool = False


@dataclass(frozen=True)
class Control:
    """Pause, resume, step or stop a training; takes effect within one step. Stop ends those before it, too.

    One that stands still makes a step, another one stands still behind the present step. Stop also ends the previews
    up to `revision`.
    """

    action: Literal["pause", "resume", "step", "stop"]
    run: int
    revision: int = 0


@dataclass(frozen=True)
class Tune:
    """Go on with another learning rate."""

    run: int
    learning_rate: float


@dataclass(frozen=True)
class Freeze:
    """Go on without learning the weights of a layer's node, or learning them again."""

    run: int
    node: str
    frozen: bool


@dataclass(frozen=True)
class BreakAt:
    """Let these breakpoints be in force, and no others, from the next step on."""

    run: int
    breakpoints: tuple[Breakpoint, ...]


@dataclass(frozen=True)
class SaveCheckpoint:
    """Write a checkpoint, which stays until somebody deletes it."""

    run: int


@dataclass(frozen=True)
class Restore:
    """Let a training go on from one of its checkpoints."""

    run: int
    path: str


@dataclass(frozen=True)
class LoadWeights:
    """Give the network of a document, of which this is the text now, the weights of a checkpoint."""

    document: int
    text: str
    path: str


@dataclass(frozen=True)
class Show:
    """The window shows this document from now on; 0: none. What the wires of others carry is of no interest then."""

    document: int


@dataclass(frozen=True)
class Watch:
    """From now on send these tensors whole with each look at the document; without any, none.

    At once come the first, which the user looks at, and those that were not wanted before.
    """

    document: int
    refs: tuple[TensorRef, ...] = ()


@dataclass(frozen=True)
class Observe:
    """From now on this is shown of the trainings of a document: only what is shown is measured.

    `what` may name "curves", without which progress is reported less often, "gradient_norm", and "layers".
    """

    document: int
    what: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trace:
    """Say which elements of which tensors a place of a watched one was made of."""

    document: int
    ref: TensorRef
    place: tuple[int, ...]


@dataclass(frozen=True)
class Forget:
    """The document was closed: its weights and its data are not wanted any more."""

    document: int


@dataclass(frozen=True)
class Shutdown:
    """End the process."""


# -------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True)
class Ready:
    """The process is up."""

    versions: Mapping[str, str]


@dataclass(frozen=True)
class TensorInfo:
    """A tensor in brief.

    The statistics leave NaN and infinite values out and are None where there is nothing to take them of. `picture`
    is what fits on a node: an image (2-D, or 3-D with colours last; the first of a batch of images), bars (1-D, at
    most 64 values) or a single number (0-D).
    """

    shape: tuple[int, ...]
    dtype: str
    nbytes: int
    minimum: float | None = None
    mean: float | None = None
    maximum: float | None = None
    std: float | None = None
    zeros: int = 0
    nans: int = 0
    infs: int = 0
    histogram: Array | None = None
    picture: Array | None = None


@dataclass(frozen=True)
class Previewed:
    """The outcome of a preview: a summary for each output port that has a value, an error for each node that failed.

    That of a large document comes in parts, so that taking one does not hold the window up; `last` ends them.
    """

    document: int
    revision: int
    tensors: Mapping[PortRef, TensorInfo]
    errors: Mapping[str, EngineError]
    last: bool = True


@dataclass(frozen=True, eq=False)
class Watched:
    """The values of a watched tensor. Each time that they come they are others, even if they are equal.

    `step` is the number of steps that were made when they were taken, None outside of trainings; while one runs, they
    are a sample: taken every so many seconds.
    """

    document: int
    ref: TensorRef
    info: TensorInfo
    values: Array
    step: int | None = None
    every: float = 0.0


@dataclass(frozen=True)
class Missing:
    """A watched tensor has no value, and why."""

    document: int
    ref: TensorRef
    error: EngineError


@dataclass(frozen=True)
class Traced:
    """A place of a tensor was made of these elements of another: true in `marks`, which has its shape."""

    document: int
    ref: TensorRef
    place: tuple[int, ...]
    source: TensorRef
    marks: Array


@dataclass(frozen=True)
class TraceEnded:
    """All was said of what a place of a tensor was made of, or `error` tells why that is not known."""

    document: int
    ref: TensorRef
    place: tuple[int, ...]
    error: EngineError | None = None


@dataclass(frozen=True)
class Inventory:
    """Which tensors there are beside the values of wires: gradients, weights, and what the optimiser keeps for them."""

    document: int
    refs: tuple[TensorRef, ...]


@dataclass(frozen=True)
class Downloading:
    """A data file is on its way: `done` of `total` bytes are here, of 0 if nobody says how many there are."""

    document: int
    name: str
    done: int
    total: int


@dataclass(frozen=True)
class Compiling:
    """A kernel is being compiled; `done` of `total` are ready."""

    document: int
    run: int
    kernel: str
    done: int
    total: int


@dataclass(frozen=True)
class Started:
    """The training has begun; `step` and `epoch`, where it does so, are 0 unless it goes on from a checkpoint."""

    document: int
    run: int
    epochs: int
    steps_per_epoch: int
    metrics: tuple[str, ...]
    parameters: int
    step: int = 0
    epoch: int = 0


@dataclass(frozen=True)
class Progress:
    """Per-step values since the last report, at most every 50 ms.

    `steps` counts over all epochs from 0; `series` holds, for "loss" and each metric, one value a step: that of the
    step's own batch. `seconds_per_step` is their mean: validations and reports are not in it. `sampled` holds what is
    measured but once a report, at the last step: "learning_rate", "examples_per_second", and now and then
    "gradient_norm", the length of the gradient of some examples' loss over all weights, where somebody observes it.
    """

    document: int
    run: int
    epoch: int
    steps: Array
    series: Mapping[str, Array]
    seconds_per_step: float
    sampled: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class EpochEnd:
    """An epoch is over; `logs` holds "loss", the metrics, and the same with "val_" where there is validation data."""

    document: int
    run: int
    epoch: int
    logs: Mapping[str, float]
    seconds: float


@dataclass(frozen=True)
class Paused:
    """The training stands still (`paused`) or goes on."""

    document: int
    run: int
    paused: bool


@dataclass(frozen=True)
class Tuned:
    """How the training goes on: its learning rate, and the nodes whose layers do not learn."""

    document: int
    run: int
    learning_rate: float
    frozen: tuple[str, ...] = ()


@dataclass(frozen=True)
class WentBack:
    """The training goes on from a checkpoint: of what it reported, steps and epochs from these on do not count."""

    document: int
    run: int
    step: int
    epoch: int


@dataclass(frozen=True)
class CheckpointSaved:
    """A checkpoint was written."""

    document: int
    run: int
    path: str
    step: int
    kind: str


@dataclass(frozen=True)
class Refused:
    """What the user wished of a training cannot be done, or it is not kept any more, and goes on; run 0: of none."""

    document: int
    run: int
    error: EngineError


@dataclass(frozen=True)
class Ended:
    """The training is over: complete, stopped by the user, or failed with `error`."""

    document: int
    run: int
    status: Status
    logs: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    error: EngineError | None = None


@dataclass(frozen=True)
class Crashed:
    """The process has died; made by the controller, not sent. It was that of all documents."""

    exit_code: int | None


Command = (
    Preview
    | Train
    | Control
    | Tune
    | Freeze
    | BreakAt
    | SaveCheckpoint
    | Restore
    | LoadWeights
    | Show
    | Watch
    | Observe
    | Trace
    | Forget
    | Shutdown
)
Event = (
    Ready
    | Previewed
    | Watched
    | Missing
    | Traced
    | TraceEnded
    | Inventory
    | Downloading
    | Compiling
    | Started
    | Progress
    | EpochEnd
    | Paused
    | Tuned
    | WentBack
    | CheckpointSaved
    | Refused
    | Ended
    | Crashed
)
