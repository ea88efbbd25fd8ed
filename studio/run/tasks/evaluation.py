"""One evaluation: examples with what is predicted of them and what that costs, and what task this seems to be."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from engine.core.dispatch import at
from engine.core.dtype import Array
from engine.core.errors import EngineError
from engine.core.witness import Witness, witnessed
from engine.keras.losses.loss import aligned
from engine.ops.activation import sigmoid
from engine.ops.nn import softmax
from engine.runtime.eager import constant
from studio.document.document import PortRef
from studio.document.lower import Step, blamed
from studio.run.images import as_bytes
from studio.run.tasks.data import SCORED, Example, Kind, Sample, Set, Task
from studio.run.tasks.subject import Part, Subject, spread

#: Examples that are evaluated at most.
MOST: Final = 2000
#: Bytes of inputs that are kept at most: of large images there are fewer.
BYTES: Final = 1 << 28
#: Examples that go first through the network, as long as their time is not known.
_FIRST: Final = 32
#: Longest side of a picture of an example, in pixels, and numbers that are told of one that is none.
SIDE: Final = 64
NUMBERS: Final = 8
_SMALLEST_IMAGE: Final = 6
_COLOURS: Final = (1, 3, 4)
#: Numbers of truths that show whether they are zeros and ones.
_SEEN: Final = 10_000
_SPATIAL: Final = ("layer.Conv2D", "layer.Conv1D", "layer.Conv2DTranspose", "layer.DepthwiseConv2D")


@dataclass(frozen=True)
class Evaluation:
    """What was evaluated.

    Parameters
    ----------
    subject, part, task, sample
        Of what, and what there is to say of it.
    numbers
        The examples' places among those of the part, in order; the other arrays have an entry for each of them.
    truth
        (examples, …): class numbers, which labels there are (0 or 1), or numbers.
    scores
        (examples, …): what was predicted, as shares where the loss takes logits.
    losses
        A value for each.
    fine
        Whether all that was predicted of an example are numbers.
    logits
        Whether scores have to be made of what the network gives.
    """

    subject: Subject
    part: Part
    task: Task
    sample: Sample
    numbers: Array
    inputs: dict[PortRef, Array]
    truth: Array
    scores: Array
    losses: Array
    fine: Array
    logits: bool

    @property
    def predicted(self) -> Array:
        """What is predicted: of classes their numbers, of labels which there are, else the numbers."""
        return predicted(self.task, self.scores)

    @property
    def places(self) -> Array:
        """The examples' places in the data."""
        return np.asarray(self.part.begin + self.numbers)

    def example(self, at: int, whole: bool = False) -> Example:
        """Return one example as it is shown, with all of its input where that is wanted."""
        scores = self.scores[at]
        score = np.nan
        if self.task.has_scores and scores.size:
            score = float(scores.max()) if self.task.kind == "classes" else float(scores.ravel()[0])
        most = max(NUMBERS, self.task.count if self.task.kind == "labels" else 0)
        source = self.subject.inputs[0]
        first = self.inputs[source][at]
        picture = next((p for array in self.inputs.values() if (p := picture_of(array[at])) is not None), None)
        return Example(
            int(self.places[at]),
            float(self.losses[at]),
            np.ravel(self.truth[at])[:most].copy(),
            np.ravel(predicted(self.task, scores[np.newaxis]))[:most].copy(),
            score,
            picture,
            first.copy() if whole else np.ravel(first)[:NUMBERS].copy(),
            source,
        )


