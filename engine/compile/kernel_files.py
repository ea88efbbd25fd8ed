"""The folder of kernels: sources to read, machine code beside them, and a seal that says what of it is whole."""

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

from engine.compile.machine import MachineCode

#: A kernel takes about 10 kB, so that this is room for some 50,000 of them.
DEFAULT_LIMIT_MB: Final = 512
#: To this share of the limit a folder is cut that has outgrown it, lest the next kernel has it gone through again.
TRIMMED: Final = 0.8
_DAY: Final = 86_400.0
#: A temporary file of this age belongs to a process that was killed as it wrote.
_STALE: Final = 3600.0

_OF_KERNEL: Final = re.compile(r"k_([0-9a-f]{24})\..*")


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
    ...     files.keep("cafe", "kernel = print", MachineCode("k_cafe", b"code", ("malloc",)))
    ...     files.find("cafe", "kernel = print"), files.find("cafe", "kernel = input")
    (MachineCode(entry='k_cafe', binary=b'code', needs=('malloc',)), None)
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        self._nbytes: int | None = None

    def source(self, name: str) -> Path:
        """Return the path of a kernel's source."""
        return self.place / f"k_{name}.py"

    def binary(self, name: str) -> Path:
        """Return the path of its machine code."""
        return self.place / f"k_{name}.o"

    def seal(self, name: str) -> Path:
        """Return the path of what vouches for it."""
        return self.place / f"k_{name}.sha256"

    # --------------------------------------------------------------------------------------------------- one kernel

    def find(self, name: str, text: str) -> MachineCode | None:
        """Return the machine code of a kernel with this source, if it is there and whole."""
        binary, seal = _read(self.binary(name)), _read(self.seal(name))
        if binary is None or seal is None or _read(self.source(name)) != text.encode():
            return None
        needs = seal.decode("utf-8", "replace").partition("\n")[0].split()[1:]
        if seal != _sealed(code := MachineCode(self.binary(name).stem, binary, tuple(needs))):
            return None
        self._touch(name)
        return code

    def keep(self, name: str, text: str, code: MachineCode) -> None:
        """Keep a kernel.

        Raises
        ------
        OSError
            If the folder cannot be written to.
        """
        self.place.mkdir(parents=True, exist_ok=True)
        _write(self.source(name), text.encode())
        _write(self.binary(name), code.binary)
        _write(self.seal(name), _sealed(code))
        self._grow(name)

    def _touch(self, name: str) -> None:
        """Note that a kernel was used, once a day: which ones go first needs no more."""
        seal = self.seal(name)
        with contextlib.suppress(OSError):
            if time.time() - seal.stat().st_mtime > _DAY:
                os.utime(seal)

    # -------------------------------------------------------------------------------------------------- all of them

    def entries(self) -> list[Entry]:
        """Return the kernels, those first that were not used for longest."""
        files: dict[str, list[tuple[Path, os.stat_result]]] = {}
        for found in _scan(self.place):
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
            for path in (self.source(name), self.binary(name), self.seal(name)):
                with contextlib.suppress(OSError):
                    self._nbytes += path.stat().st_size
        if self._nbytes > limit():
            self._nbytes = self.trim(int(limit() * TRIMMED))

    def _sweep(self, age: float) -> None:
        """Remove temporary files that nobody will finish."""
        for found in _scan(self.place):
            if found.name.startswith("k_") and ".tmp" in found.name:
                with contextlib.suppress(OSError):
                    if time.time() - found.stat().st_mtime >= age:
                        _remove(Path(found.path))


def _sealed(code: MachineCode) -> bytes:
    """Return what vouches for machine code: what it needs, a digest of that, and one of the code itself."""
    needs = " ".join(("#", *code.needs))
    digests = [hashlib.sha256(part).hexdigest() for part in (needs.encode(), code.binary)]
    return f"{needs}\n# {digests[0]}\n{digests[1]}  {code.entry}.o\n".encode()


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
