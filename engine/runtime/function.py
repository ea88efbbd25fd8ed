"""`function`: Python functions that are traced once for each kind of arguments and then run as compiled plans."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.core import nest
from engine.core.convert import as_array
from engine.core.dispatch import interpreting, is_tracing
from engine.core.errors import EngineError, InvalidArgumentError
from engine.core.spec import TensorSpec
from engine.graph.graph import Graph, freeze
from engine.graph.interpret import replay
from engine.graph.trace import SymbolicTensor, Tracer
from engine.runtime.eager import convert_to_tensor
from engine.runtime.tape import is_recording, observe, stop_recording
from engine.runtime.tensor import Tensor
from engine.runtime.variable import Variable

if TYPE_CHECKING:
    from engine.compile.plan import Report
    from engine.runtime.executor import Executor, OpenExecutor


class ConcreteFunction:
    """A function traced for arguments of certain shapes and dtypes.

    Attributes
    ----------
    graph
        As traced. `engine.passes.stages` shows what the passes make of it.
    """

    def __init__(self, python_function: Callable[..., Any], args: Any, specs: Sequence[TensorSpec], name: str) -> None:
        self.name = name
        self.specs = list(specs)
        self._kept = args  # arguments that are told apart by identity must not be replaced by others at their address
        tracer = Tracer(observe)
        # the trace belongs to no tape: what runs is recorded when it is called
        with stop_recording(), interpreting(tracer):
            symbols = iter([tracer.input(s) for s in specs])
            positional, keywords = nest.map_structure(lambda a: next(symbols) if _is_tensor_like(a) else a, args)
            result = python_function(*positional, **keywords)
            outputs = [None if leaf is None else tracer.convert(leaf) for leaf in nest.leaves(result)]
        self._structure = result
        self._gaps = [o is None for o in outputs]
        self.graph: Graph = tracer.graph([o for o in outputs if o is not None])
        self.captured = tracer.captured()
        self.updates: list[Variable] = tracer.updates
        self._executors: dict[Any, Executor | OpenExecutor] = {}

    def executor(self, specs: Sequence[TensorSpec], report: Report | None = None) -> Any:
        """Return the plan for arguments of these shapes, made at the first call."""
        from engine.runtime.executor import executor_for  # Numba takes a second to import; eager programs need none

        key = tuple(specs)
        if key not in self._executors:
            self._executors[key] = executor_for(self.graph, specs, self.captured, self.updates, report)
        return self._executors[key]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run on arguments like those it was traced for.

        Raises
        ------
        InvalidArgumentError
            If their number, a shape or a dtype is another.
        """
        given = [convert_to_tensor(a) for a in nest.leaves((args, kwargs)) if _is_tensor_like(a) or _is_number(a)]
        fits = len(given) == len(self.specs)
        if not fits or not all(w.is_compatible_with(t.spec) for w, t in zip(self.specs, given, strict=True)):
            raise InvalidArgumentError(
                "{name} was traced for {wanted}, but was called with {given}.",
                hint="Call the function itself: it is traced anew where need be.",
                name=self.name,
                wanted=", ".join(map(str, self.specs)),
                given=", ".join(str(t.spec) for t in given),
            )
        return self.run(given)

    def run(self, tensors: Sequence[Any]) -> Any:
        """Run on the tensors among the arguments and return the result in the function's own structure."""
        if is_tracing() or is_recording():
            results = self._replay(tensors)
        else:
            arrays = [t._array for t in tensors]
            results = self.executor([t.spec for t in tensors])(arrays)
        given = iter(results)
        leaves = [None if gap else next(given) for gap in self._gaps]
        return nest.rebuild(self._structure, iter(leaves))

    def _replay(self, tensors: Sequence[Any]) -> list[Any]:
        """Apply the ops one by one: into the trace that is going on, or where a tape must see them."""
        arguments = iter(tensors)
        given = [self.captured[v] if v in self.captured else next(arguments) for v in self.graph.inputs]
        results = replay(self.graph, [g.read_value() if isinstance(g, Variable) else g for g in given])
        split = len(results) - len(self.updates)
        for variable, value in zip(self.updates, results[split:], strict=True):
            variable.assign(value)
        return results[:split]


def _tensor_like(value: Any, spec: TensorSpec | None) -> Any:
    """Return what was given for a tensor of this spec as a tensor, if it is written as numbers or lists of them."""
    if spec is None or _is_tensor_like(value) or hasattr(value, "dtype"):
        return value
    return Tensor(as_array(value, spec.dtype))


def _is_number(leaf: Any) -> bool:
    return isinstance(leaf, int | float) and not isinstance(leaf, bool)


def _is_tensor_like(leaf: Any) -> bool:
    return isinstance(leaf, Tensor | SymbolicTensor | np.ndarray | np.generic | TensorSpec)


class Function:
    """A Python function with its traces.

    Arguments that are tensors or arrays are told apart by shape and dtype; other arguments by their value. The Python
    code runs only when a new kind of arguments comes along, so its side effects happen then and not later.
    """

    def __init__(
        self, python_function: Callable[..., Any], input_signature: Sequence[TensorSpec] | None = None
    ) -> None:
        self.python_function = python_function
        self.input_signature = None if input_signature is None else list(input_signature)
        self._concrete: dict[Any, ConcreteFunction] = {}
        functools.update_wrapper(self, python_function)

    @property
    def name(self) -> str:
        """Name of the Python function."""
        return getattr(self.python_function, "__name__", "function")

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else BoundFunction(self, instance)

    def experimental_get_tracing_count(self) -> int:
        """Return how often the Python function was traced."""
        return len(self._concrete)

    def get_concrete_function(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """Return the trace for these arguments, which may be `TensorSpec`s."""
        return self._find(args or tuple(self.input_signature or ()), kwargs)[0]

    def _find(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[ConcreteFunction, list[Any]]:
        if self.input_signature is not None:
            args = tuple(_tensor_like(a, w) for a, w in zip_longest(args, self.input_signature[: len(args)]))
        structure = (args, kwargs)
        leaves = list(nest.leaves(structure))
        tensors = [
            leaf if isinstance(leaf, TensorSpec) else convert_to_tensor(leaf)
            for leaf in leaves
            if _is_tensor_like(leaf)
        ]
        specs = [t if isinstance(t, TensorSpec) else t.spec for t in tensors]
        if self.input_signature is not None:
            specs = self._signed(specs)
        key = (tuple(specs), _shape_of(structure))
        if key not in self._concrete:
            self._concrete[key] = ConcreteFunction(self.python_function, structure, specs, self.name)
        return self._concrete[key], tensors

    def _signed(self, specs: list[TensorSpec]) -> list[TensorSpec]:
        wanted = self.input_signature or []
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
        concrete, tensors = self._find(args, kwargs)
        return concrete.run(tensors)

    def __repr__(self) -> str:
        return f"<tf.function {self.name}{inspect.signature(self.python_function)}>"


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
    if _is_tensor_like(structure):
        return "tensor"
    try:
        key = freeze(structure)
        hash(key)
    except (TypeError, EngineError):
        return "object", id(structure)
    return type(structure).__name__, key


def function(
    func: Callable[..., Any] | None = None,
    input_signature: Sequence[TensorSpec] | None = None,
    **_options: Any,
) -> Any:
    """Compile a Python function: it is traced to a graph, which is optimised and runs as fused kernels.

    Parameters
    ----------
    func
        The function; without it, a decorator is returned.
    input_signature
        The specs of its tensors: it is then traced once, for all calls.

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
        return lambda f: function(f, input_signature)
    return Function(func, input_signature)
