"""The team: threads that share the parts of a kernel's work (see ``assembly/team.ll``)."""

from __future__ import annotations

import threading
from functools import cache
from typing import Final

from engine.compile import machine
from engine.core.processors import available

#: As many shares the team has tables for.
_MOST: Final = 64

#: Turns for which a thread without work looks out for some before it sleeps: about 0.3 ms. Waking it takes 50 µs, so
#: that a step of a small network took 302 µs on two threads with 2,000 turns, 153 with 8,000 and 171 with 30,000.
PATIENCE: Final = 8000

_lock = threading.Lock()
_helpers: list[threading.Thread] = []
_chosen = threading.local()


@cache
def capacity() -> int:
    """Return how many threads the team may have: two at least, so that what they do can be seen anywhere."""
    return 1 if machine.system() == "nowhere" else min(_MOST, max(2, available()))


def use_threads(count: int) -> None:
    """Let kernels that this thread runs divide their work among so many from now on, or as many as there may be."""
    _chosen.count = _hired(max(1, min(count, capacity())))


def width() -> int:
    """Return among how many threads kernels divide their work that this thread runs: all, unless it chose others."""
    if not hasattr(_chosen, "count"):
        use_threads(available())
    count: int = _chosen.count
    return count


def _hired(size: int) -> int:
    """Return how many of so many threads there are, after as many as can be were started."""
    if size > len(_helpers) + 1:
        with _lock:
            for number in range(len(_helpers) + 1, size):
                helper = threading.Thread(
                    target=machine.serve, args=(number, PATIENCE), name=f"kernels-{number}", daemon=True
                )
                try:
                    helper.start()
                except RuntimeError:  # the system allows no more, or the program is about to end
                    break
                _helpers.append(helper)
    return min(size, len(_helpers) + 1)
