"""What can be wrong with the wires of a node, whatever it is."""

from __future__ import annotations

from typing import Any

from engine.core.errors import EngineError, InvalidArgumentError


def not_connected(port: str, **facts: Any) -> EngineError:
    """Return what is wrong with a node an input of which has no wire."""
    return InvalidArgumentError("The input '{port}' is not connected.", hint="Drag a wire to it.", port=port, **facts)


def no_input(title: str, port: str) -> EngineError:
    """Return what is wrong with a wire to an input that there is not."""
    return InvalidArgumentError("{title} has no input '{port}'.", hint="Remove the wire.", title=title, port=port)


def no_output(title: str, port: str) -> EngineError:
    """Return what is wrong with a wire from an output that there is not."""
    return InvalidArgumentError("{title} has no output '{port}'.", hint="Remove the wire.", title=title, port=port)


def not_passing(title: str) -> EngineError:
    """Return why a node cannot be bypassed."""
    return InvalidArgumentError(
        "{title} cannot be bypassed: what comes in is no substitute for what it makes.",
        hint="Mute it instead.",
        title=title,
    )
