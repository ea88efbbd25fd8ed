"""`fit` of a network 784-128-10 on MNIST, batches of 512, Adam, accuracy on."""

from __future__ import annotations

import mlp_sgd
from bench_common import Measures

TARGETS = [("step", "keras", "faster", 3.0), ("step", "torch", "faster", 1.3)]
mlp_sgd.BATCH = 512
mlp_sgd.OPTIMIZER = "adam"


def engine() -> Measures:
    return mlp_sgd.engine()


def keras() -> Measures:
    return mlp_sgd.keras()


def torch() -> Measures:
    return mlp_sgd.torch()


def jax() -> Measures:
    return mlp_sgd.jax()


def floor() -> Measures:
    return mlp_sgd.floor()
