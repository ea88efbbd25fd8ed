"""Which elements an element was made of: op by op, back through what a node has applied.

Cells are marked in arrays of truth values of the tensors' shapes. An op that moves elements tells by itself where they
come from: it is applied to their numbers. What ops do that compute is said once, in `RULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.op import OPS, Op, as_arrays
from engine.core.witness import Witness, witnessed
from engine.runtime.eager import constant
from engine.runtime.tape import GradientTape, stop_recording
from studio.document.infer import output_refs
from studio.document.lower import Program, Step
from studio.run.lookup import weights_of
from studio.run.tensor_ref import TensorRef

#: ``rule(op, inputs, outputs, attrs, marked) -> marks``: given the values and the marked cells of each output, the
#: cells of each input that they were made of.
Rule = Callable[[Op, Sequence[Array], Sequence[Array], Mapping[str, Any], Sequence[Array]], list[Array]]


def _folded(marks: Array, shape: tuple[int, ...]) -> Array:
    """Return marks in a shape that was broadcast to theirs."""
    lead = marks.ndim - len(shape)
    found: Array = np.any(marks, axis=tuple(range(lead))) if lead else marks
    axes = tuple(axis for axis, size in enumerate(shape) if size == 1 and found.shape[axis] != 1)
    return np.any(found, axis=axes, keepdims=True) if axes else found


def elementwise(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The same cell of each operand, or the one that was spread over it."""
    return [_folded(marked[0], x.shape) for x in inputs]


