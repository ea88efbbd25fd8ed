"""A function traced for one kind of arguments: a graph, what it captured, and how it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.core import nest
from engine.core.dispatch import interpreting, is_tracing
from engine.core.errors import EngineError, FailedPreconditionError, InvalidArgumentError
from engine.core.op import OPS, Op
from engine.core.spec import TensorSpec
from engine.graph.graph import Graph, Value
from engine.graph.interpret import replay
from engine.graph.joint import Joint, joint
from engine.graph.trace import SymbolicTensor, Tracer
from engine.passes import stages
from engine.runtime.eager import convert_to_tensor
from engine.runtime.tape import is_recording, observe, stop_recording
from engine.runtime.tensor import Tensor
from engine.runtime.variable import Variable

if TYPE_CHECKING:
    from engine.compile.explain import Explanation
    from engine.compile.plan import Report
    from engine.runtime.executor import Executor, OpenExecutor


@dataclass(eq=False)
class Traced:
    """What a trace found out.

    Parameters
    ----------
    graph
        Its first inputs are the arguments that are tensors; its last outputs the next states of `updates`.
    captured
        The tensor or variable behind each other input.
    updates
        The variables that are assigned to.
    """

    graph: Graph
    captured: dict[Value, Any] = field(default_factory=dict)
    updates: list[Variable] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._executors: dict[Any, Executor | OpenExecutor] = {}
        self._halves: _Halves | None = None
        self._is_refused = False

    def executor(self, specs: Sequence[TensorSpec], report: Report | None = None) -> Any:
        """Return the plan for arguments of these shapes, made at the first call."""
        from engine.runtime.executor import executor_for  # Numba takes a second to import; eager programs need none

        key = tuple(specs)
        if key not in self._executors:
            self._executors[key] = executor_for(self.graph, specs, self.captured, self.updates, report)
        return self._executors[key]

    def run(self, tensors: Sequence[Any]) -> list[Any]:
        """Return the outputs for these arguments, compiled; into a trace that is going on its ops are copied."""
        if is_tracing():
            return self._replayed(tensors)
        if is_recording():
            return self._recorded(tensors)
        results: list[Any] = self.executor([t.spec for t in tensors])([t._array for t in tensors])
        return results

    def inputs(self, tensors: Sequence[Any]) -> list[Any]:
        """Return a tensor for each input of the graph; tapes learn of the variables that are read."""
        given = iter(tensors)
        found = [self.captured[v] if v in self.captured else next(given) for v in self.graph.inputs]
        return [f.read_value() if isinstance(f, Variable) else f for f in found]

    def _replayed(self, tensors: Sequence[Any]) -> list[Any]:
        results = replay(self.graph, self.inputs(tensors))
        split = len(results) - len(self.updates)
        for variable, value in zip(self.updates, results[split:], strict=True):
            variable.assign(value)
        return results[:split]

    def _recorded(self, tensors: Sequence[Any]) -> list[Any]:
        """Run it as one op, the gradient of which is a compiled program too."""
        halves = self.halves
        if halves is None:
            return self._replayed(tensors)
        inputs = self.inputs(tensors)
        with stop_recording():
            outputs = halves.forward.run(inputs)
        observe(halves.op, inputs, outputs, {})
        count = len(self.graph.outputs)
        split = count - len(self.updates)
        for variable, value in zip(self.updates, outputs[split:count], strict=True):
            variable.assign(value)
        return outputs[:split]

    @property
    def halves(self) -> _Halves | None:
        """The graph and its gradient, made once; None if an op has none, which may not matter: each will tell."""
        if self._halves is None and not self._is_refused:
            try:
                self._halves = _Halves(joint(self.graph))
            except EngineError:
                self._is_refused = True
        return self._halves


class _Halves:
    """A graph and its gradient as programs."""

    def __init__(self, whole: Joint) -> None:
        self.joint = whole
        self.forward, self.backward = Traced(whole.forward), Traced(whole.backward)
        #: What tapes take a run for.
        self.op = Op(
            name="function",
            summary="A compiled function.",
            inputs=(),
            outputs=("values",),
            infer=lambda *specs: (),
            reference=lambda *arrays: (),
            gradient=self._gradient,
            internal=True,
        )

    def _gradient(self, g: Sequence[Any], y: Sequence[Any], *inputs: Any) -> list[Any]:
        if all(d is None for d in g[len(g) - self.joint.kept :]):
            return self.slopes(g, y, inputs)
        # what was kept for a first gradient leads to a second one
        again = self.forward.halves
        if again is None:
            raise InvalidArgumentError(
                "A gradient of this function cannot be differentiated again.",
                hint="An op in it has no second gradient.",
                op="function",
            )
        return again.slopes(g, again.forward.run(inputs), inputs)

    def slopes(self, g: Sequence[Any], outputs: Sequence[Any], inputs: Sequence[Any]) -> list[Any]:
        """Return the gradient at each input, given those at the outputs of the forward half; None stands for zero."""
        kept = outputs[len(outputs) - self.joint.kept :]
        seeds = [OPS["zeros_like"](outputs[t]) if g[t] is None else g[t] for t in self.joint.targets]
        found: list[Any] = [None] * len(inputs)
        results = self.backward.run([*kept, *[inputs[i] for i in self.joint.inputs], *seeds])
        for source, slope in zip(self.joint.sources, results, strict=True):
            found[source] = slope
        return found


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
        tracer = Tracer(observe, inner=is_tracing())
        # the trace belongs to no tape: what runs is recorded when it is called
        with stop_recording(), interpreting(tracer):
            symbols = iter([tracer.input(s) for s in specs])
            positional, keywords = nest.map_structure(lambda a: next(symbols) if is_tensor_like(a) else a, args)
            result = python_function(*positional, **keywords)
            outputs = [None if leaf is None else tracer.convert(leaf) for leaf in nest.leaves(result)]
        self._structure = result
        self._gaps = [o is None for o in outputs]
        self.created: list[Variable] = tracer.created
        self._traced = Traced(
            tracer.graph([o for o in outputs if o is not None]), tracer.captured(), list(tracer.updates)
        )

    @property
    def graph(self) -> Graph:
        """As traced."""
        return self._traced.graph

    @property
    def is_closed(self) -> bool:
        """Whether it uses no tensors of a trace around it, beyond which it would have no meaning."""
        return not any(isinstance(thing, SymbolicTensor) for thing in self._traced.captured.values())

    @property
    def updates(self) -> list[Variable]:
        """The variables that it assigns to."""
        return self._traced.updates

    @property
    def variables(self) -> list[Variable]:
        """The variables that it reads or assigns to."""
        return [v for v in self._traced.captured.values() if isinstance(v, Variable)]

    @property
    def captured(self) -> Mapping[Value, Any]:
        """The tensor or variable behind each input of the graph that is no argument."""
        return self._traced.captured

    def inputs(self, tensors: Sequence[Any]) -> list[Any]:
        """Return a tensor for each input of the graph: the arguments, and what was captured as it is now."""
        return self._traced.inputs(tensors)

    def executor(self, specs: Sequence[TensorSpec], report: Report | None = None) -> Any:
        """Return the plan for arguments of these shapes, made at the first call."""
        return self._traced.executor(specs, report)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run on arguments like those it was traced for.

        Raises
        ------
        InvalidArgumentError
            If their number, a shape or a dtype is another.
        """
        given = [convert_to_tensor(a) for a in nest.leaves((args, kwargs)) if is_tensor_like(a) or _is_number(a)]
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
        given = iter(self._traced.run(tensors))
        leaves = [None if gap else next(given) for gap in self._gaps]
        return nest.rebuild(self._structure, iter(leaves))

    def stages(self) -> list[tuple[str, Graph]]:
        """Return the graph as traced, and after each pass, by the pass's name; each holds the rewrites in its log."""
        return stages(self.graph)

    def explain(self, profile: int = 0) -> Explanation:
        """Return the plan for arguments of the sizes that it was traced for, as data.

        Parameters
        ----------
        profile
            How often to run it to measure each kernel.

        Raises
        ------
        FailedPreconditionError
            If it was traced with open sizes, or sizes in it depend on values: there is a plan for each then.
        """
        plan = getattr(self.executor(self.specs), "plan", None) if all(s.shape.is_static for s in self.specs) else None
        if plan is None:
            raise FailedPreconditionError(
                "{name} has no single plan, since not all of its sizes are known.",
                hint="Trace it for arguments of known sizes.",
                name=self.name,
            )
        found: Explanation = plan.explain(profile)
        return found

    def __repr__(self) -> str:
        return f"<tf.ConcreteFunction {self.name}({', '.join(map(str, self.specs))})>"


def _is_number(leaf: Any) -> bool:
    return isinstance(leaf, int | float) and not isinstance(leaf, bool)


def is_tensor_like(leaf: Any) -> bool:
    """Return whether an argument is told apart by its shape and dtype."""
    return isinstance(leaf, Tensor | SymbolicTensor | np.ndarray | np.generic | TensorSpec)
