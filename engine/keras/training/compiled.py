"""What `compile` was told about losses and metrics, matched to the outputs as soon as these are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.core import nest
from engine.core.dispatch import at
from engine.core.errors import InvalidArgumentError
from engine.core.witness import witness
from engine.keras import losses, metrics
from engine.keras.training.outputs import by_output


class CompiledLoss:
    """The losses of all outputs as one number.

    Parameters
    ----------
    loss, weights
        As given to `compile`.

    Attributes
    ----------
    own
        The batch's own loss of each output that has one, by the name it has in logs, if there are several.
    """

    def __init__(self, loss: Any, weights: Any) -> None:
        for leaf in nest.leaves(loss):
            if isinstance(leaf, str):
                losses.get(leaf)  # an unknown name is said here, not when training begins
        self._given, self._given_weights = loss, weights
        self._losses: list[Any] | None = None
        self._weights: list[float] = []
        self._trackers: list[Any] = []
        self.own: dict[str, Any] = {}

    @property
    def is_empty(self) -> bool:
        """Whether no output has a loss."""
        return all(leaf is None for leaf in nest.leaves(self._given))

    @property
    def metrics(self) -> list[Any]:
        """The running mean of each output's own loss, if there are several."""
        return [t for t in self._trackers if t is not None]

    def _match(self, names: Sequence[str]) -> None:
        found = by_output(self._given, names, "loss")
        weights = by_output(self._given_weights, names, "loss_weights")
        self._losses = [None if g is None else losses.get(g) for g in found]
        self._weights = [1.0 if w is None else float(w) for w in weights]
        several = sum(each is not None for each in self._losses) > 1
        self._trackers = [
            metrics.Mean(name=f"{n}_loss") if several and each is not None else None
            for n, each in zip(names, self._losses, strict=True)
        ]

    def wanted(self, names: Sequence[str]) -> list[str]:
        """Return the outputs that have a loss."""
        if self._losses is None:
            self._match(names)
        return [name for name, loss in zip(names, self._losses or (), strict=True) if loss is not None]

    def __call__(
        self, names: Sequence[str], truths: Sequence[Any], outputs: Sequence[Any], weights: Sequence[Any]
    ) -> list[Any]:
        """Return the weighted loss of each output that has one."""
        if self._losses is None:
            self._match(names)
        assert self._losses is not None
        self.own, parts = {}, []
        rows = zip(self._losses, self._weights, self._trackers, truths, outputs, weights, names, strict=True)
        for loss, factor, tracker, truth, output, weight, name in rows:
            if loss is None:
                continue
            if truth is None:
                raise InvalidArgumentError(
                    "There is no y to compare the output '{name}' with.", hint="Give the true answers as y.", name=name
                )
            own_name = getattr(loss, "name", "")
            with at(own_name):
                value = loss(truth, output, sample_weight=weight)
            if (watching := witness()) is not None:
                watching.returned(own_name, [value])
            if tracker is not None:
                examples = float(output.shape[0]) if output.shape else 1.0
                self.own[tracker.name] = tracker.update_state(value, sample_weight=examples)
            parts.append(value if factor == 1.0 else value * factor)
        return parts


class CompiledMetrics:
    """The metrics of all outputs, those that regard the weights of examples and those that do not."""

    def __init__(self, plain: Any, weighted: Any) -> None:
        for leaf in (*nest.leaves(plain), *nest.leaves(weighted)):
            if isinstance(leaf, str):
                metrics.check_name(leaf)
        self._given = plain, weighted
        self._watched: list[tuple[int, str, Any, bool]] | None = None

    @property
    def objects(self) -> list[Any]:
        """The metrics; before the first batch, those that were not given by name."""
        if self._watched is not None:
            return [metric for _, _, metric, _ in self._watched]
        given = (leaf for part in self._given for leaf in nest.leaves(part))
        return [leaf for leaf in given if isinstance(leaf, metrics.Metric)]

    @property
    def named(self) -> list[tuple[str, Any]]:
        """The metrics with the names they have in logs."""
        return [(name, metric) for _, name, metric, _ in self._watched or ()]

    def _match(self, names: Sequence[str], truths: Sequence[Any], outputs: Sequence[Any]) -> None:
        self._watched = []
        several = len(names) > 1
        for given, what, weighted in zip(self._given, ("metrics", "weighted_metrics"), (False, True), strict=True):
            for place, each in enumerate(by_output(given, names, what, lists=True)):
                for one in each if isinstance(each, list | tuple) else [each]:
                    if one is None:
                        continue
                    truth = None if truths[place] is None else truths[place].shape
                    metric = metrics.get(one, truth, outputs[place].shape)
                    name = f"{names[place]}_{metric.name}" if several else metric.name
                    self._watched.append((place, name, metric, weighted))

    def update(
        self, names: Sequence[str], truths: Sequence[Any], outputs: Sequence[Any], weights: Sequence[Any]
    ) -> dict[str, Any]:
        """Take a batch into account, and return the batch's own value of each metric."""
        if self._watched is None:
            self._match(names, truths, outputs)
        own: dict[str, Any] = {}
        for place, name, metric, weighted in self._watched or ():
            if truths[place] is None:
                raise InvalidArgumentError(
                    "There is no y to compare the output '{name}' with.",
                    hint="Give the true answers as y.",
                    name=names[place],
                )
            options = {"sample_weight": weights[place]} if weighted and weights[place] is not None else {}
            with at(metric.name):
                value = metric.update_state(truths[place], outputs[place], **options)
                own[name] = metric.result() if value is None else value
            if (watching := witness()) is not None:
                watching.returned(metric.name, [own[name]])
        return own
