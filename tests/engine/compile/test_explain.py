"""A plan as data: what it does, what it costs, and what it needs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import engine as tf
from engine import keras

X = tf.constant(np.linspace(-1, 1, 32, dtype=np.float32).reshape(8, 4))


def test_a_plan_says_what_it_does_and_what_that_costs() -> None:
    x = keras.Input((4,))
    model = keras.Model(x, keras.layers.Dense(3, activation="relu", name="hidden")(x))
    concrete = tf.function(lambda x: tf.transpose(tf.exp(model(x)))).get_concrete_function(X)
    plan = concrete.explain(profile=3)
    product, fused, turned = plan.kernels
    assert (product.kind, product.flops, product.origins) == ("BLAS", 2 * 8 * 4 * 3, ("hidden",))
    assert fused.ops == ("bias_add", "relu", "exp")
    assert (fused.flops, fused.outputs) == (8 * 3 * (1 + 1 + 15), (tf.TensorSpec([8, 3]),))
    assert "def kernel" in (fused.source or "")
    assert turned.source is None
    assert all(k.seconds is not None and k.seconds > 0 for k in plan.kernels)
    assert plan.seconds == sum(k.seconds or 0 for k in plan.kernels)
    assert str(plan).splitlines()[2].endswith("µs)")


def test_buffers_have_lives() -> None:
    def chain(x: Any) -> Any:
        for _ in range(5):
            x = tf.transpose(tf.exp(x))
        return x

    plan = tf.function(chain).get_concrete_function(X).explain()
    assert [(b.first, b.last) for b in plan.buffers][:-1] == [(i, i + 1) for i in range(len(plan.buffers) - 1)]
    assert plan.buffers[-1].last == len(plan.kernels)
    assert any(b.continues for b in plan.buffers)
    assert plan.nbytes <= 3 * X.numpy().nbytes < plan.separate_nbytes
    assert len({b.block for b in plan.buffers}) <= 3


def test_each_pass_leaves_its_graph_and_its_rewrites() -> None:
    concrete = tf.function(lambda x: tf.exp(x * 1.0) + tf.exp(x)).get_concrete_function(X)
    names = [name for name, _ in concrete.stages()]
    assert names[0] == "trace"
    assert {"fold", "simplify", "cse", "prune", "fuse"} <= set(names)
    rewrites = concrete.stages()[-1][1].log
    assert {"x*1 -> x", "f(x), f(x) -> one f(x)"} <= {r.law for r in rewrites}
    assert all(":" in r.line for r in rewrites)


def test_open_sizes_have_no_single_plan() -> None:
    f = tf.function(lambda x: x * 2.0, input_signature=[tf.TensorSpec([None])])
    with pytest.raises(tf.errors.FailedPreconditionError, match="no single plan"):
        f.get_concrete_function().explain()
    with pytest.raises(tf.errors.FailedPreconditionError, match="no single plan"):
        tf.function(lambda x: x[x > 0.0]).get_concrete_function(X).explain()
