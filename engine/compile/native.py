"""From a Python function to a kernel's machine code, by Numba."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Final

from llvmlite import ir
from numba.core import compiler, sigutils, types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target

from engine.compile.machine import MachineCode, prepare
from engine.compile.row import slots
from engine.core.errors import FailedPreconditionError

#: Words of NumPy that make arrays. A kernel that has none needs none of what Numba counts references with.
_MAKERS: Final = frozenset({"empty", "zeros", "ones", "full", "copy"})
_WORD: Final = ir.IntType(64)


class Apart(CompilerBase):  # type: ignore[misc]  # Numba has no types
    """Numba's usual passes, with LLVM told that no argument overlaps another.

    Without that it compares addresses before each loop and gives up beyond eight pairs: the update of Adam on 100,000
    weights, which writes over what it reads, so took 233 µs instead of 30. A plan never passes one buffer twice if
    the kernel writes to it: what is written over is one argument, read and written at the same place.
    """

    def define_pipelines(self) -> list[Any]:
        self.state.flags.noalias = True
        return [DefaultPassBuilder.define_nopython_pipeline(self.state)]


class _Emitted(JITCodeLibrary):  # type: ignore[misc]
    """Code that is not run where it is compiled: Numba's engine would keep 1 MB of each kernel for good."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


def native(signature: str, **options: Any) -> Callable[[Callable[..., None]], MachineCode]:
    """Return a decorator that compiles a function without results to machine code with an entry of its own.

    Numba's own way makes two more functions that take Python's objects, and calls them. Without these a small kernel
    is compiled in 0.07 s instead of 0.14, and can be used where Numba is not loaded.

    Parameters
    ----------
    signature
        Numba's: of int64, float64 and contiguous arrays.
    options
        As for ``numba.njit``.

    Raises
    ------
    FailedPreconditionError
        If ``NUMBA_DISABLE_JIT`` is set.
    """
    if os.environ.get("NUMBA_DISABLE_JIT", "0") != "0":
        raise FailedPreconditionError(
            "Numba, which compiles kernels, is turned off by NUMBA_DISABLE_JIT.", hint="Unset it, or work eagerly."
        )

    def compiled(function: Callable[..., None]) -> MachineCode:
        return _compile(function, signature, options)

    return compiled


def _compile(function: Callable[..., None], signature: str, options: dict[str, Any]) -> MachineCode:
    prepare()
    entry = function.__module__.rpartition(".")[2]
    makes_arrays = any(_MAKERS & set(code.co_names) for code in map(_code_of, function.__globals__.values()) if code)
    flags = compiler.Flags()
    cpu_target.options.parse_as_flags(flags, {**options, "_nrt": makes_arrays or bool(options.get("parallel"))})
    flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
    arguments, _ = sigutils.normalize_signature(signature)
    context = cpu_target.target_context
    with global_compiler_lock:
        library = _Emitted(context.codegen(), entry)
        result = compiler.compile_extra(
            cpu_target.typing_context, context, function, arguments, types.void, flags, {}, library, Apart
        )
        library.add_ir_module(_entry(context, result.fndesc, entry))
        library.finalize()
        return MachineCode(entry, library._codegen._tm.emit_object(library._final_module), _needs(library))


def _code_of(value: Any) -> Any:
    return getattr(getattr(value, "py_func", value), "__code__", None)


def _entry(context: Any, function: Any, name: str) -> Any:
    """Return a module with the function that takes the arguments from a row."""
    module = context.create_module(name)
    called = ir.Function(
        module, context.call_conv.get_function_type(function.restype, function.argtypes), function.llvm_func_name
    )
    entry = ir.Function(module, ir.FunctionType(ir.IntType(32), [_WORD.as_pointer()]), name)
    builder = ir.IRBuilder(entry.append_basic_block())
    arguments, at = [], 0
    for kind in function.argtypes:
        place = builder.gep(entry.args[0], [_WORD(at)])
        arguments.append(builder.load(builder.bitcast(place, context.get_value_type(kind).as_pointer())))
        at += slots(kind.ndim) if isinstance(kind, types.Array) else 1
    status, _ = context.call_conv.call_function(builder, called, function.restype, function.argtypes, arguments)
    builder.ret(status.code)
    return module


def _needs(library: Any) -> tuple[str, ...]:
    """Return the functions that are called and not there."""
    text = str(library._final_module)
    declared = (f.name for f in library._final_module.functions if f.is_declaration)
    return tuple(n for n in declared if not n.startswith("llvm.") and text.count(f"@{n}(") > 1)
