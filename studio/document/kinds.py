"""What a node does: the same function gives specs for specs, values for values, and a model for symbolic inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from engine.core.errors import EngineError, InvalidArgumentError
from engine.core.op import OPS
from engine.core.param import bind
from engine.runtime import rng
from engine.runtime.eager import constant
from studio.document.catalogue import TRAINER_PARAMS
from studio.document.nodetype import NodeType


@dataclass(frozen=True)
class Kind:
    """How nodes of a kind come to life.

    Parameters
    ----------
    make
        ``make(node_type, params, name)``: the layer, loss or whatever it is, with complete parameters.
    apply
        ``apply(made, inputs) -> outputs``: on tensors, symbolic or not.
    """

    make: Callable[[NodeType, dict[str, Any], str], Any]
    apply: Callable[[Any, Sequence[Any]], Sequence[Any]]


def _op(made: Any, inputs: Sequence[Any]) -> Sequence[Any]:
    op, attrs = made
    result = op.apply(*inputs, **attrs)
    return result if isinstance(result, list) else [result]


def _layer(made: Any, inputs: Sequence[Any]) -> Sequence[Any]:
    return [made(list(inputs)) if made.merges else made(*inputs)]


def _loss(made: Any, inputs: Sequence[Any]) -> Sequence[Any]:
    return [made(*inputs)]


def _metric(made: Any, inputs: Sequence[Any]) -> Sequence[Any]:
    return [made.update_state(*inputs)]


def _trainer(node_type: NodeType, params: dict[str, Any], name: str) -> Any:
    return node_type.make(**{k: v for k, v in params.items() if k not in TRAINER_PARAMS}, name=name)


def _train(made: Any, inputs: Sequence[Any]) -> Sequence[Any]:
    for value in inputs:
        if value.shape.rank or not value.dtype.is_floating:
            raise InvalidArgumentError(
                "A trainer makes one floating number small, but the input is {dtype} with shape {shape}.",
                hint="Wire it to a loss.",
                dtype=value.dtype,
                shape=value.shape,
            )
    return []


def _tensor(made: Any, inputs: Sequence[Any]) -> Sequence[Any]:
    """Return the tensor of a data node that is no data set: given values, or drawn ones."""
    id, params = made
    if id == "data.constant":
        return [constant(params["value"], params["dtype"])]
    others = {name: value for name, value in params.items() if name != "seed"}
    state = constant(np.array([rng.mixed(params["seed"]), 0], np.int64))
    return [OPS[id.removeprefix("data.")].apply(state, **others)]


KINDS: Final[Mapping[str, Kind]] = {
    "data": Kind(lambda t, params, name: (t.id, params), _tensor),
    "layer": Kind(lambda t, params, name: t.make(**params, name=name), _layer),
    "op": Kind(lambda t, params, name: (t.make, params), _op),
    "loss": Kind(lambda t, params, name: t.make(**params, name=name), _loss),
    "metric": Kind(lambda t, params, name: t.make(**params, name=name), _metric),
    "train": Kind(_trainer, _train),
    "view": Kind(lambda t, params, name: t.make, lambda made, inputs: [made(*inputs)]),
}


def kind_of(node_type: NodeType) -> Kind:
    """Return the kind of a node type: what its id begins with."""
    return KINDS[node_type.id.partition(".")[0]]


def is_source(node_type: NodeType) -> bool:
    """Whether the node is a data set, of which the engine gives one batch at a time."""
    return node_type.category == "data" and node_type.make is not None


@contextmanager
def in_words(node_type: NodeType) -> Iterator[None]:
    """Let nothing but an `EngineError` out of the block: a node that fails unforeseen must not take the others along.

    Raises
    ------
    EngineError
        In place of what has no words of its own.
    """
    try:
        yield
    except EngineError:
        raise
    except MemoryError as error:
        raise EngineError(
            "There is not enough memory for what {title} makes.",
            hint="Make its tensors smaller.",
            title=node_type.title,
        ) from error
    except Exception as error:
        raise EngineError(
            "{title} failed in a way that nobody foresaw: {why}.",
            hint="Try other inputs or parameters.",
            title=node_type.title,
            why=f"{type(error).__name__}: {error}",
        ) from error


def bound(node_type: NodeType, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return all parameters of a node: those given, validated, and the defaults of the others.

    Raises
    ------
    InvalidArgumentError
        If one is missing, unknown or wrong.
    """
    return bind(node_type.params, given, node_type.title)
