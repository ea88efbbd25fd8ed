"""Rules about how the loss goes, and how large the steps are."""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import fmean, median

from engine.core.errors import EngineError
from studio.run.health.records import Evidence
from studio.run.health.rules import limits
from studio.run.health.rules.progress import learned_share, step_sizes
from studio.run.health.rules.words import rounded


def rate_too_high(evidence: Evidence) -> Iterator[EngineError]:
    """Steps that go too far land where the loss is no smaller; one that goes much too far may be the last one."""
    sizes, learned = step_sizes(evidence), learned_share(evidence)
    if learned is None or len(sizes) < limits.AGREEING:
        return
    is_restless = median(sizes) > limits.STEP_LARGE and learned < limits.LEARNED_LITTLE
    if is_restless or (max(sizes) > limits.STEP_WILD and learned < 0):
        yield EngineError(
            "A step has changed the weights by {share} % of their length, and the loss does not settle.",
            hint="Lower the learning rate to a tenth; more examples in a batch make steps steadier.",
            share=round(100 * max(sizes)),
            node=evidence.trainer,
        )


def rate_too_low(evidence: Evidence) -> Iterator[EngineError]:
    """Steps that go hardly anywhere need an age."""
    sizes, learned = step_sizes(evidence), learned_share(evidence)
    if learned is None or len(sizes) < limits.AGREEING:
        return
    if 0 < max(sizes) < limits.STEP_SMALL and learned < limits.LEARNED_LITTLE:
        yield EngineError(
            "No step changes the weights by more than {share} of their length.",
            hint="Raise the learning rate tenfold, and again if it still hardly moves.",
            share=rounded(max(sizes)),
            node=evidence.trainer,
        )


def diverging_loss(evidence: Evidence) -> Iterator[EngineError]:
    """The loss is to fall."""
    losses = [loss for loss in evidence.losses if math.isfinite(loss)]
    if evidence.steps < limits.STEPS or not losses or not evidence.samples:
        return
    first, last = evidence.samples[0].loss, fmean(losses)
    level = max(first, evidence.chance or first)
    if last > limits.GROWN * level:
        yield EngineError(
            "The loss has risen from {first} to {last}.",
            hint="Lower the learning rate, or the momentum, limit the gradients (clipnorm), scale input and answers.",
            first=rounded(first),
            last=rounded(last),
            node=evidence.trainer,
        )


def nothing_learned(evidence: Evidence) -> Iterator[EngineError]:
    """A prediction that is the same for all examples would have done as well."""
    learned, chance = learned_share(evidence), evidence.chance
    if learned is None or chance is None or learned > limits.LEARNED:
        return
    falls = evidence.epochs[-2]["loss"] - evidence.epochs[-1]["loss"]
    if not 0 < limits.FALLING * chance < falls:
        yield EngineError(
            "After {epochs} epochs the loss is {loss}. Always the same answer would give {chance}: nothing is learned.",
            hint="Do the answers belong to the inputs? Try another learning rate, and look for other warnings.",
            epochs=len(evidence.epochs),
            loss=rounded(evidence.without_penalty(evidence.epochs[-1]["loss"])),
            chance=rounded(chance),
            node=evidence.truths[0].node,
        )


def same_prediction(evidence: Evidence) -> Iterator[EngineError]:
    """A network that says the same of all examples does not see them."""
    seen = evidence.samples[-limits.AGREEING :]
    if len(evidence.stepped) < limits.AGREEING:
        return
    for outputs in zip(*(s.outputs for s in seen), strict=True):
        if all(o.spread <= limits.SAME * max(abs(o.low), abs(o.high)) for o in outputs):
            yield EngineError(
                "It says the same of all examples.",
                hint="Look for where they become alike: dead or saturated units, zeros, or an op along the wrong axis.",
                node=outputs[-1].source,
            )
