"""One evaluation: examples with what is predicted of them and what that costs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from engine.core.dispatch import at
from engine.core.dtype import Array
from engine.core.errors import EngineError
from engine.core.witness import Witness, witnessed
from engine.keras.losses.loss import aligned
from engine.runtime.eager import constant
from studio.document.document import PortRef
from studio.document.lower import Step, blamed
from studio.run.images import picture_of
from studio.run.tasks.data import Example, Sample, Set, Task
from studio.run.tasks.subject import Part, Subject, spread
from studio.run.tasks.task import logits_of, predicted, task_of

#: Examples that are evaluated at most.
MOST: Final = 2000
#: Bytes of inputs that are kept at most: of large images there are fewer.
BYTES: Final = 1 << 28
#: Examples that go first through the network, as long as their time is not known.
_FIRST: Final = 32
#: Numbers that are told of an example that is no picture.
NUMBERS: Final = 8


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
