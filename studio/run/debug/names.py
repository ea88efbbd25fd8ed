"""What the tensors of a training are called: which node gives which, and whose the variables are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from engine.core.dtype import Array
from studio.document.infer import output_refs
from studio.document.kinds import is_source
from studio.document.lower import Program, Step, Training
from studio.run.debug.step import Frame, Path, frames
from studio.run.lookup import weights_of
from studio.run.tensor_ref import TensorRef


class Names:
    """The names of what occurs in a training of a document.

    Parameters
    ----------
    program, training
        The document, and its model, if it has a trainer. The optimiser makes its slots now, so that they have names
        from the first step on.
    """

    takes_all = False
    """Whether ops that are for no part of a training step are steps, too."""

    def __init__(self, program: Program, training: Training | None) -> None:
        self._program, self._training = program, training
        self._steps: dict[str, Step] = {step.id: step for step in program.steps}
        optimizer = training.model.optimizer if training is not None else None
        if training is not None and optimizer is not None:
            optimizer.build(training.model.trainable_variables)
        self.variables: dict[int, tuple[Any, tuple[TensorRef, ...]]] = {}
        """By the id of a variable: it, and what it is called; of several nodes that share it by the names of each."""
        self._aliases: dict[str, set[str]] = {}
        self._led_on = {TensorRef.of(ref): tuple(map(TensorRef.of, on)) for ref, on in program.led_on.items()}
        for step in program.steps:
            self._aliases[step.id] = {getattr(step.made, "name", "")}
            for name, weight in weights_of(step).items():
                self._name(weight, TensorRef("weight", step.id, name))
                slots = optimizer.slots(weight) if optimizer is not None else {}
                for part, slot in slots.items():
                    self._name(slot, TensorRef("slot", step.id, name, part))

    def begin(self) -> None:
        """A run begins: all that has a name has had it before."""

    def _name(self, variable: Any, ref: TensorRef) -> None:
        known = self.variables.get(id(variable), (variable, ()))[1]
        self.variables[id(variable)] = variable, (*known, ref)

    def refs_of(self, variable: Any) -> tuple[TensorRef, ...]:
        """Return what a variable is called; nothing, if it is no layer's and no optimiser's."""
        return self.variables.get(id(variable), (None, ()))[1]

    def state(self) -> dict[TensorRef, Array]:
        """Return the values of all weights and slots as they are now."""
        return {ref: variable.array for variable, refs in self.variables.values() for ref in refs}

    def outputs_of(self, node: str, count: int) -> list[TensorRef]:
        """Return what the results of a node are called, nothing if there is no such node."""
        step = self._steps.get(node)
        if step is None:
            return []
        return [TensorRef.of(ref) for ref in output_refs(node, step.node_type, count)][:count]

    def of_training(self) -> TensorRef | None:
        """Return what the loss of a training step is called: as it adds up all that is wired to the trainer, no wire's.

        It stands for the trainer's node, and has no name within. None if there is no trainer.
        """
        if self._training is None:
            return None
        return TensorRef("value", self._training.trainer, "")

    def names_of(self, ref: TensorRef) -> tuple[TensorRef, ...]:
        """Return what the value of an output is called: so, and as all that reroute points and functions hand it on."""
        return ref, *self._led_on.get(ref, ())

    def path_of(self, place: Sequence[str], line: str) -> Path:
        """Return the frames of the places that an op says it lies in: its node's, then those of layers within.

        A layer that has the name of its node, or of the weights that this shares with others, is that node.
        """
        if not place:
            return (Frame("node", ""),)
        first, *rest = place
        if first not in self._steps:
            return tuple(Frame("layer", name) for name in place)
        level = "weight" if self._training is not None and first == self._training.trainer else "layer"
        inner = (name for name in rest if name not in self._aliases[first])
        return (*frames(first), *(Frame(level, name) for name in inner))  # type: ignore[arg-type]

    # ---------------------------------------------------------------------------------------------------- the batch

    def fed(self, index: Array) -> Iterator[tuple[str, list[TensorRef], list[Array]]]:
        """Yield for each data node that the training reads: its name, those of its outputs, and the batch's values."""
        for step in self._training.read if self._training is not None else ():
            if is_source(step.node_type):
                refs = self.outputs_of(step.id, len(step.node_type.outputs))
                yield step.id, refs, [part[index] for part in self._program.examples(step).train]

    def given(self) -> list[TensorRef]:
        """Return what the tensors of a batch are called in the order in which the model takes them."""
        assert self._training is not None
        return [TensorRef.of(ref) for ref in (*self._training.inputs, *self._training.truths)]

    def prepared(self) -> list[tuple[Step, list[TensorRef]]]:
        """Return the nodes that make the truths of what the data give, with the names of their outputs."""
        return [
            (step, self.outputs_of(step.id, len(step.node_type.outputs)))
            for step in (self._training.read if self._training is not None else ())
            if not is_source(step.node_type)
        ]

    def sources_of(self, step: Step) -> list[TensorRef]:
        """Return what goes into a node."""
        return [TensorRef.of(ref) for ref in step.sources]
