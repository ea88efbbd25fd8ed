"""`fit` of an LSTM of 64 units over 28 steps of 28 numbers and a Dense 10, batches of 64, Adam."""

from __future__ import annotations

from typing import Any

from bench_common import QUICK, Measures, digits, fitted, looped, products

TARGETS = [("step", "keras", "faster", 2.0), ("step", "torch", "faster", 1.5)]
BATCH = 64


def _data() -> tuple[Any, Any]:
    return digits(BATCH * (8 if QUICK else 150))


def _keras(keras: Any) -> Measures:
    layers = keras.layers
    model = keras.Sequential([keras.Input((28, 28)), layers.LSTM(64), layers.Dense(10)])
    return fitted(keras, model, *_data(), BATCH, "adam")


def engine() -> Measures:
    import engine as tf

    return _keras(tf.keras)


def keras() -> Measures:
    import keras

    return _keras(keras)


def torch() -> Measures:
    from torch import nn, optim

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = nn.LSTM(28, 64, batch_first=True)
            self.dense = nn.Linear(64, 10)

        def forward(self, x: Any) -> Any:
            return self.dense(self.lstm(x)[0][:, -1])

    model = Network()
    return looped(model, *_data(), BATCH, optim.Adam(model.parameters()))


def floor() -> Measures:
    forward = [(BATCH * 28, 28, 256), *[(BATCH, 64, 256)] * 28, (BATCH, 64, 10)]
    backward = [(64, BATCH, 10), (BATCH, 10, 64), *[(BATCH, 256, 64)] * 28]
    backward += [(64, BATCH * 28, 256), (28, BATCH * 28, 256)]
    return {"step": products(forward + backward)}
