"""Max pooling's gradient stays small: it is kept as the elements that it hands back and the pixels they belong to.

Max pooling hands each element of its gradient back to one pixel of its window, so that most of what goes on from there
is zero. Written U(g, i), with the numbers i of these pixels, what follows can work on g instead: a rectifier's mask is
asked for at those pixels only, a sum over all pixels is one over g, and a convolution's gradients take g as it is.
Elsewhere U(g, i) is zero whatever it is multiplied by: also by what is infinite or not a number there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from engine.core.op import OPS
from engine.core.shape import TensorShape
from engine.graph.graph import Graph, Node, Value, composed, constant_node, freeze, make, rebuilt
from engine.graph.known import known
from engine.graph.rewrite import Outcome, Rewrite, Rule, rewrite

#: Convolutions' gradients take the small one if it has at most this share of the elements of the large one. At a
#: quarter, none of which is zero, they took 0.5 to 0.9 of the time of the products of all, half that with half of them
#: zero; and there is no large one to write and to read.
SPARSE: Final = 1 / 3
#: And that by the input if each element is added to runs of so many: with 24 it took 0.85 of the time, with 12 twice
#: as long.
RUN: Final = 24

_WINDOW: Final = ("ksize", "strides", "padding")


def _apply(name: str, inputs: tuple[Value, ...], attrs: dict[str, Any], node: Node) -> Node:
    return make(OPS[name], inputs, attrs, node.origin)


# ------------------------------------------------------------------------------------------- pooling and its gradient


def _pooling(node: Node) -> Any:
    """Return what max pooling and its gradient share, None for other nodes: the input, and how the windows lie."""
    if node.op.name in ("max_pool1d", "max_pool2d", "max_pool3d"):
        value = node.inputs[0]
    elif node.op.name == "max_pool_gradient":
        value = node.inputs[1]
    else:
        return None
    return value, freeze({name: node.attrs[name] for name in _WINDOW})


def _with_indices(graph: Graph) -> Graph:
    """Let pooling note down where it finds what, if its gradient is asked for, and the gradient go by that."""
    kinds: dict[Any, set[bool]] = {}
    for node in graph.nodes:
        if (key := _pooling(node)) is not None:
            kinds.setdefault(key, set()).add(node.op.name == "max_pool_gradient")
    both = {key for key, found in kinds.items() if len(found) == 2}
    if not both:
        return graph
    made: dict[Any, Node] = {}
    log: list[Rewrite] = []

    def replacement(node: Node, inputs: tuple[Value, ...]) -> Node | tuple[Value, ...]:
        key = _pooling(node)
        if key not in both:
            return rebuilt(node, inputs)
        is_gradient = node.op.name == "max_pool_gradient"
        x = inputs[1 if is_gradient else 0]
        if key not in made:
            attrs = {name: node.attrs[name] for name in _WINDOW}
            made[key] = _apply("max_pool_with_indices", (x,), attrs, node)
        y, indices = made[key].outputs
        result = _apply("max_unpool", (inputs[0], indices, x), {}, node).outputs if is_gradient else (y,)
        line = f"{__file__}:{replacement.__code__.co_firstlineno}"
        log.append(Rewrite("unpool", "pool(x), its gradient -> y, i = pool(x), U(g, i)", node, result, line))
        return result

    result = graph.substitute(replacement)
    return replace(result, log=(*graph.log, *log))


# --------------------------------------------------------------------------------------------- what follows on that


def _is_unpooled(value: Value) -> bool:
    return value.node.op.name == "max_unpool"


def _is_zero(value: Value) -> bool:
    array = known(value)
    return value.node.op.name == "zeros_like" or (array is not None and not array.any())


def _at_indices(value: Value, indices: Value, shape: TensorShape, node: Node) -> Value | None:
    """Return what a value is at those pixels that the indices say; None if it does not lie as they do.

    Where max pooling found them they hold what it returned, and functions of that are the same of either.
    """
    own = value.spec.shape
    if not (own.is_static and shape.is_static):
        return None
    if own.rank == 0 or (own.rank <= shape.rank and own.num_elements() == own[-1]):
        return value  # the same for every pixel
    if own != shape:
        return None
    found = _of_result(value, indices, {})
    return found or _apply("take_pooled", (value, indices), {}, node).outputs[0]


def _of_result(value: Value, indices: Value, seen: dict[Value, Value | None]) -> Value | None:
    """Return a function of pooling's input as one of its result, if it is elementwise and of nothing else."""
    if value not in seen:  # what is asked for in two places is looked at, and made, once
        seen[value] = _made_of_result(value, indices, seen)
    return seen[value]


