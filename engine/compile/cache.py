"""Kernels on disk: each is a readable Python file, beside which Numba keeps its machine code."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final

import llvmlite
import numba
import numpy as np
import platformdirs

from engine.compile.source import Source

PACKAGE: Final = "trenza_kernels"

_loaded: dict[str, Callable[..., None]] = {}


def folder() -> Path:
    """Return where kernels are kept: ``TRENZA_CACHE``, or the user's cache folder."""
    given = os.environ.get("TRENZA_CACHE")
    return (Path(given) if given else Path(platformdirs.user_cache_dir("trenza"))) / "kernels"


@cache
def _helpers() -> str:
    """Return a hash of all that a kernel's machine code holds beside its own source.

    Numba does not notice when an imported file changes, so these files and versions are part of every key.
    """
    here = Path(__file__).parent
    digest = hashlib.sha256()
    own = ("mathlib.py", "pipeline.py", "blas.py", "parallel.py", "denormals.py")
    for file in (*(here / name for name in own), here.parent / "ops" / "scalar.py"):
        digest.update(file.read_bytes())
    digest.update(repr((sys.version_info[:3], numba.__version__, llvmlite.__version__, np.__version__)).encode())
    return digest.hexdigest()


def key(source: Source) -> str:
    """Return the name under which a kernel is kept: a hash of all that its code depends on."""
    return hashlib.sha256((_helpers() + source.text).encode()).hexdigest()[:24]


def is_loaded(source: Source) -> bool:
    """Return whether the kernel is ready in this process."""
    return key(source) in _loaded


def load(source: Source) -> Callable[..., None]:
    """Return the compiled kernel, from this process, from disk, or made now."""
    name = key(source)
    if name not in _loaded:
        _write(_package() / f"k_{name}.py", source.text)
        importlib.invalidate_caches()
        _loaded[name] = importlib.import_module(f"{PACKAGE}.k_{name}").kernel
    return _loaded[name]


def _package() -> Path:
    """Return the folder of kernels as it can be written to, known to Python as a package."""
    if PACKAGE in sys.modules:
        return Path(sys.modules[PACKAGE].__path__[0])
    place = folder()
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError:  # read-only or full: this process then has a cache of its own
        place = Path(tempfile.mkdtemp(prefix="trenza-kernels-"))
    module = ModuleType(PACKAGE)
    module.__path__ = [str(place)]
    sys.modules[PACKAGE] = module
    return place


def _write(path: Path, text: str) -> None:
    """Write a source file unless it is there; one that was cut off by a crash or a full disk is written anew."""
    with contextlib.suppress(OSError):
        if path.read_text(encoding="utf-8") == text:
            return
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)
