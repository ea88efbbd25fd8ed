"""Compiling: from a graph to a plan, a list of kernels over preallocated buffers."""

import os

# Numba colours what it says of each type that does not fit, which it then throws away: a twentieth of its time.
os.environ.setdefault("NUMBA_DISABLE_ERROR_MESSAGE_HIGHLIGHTING", "1")
