"""The entry of a kernel: from a row of arguments to calls of its functions, for each part of the work if it has any."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import signature
from typing import Any, Final

from llvmlite import ir
from numba.core import sigutils, types

from engine.compile.row import slots

#: The parameter by which a function says that it is called for each part.
_PART: Final = "part"
_WORD: Final = ir.IntType(64)
_STATUS: Final = ir.IntType(32)
_ADDRESS: Final = ir.IntType(8).as_pointer()
_FUNCTION: Final = ir.FunctionType(_STATUS, [_WORD.as_pointer(), _WORD, _WORD])


class Arguments:
    """The arguments of a kernel.

    Parameters
    ----------
    parameters
        For each its name and Numba's name of its type.
    own
        Arrays of which each thread has one.
    """

    def __init__(self, parameters: Mapping[str, str], own: Sequence[str]) -> None:
        kinds, _ = sigutils.normalize_signature(f"void({', '.join(parameters.values())})")
        self.types: dict[str, Any] = dict(zip(parameters, kinds, strict=True))
        self.own = own
        self.places: dict[str, int] = {}
        at = 0
        for name, kind in self.types.items():
            self.places[name] = at
            at += slots(kind.ndim) if isinstance(kind, types.Array) else 1

    def of(self, function: Callable[..., None]) -> tuple[Any, ...]:
        """Return the types of a function's parameters."""
        return tuple(types.int64 if name == _PART else self.types[name] for name in signature(function).parameters)


def entry_module(
    context: Any, name: str, calls: Sequence[tuple[Callable[..., None], Any]], arguments: Arguments
) -> Any:
    """Return a module with the function ``int32 name(int64 *row, int64 worker)``.

    Parameters
    ----------
    context
        Numba's, for a kind of processor.
    calls
        The functions to call, in order, and what Numba knows of each that it has compiled.
    """
    module = context.create_module(name)
    entry = ir.Function(module, ir.FunctionType(_STATUS, [_WORD.as_pointer(), _WORD]), name)
    builder = ir.IRBuilder(entry.append_basic_block())
    row, worker = entry.args
    divide = ir.Function(
        module, ir.FunctionType(_STATUS, [_FUNCTION.as_pointer(), _WORD.as_pointer(), _WORD, _WORD]), "trenza_divide"
    )
    for number, (function, compiled) in enumerate(calls):
        called = _stage(context, module, f"stage{number}", function, compiled, arguments)
        if _PART in signature(function).parameters:
            parts = builder.load(builder.gep(row, [_WORD(arguments.places["parts"])]))
            status = builder.call(divide, [called, row, parts, worker])
        else:
            status = builder.call(called, [row, _WORD(0), worker])
        with builder.if_then(builder.icmp_signed("!=", status, _STATUS(0)), likely=False):
            builder.ret(status)
    builder.ret(_STATUS(0))
    return module


def _stage(
    context: Any, module: Any, name: str, function: Callable[..., None], compiled: Any, arguments: Arguments
) -> Any:
    """Return the function ``int32 stage(int64 *row, int64 part, int64 worker)``."""
    inner = ir.Function(
        module, context.call_conv.get_function_type(compiled.restype, compiled.argtypes), compiled.llvm_func_name
    )
    stage = ir.Function(module, _FUNCTION, name)
    stage.linkage = "internal"
    builder = ir.IRBuilder(stage.append_basic_block())
    row, part, worker = stage.args
    owner = builder.select(builder.icmp_signed("<", worker, _WORD(0)), _WORD(0), worker)
    values = []
    for parameter in signature(function).parameters:
        if parameter == _PART:
            values.append(part)
            continue
        kind, at = context.get_value_type(arguments.types[parameter]), arguments.places[parameter]
        value = builder.load(builder.bitcast(builder.gep(row, [_WORD(at)]), kind.as_pointer()))
        if parameter in arguments.own:
            apart = builder.load(builder.gep(row, [_WORD(at)]))
            array = context.make_array(arguments.types[parameter])(context, builder, value)
            moved = builder.gep(builder.bitcast(array.data, _ADDRESS), [builder.mul(owner, apart)])
            array.data = builder.bitcast(moved, array.data.type)
            value = array._getvalue()
        values.append(value)
    status, _ = context.call_conv.call_function(builder, inner, compiled.restype, compiled.argtypes, values)
    builder.ret(status.code)
    return stage
