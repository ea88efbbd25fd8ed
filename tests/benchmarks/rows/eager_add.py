"""The sum of two scalars, and of two vectors of a thousand numbers, op by op."""

from __future__ import annotations

from typing import Any

import numpy as np
from bench_common import Measures, repeated

TARGETS = [
    (measure, other, word, number)
    for measure in ("scalars", "vectors")
    for other, word, number in (("torch", "within", 2.0), ("keras", "faster", 5.0))
]
VECTOR = np.linspace(0, 1, 1000, dtype=np.float32)


def _added(pairs: dict[str, tuple[Any, Any]], count: int = 1000) -> Measures:
    def measure(a: Any, b: Any) -> Any:
        def work() -> None:
            for _ in range(count):
                a + b

        many = repeated(work)
        return lambda: many() / count

    return {name: measure(a, b) for name, (a, b) in pairs.items()}


def engine() -> Measures:
    import engine as tf

    scalar, vector = tf.constant(1.5), tf.constant(VECTOR)
    return _added({"scalars": (scalar, tf.constant(2.0)), "vectors": (vector, tf.constant(VECTOR))})


def keras() -> Measures:
    import tensorflow as tf

    scalar, vector = tf.constant(1.5), tf.constant(VECTOR)
    return _added({"scalars": (scalar, tf.constant(2.0)), "vectors": (vector, tf.constant(VECTOR))}, 200)


def torch() -> Measures:
    import torch

    scalar, vector = torch.tensor(1.5), torch.from_numpy(VECTOR)
    return _added({"scalars": (scalar, torch.tensor(2.0)), "vectors": (vector, vector.clone())})


def jax() -> Measures:
    import jax.numpy as jnp

    scalar, vector = jnp.float32(1.5), jnp.asarray(VECTOR)
    return _added({"scalars": (scalar, jnp.float32(2.0)), "vectors": (vector, jnp.asarray(VECTOR))}, 200)


def floor() -> Measures:
    """NumPy's own addition, of arrays."""
    scalar = np.array(1.5, np.float32)
    return _added({"scalars": (scalar, scalar.copy()), "vectors": (VECTOR, VECTOR.copy())})
