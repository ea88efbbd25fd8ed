"""Effects in their order: what prints or checks does so when a compiled function runs, as in TensorFlow.

In a graph nothing happens that no output depends on. So an effect takes a counter and gives it back raised, and the
counter is a variable: it is an output of the function, and each effect waits for the one before.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from engine.core import nest
from engine.core.dispatch import is_tracing
from engine.core.dtype import Array
from engine.core.op import Op, Operand
from engine.core.param import Param
from engine.core.verbatim import Verbatim
from engine.runtime.eager import convert_to_tensor
from engine.runtime.shorthand import is_tensor
from engine.runtime.variable import Variable

_COUNT: Final = Variable(np.zeros((), np.int64), trainable=False, name="effects")


def _run(*arrays: Array, action: Callable[[Sequence[Array]], None]) -> Array:
    action(arrays[1:])
    return np.asarray(arrays[0] + 1)


_EFFECT: Final = Op(
    name="effect",
    summary="Do something with values when they are there.",
    inputs=(Operand("values", "any", group="", variadic=True),),
    infer=lambda *specs, action: specs[0],
    reference=_run,
    params={"action": Param("any", help="What is called with the arrays.")},
    stateful=True,
    internal=True,
)


def happen(action: Callable[[Sequence[Array]], None], tensors: Sequence[Any]) -> None:
    """Call `action` with the values of tensors: now, or in each run of the function that is being traced."""
    given = [convert_to_tensor(t) for t in tensors]
    if is_tracing():
        _COUNT.assign(_EFFECT.apply(_COUNT.read_value(), *given, action=action))
    else:
        action([np.asarray(t) for t in given])


def _text(array: Array, summarize: int) -> str:
    edge = array.size if summarize < 0 else summarize
    return np.array2string(
        array, separator=" ", threshold=0 if summarize >= 0 else sys.maxsize, edgeitems=edge, max_line_width=sys.maxsize
    )


def print_(
    *inputs: Any,
    output_stream: Any = None,
    summarize: int = 3,
    sep: str = " ",
    end: str = "\n",
    name: str | None = None,
) -> None:
    """Print values: in a compiled function each time it runs.

    Parameters
    ----------
    inputs
        Tensors, structures of them, and other things.
    output_stream
        A stream of Python's; the standard error stream if none is given.
    summarize
        How many elements to show at each end of an axis; -1 shows all.

    Examples
    --------
    >>> import sys
    >>> print_("x:", convert_to_tensor([1, 2, 3, 4, 5, 6, 7, 8]), output_stream=sys.stdout)
    x: [1 2 3 ... 6 7 8]
    """
    tensors = [leaf for leaf in nest.leaves(list(inputs)) if is_tensor(leaf)]

    def show(arrays: Sequence[Array]) -> None:
        values = iter(arrays)
        texts = [
            str(nest.map_structure(lambda t: Verbatim(_text(next(values), summarize)) if is_tensor(t) else t, thing))
            for thing in inputs
        ]
        print(*texts, sep=sep, end=end, file=output_stream or sys.stderr)

    happen(show, tensors)
