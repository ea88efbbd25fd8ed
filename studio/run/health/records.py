"""What is measured of a training, as plain data: for charts, and for the rules that judge it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import EngineError

#: Bars of a histogram.
BINS: Final = 30
#: Elements that a histogram is made of at most, evenly taken: of a million, all would take 35 ms, these take 0.3.
COUNTED: Final = 10_000
#: Steps of which the losses are kept.
RECENT: Final = 10
#: Width of a range, by the size of its values, below which it is widened.
_NARROW: Final = 1e-6


@dataclass(frozen=True)
class Histogram:
    """How often values occur.

    Parameters
    ----------
    low, high
        Ends of the range.
    counts
        For each of its equal parts.

    Examples
    --------
    >>> found = Histogram.of(np.array([0.0, 1.0, 1.0, 3.0]), bins=3)
    >>> found.low, found.high, found.counts
    (0.0, 3.0, (1, 2, 1))
    """

    low: float
    high: float
    counts: tuple[int, ...]

    @classmethod
    def of(cls, array: Array, bins: int = BINS) -> Histogram | None:
        """Return that of an array's finite values, None if it has none. Of a large array some stand for all."""
        flat = np.ravel(array)
        flat = flat[:: max(1, flat.size // COUNTED)].astype(np.float64)
        flat = flat[np.isfinite(flat)]
        if not flat.size:
            return None
        low, high = float(flat.min()), float(flat.max())
        if high - low <= _NARROW * max(abs(low), abs(high)):  # bars would be narrower than floats can tell apart
            margin = max(abs(low), abs(high)) * _NARROW or 0.5
            low, high = low - margin, high + margin
        counts, _edges = np.histogram(flat, bins, (low, high))
        return cls(low, high, tuple(map(int, counts)))


@dataclass(frozen=True)
class WeightHealth:
    """A weight that is trained.

    Parameters
    ----------
    node, name
        Whose it is, and what the layer calls it.
    size, norm, gradient_norm
        Number of its elements; its length, and that of the loss's gradient by it: None if the loss does not depend on
        it.
    update_ratio
        Length of what the step before added to it, by its own; None if no step was watched, or it rests.
    is_alike
        Whether all units of it are the same: the columns of a kernel.
    """

    node: str
    name: str
    shape: tuple[int, ...]
    size: int
    norm: float
    gradient_norm: float | None
    update_ratio: float | None
    values: Histogram | None
    gradients: Histogram | None
    is_alike: bool = False

    @property
    def is_kernel(self) -> bool:
        """Whether it is a matrix or has more axes."""
        return len(self.shape) > 1


@dataclass(frozen=True)
class ActivationHealth:
    """What comes out of an activation function.

    Parameters
    ----------
    node, op
        Where it is applied, and its name.
    mean, std
        Of its values.
    saturated
        Share of its values that are at an end of its range, where it is flat; None if it has none.
    dead
        Share of its units that no example of the last several looks has woken; None if its units cannot be.
    units
        Number of units: of the last axis.
    is_output
        Whether it is a prediction.
    """

    node: str
    op: str
    mean: float
    std: float
    saturated: float | None
    dead: float | None
    units: int
    is_output: bool
    values: Histogram | None


@dataclass(frozen=True)
class InputHealth:
    """What the first trained layers are given.

    Parameters
    ----------
    node
        The layer.
    largest, rms
        Its largest absolute value, and the root of the mean of the squares.
    spread
        The largest standard deviation over the examples that an element has: 0 if all examples are the same.
    """

    node: str
    largest: float
    rms: float
    spread: float


@dataclass(frozen=True)
class OutputHealth:
    """A prediction beside its truth.

    Parameters
    ----------
    node, kind
        The loss, and the name of its class.
    source, made_by
        The node that the prediction comes from, and the last op that is more than a change of shape.
    from_logits
        What the loss takes it for; None if it makes no difference to it.
    loss
        Of this batch, without penalties.
    low, high
        Range of the prediction.
    sums_to_one
        Whether the scores of each example do.
    scores
        Size of the last axis.
    spread
        The largest standard deviation over the examples that a score has.
    """

    node: str
    kind: str
    source: str
    made_by: str
    from_logits: bool | None
    loss: float
    low: float
    high: float
    sums_to_one: bool
    scores: int
    spread: float


@dataclass(frozen=True)
class Sample:
    """A look at a training between two steps, at one batch of examples.

    Parameters
    ----------
    step, epoch
        How many steps were made before it, and in which epoch, both from 0.
    loss, penalty
        The whole loss of its batch, and what regularizers have added to it.
    gradient_norm
        Length of all gradients together.
    seconds
        What the look took.
    predicting
        The loss of its batch with the layers as they predict, if some keep running means for that; else None.
    """

    step: int
    epoch: int
    loss: float
    penalty: float
    gradient_norm: float
    weights: tuple[WeightHealth, ...]
    activations: tuple[ActivationHealth, ...]
    inputs: tuple[InputHealth, ...]
    outputs: tuple[OutputHealth, ...]
    seconds: float = 0.0
    predicting: float | None = None


@dataclass(frozen=True)
class TruthHealth:
    """The answers that are to be learned, of all examples.

    Parameters
    ----------
    node, kind
        The loss, and the name of its class.
    low, high, mean, std
        Of its numbers.
    scores
        Size of the last axis of the prediction.
    counts
        How often each class number occurs, if they are class numbers; of yes-or-no answers how often no and yes.
    chance
        The loss of the best prediction that is the same for all examples; None if nobody knows it.
    classes
        How many classes the data tell apart, None if they tell none apart.
    """

    node: str
    kind: str
    low: float
    high: float
    mean: float
    std: float
    scores: int = 1
    counts: tuple[int, ...] = ()
    chance: float | None = None
    classes: int | None = None


@dataclass(frozen=True)
class LayerPair:
    """Two trained layers with nothing but linear ops between: they can do no more than one of them.

    Parameters
    ----------
    first, second
        Their nodes.
    widths
        Sizes of what goes in, of what lies between, and of what comes out.
    """

    first: str
    second: str
    widths: tuple[int, int, int]


@dataclass(frozen=True)
class Wiring:
    """What a look tells of the graph itself; it is the same at all of them.

    Parameters
    ----------
    linear
        Layers in a row that nothing bends.
    doubled
        Nodes that make probabilities of probabilities.
    mixed
        Losses of which the prediction of an example depends on the others of its batch.
    normalised
        Nodes that keep running means, to predict with.
    dropout
        Nodes that let only a share of the values through, with this share that they drop.
    """

    linear: tuple[LayerPair, ...] = ()
    doubled: tuple[str, ...] = ()
    mixed: tuple[str, ...] = ()
    normalised: tuple[str, ...] = ()
    dropout: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class HealthWarning:
    """Something that keeps a network from learning well.

    Parameters
    ----------
    id
        The rule that says so.
    error
        What is wrong, and what to try, in words; "node" among its facts says where.
    step
        How many steps had been made.
    """

    id: str
    error: EngineError
    step: int = 0

    @property
    def node(self) -> str:
        """The node that it is about, "" if it is about all of them."""
        return self.error.node or ""


@dataclass
class Evidence:
    """All that is known of a training so far: what the rules look at.

    Parameters
    ----------
    trainer
        The trainer's node.
    steps
        How many steps were made.
    losses
        The loss of each of the last steps.
    bad_step
        The first step of which the loss was no number, None if there is none.
    epochs
        What `fit` tells at the end of each epoch.
    samples
        The looks, from the one in front of the first step on; of many those between are left out.
    """

    trainer: str = ""
    steps: int = 0
    losses: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))
    bad_step: int | None = None
    epochs: list[Mapping[str, float]] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    truths: tuple[TruthHealth, ...] = ()
    wiring: Wiring = field(default_factory=Wiring)

    @property
    def first_inputs(self) -> tuple[InputHealth, ...]:
        """What the first trained layers are given, at the first look."""
        return self.samples[0].inputs if self.samples else ()

    @property
    def first_outputs(self) -> tuple[OutputHealth, ...]:
        """The predictions at the first look."""
        return self.samples[0].outputs if self.samples else ()

    @property
    def stepped(self) -> list[Sample]:
        """The looks right behind a step, whose updates are known."""
        return [s for s in self.samples if any(w.update_ratio is not None for w in s.weights)]

    @property
    def chance(self) -> float | None:
        """The loss of the best prediction that is the same for all examples; None if nobody knows it."""
        known = [t.chance for t in self.truths if t.chance is not None]
        return sum(known) if known and len(known) == len(self.truths) else None

    @property
    def gap(self) -> list[float]:
        """How much larger the loss of the validation is than that of the training, for each epoch."""
        return [logs["val_loss"] - logs["loss"] for logs in self.epochs if "val_loss" in logs]

    def without_penalty(self, loss: float) -> float:
        """Return what of a loss is about the data."""
        return loss - (self.samples[-1].penalty if self.samples else 0.0)
