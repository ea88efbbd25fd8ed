"""`function`: Python functions that are traced once for each kind of arguments and then run as compiled plans."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any

from engine.core import nest
from engine.core.convert import as_array
from engine.core.errors import EngineError, InvalidArgumentError, UnsupportedError
from engine.core.shape import TensorShape
from engine.core.spec import TensorSpec
from engine.graph.graph import freeze
from engine.runtime.concrete import ConcreteFunction, is_tensor_like
from engine.runtime.eager import convert_to_tensor
from engine.runtime.tensor import Tensor


class _Switch:
    """Whether functions run as plain Python, for the whole process."""

    eager = False


def run_functions_eagerly(run_eagerly: bool) -> None:
    """Let all functions run as plain Python from now on, to look into them, or compiled again.

    Examples
    --------
    >>> import engine as tf
    >>> tf.config.run_functions_eagerly(True)
    >>> tf.config.functions_run_eagerly()
    True
    >>> tf.config.run_functions_eagerly(False)
    """
    _Switch.eager = bool(run_eagerly)


def functions_run_eagerly() -> bool:
    """Return whether functions run as plain Python."""
    return _Switch.eager


def _tensor_like(value: Any, spec: Any) -> Any:
    """Return what was given for a tensor of this spec as a tensor, if it is written as numbers or lists of them."""
    if not isinstance(spec, TensorSpec) or is_tensor_like(value) or hasattr(value, "dtype"):
        return value
    return Tensor(as_array(value, spec.dtype))


class Function:
    """A Python function with its traces.

    Arguments that are tensors or arrays are told apart by shape and dtype; other arguments by their value. The Python
    code runs only when a new kind of arguments comes along, so its side effects happen then and not later. It may make
    variables the first time only.

    Parameters
    ----------
    python_function
        What is traced.
    input_signature
        The specs of its arguments: it is then traced once, for all calls.
    autograph
        Whether `if`, `while` and `for` on tensors become control flow of the graph.
    reduce_retracing
        Whether sizes in which calls differ are left open when it is traced again.
    """

    def __init__(
        self,
        python_function: Callable[..., Any],
        input_signature: Sequence[Any] | None = None,
        autograph: bool = True,
        reduce_retracing: bool = False,
    ) -> None:
        self.python_function = python_function
        self.input_signature = None if input_signature is None else list(input_signature)
        self._autograph = autograph
        self._reduce_retracing = reduce_retracing
        self._concrete: dict[Any, ConcreteFunction] = {}
        self._traces = 0
        try:
            self._signature: inspect.Signature | None = inspect.signature(python_function)
        except (TypeError, ValueError):  # some builtins have none
            self._signature = None
        parameters = self._signature.parameters.values() if self._signature else ()
        only_positional = all(p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters)
        #: With so many arguments, none of them named, there is only one form that they can have.
        self._count = len(parameters) if only_positional else -1
        functools.update_wrapper(self, python_function)

    @property
    def name(self) -> str:
        """Name of the Python function."""
        return getattr(self.python_function, "__name__", "function")

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else BoundFunction(self, instance)

    def experimental_get_tracing_count(self) -> int:
        """Return how often the Python function was traced."""
        return self._traces

    def get_concrete_function(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """Return the trace for these arguments, which may be `TensorSpec`s."""
        return self._find(args or tuple(self.input_signature or ()), kwargs)[0]

    def _bound(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments in one form, however they were written; defaults are filled in."""
        if self._signature is None or (len(args) == self._count and not kwargs):
            return args, kwargs
        try:
            bound = self._signature.bind(*args, **kwargs)
        except TypeError as error:
            raise UnsupportedError(
                "{name}{parameters} cannot be called like that: {reason}.",
                name=self.name,
                parameters=str(self._signature),
                reason=str(error),
            ) from None
        bound.apply_defaults()
        return bound.args, bound.kwargs

    def _find(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[ConcreteFunction, list[Any]]:
        if self.input_signature is not None:
            args = tuple(_tensor_like(a, w) for a, w in zip_longest(args, self.input_signature[: len(args)]))
            self._signed(_specs_of(_tensors_of((args, kwargs))))
        structure = self._bound(args, kwargs)
        tensors = _tensors_of(structure)
        specs = _specs_of(tensors)
        if self.input_signature is not None:
            specs = self._signed(specs)
        form = _shape_of(structure)
        found = self._concrete.get((form, tuple(specs))) or self._open_for(form, specs)
        if found is None:
            if self._reduce_retracing:
                specs = self._loosened(form, specs)
            found = self._traced(structure, specs)
            if found.is_closed:
                self._concrete[form, tuple(specs)] = found
        return found, tensors

    def _open_for(self, form: Any, specs: list[TensorSpec]) -> ConcreteFunction | None:
        """Return a trace with open sizes that takes these arguments."""
        if not self._reduce_retracing:
            return None
        return next(
            (
                concrete
                for (other, wanted), concrete in self._concrete.items()
                if other == form and all(w.is_compatible_with(s) for w, s in zip(wanted, specs, strict=True))
            ),
            None,
        )

    def _loosened(self, form: Any, specs: list[TensorSpec]) -> list[TensorSpec]:
        """Return the specs with those sizes open in which they differ from a call before."""
        for other, known in self._concrete:
            alike = [len(k.shape) == len(s.shape) and k.dtype is s.dtype for k, s in zip(known, specs, strict=False)]
            if other == form and all(alike):
                return [_common(k, s) for k, s in zip(known, specs, strict=True)]
        return specs

    def _traced(self, structure: Any, specs: list[TensorSpec]) -> ConcreteFunction:
        python_function = self.python_function
        if self._autograph:
            from engine.runtime.autograph import convert, original_line  # 40 ms to import, and layers need none

            python_function = convert(python_function)
        is_first = self._traces == 0
        self._traces += 1
        try:
            concrete = ConcreteFunction(python_function, structure, specs, self.name)
            if is_first and concrete.created:  # in the way it will be called from now on
                concrete = ConcreteFunction(python_function, structure, specs, self.name)
        except EngineError as error:
            if self._autograph:
                error.where = original_line(error.where)
            raise
        if concrete.created:
            raise InvalidArgumentError(
                "{name} makes the variable '{variable}' each time it is traced.",
                hint="Make variables once: outside of the function, or only if they are not there yet.",
                name=self.name,
                variable=concrete.created[0].name,
            )
        return concrete

    def _signed(self, specs: list[TensorSpec]) -> list[TensorSpec]:
        wanted = [leaf for leaf in nest.leaves(self.input_signature) if isinstance(leaf, TensorSpec)]
        if len(specs) != len(wanted) or not all(w.is_compatible_with(s) for w, s in zip(wanted, specs, strict=True)):
            raise InvalidArgumentError(
                "{name} was declared for {wanted}, but was called with {given}.",
                hint="Change the arguments, or the input_signature.",
                name=self.name,
                wanted=", ".join(map(str, wanted)),
                given=", ".join(map(str, specs)),
            )
        return wanted

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if _Switch.eager:
            return self.python_function(*args, **kwargs)
        concrete, tensors = self._find(args, kwargs)
        return concrete.run(tensors)

    def __repr__(self) -> str:
        return f"<tf.function {self.name}{self._signature or '(...)'}>"


def _tensors_of(structure: Any) -> list[Any]:
    return [
        leaf if isinstance(leaf, TensorSpec) else convert_to_tensor(leaf)
        for leaf in nest.leaves(structure)
        if is_tensor_like(leaf)
    ]


def _specs_of(tensors: Sequence[Any]) -> list[TensorSpec]:
    return [t if isinstance(t, TensorSpec) else t.spec for t in tensors]


def _common(a: TensorSpec, b: TensorSpec) -> TensorSpec:
    return TensorSpec(TensorShape(x if x == y else None for x, y in zip(a.shape, b.shape, strict=True)), a.dtype)


class BoundFunction:
    """A compiled method of an object."""

    def __init__(self, function: Function, instance: Any) -> None:
        self._function = function
        self._instance = instance
        functools.update_wrapper(self, function.python_function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(self._instance, *args, **kwargs)

    def get_concrete_function(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """Return the trace for these arguments, which may be `TensorSpec`s."""
        return self._function.get_concrete_function(self._instance, *args, **kwargs)

    def experimental_get_tracing_count(self) -> int:
        """Return how often the method was traced, for all objects together."""
        return self._function.experimental_get_tracing_count()


def _shape_of(structure: Any) -> Any:
    """Return the structure as a key: tensors as marks, other leaves by value and type."""
    if isinstance(structure, dict):
        return ("dict", *((k, _shape_of(structure[k])) for k in sorted(structure)))
    if isinstance(structure, list | tuple):
        return (type(structure).__name__, *(_shape_of(item) for item in structure))
    if is_tensor_like(structure):
        return "tensor"
    try:
        key = freeze(structure)
        hash(key)
    except (TypeError, EngineError):
        return "object", id(structure)
    return type(structure).__name__, key


def function(
    func: Callable[..., Any] | None = None,
    input_signature: Sequence[Any] | None = None,
    autograph: bool = True,
    jit_compile: bool | None = None,
    reduce_retracing: bool = False,
    **_options: Any,
) -> Any:
    """Compile a Python function: it is traced to a graph, which is optimised and runs as fused kernels.

    Parameters
    ----------
    func
        The function; without it, a decorator is returned.
    input_signature
        The specs of its tensors: it is then traced once, for all calls.
    autograph
        Whether `if`, `while` and `for` on tensors become control flow of the graph.
    jit_compile
        Taken for TensorFlow's sake: every function is compiled.
    reduce_retracing
        Whether sizes in which calls differ are left open when it is traced again.

    Examples
    --------
    >>> import engine as tf
    >>> @tf.function
    ... def f(x):
    ...     print("traced")
    ...     return x * x + 1.0
    >>> float(f(tf.constant(2.0))), float(f(tf.constant(3.0)))
    traced
    (5.0, 10.0)
    """
    if func is None:
        return lambda f: function(f, input_signature, autograph, jit_compile, reduce_retracing)
    return Function(func, input_signature, autograph, reduce_retracing)
