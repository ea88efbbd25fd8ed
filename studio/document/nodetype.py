"""What a node can be: its ports, its parameters and its place in the palette."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.core.param import Param
from engine.core.registry import Registry

CATEGORIES = ("data", "layer", "op", "function", "loss", "train", "view")


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
    title
        What a user has called it; "" lets the name stand for it.
    """

    name: str
    variadic: bool = False
    optional: bool = False
    control: bool = False
    title: str = ""

    def among(self, names: Collection[str]) -> list[str]:
        """Return those of `names` that are places of this port: of a variadic one in the order of their numbers."""
        if not self.variadic:
            return [self.name] if self.name in names else []
        return sorted((n for n in names if n.startswith(f"{self.name}[")), key=lambda n: (self._number(n), n))

    def _number(self, name: str) -> int:
        digits = name[len(self.name) + 1 : -1]
        return int(digits) if digits.isdecimal() else 0


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
        Untranslated, or `Verbatim`: what the header shows, one line, and the whole help text.
    make
        What the engine offers under this name (an op record, a layer class, …); only lowering reads it.
    version
        Counts the changes of a type that users can change: what was learned of a type holds for its `key`.
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
    version: int = 0

    @property
    def key(self) -> tuple[str, int]:
        """What tells this type, as it is now, from all others and from what it was before."""
        return self.id, self.version

    def input(self, name: str) -> Port | None:
        """Return the input that `name` (also ``values[1]`` of a variadic one) belongs to, or None."""
        base, bracket, _ = name.partition("[")
        return next((p for p in self.inputs if p.name == base and bool(bracket) == p.variadic), None)

    def output(self, name: str) -> Port | None:
        """Return the output that `name` (also ``values[1]`` of one that gives a list) belongs to, or None."""
        base, bracket, _ = name.partition("[")
        return next((p for p in self.outputs if p.name == base and bool(bracket) == p.variadic), None)

    def inputs_among(self, names: Collection[str]) -> list[str]:
        """Return those of `names` that are inputs, in the order of the ports.

        Examples
        --------
        >>> concat = NodeType("op.concat", "op", "concat", "", (Port("values", variadic=True), Port("axis")))
        >>> concat.inputs_among(("axis", "values[10]", "values[2]", "other"))
        ['values[2]', 'values[10]', 'axis']
        """
        return [name for port in self.inputs for name in port.among(names)]

    def missing(self, given: Container[str]) -> dict[str, Param]:
        """Return the parameters that must be given and are not among those `given`."""
        return {name: param for name, param in self.params.items() if param.required and name not in given}


Catalogue = Registry[NodeType]
