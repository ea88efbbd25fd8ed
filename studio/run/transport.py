"""Messages between processes: large arrays go through shared memory, the rest through a pipe."""

from __future__ import annotations

import errno
import os
import queue
import sys
import threading
import time
import weakref
from dataclasses import dataclass, fields, is_dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from typing import Any, Final

import numpy as np

from engine.core.errors import UnavailableError

#: Arrays from this size on travel through shared memory: below, a segment costs more than copying through the pipe.
SHARED_BYTES: Final = 1 << 16


#: Arrays from this size on are not copied: 100 MB would hold the window up for 100 ms.
MAPPED_BYTES: Final = 1 << 20


@dataclass(frozen=True)
class SharedArray:
    """An array that lies in shared memory until it is fetched, once."""

    name: str
    shape: tuple[int, ...]
    dtype: str

    def fetch(self) -> Any:
        """Return the array and free the memory: a small one copied, a large one where it lies until it is given up."""
        segment = SharedMemory(self.name)
        array: Any = np.ndarray(self.shape, self.dtype, segment.buf)
        if array.nbytes < MAPPED_BYTES:
            array = array.copy()
            segment.close()
        else:
            array.flags.writeable = False
            thread = threading.Thread(target=_give_back, args=(segment,), name="memory", daemon=True)
            weakref.finalize(array, thread.start).atexit = False
        segment.unlink()
        return array

    def free(self) -> None:
        """Free the memory without a look at it."""
        segment = SharedMemory(self.name)
        segment.close()
        segment.unlink()


def _give_back(segment: SharedMemory) -> None:
    """Give back the memory of an array that goes just now. For 40 MB that takes 6 ms, for 2 GB 0.3 s."""
    if sys.platform == "linux":  # here the pages go while other threads run: in `close` they would have to wait
        os.ftruncate(segment._fd, 0)  # type: ignore[attr-defined]
    while True:
        try:
            segment.close()
        except BufferError:  # it is not quite gone
            time.sleep(0.001)
        else:
            return


def _share(array: Any) -> SharedArray:
    segment = SharedMemory(create=True, size=array.nbytes)
    try:
        _fill(segment, array)
    except OSError as error:
        segment.unlink()
        raise UnavailableError(
            "The tensor has {size} bytes, for which there is no shared memory left.",
            hint="Make it smaller, or close what else uses much memory.",
            size=array.nbytes,
        ) from error
    finally:
        segment.close()
    return SharedArray(segment.name, array.shape, array.dtype.str)


def _fill(segment: SharedMemory, array: Any) -> None:
    """Copy an array into shared memory; an OSError says that there is not enough.

    Where shared memory is a file, it is written as one: 40 MB take 27 ms, and 54 ms if page after page is touched.
    """
    if array.nbytes > _free(segment):  # touching what there is not would end the process
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if sys.platform != "linux":
        np.ndarray(array.shape, array.dtype, segment.buf)[...] = array
        return
    rest = np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
    place = 0
    while rest:
        written = os.pwrite(segment._fd, rest, place)  # type: ignore[attr-defined]  # 2 GB at most at once
        rest, place = rest[written:], place + written


def _free(segment: SharedMemory) -> float:
    """Return how many bytes of shared memory there are, where the system says so."""
    if not hasattr(os, "fstatvfs"):
        return float("inf")
    found = os.fstatvfs(segment._fd)  # type: ignore[attr-defined]
    return found.f_bavail * found.f_frsize or float("inf")


def _is_large(value: Any) -> bool:
    """Whether a value is an array that lies in one piece of memory, and a large one."""
    return isinstance(value, np.ndarray) and value.nbytes >= SHARED_BYTES and not value.dtype.hasobject


def pack(message: Any) -> Any:
    """Return a message with its large arrays moved to shared memory."""
    return _mapped(message, _is_large, _share)


def unpack(message: Any) -> Any:
    """Return a message with its arrays fetched from shared memory."""
    return _mapped(message, lambda v: isinstance(v, SharedArray), SharedArray.fetch)


def discard(message: Any) -> None:
    """Free what a message that nobody wants has in shared memory."""
    _mapped(message, lambda v: isinstance(v, SharedArray), SharedArray.free)


class Outbox:
    """Sends messages from a thread of its own, so that nobody waits for a process that does not read.

    When the other end is gone, it goes on without sending; that end is noticed where messages are received.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="commands", daemon=True)
        self._thread.start()

    def send(self, message: Any) -> None:
        """Send a message when those before it are sent."""
        self._waiting.put(message)

    def close(self, patience: float) -> None:
        """Send no more than what is waiting; give that some seconds."""
        self._waiting.put(None)
        self._thread.join(patience)

    def _work(self) -> None:
        try:
            while (message := self._waiting.get()) is not None:
                self._connection.send(message)
        except OSError:
            pass


def _mapped(message: Any, chosen: Any, change: Any) -> Any:
    """Return a dataclass with the chosen ones among its fields changed."""
    if not is_dataclass(message) or isinstance(message, type):
        return message
    changed = {f.name: change(v) for f in fields(message) if chosen(v := getattr(message, f.name))}
    return replace(message, **changed) if changed else message
