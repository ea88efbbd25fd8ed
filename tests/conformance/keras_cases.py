"""Programs for Keras that run unchanged on the engine: training, losses, metrics and what goes with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Results = dict[str, Any]
KERAS_CASES: dict[str, Callable[[Any], Results]] = {}

RNG = np.random.default_rng(11)
X = RNG.normal(size=(12, 4)).astype("float32")
VALUE = RNG.normal(size=(12, 1)).astype("float32")
LABEL = RNG.integers(0, 3, 12).astype("int32")
WEIGHT = RNG.uniform(0.2, 2, 12).astype("float32")
PROBABILITIES = RNG.dirichlet(np.ones(3), size=12).astype("float32")
ONE_HOT = np.eye(3, dtype="float32")[LABEL]
YES = (RNG.uniform(size=(12, 1)) > 0.5).astype("float32")
CHANCE = RNG.uniform(size=(12, 1)).astype("float32")
KERNELS = [RNG.normal(size=s).astype("float32") * 0.5 for s in ((4, 5), (5,), (5, 1), (1,), (5, 3), (3,))]


def case(program: Callable[[Any], Results]) -> Callable[[Any], Results]:
    """Enter a program under its name."""
    KERAS_CASES[program.__name__] = program
    return program


def forked(keras: Any, kind: Any = None, names: bool = True) -> Any:
    """Return a model with the outputs "classes" and "value"."""
    layers = keras.layers
    x = keras.Input((4,), name="x")
    hidden = layers.Dense(5, activation="tanh")(x)
    value, classes = layers.Dense(1, name="v")(hidden), layers.Dense(3, activation="softmax", name="c")(hidden)
    model = (kind or keras.Model)(x, {"value": value, "classes": classes} if names else [value, classes])
    places = ((model.layers[1].name, 0), ("v", 2), ("c", 4))
    for name, place in places:
        model.get_layer(name).set_weights(KERNELS[place : place + 2])
    return model


def by_name(logs: dict[str, Any]) -> Results:
    """Return logs in an order that does not matter."""
    return {name: logs[name] for name in sorted(logs)}


@case
def dict_outputs(tf: Any) -> Results:
    keras = tf.keras
    model = forked(keras)
    model.compile(
        keras.optimizers.SGD(0.1),
        loss={"value": "mse", "classes": keras.losses.SparseCategoricalCrossentropy()},
        loss_weights={"value": 0.5, "classes": 2.0},
        metrics={"classes": ["accuracy"], "value": ["mae"]},
        weighted_metrics={"value": ["mse"]},
    )
    truth = {"value": VALUE, "classes": LABEL}
    history = model.fit(
        {"x": X},
        truth,
        batch_size=4,
        epochs=2,
        shuffle=False,
        verbose=0,
        sample_weight={"value": WEIGHT, "classes": 1 / WEIGHT},
    ).history
    found = {f"fit {k}": np.array(v, "float32") for k, v in by_name(history).items()}
    found |= {f"evaluate {k}": v for k, v in by_name(model.evaluate(X, truth, verbose=0, return_dict=True)).items()}
    return found | {f"predict {k}": v for k, v in by_name(model.predict(X, verbose=0)).items()}


@case
def list_outputs(tf: Any) -> Results:
    keras = tf.keras
    model = forked(keras, names=False)
    model.compile(
        keras.optimizers.SGD(0.1),
        loss=["mse", "sparse_categorical_crossentropy"],
        loss_weights=[0.5, 2.0],
        metrics=[["mae"], ["accuracy"]],
    )
    history = model.fit(X, [VALUE, LABEL], batch_size=4, epochs=2, shuffle=False, verbose=0).history
    return {k: np.array(v, "float32") for k, v in by_name(history).items()}


def single(keras: Any, **options: Any) -> Any:
    """Return a compiled model with one output."""
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(5, activation="tanh"), keras.layers.Dense(1)])
    model.set_weights(KERNELS[:4])
    model.compile(**{"optimizer": keras.optimizers.SGD(0.1), "loss": "mse", "metrics": ["mae"], **options})
    return model


@case
def single_batches(tf: Any) -> Results:
    keras = tf.keras
    model = single(keras, weighted_metrics=["mse"])
    found: Results = {}
    for i in range(3):
        logs = model.train_on_batch(X[i * 4 : i * 4 + 4], VALUE[i * 4 : i * 4 + 4], WEIGHT[:4], return_dict=True)
        found |= {f"step {i} {k}": v for k, v in by_name(logs).items()}
    model.reset_metrics()
    found["test"] = np.array(model.test_on_batch(X, VALUE), "float32")
    found["alone"] = single(keras, metrics=None).test_on_batch(X, VALUE)
    found["predict"] = model.predict_on_batch(X)
    return found


@case
def fit_options(tf: Any) -> Results:
    keras = tf.keras
    model = single(keras)
    history = model.fit(
        X,
        VALUE,
        batch_size=4,
        epochs=4,
        initial_epoch=1,
        shuffle=False,
        verbose=0,
        sample_weight=WEIGHT,
        validation_data=(X, VALUE, WEIGHT),
        validation_batch_size=5,
        validation_steps=2,
        validation_freq=2,
    ).history
    found = {f"fit {k}": np.array(v, "float32") for k, v in by_name(history).items()}
    found["evaluate"] = np.array(model.evaluate(X, VALUE, batch_size=5, steps=2, verbose=0), "float32")
    found["predict"] = model.predict(X, batch_size=5, steps=2, verbose=0)
    classes = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3, activation="softmax", kernel_initializer="ones")]
    )
    classes.compile("sgd", "sparse_categorical_crossentropy", weighted_metrics=["accuracy"])
    history = classes.fit(
        X, LABEL, batch_size=5, shuffle=False, verbose=0, class_weight={0: 1.0, 1: 2.0, 2: 0.5}
    ).history
    return found | {f"class weight {k}": np.array(v, "float32") for k, v in by_name(history).items()}


@case
def own_steps(tf: Any) -> Results:
    keras = tf.keras
    tracker = keras.metrics.Mean(name="loss")
    error = keras.metrics.MeanAbsoluteError(name="mae")

    class OwnLoop(keras.Model):
        def train_step(self, data: Any) -> Any:
            x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
            with tf.GradientTape() as tape:
                y_pred = self(x, training=True)
                loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply(gradients, self.trainable_variables)
            return {**self.compute_metrics(x, y, y_pred, sample_weight), "twice": loss * 2.0}

    class Bare(keras.Model):
        def train_step(self, data: Any) -> Any:
            x, y = data
            with tf.GradientTape() as tape:
                y_pred = self(x, training=True)
                loss = tf.reduce_mean(tf.square(y - y_pred))
            gradients = tape.gradient(loss, self.trainable_weights)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
            tracker.update_state(loss)
            error.update_state(y, y_pred)
            return {"loss": tracker.result(), "mae": error.result()}

        def test_step(self, data: Any) -> Any:
            x, y = data
            error.update_state(y, self(x, training=False))
            return {"mae": error.result()}

        @property
        def metrics(self) -> Any:
            return [tracker, error]

    found: Results = {}
    for kind, options in ((OwnLoop, {"loss": "mse", "metrics": ["mae"]}), (Bare, {})):
        for eagerly in (False, True):
            x = keras.Input((4,))
            model = kind(x, keras.layers.Dense(1)(x))
            model.set_weights([KERNELS[0][:, :1], KERNELS[1][:1]])
            model.compile(optimizer=keras.optimizers.SGD(0.1), run_eagerly=eagerly, **options)
            logs = model.fit(X, VALUE, batch_size=5, epochs=2, shuffle=False, verbose=0).history
            name = f"{kind.__name__} {'eager' if eagerly else 'compiled'}"
            for key in sorted(set(logs) - {"loss"} if kind is OwnLoop else logs):
                found[f"{name} {key}"] = np.array(logs[key], "float32")
            found[f"{name} weights"] = model.get_weights()[0]
    model.compile(optimizer="sgd")
    found["test_step"] = model.evaluate(X, VALUE, verbose=0, return_dict=True)["mae"]
    return found


#: tf.keras knows these functions by their short names only.
SHORT = {"mean_squared_error": "mse", "mean_absolute_error": "mae", "log_cosh": "logcosh", "kl_divergence": "kld"}


@case
def losses(tf: Any) -> Results:
    keras = tf.keras
    kinds = keras.losses
    numbers = (VALUE[:, [0, 0, 0]] * X[:, :3], X[:, 1:])
    table = {
        "mean_squared_error": (kinds.MeanSquaredError, {}, numbers),
        "mean_absolute_error": (kinds.MeanAbsoluteError, {}, numbers),
        "huber": (kinds.Huber, {"delta": 0.7}, numbers),
        "log_cosh": (kinds.LogCosh, {}, numbers),
        "hinge": (kinds.Hinge, {}, (np.sign(X), X[::-1])),
        "kl_divergence": (kinds.KLDivergence, {}, (PROBABILITIES, PROBABILITIES[::-1])),
        "binary_crossentropy": (kinds.BinaryCrossentropy, {"label_smoothing": 0.2}, (YES, CHANCE)),
        "categorical_crossentropy": (kinds.CategoricalCrossentropy, {"label_smoothing": 0.2}, (ONE_HOT, PROBABILITIES)),
        "sparse_categorical_crossentropy": (kinds.SparseCategoricalCrossentropy, {}, (LABEL, PROBABILITIES)),
    }
    found: Results = {}
    for name, (kind, options, arrays) in table.items():
        for reduction in ("sum", "none", "sum_over_batch_size", "mean_with_sample_weight"):
            loss = kind(reduction=reduction, **options)
            found[f"{name} {reduction}"] = loss(*arrays)
            found[f"{name} {reduction} weighted"] = loss(*arrays, sample_weight=WEIGHT)
        found[f"{name} function"] = getattr(kinds, SHORT.get(name, name))(*arrays)
    found["vector"] = kinds.MeanSquaredError(reduction="sum")(X[0], X[1])
    found["zero or one"] = kinds.hinge(YES, CHANCE)
    found["logits"] = kinds.BinaryCrossentropy(from_logits=True, label_smoothing=0.1)(YES, VALUE)
    found["smoothed logits"] = kinds.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)(ONE_HOT, X[:, :3])
    return found


@case
def metrics(tf: Any) -> Results:
    keras = tf.keras
    kinds = keras.metrics
    table = {
        "MeanSquaredError": (kinds.MeanSquaredError(), VALUE, CHANCE),
        "RootMeanSquaredError": (kinds.RootMeanSquaredError(), VALUE, CHANCE),
        "MeanAbsoluteError": (kinds.MeanAbsoluteError(), VALUE, CHANCE),
        "BinaryAccuracy": (kinds.BinaryAccuracy(threshold=0.3), YES, CHANCE),
        "CategoricalAccuracy": (kinds.CategoricalAccuracy(), ONE_HOT, PROBABILITIES),
        "SparseCategoricalAccuracy": (kinds.SparseCategoricalAccuracy(), LABEL, PROBABILITIES),
        "TopKCategoricalAccuracy": (kinds.TopKCategoricalAccuracy(k=2), ONE_HOT, PROBABILITIES),
        "SparseTopKCategoricalAccuracy": (kinds.SparseTopKCategoricalAccuracy(k=2), LABEL, PROBABILITIES),
        "Precision": (kinds.Precision(), YES, CHANCE),
        "Recall": (kinds.Recall(), YES, CHANCE),
        "AUC": (kinds.AUC(), YES, CHANCE),
        "AUC PR": (kinds.AUC(curve="PR"), YES, CHANCE),
    }
    found: Results = {}
    for name, (metric, truth, prediction) in table.items():
        metric.update_state(truth[:7], prediction[:7])
        metric.update_state(truth[7:], prediction[7:])
        found[name] = metric.result()
        metric.reset_state()
        metric.update_state(truth, prediction, sample_weight=WEIGHT)
        found[f"{name} weighted"] = metric.result()
    mean, total = kinds.Mean(), kinds.Sum()
    for part in (X[:3], X[3:]):
        mean.update_state(part)
        total.update_state(part)
    mean.update_state(X[0], sample_weight=WEIGHT[:4])
    return {**found, "Mean": mean.result(), "Sum": total.result()}


@case
def functions_as_losses_and_metrics(tf: Any) -> Results:
    keras = tf.keras

    def steep(y_true: Any, y_pred: Any) -> Any:
        return tf.reduce_mean(tf.square(tf.square(y_true - y_pred)), axis=-1)

    model = single(keras, loss=steep, metrics=[steep, keras.losses.huber, "mse"])
    logs = model.fit(X, VALUE, batch_size=5, epochs=2, shuffle=False, verbose=0).history
    return {k: np.array(v, "float32") for k, v in by_name(logs).items()}


@case
def integer_inputs(tf: Any) -> Results:
    keras = tf.keras
    pictures = (np.arange(48) % 7).astype("uint8").reshape(12, 4)
    model = keras.Sequential([keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(0.001), "mse")
    loss = model.fit(pictures, VALUE, verbose=0, shuffle=False).history["loss"]
    dense = keras.layers.Dense(2, kernel_initializer="ones")
    return {"loss": np.array(loss, "float32"), "predict": model.predict(pictures, verbose=0), "dense": dense(pictures)}


@case
def added_losses(tf: Any) -> Results:
    keras = tf.keras

    class Costly(keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            self.add_loss(0.1 * tf.reduce_sum(tf.square(inputs)))
            return inputs

    found: Results = {}
    for eagerly in (False, True):
        x = keras.Input((4,))
        dense = keras.layers.Dense(
            3,
            kernel_regularizer=keras.regularizers.L1L2(l1=0.01, l2=0.02),
            bias_regularizer="l2",
            activity_regularizer=keras.regularizers.L2(0.03),
            kernel_constraint=keras.constraints.MaxNorm(0.8),
        )
        model = keras.Model(x, keras.layers.Dense(1, use_bias=False)(Costly()(dense(x))))
        model.set_weights([KERNELS[0][:, :3], KERNELS[1][:3], KERNELS[2][:3]])
        model.compile(keras.optimizers.SGD(0.05), "mse", run_eagerly=eagerly)
        history = model.fit(X, VALUE, batch_size=5, epochs=2, shuffle=False, verbose=0).history
        name = "eager" if eagerly else "compiled"
        found |= {f"{name} loss": np.array(history["loss"], "float32"), f"{name} kernel": model.get_weights()[0]}
        found[f"{name} evaluate"] = model.evaluate(X, VALUE, batch_size=12, verbose=0)
        model(X)
        found[f"{name} losses"] = np.array(sorted(float(v) for v in model.losses), "float32")
    return found


@case
def constraints(tf: Any) -> Results:
    keras = tf.keras
    kinds = keras.constraints
    table = {
        "MaxNorm": kinds.MaxNorm(1.5),
        "NonNeg": kinds.NonNeg(),
        "UnitNorm": kinds.UnitNorm(axis=1),
        "MinMaxNorm": kinds.MinMaxNorm(0.5, 1.5, rate=0.7),
    }
    return {name: constraint(tf.constant(X)) for name, constraint in table.items()}


def trained(tf: Any, optimizer: Any, steps: int = 4) -> Any:
    """Return weights after some steps with an optimiser, eager and compiled."""
    found: list[Any] = []
    for wrap in (lambda f: f, tf.function):
        fresh = type(optimizer).from_config(optimizer.get_config())
        w, b = tf.Variable(X[:3]), tf.Variable([0.5, -0.25])

        def step(fresh: Any = fresh, w: Any = w, b: Any = b) -> None:
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(tf.square(tf.square(w) - 0.7)) + tf.reduce_sum(tf.square(b * 3.0 - 1.0))
            fresh.apply_gradients(zip(tape.gradient(loss, [w, b]), [w, b], strict=True))

        fresh.build([w, b])
        call = wrap(step)
        for _ in range(steps):
            call()
        found += [w.numpy(), b.numpy()]
    return found


@case
def every_optimizer(tf: Any) -> Results:
    kinds = tf.keras.optimizers
    table = {
        "SGD decay": kinds.SGD(0.1, weight_decay=0.02),
        "SGD clipnorm": kinds.SGD(0.1, momentum=0.5, clipnorm=0.5),
        "SGD clipvalue": kinds.SGD(0.1, clipvalue=0.3),
        "SGD global_clipnorm": kinds.SGD(0.1, global_clipnorm=0.8),
        "Adam": kinds.Adam(0.05),
        "Adam amsgrad": kinds.Adam(0.05, amsgrad=True),
        "AdamW": kinds.AdamW(0.05),
        "RMSprop": kinds.RMSprop(0.05),
        "RMSprop centered": kinds.RMSprop(0.05, momentum=0.4, centered=True),
        "Adagrad": kinds.Adagrad(0.3),
        "Adadelta": kinds.Adadelta(0.9),
        "Adamax": kinds.Adamax(0.05),
        "Nadam": kinds.Nadam(0.05),
    }
    names = ("eager w", "eager b", "compiled w", "compiled b")
    return {
        f"{title} {name}": value
        for title, optimizer in table.items()
        for name, value in zip(names, trained(tf, optimizer), strict=True)
    }


@case
def schedules(tf: Any) -> Results:
    kinds = tf.keras.optimizers.schedules
    table = {
        "exponential": kinds.ExponentialDecay(0.1, 4, 0.5),
        "exponential stairs": kinds.ExponentialDecay(0.1, 4, 0.5, staircase=True),
        "inverse": kinds.InverseTimeDecay(0.1, 4, 0.5),
        "inverse stairs": kinds.InverseTimeDecay(0.1, 4, 0.5, staircase=True),
        "piecewise": kinds.PiecewiseConstantDecay([3, 6], [0.1, 0.05, 0.01]),
        "polynomial": kinds.PolynomialDecay(0.1, 5, 0.01, power=2.0),
        "polynomial cycle": kinds.PolynomialDecay(0.1, 5, 0.01, cycle=True),
        "cosine": kinds.CosineDecay(0.1, 6, alpha=0.1),
        "cosine warmup": kinds.CosineDecay(0.0, 6, warmup_target=0.1, warmup_steps=3),
    }
    found: Results = {}
    for name, schedule in table.items():
        again = type(schedule).from_config(schedule.get_config())
        found[name] = np.array([float(again(step)) for step in range(13)], "float32")
    optimizer = tf.keras.optimizers.SGD(table["exponential"])
    for i, value in enumerate(trained(tf, optimizer, steps=6)):
        found[f"trained {i}"] = value
    model = single(tf.keras, optimizer=tf.keras.optimizers.Adam(table["piecewise"]))
    model.fit(X, VALUE, batch_size=3, shuffle=False, verbose=0)
    return {**found, "rate": float(model.optimizer.learning_rate), "weights": model.get_weights()[0]}


@case
def small_layers(tf: Any) -> Results:
    kinds = tf.keras.layers
    one, other = tf.constant(X), tf.constant(X[::-1].copy())
    table = {
        "Add": (kinds.Add(), [one, other]),
        "Subtract": (kinds.Subtract(), [one, other]),
        "Multiply": (kinds.Multiply(), [one, other]),
        "Average": (kinds.Average(), [one, other, one]),
        "Maximum": (kinds.Maximum(), [one, other]),
        "Minimum": (kinds.Minimum(), [one, other]),
        "Concatenate": (kinds.Concatenate(axis=1), [one, other]),
        "Reshape": (kinds.Reshape((2, -1)), one),
        "Permute": (kinds.Permute((2, 1)), tf.reshape(one, [2, 3, 8])),
        "RepeatVector": (kinds.RepeatVector(2), one),
        "Rescaling": (kinds.Rescaling(0.5, offset=-1.0), tf.constant(LABEL)),
        "ReLU": (kinds.ReLU(max_value=1.0, negative_slope=0.2, threshold=0.3), one),
        "ReLU leaky": (kinds.ReLU(negative_slope=0.2), one),
        "LeakyReLU": (kinds.LeakyReLU(), one),
        "ELU": (kinds.ELU(0.7), one),
        "PReLU": (kinds.PReLU(alpha_initializer=tf.keras.initializers.Constant(0.3)), one),
        "Softmax": (kinds.Softmax(axis=0), one),
        "GaussianNoise": (kinds.GaussianNoise(0.5), one),
    }
    return {name: layer(inputs) for name, (layer, inputs) in table.items()}


@case
def own_layers(tf: Any) -> Results:
    keras = tf.keras

    class Linear(keras.layers.Layer):
        def __init__(self, units: int = 3, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units = units

        def build(self, input_shape: Any) -> None:
            self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="ones", trainable=True, name="w")
            self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True)
            self.seen = self.add_weight(initializer="zeros", trainable=False, name="seen")

        def call(self, inputs: Any) -> Any:
            self.add_loss(0.01 * tf.reduce_sum(inputs))
            return tf.matmul(inputs, self.w) + self.b

    class Block(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.drop, self.last = Linear(3), keras.layers.Dropout(0.0), Linear(1)
            self.watch = keras.metrics.Mean(name="watch")

        def call(self, inputs: Any) -> Any:
            hidden = self.drop(tf.nn.relu(self.first(inputs)))
            self.watch.update_state(tf.reduce_mean(hidden))
            return self.last(hidden)

    model = Block()
    model.compile(keras.optimizers.SGD(0.01), "mse")
    logs = model.fit(X, VALUE, batch_size=4, epochs=2, shuffle=False, verbose=0).history
    found: Results = {k: np.array(v, "float32") for k, v in by_name(logs).items()}
    model(X)
    found["losses"] = np.array([float(v) for v in model.losses], "float32")
    counts = [len(model.weights), len(model.trainable_weights), len(model.non_trainable_weights), model.count_params()]
    model.first.trainable = False
    found["counts"] = np.array([*counts, len(model.trainable_weights)])

    optimizer, accuracy = keras.optimizers.Adam(0.05), keras.metrics.SparseCategoricalAccuracy()
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    net = keras.Sequential([keras.Input((4,)), Linear(5), keras.layers.ReLU(), keras.layers.Dense(3)])
    net.layers[-1].set_weights(KERNELS[4:])

    @tf.function
    def step(x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            logits = net(x, training=True)
            loss = loss_of(y, logits) + sum(net.losses)
        optimizer.apply(tape.gradient(loss, net.trainable_weights), net.trainable_weights)
        accuracy.update_state(y, logits)
        return loss

    for i in range(4):
        found[f"loop {i}"] = step(tf.constant(X), tf.constant(LABEL))
    return {**found, "accuracy": accuracy.result()}
