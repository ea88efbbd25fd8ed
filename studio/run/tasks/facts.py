"""The facts that views show, by their names. Those of a new view are a function here and a line in `FACTS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import EngineError, InvalidArgumentError
from studio.document.document import PortRef
from studio.run.images import as_bytes, is_image
from studio.run.projection import project
from studio.run.tasks.data import (
    PAIRS,
    Confusion,
    Facts,
    Fit,
    Maps,
    Pair,
    Pairs,
    Plane,
    Projected,
    ScoreCurve,
    Scores,
    Wish,
    Worst,
)
from studio.run.tasks.evaluation import Evaluation
from studio.run.tasks.subject import CHUNK
from studio.run.tasks.task import predicted, shares

Checkpoint = Callable[[], None]

#: Examples that are listed at most.
LISTED: Final = 48
#: Points of a curve or a scatter plot at most: more cannot be told apart.
POINTS: Final = 400
SCATTERED: Final = 1000
#: Points along each side of the plane.
GRID: Final = 80
#: How much of the plane is seen around the examples.
_MARGIN: Final = 0.08
BINS: Final = 31
PROJECTED: Final = 1000
#: Classes that a confusion matrix has at most.
CLASSES: Final = 1000
#: Classes of which curves are traced at most: each takes 9 ms.
CURVES: Final = 30
#: Kernels, input channels and feature maps that are sent at most, and pixels along a side of a map.
KERNELS: Final = 256
_CHANNELS: Final = 16
_SIDE: Final = 64


# ------------------------------------------------------------------------------------------------------ classification


def confusion(found: Evaluation, wish: Wish, _checkpoint: Checkpoint) -> Confusion:
    """Count which classes are taken for which."""
    from sklearn.metrics import confusion_matrix  # takes a second to import

    count = found.task.classes
    if count > CLASSES:
        raise InvalidArgumentError(
            "The matrix of {count} classes would have too many cells.",
            hint="Look at the worst examples, or use at most {most} classes.",
            count=count,
            most=CLASSES,
        )
    truth, given = found.truth[found.fine], found.predicted[found.fine]
    counts = confusion_matrix(truth.ravel(), given.ravel(), labels=np.arange(count))
    with np.errstate(invalid="ignore"):
        right = np.diagonal(counts).astype(np.float64)
        precision, recall = right / counts.sum(axis=0), right / counts.sum(axis=1)
    if wish.cell is None:
        return Confusion(counts, precision, recall)
    row, column = wish.cell
    inside = ((found.truth == row) & (found.predicted == column)).reshape(len(found.truth), -1).any(axis=1)
    places = np.flatnonzero(inside & found.fine)
    places = places[np.argsort(-found.losses[places], kind="stable")][:LISTED]
    return Confusion(counts, precision, recall, wish.cell, tuple(found.example(int(at)) for at in places))


def worst(found: Evaluation, _wish: Wish, _checkpoint: Checkpoint) -> Worst:
    """List the examples with the highest losses; what is no number comes first."""
    order = np.argsort(-np.nan_to_num(found.losses, nan=np.inf), kind="stable")[:LISTED]
    return Worst(tuple(found.example(int(at)) for at in order))


def scores(found: Evaluation, _wish: Wish, checkpoint: Checkpoint) -> Scores:
    """Trace precision, recall and the ROC of each class or label over all thresholds."""
    task, fine = found.task, found.fine
    truth, given = found.truth[fine], found.scores[fine]
    if task.kind == "binary":
        return Scores((score_curve(1, truth.ravel(), given.ravel()),), 1)
    curves = []
    sums = truth.reshape(-1, task.count).sum(axis=0) if task.kind == "labels" else None
    often = np.bincount(truth.ravel(), minlength=task.count)[: task.count] if sums is None else sums
    for number in np.sort(np.argsort(-often, kind="stable")[:CURVES]).tolist():
        checkpoint()
        is_it = truth[..., number] if task.kind == "labels" else truth == number
        curves.append(score_curve(number, is_it.ravel(), given[..., number].ravel()))
    return Scores(tuple(curves), task.count)


def score_curve(number: int, truth: Array, given: Array) -> ScoreCurve:
    """Return the curves of one class.

    Examples
    --------
    >>> curve = score_curve(0, np.array([0, 1, 1]), np.array([0.1, 0.9, 0.8]))
    >>> curve.area, curve.average_precision
    (1.0, 1.0)
    """
    from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_curve

    truth = truth.astype(bool)
    positives, nothing = int(truth.sum()), np.zeros(0)
    if not 0 < positives < truth.size:
        empty = (nothing,) * 6
        return ScoreCurve(number, positives, int(truth.size - positives), *empty, float("nan"), float("nan"))
    precision, recall, thresholds = precision_recall_curve(truth, given)
    false, true, roc_thresholds = roc_curve(truth, given)
    area, average = float(auc(false, true)), float(average_precision_score(truth, given))
    pr, roc = _thinned(len(thresholds)), _thinned(len(roc_thresholds))
    return ScoreCurve(
        number,
        positives,
        int(truth.size - positives),
        np.append(recall[pr], recall[-1]),
        np.append(precision[pr], precision[-1]),
        np.append(thresholds[pr], np.inf),  # above the highest score nobody is found
        false[roc],
        true[roc],
        roc_thresholds[roc],
        average,
        area,
    )


def _thinned(count: int) -> Array:
    """Return at most `POINTS` places, evenly spread, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, POINTS)).round().astype(int))


