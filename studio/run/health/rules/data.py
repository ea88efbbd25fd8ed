"""Rules about what goes in: inputs and answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.core.errors import EngineError
from studio.run.health.records import Evidence
from studio.run.health.rules import limits
from studio.run.health.rules.words import percent, rounded

#: Losses of class numbers, of probabilities, and of amounts.
_SPARSE: Final = frozenset({"SparseCategoricalCrossentropy"})
_OF_PROBABILITIES: Final = frozenset({"CategoricalCrossentropy", "BinaryCrossentropy", "KLDivergence"})
_OF_CLASSES: Final = _SPARSE | {"BinaryCrossentropy", "Hinge"}
_OF_AMOUNTS: Final = frozenset({"MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh"})


def input_scale(evidence: Evidence) -> Iterator[EngineError]:
    """Inputs far from 1 make the first layer's sums, and its gradients, as large or as small."""
    for each in evidence.first_inputs:
        if each.rms > limits.INPUT_LARGE or 0 < each.largest < limits.INPUT_SMALL:
            yield EngineError(
                "The values that go in here are {rms} on average, and up to {largest}.",
                hint="Scale the input to about 1: put a Rescaling or BatchNormalization layer behind the data.",
                rms=rounded(each.rms),
                largest=rounded(each.largest),
                node=each.node,
            )


def constant_input(evidence: Evidence) -> Iterator[EngineError]:
    """Of examples that are all the same nothing can be told apart."""
    for each in evidence.first_inputs:
        if each.spread <= limits.SAME * each.largest:
            yield EngineError(
                "All examples are the same by the time they come in here.",
                hint="Look at the nodes before it, one after the other: where do the examples become alike?",
                node=each.node,
            )


def label_range(evidence: Evidence) -> Iterator[EngineError]:
    """A cross-entropy compares with class numbers that have a score, or with probabilities."""
    for truth in evidence.truths:
        if truth.kind in _SPARSE and (truth.low < 0 or truth.high >= truth.scores):
            yield EngineError(
                "The class numbers go from {low} to {high}, but the prediction has {scores} scores, for 0 to {last}.",
                hint="Count classes from 0, and let the last layer have a unit for each.",
                low=int(truth.low),
                high=int(truth.high),
                scores=truth.scores,
                last=truth.scores - 1,
                node=truth.node,
            )
        if truth.kind in _OF_PROBABILITIES and (truth.low < 0 or truth.high > 1):
            yield EngineError(
                "The truth goes from {low} to {high}, but this loss compares with probabilities, from 0 to 1.",
                hint="Use 0 and 1; class numbers need the sparse cross-entropy, amounts the mean squared error.",
                low=rounded(truth.low),
                high=rounded(truth.high),
                node=truth.node,
            )


def label_offset(evidence: Evidence) -> Iterator[EngineError]:
    """Classes that are counted from 1 leave the first score without a meaning."""
    for truth in evidence.truths:
        is_last_used = truth.high == truth.scores - 1
        if truth.kind in _SPARSE and truth.counts and is_last_used and not truth.counts[0] and all(truth.counts[1:]):
            yield EngineError(
                "No example is of class 0, while all classes from 1 to {high} occur.",
                hint="Count classes from 0: subtract 1 from the class numbers.",
                high=int(truth.high),
                node=truth.node,
            )


def class_imbalance(evidence: Evidence) -> Iterator[EngineError]:
    """Where nearly all examples are of one class, its number alone is a good answer."""
    for truth in evidence.truths:
        total = sum(truth.counts)
        is_one_question = truth.kind in _SPARSE or truth.scores == 1
        if truth.kind in _OF_CLASSES and is_one_question and len(truth.counts) > 1:
            largest = max(truth.counts)
            if largest / total > limits.ONE_CLASS:
                yield EngineError(
                    "{share} % of the examples are of class {number}: who always says so is seldom wrong.",
                    hint="Get more examples of the others, or weigh them more, and watch precision and recall.",
                    share=percent(largest / total),
                    number=truth.counts.index(largest),
                    node=truth.node,
                )


def target_scale(evidence: Evidence) -> Iterator[EngineError]:
    """Amounts far from 1 ask for weights that are as large, which takes long, or for steps that are as small."""
    for truth in evidence.truths:
        size = max(truth.std, abs(truth.mean))
        if truth.kind in _OF_AMOUNTS and (size > limits.TARGET_LARGE or 0 < size < limits.TARGET_SMALL):
            yield EngineError(
                "The answers are {mean} on average, with a standard deviation of {std}.",
                hint="Scale them to mean 0 and deviation 1, and the predictions back.",
                mean=rounded(truth.mean),
                std=rounded(truth.std),
                node=truth.node,
            )


def classes_as_amounts(evidence: Evidence) -> Iterator[EngineError]:
    """Class 4 is not twice class 2: numbers of classes are names."""
    for truth in evidence.truths:
        if truth.kind in _OF_AMOUNTS and truth.classes is not None and truth.classes > 2:
            yield EngineError(
                "The truth is one of {classes} class numbers, but this loss takes them for amounts.",
                hint="Use the sparse categorical cross-entropy, with a score for each class.",
                classes=truth.classes,
                node=truth.node,
            )
