"""What task a network seems to be given, by its loss, its inputs and the truth, and what its predictions say then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from engine.core.dtype import Array
from engine.core.witness import Witness, witnessed
from engine.ops.activation import sigmoid
from engine.ops.nn import softmax
from engine.runtime.eager import constant
from studio.document.document import PortRef
from studio.run.tasks.data import SCORED, Kind, Task
from studio.run.tasks.subject import Subject

#: Numbers of truths that show whether they are zeros and ones.
_SEEN: Final = 10_000
_SPATIAL: Final = ("layer.Conv2D", "layer.Conv1D", "layer.Conv2DTranspose", "layer.DepthwiseConv2D")


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
