"""What is done with one batch: the steps of training, measuring and predicting, as programs that can be overridden."""

from __future__ import annotations

from typing import Any

from engine.core import nest
from engine.core.dispatch import during
from engine.core.errors import FailedPreconditionError, InvalidArgumentError
from engine.keras.training.compiling import Compiling, Logs
from engine.keras.training.outputs import by_output, names_of
from engine.keras.training.step import StepRunner
from engine.keras.utils import unpack_x_y_sample_weight
from engine.runtime.function import functions_run_eagerly
from engine.runtime.tape import GradientTape


class Programs(Compiling):
    """The steps, and what they are made of."""

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """Return the loss of a batch: that of `compile`, and what layers added with `add_loss` or regularizers.

        Raises
        ------
        FailedPreconditionError
            If there is neither.
        InvalidArgumentError
            If `y` or `sample_weight` do not fit the outputs.
        """
        parts = []
        if not self._compiled_loss.is_empty:
            parts = self._compiled_loss(*self._by_output(y, y_pred, sample_weight))
        parts += self.losses  # type: ignore[attr-defined]
        if not parts:
            raise FailedPreconditionError(
                "The model has no loss.", hint="Give one to compile, as in compile(loss='mse'), or use add_loss."
            )
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        return total

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Logs:
        """Take a batch into account in the metrics of `compile`, and return the results of all metrics, by name."""
        self._compiled_metrics.update(*self._by_output(y, y_pred, sample_weight))
        return self.get_metrics_result()

    def train_step(self, data: Any) -> Logs:
        """Make one step: forward, loss, gradients, update.

        Override it to train in another way; it runs compiled, or op by op if the model was compiled with
        ``run_eagerly=True``.

        Parameters
        ----------
        data
            A batch: x, (x, y) or (x, y, sample_weight); see `keras.utils.unpack_x_y_sample_weight`.

        Returns
        -------
        dict
            What callbacks are told about this batch: here its own loss and metrics.
        """
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        with GradientTape() as tape:
            with during("forward"):
                y_pred = self(x, training=True)  # type: ignore[operator]
            with during("loss"):
                loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=True)
        with during("metrics"):
            logs = self._measured(loss, x, y, y_pred, sample_weight)
        variables = self.trainable_variables  # type: ignore[attr-defined]
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return logs

    def test_step(self, data: Any) -> Logs:
        """Measure one batch. It can be overridden as `train_step` can."""
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred = self(x, training=False)  # type: ignore[operator]
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=False)
        return self._measured(loss, x, y, y_pred, sample_weight)

    def predict_step(self, data: Any) -> Any:
        """Return the outputs for one batch. It can be overridden as `train_step` can."""
        x, _, _ = unpack_x_y_sample_weight(data)
        return self(x, training=False)  # type: ignore[operator]

    def _measured(self, loss: Any, x: Any, y: Any, y_pred: Any, sample_weight: Any) -> Logs:
        """Return the batch's own loss and metrics, which are also taken into account in the running ones."""
        examples = float(next(iter(nest.leaves(x))).shape[0])
        own = {"loss": self._loss_tracker.update_state(loss, sample_weight=examples), **self._compiled_loss.own}
        if type(self).compute_metrics is not Programs.compute_metrics:
            return {**self.compute_metrics(x, y, y_pred, sample_weight), **own}
        own |= self._compiled_metrics.update(*self._by_output(y, y_pred, sample_weight))
        # metrics that layers keep up to date themselves
        return own | {name: metric.result() for name, metric in self._listed_metrics() if name not in own}

    def _by_output(self, y: Any, y_pred: Any, sample_weight: Any) -> tuple[list[str], list[Any], list[Any], list[Any]]:
        """Return names, truths, outputs and weights, one for each output."""
        names, outputs = self.names_of_outputs(y_pred), list(nest.leaves(y_pred))
        if y is None:
            truths = [None] * len(names)
        elif isinstance(y, dict) and names_of(y) is not None:
            truths = by_output(y, names, "y", needed=self._compiled_loss.wanted(names))
        else:
            truths = list(nest.leaves(y))
            if len(truths) != len(names):
                raise InvalidArgumentError(
                    "The model has {outputs} outputs, but y has {given}.",
                    hint="Give a list with one array for each output, or a dict by their names: {names}.",
                    outputs=len(names),
                    given=len(truths),
                    names=", ".join(names),
                )
        return names, truths, outputs, by_output(sample_weight, names, "sample_weight")

    def _runner(self, name: str) -> StepRunner:
        if not hasattr(self, "_runners"):
            self.forget_programs()  # to predict, a model need not be compiled
        trainable = tuple(id(v) for v in self.trainable_variables)  # type: ignore[attr-defined]
        eager = self.run_eagerly or functions_run_eagerly()
        key = name, trainable, eager
        if key not in self._runners:
            program = getattr(self, f"{name}_step")
            self._runners[key] = StepRunner(program, eager, getattr(self, "compile_report", None))
        return self._runners[key]
