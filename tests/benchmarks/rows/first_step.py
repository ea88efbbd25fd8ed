"""The first step of a network 784-128-10 in a new process, from the start of Python on."""

from __future__ import annotations

import json
import sys
import time
from itertools import pairwise
from typing import Any

from bench_common import Measures, cold_and_warm, in_new_process

TARGETS = [("cold", None, "most", 3.0), ("warm", None, "most", 0.5)]


def _keras(keras: Any, hidden: int = 1) -> None:
    import numpy as np

    layers = keras.layers
    dense = [layers.Dense(128, activation="relu") for _ in range(hidden)]
    model = keras.Sequential([keras.Input((784,)), *dense, layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="sgd", loss=loss, metrics=["accuracy"])
    model.train_on_batch(np.ones((32, 784), np.float32), np.zeros(32, np.int32))


def _torch(hidden: int = 1) -> None:
    import torch
    from torch import nn
    from torch.nn.functional import cross_entropy

    widths = [784, *[128] * hidden]
    layers: list[Any] = []
    for i, o in pairwise(widths):
        layers += [nn.Linear(i, o), nn.ReLU()]
    model = nn.Sequential(*layers, nn.Linear(128, 10))
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    loss = cross_entropy(model(torch.ones(32, 784)), torch.zeros(32, dtype=torch.long))
    loss.backward()
    optimizer.step()


def run(column: str, hidden: int = 1) -> None:
    """Do the first step and print how long the import and the step took."""
    begin = time.perf_counter()
    if column == "torch":
        import torch  # noqa: F401

        imported = time.perf_counter()
        _torch(hidden)
    else:
        if column == "engine":
            import engine

            keras: Any = engine.keras
        else:
            import keras
        imported = time.perf_counter()
        _keras(keras, hidden)
    print(json.dumps({"import": imported - begin, "step": time.perf_counter() - imported}), flush=True)


def engine() -> Measures:
    measures = cold_and_warm(__file__, "engine")
    measures["warm_step"] = lambda: in_new_process(__file__, "engine")["step"]
    return measures


def _peer(column: str) -> Measures:
    def start() -> float:
        return in_new_process(__file__, column)["seconds"]

    return {"cold": start, "warm": start, "warm_step": lambda: in_new_process(__file__, column)["step"]}


def keras() -> Measures:
    return _peer("keras")


def torch() -> Measures:
    return _peer("torch")


if __name__ == "__main__":
    run(sys.argv[1])
