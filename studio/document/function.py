"""Functions: graphs that nodes stand for. What such a node looks like follows from the graph within.

The inputs and the outputs of a function are nodes of its graph, of the types `INPUT_TYPE` and `OUTPUT_TYPE`; their
titles name the ports of the nodes that stand for it. What else there is to know of it is in the settings of its graph:
``title``, ``summary``, and ``exposed``, which lists the parameters of inner nodes that every node standing for the
function may set anew, each as ``[name, node, parameter]``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from engine.core.param import Param
from studio.document.document import Document, Node
from studio.document.nodetype import Catalogue, NodeType, Port
from studio.document.verbatim import Verbatim

PREFIX: Final = "function."
"""What the types of nodes that stand for functions begin with; the id of the function follows."""

INPUT: Final = "port.input"
OUTPUT: Final = "port.output"

TITLE: Final = "title"
SUMMARY: Final = "summary"
EXPOSED: Final = "exposed"

FAMILY: Final = "this document"
"""That of the functions of the document that is open, in the palette."""

REPEAT: Final = "repeat"
SHARED: Final = "shared_weights"

_PLACE: Final = Param("int", 0, "Place among the ports of the function: lower numbers come first.", min=0, max=999)

INPUT_TYPE: Final = NodeType(
    id=INPUT,
    category="function",
    title="Function input",
    summary="What comes into the function at one of its inputs.",
    outputs=(Port("output"),),
    params={"place": _PLACE},
    help="What comes into the function at one of its inputs. Its name is the name of the input.",
    keywords=("argument", "port", "subgraph", "group"),
)
OUTPUT_TYPE: Final = NodeType(
    id=OUTPUT,
    category="function",
    title="Function output",
    summary="What leaves the function at one of its outputs.",
    inputs=(Port("input"),),
    params={"place": _PLACE},
    help="What leaves the function at one of its outputs. Its name is the name of the output.",
    keywords=("result", "return", "port", "subgraph", "group"),
)

OWN_PARAMS: Final[Mapping[str, Param]] = {
    REPEAT: Param("int", 1, "How many times it stands there, one behind the other.", min=1, max=1000),
    SHARED: Param("bool", False, "Whether its weights are those of all nodes of this function that share theirs, too."),
}
"""What every node that stands for a function can be told, whatever the function."""


QUIET: Final = frozenset((*OWN_PARAMS, "place"))
"""Parameters that say nothing as long as they are as they were."""


class Exposed(NamedTuple):
    """A parameter of an inner node that is one of the function's, too."""

    name: str
    node: str
    param: str


@dataclass(frozen=True)
class Definition:
    """Where the graph of a function is found: among the functions of its document."""

    functions: Mapping[str, Document]
    id: str

    @property
    def body(self) -> Document:
        """The graph."""
        return self.functions[self.id]


def function_of(node: Node) -> str | None:
    """Return the id of the function that a node stands for, None if it is another node.

    Examples
    --------
    >>> function_of(Node("a", "function.block")), function_of(Node("b", "op.exp"))
    ('block', None)
    """
    return node.type[len(PREFIX) :] if node.type.startswith(PREFIX) else None


def functions_in(graph: Document) -> list[str]:
    """Return the functions that nodes of a graph stand for, each once."""
    return list(dict.fromkeys(id for node in graph.nodes.values() if (id := function_of(node)) is not None))


def reaches(functions: Mapping[str, Document], start: str, goal: str) -> bool:
    """Return whether function `start` is, or contains, function `goal`."""
    return goal in contained(functions, [start])


def contained(functions: Mapping[str, Document], starts: list[str]) -> list[str]:
    """Return these functions and all that they contain, each once."""
    found = list(dict.fromkeys(starts))
    for id in found:  # grows while it is walked
        if id in functions:
            found += [inner for inner in functions_in(functions[id]) if inner not in found]
    return found


def ports(body: Document, type_id: str) -> list[Node]:
    """Return the nodes that are the inputs (`INPUT`) or the outputs (`OUTPUT`) of a function, in order."""
    found = (node for node in body.nodes.values() if node.type == type_id)
    return sorted(found, key=lambda node: _place(node.params.get("place")))


def _place(value: Any) -> int:
    return value if isinstance(value, int) else _PLACE.default


def title_of(id: str, body: Document) -> str:
    """Return what a function is called: the title it was given, or its id."""
    title = body.settings.get(TITLE)
    return title if isinstance(title, str) and title else id


def exposed(body: Document) -> Iterator[Exposed]:
    """Yield the parameters that a function shows to the outside; what is no such thing is left out."""
    listed = body.settings.get(EXPOSED)
    taken = set(OWN_PARAMS)
    for entry in listed if isinstance(listed, tuple) else ():
        if isinstance(entry, tuple) and len(entry) == 3 and all(isinstance(part, str) for part in entry):
            found = Exposed(*entry)
            if found.node in body.nodes and found.name not in taken:
                taken.add(found.name)
                yield found


def function_type(id: str, functions: Mapping[str, Document], types: Catalogue, version: int) -> NodeType:
    """Return the type of the nodes that stand for a function.

    Parameters
    ----------
    types
        Where the types of its nodes are found.
    version
        See `NodeType`.
    """
    body = functions[id]
    params: dict[str, Param] = {}
    for name, inner, param in exposed(body):
        node = body.nodes[inner]
        node_type = types.get(node.type)
        if node_type is not None and param in node_type.params:
            params[name] = _with_default(node_type.params[param], node.params.get(param))
    summary = body.settings.get(SUMMARY)
    told = Verbatim(summary if isinstance(summary, str) else "")
    return NodeType(
        id=f"{PREFIX}{id}",
        category="function",
        title=Verbatim(title_of(id, body)),
        summary=told,
        inputs=tuple(_port(node) for node in ports(body, INPUT)),
        outputs=tuple(_port(node) for node in ports(body, OUTPUT)),
        params={**params, **OWN_PARAMS},
        help=told,
        keywords=("function", "subgraph", "group"),
        family=FAMILY,
        make=Definition(functions, id),
        version=version,
    )


def _port(node: Node) -> Port:
    return Port(node.id, title=node.title or node.id)


def _with_default(param: Param, value: Any) -> Param:
    """Return a parameter of an inner node as one of the function's: what is set within is what it has by default."""
    return param if value is None else replace(param, default=value)
