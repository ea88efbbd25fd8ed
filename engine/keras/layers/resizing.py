"""Layers that make images and sequences larger or smaller without weights."""

from __future__ import annotations

from typing import Any

from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.core.param import param
from engine.keras.layers.fields import data_format_field, known_size, of_rank
from engine.keras.layers.layer import Layer
from engine.ops.windows import per_axis


class UpSampling2D(Layer):
    """Repeats the rows and columns of images.

    Shapes: (batch, height, width, channels) → (batch, height · size[0], width · size[1], channels).

    Examples
    --------
    >>> import engine as tf
    >>> UpSampling2D((1, 2))(tf.constant([[[[1.0], [2.0]]]])).numpy().ravel()
    array([1., 1., 2., 2.], dtype=float32)
    """

    size: tuple[int, ...] = param((2,), "How often rows and columns are repeated: one number or two.", min=1)
    data_format: str | None = data_format_field()
    interpolation: str = param("nearest", "How values between pixels are found.", choices=("nearest",))

    def call(self, inputs: Any) -> Any:
        of_rank(self, inputs.shape, 4)
        for axis, count in zip((1, 2), per_axis("size", self.size, 2), strict=True):
            # [[a], [b]] → [[a, a], [b, b]] → [a, a, b, b]
            sizes = [-1 if d is None else d for d in inputs.shape]
            if sizes.count(-1) > 1:
                known_size(self, inputs.shape, axis)
            sizes[axis] = known_size(self, inputs.shape, axis) * count
            repeated = OPS["tile"](
                OPS["expand_dims"](inputs, axis + 1), [1] * (axis + 1) + [count] + [1] * (4 - axis - 1)
            )
            inputs = OPS["reshape"](repeated, sizes)
        return inputs


def _pairs(layer: Layer, name: str, given: tuple[int, ...], count: int) -> list[tuple[int, int]]:
    """Return before and behind for each axis: of one number, one for each axis, or two for each."""
    values = tuple(given)
    if len(values) == 2 * count:
        return [(values[2 * i], values[2 * i + 1]) for i in range(count)]
    if len(values) not in (1, count):
        raise InvalidArgumentError(
            "{layer}: {name} is {values}.",
            hint="It takes 1, {count} or {double} numbers.",
            layer=layer.name,
            name=name,
            values=list(values),
            count=count,
            double=2 * count,
        )
    return [(n, n) for n in (values * count if len(values) == 1 else values)]


class _ZeroPadding(Layer):
    """Base of the layers that add zeros."""

    padding: Any = param(
        (1,), "How many: for all axes, for each, or for before and behind of each.", kind="ints", min=0
    )
    data_format: str | None = data_format_field()
    count = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*_flattened(args), **{name: _flat(v) for name, v in kwargs.items()})

    def call(self, inputs: Any) -> Any:
        of_rank(self, inputs.shape, self.count + 2)
        pairs = _pairs(self, "padding", self.padding, self.count)
        return OPS["pad"](inputs, [[0, 0], *(list(p) for p in pairs), [0, 0]])


def _flat(value: Any) -> Any:
    """Return Keras' ((a, b), (c, d)) as (a, b, c, d)."""
    if isinstance(value, list | tuple) and value and all(isinstance(v, list | tuple) for v in value):
        return tuple(n for pair in value for n in pair)
    return value


def _flattened(args: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(_flat(a) for a in args)


class ZeroPadding1D(_ZeroPadding):
    """Adds zeros before and behind sequences.

    Shapes: (batch, steps, channels) → (batch, more steps, channels).

    Examples
    --------
    >>> import engine as tf
    >>> ZeroPadding1D((1, 2))(tf.ones([1, 2, 1])).numpy().ravel()
    array([0., 1., 1., 0., 0.], dtype=float32)
    """

    count = 1


class ZeroPadding2D(_ZeroPadding):
    """Adds zeros around images.

    Shapes: (batch, height, width, channels) → (batch, higher, wider, channels).

    Examples
    --------
    >>> import engine as tf
    >>> ZeroPadding2D(((1, 0), (2, 2)))(tf.ones([1, 3, 3, 1])).shape
    TensorShape([1, 4, 7, 1])
    """

    count = 2


class _Cropping(Layer):
    """Base of the layers that cut off."""

    cropping: Any = param(
        (1,), "How many: for all axes, for each, or for before and behind of each.", kind="ints", min=0
    )
    data_format: str | None = data_format_field()
    count = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*_flattened(args), **{name: _flat(v) for name, v in kwargs.items()})

    def call(self, inputs: Any) -> Any:
        of_rank(self, inputs.shape, self.count + 2)
        cut = [slice(None)]
        for axis, (before, behind) in enumerate(_pairs(self, "cropping", self.cropping, self.count), 1):
            size = inputs.shape[axis]
            if size is not None and before + behind >= size:
                raise InvalidArgumentError(
                    "{layer} cannot cut {cut} elements off an axis of {size}.",
                    layer=self.name,
                    cut=before + behind,
                    size=size,
                )
            cut.append(slice(before, -behind or None))
        return inputs[tuple(cut)]


class Cropping1D(_Cropping):
    """Cuts steps off both ends of sequences.

    Shapes: (batch, steps, channels) → (batch, fewer steps, channels).

    Examples
    --------
    >>> import engine as tf
    >>> Cropping1D(1)(tf.constant([[[1.0], [2.0], [3.0]]])).numpy().ravel()
    array([2.], dtype=float32)
    """

    count = 1


class Cropping2D(_Cropping):
    """Cuts off the borders of images.

    Shapes: (batch, height, width, channels) → (batch, lower, narrower, channels).

    Examples
    --------
    >>> import engine as tf
    >>> Cropping2D((1, 2))(tf.ones([1, 5, 7, 1])).shape
    TensorShape([1, 3, 3, 1])
    """

    count = 2
