"""Kernels by their source: from this process, from disk, or made now.

A kernel's key is a hash of its source text, of the helpers that are compiled into it, and of what compiles it. The text
is written from the structure of a cluster, so that a kernel is known by

- its ops, which result feeds which operand, and the attributes that its expressions are written from;
- dtypes and ranks, in the signature: of arrays after adjacent axes were merged to as few loops as the cluster needs;
- which arrays lack which loops (broadcasts, reductions), and which results are written over which operands;
- whether indices are checked, and whether it runs in parallel.

Not in the key is what a kernel takes as an argument: sizes, and the attributes of kernels written by hand (strides,
windows). Nor are the names of nodes, nor where its operands come from: that is the plan's. Graphs that differ in these
alone share kernels, and so do equal layers of one.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import platform
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import llvmlite
import numba
import numpy as np
from llvmlite import binding

from engine.compile.kernel_files import KernelFiles, folder
from engine.compile.signals import deferred
from engine.compile.source import Source

PACKAGE: Final = "trenza_kernels"

#: Files whose functions are compiled into kernels, or say how kernels are compiled.
HELPERS: Final = (
    "compile/mathlib.py",
    "compile/pipeline.py",
    "compile/blas.py",
    "compile/parallel.py",
    "compile/denormals.py",
    "ops/scalar.py",
)

#: Settings of Numba, from its environment variables, on which machine code depends.
_SETTINGS: Final = (
    *("OPT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "ENABLE_AVX", "CPU_NAME", "CPU_FEATURES"),
    *("BOUNDSCHECK", "DEBUGINFO_DEFAULT", "DISABLE_JIT", "DISABLE_INTEL_SVML"),
)

#: Numba never gives memory back, neither the 1.2 MB of a kernel that it compiled nor the 0.13 MB of one that it loaded:
#: dropping some of these would save nothing, and needing one again would cost more.
_loaded: dict[str, Callable[..., None]] = {}
_lock = threading.RLock()
#: The folders in use: each as asked for, or the private one that had to take its place.
_in_use: dict[Path, KernelFiles] = {}


@cache
def _surroundings() -> str:
    """Return a hash of all that a kernel's machine code depends on beside its own source.

    Numba does not notice when an imported file changes, and its own index, shared by processors of two kinds, may name
    the code of one for the other. So files, versions and the processor are part of every key.
    """
    digest = hashlib.sha256()
    for name in HELPERS:
        digest.update((Path(__file__).parents[1] / name).read_bytes())
    versions = sys.version_info[:3], numba.__version__, llvmlite.__version__, np.__version__
    processor = platform.machine(), sys.platform, binding.get_host_cpu_name(), _features()
    settings = tuple((name, getattr(numba.config, name, None)) for name in _SETTINGS)
    digest.update(repr((sys.implementation.cache_tag, versions, processor, settings)).encode())
    return digest.hexdigest()


def _features() -> str:
    try:
        return str(binding.get_host_cpu_features().flatten())
    except RuntimeError:  # LLVM knows them on some processors only
        return ""


def key(source: Source) -> str:
    """Return the name under which a kernel is kept: a hash of all that its code depends on."""
    return hashlib.sha256((_surroundings() + source.text).encode()).hexdigest()[:24]


def is_loaded(source: Source) -> bool:
    """Return whether the kernel is ready in this process."""
    return key(source) in _loaded


def load(source: Source) -> Callable[..., None]:
    """Return the compiled kernel, from this process, from disk, or made now.

    Whatever is wrong with the folder, the kernel comes: what is broken in it is made anew, and if it cannot be written
    to, this process has a folder of its own, and if that fails too, nothing is kept. An interrupt takes effect once
    the kernel is there.
    """
    name = key(source)
    if name in _loaded:
        return _loaded[name]
    with _lock, deferred():
        if name not in _loaded:
            _loaded[name] = _obtained(name, source.text)
        return _loaded[name]


def _obtained(name: str, text: str) -> Callable[..., None]:
    asked = folder()
    with contextlib.suppress(OSError):
        return _from_files(_in_use.setdefault(asked, KernelFiles(asked)), name, text)
    with contextlib.suppress(OSError):
        _in_use[asked] = KernelFiles(_private_folder())
        return _from_files(_in_use[asked], name, text)
    return _execute(name, f"<kernel {name}>", text.replace("cache=True", "cache=False"))


def _private_folder() -> Path:
    """Return a folder for this process, which goes with it."""
    place = tempfile.mkdtemp(prefix="trenza-kernels-")
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return Path(place)


def _from_files(files: KernelFiles, name: str, text: str) -> Callable[..., None]:
    """Load a kernel from a folder, or make it there.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    path = files.source(name)
    if files.prepare(name, text):
        try:
            return _execute(name, str(path), text)
        except Exception:  # it was written well, but for what is no more, such as a module that bears another name now
            files.drop_code(name)
    for last in (False, True):
        try:
            kernel = _execute(name, str(path), text)
        except Exception as error:
            if path.exists() and not isinstance(error, OSError):
                raise
            if last:
                raise OSError(f"{path} is gone.") from error
            files.prepare(name, text)  # another process made room, or the folder went away
        else:
            break
    files.seal(name)
    return kernel


def _execute(name: str, path: str, text: str) -> Callable[..., None]:
    """Run a kernel's module, which Numba compiles, or loads if the file at `path` has machine code beside it.

    Not by Python's import, whose own files could be as broken as any. Numba must find the module as it loads the code.
    """
    module = ModuleType(f"{PACKAGE}.k_{name}")
    module.__file__ = path
    sys.modules.setdefault(PACKAGE, ModuleType(PACKAGE))
    sys.modules[module.__name__] = module
    try:
        with _beside_the_source():
            exec(compile(text, path, "exec", dont_inherit=True), module.__dict__)
    finally:
        del sys.modules[module.__name__]
    kernel: Callable[..., None] = module.kernel
    return kernel


@contextlib.contextmanager
def _beside_the_source() -> Iterator[None]:
    """Let Numba keep machine code beside its source, whatever ``NUMBA_CACHE_DIR`` says: it is we who look after it."""
    config: Any = numba.config
    names = [n for n in ("CACHE_DIR", "CACHE_LOCATOR_CLASSES") if hasattr(config, n)]
    before = [getattr(config, n) for n in names]
    try:
        for name in names:
            setattr(config, name, "")
        yield
    finally:
        for name, value in zip(names, before, strict=True):
            setattr(config, name, value)
