"""Memory of the convolutional network's step: buffers with reuse and without, and the peak of the whole process."""

from __future__ import annotations

import sys
from typing import Any

import cnn
from bench_common import Measures

TARGETS = [
    ("share", None, "most", 0.6),
    ("process", "keras", "faster", 1.0),
    ("process", "torch", "faster", 1.0),
]
UNITS = {"buffers": "bytes", "separate": "bytes", "share": "share", "process": "bytes"}


def _peak() -> float:
    """Return the most memory that this process has had."""
    import resource

    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * (1 if sys.platform == "darwin" else 1024)


def _after(measures: Measures) -> Any:
    def process() -> float:
        measures["step"]()
        return _peak()

    return process


def engine() -> Measures:
    import engine as tf

    model = cnn.network(tf.keras)
    process = _after(cnn.fitted(tf.keras, model, *cnn.data(), cnn.BATCH, "adam"))
    process()
    plan = _training_plan(model)
    separate = float(sum(life.nbytes for life in plan.lifetimes.values()) + plan.scratch_nbytes)
    return {
        "buffers": lambda: float(plan.nbytes + plan.scratch_nbytes),
        "separate": lambda: separate,
        "share": lambda: (plan.nbytes + plan.scratch_nbytes) / separate,
        "process": process,
    }


def _training_plan(model: Any) -> Any:
    """Return the plan of the step that `fit` ran on whole batches."""
    (runner,) = (r for key, r in model._runners.items() if key[0] == "train")
    (executor,) = (found.executor for key, found in runner._ready.items() if key[0] == cnn.BATCH)
    return executor.plan


def keras() -> Measures:
    return {"process": _after(cnn.keras())}


def torch() -> Measures:
    return {"process": _after(cnn.torch())}
