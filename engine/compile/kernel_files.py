"""The folder of kernels: sources to read, machine code beside them, and a seal that says which of it is whole."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformdirs

#: A kernel takes about 35 kB, so that this is room for some 15,000 of them.
DEFAULT_LIMIT_MB: Final = 512
#: To this share of the limit a folder is cut that has outgrown it, lest the next kernel has it gone through again.
TRIMMED: Final = 0.8
_DAY: Final = 86_400.0
#: A temporary file of this age belongs to a process that was killed as it wrote.
_STALE: Final = 3600.0

_OF_KERNEL: Final = re.compile(r"k_([0-9a-f]{24})\..*")
_MACHINE_CODE: Final = "__pycache__"  # where Numba looks: beside the source


def folder() -> Path:
    """Return where kernels are kept: ``TRENZA_CACHE``, or the user's cache folder."""
    given = os.environ.get("TRENZA_CACHE")
    return (Path(given) if given else Path(platformdirs.user_cache_dir("trenza"))) / "kernels"


def limit() -> int:
    """Return how many bytes kernels may take: ``TRENZA_CACHE_LIMIT`` in MB, or what is usual."""
    try:
        megabytes = float(os.environ.get("TRENZA_CACHE_LIMIT", ""))
        return max(0, int(megabytes * 1e6))
    except (ValueError, OverflowError):
        return DEFAULT_LIMIT_MB * 10**6


@dataclass(frozen=True)
class Entry:
    """A kernel on disk.

    Parameters
    ----------
    nbytes
        Of its source, machine code and seal.
    used
        When it was last used, in seconds since 1970, to within a day.
    """

    name: str
    nbytes: int
    used: float
    files: tuple[Path, ...]


class KernelFiles:
    """The kernels of one folder, which many processes may share.

    Every file is written beside its place and then moved there, so that nobody sees half of one, and no locks are
    needed: two processes that make one kernel at a time do the work twice, and the later files, which are as good,
    replace the earlier. What a crash, a full disk or a failing one leaves behind is found out by the seal, a list of
    digests in the format of ``sha256sum``. Machine code without its seal is never loaded.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     files = KernelFiles(Path(place))
    ...     files.prepare("0" * 24, "kernel = print")
    ...     [entry.nbytes for entry in files.entries()]
    False
    [14]
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        self._is_tried = False
        self._nbytes: int | None = None

    def source(self, name: str) -> Path:
        """Return the path of a kernel's source."""
        return self.place / f"k_{name}.py"

    def _seal(self, name: str) -> Path:
        return self.place / f"k_{name}.sha256"

    def _code(self) -> Path:
        return self.place / _MACHINE_CODE

    def _machine_code(self, name: str) -> list[Path]:
        return [Path(e.path) for e in _scan(self._code()) if e.name.startswith(f"k_{name}.") and ".tmp" not in e.name]

    # --------------------------------------------------------------------------------------------------- one kernel

    def prepare(self, name: str, text: str) -> bool:
        """Make a kernel ready to be loaded, and return whether its machine code is there and whole.

        Raises
        ------
        OSError
            If the folder cannot be written to.
        """
        self._code().mkdir(parents=True, exist_ok=True)
        if not self._is_tried:
            with tempfile.TemporaryFile(dir=self._code()):
                self._is_tried = True
        path = self.source(name)
        if _read(path) != text.encode():
            _write(path, text.encode())
        if self._is_sealed(name):
            self._touch(name)
            return True
        self.drop_code(name)
        return False

    def _is_sealed(self, name: str) -> bool:
        sealed = set()
        for line in (_read(self._seal(name)) or b"").decode("ascii", "replace").splitlines():
            digest, _, file = line.partition("  ")
            path = self.place / file
            content = _read(path) if path.parent == self._code() and path.name.startswith(f"k_{name}.") else None
            if content is None or hashlib.sha256(content).hexdigest() != digest:
                return False
            sealed.add(path.suffix)
        return {".nbi", ".nbc"} <= sealed

    def seal(self, name: str) -> None:
        """Vouch for the machine code of a kernel that was just made."""
        lines = []
        for path in self._machine_code(name):
            content = _read(path)
            if path.suffix in (".nbi", ".nbc") and content is not None:
                lines.append(f"{hashlib.sha256(content).hexdigest()}  {_MACHINE_CODE}/{path.name}\n")
        _write(self._seal(name), "".join(lines).encode())
        self._grow(name)

    def drop_code(self, name: str) -> None:
        """Remove the machine code of a kernel, so that it is made anew."""
        _remove(self._seal(name), *self._machine_code(name))

    def _touch(self, name: str) -> None:
        """Note that a kernel was used, once a day: which ones go first needs no more."""
        seal = self._seal(name)
        with contextlib.suppress(OSError):
            if time.time() - seal.stat().st_mtime > _DAY:
                os.utime(seal)

    # -------------------------------------------------------------------------------------------------- all of them

    def entries(self) -> list[Entry]:
        """Return the kernels, those first that were not used for longest."""
        files: dict[str, list[tuple[Path, os.stat_result]]] = {}
        for found in (*_scan(self.place), *_scan(self._code())):
            match = _OF_KERNEL.fullmatch(found.name)
            if match and ".tmp" not in found.name:
                with contextlib.suppress(OSError):
                    files.setdefault(match[1], []).append((Path(found.path), found.stat()))
        entries = [
            Entry(
                name,
                sum(stat.st_size for _, stat in parts),
                max(stat.st_mtime for _, stat in parts),
                tuple(path for path, _ in sorted(parts, key=lambda part: part[0].suffix != ".sha256")),
            )
            for name, parts in files.items()
        ]
        return sorted(entries, key=lambda e: e.used)

    def trim(self, nbytes: int) -> int:
        """Remove kernels that were not used for longest until the rest take no more than `nbytes`; return that."""
        self._sweep(_STALE)
        entries = self.entries()
        total = sum(e.nbytes for e in entries)
        for entry in entries:
            if total <= nbytes:
                break
            _remove(*entry.files)
            total -= entry.nbytes
        return total

    def clear(self) -> list[Entry]:
        """Remove all kernels and return them. Nothing else is touched that lies in the folder."""
        entries = self.entries()
        for entry in entries:
            _remove(*entry.files)
        self._sweep(0.0)
        self._nbytes = None
        return entries

    def _grow(self, name: str) -> None:
        """Count a new kernel, and make room if that is needed. Going through 10,000 kernels takes 50 ms: once."""
        if self._nbytes is None:
            self._nbytes = sum(e.nbytes for e in self.entries())
        else:
            for path in (self.source(name), self._seal(name), *self._machine_code(name)):
                with contextlib.suppress(OSError):
                    self._nbytes += path.stat().st_size
        if self._nbytes > limit():
            self._nbytes = self.trim(int(limit() * TRIMMED))

    def _sweep(self, age: float) -> None:
        """Remove temporary files that nobody will finish."""
        for found in (*_scan(self.place), *_scan(self._code())):
            if found.name.startswith("k_") and ".tmp" in found.name:
                with contextlib.suppress(OSError):
                    if time.time() - found.stat().st_mtime >= age:
                        _remove(Path(found.path))


def _scan(place: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(place) as found:
            yield from found
    except OSError:  # there is none yet, or no more
        return


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _write(path: Path, content: bytes) -> None:
    """Write a file in one go: others see all of it or nothing."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f"{path.stem}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        _remove(Path(temporary))
        raise


def _remove(*paths: Path) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink()
