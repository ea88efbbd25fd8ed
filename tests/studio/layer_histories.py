"""Histories of layers for tests, without a training."""

from __future__ import annotations

import numpy as np

from engine.core.errors import EngineError
from studio.layers.subject import Subject
from studio.run.health.layers import LayerHistory
from studio.run.health.layout import ActivationPlace, LayerPlace, Layout, Sampling, WeightPlace
from studio.run.health.messages import HealthWarned

SAMPLING = Sampling(20, 32, 0.003, 0.02, 0.05)


def dense(name: str, units: int = 8, activation: str = "relu") -> LayerPlace:
    """Return a dense layer that learns."""
    weights = WeightPlace("kernel", (units, units)), WeightPlace("bias", (units,))
    return LayerPlace(name, "Dense", weights, (ActivationPlace(activation, units),))


SMALL = (LayerPlace("flatten", "Flatten"), dense("hidden"), dense("output", 4, "softmax"))


def history_of(layers: tuple[LayerPlace, ...] = SMALL, looks: int = 20, every: int = 20) -> LayerHistory:
    """Return a history of a training that goes well."""
    history = LayerHistory(Layout(layers, 4, 100, SAMPLING))
    rng = np.random.default_rng(0)
    for look in range(looks):
        row = np.zeros(1, history.layout.row)
        row["step"] = look * every
        for part in (row["weights"][0], row["activations"][0]):
            for name in part.dtype.names or ():
                column = part[name]
                if column.dtype.names is None:
                    column[:] = 10.0 ** rng.uniform(-4, -1, column.shape)
                else:
                    column["low"], column["high"] = -1 - look / looks, 1 + look / looks
                    column["counts"] = rng.integers(1, 300, column["counts"].shape)
        if not look:
            row["weights"]["update_ratio"] = np.nan
        history.extend(row)
    return history


def warning(node: str, step: int = 40, rule: str = "dead_units") -> HealthWarned:
    """Return a warning of a node."""
    error = EngineError("{share} % of the units are dead.", hint="Lower the learning rate.", share=90, node=node)
    return HealthWarned(1, 1, rule, error, step)


def subject(*warnings: HealthWarned, layers: tuple[LayerPlace, ...] = SMALL, looks: int = 20) -> Subject:
    """Return a training as the panel shows it."""
    return Subject(history_of(layers, looks), warnings)
