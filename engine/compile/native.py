"""From a Python function to a kernel's machine code, by Numba."""

from __future__ import annotations

import marshal
import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from numba import njit
from numba._dynfunc import make_function
from numba.core import compiler, types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_lock import global_compiler_lock
from numba.core.compiler_machinery import register_pass
from numba.core.registry import cpu_target
from numba.core.typed_passes import NativeLowering

from engine.compile.entry import Arguments, entry_module
from engine.compile.machine import MachineCode, prepare
from engine.core.errors import FailedPreconditionError


class Apart(CompilerBase):  # type: ignore[misc]  # Numba has no types
    """Numba's usual passes, with LLVM told that no argument overlaps another.

    Without that it compares addresses before each loop and gives up beyond eight pairs: the update of Adam on 100,000
    weights, which writes over what it reads, so took 233 µs instead of 30. A plan never passes one buffer twice if
    the kernel writes to it: what is written over is one argument, read and written at the same place.
    """

    def define_pipelines(self) -> list[Any]:
        self.state.flags.noalias = True
        return [DefaultPassBuilder.define_nopython_pipeline(self.state)]


class _Included(JITCodeLibrary):  # type: ignore[misc]
    """Code that is only compiled into that of others: it is left to them to optimise it, and it is not run here."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class _Including(NativeLowering):  # type: ignore[misc]
    """Numba's translation to LLVM, but for machine code to run: of a helper alone it would never be used."""

    _name = "trenza_including"

    def run_pass(self, state: Any) -> bool:
        state.library = _Included(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        function, name = state.cr.fndesc, state.func_id.func_name
        # callers find the code by this object, which stands for a function of Python's that is never called
        token = make_function(function.lookup_module(), name, "", 0, state.cr.env, (state.library,))
        state.targetctx.insert_user_function(token, function, [state.library])
        state.cr = state.cr._replace(cfunc=token)
        return True


class _Helper(CompilerBase):  # type: ignore[misc]
    def define_pipelines(self) -> list[Any]:
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.passes = [(_Including, name) if one is NativeLowering else (one, name) for one, name in passes.passes]
        return [passes]


class _Emitted(JITCodeLibrary):  # type: ignore[misc]
    """Code that is not run where it is compiled: Numba's engine would keep 1 MB of each kernel for good."""

    #: Whether code is wanted soon rather than quick: where bounds are checked, loops are not vectorised anyway.
    checks_bounds = False

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True

    def _optimize_final_module(self) -> None:
        # Numba goes through twice, so that it finds where references are counted: here they are not
        less = {"opt": 1, "loop_vectorize": False, "slp_vectorize": False} if self.checks_bounds else {}
        passes, builder = self._codegen._module_pass_manager(**less)
        passes.run(self._final_module, builder)


#: The helpers of all kernels, by their code, what its names mean, and options.
_helpers: dict[tuple[bytes, tuple[int, ...], str], Any] = {}


def helper(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator that lets kernels call a function; equal functions of several kernels are compiled once.

    Parameters
    ----------
    options
        As for ``numba.njit``.
    """
    # only kernels call it: what would take Python's objects need not be compiled
    own = {**options, "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}

    def decorated(function: Callable[..., Any]) -> Any:
        code = function.__code__.replace(co_filename="", co_firstlineno=1)
        # what its words mean is part of what it does: they are modules and other helpers, which stay
        meanings = tuple(id(function.__globals__.get(name)) for name in code.co_names)
        key = marshal.dumps(code), meanings, repr(sorted(options.items()))
        if key not in _helpers:
            _helpers[key] = njit(pipeline_class=_Helper, **own)(function)
        return _helpers[key]

    return decorated


def native(parameters: Mapping[str, str], own: Sequence[str] = (), **options: Any) -> Callable[..., MachineCode]:
    """Return what compiles functions without results to machine code with one entry, which calls them in order.

    Numba's own way makes two more functions of each that take Python's objects, and calls them. Without these a small
    kernel is compiled in 0.07 s instead of 0.14, and can be used where Numba is not loaded.

    Parameters
    ----------
    parameters
        For each argument Numba's name of its type: int64, float64 or a contiguous array. A function is given those that
        it names. One whose first parameter is `part` is called for every part from 0 up to the argument `parts`, by the
        threads of the team.
    own
        Which arrays each thread has for itself.
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

    def compiled(*stages: Callable[..., None]) -> MachineCode:
        return _compile(stages, Arguments(parameters, own), options)

    return compiled


def _compile(stages: Sequence[Callable[..., None]], arguments: Arguments, options: dict[str, Any]) -> MachineCode:
    prepare()
    name = stages[0].__module__.rpartition(".")[2]
    flags = compiler.Flags()
    cpu_target.options.parse_as_flags(flags, {**options, "_nrt": False})
    flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
    context = cpu_target.target_context
    with global_compiler_lock:
        library = _Emitted(context.codegen(), name)
        library.checks_bounds = options.get("boundscheck", False)
        calls = [(f, _lowered(f, arguments.of(f), flags, library)) for f in stages]
        library.add_ir_module(entry_module(context, name, calls, arguments))
        library.finalize()
        return MachineCode(name, library._codegen._tm.emit_object(library._final_module), _needs(library))


def _lowered(function: Callable[..., None], kinds: Sequence[Any], flags: Any, library: Any) -> Any:
    """Compile a function into a library; return what Numba knows of it."""
    typing, context = cpu_target.typing_context, cpu_target.target_context
    result = compiler.compile_extra(typing, context, function, kinds, types.void, flags, {}, library, Apart)
    return result.fndesc


def _needs(library: Any) -> tuple[str, ...]:
    """Return the functions that are called and not there."""
    text = str(library._final_module)
    declared = (f.name for f in library._final_module.functions if f.is_declaration)
    return tuple(n for n in declared if not n.startswith("llvm.") and re.search(f"@{re.escape(n)}[(,]", text))
