"""`fit` of a network 784-128-10 on MNIST, batches of 32, SGD, accuracy on."""

from __future__ import annotations

import time
from typing import Any

from bench_common import QUICK, Measures, digits, fitted, looped, products

TARGETS = [("step", "keras", "faster", 8.0), ("step", "torch", "faster", 2.0), ("step", "floor", "within", 1.5)]
BATCH = 32
OPTIMIZER = "sgd"


def _data() -> tuple[Any, Any]:
    x, y = digits((6_400 if QUICK else 60_000) // BATCH * BATCH)
    return x.reshape(-1, 784), y


def _keras(keras: Any) -> Measures:
    layers = keras.layers
    model = keras.Sequential([keras.Input((784,)), layers.Dense(128, activation="relu"), layers.Dense(10)])
    return fitted(keras, model, *_data(), BATCH, OPTIMIZER)


def engine() -> Measures:
    import engine as tf

    return _keras(tf.keras)


def keras() -> Measures:
    import keras

    return _keras(keras)


def torch() -> Measures:
    from torch import nn, optim

    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    kinds = {"sgd": lambda p: optim.SGD(p, lr=0.01), "adam": lambda p: optim.Adam(p, lr=0.001)}
    return looped(model, *_data(), BATCH, kinds[OPTIMIZER](model.parameters()))


def jax() -> Measures:
    import jax
    import jax.numpy as jnp
    import numpy as np

    x, y = _data()
    rng = np.random.default_rng(0)
    weights = [rng.normal(0, 0.05, s).astype(np.float32) for s in ((784, 128), (128,), (128, 10), (10,))]
    state = [jnp.asarray(w) for w in weights]
    slots = [[jnp.zeros_like(w) for w in state] for _ in range(2)]

    def loss(parameters: Any, images: Any, labels: Any) -> Any:
        a, b, c, d = parameters
        logits = jnp.maximum(images @ a + b, 0) @ c + d
        rows = jax.nn.log_softmax(logits)
        return -jnp.mean(jnp.take_along_axis(rows, labels[:, None], 1)), (logits.argmax(1) == labels).sum()

    @jax.jit
    def update(state: Any, slots: Any, t: Any, images: Any, labels: Any) -> Any:
        (value, right), gradients = jax.value_and_grad(loss, has_aux=True)(state, images, labels)
        if OPTIMIZER == "sgd":
            return [w - 0.01 * g for w, g in zip(state, gradients, strict=True)], slots, t + 1, value, right
        m = [0.9 * a + 0.1 * g for a, g in zip(slots[0], gradients, strict=True)]
        v = [0.999 * a + 0.001 * g * g for a, g in zip(slots[1], gradients, strict=True)]
        rate = 0.001 * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        new = [w - rate * a / (jnp.sqrt(b) + 1e-7) for w, a, b in zip(state, m, v, strict=True)]
        return new, [m, v], t + 1, value, right

    def epoch(count: int) -> None:
        nonlocal state, slots
        order = rng.permutation(count)
        t: Any = jnp.float32(1)
        right: Any = jnp.int32(0)
        for at in range(0, count, BATCH):
            index = order[at : at + BATCH]
            state, slots, t, _, hits = update(state, slots, t, x[index], y[index])
            right = right + hits
        float(right)

    epoch(4 * BATCH)

    def step() -> float:
        begin = time.perf_counter()
        epoch(len(x))
        return (time.perf_counter() - begin) / (len(x) // BATCH)

    return {"step": step}


def floor() -> Measures:
    forward = [(BATCH, 784, 128), (BATCH, 128, 10)]
    backward = [(128, BATCH, 10), (BATCH, 10, 128), (784, BATCH, 128)]
    return {"step": products(forward + backward)}
