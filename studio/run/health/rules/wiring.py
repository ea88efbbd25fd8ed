"""Rules about how a network is wired: they need no training."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final

from engine.core.errors import EngineError
from studio.run.health.flow import PROBABILITIES
from studio.run.health.records import Evidence
from studio.run.health.rules import limits
from studio.run.health.rules.words import percent, rounded

#: What activation functions give at least and at most.
_REACH: Final[Mapping[str, tuple[float, float]]] = {
    "relu": (0.0, float("inf")),
    "relu6": (0.0, 6.0),
    "softplus": (0.0, float("inf")),
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
}
_OF_AMOUNTS: Final = frozenset({"MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh"})


def mixed_examples(evidence: Evidence) -> Iterator[EngineError]:
    """Each example is to be judged by itself: axis 0 is that of the batch."""
    for node in evidence.wiring.mixed:
        yield EngineError(
            "The prediction for an example depends on the others of its batch.",
            hint="Look for an op that works along axis 0, that of the batch: a softmax, a mean, a reshape.",
            node=node,
        )


def softmax_twice(evidence: Evidence) -> Iterator[EngineError]:
    """Probabilities of probabilities are all but even."""
    for node in evidence.wiring.doubled:
        yield EngineError(
            "What comes in here are probabilities already, and it makes probabilities of them again.",
            hint="Take one of the two away: twice, they become nearly even, and hardly anything is learned.",
            node=node,
        )


def logits_flag(evidence: Evidence) -> Iterator[EngineError]:
    """A cross-entropy must be told whether it gets probabilities or logits."""
    for output in evidence.first_outputs:
        if output.from_logits and output.made_by in PROBABILITIES:
            yield EngineError(
                "The loss takes the prediction for logits, but {function} has made probabilities of it.",
                hint="Turn from_logits off, or take {function} away.",
                function=output.made_by,
                node=output.node,
            )
        if output.from_logits is False and not _are_probabilities(evidence, output.node):
            yield EngineError(
                "The loss takes the prediction for probabilities, but it goes from {low} to {high}.",
                hint="Turn from_logits on, or let the last layer end in softmax or, for yes or no, in sigmoid.",
                low=rounded(output.low),
                high=rounded(output.high),
                node=output.node,
            )


def _are_probabilities(evidence: Evidence, node: str) -> bool:
    """Return whether the predictions of all looks could be: those that no function has bound come out of it soon."""
    outputs = [o for s in evidence.samples for o in s.outputs if o.node == node and math.isfinite(o.low + o.high)]
    if not outputs:
        return True
    is_sum = outputs[0].kind == "SparseCategoricalCrossentropy" and outputs[0].made_by not in PROBABILITIES
    return all(o.low >= -limits.ROUNDING and o.high <= 1 + limits.ROUNDING for o in outputs) and not (
        is_sum and not all(o.sums_to_one for o in outputs)
    )


def sigmoid_for_classes(evidence: Evidence) -> Iterator[EngineError]:
    """One of several classes is what softmax is for; sigmoid answers a question for each class by itself."""
    for output in evidence.first_outputs:
        is_of_classes = output.kind in ("SparseCategoricalCrossentropy", "CategoricalCrossentropy")
        if is_of_classes and output.made_by in ("sigmoid", "hard_sigmoid") and output.scores > 1:
            yield EngineError(
                "The scores come from {function}, each for itself, but this loss chooses one of {scores} classes.",
                hint="Use softmax for one of several classes; sigmoid goes with the binary cross-entropy.",
                function=output.made_by,
                scores=output.scores,
                node=output.node,
            )


def single_score(evidence: Evidence) -> Iterator[EngineError]:
    """The softmax of one number is 1, whatever it is."""
    for output in evidence.first_outputs:
        if output.scores == 1 and (output.made_by == "softmax" or output.kind == "SparseCategoricalCrossentropy"):
            yield EngineError(
                "There is one score only, and its share of itself is always 1.",
                hint="Use sigmoid and the binary cross-entropy for yes or no, or a unit for each class.",
                node=output.node,
            )


def out_of_reach(evidence: Evidence) -> Iterator[EngineError]:
    """An activation function at the end must be able to give the answers."""
    for truth, output in zip(evidence.truths, evidence.first_outputs, strict=False):
        low, high = _REACH.get(output.made_by, (-float("inf"), float("inf")))
        margin = limits.BEYOND * truth.std
        if truth.kind in _OF_AMOUNTS and (truth.low < low - margin or truth.high > high + margin):
            yield EngineError(
                "The answers go from {low} to {high}, but {function} at the end gives only what lies in its own range.",
                hint="Let the last layer have no activation function, or scale the answers into that range.",
                low=rounded(truth.low),
                high=rounded(truth.high),
                function=output.made_by,
                node=output.source,
            )


def linear_stack(evidence: Evidence) -> Iterator[EngineError]:
    """Two linear layers in a row are one, unless the first is narrower than both its sides."""
    for pair in evidence.wiring.linear:
        before, between, behind = pair.widths
        if between >= min(before, behind):
            yield EngineError(
                "Nothing bends what goes from '{first}' to here: both layers can do no more than one.",
                hint="Give '{first}' an activation function, such as relu.",
                first=pair.first,
                node=pair.second,
            )


def dropout_rate(evidence: Evidence) -> Iterator[EngineError]:
    """What drops nearly all lets nearly nothing through to learn from."""
    for node, rate in evidence.wiring.dropout.items():
        if rate > limits.DROPPED:
            yield EngineError(
                "Only {share} % of the values get through here while it learns.",
                hint="Drop less: rates from 0.1 to 0.5 are usual.",
                share=100 - percent(rate),
                node=node,
            )
