"""Windows that slide over the axes between batch and channels: what convolutions and pools have in common.

Kernels see every tensor with three such axes, of which the first have size 1 where there are fewer: one kernel does
for sequences, images and volumes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from engine.core.param import Param
from engine.core.shape import Dim, TensorShape

Sizes = tuple[int, ...]

#: Names of TensorFlow's layouts with the channels last, by the number of axes that windows slide over.
LAYOUTS = {1: "NWC", 2: "NHWC", 3: "NDHWC"}


def padding_param(*more: str) -> Param:
    """Return the parameter that says what happens at the borders."""
    return Param(
        "choice",
        "VALID",
        "SAME adds zeros around, so that only the stride shrinks the result; VALID adds none.",
        choices=("VALID", "SAME", *more),
    )


def layout_param(count: int) -> Param:
    """Return the parameter for the order of the axes, of which there is one."""
    return Param("choice", LAYOUTS[count], "Order of the axes: the channels are the last.", choices=(LAYOUTS[count],))


def steps_param(help: str) -> Param:
    """Return a parameter with one number for all axes, or one for each."""
    return Param("ints", (1,), help, min=1)


def per_axis(name: str, given: Sequence[int] | None, count: int) -> Sizes:
    """Return one number for each of the `count` axes that windows slide over.

    Examples
    --------
    >>> per_axis("strides", (2,), 2), per_axis("strides", (2, 1), 2), per_axis("strides", (1, 2, 2, 1), 2)
    ((2, 2), (2, 1), (2, 2))
    """
    values = tuple(given) if given is not None else (1,)
    if len(values) == 1:
        return values * count
    if len(values) == count:
        return values
    if len(values) == count + 2 and values[0] == values[-1] == 1:
        return values[1:-1]
    raise InvalidArgumentError(
        "{name} is {values}.",
        hint="It takes 1 number, {count}, or {full} of which the first and the last are 1.",
        name=name,
        values=list(values),
        count=count,
        full=count + 2,
    )


@dataclass(frozen=True)
class Windows:
    """Where windows lie: for each axis its size, how many elements they take and how far these are apart.

    Parameters
    ----------
    sizes, kernel, strides, dilations
        Of the tensor; of a window; from a window to the next; from an element of a window to the next.
    before
        Elements in front of the first one that belong to the first window.
    counts
        Number of windows.
    """

    sizes: Sizes
    kernel: Sizes
    strides: Sizes
    dilations: Sizes
    before: Sizes
    counts: Sizes

    def geometry(self, *others: int) -> Array:
        """Return what kernels are told: for three axes each strides, dilations, `before`, sizes, counts and window.

        Other numbers follow.
        """
        parts = ((self.strides, 1), (self.dilations, 1), (self.before, 0), (self.sizes, 1), (self.counts, 1))
        numbers = [n for part, fill in (*parts, (self.kernel, 1)) for n in lifted(part, fill)]
        return np.array([*numbers, *others], np.int64)

    def taps(self) -> Iterator[tuple[Sizes, tuple[slice, ...], tuple[slice, ...]]]:
        """Yield each element of a window, with the windows in which it lies inside, and the elements it is in these.

        One that lies outside in all of them is left out.
        """
        for tap in product(*(range(k) for k in self.kernel)):
            windows, elements = [], []
            for axis, k in enumerate(tap):
                stride, offset = self.strides[axis], k * self.dilations[axis] - self.before[axis]
                first = max(0, -(offset // stride))
                last = min(self.counts[axis], (self.sizes[axis] - 1 - offset) // stride + 1)
                if last <= first:
                    break
                windows.append(slice(first, last))
                start = first * stride + offset
                elements.append(slice(start, start + (last - first - 1) * stride + 1, stride))
            else:
                yield tap, tuple(windows), tuple(elements)


def count_of(size: Dim, kernel: Dim, stride: int, dilation: int, padding: str) -> Dim:
    """Return how many windows there are along an axis.

    Examples
    --------
    >>> count_of(28, 3, 1, 1, "VALID"), count_of(5, 3, 2, 1, "SAME")
    (26, 3)
    """
    if size is None or (kernel is None and padding == "VALID"):
        return None
    if padding != "VALID":
        return -(-size // stride)
    reach = ((kernel or 0) - 1) * dilation + 1
    if size < reach:
        raise InvalidArgumentError(
            "A window of {reach} elements does not fit into an axis of {size}.",
            hint="Use a smaller window, or padding SAME.",
            reach=reach,
            size=size,
        )
    return (size - reach) // stride + 1


def counts_of(
    sizes: TensorShape, kernel: Sequence[Dim], strides: Sizes, dilations: Sizes, padding: str
) -> tuple[Dim, ...]:
    """Return how many windows there are along each axis."""
    each = zip(sizes, kernel, strides, dilations, strict=True)
    return tuple(count_of(n, k, s, d, padding) for n, k, s, d in each)


def windows_of(sizes: Sizes, kernel: Sizes, strides: Sizes, dilations: Sizes, padding: str) -> Windows:
    """Return where the windows lie on axes of these sizes. SAME puts the odd one of the zeros it adds behind."""
    before, counts = [], []
    for n, k, s, d in zip(sizes, kernel, strides, dilations, strict=True):
        count = count_of(n, k, s, d, padding) or 0
        reach = (k - 1) * d + 1
        missing = max(0, (count - 1) * s + reach - n)
        before.append({"VALID": 0, "SAME": missing // 2, "CAUSAL": reach - 1}[padding])
        counts.append(count)
    return Windows(sizes, kernel, strides, dilations, tuple(before), tuple(counts))


def lifted(sizes: Sequence[int], fill: int) -> Sizes:
    """Return sizes for three axes, the first of which are `fill` where there are fewer."""
    return (fill,) * (3 - len(sizes)) + tuple(sizes)


def elements(shape: Sequence[int]) -> int:
    """Return the number of elements of a shape."""
    return math.prod(shape)
