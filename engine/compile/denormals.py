"""Flush-to-zero: numbers below 1e-38 are taken for zero while a plan runs.

On x86 a denormal operand costs some hundred cycles: Adam on 109k parameters went from 60 µs to 3 ms with them.
"""

from __future__ import annotations

import platform
from typing import Any, Final

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

_IS_X86: Final = platform.machine().lower() in ("x86_64", "amd64", "i686", "i386")

#: Flush results to zero (bit 15) and take denormal operands for zero (bit 6), all exceptions masked as by default.
FLUSH: Final = 0x9FC0


@intrinsic
def _exchange(typingctx: Any, word: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        if not _IS_X86:
            return args[0]
        bytes_pointer = ir.IntType(8).as_pointer()
        place = builder.alloca(ir.IntType(32))
        pointer = builder.bitcast(place, bytes_pointer)
        kind = ir.FunctionType(ir.VoidType(), [bytes_pointer])
        read, write = (
            builder.module.globals.get(name) or ir.Function(builder.module, kind, name)
            for name in ("llvm.x86.sse.stmxcsr", "llvm.x86.sse.ldmxcsr")
        )
        builder.call(read, [pointer])
        old = builder.load(place)
        builder.store(args[0], place)
        builder.call(write, [pointer])
        return old

    return types.uint32(types.uint32), codegen


@njit("uint32(uint32)", cache=True)
def exchange_control_word(word):  # type: ignore[no-untyped-def]
    """Set the control word of the float unit and return the old one. Other processors than x86 keep theirs."""
    return _exchange(word)
