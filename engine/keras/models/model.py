"""Models: layers that belong together, by wiring, in a row, or in a class of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from engine.core import nest
from engine.core.dispatch import at
from engine.core.dtype import DType
from engine.core.errors import FailedPreconditionError, InvalidArgumentError
from engine.core.op import OPS, Op
from engine.core.shape import as_shape
from engine.core.spec import TensorSpec
from engine.core.witness import witness
from engine.keras.keras_tensor import Call, KerasTensor
from engine.keras.layers.layer import Layer
from engine.keras.layers.serialization import register_keras_serializable
from engine.keras.models.config import functional_config, functional_from_config
from engine.keras.models.summary import summary_text
from engine.keras.training.outputs import names_of
from engine.keras.training.trainer import Trainer


@register_keras_serializable()
class Model(Layer, Trainer):
    """Layers wired from inputs to outputs, or a class with layers and a `call` of its own.

    Parameters
    ----------
    inputs, outputs
        Symbolic tensors, or structures of them: the functional API. Several inputs and outputs, shared layers and ops
        between layers are all allowed. Without them the model is a subclass that defines `call`.

    Examples
    --------
    >>> from engine.keras import Input
    >>> from engine.keras.layers import Dense
    >>> x = Input(shape=(4,))
    >>> model = Model(x, Dense(2)(x))
    >>> model.count_params(), model.output_shape
    (10, TensorShape([None, 2]))
    """

    holds_layers = True

    def __init__(self, inputs: Any = None, outputs: Any = None, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self._inputs: Any = None
        self._outputs: Any = None
        if inputs is not None or outputs is not None:
            self._wire(inputs, outputs)

    # ------------------------------------------------------------------------------------------------- functional

    def _wire(self, inputs: Any, outputs: Any) -> None:
        for what, structure in (("inputs", inputs), ("outputs", outputs)):
            for leaf in nest.leaves(structure):
                if not isinstance(leaf, KerasTensor):
                    raise InvalidArgumentError(
                        "{what} holds {value}, which is no symbolic tensor.",
                        hint="Begin with Input(shape=…) and call layers on it.",
                        what=what,
                        value=repr(leaf)[:60],
                    )
        self._inputs, self._outputs = inputs, outputs
        self._calls = _ordered(list(nest.leaves(inputs)), list(nest.leaves(outputs)))
        self.layers_ = list({id(c.target): c.target for c in self._calls if isinstance(c.target, Layer)}.values())
        sources = [t.made_by.target for t in nest.leaves(inputs) if t.made_by and isinstance(t.made_by.target, Layer)]
        self.layers_ = [*(s for s in sources if s not in self.layers_), *self.layers_]
        self.built = True

    @property
    def calls_in_order(self) -> list[Call]:
        """The calls of layers and ops between its inputs and outputs, in an order in which they can run."""
        return [c for c in self._calls if c.args or c.kwargs] if self.is_functional else []

    def get_config(self) -> dict[str, Any]:
        """Return the layers and how they are wired; of a class with its own `call`, its constructor's arguments."""
        return functional_config(self) if self.is_functional else super().get_config()

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Return a model of the same architecture with new weights.

        Parameters
        ----------
        custom_objects
            Classes of layers by name, beside those of `keras.layers`.
        """
        if "calls" not in config:
            return cls(**config)
        inputs, outputs = functional_from_config(config, custom_objects)
        model = cls(inputs, outputs, name=config["name"])
        model.trainable = config["trainable"]
        return model

    @property
    def origin(self) -> str:
        """Nothing: its ops come from its layers."""
        return ""

    @property
    def is_functional(self) -> bool:
        """Whether it was wired from symbolic tensors."""
        return self._inputs is not None

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        if not self.is_functional:
            return super().call(inputs)
        values: dict[int, Any] = {}
        given = list(nest.leaves(self._in_order(inputs) if isinstance(inputs, dict) else inputs))
        wanted = list(nest.leaves(self._inputs))
        if len(given) != len(wanted):
            raise InvalidArgumentError(
                "{name} has {wanted} inputs, but {given} were given.",
                name=self.name,
                wanted=len(wanted),
                given=len(given),
            )
        for symbol, value in zip(wanted, given, strict=True):
            if not symbol.shape.is_compatible_with(value.shape):
                raise InvalidArgumentError(
                    "The input '{input}' of {name} has shape {wanted}, but {given} was given.",
                    hint="Mind the batch axis: one example needs one too.",
                    input=symbol.name or "",
                    name=self.name,
                    wanted=symbol.shape,
                    given=value.shape,
                )
            values[id(symbol)] = value if value.dtype is symbol.dtype else OPS["cast"].apply(value, dtype=symbol.dtype)
        watching = witness()
        for call in self._calls:
            if all(id(o) in values for o in call.outputs):
                continue
            with at(call.origin):
                results = _run(call, values, training)
            if watching is not None:
                watching.returned(call.origin, results)
            values.update(zip(map(id, call.outputs), results, strict=True))
        return nest.map_structure(lambda t: values[id(t)], self._outputs)

    def build(self, input_shape: Any) -> None:
        """Make the weights for inputs of this shape, of which the first axis counts examples."""
        if not self.built:
            self.compute_output_spec(nest.map_structure(TensorSpec, as_shapes(input_shape)))

    def build_for_call(self, input_shape: Any) -> None:
        if type(self).build is not Model.build:  # otherwise the call itself builds the layers
            self.build(input_shape)

    def sublayers(self) -> Any:
        return iter(self.layers_) if self.is_functional else super().sublayers()

    @property
    def layers(self) -> list[Layer]:
        """Its layers, in the order of computation."""
        return list(self.sublayers())

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer by its name or its position.

        Raises
        ------
        InvalidArgumentError
            If there is none.
        """
        layers = self.layers
        found = [layer for i, layer in enumerate(layers) if layer.name == name or i == index]
        if not found:
            raise InvalidArgumentError(
                "The model has no layer '{name}'.",
                hint="It has: {names}.",
                name=name if name is not None else index,
                names=", ".join(layer.name for layer in layers),
            )
        return found[0]

    @property
    def inputs(self) -> list[KerasTensor]:
        """Its symbolic inputs."""
        return list(nest.leaves(self._inputs)) if self.is_functional else []

    @property
    def outputs(self) -> list[KerasTensor]:
        """Its symbolic outputs."""
        return list(nest.leaves(self._outputs)) if self.is_functional else []

    @property
    def input(self) -> Any:
        """Its symbolic inputs, in the structure in which they were given."""
        return self._inputs if self.is_functional else super().input

    @property
    def output(self) -> Any:
        """Its symbolic outputs, in the structure in which they were given."""
        return self._outputs if self.is_functional else super().output

    @property
    def input_shape(self) -> Any:
        """Shape of its input, or a list of them."""
        shapes = [t.shape for t in self.inputs]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def output_shape(self) -> Any:
        """Shape of its output, or a list of them."""
        shapes = [t.shape for t in self.outputs]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def input_names(self) -> list[str]:
        """Names of its inputs: the keys of a dict, or else those of the `Input`s."""
        return names_of(self._inputs) or [t.name or "" for t in self.inputs]

    @property
    def output_names(self) -> list[str]:
        """Names of its outputs: the keys of a dict, or else the layers that they come from."""
        return self.names_of_outputs(self._outputs) if self.is_functional else []

    def names_of_outputs(self, outputs: Any) -> list[str]:
        names = names_of(outputs)
        layers = [getattr(t.made_by.target, "name", "output") for t in self.outputs if t.made_by]
        if names is None and len(layers) == len(set(layers)) == sum(1 for _ in nest.leaves(outputs)):
            return layers
        return super().names_of_outputs(outputs)

    @property
    def metrics(self) -> list[Any]:
        """The running means of the loss, and of the metrics of `compile`, of the model and of its layers."""
        return Trainer.metrics.fget(self)  # type: ignore[attr-defined, no-any-return]

    def own_metrics(self) -> Sequence[Any]:
        return Layer.metrics.fget(self)  # type: ignore[attr-defined, no-any-return]

    def input_dtypes(self, x: Any) -> Sequence[DType] | None:
        if isinstance(x, dict) and self.is_functional:
            inputs = dict(zip(self._named(x), self.inputs, strict=True))
            return [inputs[name].dtype for name in nest.leaves({key: key for key in x})]
        return [t.dtype for t in self.inputs] or None

    def _named(self, given: dict[str, Any]) -> list[str]:
        """Return the names of the inputs, in order, if these are the given ones: keys of a dict or of the layers."""
        possible = [self.input_names, [t.name or "" for t in self.inputs]]
        for names in possible:
            if set(names) == set(given):
                return names
        raise InvalidArgumentError(
            "x names {given}, but the inputs are: {names}.",
            given=", ".join(map(str, given)),
            names=", ".join(possible[0]),
        )

    def _in_order(self, named: dict[str, Any]) -> list[Any]:
        """Return what is given by name in the order of the inputs."""
        return [named[name] for name in self._named(named)]

    # ---------------------------------------------------------------------------------------------------- showing

    def summary(self, line_length: int = 78, print_fn: Any = print) -> None:
        """Print the layers with their output shapes and numbers of parameters.

        Raises
        ------
        FailedPreconditionError
            If the model has no weights yet, because it never saw an input.
        """
        if not self.built:
            raise FailedPreconditionError(
                "{name} was not built yet, so its shapes are not known.",
                hint="Call it on data, or begin it with an Input.",
                name=self.name,
            )
        print_fn(summary_text(self, line_length))


