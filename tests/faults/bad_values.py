"""Networks that yield NaN, infinity, huge values or nothing but zeros, and the op that makes the first of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from faults.networks import CLASSES, LOGITS, SQUARES, dense, network, sgd

from studio.document.document import Document

MOONS: Final = ("data.moons", {"samples": 64})


@dataclass(frozen=True)
class Culprit:
    """What is expected of a network.

    Parameters
    ----------
    document
        It.
    kind
        What its values become: "nan", "inf", "huge" or "zeros".
    op, node, phase
        The op that makes the first of them, where that is applied, and what for.
    reason
        What the debugger says of why, in part.
    zeros
        Where nothing but zeros is made before, at which it stops, too.
    """

    document: Document
    kind: str
    op: str
    node: str
    phase: str = "forward"
    reason: str = ""
    zeros: str = ""


def _moons(layers: Mapping[str, Any], more: Mapping[str, Any] | None = None, *wires: str, **options: Any) -> Document:
    """Classify moons with layers between the data and the last one."""
    rows = {"hidden": dense(8, "relu"), **layers, "output": dense(2)}
    return network(MOONS, rows, LOGITS, sgd(epochs=3), more, wires, **options)


def _constant(value: Any) -> Any:
    return "data.constant", {"value": value}


BAD_VALUES: Final[Mapping[str, Culprit]] = {
    "log of zero": Culprit(_moons({"log": "op.log"}), "inf", "log", "log", reason="logarithm of 0"),
    "log of negative numbers": Culprit(
        _moons(
            {
                "bent": ("layer.Activation", {"activation": "tanh"}),
                "center": ("layer.Rescaling", {"scale": 1.0, "offset": -0.5}),
                "log": "op.log",
            }
        ),
        "nan",
        "log",
        "log",
        reason="logarithm of -",
    ),
    "log1p below -1": Culprit(
        _moons({"shift": ("layer.Rescaling", {"scale": 1.0, "offset": -2.0}), "log": "op.log1p"}),
        "nan",
        "log1p",
        "log",
        reason="logarithm of",
    ),
    "zero by zero": Culprit(
        _moons({"share": "op.divide"}, None, "hidden.output > share.y"),
        "nan",
        "divide",
        "share",
        reason="It divides 0 by 0",
    ),
    "divided by an empty sum": Culprit(
        _moons(
            {"drop": ("layer.Rescaling", {"scale": 0.0}), "share": "op.divide"},
            {"sum": ("op.reduce_sum", {"axis": [-1], "keepdims": True})},
            "drop.output > sum.input_tensor",
            "sum.output > share.y",
        ),
        "nan",
        "divide",
        "share",
        reason="It divides 0 by 0",
        zeros="drop",
    ),
    "one by zero": Culprit(
        _moons({"inverse": "op.reciprocal"}), "inf", "reciprocal", "inverse", reason="It divides 1 by 0"
    ),
    "root of negative numbers": Culprit(
        _moons({"bent": dense(8, "tanh"), "root": "op.sqrt"}), "nan", "sqrt", "root", reason="square root of -"
    ),
    "root of zero, on the way back": Culprit(
        _moons({"root": "op.sqrt"}), "inf", "divide", "root", "backward", reason="by 0"
    ),
    "one by the root of no variance": Culprit(
        _moons(
            {"still": ("layer.Rescaling", {"scale": 0.0}), "norm": "op.multiply"},
            {"moments": ("op.moments", {"axes": [0]}), "scale": "op.rsqrt"},
            "still.output > moments.x",
            "moments.variance > scale.x",
            "scale.output > norm.y",
        ),
        "inf",
        "rsqrt",
        "scale",
        reason="square root of 0",
        zeros="still",
    ),
    "exp of large numbers": Culprit(
        _moons({"large": ("layer.Rescaling", {"scale": 1000.0}), "exp": "op.exp"}),
        "inf",
        "exp",
        "exp",
        reason="beyond what float32 holds",
    ),
    "softmax made by hand": Culprit(
        network(
            MOONS,
            {"large": ("layer.Rescaling", {"scale": 500.0}), "scores": dense(2), "exp": "op.exp", "share": "op.divide"},
            CLASSES,
            sgd(),
            {"sum": ("op.reduce_sum", {"axis": [-1], "keepdims": True})},
            ["exp.output > sum.input_tensor", "sum.output > share.y"],
        ),
        "inf",
        "exp",
        "exp",
        reason="softmax",
    ),
    "square of large numbers": Culprit(
        _moons({"large": ("layer.Rescaling", {"scale": 1e9}), "square": "op.square"}),
        "huge",
        "square",
        "square",
        reason="Its result reaches",
    ),
    "cosine of vectors without length": Culprit(
        _moons(
            {"still": ("layer.Rescaling", {"scale": 0.0}), "direction": "op.multiply"},
            {"squares": "op.square", "sum": ("op.reduce_sum", {"axis": [-1], "keepdims": True}), "length": "op.rsqrt"},
            "still.output > squares.x",
            "squares.output > sum.input_tensor",
            "sum.output > length.x",
            "length.output > direction.y",
        ),
        "inf",
        "rsqrt",
        "length",
        reason="square root of 0",
        zeros="still",
    ),
    "power of negative numbers": Culprit(
        _moons({"bent": dense(8, "tanh"), "power": "op.pow"}, {"half": _constant(0.5)}, "half.output > power.y"),
        "nan",
        "pow",
        "power",
        reason="to the power of 0.5",
    ),
    "arc sine beyond 1": Culprit(
        _moons({"large": ("layer.Rescaling", {"scale": 10.0}), "angle": "op.asin"}),
        "nan",
        "asin",
        "angle",
        reason="It has no value for",
    ),
    "product of many": Culprit(
        network(
            "data.digits",
            {
                "flat": "layer.Flatten",
                "large": ("layer.Rescaling", {"scale": 1.0, "offset": 10.0}),
                "product": ("op.reduce_prod", {"axis": [-1], "keepdims": True}),
                "output": dense(10),
            },
            LOGITS,
            sgd(),
        ),
        "inf",
        "reduce_prod",
        "product",
    ),
    "weights that are all 1, layer upon layer": Culprit(
        _moons({f"layer{i}": dense(64, "relu", kernel_initializer="ones") for i in range(14)}),
        "huge",
        "matmul",
        "layer10",
        reason="Its result reaches",
    ),
    "exploding rate": Culprit(
        network("data.diabetes", {"hidden": dense(16, "relu"), "output": dense(1)}, SQUARES, sgd(1e10, 5)),
        "huge",
        "matmul",
        "output",
    ),
    "all units dead": Culprit(
        _moons({"below": ("layer.Rescaling", {"scale": 1.0, "offset": -100.0}), "relu": "op.relu"}),
        "zeros",
        "relu",
        "relu",
        reason="the units are dead",
    ),
    "everything times zero": Culprit(
        _moons({"nothing": "op.multiply"}, {"zero": _constant(0.0)}, "zero.output > nothing.y"),
        "zeros",
        "multiply",
        "nothing",
        reason="All of its",
    ),
    "NaN among the data": Culprit(
        network(
            "data.digits",
            {"flat": "layer.Flatten", "some": "op.subtract", "output": dense(10)},
            LOGITS,
            sgd(),
            {"missing": _constant(float("nan"))},
            ["missing.output > some.y"],
        ),
        "nan",
        "subtract",
        "some",
        reason="NaN comes in with y",
    ),
    "softmax of a row that is masked as a whole": Culprit(
        _moons(
            {"scores": dense(2), "masked": "op.add", "attention": "op.softmax"},
            {"mask": _constant([-math.inf, -math.inf])},
            "mask.output > masked.y",
        ),
        "nan",
        "softmax",
        "attention",
        reason="It makes NaN of infinity: logits = -inf",
    ),
    "infinity less infinity": Culprit(
        _moons(
            {"large": "op.add", "nothing": "op.subtract"},
            {"mask": _constant([math.inf] * 8)},
            "mask.output > large.y",
            "large.output > nothing.y",
        ),
        "nan",
        "subtract",
        "nothing",
        reason="It makes NaN of infinity: x = inf, y = inf",
    ),
    "a rate beyond all numbers": Culprit(
        network("data.diabetes", {"output": dense(1)}, SQUARES, sgd(3e38)), "inf", "multiply", "trainer", "update"
    ),
    "products beyond all numbers that cancel": Culprit(
        network(
            "data.digits",
            {"flat": "layer.Flatten", "hidden": dense(16, "relu"), "output": dense(10)},
            LOGITS,
            sgd(1e30),
        ),
        "nan",
        "matmul",
        "output",
        reason="leaves the range of float32 on both sides",
    ),
    "weights of a layer that begin at 0, on the way back": Culprit(
        network(
            "data.digits",
            {"flat": "layer.Flatten", "hidden": dense(32, "tanh"), "output": dense(10, kernel_initializer="zeros")},
            LOGITS,
            sgd(),
        ),
        "zeros",
        "matmul",
        "output",
        "backward",
        reason="since b holds nothing but zeros",
        zeros="output",
    ),
    "saturated as a whole, on the way back": Culprit(
        _moons({"large": ("layer.Rescaling", {"scale": 1e6, "offset": 1e7}), "bent": "op.tanh"}),
        "zeros",
        "subtract",
        "bent",
        "backward",
    ),
}
