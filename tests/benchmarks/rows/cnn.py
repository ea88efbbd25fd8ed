"""`fit` of Conv 32 3x3, pool, Conv 64 3x3, pool, Dropout, Dense 10 on 28x28 images, batches of 128, Adam."""

from __future__ import annotations

from typing import Any

from bench_common import QUICK, Measures, digits, fitted, looped, products

TARGETS = [("step", "keras", "faster", 1.3), ("step", "torch", "faster", 1.5)]
BATCH = 128


def data() -> tuple[Any, Any]:
    """Return images and labels for a round."""
    x, y = digits(BATCH * (8 if QUICK else 50))
    return x.reshape(-1, 28, 28, 1), y


def network(keras: Any) -> Any:
    """Return the network in Keras or what is like it."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10),
        ]
    )


def engine() -> Measures:
    import engine as tf

    return fitted(tf.keras, network(tf.keras), *data(), BATCH, "adam")


def keras() -> Measures:
    import keras

    return fitted(keras, network(keras), *data(), BATCH, "adam")


def torch() -> Measures:
    from torch import nn, optim

    model = nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Linear(1600, 10),
    )
    x, y = data()
    return looped(model, x.reshape(-1, 1, 28, 28), y, BATCH, optim.Adam(model.parameters()))


def floor() -> Measures:
    first, second = BATCH * 26 * 26, BATCH * 11 * 11
    forward = [(first, 9, 32), (second, 288, 64), (BATCH, 1600, 10)]
    backward = [(1600, BATCH, 10), (BATCH, 10, 1600), (288, second, 64), (second, 64, 288), (9, first, 32)]
    return {"step": products(forward + backward)}
