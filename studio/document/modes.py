"""Modes of a node: it takes part, it is bypassed and passes its input on, or it is muted and left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from studio.document.nodetype import NodeType, Port

Mode = Literal["", "bypass", "mute"]
MODES: Final[tuple[Mode, ...]] = ("", "bypass", "mute")

#: What may pass its input on. Others make something of another kind: a loss is no prediction, data come from nowhere.
PASSING: Final = frozenset(("layer", "op", "function", "view"))


def passed_on(node_type: NodeType) -> dict[str, str] | None:
    """Return for each output of a bypassed node the input that comes out there; None if it cannot be bypassed.

    An output passes the input of its own place on, or else the first one; of an input that takes several wires, the
    first wire counts.

    Examples
    --------
    >>> from studio.document.catalogue import CATALOGUE
    >>> passed_on(CATALOGUE["layer.Dense"]), passed_on(CATALOGUE["layer.Add"])
    ({'output': 'inputs'}, {'output': 'inputs[0]'})
    >>> passed_on(CATALOGUE["loss.MeanSquaredError"]) is None
    True
    """
    inputs = [p for p in node_type.inputs if not p.control]
    outputs = [p for p in node_type.outputs if not p.control]
    if node_type.category not in PASSING or not inputs or not outputs or any(p.variadic for p in outputs):
        return None
    found: dict[str, str] = {}
    for place, port in enumerate(outputs):
        source = inputs[place] if place < len(inputs) else inputs[0]
        found[port.name] = f"{source.name}[0]" if source.variadic else source.name
    return found


def first_of(name: str, wired: Mapping[str, object]) -> str:
    """Return the wired input that ``values[0]`` stands for: the first that has a wire; another name stands for itself.

    Examples
    --------
    >>> first_of("inputs[0]", {"inputs[3]": 1, "inputs[11]": 1}), first_of("x", {})
    ('inputs[3]', 'x')
    """
    base, bracket, _ = name.partition("[")
    return next(iter(Port(base, variadic=True).among(wired)), name) if bracket else name
