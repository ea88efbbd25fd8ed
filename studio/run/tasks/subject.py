"""What is evaluated of a document: its losses, the nodes that they depend on, and the examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from engine.core.dispatch import at
from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError, UnavailableError
from engine.core.witness import Witness, witnessed
from engine.runtime.eager import constant
from studio.document.document import PortRef
from studio.document.infer import output_refs
from studio.document.kinds import in_words, is_source, kind_of
from studio.document.lower import Program, Step, blamed
from studio.run.tasks.data import Set

Tensors = dict[PortRef, Any]
#: Examples that go through the network at once at most.
CHUNK: Final = 256


@dataclass(frozen=True)
class Part:
    """The examples of a data set that are evaluated: from `begin` on, so many."""

    on: Set
    has_validation: bool
    begin: int
    count: int
    is_test: bool


class Subject:
    """A loss of a document, ready to be evaluated with the weights as they are.

    Nothing of the document changes by it, neither weights nor running means nor random numbers: layers compute as they
    predict.

    Parameters
    ----------
    program
        The document.
    loss
        The loss's node.
    """

    def __init__(self, program: Program, loss: Step) -> None:
        self._program, self.loss = program, loss
        self.truth, self.prediction = loss.sources
        self.steps = list(program.ancestors([self.prediction]))
        self._all = list(program.ancestors(loss.sources))
        self.sources = [step for step in self._all if is_source(step.node_type)]
        if not any(is_source(step.node_type) for step in self.steps):
            raise InvalidArgumentError(
                "The prediction does not depend on any data.",
                hint="Wire a data node to the first layer.",
                node=loss.id,
            )
        read = {ref for step in self.steps for ref in step.sources} | {self.prediction}
        self.inputs = [
            ref
            for step in self.steps
            if is_source(step.node_type)
            for ref in output_refs(step.id, step.node_type, 2)
            if ref in read
        ]

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes, if the data that the truth comes from have some."""
        for step in self._program.ancestors([self.truth]):
            if is_source(step.node_type) and (labels := self._program.examples(step).labels):
                return labels
        return ()

    @property
    def chunk(self) -> int:
        """How many examples go through the network at once: no more than in training, for which there is memory."""
        return max(1, min(CHUNK, self._program.batch_size))

    @property
    def bytes_per_example(self) -> int:
        """The size of the inputs."""
        found = 0
        for ref in self.inputs:
            step = self.step(ref.node)
            array = self._program.examples(step).train[[p.name for p in step.node_type.outputs].index(ref.port)]
            found += array.nbytes // max(1, len(array))
        return found

    def part(self, on: Set) -> Part:
        """Return the examples to evaluate: those to validate with, or to train on where that is wanted or all there is.

        Raises
        ------
        InvalidArgumentError
            If there are none.
        """
        examples = [self._program.examples(step) for step in self.sources]
        has_test = all(e.test is not None for e in examples)
        size = min(len(e.train[0]) for e in examples)
        trainer = next((s for s in self._program.steps if s.node_type.category == "train"), None)
        share = trainer.params["validation_split"] if trainer is not None and not has_test else 0.0
        split = int(size * (1 - share))
        has_validation = has_test or split < size
        if on == "validation" and has_test:
            found = Part(on, True, 0, min(len(e.test[0]) for e in examples if e.test is not None), True)
        elif on == "validation" and has_validation:
            found = Part(on, True, split, size - split, False)
        else:
            found = Part("training", has_validation, 0, split, False)
        if not found.count:
            raise InvalidArgumentError(
                "There are no examples to look at.", hint="Give the data some, or another share to validate with."
            )
        return found

    def given(self, part: Part, numbers: Array) -> Tensors:
        """Return what the data nodes give for examples."""
        found: Tensors = {}
        for step in self.sources:
            examples = self._program.examples(step)
            arrays = examples.test if part.is_test and examples.test is not None else examples.train
            for ref, array in zip(output_refs(step.id, step.node_type, 2), arrays, strict=True):
                found[ref] = constant(array[part.begin + numbers])
        return found

    def run(self, given: Mapping[PortRef, Any], wanted: Sequence[PortRef]) -> list[Any]:
        """Return what outputs are for what data nodes give, with the layers as they predict.

        Raises
        ------
        EngineError
            Where a node fails; it is named.
        """
        values: Tensors = dict(given)
        with witnessed(Witness()):  # breakpoints of a training that goes on are not to notice
            for step in self._program.ancestors(wanted):
                if is_source(step.node_type):
                    continue
                with blamed(step.id), at(step.id), in_words(step.node_type):
                    outputs = list(kind_of(step.node_type).apply(step.made, [values[ref] for ref in step.sources]))
                values.update(zip(output_refs(step.id, step.node_type, len(outputs)), outputs, strict=True))
        return [values[ref] for ref in wanted]

    def predict(self, given: Mapping[PortRef, Array]) -> Array:
        """Return what is predicted for inputs."""
        found = self.run({ref: constant(array) for ref, array in given.items()}, [self.prediction])[0]
        return np.asarray(found.numpy())

    def step(self, id: str) -> Step:
        """Return a node on the way to the prediction."""
        return next(step for step in self.steps if step.id == id)


def subjects_of(program: Program) -> list[Subject]:
    """Return what can be evaluated of a document: a subject for each loss.

    Raises
    ------
    EngineError
        If there is none; the error says what would bring one up.
    """
    losses = [step for ref in program.losses if (step := program.step(ref.node)) is not None]
    losses = [step for step in losses if step.node_type.id.startswith("loss.") and len(step.sources) > 1]
    if losses:
        return [Subject(program, step) for step in losses]
    for id, error in program.problems.items():
        raise type(error)(error.template, hint=error.hint, **{**error.facts, "node": id})
    raise UnavailableError(
        "The document has no loss, so that it is not known what the network is to do.",
        hint="Wire the prediction and the truth to a loss.",
    )


def spread(count: int, most: int) -> Array:
    """Return at most so many numbers below `count`, evenly spread, in an order of which each beginning is so, too.

    Examples
    --------
    >>> spread(8, 4).tolist(), spread(3, 10).tolist()
    ([0, 4, 2, 6], [0, 2, 1])
    """
    taken = np.arange(min(count, most))
    bits = max(1, int(taken[-1]).bit_length()) if len(taken) else 1
    turned = np.zeros_like(taken)
    for bit in range(bits):
        turned |= ((taken >> bit) & 1) << (bits - 1 - bit)
    order = np.argsort(turned)
    return np.asarray((order * count) // len(taken)) if len(taken) else taken