def _ordered(inputs: Sequence[KerasTensor], outputs: Sequence[KerasTensor]) -> list[Call]:
    """Return the calls between inputs and outputs in an order in which they can run.

    Raises
    ------
    InvalidArgumentError
        If an output depends on an input that is not among `inputs`.
    """
    done: set[int] = {id(t.made_by) for t in inputs if t.made_by}
    order: list[Call] = []
    stack: list[tuple[Call, bool]] = [(t.made_by, False) for t in reversed(outputs) if t.made_by]
    while stack:
        call, ready = stack.pop()
        if id(call) in done:
            continue
        if ready:
            done.add(id(call))
            order.append(call)
            continue
        needed = [a for a in nest.leaves((call.args, call.kwargs)) if isinstance(a, KerasTensor)]
        if not needed:
            raise InvalidArgumentError(
                "An output depends on the input '{name}', which is not among the model's inputs.",
                hint="Add it to inputs.",
                name=getattr(call.target, "name", ""),
            )
        stack.append((call, True))
        stack.extend((a.made_by, False) for a in reversed(needed) if a.made_by and id(a.made_by) not in done)
    return order


def _run(call: Call, values: dict[int, Any], training: bool | None) -> list[Any]:
    """Carry out a recorded call on real values."""

    def fill(leaf: Any) -> Any:
        return values[id(leaf)] if isinstance(leaf, KerasTensor) else leaf

    args = tuple(nest.map_structure(fill, a) for a in call.args)
    if isinstance(call.target, Op):
        result = call.target.apply(*args, **call.kwargs)
    else:
        kwargs = nest.map_structure(fill, call.kwargs)
        kwargs = {**kwargs, "training": training if kwargs.get("training") is None else kwargs["training"]}
        result = call.target(*args, **kwargs)
    return list(nest.leaves(result))


def as_shapes(given: Any) -> Any:
    """Return one shape, or a structure of them, as `TensorShape`s.

    Examples
    --------
    >>> as_shapes((None, 3)), as_shapes([(1, 2), (1, 3)])
    (TensorShape([None, 3]), [TensorShape([1, 2]), TensorShape([1, 3])])
    """
    if isinstance(given, dict):
        return {name: as_shapes(shape) for name, shape in given.items()}
    if isinstance(given, list | tuple) and any(isinstance(g, list | tuple | dict) for g in given):
        return [as_shapes(shape) for shape in given]
    return as_shape(given)
