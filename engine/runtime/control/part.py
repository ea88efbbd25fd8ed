"""Parts of a trace: branches and bodies of loops, traced on their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from engine.core import nest
from engine.core.dispatch import interpreting
from engine.core.spec import TensorSpec
from engine.core.verbatim import Verbatim
from engine.graph.graph import Graph
from engine.graph.trace import SymbolicTensor, Tracer
from engine.runtime.tape import observe, stop_recording
from engine.runtime.variable import Variable


class Part:
    """A function traced as a part of the trace that is going on: a branch, or the body of a loop.

    Attributes
    ----------
    result
        What the function returned, in its own structure.
    outputs
        The tensors at the ends of that structure; None stays None.
    """

    def __init__(self, function: Callable[..., Any], specs: Sequence[TensorSpec] = ()) -> None:
        self.tracer = Tracer(observe, inner=True)
        with stop_recording(), interpreting(self.tracer):
            self.inputs = [self.tracer.input(s) for s in specs]
            self.result = function(*self.inputs)
            leaves = nest.leaves(self.result)
            self.outputs = [None if leaf is None else self.tracer.convert(leaf) for leaf in leaves]

    @property
    def given(self) -> list[SymbolicTensor]:
        """The outputs that are tensors."""
        return [t for t in self.outputs if t is not None]

    def graph(self, outside: Sequence[Any], outputs: Sequence[SymbolicTensor], updates: Sequence[Variable]) -> Graph:
        """Return it as a graph that takes its arguments and what lies `outside`, and gives new states at the end."""
        inputs = [*self.inputs, *[self.tracer.taken(thing) for thing in outside]]
        return self.tracer.part(inputs, [*outputs, *[self.tracer.read(v) for v in updates]])


def distinct(things: Iterable[Any]) -> list[Any]:
    return list({id(thing): thing for thing in things}.values())


def outer(things: Sequence[Any]) -> list[Any]:
    """Return what things from outside are where the op is applied; tapes learn of variables that are read."""
    return [thing.read_value() if isinstance(thing, Variable) else thing for thing in things]


def assign(updates: Sequence[Variable], values: Sequence[Any]) -> None:
    for variable, value in zip(updates, values, strict=True):
        variable.assign(value)


def rebuilt(part: Part, values: Sequence[Any]) -> Any:
    given = iter(values)
    return nest.rebuild(part.result, iter([None if t is None else next(given) for t in part.outputs]))


def described(part: Part) -> str:
    """Return what the function returned, its tensors by their specs, for error texts."""
    return str(nest.rebuild(part.result, iter([None if t is None else Verbatim(str(t.spec)) for t in part.outputs])))
