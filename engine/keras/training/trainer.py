"""fit, evaluate and predict: what every model can do."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

import numpy as np

from engine.core import nest
from engine.core.errors import InvalidArgumentError
from engine.keras.callbacks import Callback, CallbackList, History, ProgressBar
from engine.keras.training.adapter import ArrayData, split, weighted_by_class
from engine.keras.training.batches import Batches
from engine.keras.training.loop import plain, run_batches, train_batches
from engine.keras.training.params import check, checked_batch_size
from engine.keras.training.position import Position
from engine.keras.training.programs import Programs
from engine.keras.training.step import StepRunner
from engine.runtime import rng
from engine.runtime.threads import release_blas

#: Seconds between two reports of progress: more often, nobody sees it, and it costs time.
REPORT_INTERVAL = 0.05


class Trainer(Programs):
    """What a model needs for training. `Model` inherits it."""

    stop_training = False
    position: Position
    """Where `fit` is: callbacks may put it elsewhere when the training begins, and read it at any time."""

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
        check("fit", epochs=epochs, initial_epoch=initial_epoch, steps_per_epoch=steps_per_epoch)
        check("fit", validation_split=validation_split, validation_steps=validation_steps)
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
        position = self.position = Position(initial_epoch, 0, batches)
        tell.call("on_train_begin", {})
        logs: dict[str, float] = {}
        while position.epoch < epochs:
            epoch = position.epoch
            tell.call("on_epoch_begin", epoch, {})
            logs = self._epoch(data, position, steps_per_epoch, tell, bar)
            if held_out is not None and is_validated(epoch + 1) and not self.stop_training:
                found = self._evaluate(held_out, validation_size, validation_steps, tell)
                logs |= {f"val_{name}": value for name, value in found.items()}
            if position.done == steps:
                position.epoch, position.done = epoch + 1, 0
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
        self, data: ArrayData, position: Position, steps: int | None, tell: CallbackList, bar: ProgressBar
    ) -> dict[str, float]:
        run = self._runner("train")
        if not position.done:
            self.reset_metrics()
        reported, is_drawn = time.perf_counter(), bar.is_drawn
        with closing(train_batches(run, data, position.rest(steps), tell, position.done)) as batches:
            for done in batches:
                if self.stop_training:
                    break
                if is_drawn and time.perf_counter() - reported > REPORT_INTERVAL:
                    reported = time.perf_counter()
                    bar.report(done, self._logs(run))
        return self.epoch_logs()

    def epoch_logs(self) -> dict[str, float]:
        """Return the logs of the epoch so far: what `fit` tells of it, were it over now."""
        logs = self.position.logs
        return self._logs(self._runner("train")) if logs is None else dict(logs)

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
        if last and set(last) != set(found):
            return plain(last)
        if self._compiled and "loss" in last and not float(self._loss_tracker.count):
            found["loss"] = last["loss"]  # the step kept no running mean of it
        return plain(found)

    def _data(self, x: Any, y: Any = None, sample_weight: Any = None) -> ArrayData:
        return ArrayData(x, y, sample_weight, self.input_dtypes(x))

    def input_dtypes(self, x: Any) -> Sequence[Any] | None:
        """Return the dtypes of the inputs in the order of `nest.leaves(x)`, or None if they are not declared."""
        return None

    # --------------------------------------------------------------------------------------- evaluate and predict

    def _evaluate(self, data: ArrayData, size: int, steps: int | None, tell: CallbackList) -> dict[str, float]:
        run = self._runner("test")
        self.reset_metrics()
        tell.call("on_test_begin", {})
        for _ in run_batches(run, data, Batches(data.size, size).part(steps), tell, "test"):
            pass
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
        check("evaluate", steps=steps)
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
        check("predict", steps=steps)
        data, size = self._data(x), checked_batch_size(batch_size, "predict")
        run = self._runner("predict")
        tell = CallbackList(_as_list(callbacks), self, {"steps": steps or math.ceil(data.size / size)})
        tell.call("on_predict_begin", {})
        order = Batches(data.size, size).part(steps)
        copied = [list(map(np.array, run.outputs())) for _ in run_batches(run, data, order, tell, "predict", _outputs)]
        tell.call("on_predict_end", {})
        return nest.rebuild(run.structure, (np.concatenate(pieces) for pieces in zip(*copied, strict=True)))

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
        run(data, np.arange(data.size))
        return nest.map_structure(np.array, run.result())


def _validated_epochs(frequency: Any) -> Any:
    """Return which epochs, counted from 1, are followed by a validation."""
    if isinstance(frequency, list | tuple | set):
        return frozenset(frequency).__contains__
    check("fit", validation_freq=frequency)
    return lambda epoch: epoch % frequency == 0


def _outputs(run: StepRunner) -> dict[str, Any]:
    """Return what callbacks are told of a prediction: copies, which they may keep."""
    return {"outputs": nest.map_structure(np.array, run.result())}


def _returned(logs: dict[str, float], as_dict: bool) -> Any:
    values = list(logs.values())
    return logs if as_dict else values[0] if len(values) == 1 else values


def _as_list(value: Any) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, list | tuple) else [value]
