"""compile, fit, evaluate and predict: the same numbers eager and compiled, and words for what is wrong."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import numpy as np
import pytest
from programs import assert_same

import engine as tf

keras, layers = tf.keras, tf.keras.layers

RNG = np.random.default_rng(5)
X = RNG.normal(size=(22, 4)).astype(np.float32)
Y = RNG.integers(0, 3, 22).astype(np.int32)
WEIGHTS = [RNG.normal(size=s).astype(np.float32) * 0.5 for s in ((4, 5), (5,), (5, 3), (3,))]


def classifier(**options: Any) -> Any:
    """Return a compiled classifier with fixed weights."""
    model = keras.Sequential(
        [keras.Input(shape=(4,)), layers.Dense(5, activation="relu"), layers.Dense(3, activation="softmax")]
    )
    model.set_weights(WEIGHTS)
    given = {"optimizer": keras.optimizers.SGD(0.1), "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}
    model.compile(**{**given, **options})
    return model


def fit(model: Any, x: Any = X, y: Any = Y, **options: Any) -> dict[str, list[float]]:
    """Train quietly and return the history."""
    history: dict[str, list[float]] = model.fit(x, y, **{"verbose": 0, "batch_size": 8, **options}).history
    return history


def assert_close(a: dict[str, list[float]], b: dict[str, list[float]], tolerance: float = 1e-5) -> None:
    """Hold two histories against each other."""
    assert list(a) == list(b)
    for name in a:
        np.testing.assert_allclose(a[name], b[name], rtol=tolerance, atol=tolerance, err_msg=name)


# ------------------------------------------------------------------------------------------------- eager and compiled


@pytest.mark.parametrize("optimizer", ["sgd", "adam", keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True)])
def test_eager_and_compiled_training_give_the_same_numbers(optimizer: Any) -> None:
    ends = []
    for eagerly in (True, False):
        keras.utils.set_random_seed(4)
        chosen = type(optimizer).from_config(optimizer.get_config()) if not isinstance(optimizer, str) else optimizer
        model = classifier(optimizer=chosen, run_eagerly=eagerly)
        model.layers[0].activation = tf.nn.gelu
        history = fit(model, epochs=5, validation_split=0.2, sample_weight=np.linspace(0, 2, 22))
        ends.append((history, model.get_weights(), model.predict(X)))
    assert_close(ends[0][0], ends[1][0])
    assert_same([*ends[0][1], ends[0][2]], [*ends[1][1], ends[1][2]], scale=10)


def test_dropout_and_shuffling_draw_the_same_eager_and_compiled() -> None:
    histories = []
    for eagerly in (True, False):
        keras.utils.set_random_seed(9)
        model = keras.Sequential(
            [keras.Input(shape=(4,)), layers.Dense(8, activation="tanh"), layers.Dropout(0.4), layers.Dense(1)]
        )
        model.compile("adam", "mse", run_eagerly=eagerly)
        histories.append(fit(model, X, X[:, :1], epochs=4))
    assert_close(*histories)


def test_a_seed_repeats_a_run_and_another_does_not() -> None:
    def run(seed: int) -> list[float]:
        keras.utils.set_random_seed(seed)
        model = keras.Sequential([keras.Input(shape=(4,)), layers.Dense(3, activation="softmax")])
        model.compile("sgd", "sparse_categorical_crossentropy")
        return fit(model, epochs=2)["loss"]

    assert run(1) == run(1)
    assert run(1) != run(2)


def test_running_eagerly_can_be_switched_on_later() -> None:
    seen: list[Any] = []

    def loss(truth: Any, prediction: Any) -> Any:
        seen.append(type(prediction).__name__)
        return tf.reduce_mean(tf.square(prediction))

    model = classifier(loss=loss, metrics=None)
    fit(model)
    model.run_eagerly = True
    fit(model)
    assert seen[0] == "SymbolicTensor"
    assert seen[-1] == "Tensor"


def test_a_model_is_traced_once_for_each_size_of_batch() -> None:
    traces: list[Any] = []

    class Noted(layers.Layer):
        def call(self, inputs: Any) -> Any:
            traces.append(inputs.shape)
            return inputs

    model = keras.Sequential([keras.Input(shape=(4,)), Noted(), layers.Dense(3, activation="softmax")])
    traces.clear()
    for _ in range(3):
        model.predict(X, batch_size=8)
    assert [s[0] for s in traces] == [8, 6]
    traces.clear()
    model.compile("sgd", "sparse_categorical_crossentropy")
    for _ in range(3):
        fit(model, epochs=2, validation_data=(X, Y))
    assert [s[0] for s in traces] == [8, 6, 8, 6]


def test_learning_falls_into_place() -> None:
    y = (X[:, 0] > 0).astype(np.int32)
    model = classifier(optimizer="adam")
    model.optimizer.learning_rate = 0.05
    history = fit(model, X, y, epochs=40)
    assert history["loss"][-1] < 0.1 * history["loss"][0]
    assert history["accuracy"][-1] == 1.0


def test_a_learning_rate_that_changes_reaches_the_compiled_step() -> None:
    model = classifier()
    fit(model)
    model.optimizer.learning_rate = 0.0
    before = model.get_weights()
    fit(model)
    assert_same(model.get_weights(), before)
    with pytest.raises(tf.errors.InvalidArgumentError, match="learning_rate is -1"):
        model.optimizer.learning_rate = -1


# --------------------------------------------------------------------------------------------------------- the data


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (X.tolist(), Y.tolist()),
        (tf.constant(X), tf.constant(Y)),
        (X.astype(np.float64), Y.astype(np.int64)),
        (X, Y.astype(np.uint8)),
        (X, Y.astype(np.float32)),
        (X, Y[:, None]),
        (np.asfortranarray(X), Y),
        ([X], Y),
        ((X,), [Y]),
    ],
    ids=["lists", "tensors", "wide", "bytes", "floats", "column", "fortran", "list of one", "lists of one"],
)
def test_the_same_data_in_other_forms_train_alike(x: Any, y: Any) -> None:
    assert_close(fit(classifier(), x, y, shuffle=False), fit(classifier(), shuffle=False))


def test_images_of_bytes_are_converted() -> None:
    pictures = RNG.integers(0, 255, (10, 2, 2)).astype(np.uint8)
    model = keras.Sequential([keras.Input(shape=(2, 2)), layers.Flatten(), layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.set_weights([WEIGHTS[2][:4], WEIGHTS[3]])
    assert model.evaluate(pictures, Y[:10], verbose=0) == pytest.approx(
        model.evaluate(pictures.astype(np.float32), Y[:10], verbose=0)
    )


def test_weights_of_examples_scale_their_loss() -> None:
    weights = np.array([1.0] * 10 + [0.0] * 12)
    found = classifier(metrics=None).evaluate(X, Y, sample_weight=weights, batch_size=22, verbose=0)
    part = classifier(metrics=None).evaluate(X[:10], Y[:10], verbose=0)
    assert found == pytest.approx(part * 10 / 22, rel=1e-5)


def test_the_validation_split_is_the_end_of_the_data_before_shuffling() -> None:
    history = fit(classifier(optimizer=keras.optimizers.SGD(0.0)), validation_split=0.25)
    held = classifier().evaluate(X[16:], Y[16:], verbose=0, return_dict=True)
    assert history["val_loss"][0] == pytest.approx(held["loss"], rel=1e-5)
    assert history["val_accuracy"][0] == pytest.approx(held["accuracy"])


def test_an_epoch_takes_every_example_once() -> None:
    seen: list[float] = []

    class Watch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            seen.append(batch)

    model = classifier()
    fit(model, callbacks=[Watch()], epochs=2)
    assert seen == [0, 1, 2, 0, 1, 2]
    assert int(model.optimizer.iterations) == 6


def test_results_of_evaluate_and_predict() -> None:
    model = classifier()
    values = model.evaluate(X, Y, verbose=0)
    assert model.evaluate(X, Y, verbose=0, return_dict=True) == dict(zip(["loss", "accuracy"], values, strict=True))
    assert isinstance(classifier(metrics=None).evaluate(X, Y, verbose=0), float)
    predicted = model.predict(X, batch_size=5)
    assert_same([predicted], [model(X).numpy()])
    assert values[1] == pytest.approx((predicted.argmax(1) == Y).mean())
    assert model.train_on_batch(X, Y) == pytest.approx(values, rel=1e-5)


# --------------------------------------------------------------------------------------------- several outputs, names


def forked(**options: Any) -> Any:
    """Return a model with the outputs "value" and "classes"."""
    x = keras.Input(shape=(4,), name="x")
    value, classes = layers.Dense(1, name="value")(x), layers.Dense(3, activation="softmax", name="classes")(x)
    model = keras.Model(x, [value, classes])
    model.set_weights([WEIGHTS[0][:, :1], WEIGHTS[1][:1], WEIGHTS[0][:, :3], WEIGHTS[3]])
    model.compile(**{"optimizer": "sgd", "loss": ["mse", "sparse_categorical_crossentropy"], **options})
    return model


def test_losses_metrics_and_truths_go_to_outputs_by_place_or_by_name() -> None:
    by_place = forked(metrics=[["mae"], ["accuracy"]], loss_weights=[0.5, 2.0])
    by_name = forked(
        loss={"classes": "sparse_categorical_crossentropy", "value": "mse"},
        metrics={"classes": ["accuracy"], "value": "mae"},
        loss_weights=[0.5, 2.0],
    )
    value = X[:, :1]
    first = fit(by_place, X, [value, Y], epochs=2, shuffle=False)
    second = fit(by_name, {"x": X}, {"classes": Y, "value": value}, epochs=2, shuffle=False)
    assert_close(first, second)
    assert list(first) == ["loss", "value_loss", "classes_loss", "value_mae", "classes_accuracy"]
    np.testing.assert_allclose(
        first["loss"], 0.5 * np.array(first["value_loss"]) + 2 * np.array(first["classes_loss"]), rtol=1e-5
    )


def test_an_output_may_go_without_a_loss() -> None:
    model = forked(loss=[None, "sparse_categorical_crossentropy"])
    assert list(fit(model, X, [X[:, :1], Y])) == ["loss"]


# --------------------------------------------------------------------------------------------------------- callbacks


class Diary(keras.callbacks.Callback):
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def _note(name: str) -> Any:  # type: ignore[misc]  # noqa: N805
        return lambda self, *args: self.events.append(f"{name}{args[0] if len(args) > 1 else ''}")

    on_train_begin, on_train_end = _note("train "), _note("trained")
    on_epoch_begin, on_epoch_end = _note("epoch "), _note("end ")
    on_train_batch_begin, on_train_batch_end = _note("step "), _note("done ")
    on_test_begin, on_test_end = _note("test"), _note("tested")


def test_callbacks_hear_everything_in_order() -> None:
    diary = Diary()
    model = classifier()
    fit(model, batch_size=11, callbacks=[diary], validation_data=(X, Y), epochs=2, initial_epoch=1)
    steps = ["step 0", "done 0", "step 1", "done 1"]
    assert diary.events == ["train ", "epoch 1", *steps, "test", "tested", "end 1", "trained"]
    assert diary.model is model
    assert diary.params == {"epochs": 2, "steps": 2, "verbose": 0}


@pytest.mark.parametrize(("event", "epochs", "steps"), [("on_train_batch_end", 1, 2), ("on_epoch_end", 2, 6)])
def test_a_callback_ends_the_training_early(event: str, epochs: int, steps: int) -> None:
    model = classifier()

    def stop(number: int, logs: Any) -> None:
        model.stop_training = number >= 1

    history = fit(model, epochs=9, callbacks=[keras.callbacks.LambdaCallback(**{event: stop})])
    assert len(history["loss"]) == epochs
    assert int(model.optimizer.iterations) == steps
    assert len(fit(model, epochs=2)["loss"]) == 2, "the next training begins afresh"


class Patient(keras.callbacks.Callback):
    """Hears of each step, and of steps together."""

    def __init__(self, wait: Any) -> None:
        self.wait = wait
        self.each: list[tuple[int, dict[str, float]]] = []
        self.together: list[tuple[int, dict[str, float]]] = []
        self.lengths: list[int] = []

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.each.append((batch, dict(logs)))

    def on_train_batches_end(self, first: int, logs: Any) -> None:
        self.lengths.append(len(logs["loss"]))
        for i in range(self.lengths[-1]):
            self.together.append((first + i, {name: float(values[i]) for name, values in logs.items()}))

    def until_told(self) -> Any:
        return self.wait


@pytest.mark.parametrize("eagerly", [False, True])
def test_who_can_wait_hears_of_the_same_steps_together(eagerly: bool) -> None:
    patient, other = Patient(keras.callbacks.Wait(steps=2)), Patient(keras.callbacks.Wait())
    fit(classifier(run_eagerly=eagerly), batch_size=5, epochs=2, callbacks=[patient, other])
    assert patient.lengths == [2, 2, 1] * 2  # the last batch of an epoch is smaller, which is another plan
    assert patient.together == patient.each == other.together
    assert [number for number, _ in patient.each] == [0, 1, 2, 3, 4] * 2


def test_nobody_waits_longer_than_steps_are_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.keras.training.backlog.MOST_RECORDED", 3)
    patient = Patient(keras.callbacks.Wait())
    fit(classifier(), batch_size=3, callbacks=[patient])
    assert patient.lengths == [3, 3, 2]
    assert patient.together == patient.each


def test_an_alarm_is_heard_behind_the_step_under_way() -> None:
    alarm = threading.Event()

    class Alarmed(Patient):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            super().on_train_batch_end(batch, logs)
            if batch == 2:
                alarm.set()

        def on_train_batches_end(self, first: int, logs: Any) -> None:
            super().on_train_batches_end(first, logs)
            alarm.clear()

    patient = Alarmed(keras.callbacks.Wait(seconds=60.0, alarms=(alarm,)))
    fit(classifier(), batch_size=3, callbacks=[patient])
    assert patient.lengths == [3, 5]
    patient.wait = keras.callbacks.Wait(seconds=0.0)
    fit(classifier(), batch_size=3, callbacks=[patient])
    assert patient.lengths[2:] == [1] * 8


def test_who_waits_is_not_looked_after_behind_each_quick_step() -> None:
    class Alarm(threading.Event):
        asked = 0

        def is_set(self) -> bool:
            self.asked += 1
            return super().is_set()

    class Waiting(keras.callbacks.Callback):
        steps = 0

        def on_train_batches_end(self, first: int, logs: Any) -> None:
            self.steps += len(logs["loss"])

        def until_told(self) -> Any:
            return keras.callbacks.Wait(seconds=60.0, alarms=(alarm,))

    alarm, waiting = Alarm(), Waiting()
    x = np.zeros((2000, 4), np.float32)
    classifier().fit(x, np.zeros(2000), batch_size=1, verbose=0, callbacks=[waiting])
    assert waiting.steps == 2000
    assert 1 <= alarm.asked < 1000


def test_steps_before_an_early_end_are_told_of() -> None:
    class Stopping(Patient):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            super().on_train_batch_end(batch, logs)
            self.model.stop_training = batch == 1

    patient = Stopping(keras.callbacks.Wait())
    fit(classifier(), callbacks=[patient], batch_size=3)
    assert patient.lengths == [2]
    assert patient.together == patient.each


def test_what_a_step_of_ones_own_does_not_return_is_not_known() -> None:
    class Own(keras.Sequential):
        count = 0

        def train_step(self, data: Any) -> dict[str, Any]:
            self.count += 1
            return {"loss": tf.constant(1.0), **({"extra": tf.constant(2.0)} if self.count == 2 else {})}

    model = Own([keras.Input(shape=(4,)), layers.Dense(3)])
    model.compile("sgd", "mse", run_eagerly=True)
    found: dict[str, Any] = {}

    class Heard(keras.callbacks.Callback):
        def on_train_batches_end(self, first: int, logs: Any) -> None:
            found.update(logs)

    fit(model, X, Y, callbacks=[Heard()])
    assert found["loss"].tolist() == [1.0] * 3
    np.testing.assert_array_equal(found["extra"], [np.nan, 2.0, np.nan])


def test_an_unknown_event_is_refused() -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match="no event called on_epoch_ends"):
        keras.callbacks.LambdaCallback(on_epoch_ends=print)


def test_history_holds_every_epoch() -> None:
    model = classifier()
    history = model.fit(X, Y, epochs=3, verbose=0, validation_split=0.5)
    assert history.epoch == [0, 1, 2]
    assert list(history.history) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert {len(v) for v in history.history.values()} == {3}
    assert model.history is history
    assert model.metrics_names == ["loss", "accuracy"]
    assert fit(classifier(), epochs=0) == {}


@pytest.mark.parametrize(
    ("verbose", "words"), [(0, []), (1, ["Epoch 1/2", "loss: ", "3/3"]), (2, ["Epoch 2/2 - loss: "])]
)
def test_progress_is_shown_as_asked(verbose: int, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    fit(classifier(), epochs=2, verbose=verbose)
    shown = capsys.readouterr().out
    assert bool(shown) is bool(words)
    for word in words:
        assert word in shown


# --------------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (lambda m: fit(m, X, Y[:5]), r"x is \(22, 4\), y is \(5,\)"),
        (lambda m: fit(m, X[:0], Y[:0]), "no examples"),
        (lambda m: fit(m, None, None), "x is missing"),
        (lambda m: fit(m, X, None), "no y"),
        (lambda m: fit(m, X[:, :3], Y), r"has shape \(None, 4\), but \(8, 3\)"),
        (lambda m: fit(m, X[:, 0], Y), "Mind the batch axis"),
        (lambda m: fit(m, 1.0, Y), "x is a single number"),
        (lambda m: fit(m, np.array(["a"] * 22), Y), "cannot be made a tensor"),
        (lambda m: fit(m, [X, X], Y), "has 1 inputs, but 2"),
        (lambda m: fit(m, X, [Y, Y]), "has 1 outputs, but y has 2"),
        (lambda m: fit(m, {"z": X}, Y), "x names z"),
        (lambda m: fit(m, X, {"z": Y}), "y names the output 'z'"),
        (lambda m: fit(m, X, np.eye(3)[Y]), "one-hot truth needs categorical_crossentropy"),
        (lambda m: fit(m, X, Y + 3), "indices holds"),
        (lambda m: fit(m, X, Y - 5), "indices holds -"),
        (lambda m: fit(m, X, Y, sample_weight=np.ones(3)), r"sample_weight is \(3,\)"),
        (lambda m: fit(m, batch_size=0), "fit: batch_size is 0"),
        (lambda m: fit(m, epochs=-1), "fit: epochs is -1"),
        (lambda m: fit(m, epochs=1.5), "fit: epochs is 1.5"),
        (lambda m: fit(m, validation_split=1.0), "fit: validation_split is 1.0"),
        (lambda m: fit(m, validation_split=0.99), "leaves 0 of 22"),
        (lambda m: fit(m, validation_data=X), r"Give \(x, y\)"),
        (lambda m: fit(m, validation_data=(X, Y[:3])), "differ in their number"),
        (lambda m: m.predict(X[:0]), "no examples"),
        (lambda m: m.predict(X[0]), "Mind the batch axis"),
        (lambda m: m.evaluate(X, Y[:5], verbose=0), "differ in their number"),
        (lambda m: m.compile("sgd", ["mse", "mse"]) or fit(m), "loss has 2 entries, but the model has 1 outputs"),
        (lambda m: m.compile("sgd", {"z": "mse"}) or fit(m), "loss names the output 'z'"),
    ],
)
def test_data_that_do_not_fit_are_refused_in_words(use: Any, words: str) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        use(classifier())


@pytest.mark.parametrize(
    ("use", "kind", "words"),
    [
        (lambda m: m.compile("sgdd", "mse"), tf.errors.NotFoundError, "Did you mean 'sgd'"),
        (lambda m: m.compile("sgd", "msee") or fit(m), tf.errors.NotFoundError, "Did you mean 'mse'"),
        (lambda m: fit(classifier(metrics=["acurracy"])), tf.errors.NotFoundError, "no metric called"),
        (lambda m: m.compile("sgd") or fit(m), tf.errors.FailedPreconditionError, "has no loss"),
    ],
)
def test_names_that_are_unknown_are_refused(use: Any, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        use(classifier())


@pytest.mark.parametrize("use", ["fit", "evaluate", "train_on_batch"])
def test_a_model_must_be_compiled_first(use: str) -> None:
    model = keras.Sequential([keras.Input(shape=(4,)), layers.Dense(3)])
    with pytest.raises(tf.errors.FailedPreconditionError, match="was not compiled"):
        getattr(model, use)(X, Y)
    assert model.predict(X).shape == (22, 3)


def test_a_failed_training_can_be_repeated_with_good_data() -> None:
    model = classifier()
    with pytest.raises(tf.errors.InvalidArgumentError):
        fit(model, X, Y + 3)
    model.set_weights(WEIGHTS)
    assert_close(fit(model, shuffle=False), fit(classifier(), shuffle=False))


def test_nan_in_the_data_shows_in_the_loss_and_hangs_nothing() -> None:
    x = X.copy()
    x[3, 1] = np.nan
    assert np.isnan(fit(classifier(), x)["loss"][0])


def test_gradients_of_another_shape_are_refused() -> None:
    v = tf.Variable([1.0, 2.0], name="v")
    for gradient in (1.0, [1.0], [1.0, 2.0, 3.0]):
        with pytest.raises(tf.errors.InvalidArgumentError, match="sgd: The gradient of 'v' has shape"):
            keras.optimizers.SGD().apply_gradients([(gradient, v)])
    for nothing in ([], [(None, v)]):
        with pytest.raises(tf.errors.InvalidArgumentError, match="No variable has a gradient"):
            keras.optimizers.SGD().apply_gradients(nothing)
    assert v.numpy().tolist() == [1.0, 2.0]


def test_the_accuracy_goes_with_the_shapes() -> None:
    get = keras.metrics.get
    cases = {((None,), (None, 3)): "Sparse", ((None, 1), (None, 3)): "Sparse", ((None, 3), (None, 3)): "Categorical"}
    cases |= {((None,), (None, 1)): "Binary", ((None, 1), (None, 1)): "Binary"}
    for (truth, output), start in cases.items():
        metric = get("accuracy", truth, output)
        assert type(metric).__name__.startswith(start)
        assert metric.name == "accuracy"


def test_one_hot_rows() -> None:
    assert keras.utils.to_categorical([1, 0], 3).tolist() == [[0, 1, 0], [1, 0, 0]]
    with pytest.raises(tf.errors.InvalidArgumentError):
        keras.utils.to_categorical([3], 3)
    with pytest.raises(tf.errors.InvalidArgumentError):
        keras.utils.to_categorical([-1])


def test_a_function_as_loss_is_the_mean_over_the_batch() -> None:
    x, y = np.ones((64, 1), np.float32), np.full((64, 1), 3.0, np.float32)

    def step(loss: Any) -> float:
        model = keras.Sequential([keras.Input((1,)), layers.Dense(1, kernel_initializer="zeros", use_bias=False)])
        model.compile(keras.optimizers.SGD(0.01), loss)
        model.fit(x, y, batch_size=64, verbose=0)
        return float(model.weights[0].numpy()[0, 0])

    assert step(lambda a, b: tf.reduce_mean(tf.square(a - b), axis=-1)) == pytest.approx(step("mse"))


def test_the_learning_rate_is_a_variable() -> None:
    optimizer = keras.optimizers.Adam(0.25)
    optimizer.learning_rate.assign(0.5)
    assert float(optimizer.learning_rate) == optimizer.get_config()["learning_rate"] == 0.5


def test_an_unknown_loss_is_said_at_compile() -> None:
    with pytest.raises(tf.errors.NotFoundError, match="mean_squared_error"):
        keras.Sequential([layers.Dense(1)]).compile("sgd", "mean_squared_eror")


@pytest.mark.parametrize("run_eagerly", [False, True])
def test_a_training_that_explodes_does_not_warn(run_eagerly: bool) -> None:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(8), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1e30), "mse", run_eagerly=run_eagerly)
    losses = model.fit(X, X[:, :1], epochs=3, verbose=0).history["loss"]
    assert not np.isfinite(losses[-1])


def test_evaluate_and_predict_check_the_batch_size() -> None:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    assert model.predict(X, batch_size=None).shape == (len(X), 1)
    for call in (lambda: model.predict(X, batch_size=0), lambda: model.evaluate(X, X[:, :1], batch_size=0, verbose=0)):
        with pytest.raises(tf.errors.InvalidArgumentError, match="batch_size is 0"):
            call()


def test_a_model_keeps_no_data_and_no_plan_for_each_size_of_it() -> None:
    rng = np.random.default_rng(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile(optimizer="sgd", loss="mse")
    for size in (64, 96, 128):
        x = rng.random((size, 3), dtype=np.float32)
        model.fit(x, np.zeros((size, 2), np.float32), batch_size=32, verbose=0)
        assert model.predict(x, batch_size=32, verbose=0).shape == (size, 2)
        gone = weakref.ref(x)
        del x
        gc.collect()
        assert gone() is None
    assert [len(runner._ready) for runner in model._runners.values()] == [1, 1]
