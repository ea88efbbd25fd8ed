"""Objects by name, configuration or as they are: how Keras takes losses, metrics, initializers and the like."""

from __future__ import annotations

from typing import Any

from engine.core.errors import InvalidArgumentError
from engine.core.registry import Registry
from engine.keras.declared import Declared, snake_case


def register(registry: Registry[Any], cls: type, *aliases: str) -> type:
    """Enter a class under its own name, in lower case, and under `aliases`."""
    registry.add(cls.__name__, cls)
    for alias in dict.fromkeys((snake_case(cls.__name__), *aliases)):
        if alias != cls.__name__:
            registry.add(alias, cls)
    return cls


def find(registry: Registry[Any], identifier: Any, kind: type[Declared]) -> Any:
    """Return the object that a name, a class, a configuration or an object stands for.

    Raises
    ------
    NotFoundError
        If there is none of this name.
    InvalidArgumentError
        If it is something else.
    """
    if isinstance(identifier, kind):
        return identifier
    if isinstance(identifier, str):
        return registry[identifier]()
    if isinstance(identifier, type) and issubclass(identifier, kind):
        return identifier()
    if isinstance(identifier, dict) and "class_name" in identifier:
        return registry[identifier["class_name"]].from_config(identifier.get("config", {}))
    raise InvalidArgumentError(
        "{value} is no {noun}.",
        hint="Give a name ({names}) or an object.",
        value=repr(identifier),
        noun=registry.noun,
        names=", ".join(n for n in registry if n == n.lower()),
    )


def serialized(value: Any) -> Any:
    """Return an object by class and configuration, from which `find` makes it again."""
    return {"class_name": type(value).__name__, "config": value.get_config()} if hasattr(value, "get_config") else value
