"""Which function computes a node, and how it wants its arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.compile.cost import DIVIDED_SECONDS, cost_of, multiply_adds
from engine.compile.layout import is_shape_only, layout_of
from engine.compile.machine import product
from engine.compile.nest import fused_source, summed_by_parts
from engine.compile.source import Source, kernel_source
from engine.core.dtype import Array, float32, float64
from engine.core.op import DTYPE_CLASSES, as_arrays
from engine.core.spec import TensorSpec
from engine.graph.control import CONTROL
from engine.graph.graph import Graph, Node
from engine.ops.linalg import matmul, row_parts
from engine.ops.loops import PARTS
from engine.passes.fuse import FUSED, has_kernel_dtypes

Flow = Callable[[Sequence[Array]], Sequence[Array]]
Arrange = Callable[[Sequence[Array], Sequence[Array]], tuple[Any, ...]]


@dataclass(frozen=True)
class Choice:
    """How a node is computed.

    Parameters
    ----------
    kind
        "kernel" (Numba), "BLAS", "control" (programs of its own) or "NumPy", for people.
    arrange
        From the arrays of the operands and the results to the arguments of the function.
    function
        What Python calls, if nothing else is there.
    source
        Of the kernel for the arguments at hand, if the kind is "kernel".
    entry
        Address of machine code that is there already.
    """

    kind: str
    arrange: Arrange
    function: Callable[..., Any] | None = None
    source: Callable[[Sequence[Any]], Source] | None = None
    entry: int | None = None


def select(node: Node, overwrites: Mapping[int, int], operation: Callable[[Node], Flow]) -> Choice:
    """Return how a node is computed. Its shapes must be known.

    Parameters
    ----------
    overwrites
        Which outputs of a fused node are written over which of its inputs (see `engine.compile.reuse`).
    operation
        Makes the function for a node for which there is no kernel.
    """
    if node.op is FUSED:
        return _fused(node, overwrites)
    if is_product(node):
        letter = {float32: "s", float64: "d"}[node.specs[0].dtype]
        return Choice("BLAS", _gemm(node), entry=product(letter))
    if has_kernel(node):
        assert node.op.kernel is not None
        arrange = node.op.kernel.arrange
        return Choice(
            "kernel",
            lambda inputs, outputs: tuple(arrange(inputs, outputs, node.attrs)),
            source=lambda arguments: kernel_source(node.op, arguments),
        )
    kind = "control" if node.op in CONTROL else "NumPy"
    return Choice(kind, lambda inputs, outputs: (*inputs, *outputs), _written(operation(node), len(node.inputs)))


def seconds_of(node: Node) -> float | None:
    """Return an estimate of a node's time on one thread; zero if it has no machine code, None if it has effects."""
    if node.op.stateful or node.op in CONTROL:
        return None
    return cost_of(node).seconds if node.op is FUSED or has_kernel(node) else 0.0


def parts_of(node: Node) -> int:
    """Return in how many parts a node's work is done, which threads share; its shapes must be known."""
    if node.op is FUSED:
        sizes = layout_of(node.attrs["body"]).sizes
        return min(PARTS, sizes[0]) if sizes and cost_of(node).seconds > DIVIDED_SECONDS else 1
    if is_product(node):
        return row_parts(node.specs[0].shape[0] or 0, multiply_adds(node))
    kernel = node.op.kernel
    if kernel is None or not has_kernel(node) or not kernel.is_divided:
        return 1
    given, made = ([_stand_in(s) for s in specs] for specs in ([v.spec for v in node.inputs], node.specs))
    return int(kernel.arrange(given, made, node.attrs)[0])


def _stand_in(spec: TensorSpec) -> Array:
    """Return an array of this shape that nobody writes to, so that it takes no memory."""
    return np.empty([size or 0 for size in spec.shape], spec.dtype.as_numpy_dtype)


def has_kernel(node: Node) -> bool:
    """Whether the record of the op carries a kernel for the dtypes at hand."""
    kernel = node.op.kernel
    return kernel is not None and has_kernel_dtypes(node) and DTYPE_CLASSES[kernel.dtype](node.specs[0].dtype)


def is_product(node: Node) -> bool:
    """Whether the node is a product of two matrices, which BLAS computes without a kernel of ours."""
    return node.op is matmul and has_kernel(node) and all(v.spec.shape.rank == 2 for v in node.inputs)


def _gemm(node: Node) -> Arrange:
    """Return how `machine.product` wants its arguments."""
    transpose_a, transpose_b = node.attrs["transpose_a"], node.attrs["transpose_b"]
    parts = parts_of(node)

    def arrange(inputs: Sequence[Array], outputs: Sequence[Array]) -> tuple[Any, ...]:
        (a, b), (c,) = inputs, outputs
        (m, n), k = c.shape, a.shape[0 if transpose_a else 1]
        flags = (ord("t" if transpose_a else "n"), ord("t" if transpose_b else "n"))
        return (parts, *flags, m, n, k, *(max(1, matrix.shape[1]) for matrix in (a, b, c)), a, b, c)

    return arrange


def _fused(node: Node, overwrites: Mapping[int, int]) -> Choice:
    body: Graph = node.attrs["body"]
    layout = layout_of(body)
    taken = [i for i, v in enumerate(body.inputs) if not is_shape_only(body, v)]
    written = [o for o in range(len(body.outputs)) if o not in overwrites]
    shapes_in = [layout.shape(loops) for loops in layout.inputs]
    shapes_out = [layout.shape(layout.outputs[o]) for o in written]
    same = {o: taken.index(i) for o, i in overwrites.items()}
    parts = parts_of(node)
    divided = parts > 1
    sizes = (parts, *layout.sizes) if divided else layout.sizes
    summed = summed_by_parts(body, layout) if divided else []
    sums = [((parts, *layout.shape(layout.outputs[o])), body.outputs[o].spec.dtype.as_numpy_dtype) for o in summed]

    def arrange(inputs: Sequence[Array], outputs: Sequence[Array]) -> tuple[Any, ...]:
        arrays = [inputs[i].reshape(s) for i, s in zip(taken, shapes_in, strict=True)]
        arrays += [outputs[o].reshape(s) for o, s in zip(written, shapes_out, strict=True)]
        return (*sizes, *arrays, *(np.empty(*given) for given in sums))

    return Choice("kernel", arrange, source=lambda arguments: fused_source(body, layout, same, divided))


def by_reference(node: Node) -> Flow:
    """Return the meaning of a node, in NumPy."""
    reference, attrs = node.op.reference, node.attrs
    return lambda arrays: as_arrays(reference(*arrays, **attrs))


def _written(flow: Flow, count: int) -> Callable[..., None]:
    """Return a function that writes what `flow` makes of the first `count` arrays into the others."""

    def run(*arrays: Array) -> None:
        for result, output in zip(flow(arrays[:count]), arrays[count:], strict=True):
            output[...] = result

    return run
