"""Facts about how well a network does its task: frozen data, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from engine.core.dtype import Array
from engine.core.errors import EngineError
from studio.document.document import PortRef

Set = Literal["validation", "training"]
Kind = Literal["classes", "binary", "labels", "regression", "reconstruction"]
#: The kinds of task at which predictions are scores.
SCORED: Final = ("classes", "binary", "labels")
#: Examples that are reconstructed at a time.
PAIRS: Final = 8


@dataclass(frozen=True)
class Task:
    """What a loss of a document asks of the network.

    Parameters
    ----------
    loss
        Its node.
    kind
        One of several classes, yes or no, several labels at once, numbers, or the inputs again.
    count
        How many classes, labels or numbers there are.
    labels
        What they are called, () if the data set does not say.
    threshold
        Scores above it mean yes.
    is_plane
        Whether the inputs are two numbers.
    embeddings, convolutions
        The nodes of these layers that the prediction depends on.
    outputs
        What the network computes on its way, where it has one value for each example.
    """

    loss: str
    kind: Kind
    count: int
    labels: tuple[str, ...] = ()
    threshold: float = 0.5
    is_plane: bool = False
    embeddings: tuple[str, ...] = ()
    convolutions: tuple[str, ...] = ()
    outputs: tuple[PortRef, ...] = ()

    @property
    def tells_classes(self) -> bool:
        """Whether each example has one class."""
        return self.kind in ("classes", "binary")

    @property
    def has_scores(self) -> bool:
        """Whether predictions are scores of classes or labels."""
        return self.kind in SCORED

    @property
    def classes(self) -> int:
        """How many classes there are; yes and no are two."""
        return 2 if self.kind == "binary" else self.count


@dataclass(frozen=True)
class Sample:
    """What was evaluated.

    Parameters
    ----------
    on
        The data that the examples are of.
    has_validation
        Whether there are data to validate with.
    count, total
        How many examples were taken, evenly, and of how many.
    step
        After how many steps of a training that goes on, None if none does.
    left_out
        How many of them have predictions that are no numbers: they count nowhere.
    """

    on: Set
    has_validation: bool
    count: int
    total: int
    step: int | None
    left_out: int


@dataclass(frozen=True)
class Example:
    """An example.

    Parameters
    ----------
    number
        Its place in the data.
    truth, prediction
        Class numbers, or the first of its numbers.
    score
        That of the predicted class, NaN if there is none.
    picture
        Its input as an image of bytes (height, width, channels), None if it is none.
    numbers
        The first numbers of its input; all of them of an example that was wanted itself.
    source
        The output that its input comes from.
    """

    number: int
    loss: float
    truth: Array
    prediction: Array
    score: float
    picture: Array | None
    numbers: Array
    source: PortRef


@dataclass(frozen=True)
class Confusion:
    """How often examples of a class (row) were taken for another (column).

    Precision and recall are NaN where there is nothing to divide by. `examples` are the first of the cell that was
    asked for.
    """

    counts: Array
    precision: Array
    recall: Array
    cell: tuple[int, int] | None = None
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class Worst:
    """The examples with the highest losses, the highest first."""

    examples: tuple[Example, ...]


@dataclass(frozen=True)
class ScoreCurve:
    """How well scores tell one class from the others, at each threshold.

    `recall` and `precision` belong to `thresholds`, `false` and `true` (the rates of the ROC) to `roc_thresholds`.
    Without examples of both sides there are none.
    """

    number: int
    positives: int
    negatives: int
    recall: Array
    precision: Array
    thresholds: Array
    false: Array
    true: Array
    roc_thresholds: Array
    average_precision: float
    area: float

    @property
    def is_one_sided(self) -> bool:
        """Whether there is nothing to tell apart."""
        return not (self.positives and self.negatives)


@dataclass(frozen=True)
class Scores:
    """A curve for each class or label, or for the most frequent ones of so many."""

    curves: tuple[ScoreCurve, ...]
    total: int


@dataclass(frozen=True)
class Plane:
    """What is predicted over the plane of two inputs.

    Parameters
    ----------
    low, high
        Its corners.
    predicted
        (rows, columns), the first row lowest: class numbers, or numbers.
    certainty
        From 0 to 1 the more the score of the class is above the others', None for numbers.
    points, truth, wrong, numbers
        The examples: where they are, what they are, whether the prediction is wrong, and their places in the data.
    """

    low: tuple[float, float]
    high: tuple[float, float]
    predicted: Array
    certainty: Array | None
    points: Array
    truth: Array
    wrong: Array
    numbers: Array


@dataclass(frozen=True)
class Fit:
    """Predicted numbers against the true ones. `counts` are of residuals, between `edges`.

    Parameters
    ----------
    truth, prediction, numbers
        Some of them: of all, what is shown; `numbers` are the examples' places in the data.
    r2
        NaN if all truths are the same.
    """

    truth: Array
    prediction: Array
    numbers: Array
    counts: Array
    edges: Array
    mae: float
    rmse: float
    r2: float


@dataclass(frozen=True)
class Projected:
    """Vectors as points in the plane of their two principal components.

    Parameters
    ----------
    source
        An Embedding, whose rows they are, or an output "node.port", which has one for each example.
    is_rows
        Whether they are rows.
    numbers
        The number of the row, or the example's place in the data.
    classes
        Those of the examples, None if there are none.
    shares
        Of the variance, that of each component.
    total
        How many vectors there are.
    """

    source: str
    is_rows: bool
    points: Array
    numbers: Array
    classes: Array | None
    shares: tuple[float, float]
    total: int


@dataclass(frozen=True)
class Pair:
    """What was given, what came back, and the difference of both (as numbers), each (height, width, channels)."""

    number: int
    loss: float
    given: Array
    returned: Array
    difference: Array


@dataclass(frozen=True)
class Pairs:
    """Examples that were reconstructed, from the `first` on, of so many: images, or else rows of numbers."""

    pairs: tuple[Pair, ...]
    first: int
    count: int
    is_images: bool


@dataclass(frozen=True)
class Maps:
    """The kernels of a convolution, and what each makes of an example.

    Parameters
    ----------
    kernels
        (out, in, height, width).
    maps
        (out, height, width).
    place, count
        Which of the evaluated examples it is, and of how many.
    """

    node: str
    kernels: Array
    maps: Array
    example: Example
    place: int
    count: int


Facts = Confusion | Worst | Scores | Plane | Fit | Projected | Pairs | Maps


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see.

    Parameters
    ----------
    view
        The name of what shows it.
    on
        The data to take examples of.
    loss
        The loss whose prediction it is about, "" for the first.
    place
        A node or an output, where there is a choice; "" for the first.
    example
        The example, or the first one, among those that were evaluated; of `number`, a place in the data.
    cell
        Of the confusion matrix, whose examples are wanted.
    number
        An example that is wanted itself, by its place in the data.
    """

    view: str
    on: Set = "validation"
    loss: str = ""
    place: str = ""
    example: int = 0
    cell: tuple[int, int] | None = None
    number: int | None = None


@dataclass(frozen=True)
class Seen:
    """An answer: the tasks of a document, which of them it is about, what was evaluated, and the facts.

    Parameters
    ----------
    wish
        What was wanted.
    error
        Why there are no facts.
    picked
        The example that was wanted itself.
    """

    wish: Wish
    tasks: tuple[Task, ...]
    task: Task
    sample: Sample
    facts: Facts | None
    error: EngineError | None = None
    picked: Example | None = None
