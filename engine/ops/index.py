"""What stands between the brackets of ``t[...]``: taking elements by their places, and putting them back."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS, Op, Operand, sample
from engine.core.param import Param
from engine.core.shape import Dim
from engine.core.spec import TensorSpec
from engine.ops.declare import Family

ops = Family("index")
ANY = "any"

# An index is kept as plain data, so that it can be compared, hashed and saved: a number stands for itself,
# ("slice", start, stop, step) for a slice, "..." and "new" for the other two.

Index = tuple[Any, ...]


def parse_index(key: Any) -> Index:
    """Return what stands between the brackets of ``t[...]`` as plain data.

    Raises
    ------
    InvalidArgumentError
        If it holds anything but whole numbers, slices, `...` and `newaxis`.
    """
    items = key if isinstance(key, tuple) else (key,)
    index = tuple(_item(i) for i in items)
    if index.count("...") > 1:
        raise InvalidArgumentError("An index has at most one '...'.", op="getitem")
    return index


def _item(item: Any) -> Any:
    if item is None:
        return "new"
    if item is Ellipsis:
        return "..."
    if isinstance(item, builtins.slice):
        return ("slice", *(None if v is None else _number(v) for v in (item.start, item.stop, item.step)))
    return _number(item)


def _number(value: Any) -> int:
    try:
        if not isinstance(value, bool | np.bool_ | float):
            return int(value.__index__())
    except (AttributeError, TypeError):
        pass
    raise InvalidArgumentError(
        "{value} is no index.",
        hint="Use whole numbers, slices, ... and newaxis; gather takes elements by a tensor of positions.",
        op="getitem",
        value=repr(value)[:60],
    )


def is_open(key: Any) -> bool:
    """Return whether what stands between brackets holds tensors of a trace whose values are not known."""
    items = key if isinstance(key, tuple) else (key,)
    parts = [p for i in items for p in ((i.start, i.stop, i.step) if isinstance(i, builtins.slice) else (i,))]
    return any(getattr(p, "is_open", False) for p in parts)


def taken_open(tensor: Any, key: Any) -> Any:
    """Return ``tensor[key]`` where numbers of the key are known only when the graph runs."""
    items = key if isinstance(key, tuple) else (key,)
    everything = builtins.slice(None)
    closed = tuple(everything if is_open(i) else i for i in items)
    result = getitem.apply(tensor, index=parse_index(closed))
    named = sum(1 for i in items if i is not None and i is not Ellipsis)
    axis, places = 0, []
    for item in items:
        if is_open(item):
            places.append((axis, item))
        if item is Ellipsis:
            axis += len(tensor.shape) - named
        elif item is None or isinstance(item, builtins.slice) or is_open(item):
            axis += 1
    for axis, item in reversed(places):  # an index takes an axis away, and those before it stay where they are
        size = OPS["shape"](result)[axis]
        positions = _range_of(item, size) if isinstance(item, builtins.slice) else _wrapped(item, size)
        result = OPS["gather"](result, positions, axis=axis)
    return result


def _wrapped(number: Any, size: Any) -> Any:
    """Return a position that may count from the end as one that counts from the front."""
    number = number if not hasattr(number, "dtype") or number.dtype is size.dtype else OPS["cast"](number, size.dtype)
    return OPS["where"](OPS["less"](number, 0), number + size, number)


def _range_of(cut: builtins.slice, size: Any) -> Any:
    """Return the positions that a slice takes, by Python's rules."""
    step = 1 if cut.step is None else _number(cut.step)
    if step < 0:
        raise InvalidArgumentError(
            "A slice with limits that are not known cannot go backwards.", hint="Reverse its result: t[a:b][::-1]."
        )
    low, high = OPS["maximum"], OPS["minimum"]
    start = 0 if cut.start is None else high(low(_wrapped(cut.start + size * 0, size), 0), size)
    stop = size if cut.stop is None else high(low(_wrapped(cut.stop + size * 0, size), 0), size)
    return OPS["range"](start, low(stop, start), step)


def numpy_index(index: Index) -> tuple[Any, ...]:
    """Return the NumPy index that `index` stands for."""
    words = {"new": None, "...": Ellipsis}
    return tuple(
        words[i] if isinstance(i, str) else builtins.slice(*i[1:]) if isinstance(i, tuple) else i for i in index
    )


def _count(size: Dim, cut: tuple[Any, ...]) -> Dim:
    if cut == (None, None, None) or size is not None:
        return None if size is None else len(range(*builtins.slice(*cut).indices(size)))
    return None


