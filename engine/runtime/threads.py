"""Threads: one hand on every BLAS pool of the process."""

from __future__ import annotations

import os
from functools import cache
from typing import Any, Final

#: A product with fewer multiply-adds than this runs on one thread. With two, a 32x784x128 product took as long as with
#: one (77 against 76 µs), and a whole MNIST epoch of such products as much as 8 s instead of 0.4 s.
PARALLEL_PRODUCT: Final = 2**24

_present: list[int] = []


@cache
def _controller() -> Any:
    from threadpoolctl import ThreadpoolController  # looks through the loaded libraries: not at import

    return ThreadpoolController()


@cache
def available() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def set_blas_threads(count: int) -> None:
    """Let matrix products run on `count` threads from now on."""
    if _present != [count]:
        _controller().limit(limits=count, user_api="blas")
        _present[:] = [count]


def release_blas() -> None:
    """Give the pools back to the rest of the program, if a plan has narrowed them."""
    if _present:
        set_blas_threads(available())


def threads_for(multiply_adds: int) -> int:
    """Return on how many threads a product of this size is fastest."""
    return available() if multiply_adds >= PARALLEL_PRODUCT else 1
