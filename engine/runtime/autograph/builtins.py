"""Python's builtins in rewritten functions, where they are given tensors of a trace."""

from __future__ import annotations

import builtins
import functools
from collections.abc import Callable, Mapping
from typing import Any, Final

from engine.core.dtype import float32, int32
from engine.core.op import OPS
from engine.graph.trace import SymbolicTensor
from engine.runtime.autograph.iteration import Along, Counting, iteration
from engine.runtime.autograph.values import is_symbolic


def _len(value: Any) -> Any:
    if isinstance(value, SymbolicTensor) and value.shape and value.shape[0] is None:
        return OPS["shape"](value)[0]
    return len(value)


def _range(*args: Any) -> Any:
    if not any(map(is_symbolic, args)):
        return range(*args)
    start, limit, step = (0, args[0], 1) if len(args) == 1 else (*args, 1)[:3]
    return Counting(start, limit, step)


def _enumerate(items: Any, start: int = 0) -> Any:
    line = iteration(items)
    if not isinstance(line, Along):
        return enumerate(items, start)
    count = line.count
    numbers = OPS["range"](start, start + count, dtype=int32) if isinstance(count, int) else None
    if numbers is None:
        return enumerate(items, start)  # says that its length is not known
    return Along([numbers, *line.tensors], lambda slices: (slices[0], line.item(slices[1:])))


def _zip(*lines: Any, strict: bool = False) -> Any:
    parts = [iteration(line) for line in lines]
    if not lines or not all(isinstance(part, Along) for part in parts):
        return zip(*lines, strict=strict)
    along = [part for part in parts if isinstance(part, Along)]
    counts = [len(part.tensors) for part in along]

    def item(slices: Any) -> tuple[Any, ...]:
        given = iter(slices)
        return tuple(part.item([next(given) for _ in range(n)]) for part, n in zip(along, counts, strict=True))

    return Along([t for part in along for t in part.tensors], item)


def _number(kind: Any, dtype: Any) -> Callable[..., Any]:
    def convert(value: Any = 0, *args: Any) -> Any:
        return OPS["cast"](value, dtype) if is_symbolic(value) else kind(value, *args)

    return convert


def _extreme(plain: Callable[..., Any], pair: str, whole: str) -> Callable[..., Any]:
    def find(*args: Any, **options: Any) -> Any:
        if len(args) == 1 and isinstance(args[0], SymbolicTensor):
            return OPS[whole](args[0])
        if options or not any(map(is_symbolic, args)):
            return plain(*args, **options)
        return functools.reduce(lambda a, b: OPS[pair](a, b), args)

    return find


def _sum(items: Any, start: Any = 0) -> Any:
    return OPS["reduce_sum"](items, axis=0) + start if isinstance(items, SymbolicTensor) else sum(items, start)


def _every(plain: Callable[..., Any], whole: str) -> Callable[..., Any]:
    return lambda items: OPS[whole](items) if isinstance(items, SymbolicTensor) else plain(items)


#: What is called in their place.
TABLE: Final[Mapping[Any, Callable[..., Any]]] = {
    builtins.len: _len,
    builtins.range: _range,
    builtins.enumerate: _enumerate,
    builtins.zip: _zip,
    builtins.int: _number(int, int32),
    builtins.float: _number(float, float32),
    builtins.max: _extreme(max, "maximum", "reduce_max"),
    builtins.min: _extreme(min, "minimum", "reduce_min"),
    builtins.sum: _sum,
    builtins.any: _every(any, "reduce_any"),
    builtins.all: _every(all, "reduce_all"),
}
