"""Rewriting functions: which are rewritten, how calls in them are carried out, and what their lines were."""

from __future__ import annotations

import functools
import importlib.util  # noqa: F401  # the transpiler takes it for granted
import inspect
import sysconfig
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from malt.core import converter
from malt.impl import api
from malt.operators import py_builtins
from malt.pyct import origin_info

from engine.runtime.autograph import branches, builtins, logic, loops

_ENGINE: Final = str(Path(__file__).resolve().parents[2])
_LIBRARIES: Final = tuple({_ENGINE, *(sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib"))})
_OPTIONS: Final = converter.ConversionOptions(recursive=True, user_requested=True, optional_features=None)
#: What the words of a rewritten function mean.
_STATEMENTS: Final[Mapping[str, Any]] = {
    "and_": logic.and_,
    "for_stmt": loops.for_stmt,
    "if_exp": branches.if_exp,
    "if_stmt": branches.if_stmt,
    "not_": logic.not_,
    "or_": logic.or_,
    "while_stmt": loops.while_stmt,
}
_CONTEXTUAL: Final = {eval, globals, locals, super}

#: For each generated file what its lines were.
_lines: dict[str, Mapping[Any, Any]] = {}


class _Transpiler(api.PyToPy):  # type: ignore[misc]  # malt has no types
    """Rewrites functions; the words of the result mean what `_STATEMENTS` says."""

    _extra_locals: dict[str, Any] | None

    def get_extra_locals(self) -> dict[str, Any]:
        if self._extra_locals is None:
            words = dict(super().get_extra_locals()["ag__"].__dict__)
            module = ModuleType("ag__")
            module.__dict__.update(words)
            module.__dict__.update(_STATEMENTS)
            module.__dict__["converted_call"] = converted_call
            self._extra_locals = {"ag__": module}
        return dict(self._extra_locals)


_transpiler = _Transpiler()


def convert(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function in which `if`, `while`, `for`, `and`, `or` and `not` work on tensors of a trace.

    Functions of libraries stay as they are, and so do those whose source cannot be found.
    """
    if isinstance(function, functools.partial):
        return functools.partial(convert(function.func), *function.args, **function.keywords)
    if inspect.ismethod(function):
        changed = _converted(function.__func__)
        return function if changed is function.__func__ else functools.partial(changed, function.__self__)
    if not inspect.isfunction(function):
        call = getattr(type(function), "__call__", None)  # noqa: B004  # the class's, whose source can be rewritten
        if inspect.isclass(function) or not inspect.isfunction(call) or _converted(call) is call:
            return function
        return functools.partial(_converted(call), function)
    return _converted(function)


def _converted(function: Any) -> Callable[..., Any]:
    """Return the function rewritten; itself, if it is not the user's own."""
    code = function.__code__
    if (
        code.co_filename.startswith((*_LIBRARIES, "<string>"))
        or code.co_filename in _lines
        or api.is_autograph_artifact(function)
        or inspect.isgeneratorfunction(function)
        or inspect.iscoroutinefunction(function)
        or hasattr(function, "__wrapped__")
    ):
        return function  # type: ignore[no-any-return]
    try:
        changed, module, source_map = _transpiler.transform(function, converter.ProgramContext(options=_OPTIONS))
    except Exception:  # the transpiler raises whatever it meets: without a source the function runs as it is
        return function  # type: ignore[no-any-return]
    _lines[module.__file__] = source_map
    result: Callable[..., Any] = changed
    return result


def converted_call(function: Any, args: Any, kwargs: Any, scope: Any = None, options: Any = None) -> Any:
    """Call a function from a rewritten one: rewritten too, if it is the user's own."""
    keywords = kwargs or {}
    try:
        if function in _CONTEXTUAL:
            return _in_context(function, args, scope)
        if function in builtins.TABLE:
            return builtins.TABLE[function](*args, **keywords)
    except TypeError as error:
        if "unhashable" not in str(error):
            raise
    return convert(function)(*args, **keywords)


def _in_context(function: Any, args: Any, scope: Any) -> Any:
    """Call a builtin that looks at the function it is called from: the original one."""
    if function is super:
        return py_builtins.super_in_original_context(function, args, scope)
    if function is eval:
        return py_builtins.eval_in_original_context(function, args, scope)
    return (py_builtins.locals_in_original_context if function is locals else py_builtins.globals_in_original_context)(
        scope
    )


def original_line(where: str) -> str:
    """Return `file:line` of the user's source for a line of a generated file; other lines as they are."""
    file, _, line = where.rpartition(":")
    source_map = _lines.get(file)
    if source_map is None:
        return where
    wanted = int(line)
    while wanted > 0:  # the generated lines around it belong to the same statement
        origin = source_map.get(origin_info.LineLocation(file, wanted))
        if origin is not None:
            return f"{origin.loc.filename}:{origin.loc.lineno}"
        wanted -= 1
    return where
