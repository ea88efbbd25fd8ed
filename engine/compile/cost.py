"""What a kernel costs: arithmetic, bytes, and from these the time that decides whether it is divided among threads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from engine.compile.layout import is_shape_only
from engine.core.spec import TensorSpec
from engine.graph.graph import Graph, Node
from engine.ops.scalar import Expr
from engine.ops.work import FLOPS
from engine.passes.fuse import FUSED, domain

#: What one thread does in a second, in the cache: measured 17 to 25 billion operations, and 40 to 120 billion bytes.
_FLOPS_PER_SECOND: Final = 20e9
_BYTES_PER_SECOND: Final = 40e9
#: In products of matrices of the size that small networks have.
_PRODUCT_FLOPS_PER_SECOND: Final = 80e9

#: A kernel of more seconds than this is divided: telling another thread takes 1 to 2 µs. Adam's update of 100,000
#: weights, 70 µs here and 30 measured, took 17 µs on two threads.
DIVIDED_SECONDS: Final = 15e-6


@dataclass(frozen=True)
class Cost:
    """What one run of a kernel does.

    Parameters
    ----------
    flops
        Floating-point operations; None where nobody has counted them, as in ops that NumPy or SciPy carries out.
    nbytes
        Bytes that it reads and writes, each array once.
    flops_per_second
        What one thread does of them.
    """

    flops: int | None
    nbytes: int
    flops_per_second: float = _FLOPS_PER_SECOND

    @property
    def seconds(self) -> float:
        """An estimate of its time on one thread."""
        return max((self.flops or 0) / self.flops_per_second, self.nbytes / _BYTES_PER_SECOND)


def cost_of(node: Node) -> Cost:
    """Return what a node costs; its shapes must be known."""
    taken = list(dict.fromkeys(node.inputs))
    nbytes = sum(v.spec.nbytes or 0 for v in (*taken, *node.outputs))
    if node.op is FUSED:
        body: Graph = node.attrs["body"]
        nbytes = sum(
            v.spec.nbytes or 0 for v in (*body.outputs, *(v for v in body.inputs if not is_shape_only(body, v)))
        )
        return Cost(flops(body.nodes, unknown=0), nbytes)
    if node.op.multiply_adds is not None:
        return Cost(2 * multiply_adds(node), nbytes, _PRODUCT_FLOPS_PER_SECOND)
    op = node.op
    known = op.view or any(told is not None for told in (op.scalar, op.reduction, op.arithmetic))
    return Cost(_flops_of(node, 0) if known else None, nbytes)


def flops(nodes: Iterable[Node], unknown: int = 1) -> int:
    """Return how many floating-point operations nodes do, as far as anybody has counted them.

    Parameters
    ----------
    unknown
        What stands for a dimension that is not known: 1 for the batch counts them for one example.

    Examples
    --------
    >>> from engine.core.op import OPS
    >>> from engine.core.spec import TensorSpec
    >>> from engine.graph.graph import input_node, make
    >>> x, w = input_node(TensorSpec([None, 4]), "x"), input_node(TensorSpec([4, 3]), "w")
    >>> attrs = {"transpose_a": False, "transpose_b": False}
    >>> flops([x, w, make(OPS["matmul"], [x.outputs[0], w.outputs[0]], attrs, None)])
    24
    """
    return sum(_flops_of(node, unknown) for node in nodes)


def _flops_of(node: Node, unknown: int) -> int:
    if node.op.multiply_adds is not None:
        return 2 * multiply_adds(node, unknown)
    if node.op.arithmetic is not None:
        return node.op.arithmetic(*_specs(node, unknown), **node.attrs)
    if node.op.reduction is not None:
        return _size(domain(node), unknown)
    if node.op.scalar is not None:
        return _size(node.specs[0].shape, unknown) * _flops(_expression(node))
    return 0


def _known(spec: TensorSpec, unknown: int) -> TensorSpec:
    return TensorSpec([unknown if size is None else size for size in spec.shape], spec.dtype)


def multiply_adds(node: Node, unknown: int = 0) -> int:
    """Return how many products a node adds up, zero unless its op is made for that; see `flops` for `unknown`."""
    if (count := node.op.multiply_adds) is None:
        return 0
    return count(*_specs(node, unknown), **node.attrs)


def _specs(node: Node, unknown: int) -> Iterator[list[TensorSpec]]:
    """Yield the specs of the operands of a node, and those of its results."""
    for specs in ((v.spec for v in node.inputs), node.specs):
        yield [_known(spec, unknown) for spec in specs]


def _size(shape: Iterable[int | None], unknown: int) -> int:
    return math.prod(unknown if size is None else size for size in shape)


def _expression(node: Node) -> Any:
    """Return what is computed of one element, in the scalar vocabulary."""
    assert node.op.scalar is not None
    operands = [Expr("input", (str(i),), v.spec.dtype) for i, v in enumerate(node.inputs)]
    return node.op.scalar(*operands, **node.attrs)


def _flops(expr: Any) -> int:
    if not isinstance(expr, Expr):
        return 0
    return FLOPS.get(expr.name, 1) + sum(map(_flops, expr.args))
