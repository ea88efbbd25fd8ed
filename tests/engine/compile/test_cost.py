"""What kernels cost, against counts made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from engine.compile.cost import cost_of
from engine.core.op import OPS
from engine.core.spec import TensorSpec
from engine.graph.graph import input_node, make


def flops(name: str, *shapes: tuple[int, ...], dtypes: tuple[str, ...] = (), **attrs: Any) -> int | None:
    op = OPS[name]
    kinds = dtypes or ("float32",) * len(shapes)
    inputs = [
        input_node(TensorSpec(shape, kind), f"x{i}").outputs[0]
        for i, (shape, kind) in enumerate(zip(shapes, kinds, strict=True))
    ]
    return cost_of(make(op, inputs, op.bind(inputs, attrs)[1], None)).flops


@pytest.mark.parametrize(
    ("name", "shapes", "attrs", "expected"),
    [
        ("matmul", ((5, 4), (4, 3)), {}, 2 * 5 * 4 * 3),
        ("add", ((5, 4), (4,)), {}, 20),
        ("reduce_sum", ((5, 4),), {"axis": 1}, 20),
        ("reshape", ((5, 4),), {"shape": (20,)}, 0),
        ("softmax", ((5, 4),), {}, 20 * (1 + 1 + 15 + 1 + 4)),
        ("max_pool2d", ((2, 4, 4, 3),), {"ksize": 2}, 2 * 2 * 2 * 3 * 4),
        ("avg_pool2d", ((2, 4, 4, 3),), {"ksize": 2}, 2 * 2 * 2 * 3 * (4 + 4)),
        ("avg_pool_gradient", ((2, 2, 2, 3), (2, 4, 4, 3)), {"ksize": 2}, 2 * 2 * 2 * 3 * (4 + 4)),
        ("layer_norm", ((5, 4), (4,), (4,)), {}, 20 * 8),
        ("cumsum", ((5, 4),), {}, 20),
        ("argmax", ((5, 4),), {}, 20),
        ("inv", ((4, 4),), {}, None),
    ],
)
def test_arithmetic_is_counted(name: str, shapes: Any, attrs: Any, expected: int | None) -> None:
    assert flops(name, *shapes, **attrs) == expected


def test_what_only_moves_elements_does_no_arithmetic() -> None:
    assert flops("gather", (10, 4), (3,), dtypes=("float32", "int32")) == 0
    assert flops("gather_gradient", (3, 4), (10, 4), (3,), dtypes=("float32", "float32", "int32")) == 12
