"""Layers as configurations, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.core.errors import NotFoundError

#: Classes by the name under which they are saved, beside those of the registry of layers.
_registered: dict[str, type] = {}


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[type], type]:
    """Return a decorator that lets `deserialize` know a class.

    Examples
    --------
    >>> from engine.keras.layers import Layer
    >>> @register_keras_serializable()
    ... class Same(Layer):
    ...     def call(self, inputs):
    ...         return inputs
    >>> deserialize(serialize(Same(name="same"))).name
    'same'
    """

    def enter(cls: type) -> type:
        _registered[name or cls.__name__] = cls
        return cls

    return enter


def serialize(layer: Any) -> dict[str, Any]:
    """Return a layer or a model by class and configuration.

    Examples
    --------
    >>> from engine.keras.layers import Flatten
    >>> serialize(Flatten(name="flat"))["class_name"]
    'Flatten'
    """
    cls = type(layer)
    name = next((name for name, known in _registered.items() if known is cls), cls.__name__)
    return {"class_name": name, "config": layer.get_config()}


def deserialize(config: Mapping[str, Any], custom_objects: Mapping[str, type] | None = None) -> Any:
    """Return a new layer or model for a configuration; its weights are new, too.

    Raises
    ------
    NotFoundError
        If its class is not known.
    """
    name = config["class_name"]
    known = {**_registered, **(custom_objects or {})}
    if name not in known:
        raise NotFoundError(
            "There is no layer class called '{name}'.",
            hint="Give it in custom_objects, or mark it with register_keras_serializable.",
            name=name,
        )
    cls: Any = known[name]
    options = {"custom_objects": custom_objects} if custom_objects and getattr(cls, "holds_layers", False) else {}
    return cls.from_config(config["config"], **options)
