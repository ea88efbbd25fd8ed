"""Modules: objects that hold variables and other modules, and know them all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from engine.core import nest
from engine.core.dispatch import at
from engine.runtime.variable import Variable


@contextmanager
def name_scope(name: str) -> Iterator[str]:
    """Say where the ops of the block belong, for error texts and for pictures of the graph.

    Examples
    --------
    >>> with name_scope("encoder") as name:
    ...     print(name)
    encoder
    """
    with at(name):
        yield name


@contextmanager
def device(device_name: Any) -> Iterator[None]:
    """Do nothing: there is one device, the processor."""
    yield


class Module:
    """A base for objects that hold variables: as attributes, in lists and dictionaries, and in other modules.

    Parameters
    ----------
    name
        For error texts; made of the name of the class if none is given.

    Examples
    --------
    >>> class Line(Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.slope, self.shift = Variable(1.0), Variable(0.0, trainable=False)
    >>> line = Line()
    >>> line.name, len(line.variables), len(line.trainable_variables)
    ('line', 2, 1)
    """

    def __init__(self, name: str | None = None) -> None:
        self._name = name or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(self).__name__).lower()

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def name_scope(self) -> Any:
        """A context in which ops bear its name."""
        return name_scope(self.name)

    @classmethod
    def with_name_scope(cls, method: Callable[..., Any]) -> Callable[..., Any]:
        """Return a method that runs inside of `name_scope`."""

        def scoped(self: Module, *args: Any, **kwargs: Any) -> Any:
            with self.name_scope:
                return method(self, *args, **kwargs)

        return scoped

    @property
    def variables(self) -> tuple[Any, ...]:
        """All variables, its own first, in the order of the names of the attributes."""
        found: list[Any] = []
        for part in _parts(self):
            if isinstance(part, Variable):
                found.append(part)
            elif not isinstance(part, Module):  # a layer or a model, which knows its own
                found += part.variables
        return tuple({id(v): v for v in found}.values())

    @property
    def trainable_variables(self) -> tuple[Any, ...]:
        """The variables that tapes watch."""
        return tuple(v for v in self.variables if v.trainable)

    @property
    def non_trainable_variables(self) -> tuple[Any, ...]:
        """The other variables."""
        return tuple(v for v in self.variables if not v.trainable)

    @property
    def submodules(self) -> tuple[Module, ...]:
        """All modules inside of it."""
        return tuple(part for part in _parts(self) if isinstance(part, Module))


def _parts(module: Module) -> list[Any]:
    """Return the variables, layers and modules that a module holds, and those in the latter; each once."""
    found: dict[int, Any] = {}
    waiting: list[Any] = [module]
    while waiting:
        holder = waiting.pop(0)
        if not isinstance(holder, Module):
            continue
        for _, value in sorted(vars(holder).items()):
            for leaf in nest.leaves(value):
                is_part = isinstance(leaf, Variable | Module) or isinstance(
                    getattr(leaf, "variables", None), list | tuple
                )
                if is_part and leaf is not module and id(leaf) not in found:
                    found[id(leaf)] = leaf
                    waiting.append(leaf)
    return list(found.values())