def evaluate(
    subject: Subject, on: Set, step: int | None, budget: float, checkpoint: Callable[[], None] = lambda: None
) -> Evaluation:
    """Evaluate a subject.

    Parameters
    ----------
    on
        Which data are wanted.
    step
        Of the training that goes on, if one does.
    budget
        Seconds after which no more examples are begun.
    checkpoint
        Called often; raises to end it.

    Raises
    ------
    EngineError
        If it cannot be evaluated.
    """
    begin = time.perf_counter()
    part = subject.part(on)
    order = spread(part.count, min(MOST, max(1, BYTES // max(1, subject.bytes_per_example))))
    wanted = [subject.truth, subject.prediction, *subject.inputs]
    chunks: list[list[Array]] = []
    losses: list[Array] = []
    taken, size = 0, min(_FIRST, subject.chunk)
    while taken < len(order) and size:
        checkpoint()
        numbers = order[taken : taken + size]
        found = subject.run(subject.given(part, numbers), wanted)
        losses.append(_losses(subject.loss, found[0], found[1], len(numbers)))
        chunks.append([numbers, *(np.asarray(tensor.numpy()) for tensor in found)])
        taken += len(numbers)
        spent = time.perf_counter() - begin
        size = max(0, min(subject.chunk, int((budget - spent) / spent * taken)))
    numbers, truth, prediction, *inputs = (np.concatenate(parts) for parts in zip(*chunks, strict=True))
    sort = np.argsort(numbers)
    numbers, truth, prediction = numbers[sort], truth[sort], prediction[sort]
    of_inputs = {ref: array[sort] for ref, array in zip(subject.inputs, inputs, strict=True)}
    fine = np.isfinite(prediction).reshape(len(prediction), -1).all(axis=1)
    if not fine.any():
        raise EngineError(
            "All that is predicted is NaN or infinite.",
            hint="Step through a batch under the debugger: it stops where the first one comes from.",
            node=subject.prediction.node,
        )
    task, truth, scores = task_of(subject, of_inputs, truth, prediction)
    sample = Sample(part.on, part.has_validation, len(numbers), part.count, step, int(len(fine) - fine.sum()))
    return Evaluation(
        subject,
        part,
        task,
        sample,
        numbers,
        of_inputs,
        truth,
        scores,
        np.concatenate(losses)[sort],
        fine,
        logits_of(subject),
    )


def _losses(loss: Step, truth: Any, prediction: Any, count: int) -> Array:
    """Return the loss of each example."""
    with blamed(loss.id), at(loss.id), witnessed(Witness()):
        found = np.asarray(constant(loss.made.call(*aligned(truth, prediction))).numpy(), np.float64)
    if found.ndim and len(found) == count:
        return np.asarray(found.reshape(count, -1).mean(axis=1))
    return np.full(count, float(found.mean()))  # a loss of all at once has none of each


# ------------------------------------------------------------------------------------------------- what task it is


def task_of(
    subject: Subject, inputs: dict[PortRef, Array], truth: Array, prediction: Array
) -> tuple[Task, Array, Array]:
    """Return what is asked of the network, the truth in the shape that goes with it, and the scores."""
    made = subject.loss.made
    truth, prediction = _of_one_rank(truth, prediction)
    kind, count = _kind(type(made).__name__, list(inputs.values()), truth, prediction)
    scores, threshold = shares(kind, prediction, logits_of(subject)), 0.5
    if kind == "classes":
        truth = (truth.argmax(axis=-1) if truth.ndim == prediction.ndim else truth).astype(np.int64)
    elif kind in SCORED:
        truth = (truth > 0).astype(np.int64)
        threshold = 0.0 if "Hinge" in type(made).__name__ else 0.5
    if kind == "binary" and prediction.ndim > 1:
        truth, scores = truth[..., 0], scores[..., 0]
    labels = subject.labels
    classes = 2 if kind == "binary" else count
    return (
        Task(
            subject.loss.id,
            kind,
            count,
            labels if len(labels) == classes and kind in SCORED else (),
            threshold,
            is_plane=sum(int(np.prod(a.shape[1:])) for a in inputs.values()) == 2,
            embeddings=_of_type(subject, ("layer.Embedding",)),
            convolutions=_of_type(subject, _SPATIAL),
            outputs=tuple(_outputs(subject)),
        ),
        truth,
        scores,
    )


def _kind(loss: str, inputs: list[Array], truth: Array, prediction: Array) -> tuple[Kind, int]:
    count = prediction.shape[-1] if prediction.ndim > 1 else 1
    if truth.ndim < prediction.ndim:
        return "classes", count
    width = int(np.prod(prediction.shape[1:]))
    if any(_is_given_back(array, truth) for array in inputs):
        return "reconstruction", width
    found = np.unique(truth.ravel()[:_SEEN])
    is_error = not any(word in loss for word in ("Crossentropy", "Hinge", "Divergence"))
    if not np.isin(found, (0, 1)).all() and not (np.isin(found, (-1, 1)).all() and "Hinge" in loss):
        return ("classes", count) if "Categorical" in loss and count > 1 else ("regression", width)
    if count == 1:
        return ("regression", 1) if is_error and len(found) < 2 else ("binary", 1)
    if "Categorical" in loss or (truth == 1).sum(axis=-1).min() == (truth == 1).sum(axis=-1).max() == 1:
        return "classes", count
    return "labels", count


def _is_given_back(given: Array, truth: Array) -> bool:
    """Whether the truth is an input, or has the shape of one."""
    if given[0].size < 2 or given[0].size != truth[0].size:
        return False
    return given.shape == truth.shape or bool(np.array_equal(given.reshape(truth.shape), truth))


def _of_one_rank(truth: Array, prediction: Array) -> tuple[Array, Array]:
    """Return truth and prediction as the losses take them: class numbers have a rank less than scores."""
    if truth.ndim == prediction.ndim and truth.shape[-1] == 1 and prediction.shape[-1] > 1:
        return truth[..., 0], prediction
    if truth.ndim == prediction.ndim - 1 and prediction.shape[-1] == 1:
        return truth[..., np.newaxis], prediction
    if prediction.ndim == truth.ndim - 1 and truth.shape[-1] == 1:
        return truth, prediction[..., np.newaxis]
    return truth, prediction


def _of_type(subject: Subject, types: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(step.id for step in subject.steps if step.node_type.id in types)


def _outputs(subject: Subject) -> Iterator[PortRef]:
    """Yield the outputs on the way to the prediction, from the last on: the closer to the end, the more they tell."""
    for step in reversed(subject.steps):
        if step.node_type.id.startswith(("layer.", "op.")):
            yield from (PortRef(step.id, port.name) for port in step.node_type.outputs[:1])


def predicted(task: Task, scores: Array) -> Array:
    """Return what scores say, in the form that truths have."""
    if task.kind == "classes":
        return np.asarray(scores.argmax(axis=-1))
    return (scores > task.threshold).astype(np.int64) if task.has_scores else scores


def logits_of(subject: Subject) -> bool:
    """Return whether a loss takes scores that are no shares yet."""
    return bool(getattr(subject.loss.made, "from_logits", False))


def shares(kind: Kind, prediction: Array, logits: bool) -> Array:
    """Return scores as shares of one, if they are of classes or labels and are none yet."""
    if not logits or kind not in SCORED:
        return prediction
    with witnessed(Witness()):
        return np.asarray((softmax if kind == "classes" else sigmoid)(constant(prediction)).numpy())


# --------------------------------------------------------------------------------------------------------- pictures


def is_image(shape: tuple[int, ...]) -> bool:
    """Return whether an example of this shape is an image: a plane, or one with the channels of colours.

    Examples
    --------
    >>> is_image((8, 8)), is_image((32, 32, 3)), is_image((64,)), is_image((100, 2))
    (True, True, False, False)
    """
    if len(shape) == 3 and shape[-1] not in _COLOURS:
        return False
    return len(shape) in (2, 3) and min(shape[:2]) >= _SMALLEST_IMAGE


def picture_of(example: Array) -> Array | None:
    """Return an example as bytes (height, width, channels), None if it is no image; large ones are thinned."""
    if not is_image(example.shape):
        return None
    step = -(-max(example.shape[:2]) // SIDE)
    pixels = example[::step, ::step]
    return as_bytes(pixels if pixels.ndim == 3 else pixels[..., np.newaxis])
