"""Programs that run unchanged on TensorFlow and on the engine: each gets the module and returns named results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np

Results = dict[str, Any]
CASES: dict[str, Callable[[Any], Results]] = {}


def case(program: Callable[[Any], Results]) -> Callable[[Any], Results]:
    """Enter a program under its name."""
    CASES[program.__name__] = program
    return program


def numbers(*shape: int, low: float = -2.0, high: float = 2.0, shift: float = 0.0) -> Any:
    """Return float32 numbers between `low` and `high` that look random but follow from the shape and the shift."""
    waves = np.sin(np.arange(np.prod(shape, dtype=int)) * 12.9898 + shift) * 43758.5453
    return ((waves - np.floor(waves)) * (high - low) + low).reshape(shape).astype(np.float32)


def whole(*shape: int, below: int, shift: float = 0.0) -> Any:
    """Return int32 numbers from 0 to below `below`."""
    return np.floor(numbers(*shape, low=0, high=below, shift=shift)).astype(np.int32)


def with_gradients(tf: Any, function: Callable[..., Any], *arrays: Any) -> Iterator[tuple[str, Any]]:
    """Yield the value of a function and the gradients of its weighted sum."""
    operands = [tf.constant(a) for a in arrays]
    with tf.GradientTape() as tape:
        tape.watch(operands)
        value = function(*operands)
        target = tf.reduce_sum(value * tf.constant(numbers(*value.shape, low=0.5, high=1.5)))
    yield "value", value
    for i, gradient in enumerate(tape.gradient(target, operands)):
        if gradient is not None:
            yield f"d{i}", tf.convert_to_tensor(gradient)  # TensorFlow has a sparse one for gather


def several(tf: Any, table: dict[str, tuple[Any, ...]]) -> Results:
    """Return value and gradients of each function of a table with the arrays beside it."""
    return {f"{n} {k}": v for n, (f, *a) in table.items() for k, v in with_gradients(tf, f, *a)}


# ------------------------------------------------------------------------------------------------------ elementwise

WIDE = np.array([-90, -30, -5, -1, -0.1, 0, 1e-4, 0.5, 1, 3, 12, 40, 90], np.float32)


@case
def activations(tf: Any) -> Results:
    nn = tf.nn
    table = {
        "relu": nn.relu,
        "leaky_relu": nn.leaky_relu,
        "leaky_relu 0.3": lambda x: nn.leaky_relu(x, alpha=0.3),
        "elu": nn.elu,
        "sigmoid": nn.sigmoid,
        "tanh": nn.tanh,
        "softplus": nn.softplus,
        "silu": nn.silu,
        "gelu": nn.gelu,
        "gelu tanh": lambda x: nn.gelu(x, approximate=True),
        "softmax": nn.softmax,
        "log_softmax": nn.log_softmax,
    }
    return several(tf, {name: (f, WIDE) for name, f in table.items()})


@case
def functions(tf: Any) -> Results:
    positive, unit = numbers(9, low=0.1, high=4), numbers(9, low=-1, high=1)
    m = tf.math
    table = {"log": m.log, "log1p": m.log1p, "sqrt": m.sqrt, "rsqrt": m.rsqrt}
    signed = {"exp": m.exp, "expm1": m.expm1, "erf": m.erf, "sin": m.sin, "cos": m.cos, "abs": m.abs}
    signed |= {"sign": m.sign, "square": m.square, "negative": m.negative}
    return several(tf, {n: (f, positive) for n, f in table.items()} | {n: (f, unit) for n, f in signed.items()})


@case
def rounding(tf: Any) -> Results:
    x = np.array([-2.5, -1.5, -0.5, -0.2, 0.5, 1.5, 2.5, 3.7], np.float32)
    results = {f.__name__: f(x) for f in (tf.floor, tf.math.ceil, tf.round, tf.sign)}
    results |= {f"cast to {d}": tf.cast(tf.constant(x), d) for d in ("int32", "bool", "float64")}
    with tf.GradientTape(persistent=True) as tape:
        t = tf.constant(x)
        tape.watch(t)
        stepped = {"floor": tf.floor(t), "ceil": tf.math.ceil(t), "round": tf.round(t)}
    results |= {f"no gradient of {n}": tape.gradient(y, t) is None for n, y in stepped.items()}
    return results


@case
def division(tf: Any) -> Results:
    x, y = np.array([7, -7, 7, -7, 6], np.int32), np.array([3, 3, -3, -3, -3], np.int32)
    results: Results = {}
    for kind in (np.int32, np.float32, np.int64):
        a, b = tf.constant(x.astype(kind)), tf.constant(y.astype(kind))
        for sign, value in {"/": a / b, "//": a // b, "%": a % b, "mod": tf.math.mod(a, b)}.items():
            results[f"{np.dtype(kind).name} {sign}"] = value
    return results


@case
def powers(tf: Any) -> Results:
    x, y = np.array([0.0, 0.0, 0.5, 2.0, 3.0], np.float32), np.array([2.0, 1.0, -1.5, 0.0, 2.5], np.float32)
    integers = tf.constant([2, -3, 5]) ** tf.constant([3, 3, 0])
    return {**several(tf, {"pow": (tf.pow, x, y)}), "integers": integers}


@case
def ties(tf: Any) -> Results:
    x, y = np.array([1, 2, 3, 3], np.float32), np.array([1, 3, 2, 3], np.float32)
    rows = np.array([[1, 3, 3], [2, 2, 2], [0, -1, 5]], np.float32)
    return several(
        tf,
        {
            "maximum": (tf.maximum, x, y),
            "minimum": (tf.minimum, x, y),
            "clip": (lambda t: tf.clip_by_value(t, 1.0, 3.0), np.array([0, 1, 2, 3, 4], np.float32)),
            "reduce_max": (lambda t: tf.reduce_max(t, axis=1), rows),
            "reduce_min": (lambda t: tf.reduce_min(t, axis=0), rows),
            "reduce_max of all": (tf.reduce_max, rows),
            "abs at 0": (tf.abs, np.zeros(1, np.float32)),
            "relu at 0": (tf.nn.relu, np.zeros(1, np.float32)),
        },
    )


# -------------------------------------------------------------------------------------------------------- reductions


@case
def reductions(tf: Any) -> Results:
    x = numbers(2, 3, 4)
    results: Results = {}
    for name, (axis, keep) in product(
        ("sum", "mean", "max", "min", "prod"), ((None, False), (1, True), ([0, -1], False))
    ):
        op = getattr(tf, f"reduce_{name}")
        found = with_gradients(tf, lambda t, op=op, axis=axis, keep=keep: op(t, axis=axis, keepdims=keep), x)
        results |= {f"{name} {axis} {keep} {k}": v for k, v in found}
    integers = tf.constant([[1, 2], [-4, -3]])
    results |= {f"integers {n}": getattr(tf, f"reduce_{n}")(integers, axis=1) for n in ("sum", "mean", "max", "prod")}
    empty = tf.zeros([0, 3])
    results |= {f"empty {n}": getattr(tf, f"reduce_{n}")(empty, axis=0) for n in ("sum", "prod", "mean")}
    same = tf.constant([[1.0, 3.0, 3.0], [2.0, 2.0, 0.0]])
    results |= {f"{n} {a}": getattr(tf, n)(same, axis=a) for n in ("argmax", "argmin") for a in (0, 1)}
    results["argmax int32"] = tf.argmax(same, axis=-1, output_type=tf.int32)
    return results


@case
def products_of_zeros(tf: Any) -> Results:
    rows = np.array([[2, 3, 4], [0, 3, 4], [0, 3, 0]], np.float32)
    return several(tf, {"prod": (lambda t: tf.reduce_prod(t, axis=1), rows)})


# ------------------------------------------------------------------------------------------------------------ moving


@case
def gathering(tf: Any) -> Results:
    x, i = numbers(4, 3, 2), np.array([[2, 0], [2, 1]], np.int32)
    batch = np.array([[2, 0], [2, 1], [0, 0], [1, 2]], np.int32)
    return several(
        tf,
        {
            "rows": (lambda t: tf.gather(t, i), x),
            "axis 1": (lambda t: tf.gather(t, i, axis=1), x),
            "axis -1": (lambda t: tf.gather(t, [1, 1, 0], axis=-1), x),
            "batch": (lambda t: tf.gather(t, batch, axis=1, batch_dims=1), x),
            "gather_nd": (lambda t: tf.gather_nd(t, i), x),
            "gather_nd elements": (lambda t: tf.gather_nd(t, [[3, 2, 1], [0, 0, 0], [0, 0, 0]]), x),
            "scatter": (
                lambda t, u: tf.tensor_scatter_nd_update(t, [[0], [2]], u),
                numbers(4, 2),
                numbers(2, 2, shift=1),
            ),
            "scatter add": (
                lambda t, u: tf.tensor_scatter_nd_add(t, [[0], [0]], u),
                numbers(4, 2),
                numbers(2, 2, shift=1),
            ),
        },
    )


@case
def one_hot(tf: Any) -> Results:
    indices = [[0, 2], [-1, 3]]
    return {
        "default": tf.one_hot(indices, 3),
        "axis 0": tf.one_hot(indices, 3, axis=0),
        "axis 1": tf.one_hot(indices, 3, axis=1),
        "values": tf.one_hot(indices, 3, on_value=5.0, off_value=-1.0),
        "dtype": tf.one_hot(indices, 3, dtype=tf.int32),
    }


@case
def padding(tf: Any) -> Results:
    x = numbers(3, 4)
    table: dict[str, tuple[Any, ...]] = {
        f"{mode} {pairs}": (lambda t, mode=mode, pairs=pairs: tf.pad(t, pairs, mode=mode), x)
        for mode, pairs in product(("CONSTANT", "REFLECT", "SYMMETRIC"), ([[0, 0], [0, 0]], [[1, 2], [3, 0]]))
    }
    table["value"] = (lambda t: tf.pad(t, [[1, 0], [0, 1]], constant_values=7.0), x)
    return several(tf, table)


@case
def joining(tf: Any) -> Results:
    a, b = numbers(2, 3), numbers(2, 3, shift=1)
    return several(
        tf,
        {
            "concat 0": (lambda x, y: tf.concat([x, y], axis=0), a, b),
            "concat -1": (lambda x, y: tf.concat([x, y, x], axis=-1), a, b),
            "stack 1": (lambda x, y: tf.stack([x, y], axis=1), a, b),
            "stack -1": (lambda x, y: tf.stack([x, y], axis=-1), a, b),
            "split": (lambda x: tf.split(x, 3, axis=1)[1], a),
            "split sizes": (lambda x: tf.split(x, [1, 2], axis=1)[1], a),
            "split rest": (lambda x: tf.split(x, [1, -1], axis=-1)[1], a),
            "unstack": (lambda x: tf.unstack(x, axis=1)[2], a),
            "tile": (lambda x: tf.tile(x, [2, 3]), a),
            "transpose": (tf.transpose, numbers(2, 3, 4)),
            "transpose perm": (lambda x: tf.transpose(x, perm=[1, 2, 0]), numbers(2, 3, 4)),
            "reshape": (lambda x: tf.reshape(x, [-1, 2]), a),
            "squeeze": (lambda x: tf.squeeze(x, axis=1), numbers(2, 1, 3)),
            "expand_dims": (lambda x: tf.expand_dims(x, axis=-2), a),
            "slice": (lambda x: tf.slice(x, [0, 1], [2, -1]), a),
        },
    )


@case
def slices(tf: Any) -> Results:
    s = np.s_
    keys = (
        s[0],
        s[-1],
        s[1:],
        s[::-1],
        s[::2, 1],
        s[..., -1],
        s[:, None],
        s[1:10],
        s[5:2],
        s[2:0:-1, ::3],
        s[..., ::-2],
    )
    keys += (s[None, 0, ..., None], s[-3:-1, -2:], s[:, 1:2, 0])
    x = numbers(4, 3, 5)
    return several(tf, {str(key): (lambda t, key=key: t[key], x) for key in keys})


@case
def making(tf: Any) -> Results:
    return {
        "range": tf.range(5),
        "range float": tf.range(0.0, 1.0, 0.25),
        "range down": tf.range(5, 0, -2),
        "range int64": tf.range(3, dtype=tf.int64),
        "linspace": tf.linspace(-1.0, 1.0, 7),
        "eye": tf.eye(2, 3),
        "fill": tf.fill([2, 2], 7),
        "zeros": tf.zeros([2], tf.int32),
        "ones": tf.ones([2, 1]),
        "constant": tf.constant(3, shape=[2, 2]),
        "float of ints": tf.constant([1, 2], tf.float32),
        "zeros_like": tf.zeros_like([1, 2]),
        "shape": tf.shape(tf.zeros([2, 3])),
        "size": tf.size(tf.zeros([2, 3])),
        "rank": tf.rank(tf.zeros([2, 3])),
        "where": tf.where([True, False], [1.0, 2.0], [3.0, 4.0]),
        "bool": tf.constant([1, 2]) == tf.constant([1, 3]),
    }


@case
def products(tf: Any) -> Results:
    return several(
        tf,
        {
            "plain": (tf.matmul, numbers(2, 3), numbers(3, 4)),
            "both transposed": (
                lambda a, b: tf.matmul(a, b, transpose_a=True, transpose_b=True),
                numbers(3, 2),
                numbers(4, 3),
            ),
            "batched": (tf.matmul, numbers(5, 1, 2, 3), numbers(4, 3, 2)),
            "bias_add": (tf.nn.bias_add, numbers(2, 3), numbers(3)),
        },
    )


@case
def cross_entropies(tf: Any) -> Results:
    logits, classes = numbers(4, 3, low=-30, high=30), whole(4, below=3)
    shares = np.array([[0.2, 0.3, 0.5], [1, 0, 0], [0, 0.5, 0.5], [0, 0, 1]], np.float32)
    return several(
        tf,
        {
            "sparse": (lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(classes, x), logits),
            "dense": (lambda x: tf.nn.softmax_cross_entropy_with_logits(shares, x), logits),
        },
    )


# ------------------------------------------------------------------------------------------------------------- keras

WEIGHTS = np.array([1, 0, 2, 0.5], np.float32)


def losses_table() -> dict[str, tuple[dict[str, Any], Any, Any]]:
    """Return losses with their options, truth and prediction."""
    probabilities = numbers(4, 3, low=0.01, high=1)
    logits, one_hot = numbers(4, 3, low=-8, high=8), np.eye(3, dtype=np.float32)[whole(4, below=3)]
    yes_no, classes = whole(4, 3, below=2).astype(np.float32), whole(4, below=3)
    certain = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1], [1, 0, 0]], np.float32)
    return {
        "MeanSquaredError": ({}, numbers(4, 3), numbers(4, 3, shift=2)),
        "MeanAbsoluteError": ({}, numbers(4, 3), numbers(4, 3, shift=2)),
        "MeanSquaredError vector": ({}, numbers(4), numbers(4, 1, shift=2)),
        "BinaryCrossentropy": ({}, yes_no, probabilities),
        "BinaryCrossentropy logits": ({"from_logits": True}, yes_no, logits),
        "BinaryCrossentropy certain": ({}, yes_no, certain),
        "CategoricalCrossentropy": ({}, one_hot, probabilities),
        "CategoricalCrossentropy logits": ({"from_logits": True}, one_hot, logits),
        "CategoricalCrossentropy smoothed": ({"label_smoothing": 0.1}, one_hot, probabilities),
        "CategoricalCrossentropy certain": ({}, one_hot, certain),
        "SparseCategoricalCrossentropy": ({}, classes, probabilities),
        "SparseCategoricalCrossentropy column": ({}, classes[:, None], probabilities),
        "SparseCategoricalCrossentropy logits": ({"from_logits": True}, classes, logits),
        "SparseCategoricalCrossentropy certain": ({}, classes, certain),
        "SparseCategoricalCrossentropy series": ({}, whole(2, 4, below=3), numbers(2, 4, 3, low=0.01, high=1)),
    }


@case
def losses(tf: Any) -> Results:
    results: Results = {}
    for name, (options, truth, prediction) in losses_table().items():
        kind = getattr(tf.keras.losses, name.split()[0])
        for reduction in ("sum_over_batch_size", "sum", "none"):
            results[f"{name} {reduction}"] = kind(**options, reduction=reduction)(truth, prediction)
        results[f"{name} weighted"] = kind(**options)(truth, prediction, sample_weight=WEIGHTS)
        loss = kind(**options)
        found = with_gradients(tf, lambda p, loss=loss, t=truth: loss(t, p), prediction)
        results[f"{name} gradient"] = dict(found)["d0"]
    return results


@case
def metrics(tf: Any) -> Results:
    classes, scores = whole(4, below=3), numbers(4, 3)
    table = {
        "Accuracy": (classes, np.array([1, 0, 2, 0], np.int32)),
        "BinaryAccuracy": (whole(4, 1, below=2), numbers(4, 1, low=0, high=1)),
        "CategoricalAccuracy": (np.eye(3, dtype=np.float32)[classes], scores),
        "SparseCategoricalAccuracy": (classes, scores),
        "MeanSquaredError": (numbers(4, 2), numbers(4, 2, shift=1)),
        "MeanAbsoluteError": (numbers(4, 2), numbers(4, 2, shift=1)),
    }
    results: Results = {}
    for name, (truth, prediction) in table.items():
        metric = getattr(tf.keras.metrics, name)()
        results[f"{name} before"] = metric.result()
        metric.update_state(truth, prediction)
        results[f"{name} once"] = metric.result()
        metric.update_state(truth[:2], prediction[1:3])
        results[f"{name} twice"] = metric.result()
        metric.update_state(truth, prediction, sample_weight=WEIGHTS)
        results[f"{name} weighted"] = metric.result()
    mean = tf.keras.metrics.Mean()
    mean.update_state([1.0, 3.0])
    mean.update_state(8.0, sample_weight=2.0)
    results["Mean"] = mean.result()
    return results


@case
def optimizers(tf: Any) -> Results:
    kinds = tf.keras.optimizers
    table = {
        "SGD": lambda: kinds.SGD(0.1),
        "SGD momentum": lambda: kinds.SGD(0.1, momentum=0.9),
        "SGD nesterov": lambda: kinds.SGD(0.1, momentum=0.9, nesterov=True),
        "Adam": lambda: kinds.Adam(0.01),
        "Adam betas": lambda: kinds.Adam(0.1, beta_1=0.5, beta_2=0.9, epsilon=1e-3),
    }
    results: Results = {}
    for name, make in table.items():
        optimizer, w, b = make(), tf.Variable(numbers(2, 3)), tf.Variable(numbers(3))
        path = []
        for step in range(6):
            optimizer.apply_gradients([(tf.constant(numbers(2, 3, shift=step)), w), (b * 2.0, b)])
            path.append(np.concatenate([np.ravel(w), np.ravel(b)]))
        results[name] = np.stack(path)
    return results


def mlp(tf: Any, seed: float = 0.0) -> Any:
    """Return a network of three layers with fixed weights."""
    keras = tf.keras
    model = keras.Sequential(
        [
            keras.Input(shape=(6,)),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dense(5, activation="tanh"),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    weights = [numbers(*w.shape, low=-0.7, high=0.7, shift=i + seed) for i, w in enumerate(model.get_weights())]
    model.set_weights(weights)
    return model


@case
def training(tf: Any) -> Results:
    x, y = numbers(20, 6), whole(20, below=3)
    kinds = tf.keras.optimizers
    results: Results = {}
    for name, optimizer in {"SGD": kinds.SGD(0.2, momentum=0.5), "Adam": kinds.Adam(0.02)}.items():
        model = mlp(tf)
        model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
        history = model.fit(x, y, batch_size=8, epochs=20, shuffle=False, verbose=0, validation_split=0.2)
        results |= {f"{name} {key}": np.array(history.history[key], np.float32) for key in sorted(history.history)}
        results[f"{name} evaluated"] = np.array(model.evaluate(x, y, verbose=0), np.float32)
        results[f"{name} predicted"] = model.predict(x, verbose=0)
        results[f"{name} weighted"] = np.array(
            model.evaluate(x, y, sample_weight=numbers(20, low=0, high=1), verbose=0), np.float32
        )
    return results


@case
def several_outputs(tf: Any) -> Results:
    keras = tf.keras
    a, b = keras.Input(shape=(3,), name="a"), keras.Input(shape=(3,), name="b")
    shared = keras.layers.Dense(4, activation="tanh", name="shared")
    joined = shared(a) * 2.0 + shared(b)
    classes = keras.layers.Dense(3, activation="softmax", name="classes")(joined)
    value = keras.layers.Dense(1, name="value")(joined)
    model = keras.Model([a, b], [classes, value])
    model.set_weights([numbers(*w.shape, low=-0.7, high=0.7, shift=i) for i, w in enumerate(model.get_weights())])
    model.compile(
        keras.optimizers.SGD(0.1),
        loss=["sparse_categorical_crossentropy", "mse"],
        loss_weights=[1.0, 0.5],
        metrics=[["accuracy"], ["mae"]],
    )
    x, y = [numbers(12, 3), numbers(12, 3, shift=1)], [whole(12, below=3), numbers(12, 1)]
    history = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0).history
    return {
        "names": np.array([ord(c) for c in " ".join(sorted(history))], np.int32),
        **{key: np.array(values, np.float32) for key, values in sorted(history.items())},
        "params": np.int32(model.count_params()),
    }


@case
def parameter_counts(tf: Any) -> Results:
    keras = tf.keras
    model = keras.Sequential([keras.Input(shape=(28, 28)), keras.layers.Flatten()])
    for layer in (keras.layers.Dense(128), keras.layers.Dropout(0.5), keras.layers.Dense(10, use_bias=False)):
        model.add(layer)
    model.layers[1].trainable = False
    counts = [layer.count_params() for layer in model.layers]
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    return {"counts": np.array([*counts, model.count_params(), trainable], np.int32)}
