"""Messages between processes: large arrays go through shared memory, the rest through a pipe."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from multiprocessing.shared_memory import SharedMemory
from typing import Any, Final

import numpy as np

#: Arrays from this size on travel through shared memory: below, a segment costs more than copying through the pipe.
SHARED_BYTES: Final = 1 << 16


@dataclass(frozen=True)
class SharedArray:
    """An array that lies in shared memory until it is fetched, once."""

    name: str
    shape: tuple[int, ...]
    dtype: str

    def fetch(self) -> Any:
        """Return a copy of the array and free the memory."""
        segment = SharedMemory(self.name)
        try:
            return np.ndarray(self.shape, self.dtype, segment.buf).copy()
        finally:
            segment.close()
            segment.unlink()


def _share(array: Any) -> SharedArray:
    segment = SharedMemory(create=True, size=array.nbytes)
    np.ndarray(array.shape, array.dtype, segment.buf)[...] = array
    segment.close()
    return SharedArray(segment.name, array.shape, array.dtype.str)


def pack(message: Any) -> Any:
    """Return a message with its large arrays moved to shared memory."""
    return _mapped(message, lambda v: isinstance(v, np.ndarray) and v.nbytes >= SHARED_BYTES, _share)


def unpack(message: Any) -> Any:
    """Return a message with its arrays fetched from shared memory."""
    return _mapped(message, lambda v: isinstance(v, SharedArray), SharedArray.fetch)


def _mapped(message: Any, chosen: Any, change: Any) -> Any:
    """Return a dataclass with the chosen ones among its fields changed."""
    if not is_dataclass(message) or isinstance(message, type):
        return message
    changed = {f.name: change(v) for f in fields(message) if chosen(v := getattr(message, f.name))}
    return replace(message, **changed) if changed else message
