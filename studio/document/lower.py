"""Lowering: from a document to something that runs. Values for every wire, and a model to train."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine import keras
from engine.core.dispatch import at
from engine.core.dtype import Array
from engine.core.errors import EngineError, InvalidArgumentError, UnavailableError
from engine.core.param import Param
from engine.core.spec import TensorSpec
from engine.data import Examples
from engine.graph.graph import freeze
from engine.runtime import rng
from engine.runtime.eager import constant
from studio.document.catalogue import FIT_PARAMS, STOP_PARAMS
from studio.document.document import Document, PortRef
from studio.document.flat import flatten
from studio.document.infer import Inference, ordered, output_refs
from studio.document.kinds import bound, in_words, is_source, kind_of
from studio.document.modes import first_of, passed_on
from studio.document.nodetype import Catalogue, NodeType
from studio.document.order import order
from studio.document.reroute import REROUTE, REROUTE_TYPE, origin
from studio.document.sharing import owner
from studio.document.stopping import Stopped
from studio.document.study import complete

#: Setting of a document: the seed of everything random in it.
SEED = "seed"
_SEED = Param("int", 0, "Where random numbers begin.", min=0)
#: Examples of a batch where no trainer says how many.
BATCH_SIZE = 32

_NOT_LOADED = UnavailableError("Loading the data was stopped.", hint="Train, or reset, to load them.")
_STOPPED_HERE = EngineError("The preview was stopped here.", hint="The next edit begins another one.")


@dataclass
class Step:
    """A node, ready to run: what it is, and where its inputs come from."""

    id: str
    node_type: NodeType
    params: dict[str, Any]
    sources: list[PortRef]
    made: Any = None


@dataclass(frozen=True)
class Training:
    """A model with its data, and how to train it.

    Parameters
    ----------
    fit
        Keyword arguments of `fit` beside the data: "epochs", "batch_size", …
    stop
        When it ends early: "patience" and "restore_best".
    metrics
        Names of the metrics, as in the logs: the ids of their nodes, behind that of the prediction if there are two.
    trainer
        Id of the trainer's node.
    inputs, truths
        The ports that `x` and `y` come from.
    read
        The nodes that give what the model reads and make the truths of it, in order.
    """

    model: keras.Model
    x: list[Array]
    y: list[Array]
    validation: tuple[list[Array], list[Array]] | None
    fit: dict[str, Any]
    stop: dict[str, Any]
    metrics: tuple[str, ...]
    trainer: str
    inputs: Sequence[PortRef] = ()
    truths: Sequence[PortRef] = ()
    read: Sequence[Step] = ()


@dataclass
class Values:
    """What ran: a tensor for each output port that has one, an error for each node that failed."""

    tensors: dict[PortRef, Any] = field(default_factory=dict)
    errors: dict[str, EngineError] = field(default_factory=dict)


class Program:
    """A document in a form that runs; it follows the document's changes and keeps the weights that still fit.

    Parameters
    ----------
    catalogue
        The node types.

    Examples
    --------
    >>> from studio.document.catalogue import CATALOGUE
    >>> from studio.document.document import Node
    >>> from studio.document.edits import AddNode
    >>> document = Document()
    >>> _ = document.apply(AddNode(Node("two", "data.constant", {"value": 2.0})))
    >>> program = Program(CATALOGUE)
    >>> program.update(document)
    >>> float(program.values().tensors[PortRef("two", "output")])
    2.0
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._inference = Inference(catalogue)
        self._made: dict[str, tuple[Any, Any]] = {}
        self._examples: dict[Any, Examples | EngineError] = {}
        self._trainers: list[str] = []
        self._metrics: list[str] = []
        self._fed_by: dict[str, set[str]] = {}
        self.steps: list[Step] = []
        self.specs: Mapping[PortRef, TensorSpec] = {}
        self.seed = 0
        self.problems: dict[str, EngineError] = {}
        self._left_out: dict[str, EngineError] = {}
        self._muted_trainer = ""
        self._through: dict[PortRef, PortRef] = {}
        """The outputs of bypassed nodes, each with the output whose value comes out there."""

    # --------------------------------------------------------------------------------------------------- document

    def update(self, document: Document) -> None:
        """Take the present state of the document over; layers that did not change keep their weights.

        Raises
        ------
        InvalidArgumentError
            If its seed is no seed. What is wrong with nodes is in `problems`.
        """
        seed = _SEED.validate(document.settings.get(SEED, _SEED.default), SEED)
        flat = flatten(document)
        document = flat.document
        analysis = self._inference.analyse(document)
        self.specs = analysis.specs
        self.problems, self._left_out, self._through = {}, {}, {}
        for problem in complete(flat, analysis).problems:
            if problem.node is not None and problem.severity == "error":
                self.problems.setdefault(problem.node, problem.error)
        for problem in analysis.problems:  # inference warns of what is left out, and of nothing else
            if problem.node is not None and problem.severity == "warning":
                self._left_out.setdefault(problem.node, problem.error)
        self.seed = seed
        trainers = [id for id, node in document.nodes.items() if node.type.startswith("train.")]
        self._trainers = [id for id in trainers if document.nodes[id].mode != "mute"]
        self._muted_trainer = trainers[0] if trainers and not self._trainers else ""
        self._metrics = [id for id, node in document.nodes.items() if node.type.startswith("metric.")]
        self._fed_by = {id: {ref.node for ref in document.inputs_of(id).values()} for id in document.nodes}
        self.steps = []
        made: dict[str, tuple[Any, Any]] = {}
        for id in order(document)[0]:
            if id in self.problems:
                continue
            node = document.nodes[id]
            node_type = self._catalogue[node.type]
            if node.mode == "mute" or id in self._left_out:
                continue
            wired = self._inference.inputs_of(document, id)
            if node.mode == "bypass":
                for output, name in (passed_on(node_type) or {}).items():
                    self._through[PortRef(id, output)] = self._origin(document, wired[first_of(name, wired)])
                continue
            sources = [self._origin(document, ref) for ref in ordered(node_type, wired)]
            specs = [spec for ref in sources if (spec := analysis.specs.get(ref)) is not None]
            if len(specs) < len(sources):
                continue
            params = bound(node_type, node.params)
            key = (node_type.id, freeze(params), tuple(specs), self.seed)
            name = owner(flat, analysis.parameters, id)
            if name not in made:  # else it shares the weights of one before it, whose inputs may be larger
                known = self._made.get(name)
                made[name] = known if known and known[0] == key else (key, self._make(node_type, params, name, specs))
            self.steps.append(Step(id, node_type, params, sources, made[name][1]))
        # what takes no part for now, such as a trained layer that is bypassed, keeps its weights for when it does again
        resting = (flat.shares.get(id, id) for id, n in document.nodes.items() if n.mode or id in self._left_out)
        made.update((id, self._made[id]) for id in resting if id in self._made and id not in made)
        self._made = made
        in_use = {_data_key(step) for step in self.steps if is_source(step.node_type)}
        self._examples = {key: found for key, found in self._examples.items() if key in in_use}

    def _origin(self, document: Document, ref: PortRef) -> PortRef:
        """Return the output that a value really comes from, past reroute points and what is bypassed."""
        ref = origin(document, ref)
        return self._through.get(ref, ref)

    def reset(self) -> None:
        """Forget all weights: the next update draws new ones, the same as at first. Data that failed get a new try."""
        self._made.clear()
        self._forget_failures()

    def _forget_failures(self) -> None:
        self._examples = {key: found for key, found in self._examples.items() if not isinstance(found, EngineError)}

    def _make(self, node_type: NodeType, params: dict[str, Any], id: str, specs: Sequence[TensorSpec]) -> Any:
        if is_source(node_type):
            return None
        # each node draws from a seed of its own, so that an edit of one leaves the others' weights alone
        rng.set_seed(rng.mixed(self.seed, id))
        made = kind_of(node_type).make(node_type, params, id)
        if isinstance(made, keras.Layer):
            made.compute_output_spec(
                *([list(specs)] if made.merges else specs)
            )  # makes the weights while that seed is in force
        return made

    def examples(self, step: Step) -> Examples:
        """Return the examples of a data node; they are loaded once.

        Raises
        ------
        EngineError
            If they cannot be loaded or are no good. A preview at each edit does not try again; training does.
        """
        key = _data_key(step)
        if key not in self._examples:
            try:
                with in_words(step.node_type):
                    self._examples[key] = step.node_type.make(**step.params)
            except EngineError as error:
                self._examples[key] = error
            except Stopped:
                self._examples[key] = _NOT_LOADED
                raise
        found = self._examples[key]
        if isinstance(found, EngineError):
            raise type(found)(found.template, hint=found.hint, **{**found.facts, "node": step.id})
        return found

    def step(self, id: str) -> Step | None:
        """Return the step of a node, or None if it cannot run."""
        return next((s for s in self.steps if s.id == id), None)

    # ----------------------------------------------------------------------------------------------------- values

    @property
    def batch_size(self) -> int:
        """Number of examples of a batch, as the trainer says."""
        return next((s.params["batch_size"] for s in self.steps if s.node_type.category == "train"), BATCH_SIZE)

    def values(self, run: Callable[[Step, Sequence[Any]], Sequence[Any]] | None = None) -> Values:
        """Run the first batch through all nodes that can run, and return what comes out where.

        A node that fails keeps what lies behind it from running, nothing else. If `run` raises `Stopped`, what has run
        is returned, with an error at the node that was about to.
        """
        found = Values()
        for step in self.steps:
            if any(ref not in found.tensors for ref in step.sources):
                continue
            try:
                with at(step.id), in_words(step.node_type):
                    outputs = list((run or self.run)(step, [found.tensors[ref] for ref in step.sources]))
            except EngineError as error:
                error.facts.setdefault("node", step.id)
                found.errors[step.id] = error
                continue
            except Stopped:
                template, hint = _STOPPED_HERE.template, _STOPPED_HERE.hint
                found.errors[step.id] = EngineError(template, hint=hint, node=step.id)
                break
            found.tensors.update(zip(output_refs(step.id, step.node_type, len(outputs)), outputs, strict=True))
        found.tensors.update((ref, found.tensors[to]) for ref, to in self._through.items() if to in found.tensors)
        return found

    def run(self, step: Step, inputs: Sequence[Any]) -> Sequence[Any]:
        """Return the outputs of a node for inputs: for a data node, of its first batch."""
        if is_source(step.node_type):
            x, y = self.examples(step).train
            return [constant(x[: self.batch_size]), constant(y[: self.batch_size])]
        return kind_of(step.node_type).apply(step.made, inputs)

    @property
    def led_on(self) -> Mapping[PortRef, Sequence[PortRef]]:
        """By an output those of reroute points, of functions and of bypassed nodes that hand its value on as it is."""
        found: dict[PortRef, list[PortRef]] = {}
        for step in self.steps:
            if step.node_type.id == REROUTE:
                found.setdefault(step.sources[0], []).append(PortRef(step.id, REROUTE_TYPE.outputs[0].name))
        for ref, to in self._through.items():
            found.setdefault(to, []).append(ref)
        return found

    @property
    def has_trainer(self) -> bool:
        """Whether somebody wants it to be trained, be it possible or not."""
        return bool(self._trainers)

    @property
    def losses(self) -> Sequence[PortRef]:
        """The numbers that are to become small: what the trainer is wired to, else what all losses give."""
        wired = [ref for step in self.steps if step.id in self._trainers for ref in step.sources]
        return wired or [PortRef(s.id, "loss") for s in self.steps if s.node_type.id.startswith("loss.")]

    # --------------------------------------------------------------------------------------------------- training

    def training(self) -> Training:
        """Return the model that the document describes, its data, and how to train it.

        Raises
        ------
        EngineError
            If there is no trainer, or what it needs is not there; the error names the node.
        """
        self._forget_failures()
        trainer = self._trainer()
        losses = [self._behind(trainer, ref) for ref in trainer.sources]
        sources, feeds = self._feeds(losses)
        watched = self._watched(losses)
        with blamed(trainer.id):
            model = self._model(sources, losses)
            if not model.trainable_variables:
                raise InvalidArgumentError(
                    "There is nothing to learn: no layer with weights leads to the prediction.",
                    hint="Put a layer such as Dense between the data and the loss.",
                    node=losses[0].id,
                )
            model.compile(
                optimizer=self._fresh(trainer),
                loss=[loss.made for loss in losses],
                metrics=[[self._fresh(m) for m in metrics] for metrics in watched],
            )
        x = [feeds[ref][0] for ref in sources]
        truths = [self._truth(loss, 0) for loss in losses]
        validation = None
        if all(feeds[ref][1] is not None for ref in sources) and all(map(self._has_test, losses)):
            held_out = [self._truth(loss, 1) for loss in losses]
            validation = ([v for ref in sources if (v := feeds[ref][1]) is not None], held_out)
        fit = {name: trainer.params[name] for name in FIT_PARAMS}
        if validation is not None:
            fit["validation_split"] = 0.0
        outputs = [f"{name}_" for name in model.output_names] if len(losses) > 1 else [""]
        names = tuple(f"{output}{m.id}" for output, metrics in zip(outputs, watched, strict=True) for m in metrics)
        stop = {name: trainer.params[name] for name in STOP_PARAMS}
        of_truths = [loss.sources[0] for loss in losses]
        needed = {step.id for step in self.ancestors(of_truths)} | {ref.node for ref in sources}
        read = [step for step in self.steps if step.id in needed]
        return Training(model, x, truths, validation, fit, stop, names, trainer.id, sources, of_truths, read)

    def _trainer(self) -> Step:
        """Return the trainer, or raise what keeps it from running."""
        if self._muted_trainer:
            raise InvalidArgumentError(
                "The trainer is muted.", hint="Let it take part again, to train.", node=self._muted_trainer
            )
        if not self._trainers:
            raise InvalidArgumentError(
                "The document has no trainer.", hint="Add one from the palette (Adam or SGD) and wire the loss to it."
            )
        if len(self._trainers) > 1:
            raise InvalidArgumentError(
                "The document has {count} trainers.",
                hint="Keep one.",
                count=len(self._trainers),
                node=self._trainers[1],
            )
        if (trainer := self.step(self._trainers[0])) is not None:
            return trainer
        needed = list(self._trainers)
        for id in needed:  # grows while it is walked
            needed += (other for other in self._fed_by[id] if other not in needed)
        raise next(error for id, error in (*self.problems.items(), *self._left_out.items()) if id in needed)

    def _behind(self, trainer: Step, ref: PortRef) -> Step:
        step = self.step(ref.node)
        if step is None or not step.node_type.id.startswith("loss."):
            raise InvalidArgumentError(
                "A trainer is wired to losses, but '{node_id}' is none.",
                hint="Put a loss between them.",
                node_id=ref.node,
                node=trainer.id,
            )
        return step

    def ancestors(self, refs: Sequence[PortRef]) -> Iterator[Step]:
        """Yield the steps that these ports depend on, in order."""
        wanted = {ref.node for ref in refs}
        for step in reversed(self.steps):
            if step.id in wanted:
                wanted |= {ref.node for ref in step.sources}
        yield from (s for s in self.steps if s.id in wanted)

    def _feeds(self, losses: Sequence[Step]) -> tuple[list[PortRef], dict[PortRef, tuple[Array, Array | None]]]:
        """Return the data ports that the predictions depend on, with their arrays to train on and to test on."""
        predictions = [loss.sources[1] for loss in losses]
        steps = list(self.ancestors(predictions))
        read = {ref for s in steps for ref in s.sources} | set(predictions)
        feeds: dict[PortRef, tuple[Array, Array | None]] = {}
        for step in steps:
            if is_source(step.node_type):
                examples = self.examples(step)
                for i, port in enumerate(step.node_type.outputs):
                    if (ref := PortRef(step.id, port.name)) in read:
                        feeds[ref] = examples.train[i], examples.test[i] if examples.test else None
        for loss in losses:
            if not any(is_source(step.node_type) for step in self.ancestors([loss.sources[1]])):
                raise InvalidArgumentError(
                    "The prediction does not depend on any data.",
                    hint="Wire a data node to the first layer.",
                    node=loss.id,
                )
        return list(feeds), feeds

    def _has_test(self, loss: Step) -> bool:
        """Whether the data that the truth depends on keep some examples apart to test on."""
        sources = (s for s in self.ancestors([loss.sources[0]]) if is_source(s.node_type))
        return all(self.examples(s).test is not None for s in sources)

    def _model(self, sources: Sequence[PortRef], losses: Sequence[Step]) -> keras.Model:
        """Return the model from the data ports to the predictions, made by wiring the same layers symbolically."""
        predictions = [loss.sources[1] for loss in losses]
        values: dict[PortRef, Any] = {}
        for step in self.ancestors(predictions):
            if is_source(step.node_type):
                for spec, ref in zip(_specs(step), output_refs(step.id, step.node_type, 2), strict=True):
                    values[ref] = keras.Input(batch_shape=spec.shape, dtype=spec.dtype, name=f"{ref.node}.{ref.port}")
                continue
            with _at(step.id), in_words(step.node_type):
                outputs = kind_of(step.node_type).apply(step.made, [values[r] for r in step.sources])
            values.update(zip(output_refs(step.id, step.node_type, len(outputs)), outputs, strict=True))
        return keras.Model([values[r] for r in sources], [values[r] for r in predictions], name="document")

    def _watched(self, losses: Sequence[Step]) -> list[list[Step]]:
        """Return the metrics of each loss: those that look at the same prediction."""
        watched: list[list[Step]] = [[] for _ in losses]
        for id, error in self.problems.items():
            if id in self._metrics:  # left out in silence, it would be missed at the end only
                raise type(error)(error.template, hint=error.hint, **{**error.facts, "node": id})
        for step in self.steps:
            if step.node_type.id.startswith("metric."):
                places = [i for i, loss in enumerate(losses) if loss.sources == step.sources]
                if not places:
                    raise InvalidArgumentError(
                        "This metric looks at other tensors than any loss.",
                        hint="Wire it to the truth and the prediction of a loss.",
                        node=step.id,
                    )
                watched[places[0]].append(step)
        return watched

    def _fresh(self, step: Step) -> Any:
        """Return an optimiser or a metric that has seen nothing yet."""
        return self._make(step.node_type, step.params, step.id, [])

    def _truth(self, loss: Step, part: int) -> Array:
        """Return the truth for all examples: data, or what ops make of them."""
        ref = loss.sources[0]
        values: dict[PortRef, Any] = {}
        for step in self.ancestors([ref]):
            if step.node_type.id.startswith("layer."):
                raise InvalidArgumentError(
                    "The truth of a loss depends on the layer '{layer}', so it would be learned too.",
                    hint="Wire '{port}' to data, or to ops on data.",
                    port=loss.node_type.inputs[0].name,
                    layer=step.id,
                    node=loss.id,
                )
            if is_source(step.node_type):
                examples = self.examples(step)
                outputs = [constant(a) for a in (examples.test if part and examples.test else examples.train)]
            else:
                with _at(step.id), in_words(step.node_type):
                    outputs = list(kind_of(step.node_type).apply(step.made, [values[r] for r in step.sources]))
            values.update(zip(output_refs(step.id, step.node_type, len(outputs)), outputs, strict=True))
        return np.asarray(values[ref].numpy())


def _data_key(step: Step) -> Any:
    return step.node_type.id, freeze(step.params)


def _specs(step: Step) -> Sequence[TensorSpec]:
    specs: Sequence[TensorSpec] = step.node_type.make.specs(**step.params)
    return specs


@contextmanager
def _at(node: str) -> Iterator[None]:
    """Name the node in the ops that are applied inside of the block, and in the errors that are raised there."""
    with blamed(node), at(node):
        yield


@contextmanager
def blamed(node: str) -> Iterator[None]:
    """Name the node in the errors that are raised inside of the block."""
    try:
        yield
    except EngineError as error:
        error.facts.setdefault("node", node)
        raise
