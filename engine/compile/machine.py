"""Machine code in this process: kernels and what calls them one after the other, without Numba.

Numba takes 0.45 s to be imported and ready, which a process that finds all its kernels on disk need not wait for. A
kernel's object file has one entry, ``int32 entry(int64 *row, int64 worker)``: its arguments lie in a row of 8 bytes
each (see `engine.compile.row`), the worker says on how many threads it may run (see ``assembly/team.ll``), and what it
returns is zero unless it has failed. So a plan's kernels are two tables, of entries and of rows, and one call runs them
all: Python's part in a step is 0.6 µs, and not 0.5 to 2 µs for each kernel.
"""

from __future__ import annotations

import ctypes
import platform
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from llvmlite import binding

from engine.compile import blas_library

IS_X86: Final = platform.machine().lower() in ("x86_64", "amd64", "i686", "i386")

#: Control word of the float unit in which results below 1e-38 are flushed to zero (bit 15) and such operands taken for
#: zero (bit 6), all exceptions masked as by default. On x86 a denormal operand costs some hundred cycles: Adam on 109k
#: parameters went from 60 µs to 3 ms with them.
FLUSH: Final = 0x9FC0

_ASSEMBLY: Final = Path(__file__).parent / "assembly"
#: How a thread asks Linux to sleep on a word, by processor.
_FUTEX: Final = {"x86_64": 202, "amd64": 202, "aarch64": 98, "arm64": 98, "ppc64le": 221, "riscv64": 98}


@dataclass(frozen=True)
class MachineCode:
    """A kernel as Numba leaves it.

    Parameters
    ----------
    entry
        Name of the function to call.
    binary
        An object file of this system.
    needs
        Names of the functions it calls that are not in it.
    """

    entry: str
    binary: bytes
    needs: tuple[str, ...]


class _Machine:
    """The functions of this module's texts, and all kernels that were loaded."""

    def __init__(self) -> None:
        binding.initialize_native_target()
        binding.initialize_native_asmprinter()
        target = binding.Target.from_default_triple()
        cpu, features = processor()
        machine = target.create_target_machine(
            cpu=cpu, features=features, opt=2, reloc="default", codemodel="jitdefault", jit=True
        )
        for letter, address in blas_library.addresses().items():
            binding.add_symbol(f"trenza_{letter}gemm", address)
        self._engine = binding.create_mcjit_compiler(binding.parse_assembly(_text()), machine)
        self._engine.finalize_object()
        self.lock = threading.RLock()
        word, number, pointer = ctypes.c_uint32, ctypes.c_int64, ctypes.c_void_p
        self.exchange: Any = ctypes.CFUNCTYPE(word, word)(self.address("exchange"))
        self.replay: Any = ctypes.CFUNCTYPE(number, pointer, pointer, number, number)(self.address("replay"))
        self.serve: Any = ctypes.CFUNCTYPE(None, number, word)(self.address("team_serve"))
        binding.add_symbol("trenza_divide", self.address("trenza_divide"))

    def address(self, name: str) -> int:
        """Return where a function begins."""
        return int(self._engine.get_function_address(name))

    def load(self, code: MachineCode) -> int:
        """Add an object file and return where its entry begins."""
        with self.lock:
            _require(code.needs)
            self._engine.add_object_file(binding.ObjectFileRef.from_data(code.binary))
            self._engine.finalize_object()
            address = self.address(code.entry)
        if not address:
            raise OSError(f"There is no function {code.entry} in this object file.")
        return address


def system() -> str:
    """Return the name of the way in which threads wait for each other here; "nowhere" if there is none."""
    name = "linux" if sys.platform.startswith("linux") else sys.platform
    symbol = {"linux": "syscall", "darwin": "__ulock_wait", "win32": "WaitOnAddress"}.get(name)
    if symbol is None or (name == "linux" and platform.machine().lower() not in _FUTEX):
        return "nowhere"
    try:  # not LLVM, which knows no symbol of the process before its first function is made
        library = "api-ms-win-core-synch-l1-2-0.dll" if name == "win32" else None
        getattr(ctypes.CDLL(library), symbol)
        if library is not None:
            binding.load_library_permanently(library)
    except (OSError, AttributeError, RuntimeError):
        return "nowhere"
    return name


def _text() -> str:
    """Return all functions of this module as LLVM takes them."""

    def read(name: str) -> str:
        return (_ASSEMBLY / f"{name}.ll").read_text(encoding="utf-8")

    waiting = read(system()).replace("FUTEX", str(_FUTEX.get(platform.machine().lower())))
    kinds = {"s": "float", "d": "double"}
    products = [read("product").replace("LETTER", letter).replace("TYPE", kind) for letter, kind in kinds.items()]
    own = "x86" if IS_X86 else "aarch64" if platform.machine().lower() in ("aarch64", "arm64") else "other"
    text = "\n".join((read(own), waiting, read("team"), read("replay"), read("note"), *products))
    return text.replace("FLUSH", str(FLUSH))


def processor() -> tuple[str, str]:
    """Return LLVM's names of this processor and of its features, as far as it knows them."""
    try:
        features = binding.get_host_cpu_features().flatten()
    except RuntimeError:  # it knows them on some processors only
        features = ""
    return binding.get_host_cpu_name(), features


_making = threading.Lock()
_made: _Machine | None = None


def _machine() -> _Machine:
    """Return the one of this process: of two, each would have a team of its own, and one would not be kept."""
    global _made
    if _made is None:
        with _making:
            _made = _made or _Machine()
    return _made


def prepare() -> None:
    """See to it that LLVM knows the functions that kernels may call."""
    _machine()


def load(code: MachineCode) -> int:
    """Return the address of a kernel's entry.

    Raises
    ------
    OSError
        If a function that it calls is nowhere to be found.
    """
    return _machine().load(code)


def product(letter: str) -> int:
    """Return the address of the entry for products of matrices: "s" in float32, "d" in float64."""
    return _machine().address(f"{letter}_product")


def fork() -> int:
    """Return the address of the entry that runs steps side by side: how many, and where in tables they begin."""
    return _machine().address("fork")


def note() -> int:
    """Return the address of the entry that writes numbers down."""
    return _machine().address("note")


def replay(entries: int, rows: int, count: int, threads: int) -> int:
    """Run `count` kernels, their entries and rows in tables at these addresses; return which one failed, or -1.

    Denormals are flushed to zero meanwhile.

    Parameters
    ----------
    threads
        Among how many a kernel may divide its work.
    """
    failed: int = _machine().replay(entries, rows, count, threads)
    return failed


def exchange_control_word(word: int) -> int:
    """Set the control word of the float unit and return the old one. Other processors than x86 keep theirs."""
    old: int = _machine().exchange(word)
    return old


def serve(worker: int, patience: int) -> None:
    """Help with work that is divided, for good, and sleep after so many turns of waiting for some."""
    _machine().serve(worker, patience)


def _require(names: Sequence[str]) -> None:
    """Refuse code that calls what cannot be found: LLVM would end the process."""
    missing = [name for name in names if not binding.address_of_symbol(name)]
    if missing:
        raise OSError(f"There is no function {', '.join(missing)}.")
