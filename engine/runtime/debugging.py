"""Assertions about tensors: at once on what is known, and in each run of a compiled function on the values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

from engine.core.dtype import Array, as_dtype
from engine.core.errors import InvalidArgumentError, UnsupportedError
from engine.core.op import Op, Operand
from engine.core.param import Param
from engine.core.shape import TensorShape, as_shape
from engine.runtime.eager import convert_to_tensor
from engine.runtime.effects import happen
from engine.runtime.shorthand import is_tensor


def _fail(op: str, message: str | None, arrays: Sequence[Array]) -> NoReturn:
    raise InvalidArgumentError(
        "{said} The values are: {values}.",
        op=op,
        said=message or "The condition does not hold.",
        values="; ".join(np.array2string(a, threshold=6).rstrip(".") for a in arrays),
    )


def Assert(condition: Any, data: Sequence[Any] = (), summarize: int | None = None, name: str | None = None) -> None:
    """Raise an `InvalidArgumentError` that shows `data` unless the condition holds.

    Examples
    --------
    >>> Assert(True, [1])
    """

    def check(arrays: Sequence[Array]) -> None:
        if not arrays[0].all():
            _fail("Assert", None, arrays[1:])

    happen(check, [condition, *data])


def _comparing(op: str, holds: Callable[[Array, Array], Any], words: str) -> Callable[..., None]:
    def check(
        x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: str | None = None
    ) -> None:
        x = convert_to_tensor(x)
        y = y if is_tensor(y) else convert_to_tensor(np.asarray(y, x.dtype.as_numpy_dtype))

        def compare(arrays: Sequence[Array]) -> None:
            if not np.all(holds(*arrays)):
                _fail(op, message, arrays)

        happen(compare, [x, y])

    check.__name__ = check.__qualname__ = op
    check.__doc__ = f"Raise an `InvalidArgumentError` unless x {words} y, element by element."
    return check


assert_equal = _comparing("assert_equal", np.equal, "is equal to")
assert_none_equal = _comparing("assert_none_equal", np.not_equal, "differs from")
assert_less = _comparing("assert_less", np.less, "is less than")
assert_less_equal = _comparing("assert_less_equal", np.less_equal, "is at most")
assert_greater = _comparing("assert_greater", np.greater, "is greater than")
assert_greater_equal = _comparing("assert_greater_equal", np.greater_equal, "is at least")


def assert_near(
    x: Any, y: Any, rtol: float | None = None, atol: float | None = None, message: str | None = None, **_unused: Any
) -> None:
    """Raise an `InvalidArgumentError` unless |x - y| <= atol + rtol·|y|; by default both are ten times the precision.

    Examples
    --------
    >>> assert_near([1.0], [1.0 + 1e-7])
    """
    x = convert_to_tensor(x)
    y = y if is_tensor(y) else convert_to_tensor(np.asarray(y, x.dtype.as_numpy_dtype))
    precision = 10 * float(np.finfo(x.dtype.as_numpy_dtype).eps)
    share, most = (precision if v is None else v for v in (rtol, atol))

    def compare(arrays: Sequence[Array]) -> None:
        a, b = arrays
        if not np.all(np.abs(a - b) <= most + share * np.abs(b)):
            _fail("assert_near", message, arrays)

    happen(compare, [x, y])


def _signed(op: str, holds: Callable[[Array], Any], words: str) -> Callable[..., None]:
    def check(x: Any, message: str | None = None, summarize: int | None = None, name: str | None = None) -> None:
        def compare(arrays: Sequence[Array]) -> None:
            if not np.all(holds(arrays[0])):
                _fail(op, message, arrays)

        happen(compare, [x])

    check.__name__ = check.__qualname__ = op
    check.__doc__ = f"Raise an `InvalidArgumentError` unless every element is {words}."
    return check


assert_positive = _signed("assert_positive", lambda x: x > 0, "above 0")
assert_non_negative = _signed("assert_non_negative", lambda x: x >= 0, "0 or more")
assert_negative = _signed("assert_negative", lambda x: x < 0, "below 0")
assert_non_positive = _signed("assert_non_positive", lambda x: x <= 0, "0 or less")


def _require_rank(op: str, x: Any, fits: bool, wanted: str, message: str | None) -> None:
    if not fits:
        raise InvalidArgumentError(
            "{said} The tensor has shape {shape}, but {wanted} axes are wanted.",
            op=op,
            said=message or "",
            shape=TensorShape(x.shape),
            wanted=wanted,
        )


def assert_rank(x: Any, rank: int, message: str | None = None, name: str | None = None) -> None:
    """Raise an `InvalidArgumentError` unless the tensor has this number of axes."""
    x = convert_to_tensor(x)
    _require_rank("assert_rank", x, len(x.shape) == int(rank), str(int(rank)), message)


def assert_rank_at_least(x: Any, rank: int, message: str | None = None, name: str | None = None) -> None:
    """Raise an `InvalidArgumentError` unless the tensor has this number of axes or more."""
    x = convert_to_tensor(x)
    _require_rank("assert_rank_at_least", x, len(x.shape) >= int(rank), f">= {int(rank)}", message)


def assert_rank_in(x: Any, ranks: Sequence[int], message: str | None = None, name: str | None = None) -> None:
    """Raise an `InvalidArgumentError` unless the number of axes is one of these."""
    x = convert_to_tensor(x)
    _require_rank("assert_rank_in", x, len(x.shape) in map(int, ranks), " / ".join(map(str, ranks)), message)


def assert_scalar(tensor: Any, name: str | None = None, message: str | None = None) -> Any:
    """Return the tensor, or raise an `InvalidArgumentError` if it has axes."""
    x = convert_to_tensor(tensor)
    _require_rank("assert_scalar", x, not len(x.shape), "0", message)
    return x


def assert_type(tensor: Any, tf_type: Any, message: str | None = None, name: str | None = None) -> None:
    """Raise an `UnsupportedError` unless the tensor has this dtype."""
    x = convert_to_tensor(tensor)
    if x.dtype != as_dtype(tf_type):
        raise UnsupportedError(
            "The tensor is {have}, not {want}.", op="assert_type", have=x.dtype, want=as_dtype(tf_type)
        )


def assert_integer(x: Any, message: str | None = None, name: str | None = None) -> None:
    """Raise an `UnsupportedError` unless the tensor holds whole numbers."""
    x = convert_to_tensor(x)
    if not x.dtype.is_integer:
        raise UnsupportedError("The tensor is {have}, not of whole numbers.", op="assert_integer", have=x.dtype)


def assert_shapes(shapes: Any, message: str | None = None, **_unused: Any) -> None:
    """Raise an `InvalidArgumentError` unless tensors have shapes written with sizes and with letters that agree.

    Examples
    --------
    >>> x, y = convert_to_tensor([[1], [2]]), convert_to_tensor([3, 4])
    >>> assert_shapes([(x, ("N", 1)), (y, ("N",))])
    """
    sizes: dict[Any, int] = {}
    for x, wanted in shapes.items() if hasattr(shapes, "items") else shapes:
        shape = as_shape(convert_to_tensor(x).shape)
        fits = len(shape) == len(tuple(wanted))
        for size, symbol in zip(shape, wanted, strict=False):
            if symbol in (None, ".") or size is None:
                continue
            known = symbol if isinstance(symbol, int) else sizes.setdefault(symbol, size)
            fits = fits and known == size
        if not fits:
            raise InvalidArgumentError(
                "The tensor has shape {found}, not {wanted}.",
                op="assert_shapes",
                found=shape,
                wanted=str(tuple(wanted)),
            )


def is_numeric_tensor(tensor: Any) -> bool:
    """Return whether it is a tensor of numbers."""
    return is_tensor(tensor) and tensor.dtype.is_numeric


# ----------------------------------------------------------------------------------------------------- check_numerics


def _finite(x: Array, message: str) -> Array:
    if not np.isfinite(x).all():
        raise InvalidArgumentError(
            "{said}: the tensor has {nans} elements that are no numbers and {infinite} that are infinite.",
            op="check_numerics",
            said=message,
            nans=int(np.isnan(x).sum()),
            infinite=int(np.isinf(x).sum()),
        )
    return x.copy()


_CHECK = Op(
    name="check_numerics",
    summary="The tensor itself, if all of its elements are finite.",
    inputs=(Operand("tensor", "floating"),),
    infer=lambda x, message: x,
    reference=_finite,
    gradient=lambda g, y, x, message: (g,),
    params={"message": Param("text", "", "What the error text begins with.")},
    internal=True,
)


def check_numerics(tensor: Any, message: str, name: str | None = None) -> Any:
    """Return the tensor, or raise an `InvalidArgumentError` if it holds NaN or infinity.

    Examples
    --------
    >>> float(check_numerics(1.0, "the loss"))
    1.0
    """
    return _CHECK(tensor, message=message)


def assert_all_finite(x: Any, message: str, name: str | None = None) -> Any:
    """Return the tensor, or raise an `InvalidArgumentError` if it holds NaN or infinity."""
    return check_numerics(x, message)
