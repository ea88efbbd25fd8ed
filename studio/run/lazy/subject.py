"""What is compiled of a document: its training step, or, without a trainer or on demand, the way forward."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.core import nest
from engine.core.dispatch import during
from engine.core.dtype import Array
from engine.graph.graph import Value
from engine.keras.training.adapter import ArrayData
from engine.runtime.concrete import ConcreteFunction
from engine.runtime.tensor import Tensor, array_of
from engine.runtime.variable import Variable
from studio.document.document import PortRef
from studio.document.lower import Program, Training
from studio.run import session
from studio.run.debug.names import Names
from studio.run.lazy.data import Scope


@dataclass(frozen=True)
class Subject:
    """A traced function, and what it is called with.

    Parameters
    ----------
    given
        The first batch.
    names
        What the graph's inputs are called, with the nodes of the document that they belong to.
    results
        What its outputs are called: at first those that it returns, then the next states of variables.
    known
        The nodes of the document.
    """

    concrete: ConcreteFunction
    given: tuple[Array, ...]
    names: Mapping[Value, tuple[str, str]]
    results: tuple[str, ...]
    known: frozenset[str]
    scope: Scope
    has_trainer: bool
    seconds: float

    @property
    def batch(self) -> int:
        """Examples that it takes at once, 0 if it takes none."""
        return len(self.given[0]) if self.given else 0

    def arrays(self) -> list[Array]:
        """Return copies of what the inputs of the graph hold: whatever is done with them, no weight changes."""
        return [array_of(t).copy() for t in self.concrete.inputs([Tensor(a) for a in self.given])]


def subject_of(program: Program, scope: Scope) -> Subject:
    """Return what is compiled of a document.

    Raises
    ------
    EngineError
        If its trainer cannot train; the error names the node.
    """
    if not program.has_trainer:
        return _all_values(program)
    training = program.training()
    names = Names(program, training)
    model = training.model
    data = ArrayData(training.x, training.y if scope == "step" else None)
    arrays = [a[: program.batch_size] for a in data.arrays]
    specs = data.specs(len(arrays[0]))
    returned: list[Any] = []

    def run(values: Any) -> Any:
        if scope == "step":
            returned.append(model.train_step(values))
        else:
            with during("forward"):
                returned.append(model.predict_step(values))
        return returned[-1]

    begin = time.perf_counter()
    concrete = ConcreteFunction(run, ((data.rebuild(specs),), {}), specs, scope)
    seconds = time.perf_counter() - begin
    feeds = [*training.inputs, *(training.truths if scope == "step" else ())]
    arguments = [v for v in concrete.graph.inputs if v not in concrete.captured]
    given = {v: (_named(ref), ref.node) for v, ref in zip(arguments, feeds, strict=True)}
    results = _result_names(returned[-1], training if scope == "forward" else None)
    return Subject(
        concrete,
        tuple(arrays),
        {**given, **_captured(concrete, program, names)},
        (*results, *(v.name for v in concrete.updates)),
        frozenset(s.id for s in program.steps),
        scope,
        True,
        seconds,
    )


def _result_names(returned: Any, forward: Training | None) -> list[str]:
    if isinstance(returned, dict):
        return [str(name) for name in nest.in_order(returned)]
    names = forward.model.output_names if forward is not None else []
    return list(names) or [f"output_{i}" for i, _ in enumerate(nest.leaves(returned))]


def _named(ref: PortRef) -> str:
    return f"{ref.node}.{ref.port}"


def _all_values(program: Program) -> Subject:
    """Return all that a document without a trainer computes of its first batch."""
    refs: list[PortRef] = []

    def run() -> list[Any]:
        with during("forward"):
            found = program.values()
        for error in found.errors.values():
            raise error
        refs[:] = found.tensors
        return list(found.tensors.values())

    if not program.values().tensors:  # data are loaded, and what fails says so, before it counts
        raise session.nothing_to_run()
    begin = time.perf_counter()
    concrete = ConcreteFunction(run, ((), {}), [], "forward")
    seconds = time.perf_counter() - begin
    return Subject(
        concrete,
        (),
        _captured(concrete, program, Names(program, None)),
        (*map(_named, refs), *(v.name for v in concrete.updates)),
        frozenset(s.id for s in program.steps),
        "forward",
        False,
        seconds,
    )


def _captured(concrete: ConcreteFunction, program: Program, names: Names) -> dict[Value, tuple[str, str]]:
    """Return what variables and tensors from outside are called."""
    known: Sequence[str] = sorted((s.id for s in program.steps), key=len, reverse=True)
    found: dict[Value, tuple[str, str]] = {}
    for value, thing in concrete.captured.items():
        name = thing.name if isinstance(thing, Variable) else ""
        refs = names.refs_of(thing)
        node = refs[0].node if refs else next((id for id in known if name == id or name.startswith(f"{id}/")), "")
        found[value] = name, node
    return found
