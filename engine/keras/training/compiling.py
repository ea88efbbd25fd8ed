"""What a model is told about how to train, and the metrics that it keeps for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.core import nest
from engine.core.errors import FailedPreconditionError
from engine.keras import optimizers
from engine.keras.metrics import Mean
from engine.keras.training.compiled import CompiledLoss, CompiledMetrics
from engine.keras.training.outputs import names_of
from engine.keras.training.params import check
from engine.keras.training.step import StepRunner
from engine.runtime.variable import Variable

Logs = dict[str, Any]


class Compiling:
    """`compile`, and the metrics."""

    run_eagerly = False
    _compiled = False
    _compiled_loss: CompiledLoss
    _compiled_metrics: CompiledMetrics
    _loss_tracker: Any

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: bool | str = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Say how to train.

        Parameters
        ----------
        optimizer, loss
            Names, functions or objects; for several outputs one loss for all, a list of losses by position, or a dict
            by the names of the outputs.
        loss_weights
            A weight for each output's loss, in the same ways.
        metrics
            A list of names, functions or objects; for several outputs a list of lists, or a dict.
        weighted_metrics
            The same; these regard `sample_weight` and `class_weight`.
        run_eagerly
            Run op by op instead of compiled: slower, but every value can be looked at.
        steps_per_execution, jit_compile, auto_scale_loss
            Hints for other backends, which change no result: steps are compiled one by one whatever they say.

        Raises
        ------
        NotFoundError
            If a name is unknown.
        """
        check("compile", steps_per_execution=steps_per_execution)
        self.optimizer = optimizers.get(optimizer)
        self._compiled_loss = CompiledLoss(loss, loss_weights)
        self._compiled_metrics = CompiledMetrics(metrics, weighted_metrics)
        self._loss_tracker = Mean(name="loss")
        self.loss = loss
        self.run_eagerly = run_eagerly
        self.forget_programs()
        self._compiled = True

    def forget_programs(self) -> None:
        """Let the next step be traced anew: what it does has changed."""
        self._runners: dict[Any, StepRunner] = {}

    @property
    def compiled(self) -> bool:
        """Whether `compile` was called."""
        return self._compiled

    def names_of_outputs(self, outputs: Any) -> list[str]:
        """Return the names of the outputs: the keys of a dict, or else numbers."""
        return names_of(outputs) or [f"output_{i}" for i, _ in enumerate(nest.leaves(outputs))]

    @property
    def metrics_names(self) -> list[str]:
        """Names of the loss, of each output's own loss if there are several, and of the metrics, as in logs."""
        return [name for name, _ in self._named_metrics()]

    @property
    def metrics(self) -> list[Any]:
        """The running means of the loss, of each output's own loss if there are several, and of the metrics."""
        return [metric for _, metric in self._named_metrics()]

    def own_metrics(self) -> Sequence[Any]:
        """Return the metrics that are attributes of the model and its layers."""
        return ()

    def metric_variables(self) -> list[Variable]:
        """Return what the running means and the metrics are made of; metrics given by name have it from a batch on."""
        outputs = getattr(self, "output_names", [])
        if outputs and not self._compiled_loss.is_empty:
            self._compiled_loss.wanted(outputs)  # makes the running means of several outputs
        found = [self._loss_tracker, *self._compiled_loss.metrics, *self._compiled_metrics.objects, *self.own_metrics()]
        return [v for metric in {id(m): m for m in found}.values() for v in metric.variables]

    def _named_metrics(self) -> list[tuple[str, Any]]:
        """Return all metrics with their names in logs."""
        named = [(m.name, m) for m in self.own_metrics()]
        if self._compiled:
            losses = [self._loss_tracker, *self._compiled_loss.metrics]
            named = [*((m.name, m) for m in losses), *self._compiled_metrics.named, *named]
        return list({id(m): (name, m) for name, m in named}.values())

    def _listed_metrics(self) -> list[tuple[str, Any]]:
        """Return the metrics with names, as `metrics` lists them, which a subclass may override."""
        names = {id(m): name for name, m in self._named_metrics()}
        return [(names.get(id(m), m.name), m) for m in self.metrics]

    def reset_metrics(self) -> None:
        """Let all metrics forget the batches they saw, those, too, that have no name in logs before a first batch."""
        given = self._compiled_metrics.objects if self._compiled else ()
        for metric in {id(m): m for m in (*self.metrics, *given)}.values():
            metric.reset_state()

    def get_metrics_result(self) -> Logs:
        """Return the present result of each metric, by name."""
        found: Logs = {}
        for name, metric in self._listed_metrics():
            result = metric.result()
            found |= result if isinstance(result, dict) else {name: result}
        return found

    def _require_compiled(self) -> None:
        if not self._compiled:
            raise FailedPreconditionError("The model was not compiled.", hint="Call compile(optimizer, loss) first.")
