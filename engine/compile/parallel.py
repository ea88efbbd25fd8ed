"""Parallel loops in kernels: which threads run them, and how each is prepared."""

from __future__ import annotations

import os
from functools import cache
from typing import Final

import numba
from numba import njit, prange

from engine.compile.denormals import FLUSH, exchange_control_word

__all__ = ["flush", "is_safe", "prange"]

#: How long, in turns of a loop, GNU's OpenMP lets a thread wait busily before it sleeps. By default this is for
#: milliseconds, in which it keeps the others from working where processors are shared: with a load of 4 on two
#: processors the step of a small convolutional network took 90 ms, with this 36 ms, and on one thread 34 to 75.
SPIN_COUNT: Final = 2000

if "OMP_WAIT_POLICY" not in os.environ:  # the library reads it when the first parallel kernel loads it
    os.environ.setdefault("GOMP_SPINCOUNT", str(SPIN_COUNT))

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
