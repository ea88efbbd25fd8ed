"""Layers that make one tensor of several."""

from __future__ import annotations

from typing import Any

from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.core.param import param
from engine.keras.layers.layer import Layer


class Merge(Layer):
    """Base of the layers that take a list of tensors, which must fit each other as in arithmetic."""

    merges = True
    #: Name of the op that joins two of them.
    op = ""

    def call(self, inputs: Any) -> Any:
        first, *others = _several(self, inputs)
        for other in others:
            first = OPS[self.op].apply(first, other)
        return first


def _several(layer: Layer, inputs: Any) -> list[Any]:
    if not isinstance(inputs, list | tuple) or len(inputs) < 2:
        raise InvalidArgumentError(
            "{layer} takes a list of at least two tensors.", hint="Call it as in layer([a, b]).", layer=layer.name
        )
    return list(inputs)


class Add(Merge):
    """Sum of tensors, element by element.

    Shapes: inputs alike; the output has their shape.

    Examples
    --------
    >>> import engine as tf
    >>> Add()([tf.constant([3.0]), tf.constant([1.0])]).numpy()
    array([4.], dtype=float32)
    """

    op = "add"


class Subtract(Merge):
    """Difference of two tensors, element by element.

    Shapes: inputs alike; the output has their shape.

    Examples
    --------
    >>> import engine as tf
    >>> Subtract()([tf.constant([3.0]), tf.constant([1.0])]).numpy()
    array([2.], dtype=float32)
    """

    op = "subtract"

    def call(self, inputs: Any) -> Any:
        if len(inputs) != 2:
            raise InvalidArgumentError("{layer} takes two tensors, not {count}.", layer=self.name, count=len(inputs))
        return super().call(inputs)


class Multiply(Merge):
    """Product of tensors, element by element.

    Shapes: inputs alike; the output has their shape.

    Examples
    --------
    >>> import engine as tf
    >>> Multiply()([tf.constant([3.0]), tf.constant([2.0])]).numpy()
    array([6.], dtype=float32)
    """

    op = "multiply"


class Average(Merge):
    """Mean of tensors, element by element.

    Shapes: inputs alike; the output has their shape.

    Examples
    --------
    >>> import engine as tf
    >>> Average()([tf.constant([3.0]), tf.constant([1.0])]).numpy()
    array([2.], dtype=float32)
    """

    op = "add"

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) / float(len(inputs))


class Maximum(Merge):
    """Largest of tensors, element by element.

    Shapes: inputs alike; the output has their shape.

    Examples
    --------
    >>> import engine as tf
    >>> Maximum()([tf.constant([3.0, 0.0]), tf.constant([1.0, 2.0])]).numpy()
    array([3., 2.], dtype=float32)
    """

    op = "maximum"


class Minimum(Merge):
    """Smallest of tensors, element by element.

    Shapes: inputs alike; the output has their shape.

    Examples
    --------
    >>> import engine as tf
    >>> Minimum()([tf.constant([3.0, 0.0]), tf.constant([1.0, 2.0])]).numpy()
    array([1., 0.], dtype=float32)
    """

    op = "minimum"


class Concatenate(Merge):
    """Tensors side by side along an axis.

    Shapes: inputs alike but for that axis; the sizes along it are added.

    Examples
    --------
    >>> import engine as tf
    >>> Concatenate()([tf.ones([2, 3]), tf.ones([2, 1])]).shape
    TensorShape([2, 4])
    """

    axis: int = param(-1, "Along which axis.")

    def call(self, inputs: Any) -> Any:
        return OPS["concat"].apply(*_several(self, inputs), axis=self.axis)
