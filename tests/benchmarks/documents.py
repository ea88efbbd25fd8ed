"""Documents to measure with: examples that train, and large networks that really run, in a grid as wide as a screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from studio.document.document import Document, Node, PortRef, Wire
from studio.document.edits import AddNode, AddWire, SetParams

ROOT: Final = Path(__file__).resolve().parents[2]

HUB: Final = "hub"
"""The id of the node with many wires."""

STEP: Final = (240.0, 200.0)

#: What stands in a row behind its data, over and over: type, parameters and the input that continues the row.
_CYCLE: Final[tuple[tuple[str, dict[str, Any], str], ...]] = (
    ("layer.Dense", {"units": 16, "activation": "tanh"}, "inputs"),
    ("op.relu", {}, "features"),
    ("layer.LayerNormalization", {}, "inputs"),
    ("op.add", {}, "x"),
    ("op.tanh", {}, "x"),
)


def example(data_dir: Path | None) -> Path:
    """Return the example that is trained: MNIST's if the folder has ``mnist.npz``, or else that of the 8×8 digits."""
    has_mnist = data_dir is not None and (data_dir / "mnist.npz").is_file()
    return ROOT / "examples" / ("mnist_mlp.trenza" if has_mnist else "digits_mlp.trenza")


def with_epochs(document: Document, epochs: int) -> SetParams:
    """Return the edit that lets a document train for so many epochs."""
    trainer = next(node.id for node in document.nodes.values() if node.type.startswith("train."))
    return SetParams(trainer, {"epochs": epochs})


def large_document(count: int, hub_wires: int = 10) -> Document:
    """Return a document of `count` nodes: rows of layers and ops, and sums that join each row to the one above it.

    One of the nodes is the `HUB`, which has `hub_wires` wires.

    Examples
    --------
    >>> document = large_document(200)
    >>> len(document.nodes), len(list(document.wires_of(HUB)))
    (200, 10)
    """
    grid = count - 1
    columns = max(2, round((grid * STEP[1] / STEP[0] * 1.6) ** 0.5))
    document = Document()
    for i in range(grid):
        row, column = divmod(i, columns)
        kind, params, into = _CYCLE[(column + row) % len(_CYCLE)]
        if not column:
            kind, params, into = "data.random_normal", {"shape": [32, 16], "seed": row}, ""
        document.apply(AddNode(Node(f"n{i}", kind, params, (column * STEP[0], row * STEP[1]))))
        if into:
            document.apply(AddWire(Wire(PortRef(f"n{i - 1}", "output"), PortRef(f"n{i}", into))))
        if kind == "op.add":
            above = i - columns if row else i - 1
            document.apply(AddWire(Wire(PortRef(f"n{above}", "output"), PortRef(f"n{i}", "y"))))
    middle = grid // 2 + columns // 2 if grid > columns else grid // 2
    x, y = document.nodes[f"n{middle}"].position
    document.apply(AddNode(Node(HUB, "layer.Add", {}, (x + 120.0, y + 110.0))))
    near = sorted(document.nodes.values(), key=lambda n: (abs(n.position[0] - x) + abs(n.position[1] - y), n.id))
    sources = [n for n in near if n.id != HUB][:hub_wires]
    for slot, node in enumerate(sources):
        document.apply(AddWire(Wire(PortRef(node.id, "output"), PortRef(HUB, f"inputs[{slot}]"))))
    return document
