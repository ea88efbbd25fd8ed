"""compile, fit, evaluate and predict: what every model can do."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.core import nest
from engine.core.errors import FailedPreconditionError, InvalidArgumentError
from engine.keras import optimizers
from engine.keras.callbacks import Callback, CallbackList, History, ProgressBar
from engine.keras.metrics import Mean
from engine.keras.training.adapter import ArrayData, split, weighted_by_class
from engine.keras.training.batches import Batches
from engine.keras.training.compiled import CompiledLoss, CompiledMetrics
from engine.keras.training.outputs import by_output, names_of
from engine.keras.training.params import EPOCH, FIT_PARAMS, STEPS, checked_batch_size
from engine.keras.training.step import StepRunner
from engine.keras.utils import unpack_x_y_sample_weight
from engine.runtime import rng
from engine.runtime.tape import GradientTape
from engine.runtime.threads import release_blas

#: Seconds between two reports of progress: more often, nobody sees it, and it costs time.
REPORT_INTERVAL = 0.05

Logs = dict[str, Any]


class Trainer:
    """What a model needs for training. `Model` inherits it."""

    stop_training = False
    run_eagerly = False
    _compiled = False
    _compiled_loss: CompiledLoss
    _compiled_metrics: CompiledMetrics
    _loss_tracker: Any

    # ------------------------------------------------------------------------------------------------- compile

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
        STEPS.validate(steps_per_execution, "steps_per_execution", "compile")
        self.optimizer = optimizers.get(optimizer)
        self._compiled_loss = CompiledLoss(loss, loss_weights)
        self._compiled_metrics = CompiledMetrics(metrics, weighted_metrics)
        self._loss_tracker = Mean(name="loss")
        self.loss = loss
        self.run_eagerly = run_eagerly
        self._runners: dict[Any, StepRunner] = {}
        self._compiled = True

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
        """Let all metrics forget the batches they saw."""
        for metric in self.metrics:
            metric.reset_state()

    def get_metrics_result(self) -> Logs:
        """Return the present result of each metric, by name."""
        found: Logs = {}
        for name, metric in self._listed_metrics():
            result = metric.result()
            found |= result if isinstance(result, dict) else {name: result}
        return found

    # --------------------------------------------------------------------------------------------------- steps

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
            y_pred = self(x, training=True)  # type: ignore[operator]
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=True)
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
        if type(self).compute_metrics is not Trainer.compute_metrics:
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
            self._runners = {}  # to predict, a model need not be compiled
        trainable = tuple(id(v) for v in self.trainable_variables)  # type: ignore[attr-defined]
        key = name, trainable, self.run_eagerly
        if key not in self._runners:
            program = getattr(self, f"{name}_step")
            self._runners[key] = StepRunner(program, self.run_eagerly, getattr(self, "compile_report", None))
        return self._runners[key]

    def _require_compiled(self) -> None:
        if not self._compiled:
            raise FailedPreconditionError("The model was not compiled.", hint="Call compile(optimizer, loss) first.")

    # ------------------------------------------------------------------------------------------------------ fit

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Sequence[Callback] | Callback | None = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Sequence[int] = 1,
    ) -> History:
        """Train.

        Parameters
        ----------
        x, y
            Arrays whose first axis counts examples; lists or dicts of them for several inputs or outputs.
        verbose
            0 for silence, 1 or "auto" for progress bars, 2 for a line an epoch.
        callbacks
            One, or a list of them.
        validation_data
            (x, y) to measure after each epoch; instead, `validation_split` takes a share of the examples' end.
        shuffle
            Take the examples in a new order in each epoch.
        class_weight
            A weight for the examples of each class, by class number; 1 for those that are not named.
        sample_weight
            A weight for each example; for several outputs one for all, a list, or a dict by their names.
        initial_epoch
            Number of the first epoch, counted from 0: for trainings that go on.
        steps_per_epoch
            How many batches make an epoch, whatever the number of examples; the next epoch goes on behind them.
        validation_steps, validation_batch_size, validation_freq
            How many batches to validate with, of how many examples, and every how many epochs, or after which (counted
            from 1).

        Returns
        -------
        History
            With the loss and the metrics of each epoch in `history`.

        Raises
        ------
        FailedPreconditionError
            If the model was not compiled.
        InvalidArgumentError
            If the data do not fit the model or each other.
        """
        self._require_compiled()
        size = checked_batch_size(batch_size, "fit")
        for name, value in (("epochs", epochs), ("validation_split", validation_split)):
            FIT_PARAMS[name].validate(value, name, "fit")
        EPOCH.validate(initial_epoch, "initial_epoch", "fit")
        STEPS.validate(steps_per_epoch, "steps_per_epoch", "fit")
        if class_weight is not None:
            sample_weight = weighted_by_class(y, class_weight, sample_weight)
        data, held_out = self._fit_data(self._data(x, y, sample_weight), validation_data, validation_split)
        validation_size = size if validation_batch_size is None else checked_batch_size(validation_batch_size, "fit")
        is_validated = _validated_epochs(validation_freq)
        batches = Batches(data.size, size, np.random.Generator(np.random.Philox(rng.new_seed())) if shuffle else None)
        history, bar = History(), ProgressBar(1 if verbose == "auto" else int(verbose))
        listeners = [history, *_as_list(callbacks), *([bar] if verbose else ())]
        steps = steps_per_epoch or batches.count
        tell = CallbackList(listeners, self, {"epochs": epochs, "steps": steps, "verbose": verbose})
        self.stop_training = False
        tell.call("on_train_begin", {})
        logs: dict[str, float] = {}
        for epoch in range(initial_epoch, epochs):
            tell.call("on_epoch_begin", epoch, {})
            logs = self._epoch(data, batches, steps_per_epoch, tell, bar)
            if held_out is not None and is_validated(epoch + 1) and not self.stop_training:
                found = self._evaluate(held_out, validation_size, validation_steps, tell)
                logs |= {f"val_{name}": value for name, value in found.items()}
            tell.call("on_epoch_end", epoch, logs)
            if self.stop_training:
                break
        release_blas()
        tell.call("on_train_end", logs)
        self.history = history
        return history

    def _fit_data(self, data: ArrayData, validation_data: Any, share: float) -> tuple[ArrayData, ArrayData | None]:
        """Return what to train on and what to validate with."""
        if validation_data is None:
            return split(data, share) if share else (data, None)
        if not isinstance(validation_data, list | tuple) or len(validation_data) not in (2, 3):
            raise InvalidArgumentError(
                "validation_data is no pair.", hint="Give (x, y), or (x, y, sample_weight), as a tuple."
            )
        return data, self._data(*validation_data)

    def _epoch(
        self, data: ArrayData, batches: Batches, steps: int | None, tell: CallbackList, bar: ProgressBar
    ) -> dict[str, float]:
        run = self._runner("train")
        self.reset_metrics()
        begin, end = tell.listeners("on_train_batch_begin"), tell.listeners("on_train_batch_end")
        reported = time.perf_counter()
        for step, index in enumerate(batches.epoch(steps)):
            for callback in begin:
                callback.on_train_batch_begin(step, {})
            run(data, index)
            if end:
                logs = _plain(run.result())
                for callback in end:
                    callback.on_train_batch_end(step, logs)
            if self.stop_training:
                break
            now = time.perf_counter()
            if now - reported > REPORT_INTERVAL:
                reported = now
                bar.report(step + 1, self._logs(run))
        return self._logs(run)

    def _logs(self, run: StepRunner) -> dict[str, float]:
        """Return the running results; what a step of one's own returned, if it names other things than these."""
        last, found = run.result(), self.get_metrics_result()
        if not isinstance(last, dict):
            raise InvalidArgumentError(
                "A step returned {value}, which is no dict of logs.",
                hint="Return something like {example}.",
                value=type(last).__name__,
                example="{'loss': loss}",
            )
        if set(last) != set(found):
            return _plain(last)
        if self._compiled and "loss" in last and not float(self._loss_tracker.count):
            found["loss"] = last["loss"]  # the step kept no running mean of it
        return _plain(found)

    def _data(self, x: Any, y: Any = None, sample_weight: Any = None) -> ArrayData:
        return ArrayData(x, y, sample_weight, self.input_dtypes(x))

    def input_dtypes(self, x: Any) -> Sequence[Any] | None:
        """Return the dtypes of the inputs in the order of `nest.leaves(x)`, or None if they are not declared."""
        return None

    # --------------------------------------------------------------------------------------- evaluate and predict

    def _evaluate(self, data: ArrayData, size: int, steps: int | None, tell: CallbackList) -> dict[str, float]:
        STEPS.validate(steps, "steps", "evaluate")
        run = self._runner("test")
        self.reset_metrics()
        begin, end = tell.listeners("on_test_batch_begin"), tell.listeners("on_test_batch_end")
        tell.call("on_test_begin", {})
        for step, index in enumerate(Batches(data.size, size).part(steps)):
            for callback in begin:
                callback.on_test_batch_begin(step, {})
            run(data, index)
            if end:
                logs = _plain(run.result())
                for callback in end:
                    callback.on_test_batch_end(step, logs)
        found = self._logs(run)
        tell.call("on_test_end", found)
        return found

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: int | str = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Sequence[Callback] | Callback | None = None,
        return_dict: bool = False,
    ) -> Any:
        """Return the loss and the metrics on data: a list, one number if there are no metrics, or a dict.

        Parameters
        ----------
        steps
            How many batches to take at most.

        Raises
        ------
        FailedPreconditionError
            If the model was not compiled.
        """
        self._require_compiled()
        data, size = self._data(x, y, sample_weight), checked_batch_size(batch_size, "evaluate")
        tell = CallbackList(_as_list(callbacks), self, {"steps": steps or math.ceil(data.size / size)})
        found = self._evaluate(data, size, steps, tell)
        if verbose:
            print(" - ".join(f"{name}: {value:.4f}" for name, value in found.items()))
        return _returned(found, return_dict)

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: int | str = 0,
        steps: int | None = None,
        callbacks: Sequence[Callback] | Callback | None = None,
    ) -> Any:
        """Return the outputs for data, as arrays in the structure of the outputs."""
        data, size = self._data(x), checked_batch_size(batch_size, "predict")
        STEPS.validate(steps, "steps", "predict")
        run = self._runner("predict")
        tell = CallbackList(_as_list(callbacks), self, {"steps": steps or math.ceil(data.size / size)})
        begin, end = tell.listeners("on_predict_batch_begin"), tell.listeners("on_predict_batch_end")
        tell.call("on_predict_begin", {})
        parts = []
        for step, index in enumerate(Batches(data.size, size).part(steps)):
            for callback in begin:
                callback.on_predict_batch_begin(step, {})
            parts.append([np.array(output) for output in run(data, index)])
            if end:
                outputs = nest.rebuild(run.structure, iter(parts[-1]))
                for callback in end:
                    callback.on_predict_batch_end(step, {"outputs": outputs})
        tell.call("on_predict_end", {})
        return nest.rebuild(run.structure, (np.concatenate(pieces) for pieces in zip(*parts, strict=True)))

    # ----------------------------------------------------------------------------------------------- single batches

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """Make one step on these examples.

        Returns
        -------
        float, list or dict
            The loss of these examples, or loss and metrics.
        """
        self._require_compiled()
        if class_weight is not None:
            sample_weight = weighted_by_class(y, class_weight, sample_weight)
        return self._on_batch("train", self._data(x, y, sample_weight), return_dict)

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """Measure these examples; what is returned is that of `train_on_batch`."""
        self._require_compiled()
        return self._on_batch("test", self._data(x, y, sample_weight), return_dict)

    def _on_batch(self, name: str, data: ArrayData, return_dict: bool) -> Any:
        run = self._runner(name)
        self.reset_metrics()
        run(data, np.arange(data.size))
        return _returned(self._logs(run), return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """Return the outputs for these examples, as arrays in the structure of the outputs."""
        data, run = self._data(x), self._runner("predict")
        outputs = run(data, np.arange(data.size))
        return nest.rebuild(run.structure, (np.array(o) for o in outputs))


def _validated_epochs(frequency: Any) -> Any:
    """Return which epochs, counted from 1, are followed by a validation."""
    if isinstance(frequency, list | tuple | set):
        return frozenset(frequency).__contains__
    STEPS.validate(frequency, "validation_freq", "fit")
    return lambda epoch: epoch % frequency == 0


def _plain(logs: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in logs.items()}


def _returned(logs: dict[str, float], as_dict: bool) -> Any:
    values = list(logs.values())
    return logs if as_dict else values[0] if len(values) == 1 else values


def _as_list(value: Any) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, list | tuple) else [value]