def everything(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """All cells: what is not known in more detail."""
    is_any = any(bool(marks.any()) for marks in marked)
    return [np.full(x.shape, is_any) for x in inputs]


def _axes_of(attrs: Mapping[str, Any], rank: int) -> tuple[int, ...]:
    axis = attrs.get("axis")
    axes = range(rank) if axis is None else [axis] if isinstance(axis, int) else axis
    return tuple(int(a) % rank for a in axes) if rank else ()


def fibre(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The whole line, along the op's axes, that a cell lies in or that was reduced to it."""
    x = inputs[0]
    axes = _axes_of({"axis": attrs.get("axis", -1) if op.reduction is None else attrs.get("axis")}, x.ndim)
    kept = tuple(1 if axis in axes else size for axis, size in enumerate(x.shape))
    marks = np.zeros(kept, bool)
    for one in marked:
        found = one.any(axis=axes, keepdims=True) if one.shape == x.shape else one.reshape(kept)
        marks |= found
    spread = np.broadcast_to(marks, x.shape)
    return [spread.copy() if other.shape == x.shape else _folded(spread, other.shape) for other in inputs]


def normed(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The line that a cell is normalised along; of its scale and its offset, the same cell."""
    lines = fibre(op, inputs[:1], outputs, {"axis": attrs.get("axis", -1)}, marked[:1])
    return [*lines, *(_folded(marked[0], x.shape) for x in inputs[1:])]


def moved(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The cells that were moved there: the op is applied to numbers in place of values."""
    begins = np.cumsum([1, *(x.size for x in inputs)])
    # an operand that says where to, such as the indices of `gather`, keeps its values
    kinds = [op.operand(i).dtype in ("index", "bool") or op.operand(i).name == "indices" for i in range(len(inputs))]
    numbered = [
        x if kept else np.arange(begin, begin + x.size).reshape(x.shape)
        for x, begin, kept in zip(inputs, begins, kinds, strict=False)
    ]
    found = as_arrays(op.reference(*numbered, **attrs))
    sources = np.concatenate([y[marks] for y, marks in zip(found, marked, strict=False)] or [np.zeros(0, np.int64)])
    result = []
    for x, begin, kept in zip(inputs, begins, kinds, strict=False):
        marks = np.zeros(x.size, bool)
        if kept:
            marks[:] = sources.size > 0
        else:
            own = sources[(sources >= begin) & (sources < begin + x.size)] - begin
            marks[own.astype(np.intp)] = True
        result.append(marks.reshape(x.shape))
    return result


def linear(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The cells that a product or a sum runs over: where its gradient is not zero, all operands being one."""
    return _where_sloped(op, [np.ones(x.shape, np.float32) for x in inputs], attrs, marked)


def smooth(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The cells that a smooth function depends on: where its gradient is not zero at a point that is not special.

    What says where to, such as indices, labels and masks, keeps its values.
    """
    rng = np.random.default_rng(0)
    # small: where sums of many get large, an activation function is flat
    drawn = [rng.uniform(0.5, 1.5, x.shape) / max(x.shape, default=1) if x.dtype.kind == "f" else x for x in inputs]
    found = _where_sloped(op, drawn, attrs, marked)
    is_any = any(bool(marks.any()) for marks in marked)
    return [m if x.dtype.kind == "f" else np.full(x.shape, is_any) for m, x in zip(found, inputs, strict=True)]


def _where_sloped(op: Op, inputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]) -> list[Array]:
    """Return the cells with which the marked ones change at a point."""
    point = [constant(x) for x in inputs]
    with stop_recording():
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([x for x in point if x.dtype.is_floating])
            found = op.apply(*point, **attrs)
        targets = found if isinstance(found, list) else [found]
        seeds = [constant(marks.astype(y.dtype.as_numpy_dtype)) for marks, y in zip(marked, targets, strict=True)]
        slopes = tape.gradient(targets, point, output_gradients=seeds)
    return [
        np.zeros(x.shape, bool) if slope is None else np.asarray(slope.numpy()) != 0
        for x, slope in zip(inputs, slopes, strict=True)
    ]


def pooled(
    op: Op, inputs: Sequence[Array], outputs: Sequence[Array], attrs: Mapping[str, Any], marked: Sequence[Array]
) -> list[Array]:
    """The window of a maximum: that of the mean which has the same windows."""
    return linear(OPS[op.name.replace("max_", "avg_")], inputs, outputs, attrs, marked)


_SMOOTH: Final = frozenset(
    (
        *("moments", "fused_batch_norm", "lstm", "gru", "simple_rnn", "cumprod", "cumulative_logsumexp"),
        *("sparse_softmax_cross_entropy_with_logits", "softmax_cross_entropy_with_logits"),
        *("segment_sum", "unsorted_segment_sum", "gather_nd", "tensor_scatter_nd_add", "tensor_scatter_nd_update"),
        *("boolean_mask", "band_part", "set_diag", "solve", "triangular_solve"),
    )
)

#: By name, and for whole families: how an op's cells follow from those of its operands. The first that fits counts.
RULES: Final[tuple[tuple[Callable[[Op], bool], Rule], ...]] = (
    (lambda op: op.name in ("softmax", "log_softmax", "sort", "argsort", "argmax", "argmin"), fibre),
    (lambda op: op.name in ("matmul", "einsum", "cumsum"), linear),
    (lambda op: op.name.startswith(("conv1d", "conv2d", "conv3d", "depthwise_conv2d", "avg_pool")), linear),
    (lambda op: op.name in ("max_pool1d", "max_pool2d", "max_pool3d"), pooled),
    (lambda op: op.name == "layer_norm", normed),
    (lambda op: op.name in _SMOOTH, smooth),
    (lambda op: op.name == "bitcast", everything),
    (lambda op: op.reduction is not None, fibre),
    (lambda op: op.view or op.family == "shape" or op.name in ("gather", "getitem", "diag", "diag_part"), moved),
    (lambda op: op.scalar is not None or op.broadcasts, elementwise),
)


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


def rule_of(op: Op) -> Rule:
    """Return how cells of an op's outputs follow from those of its inputs; for one that no rule knows, all do."""
    return next((rule for fits, rule in RULES if fits(op)), everything)


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
        for x, found in zip(operands, rule_of(op)(op, arrays, results, attrs, marked), strict=True):
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
