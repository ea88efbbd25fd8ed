"""What a node can be: its ports, its parameters and its place in the palette."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.core.param import Param
from engine.core.registry import Registry

CATEGORIES = ("data", "layer", "op", "loss", "train", "view")


@dataclass(frozen=True, slots=True)
class Port:
    """A place on a node where a wire ends.

    Parameters
    ----------
    name
        Its id within the node's inputs or outputs, and, untranslated, its label.
    variadic
        Whether it takes any number of wires, in order. On the node it shows as ``name[0]``, ``name[1]``, …
    optional
        Whether the node works without a wire here.
    control
        Whether it carries an order of execution instead of a tensor. It is wired to its like only.
    """

    name: str
    variadic: bool = False
    optional: bool = False
    control: bool = False


@dataclass(frozen=True, slots=True)
class NodeType:
    """A kind of node, as the registries of the engine declare it.

    Parameters
    ----------
    id
        As saved in documents: category and registry name, such as ``layer.Dense``.
    category
        One of `CATEGORIES`; it gives the colour and the palette's section.
    family
        Untranslated: the types that it stands with within the palette's section; "" if they all stand together.
    title, summary, help
        Untranslated: what the header shows, one line, and the whole help text.
    make
        What the engine offers under this name (an op record, a layer class, …); only lowering reads it.
    """

    id: str
    category: str
    title: str
    summary: str
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    params: Mapping[str, Param] = field(default_factory=dict)
    help: str = ""
    keywords: tuple[str, ...] = ()
    family: str = ""
    make: Any = None

    def input(self, name: str) -> Port | None:
        """Return the input that `name` (also ``values[1]`` of a variadic one) belongs to, or None."""
        base, bracket, _ = name.partition("[")
        return next((p for p in self.inputs if p.name == base and bool(bracket) == p.variadic), None)

    def output(self, name: str) -> Port | None:
        """Return the output that `name` (also ``values[1]`` of one that gives a list) belongs to, or None."""
        base, bracket, _ = name.partition("[")
        return next((p for p in self.outputs if p.name == base and bool(bracket) == p.variadic), None)


Catalogue = Registry[NodeType]
