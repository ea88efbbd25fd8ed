"""What the panel shows: the looks of a training with what was found wrong, and what the charts take of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from engine.core.dtype import Array
from studio.layers.chart import Timeline
from studio.layers.depth import Depth
from studio.layers.figures import QUANTILES, Spread
from studio.layers.lines import Line, Lines
from studio.layers.rows import Row, rows_of
from studio.layers.spreads import Seen
from studio.run.health.layers import LayerHistory
from studio.run.health.messages import HealthWarned
from studio.ui.i18n import _

#: A curve by what it is of, as columns of epochs and values: what tables are saved of.
Curves = list[tuple[str, str, Array, Array]]


@dataclass(frozen=True)
class Subject:
    """A training.

    Parameters
    ----------
    history
        Its looks.
    warnings
        What was found wrong with it.
    run
        The name of an earlier run, "" for the last training of the document.
    """

    history: LayerHistory
    warnings: tuple[HealthWarned, ...] = ()
    run: str = ""

    def copy(self) -> Subject:
        """Return it as it is now: looks that come later are not in it."""
        history = LayerHistory(self.history.layout)
        history.extend(self.history.rows)
        return Subject(history, self.warnings, self.run)

    @property
    def steps(self) -> Array:
        """The steps of the looks."""
        return np.array(self.history.rows["step"])

    def timeline(self, row: Row) -> Timeline:
        """Return what charts of a row are drawn over."""
        marks = tuple(warning.step for warning in self.warnings if not row.node or warning.error.node == row.node)
        return Timeline(self.steps, self.history.layout.steps_per_epoch, marks)

    def weight(self, row: Row) -> Array | None:
        """Return what is known of the weight of a row."""
        return self.history.weight(row.node, row.weight.name) if row.weight is not None else None

    def activation(self, row: Row) -> Array | None:
        """Return what is known of what comes out of the activation function of a row."""
        return self.history.activation(row.node, row.function) if row.function is not None else None

    # ---------------------------------------------------------------------------------------------------- of one layer

    def values(self, row: Row) -> Seen:
        """Return how the elements of a weight are spread."""
        return Seen(self.timeline(row), _spread(self.weight(row), "values"))

    def gradients(self, row: Row) -> Seen:
        """Return how its gradients are."""
        return Seen(self.timeline(row), _spread(self.weight(row), "gradients"), "loss")

    def activations(self, row: Row) -> Seen:
        """Return how what comes out of a layer is spread."""
        return Seen(self.timeline(row), _spread(self.activation(row), "values"), "train")

    def norms(self, row: Row) -> Lines:
        """Return the lengths of a weight and of its gradient."""
        lines = _lines(
            self.weight(row),
            ("norm", "accent", _("weight"), False),
            ("gradient_norm", "loss", _("gradient"), True),
        )
        return Lines(self.timeline(row), lines, log=True)

    def ratio(self, row: Row) -> Lines:
        """Return its update ratios."""
        lines = _lines(self.weight(row), ("update_ratio", "accent", _("update ratio"), False))
        return Lines(self.timeline(row), lines, log=True, healthy=True)

    def mean(self, row: Row) -> Lines:
        """Return mean and deviation of what comes out of a layer."""
        found = self.activation(row)
        if found is None:
            return Lines(self.timeline(row))
        line = Line(_column(found, "mean"), "train", _("mean ± deviation"), around=_column(found, "std"))
        return Lines(self.timeline(row), (line,))

    def shares(self, row: Row) -> Lines:
        """Return the shares of it that are saturated and dead."""
        lines = _lines(
            self.activation(row), ("saturated", "warn", _("saturated"), False), ("dead", "bad", _("dead"), True)
        )
        return Lines(self.timeline(row), lines, shares=True)

    # -------------------------------------------------------------------------------------------------- of all of them

    @cached_property
    def kernels(self) -> list[Row]:
        """The weights that are matrices or have more axes, if there are some that learn, or else all that do."""
        rows = rows_of(self.history.layout)
        found = [row for row in rows if row.weight is not None and row.weight.state == "learns"]
        return [row for row in found if row.weight is not None and len(row.weight.shape) > 1] or found

    def depth(self, names: tuple[str, ...]) -> Depth:
        """Return the gradient of an element of each kernel."""
        sizes = np.array([max(row.weight.size, 1) for row in self.kernels if row.weight is not None], np.float64)
        return self._depth(names, self._kernel_values("gradient_norm") / np.sqrt(sizes))

    def updates(self, names: tuple[str, ...]) -> Depth:
        """Return the update ratio of each kernel."""
        return self._depth(names, self._kernel_values("update_ratio"), healthy=True)

    def _depth(self, names: tuple[str, ...], values: Array, healthy: bool = False) -> Depth:
        wrong = {warning.error.node for warning in self.warnings}
        warned = frozenset(i for i, row in enumerate(self.kernels) if row.node in wrong)
        return Depth(self.timeline(Row()), names, values, healthy, warned)

    def _kernel_values(self, name: str) -> Array:
        return self.history.weights([row.key for row in self.kernels], name)

    # ---------------------------------------------------------------------------------------------------------- tables

    def curves(self, row: Row) -> Curves:
        """Return all figures of a row, of all layers all, as columns of epochs and values."""
        layout = self.history.layout
        if row.layer is None:
            return [curve for each in rows_of(layout)[1:] for curve in self.curves(each)]
        epochs = self.steps / layout.steps_per_epoch
        found: Curves = []
        weight, activation = self.weight(row), self.activation(row)
        name = f"{row.node}/{row.part}" if row.part else row.node
        if weight is not None:
            for column in ("norm", "gradient_norm", "update_ratio"):
                found.append((name, column, epochs, _column(weight, column)))
            for part in ("values", "gradients"):
                found += _quantiles(name, part, epochs, Spread.of(weight[part]))
        if activation is not None and (row.is_first or row.weight is None):
            name = name if row.weight is None else row.node
            for column in ("mean", "std", "saturated", "dead"):
                found.append((name, f"activation_{column}", epochs, _column(activation, column)))
            found += _quantiles(name, "activation", epochs, Spread.of(activation["values"]))
        return found


def _quantiles(name: str, part: str, epochs: Array, spread: Spread) -> Curves:
    return [
        (name, f"{part}_{round(100 * share):02d}", epochs, values)
        for share, values in zip(QUANTILES, spread.quantiles(), strict=True)
    ]


def _spread(found: Array | None, name: str) -> Spread | None:
    return None if found is None else Spread.of(found[name])


def _column(found: Array, name: str) -> Array:
    return np.array(found[name], np.float64)


def _lines(found: Array | None, *columns: tuple[str, str, str, bool]) -> tuple[Line, ...]:
    """Return a line for each column that ever had a value."""
    if found is None:
        return ()
    lines: list[Any] = [Line(_column(found, name), token, word, dashed) for name, token, word, dashed in columns]
    return tuple(line for line in lines if np.isfinite(line.values).any())
