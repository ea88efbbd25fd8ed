"""Networks that run without complaint and learn badly, and the warning that is due."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from faults.networks import CLASSES, LOGITS, SQUARES, YES_OR_NO, adam, dense, network, sgd

from studio.document.document import Document

FLAT: Final = ("layer.Flatten", {})
MOONS: Final = ("data.moons", {"samples": 300})


@dataclass(frozen=True)
class Patient:
    """What is expected of a network.

    Parameters
    ----------
    make
        Makes it, for a seed.
    warning, node
        Id of the rule that must speak up, and the node it must name.
    fails
        Whether the training ends in an error.
    """

    make: Callable[[int], Document]
    warning: str
    node: str
    fails: bool = False


def _digits(layers: Mapping[str, Any], loss: Any = CLASSES, trainer: Any = None, **options: Any) -> Any:
    rows = {"flat": FLAT, **layers}
    return lambda seed: network("data.digits", rows, loss, trainer or adam(0.005, 3), seed=seed, **options)


def _moons(
    layers: Mapping[str, Any], loss: Any = CLASSES, trainer: Any = None, data: Any = MOONS, **options: Any
) -> Any:
    return lambda seed: network(data, layers, loss, trainer or adam(0.02, 8), seed=seed, **options)


def _constant(value: Any) -> Any:
    return "data.constant", {"value": value}


HIDDEN: Final = {"hidden": dense(32, "relu"), "output": dense(10, "softmax")}
SMALL: Final = {"hidden": dense(8, "tanh"), "output": dense(2, "softmax")}
DEEP: Final = range(8)

BAD_LEARNERS: Final[Mapping[str, Patient]] = {
    # ------------------------------------------------------------------------------------------- what goes in
    "pixels from 0 to 255": Patient(
        _digits({"raw": ("layer.Rescaling", {"scale": 255.0}), **HIDDEN}), "input_scale", "hidden"
    ),
    "table with columns of all sizes": Patient(
        lambda seed: network(
            ("data.wine", {"standardize": False}),
            {"hidden": dense(16, "relu"), "output": dense(3, "softmax")},
            CLASSES,
            adam(epochs=8),
            seed=seed,
        ),
        "input_scale",
        "hidden",
    ),
    "input next to nothing": Patient(
        _digits({"faint": ("layer.Rescaling", {"scale": 1e-4}), **HIDDEN}), "input_scale", "hidden"
    ),
    "all examples the same": Patient(
        _moons({"still": ("layer.Rescaling", {"scale": 0.0, "offset": 1.0}), **SMALL}), "constant_input", "hidden"
    ),
    "labels in another order": Patient(
        _digits(
            HIDDEN,
            more={"moved": ("op.roll", {"shift": [7], "axis": [0]})},
            wires=["data.y > moved.input"],
            truth="moved.output",
        ),
        "nothing_learned",
        "loss",
    ),
    "classes counted from 1": Patient(
        _digits(
            {"hidden": dense(32, "relu"), "output": dense(11, "softmax")},
            more={"one": ("data.constant", {"value": 1, "dtype": "int32"}), "next": "op.add"},
            wires=["data.y > next.x", "one.output > next.y"],
            truth="next.output",
        ),
        "label_offset",
        "loss",
    ),
    "class number without a score": Patient(
        _digits(
            HIDDEN,
            more={"one": ("data.constant", {"value": 1, "dtype": "int32"}), "next": "op.add"},
            wires=["data.y > next.x", "one.output > next.y"],
            truth="next.output",
        ),
        "label_range",
        "loss",
        fails=True,
    ),
    "yes is 2 and no is 1": Patient(
        _moons(
            {"hidden": dense(8, "tanh"), "output": dense(1, "sigmoid")},
            YES_OR_NO,
            more={"one": ("data.constant", {"value": 1, "dtype": "int32"}), "next": "op.add"},
            wires=["data.y > next.x", "one.output > next.y"],
            truth="next.output",
        ),
        "label_range",
        "loss",
    ),
    "hardly ever yes": Patient(
        lambda seed: network(
            "data.diabetes",
            {"hidden": dense(8, "relu"), "output": dense(1, "sigmoid")},
            YES_OR_NO,
            adam(epochs=4),
            {"high": _constant(2.0), "ill": "op.greater", "answer": ("op.cast", {"dtype": "float32"})},
            ["data.y > ill.x", "high.output > ill.y", "ill.output > answer.x"],
            "answer.output",
            seed,
        ),
        "class_imbalance",
        "loss",
    ),
    "answers in the hundreds": Patient(
        lambda seed: network(
            ("data.diabetes", {"standardize": False}),
            {"norm": "layer.BatchNormalization", "hidden": dense(16, "relu"), "output": dense(1)},
            SQUARES,
            adam(epochs=6),
            seed=seed,
        ),
        "target_scale",
        "loss",
    ),
    "classes taken for amounts": Patient(
        _digits({"hidden": dense(32, "relu"), "output": dense(1)}, SQUARES), "classes_as_amounts", "loss"
    ),
    # ---------------------------------------------------------------------------------------- how it is wired
    "softmax twice": Patient(_digits({**HIDDEN, "again": "layer.Softmax"}), "softmax_twice", "again"),
    "softmax, and a loss that takes logits": Patient(_digits(HIDDEN, LOGITS), "logits_flag", "loss"),
    "logits, and a loss that takes probabilities": Patient(
        _digits({"hidden": dense(32, "relu"), "output": dense(10)}), "logits_flag", "loss"
    ),
    "sigmoid, and a loss that takes logits": Patient(
        _moons(
            {"hidden": dense(8, "tanh"), "output": dense(1, "sigmoid")},
            ("loss.BinaryCrossentropy", {"from_logits": True}),
        ),
        "logits_flag",
        "loss",
    ),
    "no sigmoid for yes or no": Patient(
        _moons({"hidden": dense(8, "tanh"), "output": dense(1)}, YES_OR_NO), "logits_flag", "loss"
    ),
    "sigmoid for one of ten": Patient(
        _digits({"hidden": dense(32, "relu"), "output": dense(10, "sigmoid")}), "sigmoid_for_classes", "loss"
    ),
    "softmax of one score": Patient(
        _moons({"hidden": dense(8, "tanh"), "output": dense(1, "softmax")}, YES_OR_NO), "single_score", "loss"
    ),
    "softmax along the batch": Patient(
        _digits({"hidden": dense(32, "relu"), "scores": dense(10), "share": ("op.softmax", {"axis": 0})}),
        "mixed_examples",
        "loss",
    ),
    "mean of the batch taken off": Patient(
        _digits(
            {"center": "op.subtract", "hidden": dense(32, "relu"), "output": dense(10, "softmax")},
            more={"mean": ("op.reduce_mean", {"axis": [0], "keepdims": True})},
            wires=["flat.output > mean.input_tensor", "mean.output > center.y"],
        ),
        "mixed_examples",
        "loss",
    ),
    "examples moved against each other": Patient(
        _digits(
            {
                "hidden": dense(32, "relu"),
                "moved": ("op.roll", {"shift": [1], "axis": [0]}),
                "output": dense(10, "softmax"),
            }
        ),
        "mixed_examples",
        "loss",
    ),
    "answers beyond a sigmoid": Patient(
        lambda seed: network(
            "data.diabetes",
            {"hidden": dense(16, "relu"), "output": dense(1, "sigmoid")},
            SQUARES,
            adam(epochs=6),
            seed=seed,
        ),
        "out_of_reach",
        "output",
    ),
    "negative answers beyond a relu": Patient(
        lambda seed: network(
            "data.diabetes",
            {"hidden": dense(16, "relu"), "output": dense(1, "relu")},
            SQUARES,
            adam(epochs=6),
            seed=seed,
        ),
        "out_of_reach",
        "output",
    ),
    "no activation between two layers": Patient(
        _moons({"hidden": dense(16), "output": dense(2, "softmax")}), "linear_stack", "output"
    ),
    "no activation behind a convolution": Patient(
        lambda seed: network(
            "data.digits",
            {
                "image": ("layer.Reshape", {"target_shape": [8, 8, 1]}),
                "conv": ("layer.Conv2D", {"filters": 8, "kernel_size": 3}),
                "flat": FLAT,
                "output": dense(10, "softmax"),
            },
            CLASSES,
            adam(epochs=2),
            seed=seed,
        ),
        "linear_stack",
        "output",
    ),
    "dropout of 99 %": Patient(
        _digits(
            {"hidden": dense(64, "relu"), "drop": ("layer.Dropout", {"rate": 0.99}), "output": dense(10, "softmax")}
        ),
        "dropout_rate",
        "drop",
    ),
    # --------------------------------------------------------------------------------------- what comes through
    "all but nothing comes through": Patient(
        _digits(
            {"hidden": dense(32, "relu"), "faint": ("layer.Rescaling", {"scale": 1e-8}), "output": dense(10)}, LOGITS
        ),
        "same_prediction",
        "output",
    ),
    "dead units": Patient(
        _digits(
            {
                "below": ("layer.Rescaling", {"scale": 1.0, "offset": -3.0}),
                "hidden": dense(32, "relu", kernel_initializer="random_uniform", bias_initializer="zeros"),
                "sink": ("layer.Rescaling", {"scale": 1.0, "offset": -0.5}),
                "relu": "layer.ReLU",
                "output": dense(10, "softmax"),
            }
        ),
        "dead_units",
        "relu",
    ),
    "a rate of 20": Patient(_digits(HIDDEN, trainer=sgd(20.0, 4)), "rate_too_high", "trainer"),
    "tanh at its ends": Patient(
        _digits(
            {
                "large": ("layer.Rescaling", {"scale": 9.0}),
                "hidden": dense(32, "tanh", kernel_initializer="he_normal"),
                "more": dense(32, "tanh", kernel_initializer="ones"),
                "output": dense(10, "softmax"),
            }
        ),
        "saturated_units",
        "more",
    ),
    "eight layers of sigmoid": Patient(
        _digits({**{f"layer{i}": dense(16, "sigmoid") for i in DEEP}, "output": dense(10, "softmax")}),
        "vanishing_gradient",
        "layer0",
    ),
    "weights that are all 1 in deep layers": Patient(
        _digits(
            {**{f"layer{i}": dense(32, "relu", kernel_initializer="ones") for i in range(4)}, "output": dense(10)},
            LOGITS,
            sgd(1e-9, 3),
        ),
        "exploding_gradient",
        "layer0",
    ),
    "a gradient that is stopped": Patient(
        _digits({"hidden": dense(32, "relu"), "stop": "op.stop_gradient", "output": dense(10, "softmax")}),
        "frozen_layer",
        "hidden",
    ),
    "rounded on the way": Patient(
        _digits({"hidden": dense(32, "relu"), "whole": "op.round", "output": dense(10, "softmax")}),
        "frozen_layer",
        "hidden",
    ),
    "weights that begin at 0": Patient(
        _digits(
            {
                "hidden": dense(32, "tanh", kernel_initializer="zeros"),
                "output": dense(10, "softmax", kernel_initializer="zeros"),
            }
        ),
        "units_alike",
        "hidden",
    ),
    "units that begin alike": Patient(
        _moons(
            {
                "hidden": dense(8, "tanh", kernel_initializer="ones"),
                "output": dense(2, "softmax", kernel_initializer="ones"),
            }
        ),
        "units_alike",
        "hidden",
    ),
    # -------------------------------------------------------------------------------------------- how it learns
    "Adam at a rate of 3": Patient(_digits(HIDDEN, trainer=adam(3.0, 4)), "rate_too_high", "trainer"),
    "two examples at a time, at a high rate": Patient(
        _moons(SMALL, trainer=sgd(5.0, 4, 2), data=("data.moons", {"samples": 80})), "rate_too_high", "trainer"
    ),
    "momentum of 0.999": Patient(
        _digits({"hidden": dense(32, "tanh"), "output": dense(10, "softmax")}, trainer=sgd(0.5, 4, momentum=0.999)),
        "diverging_loss",
        "trainer",
    ),
    "a rate of 1e-7": Patient(_digits(HIDDEN, trainer=adam(1e-7, 4)), "rate_too_low", "trainer"),
    "a rate that lets the loss diverge": Patient(
        lambda seed: network("data.diabetes", {"output": dense(1)}, SQUARES, sgd(0.5, 3), seed=seed),
        "diverging_loss",
        "trainer",
    ),
    "a rate that ends in NaN": Patient(
        lambda seed: network(
            "data.diabetes", {"hidden": dense(16, "relu"), "output": dense(1)}, SQUARES, sgd(100.0, 8), seed=seed
        ),
        "not_finite",
        "loss",
    ),
    "XOR for one layer": Patient(
        lambda seed: network(
            ("data.xor", {"samples": 400}), {"output": dense(2, "softmax")}, CLASSES, adam(0.02, 8), seed=seed
        ),
        "nothing_learned",
        "loss",
    ),
    # ------------------------------------------------------------------------------------------ what comes of it
    "weight decay of 50": Patient(
        _digits(HIDDEN, trainer=("train.AdamW", {"learning_rate": 0.01, "epochs": 4, "weight_decay": 50.0})),
        "weight_penalty",
        "trainer",
    ),
    "regularizers that count more than the data": Patient(
        _digits(
            {"hidden": dense(128, "relu", kernel_regularizer="l1"), "output": dense(10, "softmax")},
            trainer=sgd(0.002, 3),
        ),
        "weight_penalty",
        "trainer",
    ),
    "running means that lag behind": Patient(
        lambda seed: network(
            ("data.wine", {"standardize": False}),
            {
                "norm": ("layer.BatchNormalization", {"momentum": 0.999}),
                "hidden": dense(16, "relu"),
                "output": dense(3, "softmax"),
            },
            CLASSES,
            adam(0.02, 6, 16),
            seed=seed,
        ),
        "running_means",
        "norm",
    ),
    "learned by heart": Patient(
        _moons(
            {"hidden": dense(128, "relu"), "more": dense(128, "relu"), "output": dense(2, "softmax")},
            trainer=adam(0.01, 40, 16, validation_split=0.5),
            data=("data.moons", {"samples": 80, "noise": 0.8}),
        ),
        "overfitting",
        "trainer",
    ),
}
