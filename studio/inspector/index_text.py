"""An index as NumPy writes it, such as ``0, :, 2:8``, read without evaluating it."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from types import EllipsisType
from typing import Any, Final, NoReturn

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError


@dataclass(frozen=True)
class Places:
    """A list of places of an axis, or a list of such lists, …: its numbers in order, and its shape."""

    numbers: tuple[int, ...]
    shape: tuple[int, ...]

    @property
    def array(self) -> Array:
        """As NumPy takes it."""
        return np.array(self.numbers, np.intp).reshape(self.shape)


#: What stands between two commas. None is a new axis; a truth value is one of length 1 or 0, which goes with the lists;
#: a ... that stands for no axis parts the lists before it from those behind it.
Part = int | slice | Places | bool | EllipsisType | None
Index = tuple[Part, ...]

_HINT: Final = "Use numbers, ranges and lists parted by commas, such as 0, :, 2:8, [1, 3]."
#: A longer text is no index that somebody has typed; to read one takes time.
_LONGEST: Final = 20_000


def parse_index(text: str, shape: tuple[int, ...]) -> Index:
    """Return the index that `text` stands for: what NumPy takes, with a part for each axis of a tensor of this shape.

    Parts are integers, negative ones counting from the end; ranges ``start:stop:step``; lists of places or of truth
    values, and lists of lists; ``None`` or ``newaxis`` for an axis more; and one ``...`` for all axes that are not
    named. Axes that are missing at the end are taken whole. Brackets around all of it are left out, unless they make
    it a list. Truth values become the places where they are true, as NumPy says that they do.

    Raises
    ------
    InvalidArgumentError
        If it cannot be read, names too many axes, or a place that is not there.

    Examples
    --------
    >>> parse_index("0, ..., 2:8", (4, 5, 6, 9))
    (0, slice(None, None, None), slice(None, None, None), slice(2, 8, None))
    >>> parse_index("[0, -1], 3", (4, 5))
    (Places(numbers=(0, 3), shape=(2,)), 3)
    """
    read = _read(text)
    if sum(part is ... for part in read) > 1:
        raise InvalidArgumentError("There is more than one ... in the index.", hint="Use one.")
    named = sum(_axes_of(part) for part in read)
    if named > len(shape):
        raise InvalidArgumentError(
            "The index names {count} axes.", hint="This tensor has {rank}.", count=named, rank=len(shape)
        )
    whole: list[Any] = [slice(None)] * (len(shape) - named)
    place = next((i for i, part in enumerate(read) if part is ...), len(read))
    if place < len(read) and not whole and any(isinstance(part, bool | np.ndarray) for part in read):
        whole = [...]
    found: list[Part] = []
    axis = 0
    for part in (*read[:place], *whole, *read[place + 1 :]):
        found += _fitted(part, axis, shape)
        axis += _axes_of(part)
    broadcast_shape(part for part in found if isinstance(part, bool | Places))
    return tuple(found)


def per_axis(index: Index) -> tuple[int | slice | Places, ...]:
    """Return the part of each axis, without those that stand for none."""
    return tuple(part for part in index if isinstance(part, int | slice | Places) and not isinstance(part, bool))


def broadcast_shape(lists: Iterable[bool | Places]) -> tuple[int, ...]:
    """Return the common shape of the lists of an index.

    Raises
    ------
    InvalidArgumentError
        If they have none.
    """
    shapes = [(int(part),) if isinstance(part, bool) else part.shape for part in lists]
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError as error:
        raise InvalidArgumentError(
            "Lists of the shapes {shapes} do not go together.",
            hint="All lists of an index are gone along at once: give them one length, or the length 1.",
            shapes=", ".join(map(str, shapes)),
        ) from error


def written(part: Part) -> str:
    """Return a part of an index as it is typed.

    Examples
    --------
    >>> written(slice(2, None)), written(Places((0, 3), (2, 1))), written(None)
    ('2:', '[[0], [3]]', 'None')
    """
    if isinstance(part, slice):
        ends = ["" if end is None else str(end) for end in (part.start, part.stop, part.step)]
        return ":".join(ends[: 3 if ends[2] else 2])
    return "..." if part is ... else str(part.array.tolist() if isinstance(part, Places) else part)


# ----------------------------------------------------------------------------------------------------------- reading


def _read(text: str) -> list[Any]:
    """Return the parts as Python has them: ..., None, truth values, numbers, slices, arrays."""
    plain = text.strip()
    if not plain:
        return []
    tree = _tree(f"_[{plain}]")
    if tree is None and plain.startswith("[") and plain.endswith("]"):
        tree = _tree(f"_{plain}")  # brackets around all of it
    if tree is None:
        _refuse(plain)
    if isinstance(tree, ast.List) and not _is_list(tree):
        return [_part(node) for node in tree.elts]
    return [_part(node) for node in (tree.elts if isinstance(tree, ast.Tuple) else [tree])]


def _tree(code: str) -> ast.expr | None:
    """Return what stands in the brackets, None if this is no index of one name."""
    if len(code) > _LONGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # such as those about 0or 1
            found = ast.parse(code, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    is_index = isinstance(found, ast.Subscript) and isinstance(found.value, ast.Name)
    return found.slice if is_index and isinstance(found, ast.Subscript) else None


def _is_list(tree: ast.List) -> bool:
    """Return whether brackets around all of an index make it a list, and not only stand around it."""
    try:
        return _array(tree) is not None
    except InvalidArgumentError:
        return False


def _refuse(text: str) -> NoReturn:
    raise InvalidArgumentError("{text} is no index.", hint=_HINT, text=text if len(text) < 60 else f"{text[:60]}…")


def _part(node: ast.expr) -> Any:
    if isinstance(node, ast.Slice):
        start, stop, step = (None if end is None else _end(end) for end in (node.lower, node.upper, node.step))
        if step == 0:
            raise InvalidArgumentError("A range with a step of 0 goes nowhere.", hint="Use another step.")
        return slice(start, stop, step)
    if isinstance(node, ast.List | ast.Tuple):
        return _array(node)
    constant = _constant(node)
    return _number(node) if constant is _NONE else constant


#: Stands for what is none of the constants.
_NONE: Final = object()


def _constant(node: ast.expr) -> Any:
    """Return one of ..., None, True and False, however it is written."""
    if isinstance(node, ast.Constant) and (node.value in (None, ...) or isinstance(node.value, bool)):
        return node.value
    is_numpy = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("np", "numpy")
    name = node.attr if is_numpy and isinstance(node, ast.Attribute) else getattr(node, "id", "")
    if name == "newaxis":
        return None
    return ... if name == "Ellipsis" and not is_numpy else _NONE


def _end(node: ast.expr) -> int | None:
    """Return an end of a range, or its step."""
    return None if _constant(node) is None and isinstance(node, ast.Constant) else _number(node)


def _number(node: ast.expr) -> int:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd | ast.Invert):
        found = _number(node.operand)
        return -found if isinstance(node.op, ast.USub) else found if isinstance(node.op, ast.UAdd) else ~found
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    _refuse(ast.unparse(node))


def _array(node: ast.List | ast.Tuple) -> Array:
    """Return a list of numbers, or of truth values, or of such lists.

    Raises
    ------
    InvalidArgumentError
        If it is none, or its lists are not of one length.
    """

    def of(node: ast.expr) -> Any:
        if isinstance(node, ast.List | ast.Tuple):
            return [of(element) for element in node.elts]
        constant = _constant(node)
        return constant if isinstance(constant, bool) else _number(node)

    found = of(node)
    shape = _shape(found)
    if shape is None:
        raise InvalidArgumentError(
            "{text} has rows of different lengths.",
            hint="Give all lists in a list one length.",
            text=ast.unparse(node)[:60],
        )
    flat = found
    for _axis in shape[1:]:
        flat = [element for row in flat for element in row]
    is_truth = bool(flat) and all(isinstance(element, bool) for element in flat)
    array = np.empty(len(flat), bool if is_truth else object)
    array[:] = flat if is_truth else [int(element) for element in flat]
    return array.reshape(shape)


def _shape(found: Any) -> tuple[int, ...] | None:
    """Return the shape of nested lists, None if they have different lengths."""
    if not isinstance(found, list):
        return ()
    shapes = {_shape(element) for element in found}
    if len(shapes) > 1 or None in shapes:
        return None
    return (len(found), *(shapes.pop() or ())) if shapes else (0,)


# ----------------------------------------------------------------------------------------------------------- fitting


def _axes_of(part: Any) -> int:
    """Return how many axes a part names."""
    if part is None or part is ... or isinstance(part, bool):
        return 0
    return part.ndim if isinstance(part, np.ndarray) and part.dtype == bool else 1


def _fitted(part: Any, axis: int, shape: tuple[int, ...]) -> list[Part]:
    """Return a part as what stands for each axis that it names."""
    if part is None or part is ... or isinstance(part, bool | slice):
        return [part]
    if isinstance(part, int):
        return [_place(part, axis, shape[axis])]
    if part.dtype != bool:
        return [Places(tuple(_place(at, axis, shape[axis]) for at in part.flat), part.shape)]
    for i, count in enumerate(part.shape):
        if count != shape[axis + i]:
            raise InvalidArgumentError(
                "There are {count} truth values along axis {axis}.",
                hint="Its size is {size}.",
                count=count,
                axis=axis + i,
                size=shape[axis + i],
            )
    return [Places(tuple(map(int, places)), places.shape) for places in np.nonzero(part)]


def _place(at: int, axis: int, size: int) -> int:
    if not -size <= at < size:
        raise InvalidArgumentError(
            "Axis {axis} has no place {at}.", hint="Its size is {size}.", axis=axis, at=at, size=size
        )
    return int(at) % size
