"""Files that are there as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import IO


def replace(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Let `write` fill a file that then takes the place of `path` in one step, which a crash cannot cut in two.

    Raises
    ------
    OSError
        If it cannot be written; what was there before is as it was.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     replace(Path(folder, "a"), lambda file: file.write(b"whole"))
    ...     [p.name for p in Path(folder).iterdir()], Path(folder, "a").read_bytes()
    (['a'], b'whole')
    """
    # beside the target, since a rename is one step only within a file system
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
