"""Activation functions by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.core.errors import InvalidArgumentError
from engine.core.registry import Registry
from engine.ops import OPS

ACTIVATIONS: Registry[Callable[[Any], Any]] = Registry("activation")


def linear(x: Any) -> Any:
    """Return `x` as it is."""
    return x


ACTIVATIONS.add("linear", linear)
for _name in (
    "relu",
    "sigmoid",
    "tanh",
    "softmax",
    "log_softmax",
    "softplus",
    "gelu",
    "elu",
    "leaky_relu",
    "silu",
    "exp",
    "hard_sigmoid",
    "relu6",
    "selu",
    "softsign",
):
    ACTIVATIONS.add(_name, OPS[_name])


def get(identifier: Any) -> Callable[[Any], Any]:
    """Return the function that a name, a function or None (none at all) stands for.

    Raises
    ------
    NotFoundError
        If there is none of this name.

    Examples
    --------
    >>> get("relu"), get(None).__name__
    (<op relu>, 'linear')
    """
    if identifier is None:
        return linear
    if isinstance(identifier, str):
        return ACTIVATIONS[identifier]
    if callable(identifier):
        return identifier  # type: ignore[no-any-return]
    raise InvalidArgumentError("{value} is no activation.", hint="Give a name or a function.", value=repr(identifier))


def name_of(activation: Any) -> str:
    """Return the name under which an activation is saved."""
    return getattr(activation, "__name__", type(activation).__name__)


relu, sigmoid, tanh, softmax = OPS["relu"], OPS["sigmoid"], OPS["tanh"], OPS["softmax"]
gelu, elu, softplus, silu = OPS["gelu"], OPS["elu"], OPS["softplus"], OPS["silu"]
relu6, selu, softsign, hard_sigmoid = OPS["relu6"], OPS["selu"], OPS["softsign"], OPS["hard_sigmoid"]
