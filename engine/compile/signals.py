"""Signals that wait: what would break off Numba in the middle takes effect once it is done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

#: Signals whose handlers may raise: Ctrl-C, a request to end, and timeouts.
DEFERRED: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGALRM", "SIGBREAK") if hasattr(signal, name)
)


@contextmanager
def deferred() -> Iterator[None]:
    """Let signals wait until the end of the block. One that comes twice does not wait.

    LLVM calls back into Python as it compiles; what is raised there is lost, and the helpers that were being compiled
    stay half done for the rest of the process. A kernel takes 0.1 to 0.4 s.

    Examples
    --------
    >>> import signal
    >>> try:
    ...     with deferred():
    ...         signal.raise_signal(signal.SIGINT)
    ...         print("goes on")
    ... except KeyboardInterrupt:
    ...     print("and stops")
    goes on
    and stops
    """
    if threading.current_thread() is not threading.main_thread():  # handlers run in the main thread and nowhere else
        yield
        return
    handlers: dict[int, Callable[[int, Any], Any]] = {}
    waiting: list[int] = []

    def wait(number: int, frame: Any) -> None:
        if number in waiting:
            waiting.remove(number)
            handlers[number](number, frame)
        else:
            waiting.append(number)

    try:
        for number in DEFERRED:
            handler = signal.getsignal(number)
            if callable(handler):
                handlers[number] = handler
                signal.signal(number, wait)
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number in waiting:
            handlers[number](number, None)
