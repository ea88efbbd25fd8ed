"""Twenty networks that learn as they should: nobody is to be warned of anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from faults.networks import CLASSES, LOGITS, SQUARES, YES_OR_NO, adam, dense, network, sgd

from studio.document.document import Document

FLAT: Final = ("layer.Flatten", {})
IMAGE: Final = ("layer.Reshape", {"target_shape": [8, 8, 1]})
STANDARD: Final = ("data.diabetes", {})


def _digits(layers: Mapping[str, Any], loss: Any, trainer: Any, seed: int, **options: Any) -> Document:
    return network("data.digits", layers, loss, trainer, seed=seed, **options)


def _two_losses(seed: int) -> Document:
    """Classes from one end, the picture again from the other."""
    more = {
        "picture": dense(64, "sigmoid"),
        "flat_truth": ("op.reshape", {"shape": [-1, 64]}),
        "difference": SQUARES,
    }
    wires = [
        "data.x > flat_truth.tensor",
        "hidden.output > picture.inputs",
        "flat_truth.output > difference.y_true",
        "picture.output > difference.y_pred",
        "difference.loss > trainer.loss[1]",
    ]
    layers = {"flat": FLAT, "hidden": dense(32, "relu"), "output": dense(10, "softmax")}
    return _digits(layers, CLASSES, adam(epochs=4), seed, more=more, wires=wires)


def _autoencoder(seed: int) -> Document:
    layers = {"flat": FLAT, "code": dense(16, "relu"), "picture": dense(64, "sigmoid")}
    more = {"truth": ("op.reshape", {"shape": [-1, 64]})}
    return _digits(
        layers, SQUARES, adam(0.01, 6), seed, more=more, wires=["data.x > truth.tensor"], truth="truth.output"
    )


def _residual(seed: int) -> Document:
    layers = {
        "flat": FLAT,
        "hidden": dense(32, "relu"),
        "more": dense(32, "relu"),
        "sum": "layer.Add",
        "output": dense(10, "softmax"),
    }
    return _digits(layers, CLASSES, adam(0.005, 4), seed, wires=["hidden.output > sum.inputs[1]"])


def _one_hot(seed: int) -> Document:
    layers = {"flat": FLAT, "hidden": dense(32, "elu"), "output": dense(10, "softmax")}
    loss = ("loss.CategoricalCrossentropy", {"label_smoothing": 0.1})
    more = {"hot": ("op.one_hot", {"depth": 10})}
    return _digits(layers, loss, adam(0.005, 4), seed, more=more, wires=["data.y > hot.indices"], truth="hot.output")


HEALTHY: Final[Mapping[str, Callable[[int], Document]]] = {
    "moons, tanh": lambda seed: network(
        ("data.moons", {"samples": 300}),
        {"hidden": dense(8, "tanh"), "output": dense(2, "softmax")},
        CLASSES,
        adam(0.05, 10),
        seed=seed,
    ),
    "digits, dense": lambda seed: _digits(
        {"flat": FLAT, "hidden": dense(32, "relu"), "output": dense(10, "softmax")}, CLASSES, adam(0.005, 4), seed
    ),
    "digits, logits and momentum": lambda seed: _digits(
        {"flat": FLAT, "hidden": dense(32, "relu"), "output": dense(10)}, LOGITS, sgd(0.05, 4, momentum=0.9), seed
    ),
    "digits, convolution": lambda seed: _digits(
        {
            "image": IMAGE,
            "conv": ("layer.Conv2D", {"filters": 8, "kernel_size": 3, "activation": "relu"}),
            "pool": ("layer.MaxPooling2D", {}),
            "flat": FLAT,
            "output": dense(10, "softmax"),
        },
        CLASSES,
        adam(0.01, 3),
        seed,
    ),
    "digits, mean of channels": lambda seed: _digits(
        {
            "image": IMAGE,
            "conv": ("layer.Conv2D", {"filters": 12, "kernel_size": 3, "activation": "relu"}),
            "more": ("layer.Conv2D", {"filters": 16, "kernel_size": 3, "activation": "relu"}),
            "mean": ("layer.GlobalAveragePooling2D", {}),
            "output": dense(10, "softmax"),
        },
        CLASSES,
        adam(0.02, 4, 64),
        seed,
    ),
    "digits, LSTM over rows": lambda seed: _digits(
        {"rows": ("layer.LSTM", {"units": 16}), "output": dense(10, "softmax")}, CLASSES, adam(0.02, 4), seed
    ),
    "digits, GRU over rows": lambda seed: _digits(
        {"rows": ("layer.GRU", {"units": 16}), "output": dense(10)},
        LOGITS,
        ("train.RMSprop", {"learning_rate": 0.01, "epochs": 4}),
        seed,
    ),
    "digits, autoencoder": _autoencoder,
    "digits, batch normalisation": lambda seed: _digits(
        {
            "flat": FLAT,
            "hidden": dense(32),
            "norm": "layer.BatchNormalization",
            "relu": "layer.ReLU",
            "output": dense(10, "softmax"),
        },
        CLASSES,
        adam(0.005, 4),
        seed,
    ),
    "digits, dropout": lambda seed: _digits(
        {
            "flat": FLAT,
            "hidden": dense(64, "relu"),
            "drop": ("layer.Dropout", {"rate": 0.3}),
            "output": dense(10, "softmax"),
        },
        CLASSES,
        adam(0.005, 4),
        seed,
    ),
    "digits, layer normalisation": lambda seed: _digits(
        {
            "flat": FLAT,
            "hidden": dense(32),
            "norm": "layer.LayerNormalization",
            "silu": ("layer.Activation", {"activation": "silu"}),
            "output": dense(10, "softmax"),
        },
        CLASSES,
        adam(0.005, 4),
        seed,
    ),
    "digits, shortcut": _residual,
    "digits, two losses": _two_losses,
    "digits, one-hot": _one_hot,
    "breast cancer, yes or no": lambda seed: network(
        "data.breast_cancer",
        {"hidden": dense(16, "relu"), "output": dense(1, "sigmoid")},
        YES_OR_NO,
        adam(0.005, 6),
        seed=seed,
    ),
    "diabetes, regression": lambda seed: network(
        STANDARD, {"hidden": dense(16, "relu"), "output": dense(1)}, SQUARES, adam(0.01, 8), seed=seed
    ),
    "diabetes, Huber and weight decay": lambda seed: network(
        STANDARD,
        {"hidden": dense(16, "gelu", kernel_regularizer="l2"), "output": dense(1)},
        ("loss.Huber", {}),
        ("train.AdamW", {"learning_rate": 0.01, "epochs": 8, "weight_decay": 0.01}),
        seed=seed,
    ),
    "iris, one layer": lambda seed: network(
        "data.iris", {"output": dense(3, "softmax")}, CLASSES, sgd(0.1, 15), seed=seed
    ),
    "wine, selu": lambda seed: network(
        "data.wine",
        {"hidden": dense(16, "selu", kernel_initializer="he_normal"), "output": dense(3)},
        LOGITS,
        ("train.Nadam", {"learning_rate": 0.005, "epochs": 10, "batch_size": 16}),
        seed=seed,
    ),
    "circles, three layers": lambda seed: network(
        ("data.circles", {"samples": 400}),
        {
            "hidden": dense(16, "relu", kernel_initializer="he_uniform"),
            "more": dense(16, "relu", kernel_initializer="he_uniform"),
            "output": dense(1),
        },
        ("loss.BinaryCrossentropy", {"from_logits": True}),
        adam(0.02, 10),
        seed=seed,
    ),
}
