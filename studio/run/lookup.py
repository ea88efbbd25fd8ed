"""The tensors of a document by name: what its wires carried at the last look, its weights, its gradients, its slots."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from engine.core.dtype import Array
from engine.core.errors import EngineError, UnavailableError
from engine.runtime.tape import GradientTape
from studio.document.document import PortRef
from studio.document.lower import Program, Step, Values
from studio.run import session
from studio.run.tensor_ref import TensorRef

_FROM_TAPE: Final = ("gradient", "weight_gradient")

#: Why a tensor of a kind may have no value.
_WHY: Final[Mapping[str, EngineError]] = {
    "value": UnavailableError("This wire carries nothing now.", hint="Mend what is wrong before it."),
    "compiled": UnavailableError(
        "This wire carries nothing when the document is compiled.", hint="Mend what is wrong before it."
    ),
    "gradient": UnavailableError(
        "The loss does not depend on this tensor.",
        hint="Wire it to a loss; whole numbers, truths and what comes behind the loss have no gradient.",
    ),
    "weight": UnavailableError("This weight is not there now.", hint="Mend what is wrong with its layer."),
    "weight_gradient": UnavailableError("The loss does not depend on this weight.", hint="Wire its layer to a loss."),
    "update": UnavailableError("No step has changed this weight yet.", hint="Train, and look again."),
    "slot": UnavailableError("The optimiser keeps nothing for this weight yet.", hint="Train, and look again."),
    "step": UnavailableError("This op has not been applied.", hint="Step to it under the debugger."),
}


#: The same under the debugger, of what may come yet.
_NOT_YET: Final = UnavailableError("It is not known where the run stands.", hint="Step on until it is computed.")


def why_missing(ref: TensorRef, is_debugged: bool = False) -> EngineError:
    """Return why a tensor has no value, as an error at its node; under the debugger it may come yet."""
    why = _NOT_YET if is_debugged and ref.kind != "step" else _WHY[ref.kind]
    return type(why)(why.template, hint=why.hint, node=ref.node)


class Lookup:
    """Finds tensors by name.

    Gradients are those of the batch that is looked at, with the layers as they predict: they are computed with a look
    that is asked for some.

    Parameters
    ----------
    program
        The document.

    Attributes
    ----------
    values
        What the wires carried at the last look.
    optimizer
        That of the training that runs, or ran last.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self.values = Values()
        self.optimizer: Any = None
        self._gradients: dict[TensorRef, Array] = {}
        self._compiled: Values | None = None
        self._before: dict[TensorRef, Array] = {}
        self._updates: dict[TensorRef, Array] = {}
        self._updated: int | None = None

    def look(self, run: Callable[[Step, Sequence[Any]], Sequence[Any]], wanted: Iterable[TensorRef] = ()) -> None:
        """Run the first batch through the document, each node by `run`; gradients are computed if some are wanted."""
        self._compiled = None
        self._gradients = {}
        if any(ref.kind in _FROM_TAPE for ref in wanted):
            self._look_back(run)
        else:
            self.values = self._program.values(run)

    def knows(self, ref: TensorRef) -> bool:
        """Return whether the last look was one that could have found a tensor."""
        return ref.kind not in _FROM_TAPE or bool(self._gradients)

    def array(self, ref: TensorRef) -> Array | None:
        """Return the values of a tensor, None if it has none."""
        return _FINDERS[ref.kind](self, ref)

    def refs(self) -> Iterator[TensorRef]:
        """Yield the names of all tensors that a node has beside the values of its outputs."""
        losses = self._program.losses
        for port, tensor in self.values.tensors.items():
            if losses and tensor.dtype.is_floating:
                yield TensorRef.of(port, "gradient")
            yield TensorRef.of(port, "compiled")
        for node, weights in self._weights():
            for name, weight in weights.items():
                yield TensorRef("weight", node, name)
                if losses and weight.trainable:
                    yield TensorRef("weight_gradient", node, name)
                for slot in self._slots(weight):
                    yield TensorRef("slot", node, name, slot)
                if self._slots(weight):
                    yield TensorRef("update", node, name)

    def step_begins(self, wanted: Iterable[TensorRef]) -> bool:
        """Take note of weights whose change is wanted, in front of a step; return whether there are any."""
        self._before = {
            ref: weight.array.copy()
            for ref in wanted
            if ref.kind == "update" and (weight := self._weight(ref)) is not None
        }
        return bool(self._before)

    def step_ended(self, number: int) -> None:
        """Take note of what the step has changed that was begun: it is the one of this number."""
        self._updates = {
            ref: weight.array - before
            for ref, before in self._before.items()
            if (weight := self._weight(ref)) is not None and weight.array.shape == before.shape
        }
        self._before, self._updated = {}, number

    def step_of(self, ref: TensorRef, now: int | None) -> int | None:
        """Return behind which step a tensor had its values, if `now` so many were made: not all changes are noted."""
        return self._updated if ref.kind == "update" and now is not None else now

    # ------------------------------------------------------------------------------------------------------ gradients

    def _look_back(self, run: Callable[[Step, Sequence[Any]], Sequence[Any]]) -> None:
        with GradientTape() as tape:

            def watched(step: Step, inputs: Sequence[Any]) -> Sequence[Any]:
                outputs = run(step, inputs)
                for tensor in outputs:
                    if tensor.dtype.is_floating:
                        tape.watch(tensor)
                return outputs

            self.values = self._program.values(watched)
        tensors = self.values.tensors
        losses = [tensors[ref] for ref in self._program.losses if ref in tensors]
        if not losses:
            return
        sources = {TensorRef.of(port, "gradient"): t for port, t in tensors.items() if t.dtype.is_floating}
        for node, weights in self._weights():
            sources |= {TensorRef("weight_gradient", node, name): w for name, w in weights.items() if w.trainable}
        found = tape.gradient(losses, list(sources.values()))
        self._gradients = {ref: np.asarray(g.numpy()) for ref, g in zip(sources, found, strict=True) if g is not None}

    # -------------------------------------------------------------------------------------------------------- weights

    def _weights(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for step in self._program.steps:
            if weights := weights_of(step):
                yield step.id, weights

    def _weight(self, ref: TensorRef) -> Any:
        step = self._program.step(ref.node)
        return weights_of(step).get(ref.name) if step is not None else None

    def _slots(self, weight: Any) -> Mapping[str, Any]:
        return self.optimizer.slots(weight) if self.optimizer is not None else {}

    # -------------------------------------------------------------------------------------------------------- finding

    def _value(self, ref: TensorRef) -> Array | None:
        return _view(self.values.tensors.get(PortRef(ref.node, ref.name)))

    def _compiled_value(self, ref: TensorRef) -> Array | None:
        if self._compiled is None:
            self._compiled = session.evaluate(self._program, "lazy")
        return _view(self._compiled.tensors.get(PortRef(ref.node, ref.name)))

    def _gradient(self, ref: TensorRef) -> Array | None:
        return self._gradients.get(ref)

    def _weight_value(self, ref: TensorRef) -> Array | None:
        return _array(self._weight(ref))

    def _update(self, ref: TensorRef) -> Array | None:
        return self._updates.get(ref)

    def _slot(self, ref: TensorRef) -> Array | None:
        weight = self._weight(ref)
        return _array(self._slots(weight).get(ref.part)) if weight is not None else None


_FINDERS: Final[Mapping[str, Callable[[Lookup, TensorRef], Array | None]]] = {
    "value": Lookup._value,
    "compiled": Lookup._compiled_value,
    "gradient": Lookup._gradient,
    "weight": Lookup._weight_value,
    "weight_gradient": Lookup._gradient,
    "update": Lookup._update,
    "slot": Lookup._slot,
    "step": lambda _lookup, _ref: None,  # those of the debugger
}


def weights_of(step: Step) -> dict[str, Any]:
    """Return the variables of a node's layer by short names; a second one of a name is numbered."""
    found: dict[str, Any] = {}
    for weight in getattr(step.made, "weights", ()):
        plain = name = str(weight.name).rpartition("/")[2]
        count = 1
        while name in found:
            count += 1
            name = f"{plain}_{count}"
        found[name] = weight
    return found


def _view(tensor: Any) -> Array | None:
    """Return the values of a tensor, which do not change, where they lie: a copy of 10 million takes 4 ms."""
    return None if tensor is None else np.asarray(tensor)


def _array(tensor: Any) -> Array | None:
    return None if tensor is None else np.asarray(tensor.numpy())
