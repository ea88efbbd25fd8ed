"""How a tensor went over the steps of a training: its figures at each sample, bounded in number."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from studio.run.messages import TensorInfo

#: Samples that are kept. A training of any length is covered: when they are too many, every second one goes.
MOST: Final = 512


class Trail:
    """The samples of one tensor, evenly spread over the training.

    Examples
    --------
    >>> trail = Trail()
    >>> for step in range(2000):
    ...     trail.add(step, TensorInfo((), "float32", 4, mean=float(step)))
    >>> len(trail) <= MOST, [step for step, _info in trail][:3]
    (True, [0, 4, 8])
    """

    def __init__(self) -> None:
        self._samples: list[tuple[int, TensorInfo]] = []
        self._stride = 1
        self._count = 0

    def add(self, step: int, info: TensorInfo) -> None:
        """Add a sample; one of an earlier step than the last begins a new trail."""
        if self._samples and step < self._samples[-1][0]:
            self._samples, self._stride, self._count = [], 1, 0
        if self._samples and step == self._samples[-1][0]:
            return
        if self._count % self._stride == 0:
            self._samples.append((step, replace(info, picture=None)))
        self._count += 1
        if len(self._samples) > MOST:
            del self._samples[1::2]
            self._stride *= 2

    def __iter__(self) -> Iterator[tuple[int, TensorInfo]]:
        return iter(self._samples)

    def __len__(self) -> int:
        return len(self._samples)


def norm(info: TensorInfo) -> float | None:
    """Return the Euclidean norm of a tensor's finite values, from their mean and their spread.

    Examples
    --------
    >>> norm(TensorInfo((4,), "float32", 16, mean=3.0, std=4.0))
    10.0
    """
    if info.mean is None or info.std is None:
        return None
    count = math.prod(info.shape) - info.nans - info.infs
    return math.hypot(info.mean, info.std) * math.sqrt(count)
