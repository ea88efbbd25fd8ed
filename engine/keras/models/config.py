"""Wired models as plain data, and copies of models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from engine.core import nest
from engine.core.dtype import DType, as_dtype
from engine.core.errors import UnsupportedError
from engine.core.op import OPS, Op
from engine.keras.keras_tensor import KerasTensor
from engine.keras.layers.input import Input
from engine.keras.layers.serialization import deserialize, serialize
from engine.runtime.eager import constant
from engine.runtime.tensor import array_of

_PLAIN = (str, int, float, bool, type(None))


def _encoded(value: Any, places: Mapping[int, tuple[int, int]]) -> Any:
    """Return an argument of a call as what JSON can hold; symbolic tensors by the call they come from."""
    if isinstance(value, KerasTensor):
        return {"tensor": list(places[id(value)])}
    if isinstance(value, dict):
        return {"dict": {key: _encoded(v, places) for key, v in value.items()}}
    if isinstance(value, list | tuple):
        return {"list" if isinstance(value, list) else "tuple": [_encoded(v, places) for v in value]}
    if isinstance(value, slice):
        return {"slice": [value.start, value.stop, value.step]}
    if value is Ellipsis:
        return {"ellipsis": True}
    if isinstance(value, DType):
        return {"dtype": value.name}
    if hasattr(value, "read_value"):
        raise UnsupportedError(
            "The variable '{name}' is wired into the model outside of a layer, so it has no configuration.",
            hint="Put it into a layer of its own.",
            name=value.name,
        )
    if isinstance(value, _PLAIN):
        return value
    array = array_of(value)
    return {"constant": array.tolist(), "of": str(array.dtype)}


def _decoded(value: Any, values: list[list[Any]]) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, content),) = list(value.items())[:1]
    if kind == "tensor":
        return values[content[0]][content[1]]
    if kind == "dict":
        return {key: _decoded(v, values) for key, v in content.items()}
    if kind in ("list", "tuple"):
        items = [_decoded(v, values) for v in content]
        return items if kind == "list" else tuple(items)
    plain: dict[str, Callable[[], Any]] = {
        "slice": lambda: slice(*content),
        "ellipsis": lambda: Ellipsis,
        "dtype": lambda: as_dtype(content),
        "constant": lambda: constant(np.array(content, value["of"])),
    }
    return plain[kind]()


def functional_config(model: Any) -> dict[str, Any]:
    """Return the layers of a wired model, and the calls that wire them."""
    places = {id(t): (0, i) for i, t in enumerate(model.inputs)}
    calls = []
    numbers = {id(layer): i for i, layer in enumerate(model.layers)}
    for number, call in enumerate(model.calls_in_order, start=1):
        is_op = isinstance(call.target, Op)
        calls.append(
            {
                ("op" if is_op else "layer"): call.target.name if is_op else numbers[id(call.target)],
                "args": _encoded(tuple(call.args), places),
                "kwargs": _encoded(dict(call.kwargs), places),
            }
        )
        places |= {id(o): (number, i) for i, o in enumerate(call.outputs)}
    inputs = [{"batch_shape": list(t.shape), "dtype": t.dtype.name, "name": t.name} for t in model.inputs]
    sources = {id(t.made_by.target) for t in model.inputs if t.made_by}
    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": [None if id(layer) in sources else serialize(layer) for layer in model.layers],
        "inputs": inputs,
        "calls": calls,
        "input_structure": _encoded(model.input, places),
        "output_structure": _encoded(model.output, places),
    }


def functional_from_config(config: Mapping[str, Any], custom_objects: Any = None) -> tuple[Any, Any]:
    """Return inputs and outputs wired anew, with new layers."""
    layers = [None if each is None else deserialize(each, custom_objects) for each in config["layers"]]
    values: list[list[Any]] = [[Input(**each) for each in config["inputs"]]]
    for call in config["calls"]:
        target: Any = OPS[call["op"]].apply if "op" in call else layers[call["layer"]]
        results = target(*_decoded(call["args"], values), **_decoded(call["kwargs"], values))
        values.append(list(nest.leaves(results)))
    return _decoded(config["input_structure"], values), _decoded(config["output_structure"], values)


def clone_model(model: Any, input_tensors: Any = None, clone_function: Callable[[Any], Any] | None = None) -> Any:
    """Return a model of the same architecture with new layers and new weights.

    Parameters
    ----------
    model
        A wired model or a Sequential.
    input_tensors
        Symbolic tensors to begin with instead of new inputs.
    clone_function
        ``clone_function(layer)`` makes the copy of a layer; as a rule from its configuration.

    Raises
    ------
    UnsupportedError
        If the model is a class with a `call` of its own: what that does is not known.

    Examples
    --------
    >>> from engine.keras import Sequential, layers
    >>> model = Sequential([Input((4,)), layers.Dense(2)])
    >>> copy = clone_model(model)
    >>> copy.count_params(), copy.layers[0] is model.layers[0]
    (10, False)
    """
    copied = clone_function or (lambda layer: type(layer).from_config(layer.get_config()))
    if hasattr(model, "row"):
        first = [] if model.entrance is None else [_fresh(model.entrance)]
        if input_tensors is not None:
            first = list(nest.leaves(input_tensors))
        return type(model)([*first, *(copied(layer) for layer in model.row)], name=model.name)
    if not model.is_functional:
        raise UnsupportedError(
            "{name} is a class with a call of its own, so it cannot be copied by its wires.",
            hint="Make another object of {kind}.",
            name=model.name,
            kind=type(model).__name__,
        )
    inputs = nest.map_structure(_fresh, model.input) if input_tensors is None else input_tensors
    values = {id(old): new for old, new in zip(model.inputs, nest.leaves(inputs), strict=True)}
    targets: dict[int, Any] = {}

    def fill(leaf: Any) -> Any:
        return values[id(leaf)] if isinstance(leaf, KerasTensor) else leaf

    for call in model.calls_in_order:
        args, kwargs = nest.map_structure(fill, tuple(call.args)), nest.map_structure(fill, call.kwargs)
        if isinstance(call.target, Op):
            results = call.target.apply(*args, **kwargs)
        else:
            if id(call.target) not in targets:
                targets[id(call.target)] = copied(call.target)
            results = targets[id(call.target)](*args, **kwargs)
        values |= {id(old): new for old, new in zip(call.outputs, nest.leaves(results), strict=True)}
    return type(model)(inputs, nest.map_structure(fill, model.output), name=model.name)


def _fresh(tensor: KerasTensor) -> KerasTensor:
    """Return a new input like this one."""
    return Input(batch_shape=tuple(tensor.shape), dtype=tensor.dtype, name=tensor.name)
