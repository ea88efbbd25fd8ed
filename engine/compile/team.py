"""The team: threads that share the parts of a kernel's work (see ``assembly/team.ll``)."""

from __future__ import annotations

import threading
from functools import cache
from typing import Final

from engine.compile import machine
from engine.core.processors import available

#: As many find room in the team's tables.
_MOST: Final = 64

#: Turns for which a thread without work looks out for some before it sleeps.
PATIENCE: Final = 2000

_lock = threading.Lock()
_helpers: list[threading.Thread] = []


@cache
def capacity() -> int:
    """Return how many threads the team may have."""
    return 1 if machine.system() == "nowhere" else min(_MOST, max(2, available()))


def use_threads(count: int) -> None:
    """Let kernels divide their work among so many threads from now on, or as many as there may be."""
    size = max(1, min(count, capacity()))
    if size > len(_helpers) + 1:
        _hire(size)
    machine.set_team_size(size)


def _hire(size: int) -> None:
    with _lock:
        for number in range(len(_helpers) + 1, size):
            helper = threading.Thread(
                target=machine.serve, args=(number, PATIENCE), name=f"kernels-{number}", daemon=True
            )
            _helpers.append(helper)
            helper.start()
