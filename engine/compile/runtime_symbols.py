"""The functions of Numba that kernels call: those that allocate scratch memory, and those that divide loops."""

from __future__ import annotations

from functools import cache

from numba.core.registry import cpu_target
from numba.np.ufunc.parallel import _launch_threads

from engine.compile import openmp

__all__ = ["provide"]


@cache
def provide() -> None:
    """Let LLVM find them."""
    cpu_target.target_context.refresh()
    if openmp.is_safe():
        _launch_threads()
