"""What a layer's call hands down to the layers that it calls: whether one is training."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _State(threading.local):
    depth = 0
    training: bool | None = None


_state = _State()


def is_outermost() -> bool:
    """Return whether no layer is being called."""
    return _state.depth == 0


def inherited_training() -> bool | None:
    """Return what the calling layer was told about training; None if nothing."""
    return _state.training


@contextmanager
def calling(training: bool | None) -> Iterator[None]:
    """Be inside of a layer's call for the time of the block.

    Examples
    --------
    >>> with calling(True):
    ...     print(inherited_training(), is_outermost())
    True False
    """
    before = _state.training
    _state.depth += 1
    if training is not None:
        _state.training = training
    try:
        yield
    finally:
        _state.depth -= 1
        _state.training = before
