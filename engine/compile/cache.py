"""Kernels by their source: from this process, from disk, or made now.

A kernel's key is a hash of its source text, of the helpers that are compiled into it, and of what compiles it. The text
is written from the structure of a cluster, so that a kernel is known by

- its ops, which result feeds which operand, and the attributes that its expressions are written from;
- dtypes and ranks, in the signature: of arrays after adjacent axes were merged to as few loops as the cluster needs;
- which arrays lack which loops (broadcasts, reductions), and which results are written over which operands;
- whether indices are checked, and whether its work is done in parts.

Not in the key is what a kernel takes as an argument: sizes, and the attributes of kernels written by hand (strides,
windows). Nor are the names of nodes, nor where its operands come from: that is the plan's. Graphs that differ in these
alone share kernels, and so do equal layers of one.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import platform
import sys
import threading
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final

import llvmlite
import numpy as np

from engine.compile import machine
from engine.compile.kernel_files import KernelFiles, folder
from engine.compile.machine import MachineCode
from engine.compile.signals import deferred
from engine.compile.source import Source

PACKAGE: Final = "trenza_kernels"

#: Files whose functions are compiled into kernels, or say how kernels are compiled.
HELPERS: Final = (
    *(f"compile/mathlib/{name}.py" for name in ("__init__", "bits", "totals", "exponential", "logarithm")),
    *(f"compile/mathlib/{name}.py" for name in ("trigonometric", "error_function", "power")),
    *(f"compile/{name}.py" for name in ("native", "entry", "row", "machine", "blas")),
    "ops/scalar.py",
)

#: Settings of Numba on which machine code depends: of the environment, since Numba itself may not be needed.
_SETTINGS: Final = (
    *("OPT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "ENABLE_AVX", "CPU_NAME", "CPU_FEATURES"),
    *("BOUNDSCHECK", "DEBUGINFO_DEFAULT", "DISABLE_INTEL_SVML"),
)

#: The entries of the kernels in use. A process keeps them all: LLVM gives none of their memory back.
_loaded: dict[str, int] = {}
_lock = threading.RLock()
_folders: dict[Path, KernelFiles] = {}


@cache
def _surroundings() -> str:
    """Return a hash of all that a kernel's machine code depends on beside its own source.

    Files may change from one version of this program to the next, and a folder may be shared by processors of two
    kinds. So files, versions and the processor are part of every key.
    """
    digest = hashlib.sha256()
    for name in HELPERS:
        digest.update((Path(__file__).parents[1] / name).read_bytes())
    versions = sys.version_info[:3], importlib.metadata.version("numba"), llvmlite.__version__, np.__version__
    system = platform.machine(), sys.platform, machine.processor()
    settings = tuple(os.environ.get(f"NUMBA_{name}") for name in _SETTINGS)
    digest.update(repr((sys.implementation.cache_tag, versions, system, settings)).encode())
    return digest.hexdigest()


def key(source: Source) -> str:
    """Return the name under which a kernel is kept: a hash of all that its code depends on."""
    return hashlib.sha256((_surroundings() + source.text).encode()).hexdigest()[:24]


def is_loaded(source: Source) -> bool:
    """Return whether the kernel is ready in this process."""
    return key(source) in _loaded


def load(source: Source) -> int:
    """Return the address of the kernel's entry: from this process, from disk, or made now.

    Whatever is wrong with the folder, the kernel comes: what is broken in it is made anew, and if it cannot be written
    to, nothing is kept. An interrupt takes effect once the kernel is there.
    """
    name = key(source)
    if name in _loaded:
        return _loaded[name]
    with _lock, deferred():
        if name not in _loaded:
            _loaded[name] = _obtained(name, source.text)
        return _loaded[name]


def _obtained(name: str, text: str) -> int:
    files = _folders.setdefault(folder(), KernelFiles(folder()))
    code = files.find(name, text)
    if code is not None:
        with contextlib.suppress(OSError, RuntimeError):  # it calls what is no more, or LLVM cannot read it
            return machine.load(code)
    code = _compiled(name, text, files)
    with contextlib.suppress(OSError):
        files.keep(name, text, code)
    return machine.load(code)


def _compiled(name: str, text: str, files: KernelFiles) -> MachineCode:
    """Run a kernel's module, which compiles it."""
    module = ModuleType(f"{PACKAGE}.k_{name}")
    module.__file__ = str(files.source(name))
    exec(compile(text, module.__file__, "exec", dont_inherit=True), module.__dict__)
    code: MachineCode = module.kernel
    return code
