"""Threads: one hand on every BLAS pool of the process."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

#: A product with fewer multiply-adds than this runs on one thread. With two, a 32x784x128 product took as long as with
#: one (77 against 76 µs), and a whole MNIST epoch of such products as much as 8 s instead of 0.4 s.
PARALLEL_PRODUCT: Final = 2**24

_present: list[int] = []


#: The module through which kernels reach SciPy's BLAS, once one of them does.
_KERNELS: Final = "scipy.linalg.cython_blas"


@cache
def _controller(kernels: bool) -> Any:
    from threadpoolctl import ThreadpoolController  # looks through the loaded libraries: not at import

    return ThreadpoolController()


def _pools() -> tuple[Any, Any]:
    """Return the pools that NumPy's products run on, and those that kernels call from threads of their own."""
    kernels = _KERNELS in sys.modules
    pools = _controller(kernels).select(user_api="blas")
    if not kernels:
        return pools, pools.select(filepath=[])
    place = Path(sys.modules["scipy"].__file__ or "").resolve().parent
    own = [p["filepath"] for p in pools.info() if _is_inside(Path(p["filepath"]).resolve(), place)]
    others = [p["filepath"] for p in pools.info() if p["filepath"] not in own]
    # where both use one library, it has one thread
    return pools.select(filepath=others if own else []), pools.select(filepath=own or others)


def _is_inside(file: Path, package: Path) -> bool:
    """Whether a library came with a package: in its folder, or in the one beside it that wheels have."""
    return package in file.parents or package.with_name(f"{package.name}.libs") in file.parents


@cache
def available() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def set_blas_threads(count: int) -> None:
    """Let matrix products run on `count` threads from now on; those in kernels have one, since kernels are divided."""
    state = [count, int(_KERNELS in sys.modules)]
    if _present != state:
        products, kernels = _pools()
        products.limit(limits=count)
        kernels.limit(limits=1)
        _present[:] = state


def release_blas() -> None:
    """Give the pools back to the rest of the program, if a plan has narrowed them."""
    if _present:
        for pools in _pools():
            pools.limit(limits=available())
        _present.clear()


def threads_for(multiply_adds: int) -> int:
    """Return on how many threads a product of this size is fastest."""
    return available() if multiply_adds >= PARALLEL_PRODUCT else 1
