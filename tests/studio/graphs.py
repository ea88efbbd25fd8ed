"""Documents written down in a few lines, and the examples."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.document.document import Contents, Document, Node, PortRef, Wire
from studio.document.edits import AddNode, AddWire, SetSetting
from studio.document.file import load
from studio.document.function import INPUT, OUTPUT
from studio.document.function_edits import AddFunction

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
DATA = ROOT.parent / "shared" / "data"
HAS_MNIST = (DATA / "mnist.npz").is_file()

#: A network small enough to train within a blink.
MOONS = {
    "data": ("data.moons", {"samples": 80}),
    "hidden": ("layer.Dense", {"units": 8, "activation": "tanh"}),
    "output": ("layer.Dense", {"units": 2, "activation": "softmax"}),
    "loss": ("loss.SparseCategoricalCrossentropy", {}),
    "accuracy": ("metric.SparseCategoricalAccuracy", {}),
    "trainer": ("train.Adam", {"epochs": 3, "batch_size": 16, "learning_rate": 0.05}),
}
MOON_WIRES = """
    data.x > hidden.inputs
    hidden.output > output.inputs
    data.y > loss.y_true
    output.output > loss.y_pred
    data.y > accuracy.y_true
    output.output > accuracy.y_pred
    loss.loss > trainer.loss[0]
"""
#: Digits, looked at by two convolutions of which one takes each channel for itself.
CONVOLUTION = {
    "data": "data.digits",
    "image": ("layer.Reshape", {"target_shape": [8, 8, 1]}),
    "conv": ("layer.Conv2D", {"filters": 5, "kernel_size": [3, 3]}),
    "depth": ("layer.DepthwiseConv2D", {"kernel_size": [3, 3], "depth_multiplier": 2}),
    "flat": "layer.Flatten",
    "output": ("layer.Dense", {"units": 10}),
    "loss": ("loss.SparseCategoricalCrossentropy", {"from_logits": True}),
    "trainer": ("train.Adam", {"epochs": 1}),
}
CONVOLUTION_WIRES = """
    data.x > image.inputs
    image.output > conv.inputs
    conv.output > depth.inputs
    depth.output > flat.inputs
    flat.output > output.inputs
    data.y > loss.y_true
    output.output > loss.y_pred
    loss.loss > trainer.loss[0]
"""


def example(name: str) -> Document:
    """Return one of the examples."""
    return load(EXAMPLES / f"{name}.trenza")


def port(text: str) -> PortRef:
    """Return the port called ``node.port``."""
    return PortRef(*text.strip().split("."))


def wire(text: str) -> Wire:
    """Return the wire written as ``node.port > node.port``."""
    source, target = text.split(">")
    return Wire(port(source), port(target))


def build(nodes: Mapping[str, Any], wires: str = "", seed: int | None = None) -> Document:
    """Return a document: for each node its type, or its type and parameters; a wire a line."""
    document = Document()
    for place, (id, kind) in enumerate(nodes.items()):
        type_id, params = (kind, {}) if isinstance(kind, str) else kind
        document.apply(AddNode(Node(id, type_id, params, (200.0 * place, 0.0))))
    for line in filter(None, map(str.strip, wires.splitlines())):
        document.apply(AddWire(wire(line)))
    if seed is not None:
        document.apply(SetSetting("seed", seed))
    return document


def moons(**changed: Any) -> Document:
    """Return a small classifier that trains within a blink; `changed` replaces nodes."""
    return build({**MOONS, **changed}, MOON_WIRES, seed=1)


def convolution() -> Document:
    """Return a small classifier of digits by convolutions."""
    return build(CONVOLUTION, CONVOLUTION_WIRES, seed=1)


def block(units: int = 8) -> Contents:
    """A function with one input, a dense layer whose units are exposed, and one output."""
    body = build(
        {"x": INPUT, "dense": ("layer.Dense", {"units": units, "activation": "tanh"}), "y": OUTPUT},
        """
        x.output > dense.inputs
        dense.output > y.input
        """,
    )
    body.apply(SetSetting("exposed", [["units", "dense", "units"]]))
    return body.contents()


def stacked(repeat: int = 1, **params: object) -> Document:
    """Moons, through a block between two layers."""
    document = build({k: MOONS[k] for k in MOONS if k not in ("hidden", "accuracy")})
    document.apply(AddFunction("block", block()))
    document.apply(AddNode(Node("block", "function.block", {"repeat": repeat, **params})))
    for text in (
        "data.x > block.x",
        "block.y > output.inputs",
        "data.y > loss.y_true",
        "output.output > loss.y_pred",
        "loss.loss > trainer.loss[0]",
    ):
        document.apply(AddWire(wire(text)))
    return document