def _made_of_result(value: Value, indices: Value, seen: dict[Value, Value | None]) -> Value | None:
    pool, own = indices.node, value.node
    if pool.op.name == "max_pool_with_indices" and value == pool.inputs[0]:
        return pool.outputs[0]
    if value.spec.shape.num_elements() == 1:
        return value
    if own.op.scalar is None:
        return None
    inputs: list[Value] = []
    for operand in own.inputs:
        found = _of_result(operand, indices, seen)
        if found is None:
            return None
        inputs.append(found)
    return make(own.op, inputs, own.attrs, own.origin).outputs[0]


def _masked(node: Node) -> Outcome:
    condition, *branches = node.inputs
    first = next((b.node for b in branches if _is_unpooled(b)), None)
    if first is None or any(b.spec != node.specs[0] for b in branches):
        return None
    g, indices, like = first.inputs
    small: list[Value] = []
    for branch in branches:
        if _is_unpooled(branch) and branch.node.inputs[1] == indices:
            small.append(branch.node.inputs[0])
        elif _is_zero(branch):
            small.append(constant_node(np.zeros((), g.spec.dtype.as_numpy_dtype), node.origin).outputs[0])
        else:
            return None
    mask = _at_indices(condition, indices, like.spec.shape, node)
    if mask is None:
        return None
    chosen = _apply("where", (mask, *small), {}, node).outputs[0]
    return _apply("max_unpool", (chosen, indices, like), {}, node)


def _scaled(node: Node) -> Outcome:
    for one, other in (node.inputs, node.inputs[::-1]):
        if not _is_unpooled(one) or one.spec != node.specs[0]:
            continue
        g, indices, like = one.node.inputs
        factor = _at_indices(other, indices, like.spec.shape, node)
        if factor is not None:
            product = _apply("multiply", (g, factor), {}, node).outputs[0]
            return _apply("max_unpool", (product, indices, like), {}, node)
    return None


def _summed(node: Node) -> Outcome:
    value, model = node.inputs
    shape = model.spec.shape
    if not _is_unpooled(value) or not shape.is_static or shape.num_elements() != (shape[-1] if shape.rank else 1):
        return None
    return _apply("sum_like", (value.node.inputs[0], model), {}, node)


def _is_sparse(value: Value) -> bool:
    if not _is_unpooled(value):
        return False
    few, many = value.node.inputs[0].spec.shape.num_elements(), value.spec.shape.num_elements()
    return few is not None and many is not None and few <= SPARSE * many


def _has_groups(x: Value, filters: Value) -> bool:
    """Whether a convolution works in groups of channels, as far as is known."""
    channels = x.spec.shape[-1]
    return channels is None or channels != filters.spec.shape[-2]


def _by_filters(node: Node) -> Outcome:
    x, g, like = node.inputs
    if not _is_sparse(g) or _has_groups(x, like):
        return None
    return _apply("conv_filter_gradient_unpooled", (x, *g.node.inputs[:2], like), dict(node.attrs), node)


def _by_input(node: Node) -> Outcome:
    g, filters, like = node.inputs
    if not _is_sparse(g) or _has_groups(like, filters):
        return None
    taps = 1 if node.attrs["dilations"][-1] > 1 else filters.spec.shape[-3]
    if taps is None or taps * like.spec.shape[-1] < RUN:
        return None
    return _apply("conv_input_gradient_unpooled", (*g.node.inputs[:2], filters, like), dict(node.attrs), node)


RULES: Final = (
    Rule("where(m, U(g, i), 0) -> U(where(m at i, g, 0), i)", ("where",), _masked),
    Rule("U(g, i)*x -> U(g*(x at i), i)", ("multiply",), _scaled),
    Rule("sum(U(g, i)) over pixels -> sum(g)", ("sum_like",), _summed),
    Rule("gradient of conv by filters, of U(g, i) -> of g and i", ("conv_filter_gradient",), _by_filters),
    Rule("gradient of conv by input, of U(g, i) -> of g and i", ("conv_input_gradient",), _by_input),
)


def unpool(graph: Graph) -> Graph:
    """Return the graph with gradients of max pooling as what is handed back and where to."""
    small = _with_indices(graph)
    if small is graph:
        return graph
    result = rewrite(small, RULES, "unpool")
    return replace(result, became=composed(small.became, result.became))
