"""The ports of a node as they show: a slot for each place a wire can end, and a symbol for what it carries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from engine.core.spec import TensorSpec
from studio.document.dimensions import BATCH, conventional
from studio.document.nodetype import NodeType, Port
from studio.ui.i18n import label
from studio.ui.shapes import dimension


@dataclass(slots=True)
class Slot:
    """A place on a node where a wire ends.

    `name` is the port's id within the node; `port` its declaration, None if a wire alone says that it exists.
    `x` and `y` are its middle, from the node's top left corner; the face that it belongs to sets them.
    """

    name: str
    label: str
    is_input: bool
    port: Port | None
    wired: bool
    x: float = 0.0
    y: float = 0.0
    shown: str = ""
    """The label as far as there is room for it."""


def input_slots(node_type: NodeType | None, wired: Iterable[str]) -> list[Slot]:
    """Return the inputs of a node whose wires end at the ports `wired`.

    A variadic input has a slot for each of its wires and one that is free, which fills a gap first.
    """
    rest = set(wired)
    slots: list[Slot] = []
    for port in node_type.inputs if node_type else ():
        names = list(_variadic_names(port, rest)) if port.variadic else [port.name]
        for name in names:
            slots.append(Slot(name, _slot_text(port, name), is_input=True, port=port, wired=name in rest))
            rest.discard(name)
    slots += [Slot(name, name, is_input=True, port=None, wired=True) for name in sorted(rest)]
    return slots


def output_slots(node_type: NodeType | None, wired: Iterable[str], inferred: Iterable[str] = ()) -> list[Slot]:
    """Return the outputs of a node whose wires begin at the ports `wired`.

    A variadic output has as many slots as inference has found (`inferred`), and one before that.
    """
    rest = set(wired)
    slots: list[Slot] = []
    for port in node_type.outputs if node_type else ():
        names = [port.name]
        if port.variadic:
            numbers = {int(i) for name in (*rest, *inferred) if (i := _index(port.name, name))} or {0}
            names = [f"{port.name}[{i}]" for i in sorted(numbers)]
        for name in names:
            slots.append(Slot(name, _slot_text(port, name), is_input=False, port=port, wired=name in rest))
            rest.discard(name)
    slots += [Slot(name, name, is_input=False, port=None, wired=True) for name in sorted(rest)]
    return slots


def _slot_text(port: Port, name: str) -> str:
    """Return the label of a slot: the port's, counted from 1 where it has several."""
    text = port.title or label(port.name)
    return f"{text} {int(_index(port.name, name)) + 1}" if port.variadic else text


def _variadic_names(port: Port, wired: Iterable[str]) -> Iterator[str]:
    filled = {int(i) for name in wired if (i := _index(port.name, name))}
    free = next(i for i in range(len(filled) + 1) if i not in filled)
    return (f"{port.name}[{i}]" for i in sorted(filled | {free}))


def _index(base: str, name: str) -> str:
    """Return the digits of ``base[digits]``, "" if `name` is not written exactly so."""
    digits = name[len(base) + 1 : -1]
    plain = digits.isascii() and digits.isdecimal() and str(int(digits[:9])) == digits
    return digits if plain and name == f"{base}[{digits}]" else ""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a port carries: the shape of its symbol, whether a dot is in it, and the theme's token for its colour."""

    shape: str
    dot: bool
    token: str


FLOAT: Final = Kind("circle", False, "layer")
UNKNOWN: Final = Kind("circle", False, "faint")
CONTROL: Final = Kind("diamond", True, "train")
KINDS: Final[dict[str, Kind]] = {
    "float": FLOAT,
    "int": Kind("square", False, "data"),
    "bool": Kind("square", True, "data"),  # an integer that is 0 or 1
    "scalar": Kind("diamond", False, "train"),
    "string": Kind("triangle", False, "op"),
}

ALL_KINDS: Final = (*KINDS.values(), UNKNOWN, CONTROL)


def kind_of(spec: TensorSpec | None, port: Port | None = None) -> Kind:
    """Return how a port that carries `spec` shows."""
    if port is not None and port.control:
        return CONTROL
    if spec is None:
        return UNKNOWN
    dtype = spec.dtype
    if dtype.name == "string":
        return KINDS["string"]
    if spec.shape.rank == 0:
        return KINDS["scalar"]
    if dtype.is_bool:
        return KINDS["bool"]
    return KINDS["float" if dtype.is_floating else "int"]


def shape_text(spec: TensorSpec) -> str:
    """Return the shape as it stands beside a wire: ``·,28,28``, with the dtype where it is not float32.

    A dot stands for the batch; other unknown dimensions are named.

    Examples
    --------
    >>> shape_text(TensorSpec([None, 28, 28])), shape_text(TensorSpec([None], "int32")), shape_text(TensorSpec([]))
    ('·,28,28', '· int32', '')
    >>> shape_text(TensorSpec([None, None, 64]))
    '·,time,64'
    """
    shape = ",".join("·" if size == BATCH else dimension(size) for size in conventional(spec))
    if spec.dtype == "float32":  # of a scalar, the symbol says enough
        return shape
    return f"{shape} {spec.dtype}".strip()
