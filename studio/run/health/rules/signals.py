"""Rules about what comes through the layers: values forward, gradients back, and changes of the weights."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from engine.core.errors import EngineError
from studio.run.health.look import DEAD_LOOKS
from studio.run.health.records import Evidence, Sample, WeightHealth
from studio.run.health.rules import limits
from studio.run.health.rules.words import percent, rounded

#: What the weight of an Embedding is called: each batch reads few of its rows, so its gradient is small as a whole.
_TABLE: Final = "embeddings"


def not_finite(evidence: Evidence) -> Iterator[EngineError]:
    """NaN and infinity never become numbers again."""
    if evidence.bad_step is not None:
        yield EngineError(
            "The loss is no number any more since step {step}.",
            hint="Run it under the debugger, which stops at the op that makes the first bad value.",
            step=evidence.bad_step,
            node=evidence.truths[0].node if evidence.truths else evidence.trainer,
        )


def dead_units(evidence: Evidence) -> Iterator[EngineError]:
    """A rectifier that no example wakes has no gradient, so it stays asleep."""
    if len(evidence.samples) < DEAD_LOOKS:
        return
    for each in evidence.samples[-1].activations:
        if each.dead is not None and each.dead > limits.DEAD:
            yield EngineError(
                "{share} % of the {units} units are dead: no example of {looks} batches wakes them, so they cannot "
                "learn.",
                hint="Lower the learning rate, scale the input, begin with other weights, or use LeakyReLU.",
                share=percent(each.dead),
                units=each.units,
                looks=DEAD_LOOKS,
                node=each.node,
            )


def saturated_units(evidence: Evidence) -> Iterator[EngineError]:
    """Where an activation function is flat, no gradient comes through."""
    for places in zip(*(s.activations for s in evidence.samples[-limits.AGREEING :]), strict=False):
        known = [each.saturated for each in places if each.saturated is not None and not each.is_output]
        if len(known) == limits.AGREEING and min(known) > limits.FLAT:
            yield EngineError(
                "{share} % of the values that {function} gives lie at an end of its range, where it is flat.",
                hint="Scale the input, begin with smaller weights, lower the learning rate, or use relu.",
                share=percent(known[-1]),
                function=places[-1].op,
                node=places[-1].node,
            )


def vanishing_gradient(evidence: Evidence) -> Iterator[EngineError]:
    """On its way back through many layers a gradient may shrink to nothing."""
    found = [pair for s in evidence.samples[-limits.AGREEING :] if (pair := _shrunk(s)) is not None]
    if len(found) == limits.AGREEING and all(share < limits.VANISHED for _weight, share in found):
        weight, share = found[-1]
        yield EngineError(
            "The gradient hardly comes back to here: it is {times} times smaller than at the end.",
            hint="Use relu in place of sigmoid or tanh, fewer layers, BatchNormalization, or shortcuts (Add).",
            times=rounded(1 / share) if share else math.inf,
            node=weight.node,
        )


def _shrunk(sample: Sample) -> tuple[WeightHealth, float] | None:
    """Return the first kernel, and the gradient of an element of it by the largest of such of all kernels."""
    sizes = [
        (w, w.gradient_norm / math.sqrt(w.size))
        for w in _kernels(sample)
        if w.gradient_norm is not None and w.name != _TABLE
    ]
    largest = max((size for _weight, size in sizes), default=0.0)
    return (sizes[0][0], sizes[0][1] / largest) if len(sizes) > 1 and largest > 0 and math.isfinite(largest) else None


def exploding_gradient(evidence: Evidence) -> Iterator[EngineError]:
    """Gradients that are far longer than the weights they are to change tear these apart."""
    for sample in evidence.samples:
        for weight in _kernels(sample):
            slope = weight.gradient_norm
            if slope is not None and slope > limits.EXPLODED * max(weight.norm, 1.0):
                yield EngineError(
                    "The gradient here is {length} long, the weight itself {norm}.",
                    hint="Limit the gradients (clipnorm), scale input and answers, or begin with smaller weights.",
                    length=rounded(slope),
                    norm=rounded(weight.norm),
                    node=weight.node,
                )
                return


def frozen_layer(evidence: Evidence) -> Iterator[EngineError]:
    """A weight that is to be trained and never changes, while others do."""
    seen = evidence.stepped[-limits.AGREEING :]
    if (
        evidence.bad_step is not None
        or len(seen) < limits.AGREEING
        or not any(w.update_ratio for w in seen[-1].weights)
    ):
        return
    for weight in _kernels(seen[-1]):
        history = [w.update_ratio for s in seen for w in s.weights if (w.node, w.name) == (weight.node, weight.name)]
        if all(ratio == 0 for ratio in history):
            is_cut = weight.gradient_norm is None
            yield EngineError(
                "Its weights never change: the loss does not depend on them."
                if is_cut
                else "Its weights never change: no gradient comes back to here.",
                hint="Look for what lies between here and the loss and lets no gradient through: stop_gradient, round, "
                "argmax, dead units, or zeros.",
                node=weight.node,
            )


def units_alike(evidence: Evidence) -> Iterator[EngineError]:
    """Units that begin alike get the same gradient, and stay alike."""
    if len(evidence.stepped) < limits.AGREEING:
        return
    for weight in _kernels(evidence.samples[-1]):
        if weight.is_alike:
            yield EngineError(
                "All of its units have the same weights, so they do the same, however many there are.",
                hint="Begin with random weights, such as glorot_uniform or he_normal.",
                node=weight.node,
            )


def _kernels(sample: Sample) -> list[WeightHealth]:
    return [w for w in sample.weights if w.is_kernel]
