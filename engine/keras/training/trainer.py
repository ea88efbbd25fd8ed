"""compile, fit, evaluate and predict: what every model can do."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.core import nest
from engine.core.dtype import Array
from engine.core.errors import FailedPreconditionError, InvalidArgumentError
from engine.core.param import Param
from engine.keras import losses, metrics, optimizers
from engine.keras.callbacks import Callback, CallbackList, History, ProgressBar
from engine.keras.training.adapter import ArrayData, split, weighted_by_class
from engine.keras.training.step import StepRunner
from engine.runtime import rng
from engine.runtime.tape import GradientTape
from engine.runtime.threads import release_blas

#: Seconds between two reports of progress: more often, nobody sees it, and it costs time.
REPORT_INTERVAL = 0.05

_FIT_PARAMS = {
    "batch_size": Param("int", 32, "Number of examples in a step.", min=1),
    "epochs": Param("int", 1, "How often to go through all examples.", min=0),
    "validation_split": Param("float", 0.0, "Share of the examples, from their end, to validate with.", min=0, below=1),
}


class Trainer:
    """What a model needs for training. `Model` inherits it."""

    stop_training = False
    _compiled = False

    # ------------------------------------------------------------------------------------------------- compile

    def compile(
        self,
        optimizer: Any = "adam",
        loss: Any = None,
        loss_weights: Sequence[float] | None = None,
        metrics: Any = None,
        run_eagerly: bool = False,
    ) -> None:
        """Say how to train.

        Parameters
        ----------
        optimizer, loss
            Names or objects; for several outputs a list of losses, or a dict by the names of the output layers.
        loss_weights
            A weight for each output's loss.
        metrics
            A list of names or objects; for several outputs a list of lists, or a dict.
        run_eagerly
            Run op by op instead of compiled: slower, but every value can be looked at.

        Raises
        ------
        NotFoundError
            If a name is unknown.
        """
        self.optimizer = optimizers.get(optimizer)
        for leaf in nest.leaves(loss):
            if isinstance(leaf, str):
                losses.get(leaf)  # an unknown name is said here, not when training begins
        self._loss_given, self._metrics_given = loss, metrics
        self._loss_weights = loss_weights
        self.run_eagerly = run_eagerly
        self._losses: list[Any] | None = None
        self._loss_tracker: Any = None
        self._output_trackers: list[Any] = []
        self._watched: list[list[Any]] = []
        self._runners: dict[str, StepRunner] = {}
        self._compiled = True

    def _prepare_losses(self, truths: Sequence[Any], outputs: Sequence[Any]) -> None:
        """Match losses and metrics to the outputs, once these are known."""
        if self._losses is not None:
            return
        names = self.output_names(len(outputs))
        given = _by_output(self._loss_given, names, "loss")
        self._losses = [None if g is None else losses.get(g) for g in given]
        if all(each is None for each in self._losses):
            raise FailedPreconditionError(
                "The model has no loss.", hint="Give one to compile, as in compile(loss='mse')."
            )
        self._loss_tracker = metrics.Mean(name="loss")
        tracked = [n for n, each in zip(names, self._losses, strict=True) if each is not None]
        self._output_trackers = [metrics.Mean(name=f"{n}_loss") for n in tracked] if len(tracked) > 1 else []
        watched = _by_output(self._metrics_given, names, "metrics", single_list=len(names) == 1)
        self._watched = [
            [metrics.get(m, truth.shape, output.shape) for m in (_as_list(w) if w is not None else [])]
            for w, truth, output in zip(watched, truths, outputs, strict=True)
        ]

    def output_names(self, count: int) -> list[str]:
        """Return the names of the outputs."""
        return [f"output_{i}" for i in range(count)]

    @property
    def metrics_names(self) -> list[str]:
        """Names of the loss, of each output's own loss if there are several, and of the metrics, as in logs."""
        several = len(self._watched) > 1
        names = self.output_names(len(self._watched))
        watched = [
            f"{output}_{m.name}" if several else m.name
            for output, watched in zip(names, self._watched, strict=True)
            for m in watched
        ]
        return ["loss", *(tracker.name for tracker in self._output_trackers), *watched]

    @property
    def metrics(self) -> list[Any]:
        """The running means of the loss, of each output's own loss if there are several, and of the metrics."""
        losses = [] if self._loss_tracker is None else [self._loss_tracker, *self._output_trackers]
        return [*losses, *(m for watched in self._watched for m in watched)]

    # ------------------------------------------------------------------------------------------------- programs

    def _forward(self, x: Any, y: Any, sample_weight: Any, training: bool) -> tuple[Any, list[Any]]:
        """Return the loss of a batch, and the batch's own value of each metric."""
        outputs = list(nest.leaves(self(x, training=training)))  # type: ignore[operator]
        if y is None:
            raise InvalidArgumentError("There is no y to compare the outputs with.", hint="Give the true answers as y.")
        if isinstance(y, dict):
            y = _by_output(y, self.output_names(len(outputs)), "y")
        truths = [y] if len(outputs) == 1 and not isinstance(y, list | tuple | dict) else list(nest.leaves(y))
        if len(truths) != len(outputs):
            raise InvalidArgumentError(
                "The model has {outputs} outputs, but y has {given}.",
                hint="Give a list with one array for each output.",
                outputs=len(outputs),
                given=len(truths),
            )
        self._prepare_losses(truths, outputs)
        assert self._losses is not None
        total: Any = None
        parts: list[Any] = []
        weights = self._loss_weights or [1.0] * len(outputs)
        for loss, truth, output, weight in zip(self._losses, truths, outputs, weights, strict=True):
            if loss is not None:
                value = loss(truth, output) if sample_weight is None else loss(truth, output, sample_weight)
                parts.append(value)
                value = value if weight == 1.0 else value * weight
                total = value if total is None else total + value
        first = next(iter(nest.leaves(x)))
        examples = float(first.shape[0])
        self._loss_tracker._add(total, sample_weight=examples)
        own = [t._add(part, sample_weight=examples) for t, part in zip(self._output_trackers, parts, strict=False)]
        own += [
            m.update_state(truth, output)
            for watched, truth, output in zip(self._watched, truths, outputs, strict=True)
            for m in watched
        ]
        return total, own

    def train_step(self, x: Any, y: Any, sample_weight: Any = None) -> list[Any]:
        """Make one step: forward, loss, gradients, update. Returns the loss and metrics of the batch."""
        with GradientTape() as tape:
            loss, own = self._forward(x, y, sample_weight, True)
        variables = self.trainable_variables  # type: ignore[attr-defined]
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return [loss, *own]

    def test_step(self, x: Any, y: Any, sample_weight: Any = None) -> list[Any]:
        """Measure one batch."""
        loss, own = self._forward(x, y, sample_weight, False)
        return [loss, *own]

    def predict_step(self, x: Any, y: Any = None, sample_weight: Any = None) -> list[Any]:
        """Return the outputs for one batch."""
        return list(nest.leaves(self(x, training=False)))  # type: ignore[operator]

    def _runner(self, name: str) -> StepRunner:
        trainable = tuple(id(v) for v in self.trainable_variables)  # type: ignore[attr-defined]
        key = f"{name}{hash(trainable)}{self.run_eagerly}"
        if key not in self._runners:
            program = {"train": self.train_step, "test": self.test_step, "predict": self.predict_step}[name]
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
        verbose: int | str = 1,
        callbacks: Sequence[Callback] | None = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
    ) -> History:
        """Train.

        Parameters
        ----------
        x, y
            Arrays whose first axis counts examples; lists or dicts of them for several inputs or outputs.
        verbose
            0 for silence, 1 for progress bars, 2 for a line an epoch.
        validation_data
            (x, y) to measure after each epoch; instead, `validation_split` takes a share of the examples' end.
        shuffle
            Take the examples in a new order in each epoch.
        class_weight
            A weight for the examples of each class, by class number; 1 for those that are not named.
        sample_weight
            A weight for each example.

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
        batch_size = _batch_size(batch_size, "fit")
        for name, value in (("epochs", epochs), ("validation_split", validation_split)):
            _FIT_PARAMS[name].validate(value, name, "fit")
        if class_weight is not None:
            sample_weight = weighted_by_class(y, class_weight, sample_weight)
        data, held_out = self._fit_data(self._data(x, y, sample_weight), validation_data, validation_split)
        history = History()
        bar = ProgressBar(1 if verbose == "auto" else int(verbose))
        listeners = [history, *(callbacks or ()), *([bar] if verbose else ())]
        steps = math.ceil(data.size / batch_size)
        tell = CallbackList(listeners, self, {"epochs": epochs, "steps": steps, "verbose": verbose})
        order = np.arange(data.size)
        source = np.random.Generator(np.random.Philox(rng.new_seed()))
        self.stop_training = False
        tell.call("on_train_begin", {})
        logs: dict[str, float] = {}
        for epoch in range(initial_epoch, epochs):
            tell.call("on_epoch_begin", epoch, {})
            if shuffle:
                source.shuffle(order)
            self._epoch(data, order, batch_size, tell, bar)
            logs = self._results()
            if held_out is not None and not self.stop_training:
                logs |= self._validate(held_out, batch_size, tell)
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

    def _validate(self, data: ArrayData, batch_size: int, tell: CallbackList) -> dict[str, float]:
        tell.call("on_test_begin", {})
        found = self._evaluate(data, batch_size)
        tell.call("on_test_end", found)
        return {f"val_{name}": value for name, value in found.items()}

    def _epoch(self, data: ArrayData, order: Array, batch_size: int, tell: CallbackList, bar: ProgressBar) -> None:
        run = self._runner("train")
        self._reset_metrics()
        reported = time.perf_counter()
        for step, (begin, end) in enumerate(data.batches(batch_size)):
            for callback in tell.batch_begin:
                callback.on_train_batch_begin(step, {})
            own = run(data, order[begin:end])
            if tell.batch_end:
                logs = dict(zip(self.metrics_names, map(float, own), strict=True))
                for callback in tell.batch_end:
                    callback.on_train_batch_end(step, logs)
            if self.stop_training:
                break
            now = time.perf_counter()
            if now - reported > REPORT_INTERVAL:
                reported = now
                bar.report(step + 1, self._results())

    def _reset_metrics(self) -> None:
        for metric in self.metrics if self._losses is not None else ():
            metric.reset_state()

    def _results(self) -> dict[str, float]:
        return {name: float(m.result()) for name, m in zip(self.metrics_names, self.metrics, strict=True)}

    def _data(self, x: Any, y: Any = None, sample_weight: Any = None) -> ArrayData:
        if isinstance(x, dict):
            x = self.inputs_from(x)
        return ArrayData(x, y, sample_weight, self.input_dtypes())

    def input_dtypes(self) -> Sequence[Any] | None:
        """Return the dtypes of the inputs, or None if they are not declared."""
        return None

    def inputs_from(self, named: dict[str, Any]) -> Any:
        """Return arrays given by the names of the inputs in the order of the inputs."""
        return named

    # --------------------------------------------------------------------------------------- evaluate and predict

    def _evaluate(self, data: ArrayData, batch_size: int) -> dict[str, float]:
        run = self._runner("test")
        self._reset_metrics()
        order = np.arange(data.size)
        for begin, end in data.batches(batch_size):
            run(data, order[begin:end])
        return self._results()

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: int | str = 1,
        sample_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Return the loss and the metrics on data: a list, one number if there are no metrics, or a dict.

        Raises
        ------
        FailedPreconditionError
            If the model was not compiled.
        """
        self._require_compiled()
        found = self._evaluate(self._data(x, y, sample_weight), _batch_size(batch_size, "evaluate"))
        if verbose:
            print(" - ".join(f"{name}: {value:.4f}" for name, value in found.items()))
        values = list(found.values())
        return found if return_dict else values[0] if len(values) == 1 else values

    def predict(self, x: Any, batch_size: int | None = None, verbose: int | str = 0) -> Any:
        """Return the outputs for data, as arrays."""
        if not self._compiled and not hasattr(self, "_runners"):
            self.compile()  # to predict, neither loss nor optimiser matter
            self._compiled = False
        data = self._data(x)
        size = _batch_size(batch_size, "predict")
        run = self._runner("predict")
        order = np.arange(data.size)
        parts = [[np.array(o) for o in run(data, order[b:e])] for b, e in data.batches(size)]
        outputs = [np.concatenate(pieces) for pieces in zip(*parts, strict=True)]
        return outputs[0] if len(outputs) == 1 else outputs

    def train_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None) -> list[float]:
        """Make one step on these examples, and return the loss and metrics of the batch."""
        self._require_compiled()
        data = self._data(x, y, sample_weight)
        return [float(v) for v in self._runner("train")(data, np.arange(data.size))]


def _batch_size(given: int | None, owner: str) -> int:
    """Return how many examples a step takes: None stands for Keras' 32."""
    size: int = _FIT_PARAMS["batch_size"].validate(32 if given is None else given, "batch_size", owner)
    return size


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _by_output(given: Any, names: Sequence[str], what: str, single_list: bool = False) -> list[Any]:
    """Return what belongs to each output: from a dict by name, a list in order, or one for all."""
    if isinstance(given, dict):
        unknown = [n for n in given if n not in names]
        if unknown:
            raise InvalidArgumentError(
                "{what} names the output '{name}', but the outputs are: {names}.",
                what=what,
                name=unknown[0],
                names=", ".join(names),
            )
        return [given.get(n) for n in names]
    nested = isinstance(given, list | tuple) and any(isinstance(g, list | tuple) for g in given)
    if isinstance(given, list | tuple) and (nested or not single_list):
        if len(given) == len(names):
            return list(given)
        if what == "metrics":
            return [list(given)] * len(names)
        raise InvalidArgumentError(
            "{what} has {given} entries, but the model has {count} outputs.",
            what=what,
            given=len(given),
            count=len(names),
        )
    return [given] * len(names)
