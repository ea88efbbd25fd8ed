"""Machine code in this process: kernels and what calls them one after the other, without Numba.

Numba takes 0.45 s to be imported and ready, which a process that finds all its kernels on disk need not wait for. A
kernel's object file has one entry, ``int32 entry(int64 *row)``: its arguments lie in a row of 8 bytes each (see
`engine.compile.row`), and what it returns is zero unless it has failed. So a plan's kernels are two tables, of entries
and of rows, and one call runs them all: Python's part in a step is 0.6 µs, and not 0.5 to 2 µs for each kernel.
"""

from __future__ import annotations

import ctypes
import platform
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from llvmlite import binding

from engine.compile import blas_library

IS_X86: Final = platform.machine().lower() in ("x86_64", "amd64", "i686", "i386")

#: Control word of the float unit in which results below 1e-38 are flushed to zero (bit 15) and such operands taken for
#: zero (bit 6), all exceptions masked as by default. On x86 a denormal operand costs some hundred cycles: Adam on 109k
#: parameters went from 60 µs to 3 ms with them.
FLUSH: Final = 0x9FC0

_EXCHANGE: Final = """
declare void @llvm.x86.sse.stmxcsr(ptr)
declare void @llvm.x86.sse.ldmxcsr(ptr)

define i32 @exchange(i32 %word) {
  %place = alloca i32
  call void @llvm.x86.sse.stmxcsr(ptr %place)
  %old = load i32, ptr %place
  store i32 %word, ptr %place
  call void @llvm.x86.sse.ldmxcsr(ptr %place)
  ret i32 %old
}
"""
#: Other processors keep theirs.
_KEEP: Final = """
define i32 @exchange(i32 %word) {
  ret i32 %word
}
"""

#: Runs `count` kernels; returns the number of the one that failed, or -1.
_REPLAY: Final = """
define i64 @replay(ptr %entries, ptr %rows, i64 %count) {
start:
  %word = call i32 @exchange(i32 FLUSH)
  %none = icmp sle i64 %count, 0
  br i1 %none, label %done, label %loop
loop:
  %i = phi i64 [0, %start], [%next, %well]
  %entry_at = getelementptr ptr, ptr %entries, i64 %i
  %entry = load ptr, ptr %entry_at
  %row_at = getelementptr ptr, ptr %rows, i64 %i
  %row = load ptr, ptr %row_at
  %status = call i32 %entry(ptr %row)
  %failed = icmp ne i32 %status, 0
  br i1 %failed, label %done, label %well
well:
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, %count
  br i1 %more, label %loop, label %done
done:
  %result = phi i64 [-1, %start], [%i, %loop], [-1, %well]
  %flushed = call i32 @exchange(i32 %word)
  ret i64 %result
}
"""

#: A product of two matrices. In the row: whether each is transposed ("t" or "n"), m, n, k, the elements from one row to
#: the next of each, and the three arrays. BLAS counts in columns: C = A B by rows is Cᵀ = Bᵀ Aᵀ by columns. It takes
#: the address of each number; where its integers have 4 bytes, these are the lower half of ours.
_PRODUCT: Final = """
declare void @trenza_LETTERgemm(ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr)
@LETTER_one = private constant TYPE 1.0
@LETTER_zero = private constant TYPE 0.0

define i32 @LETTER_product(ptr %row) {
  %tb = getelementptr i64, ptr %row, i64 1
  %m = getelementptr i64, ptr %row, i64 2
  %n = getelementptr i64, ptr %row, i64 3
  %k = getelementptr i64, ptr %row, i64 4
  %lda = getelementptr i64, ptr %row, i64 5
  %ldb = getelementptr i64, ptr %row, i64 6
  %ldc = getelementptr i64, ptr %row, i64 7
  %a_at = getelementptr i64, ptr %row, i64 12
  %b_at = getelementptr i64, ptr %row, i64 21
  %c_at = getelementptr i64, ptr %row, i64 30
  %a = load ptr, ptr %a_at
  %b = load ptr, ptr %b_at
  %c = load ptr, ptr %c_at
  call void @trenza_LETTERgemm(ptr %tb, ptr %row, ptr %n, ptr %m, ptr %k, ptr @LETTER_one,
      ptr %b, ptr %ldb, ptr %a, ptr %lda, ptr @LETTER_zero, ptr %c, ptr %ldc)
  ret i32 0
}
"""


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
        text = (_EXCHANGE if IS_X86 else _KEEP) + _REPLAY.replace("FLUSH", str(FLUSH))
        for letter, kind in (("s", "float"), ("d", "double")):
            text += _PRODUCT.replace("LETTER", letter).replace("TYPE", kind)
        self._engine = binding.create_mcjit_compiler(binding.parse_assembly(text), machine)
        self._engine.finalize_object()
        self.lock = threading.RLock()
        word, number, pointer = ctypes.c_uint32, ctypes.c_int64, ctypes.c_void_p
        self.exchange: Any = ctypes.CFUNCTYPE(word, word)(self.address("exchange"))
        self.replay: Any = ctypes.CFUNCTYPE(number, pointer, pointer, number)(self.address("replay"))

    def address(self, name: str) -> int:
        """Return where a function begins."""
        return int(self._engine.get_function_address(name))

    def load(self, code: MachineCode) -> int:
        """Add an object file and return where its entry begins."""
        with self.lock:
            _provide(code.needs)
            self._engine.add_object_file(binding.ObjectFileRef.from_data(code.binary))
            self._engine.finalize_object()
            address = self.address(code.entry)
        if not address:
            raise OSError(f"There is no function {code.entry} in this object file.")
        return address


def processor() -> tuple[str, str]:
    """Return LLVM's names of this processor and of its features, as far as it knows them."""
    try:
        features = binding.get_host_cpu_features().flatten()
    except RuntimeError:  # it knows them on some processors only
        features = ""
    return binding.get_host_cpu_name(), features


@cache
def _machine() -> _Machine:
    return _Machine()


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


def replay(entries: int, rows: int, count: int) -> int:
    """Run `count` kernels, their entries and rows in tables at these addresses; return which one failed, or -1.

    Denormals are flushed to zero meanwhile.
    """
    failed: int = _machine().replay(entries, rows, count)
    return failed


def exchange_control_word(word: int) -> int:
    """Set the control word of the float unit and return the old one. Other processors than x86 keep theirs."""
    old: int = _machine().exchange(word)
    return old


def _provide(needs: Sequence[str]) -> None:
    """See to it that all functions can be found: LLVM would end the process."""
    if all(map(binding.address_of_symbol, needs)):
        return
    from engine.compile import runtime_symbols  # imports Numba, for kernels that allocate or divide their work

    runtime_symbols.provide()
    missing = [name for name in needs if not binding.address_of_symbol(name)]
    if missing:
        raise OSError(f"There is no function {', '.join(missing)}.")
