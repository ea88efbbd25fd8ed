"""What is said of tasks, classes and examples, in the language in use."""

from __future__ import annotations

import math
from typing import Final

from engine.core.dtype import Array
from studio.run.tasks.data import Example, Sample, Task
from studio.ui.i18n import N_, _, number

SETS: Final = {"validation": N_("Validation data"), "training": N_("Training data")}
_MOST: Final = 4


def class_name(task: Task, at: int) -> str:
    """Return what a class is called; yes and no have words, others without a name their number."""
    if 0 <= at < len(task.labels):
        return task.labels[at]
    if task.kind == "binary":
        return _("yes") if at else _("no")
    return number(int(at))


def said(task: Task, values: Array) -> str:
    """Return a truth or a prediction in words."""
    if task.tells_classes:
        names = [class_name(task, int(v)) for v in values[:_MOST]]
    elif task.kind == "labels":
        there = [class_name(task, i) for i, v in enumerate(values) if v]
        names = there[:_MOST] if there else ["—"]
        return ", ".join(names) + (" …" if len(there) > _MOST else "")
    else:
        names = [number(float(v)) for v in values[:_MOST]]
    return ", ".join(names) + (" …" if len(values) > _MOST else "")


def share(value: float) -> str:
    """Return a share of one in per cent; without one, a dash."""
    return "—" if not math.isfinite(value) else f"{number(100 * value, 1)} %"


def score_text(value: float) -> str:
    """Return a score; without one, a dash."""
    return "—" if math.isnan(value) else number(value, 3)


def sample_text(sample: Sample) -> str:
    """Return what was evaluated."""
    texts = [
        _("{count} of {total} examples of the validation data")
        if sample.on == "validation"
        else _("{count} of {total} examples of the training data")
    ]
    if sample.step is not None:
        texts.append(_("step {step}"))
    if sample.left_out:
        texts.append(_("{bad} left out: NaN or infinite"))
    return " · ".join(texts).format(
        count=number(sample.count),
        total=number(sample.total),
        step=number(sample.step or 0),
        bad=number(sample.left_out),
    )


def example_text(task: Task, example: Example) -> str:
    """Return one example in a line."""
    return _("example {number}: {truth}, predicted {prediction}").format(
        number=number(example.number), truth=said(task, example.truth), prediction=said(task, example.prediction)
    )
