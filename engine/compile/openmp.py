"""The threads of kernels that divide their work: whether there are any, and on how many a thread runs its kernels."""

from __future__ import annotations

import os
from functools import cache
from typing import Final

#: How long, in turns of a loop, GNU's OpenMP lets a thread wait busily before it sleeps. By default this is for
#: milliseconds, in which it keeps the others from working where processors are shared: with a load of 4 on two
#: processors the step of a small convolutional network took 90 ms, with this 36 ms, and on one thread 34 to 75.
SPIN_COUNT: Final = 2000

if "OMP_WAIT_POLICY" not in os.environ:  # the library reads it when the first parallel kernel loads it
    os.environ.setdefault("GOMP_SPINCOUNT", str(SPIN_COUNT))

#: OpenMP may be entered from several Python threads, and starts a loop in 2 to 4 µs; "workqueue" then aborts.
LAYERS: Final = ("omp", "tbb", "workqueue")


@cache
def is_safe() -> bool:
    """Return whether this system has a threading layer that several Python threads may enter."""
    import numba  # takes 0.14 s, which a plan without such kernels need not wait for

    numba.config.THREADING_LAYER_PRIORITY = list(LAYERS)
    for layer in ("omppool", "tbbpool"):
        try:
            __import__(f"numba.np.ufunc.{layer}")
        except ImportError:
            continue
        return True
    return False


def use_threads(count: int) -> None:
    """Let kernels that this thread runs from now on divide their work among so many threads."""
    from numba import set_num_threads

    set_num_threads(count)
