"""Parallel loops in kernels: which threads run them, and how each is prepared."""

from __future__ import annotations

from functools import cache

import numba
from numba import njit, prange

from engine.compile.denormals import FLUSH, exchange_control_word

__all__ = ["flush", "is_safe", "prange"]

# OpenMP may be entered from several Python threads, and starts a loop in 2 to 4 µs; "workqueue" then aborts.
numba.config.THREADING_LAYER_PRIORITY = ["omp", "tbb", "workqueue"]


@cache
def is_safe() -> bool:
    """Return whether this system has a threading layer that several Python threads may enter."""
    for layer in ("omppool", "tbbpool"):
        try:
            __import__(f"numba.np.ufunc.{layer}")
        except ImportError:
            continue
        return True
    return False


@njit(error_model="numpy")
def flush():  # type: ignore[no-untyped-def]
    """Let this thread take denormals for zero: the control word of the caller does not reach others."""
    exchange_control_word(FLUSH)