# ------------------------------------------------------------------------------------------------------ in the plane


def plane(found: Evaluation, _wish: Wish, checkpoint: Checkpoint) -> Plane:
    """Predict over a grid of the plane."""
    points = np.concatenate([a.reshape(len(a), -1) for a in found.inputs.values()], axis=1).astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = np.where(high > low, high - low, 1.0) * _MARGIN
    low, high = low - margin, high + margin
    ys, xs = np.mgrid[0:GRID, 0:GRID] / (GRID - 1)
    places = np.stack([low[0] + xs.ravel() * (high[0] - low[0]), low[1] + ys.ravel() * (high[1] - low[1])], axis=1)
    found_scores = _scores_at(found, places, checkpoint)
    task = found.task
    certainty = None
    if task.has_scores:
        certainty = np.clip(_certainty(task.kind, task.threshold, found_scores), 0, 1).reshape(GRID, GRID)
        values = predicted(task, found_scores).reshape(GRID, GRID)
        truth, wrong = found.truth, found.truth != found.predicted
    else:
        values = found_scores.reshape(len(places), -1)[:, 0].reshape(GRID, GRID)
        truth = found.truth.reshape(len(points), -1)[:, 0]
        wrong = np.zeros(len(points), bool)
    kept = np.flatnonzero(found.fine)
    kept = kept[:: max(1, -(-len(kept) // SCATTERED))]
    return Plane(
        (float(low[0]), float(low[1])),
        (float(high[0]), float(high[1])),
        values.astype(np.float32),
        None if certainty is None else certainty.astype(np.float32),
        points[kept].astype(np.float32),
        truth[kept],
        wrong[kept],
        found.places[kept],
    )


def _scores_at(found: Evaluation, places: Array, checkpoint: Checkpoint) -> Array:
    subject = found.subject
    parts = []
    for begin in range(0, len(places), 8 * CHUNK):
        checkpoint()
        some, at, given = places[begin : begin + 8 * CHUNK], 0, {}
        for ref, like in found.inputs.items():
            width = int(np.prod(like.shape[1:]))
            given[ref] = some[:, at : at + width].reshape(len(some), *like.shape[1:]).astype(like.dtype)
            at += width
        parts.append(subject.predict(given))
    prediction = np.concatenate(parts)
    if found.task.kind == "binary" and prediction.ndim > 1:
        prediction = prediction[..., 0]
    return shares(found.task.kind, prediction, found.logits)


def _certainty(kind: str, threshold: float, given: Array) -> Array:
    """Return how far the scores of points are from saying something else, from 0 to 1."""
    if kind == "classes":
        ordered = np.sort(given, axis=-1)
        return np.asarray(ordered[..., -1] - (ordered[..., -2] if given.shape[-1] > 1 else 0))
    return np.abs(given - threshold) * (2 if threshold else 1)


# ------------------------------------------------------------------------------------------------------- numbers


def fit(found: Evaluation, _wish: Wish, _checkpoint: Checkpoint) -> Fit:
    """Compare predicted numbers with the true ones."""
    from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

    width = int(np.prod(found.scores.shape[1:]))
    numbers = np.repeat(found.places[found.fine], width)
    truth = found.truth[found.fine].ravel().astype(np.float64)
    given = found.scores[found.fine].ravel().astype(np.float64)
    if truth.size != given.size:
        raise InvalidArgumentError(
            "The truth has {true} numbers and the prediction {given}.",
            hint="They must be as many.",
            true=truth.size,
            given=given.size,
            node=found.subject.loss.id,
        )
    counts, edges = np.histogram(given - truth, BINS)
    is_level = truth.size < 2 or bool((truth == truth[0]).all())
    # every n-th would be the same few pixels of each picture
    some = np.sort(np.random.default_rng(0).permutation(truth.size)[:SCATTERED])
    return Fit(
        truth[some],
        given[some],
        numbers[some],
        counts,
        edges,
        float(mean_absolute_error(truth, given)),
        float(root_mean_squared_error(truth, given)),
        float("nan") if is_level else float(r2_score(truth, given)),
    )


# -------------------------------------------------------------------------------------------------------- inside


def projected(found: Evaluation, wish: Wish, checkpoint: Checkpoint) -> Projected:
    """Project the rows of an embedding, or an output for each example."""
    task, subject = found.task, found.subject
    names = (*task.embeddings, *(f"{ref.node}.{ref.port}" for ref in task.outputs))
    # scores lie where the truth is; what they are made of tells more
    first = names[1] if not task.embeddings and task.has_scores and len(names) > 1 else next(iter(names), "")
    source = wish.place if wish.place in names else first
    if source in task.embeddings:
        rows = subject.step(source).made.embeddings.array
        return _projected(found, source, True, rows, np.arange(len(rows)), None)
    if not source:
        raise InvalidArgumentError(
            "The network computes nothing on its way that could be projected.",
            hint="Put a layer between data and loss.",
            node=subject.loss.id,
        )
    at = np.flatnonzero(found.fine)
    at = at[:: max(1, -(-len(at) // PROJECTED))]
    values = outputs(found, _ref(source), at, checkpoint)
    if len(values) != len(at):
        raise InvalidArgumentError(
            "'{node_id}' does not give one value for each example.", hint="Choose another output.", node_id=source
        )
    classes = found.truth[at] if task.tells_classes and found.truth.ndim == 1 else None
    return _projected(found, source, False, values, found.places[at], classes)


def _ref(name: str) -> PortRef:
    node, _dot, port = name.rpartition(".")
    return PortRef(node, port)


def outputs(found: Evaluation, ref: PortRef, at: Array, checkpoint: Checkpoint) -> Array:
    """Return what an output gives for some of the examples."""
    parts = []
    size = found.subject.chunk
    for begin in range(0, len(at), size):
        checkpoint()
        given = found.subject.given(found.part, found.numbers[at[begin : begin + size]])
        parts.append(np.asarray(found.subject.run(given, [ref])[0].numpy()))
    return np.concatenate(parts) if parts[0].ndim else np.stack(parts)


def _projected(
    found: Evaluation, source: str, is_rows: bool, values: Array, numbers: Array, classes: Array | None
) -> Projected:
    plane = project(values, PROJECTED) if values.ndim > 1 else project(values[:, np.newaxis], PROJECTED)
    if plane is None:
        raise EngineError(
            "There are no two finite vectors to project.",
            hint="Choose another output, or look at more examples.",
            node=source.partition(".")[0],
        )
    return Projected(
        source,
        is_rows,
        plane.points.astype(np.float32),
        numbers[plane.places],
        None if classes is None else classes[plane.places],
        plane.shares,
        len(values),
    )


def pairs(found: Evaluation, wish: Wish, _checkpoint: Checkpoint) -> Pairs:
    """Put what was given beside what came back."""
    count = len(found.numbers)
    first = min(max(0, wish.example), max(0, count - 1)) // PAIRS * PAIRS
    inputs = next((a for a in found.inputs.values() if a[0].size == found.truth[0].size), None)
    shape = inputs.shape[1:] if inputs is not None else found.truth.shape[1:]
    is_images = is_image(shape)
    shape = (*shape, 1) if is_images and len(shape) == 2 else shape if is_images else (1, int(np.prod(shape)), 1)
    made = []
    for at in range(first, min(count, first + PAIRS)):
        given, returned = (a[at].reshape(shape).astype(np.float64) for a in (found.truth, found.scores))
        images = as_bytes(np.stack([given, returned]).astype(np.float32))
        difference = (returned - given).mean(axis=-1, keepdims=True).astype(np.float32)
        made.append(Pair(int(found.places[at]), float(found.losses[at]), images[0], images[1], difference))
    return Pairs(tuple(made), first, count, is_images)


def maps(found: Evaluation, wish: Wish, checkpoint: Checkpoint) -> Maps:
    """Show the kernels of a convolution, and what each makes of an example."""
    nodes = found.task.convolutions
    node = wish.place if wish.place in nodes else nodes[0]
    step = found.subject.step(node)
    at = min(max(0, wish.example), len(found.numbers) - 1)
    output = PortRef(node, step.node_type.outputs[0].name)
    made = outputs(found, output, np.array([at]), checkpoint)[0]
    made = made if made.ndim == 3 else made[np.newaxis]
    stride = max(1, -(-max(made.shape[:2]) // _SIDE))
    planes = np.moveaxis(made[::stride, ::stride, :KERNELS], -1, 0)
    return Maps(
        node,
        kernels_of(step.node_type.id, step.made)[:KERNELS, :_CHANNELS].astype(np.float32),
        planes.astype(np.float32).copy(),
        found.example(at),
        at,
        len(found.numbers),
    )


def kernels_of(type_id: str, layer: Any) -> Array:
    """Return the kernels of a convolution as (out, in, height, width)."""
    kernel = layer.depthwise_kernel if type_id == "layer.DepthwiseConv2D" else layer.kernel
    array = kernel.array
    array = array if array.ndim == 4 else array[np.newaxis]
    if type_id == "layer.DepthwiseConv2D":  # (height, width, in, multiplier): each input channel has its own
        return np.asarray(np.moveaxis(array.reshape(*array.shape[:2], -1), -1, 0)[:, np.newaxis])
    if type_id == "layer.Conv2DTranspose":  # (height, width, out, in)
        return np.asarray(np.moveaxis(array, (-2, -1), (0, 1)))
    return np.asarray(np.moveaxis(array, (-1, -2), (0, 1)))


FACTS: Final[Mapping[str, Callable[[Evaluation, Wish, Checkpoint], Facts]]] = {
    "confusion": confusion,
    "worst": worst,
    "scores": scores,
    "plane": plane,
    "fit": fit,
    "projection": projected,
    "pairs": pairs,
    "maps": maps,
}
