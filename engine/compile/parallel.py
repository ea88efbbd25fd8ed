"""Parallel loops in kernels: their range, and how each thread is prepared."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import njit, prange, types
from numba.extending import intrinsic

from engine.compile.machine import FLUSH, IS_X86

__all__ = ["flush", "prange"]


@intrinsic
def _set_control_word(typingctx: Any, word: Any) -> Any:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        if IS_X86:
            place = builder.alloca(ir.IntType(32))
            builder.store(args[0], place)
            pointer = ir.IntType(8).as_pointer()
            kind = ir.FunctionType(ir.VoidType(), [pointer])
            name = "llvm.x86.sse.ldmxcsr"
            write = builder.module.globals.get(name) or ir.Function(builder.module, kind, name)
            builder.call(write, [builder.bitcast(place, pointer)])
        return context.get_dummy_value()

    return types.void(types.uint32), codegen


@njit(error_model="numpy")
def flush():  # type: ignore[no-untyped-def]
    """Let this thread take denormals for zero: the control word of the caller does not reach others."""
    _set_control_word(FLUSH)