def _getitem_infer(x: TensorSpec, index: Index) -> TensorSpec:
    taken = sum(1 for i in index if not isinstance(i, str))
    if taken > x.shape.rank:
        raise InvalidArgumentError(
            "The index has {taken} entries, but the operand has shape {shape}.", taken=taken, shape=x.shape
        )
    full = index if "..." in index else (*index, "...")
    sizes: list[Dim] = []
    axis = 0
    for item in full:
        if item == "new":
            sizes.append(1)
        elif item == "...":
            rest = x.shape.rank - taken
            sizes.extend(x.shape[axis : axis + rest])
            axis += rest
        else:
            size = x.shape[axis]
            if isinstance(item, tuple):
                if item[3] == 0:
                    raise InvalidArgumentError("A slice has a step of 0.", hint="Use 1 or more, or -1 or less.")
                sizes.append(_count(size, item[1:]))
            elif size is not None and not -size <= item < size:
                raise InvalidArgumentError(
                    "The index {item} is out of bounds: the axis {axis} has size {size}.",
                    item=item,
                    axis=axis,
                    size=size,
                )
            axis += 1
    return TensorSpec(sizes, x.dtype)


_INDEX = Param("any", help="What stands between the brackets.")

getitem: Op = ops.op(
    "getitem",
    "Elements by position: whole numbers, slices, ... and newaxis, as in NumPy.",
    inputs=(Operand("tensor", ANY),),
    infer=_getitem_infer,
    reference=lambda x, index: np.array(x[numpy_index(index)]),
    gradient=lambda g, y, x, index: (getitem_gradient(g, x, index=index),),
    params={"index": _INDEX},
    internal=True,
    samples=(
        sample(((4, 5), ANY), index=parse_index(np.s_[1, ::2])),
        sample(((4, 5), ANY), index=parse_index(np.s_[..., -1])),
        sample(((4, 5), ANY), index=parse_index(np.s_[None, ::-1, 1:4:2])),
        sample(((2, 3, 4), ANY), index=parse_index(np.s_[0, ..., None, 3:0:-1])),
    ),
    refused=(
        sample(((2, 3), ANY), index=(2,)),
        sample(((2,), ANY), index=(0, 0)),
        sample(((2,), ANY), index=(("slice", None, None, 0),)),
    ),
    example=">>> tf.constant([1, 2, 3, 4])[1::2].numpy()\narray([2, 4], dtype=int32)",
)


def _put(g: Array, like: Array, index: Index) -> Array:
    result = np.zeros(like.shape, g.dtype)
    result[numpy_index(index)] = g
    return result


getitem_gradient: Op = ops.op(
    "getitem_gradient",
    "Zeros as large as another tensor, with this one at the places that an index names.",
    inputs=(Operand("g", ANY), Operand("like", ANY, group="")),
    infer=lambda g, like, index: TensorSpec(like.shape, g.dtype),
    reference=_put,
    gradient=lambda g, y, x, like, index: (getitem.apply(g, index=index), None),
    params={"index": _INDEX},
    shape_only=frozenset({1}),
    internal=True,
    samples=(sample(((2,), "reals"), ((4,), ANY), index=(("slice", None, None, 2),)),),
    example=">>> tf.raw_ops.getitem_gradient(7, [0, 0, 0], index=(1,)).numpy()\narray([0, 7, 0], dtype=int32)",
)


def _update(x: Array, value: Array, index: Index) -> Array:
    result = x.copy()
    result[numpy_index(index)] = value
    return result


def _update_infer(x: TensorSpec, value: TensorSpec, index: Index) -> TensorSpec:
    place = _getitem_infer(x, index)
    if value.shape.rank > place.shape.rank or not all(
        v in (1, None) or p is None or v == p
        for v, p in zip(reversed(value.shape), reversed(place.shape), strict=False)
    ):
        raise InvalidArgumentError(
            "The place has shape {place} and the value has shape {value}.",
            hint="The value must broadcast to the place.",
            place=place.shape,
            value=value.shape,
        )
    return x


setitem: Op = ops.op(
    "setitem",
    "The tensor with other values at the places that an index names.",
    inputs=(Operand("tensor", ANY), Operand("value", ANY)),
    infer=_update_infer,
    reference=_update,
    gradient=lambda g, y, x, value, index: (
        setitem.apply(g, OPS["zeros_like"](value), index=index),
        OPS["sum_like"](getitem.apply(g, index=index), value),
    ),
    params={"index": _INDEX},
    internal=True,
    samples=(
        sample(((4, 3), "reals"), ((2, 3), "reals"), index=(("slice", 1, 3, None),)),
        sample(((4, 3), "reals"), ((), "reals"), index=(0, 2)),
    ),
    refused=(sample(((4, 3), ANY), ((2,), ANY), index=(0,)),),
    example=">>> tf.raw_ops.setitem([1, 2, 3], 9, index=(0,)).numpy()\narray([9, 2, 3], dtype=int32)",
)
