"""What can be wrong with nodes that stand for functions."""

from __future__ import annotations

from collections.abc import Sequence

from engine.core.errors import EngineError, InvalidArgumentError, NotFoundError


def outside() -> EngineError:
    """Return what is wrong with a port of a function that lies in none."""
    return InvalidArgumentError(
        "This is the port of a function, but it lies in none.", hint="Delete it, or use it within a function."
    )


def missing(function: str) -> EngineError:
    """Return what is wrong with a node whose function is not there."""
    return NotFoundError(
        "The function '{function}' is not in this document.",
        hint="The node is kept as it is, with its wires. Undo what took the function away, or replace the node.",
        function=function,
    )


def endless(title: str) -> EngineError:
    """Return what is wrong with a node that stands for what it lies in."""
    return InvalidArgumentError(
        "The function '{function}' contains itself.", hint="Put another node here.", function=title
    )


def too_many(title: str, limit: int) -> EngineError:
    """Return what is wrong with a node that unfolds to more than memory holds."""
    return InvalidArgumentError(
        "With '{function}', the document has more than {limit} nodes.",
        hint="Repeat it less often, or put fewer functions into each other.",
        function=title,
        limit=limit,
    )


def too_deep(title: str, limit: int) -> EngineError:
    """Return what is wrong with a node that lies in too many functions."""
    return InvalidArgumentError(
        "'{function}' lies in more than {limit} functions.",
        hint="Unpack some of them.",
        function=title,
        limit=limit,
    )


def unknown_param(name: str, known: Sequence[str]) -> EngineError:
    """Return what is wrong with a parameter that a function does not show."""
    return InvalidArgumentError(
        "The function has no parameter '{name}'.", hint="It has: {names}.", name=name, names=", ".join(known)
    )


def lets_nothing_out(port: str) -> EngineError:
    """Return what is wrong with a function of which an output has no wire."""
    return InvalidArgumentError(
        "Nothing leads to the output '{port}' of the function.", hint="Drag a wire to it, or delete it.", port=port
    )


def within(path: str, problem: EngineError) -> EngineError:
    """Return what is wrong with a node within a function as something that is wrong with the one that stands for it."""
    return InvalidArgumentError("In '{path}': {problem}", path=path, problem=problem)
