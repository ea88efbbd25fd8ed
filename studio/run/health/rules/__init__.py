"""The rules that judge a training: each a small function of what is known, by its id.

A rule yields an error in words for each thing that it finds wrong, with the node it is about. Its limits stand in
`limits.py`, each beside the measurement that chose it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from engine.core.errors import EngineError
from studio.run.health.records import Evidence
from studio.run.health.rules import data, fit, learning, signals, wiring

Rule = Callable[[Evidence], Iterator[EngineError]]

RULES: Final[Mapping[str, Rule]] = {
    # what goes in
    "input_scale": data.input_scale,
    "constant_input": data.constant_input,
    "label_range": data.label_range,
    "label_offset": data.label_offset,
    "class_imbalance": data.class_imbalance,
    "target_scale": data.target_scale,
    "classes_as_amounts": data.classes_as_amounts,
    # how it is wired
    "mixed_examples": wiring.mixed_examples,
    "softmax_twice": wiring.softmax_twice,
    "logits_flag": wiring.logits_flag,
    "sigmoid_for_classes": wiring.sigmoid_for_classes,
    "single_score": wiring.single_score,
    "out_of_reach": wiring.out_of_reach,
    "linear_stack": wiring.linear_stack,
    "dropout_rate": wiring.dropout_rate,
    # what comes through
    "not_finite": signals.not_finite,
    "dead_units": signals.dead_units,
    "saturated_units": signals.saturated_units,
    "vanishing_gradient": signals.vanishing_gradient,
    "exploding_gradient": signals.exploding_gradient,
    "frozen_layer": signals.frozen_layer,
    "units_alike": signals.units_alike,
    # how it learns
    "rate_too_high": learning.rate_too_high,
    "rate_too_low": learning.rate_too_low,
    "diverging_loss": learning.diverging_loss,
    "nothing_learned": learning.nothing_learned,
    "same_prediction": learning.same_prediction,
    # what comes of it
    "weight_penalty": fit.weight_penalty,
    "running_means": fit.running_means,
    "overfitting": fit.overfitting,
}
