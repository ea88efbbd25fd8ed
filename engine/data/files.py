"""Where data files lie, and how one that is missing gets there."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs

from engine.core.dtype import Array
from engine.core.errors import DataLossError, NotFoundError, UnavailableError

#: Set by `use_folder`: what the command line or the settings name.
_chosen: list[Path] = []


def use_folder(folder: str | os.PathLike[str] | None) -> None:
    """Look for data files in this folder first; None goes back to the usual places."""
    _chosen[:] = [] if folder is None else [Path(folder)]


#: Told about a download: the file's name, the bytes that are here, and how many there will be (0: nobody knows).
Progress = Callable[[str, int, int], None]
_progress: list[Progress] = []
#: Seconds between two of its calls. It may raise, to end the download.
_TELL_INTERVAL = 0.05


def use_progress(progress: Progress | None) -> None:
    """Tell `progress` about downloads in place of showing a bar in the terminal; None goes back to that.

    It is called many times a second, whether or not anything has come, in the thread that waits for the file; what it
    raises ends the waiting. The download then goes on unseen, and if it arrives whole, it is there the next time.
    """
    _progress[:] = [] if progress is None else [progress]


def folders() -> Iterator[Path]:
    """Yield the folders in which data files are looked for, in order.

    The folder given as an argument, ``TRENZA_DATA``, the user's cache, and the cache of Keras.
    """
    yield from _chosen
    if given := os.environ.get("TRENZA_DATA"):
        yield Path(given)
    yield Path(platformdirs.user_cache_dir("trenza")) / "datasets"
    yield Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "datasets"


def find(name: str, folder: str | os.PathLike[str] | None = None) -> Path | None:
    """Return the path of a data file, or None if it is in none of the folders.

    Raises
    ------
    UnavailableError
        If a folder or the file cannot be read.
    """
    for place in ([Path(folder)] if folder is not None else []) + list(folders()):
        path = place / name
        try:
            if path.is_file():
                with path.open("rb"):
                    return path
        except OSError as error:
            raise UnavailableError(
                "'{path}' cannot be read: {reason}.",
                hint="Change its permissions, or name another folder with --data-dir.",
                path=str(path),
                reason=error.strerror or str(error),
            ) from error
    return None


def download(name: str, url: str, sha256: str) -> Path:
    """Fetch a file into the user's cache, with a progress bar, and check it.

    Raises
    ------
    NotFoundError
        If there is no network; it says where the file would be looked for.
    DataLossError
        If what came is not the file that was announced.
    """
    import pooch  # needs `requests`, which takes 0.2 s to import

    place = Path(platformdirs.user_cache_dir("trenza")) / "datasets"
    try:
        return _waited_for(
            name,
            lambda bar: Path(
                pooch.retrieve(
                    url,
                    sha256,
                    fname=name,
                    path=place,
                    downloader=pooch.HTTPDownloader(progressbar=bar, chunk_size=1 << 16),
                )
            ),
        )
    except ValueError as error:
        raise DataLossError(
            "The file that {url} gave is not {name}: its SHA-256 differs.",
            hint="Try again; if it stays so, get the file elsewhere and put it into {place}.",
            url=url,
            name=name,
            place=str(place),
        ) from error
    except OSError as error:
        raise NotFoundError(
            "{name} is on none of the usual places, and it could not be downloaded from {url}.",
            hint="Without a network, copy the file into one of: {places}; or name its folder with --data-dir.",
            name=name,
            url=url,
            places=", ".join(str(f) for f in dict.fromkeys(folders())),
        ) from error


class _Count:
    """Counts bytes, where pooch would show a bar."""

    def __init__(self) -> None:
        self.total = self.done = 0

    def update(self, count: int) -> None:
        """Some bytes have come; the last piece may be smaller than is said."""
        self.done = min(self.done + count, self.total) if self.total else self.done + count

    def reset(self) -> None:
        """Begin anew, as pooch does at the end to say that all is here."""
        self.done = 0

    def close(self) -> None:
        """Everything is here."""


def _waited_for(name: str, fetch: Callable[[Any], Path]) -> Path:
    """Return what `fetch` returns. If somebody wants to hear of it, it runs in a thread that can be given up."""
    if not _progress:
        return fetch(True)
    count = _Count()
    outcome: list[Path | BaseException] = []

    def work() -> None:
        try:
            outcome.append(fetch(count))
        except BaseException as error:  # to be raised where it is waited for
            outcome.append(error)

    thread = threading.Thread(target=work, name=f"download {name}", daemon=True)
    thread.start()
    while thread.is_alive():
        _progress[0](name, count.done, count.total)
        thread.join(_TELL_INTERVAL)
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]


def read_npz(path: Path, wanted: dict[str, Callable[[Array], bool]]) -> dict[str, Array]:
    """Return the arrays of an ``.npz`` file, if they are what they should be.

    Raises
    ------
    DataLossError
        If the file is truncated or holds other things.
    """
    try:
        # NumPy leaves a file that it cannot read open, unless it is given one that is
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            arrays: dict[str, Any] = {name: file[name] for name in wanted}
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise DataLossError(
            "'{path}' is no data file that can be read: {reason}.",
            hint="It may be truncated: remove it, and it will be fetched again.",
            path=str(path),
            reason=str(error),
        ) from error
    except Exception as error:  # zipfile raises its own kind for a broken archive
        raise DataLossError(
            "'{path}' is no archive: {reason}.", hint="Remove it.", path=str(path), reason=str(error)
        ) from error
    for name, fits in wanted.items():
        if not fits(arrays[name]):
            raise DataLossError(
                "'{path}' holds '{name}' with shape {shape} and dtype {dtype}, which is not what it should be.",
                hint="Remove the file, and it will be fetched again.",
                path=str(path),
                name=name,
                shape=arrays[name].shape,
                dtype=str(arrays[name].dtype),
            )
    return arrays
