"""What `fit` can be told with a number, declared: for its own checks and for editors of any kind."""

from __future__ import annotations

from typing import Any, Final

from engine.core.param import Param

FIT_PARAMS: Final = {
    "epochs": Param("int", 1, "How often it goes through all examples.", min=0),
    "batch_size": Param("int", 32, "Number of examples in a step.", min=1, unit="samples"),
    "validation_split": Param(
        "float", 0.0, "Share of the examples to validate with, if the data set keeps none apart.", min=0, below=1
    ),
    "shuffle": Param("bool", True, "Take the examples in a new order in each epoch."),
}

_STEPS: Final = Param("int", None, "Number of steps.", min=1, optional=True)

#: Other numbers that `compile`, `fit`, `evaluate` and `predict` take; None stands for "as many as there are".
_OTHERS: Final = {
    "initial_epoch": Param("int", 0, "Number of an epoch.", min=0),
    "steps": _STEPS,
    "steps_per_epoch": _STEPS,
    "steps_per_execution": _STEPS,
    "validation_freq": Param("int", 1, "Number of epochs.", min=1),
    "validation_steps": _STEPS,
}


def check(owner: str, **given: Any) -> None:
    """Refuse numbers that `owner` cannot do with.

    Examples
    --------
    >>> check("fit", epochs=-1)
    Traceback (most recent call last):
        ...
    engine.core.errors.InvalidArgumentError: fit: epochs is -1. It takes a whole number of 0 or more.
    """
    params = {**FIT_PARAMS, **_OTHERS}
    for name, value in given.items():
        params[name].validate(value, name, owner)


def checked_batch_size(given: int | None, owner: str) -> int:
    """Return how many examples a step takes: None stands for Keras' 32.

    Examples
    --------
    >>> checked_batch_size(None, "fit"), checked_batch_size(8, "fit")
    (32, 8)
    """
    param = FIT_PARAMS["batch_size"]
    size: int = param.validate(param.default if given is None else given, "batch_size", owner)
    return size
