"""Which elements an element was made of: op by op, back through what a node has applied."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.core.op import Op
from engine.core.witness import Witness, witnessed
from engine.runtime.tape import stop_recording
from studio.document.infer import output_refs
from studio.document.lower import Program, Step
from studio.run.lookup import weights_of
from studio.run.provenance_rules import rule_of
from studio.run.tensor_ref import TensorRef


class _Recorder(Witness):
    """Takes note of all ops that are applied, and of the variables that are read."""

    def __init__(self) -> None:
        self.applications: list[tuple[Op, Sequence[Any], Sequence[Any], Mapping[str, Any]]] = []
        self.variables: dict[int, Any] = {}
        self._open: list[tuple[Op, Sequence[Any], Mapping[str, Any]]] = []

    def before(self, op: Op, operands: Sequence[Any], attrs: dict[str, Any]) -> None:
        self._open.append((op, operands, attrs))

    def after(self, op: Op, outputs: Sequence[Any], seconds: float) -> None:
        begun, operands, attrs = self._open.pop()
        self.applications.append((begun, operands, outputs, attrs))

    def read(self, variable: Any, tensor: Any) -> None:
        self.variables[id(tensor)] = variable


def trace_back(
    apply: Callable[[Sequence[Any]], Sequence[Any]], inputs: Sequence[Any], output: int, place: tuple[int, ...]
) -> tuple[list[Array], list[tuple[Any, Array]]]:
    """Return the cells of each input, and of each variable, that a cell of an output was made of.

    Parameters
    ----------
    apply
        What makes the outputs; it is called, and each op that it applies is gone back through.
    output, place
        Which cell of which output.

    Examples
    --------
    >>> import engine as tf
    >>> x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    >>> trace_back(lambda inputs: [tf.reduce_sum(inputs[0] * 2.0, axis=1)], [x], 0, (1,))[0][0].tolist()
    [[False, False], [True, True]]
    """
    recorder = _Recorder()
    with witnessed(recorder), stop_recording():
        outputs = list(apply(inputs))
    first = np.zeros(tuple(outputs[output].shape), bool)
    first[place] = True
    marks: dict[int, Array] = {id(outputs[output]): first}
    for op, operands, made, attrs in reversed(recorder.applications):
        if not any(id(y) in marks for y in made):
            continue
        arrays, results = [np.asarray(x.numpy()) for x in operands], [np.asarray(y.numpy()) for y in made]
        marked = [marks.get(id(y), np.zeros(r.shape, bool)) for y, r in zip(made, results, strict=True)]
        for i, (x, found) in enumerate(zip(operands, rule_of(op)(op, arrays, results, attrs, marked), strict=True)):
            if i in op.shape_only:
                continue
            known = marks.get(id(x))
            marks[id(x)] = found if known is None or known is found else known | found
    own = [marks.get(id(x), np.zeros(tuple(x.shape), bool)) for x in inputs]
    return own, [(v, marks[key]) for key, v in recorder.variables.items() if key in marks]


def made_of(
    program: Program, step: Step, inputs: Sequence[Any], name: str, place: tuple[int, ...]
) -> Iterable[tuple[TensorRef, Array]]:
    """Yield the tensors that a cell of a node's output was made of, each with a mark for each of its cells."""
    count = len(program.run(step, inputs))
    output = [ref.port for ref in output_refs(step.id, step.node_type, count)].index(name)
    own, variables = trace_back(lambda given: program.run(step, given), inputs, output, place)
    for ref, marks in zip(step.sources, own, strict=True):
        yield TensorRef.of(ref), marks
    names = {id(weight): name for name, weight in weights_of(step).items()}
    for variable, marks in variables:
        if id(variable) in names:
            yield TensorRef("weight", step.id, names[id(variable)]), marks
