"""Checkpoints: all that decides how a training goes on, so that it does so bit for bit.

A checkpoint is taken between two steps. It holds the weights, the optimiser's state, the running means of the metrics,
every source of random numbers, the order of the examples, and where the training is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import FailedPreconditionError, InvalidArgumentError
from engine.io.checkpoint_file import FORMAT, VERSION, Checkpoint
from engine.keras import Model
from engine.keras.callbacks import Callback
from engine.keras.callbacks.monitor import Monitor
from engine.runtime import rng
from engine.runtime.variable import Variable


def capture(model: Model, callbacks: Sequence[Callback] = ()) -> Checkpoint:
    """Return a copy of all that decides how a training goes on; to be called by a callback, between two steps.

    Parameters
    ----------
    callbacks
        Those that watch the logs: what they remember is kept, too.

    Raises
    ------
    FailedPreconditionError
        If the model is not being trained.
    """
    if not hasattr(model, "position"):
        raise FailedPreconditionError(
            "{name} has not been trained.", hint="Capture it in a callback, while fit is running.", name=model.name
        )
    position, optimizer = model.position, model.optimizer
    arrays = {
        f"{group}/{i}": np.array(v.array)
        for group, variables in _groups(model).items()
        for i, v in enumerate(variables)
    }
    numbers = {id(v): i for i, v in enumerate(model.weights)}
    slotted = [numbers[id(v)] for v in optimizer.built_for if id(v) in numbers]
    for number in slotted:
        for name, slot in optimizer.slots(model.weights[number]).items():
            arrays[f"slots/{number}/{name}"] = np.array(slot.array)
    order, batches = position.batches.state()
    arrays["order/0"] = order
    watching: list[Any] = []
    for i, monitor in enumerate(_monitors(callbacks)):
        found, best = monitor.state()
        watching.append(found)
        arrays |= {f"best{i}/{k}": array for k, array in enumerate(best)}
    facts = {
        "format": FORMAT,
        "version": VERSION,
        "epoch": position.epoch,
        "done": position.done,
        "batches": batches,
        "logs": model.epoch_logs() if position.done else {},
        "weights": [[w.name, list(w.shape), w.dtype.name] for w in model.weights],
        "slotted": slotted,
        "random": rng.states(),
        "monitors": watching,
        "frozen": [i for i, layer in enumerate(model.layers) if not layer.trainable],
    }
    return Checkpoint(arrays, facts)


def restore(checkpoint: Checkpoint, model: Model, callbacks: Sequence[Callback] = ()) -> None:
    """Let a training go on from a checkpoint; to be called by a callback when it begins.

    Raises
    ------
    InvalidArgumentError
        If the model is another one; nothing is changed then.
    """
    restore_weights(checkpoint, model)
    facts, arrays, optimizer = checkpoint.facts, checkpoint.arrays, model.optimizer
    for i, layer in enumerate(model.layers):
        layer.trainable = i not in facts["frozen"]
    optimizer.build([model.weights[i] for i in facts["slotted"]])
    for name, array in arrays.items():
        group, _, rest = name.partition("/")
        if group == "slots":
            number, _, slot = rest.partition("/")
            optimizer.slots(model.weights[int(number)])[slot].assign(array)
    for group, variables in _groups(model).items():
        if group == "metrics" and not checkpoint.done:
            continue  # an epoch begins with new ones
        kept = _of_group(arrays, group)
        if len(kept) != len(variables):
            raise InvalidArgumentError(
                "The checkpoint holds {kept} values of {what}, the model {own}.",
                hint="Take it up with the model, the metrics and the trainer that it was made with.",
                kept=len(kept),
                what=group,
                own=len(variables),
            )
        for variable, array in zip(variables, kept, strict=True):
            variable.assign(array)
    for i, (monitor, found) in enumerate(zip(_monitors(callbacks), facts["monitors"], strict=False)):
        monitor.restore(found, _of_group(arrays, f"best{i}"))
    rng.restore_states(facts["random"])
    position = model.position
    position.epoch, position.done = checkpoint.epoch, checkpoint.done
    position.batches.restore(arrays["order/0"], facts["batches"])
    position.logs = facts.get("logs", {})  # they are not in checkpoints of an earlier program


def restore_weights(checkpoint: Checkpoint, model: Model) -> None:
    """Give a model the weights of a checkpoint, and nothing else.

    Raises
    ------
    InvalidArgumentError
        If it has others; nothing is changed then.
    """
    own = [[w.name, list(w.shape), w.dtype.name] for w in model.weights]
    kept = checkpoint.facts["weights"]
    for i in range(max(len(own), len(kept))):
        mine, given = (w[i] if i < len(w) else None for w in (own, kept))
        if mine is None or given is None or mine[1:] != given[1:]:
            raise InvalidArgumentError(
                "The checkpoint is of another network: where it holds {given}, the network has {own}.",
                hint="Open the document that is kept with the run.",
                given=_brief(given),
                own=_brief(mine),
            )
    model.set_weights(_of_group(checkpoint.arrays, "weights"))


def _groups(model: Model) -> dict[str, list[Variable]]:
    """Return the variables that are kept by their place alone."""
    optimizer = model.optimizer
    return {
        "weights": list(model.weights),
        "optimizer": [optimizer.iterations, optimizer.learning_rate],
        "metrics": model.metric_variables(),
        "draws": [generator.state for generator in model.generators],
    }


def _of_group(arrays: dict[str, Array], group: str) -> list[Array]:
    found = {name.partition("/")[2]: array for name, array in arrays.items() if name.startswith(f"{group}/")}
    return [found[str(i)] for i in range(len(found))]


def _monitors(callbacks: Sequence[Callback]) -> list[Monitor]:
    return [c for c in callbacks if isinstance(c, Monitor)]


def _brief(weight: Sequence[Any] | None) -> str:
    return "–" if weight is None else f"{weight[0]} {weight[2]} {tuple(weight[1])}"
