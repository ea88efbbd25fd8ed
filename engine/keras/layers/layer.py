"""The base of all layers: weights, building, calling, and the record of symbolic calls."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self

import numpy as np

from engine.core import nest
from engine.core.convert import as_array
from engine.core.dispatch import at, interpreting, is_tracing
from engine.core.dtype import Array, DType, as_dtype
from engine.core.errors import EngineError, FailedPreconditionError, InvalidArgumentError
from engine.core.op import OPS
from engine.core.shape import TensorShape
from engine.core.spec import TensorSpec
from engine.graph.trace import SymbolicTensor, Tracer
from engine.keras import constraints, initializers, regularizers
from engine.keras.declared import Declared, snake_case, unique_name
from engine.keras.keras_tensor import Call, KerasTensor
from engine.keras.layers.context import calling, inherited_training, is_outermost
from engine.keras.lookup import serialized
from engine.keras.metrics.metric import Metric
from engine.keras.weight import Weight
from engine.runtime.eager import convert_to_tensor
from engine.runtime.rng import Generator
from engine.runtime.tape import observe
from engine.runtime.tensor import Tensor, array_of
from engine.runtime.variable import Variable


class Layer(Declared):
    """A function with weights.

    A subclass declares its parameters as fields, makes its weights in `build` (called once, with the shape of the
    first input) and computes in `call`. Called on arrays or tensors it computes; called on the symbolic tensors of the
    functional API it is recorded.

    Parameters
    ----------
    name
        Unique in a model; made from the class if not given.
    trainable
        Whether its weights take part in training.
    dtype
        Of its weights, float32 if not given; floating inputs are converted to it.
    activity_regularizer
        A regularizer of the output; what it says is divided by the number of examples.

    Examples
    --------
    >>> import engine as tf
    >>> class Doubled(Layer):
    ...     def call(self, inputs):
    ...         return inputs * 2.0
    >>> Doubled()(tf.constant([1.0])).numpy()
    array([2.], dtype=float32)
    """

    #: Number of axes that the input must have at least; checked before `build`.
    min_rank = 0
    #: Whether it takes a list of tensors.
    merges = False

    _tracked: dict[str, Any]
    _own_losses: list[Any]
    _given: tuple[tuple[Any, ...], dict[str, Any]]

    def __init__(
        self,
        *args: Any,
        name: str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        input_shape: Sequence[int | None] | None = None,
        activity_regularizer: Any = None,
        **kwargs: Any,
    ) -> None:
        object.__setattr__(self, "_tracked", {})
        object.__setattr__(self, "_own_losses", [])
        super().__init__(*args, **kwargs)
        self.name = name or unique_name(snake_case(type(self).__name__))
        self.trainable = trainable
        self.dtype: DType = as_dtype(dtype or "float32")
        self.built = False
        self.calls: list[Call] = []
        self.input_shape_hint = None if input_shape is None else TensorShape((None, *input_shape))
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self._weights: list[Variable] = []
        #: Shapes of the outputs of the first call that was no symbolic one.
        self.seen_shapes: list[tuple[int | None, ...]] = []
        parameters = inspect.signature(self.call).parameters
        self._takes_training = "training" in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())
        given = parameters["training"].default if "training" in parameters else None
        self._default_training = None if given is inspect.Parameter.empty else given

    # ------------------------------------------------------------------------------------------------- to define

    def build(self, input_shape: Any) -> None:
        """Make the weights. `input_shape` has None for the batch size; several inputs give a list of shapes."""

    def call(self, inputs: Any) -> Any:
        """Compute the output."""
        raise TypeError(f"{type(self).__name__} does not say what it computes: define call(inputs).")

    # --------------------------------------------------------------------------------------------------- weights

    def add_weight(
        self,
        shape: Sequence[int] | int | None = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
    ) -> Weight:
        """Make a weight; its values are drawn when they are first needed.

        Parameters
        ----------
        shape
            Of the weight; a number, if nothing is given.
        initializer
            Its first values; "glorot_uniform" if nothing is given, "zeros" for whole numbers.
        regularizer, constraint
            Of `keras.regularizers` and `keras.constraints`.
        """
        kind = as_dtype(dtype) if dtype is not None else self.dtype
        draw = initializers.get(initializer or ("glorot_uniform" if kind.is_floating else "zeros"))
        dims = () if shape is None else (shape,) if isinstance(shape, int) else tuple(shape)
        weight = Weight(
            lambda: draw(dims, kind),
            trainable,
            f"{self.name}/{name or 'weight'}",
            kind,
            dims,
            regularizers.get(regularizer),
            constraints.get(constraint),
        )
        self._weights.append(weight)
        return weight

    # ---------------------------------------------------------------------------------------------------- losses

    def add_loss(self, loss: Any) -> None:
        """Add a number, or a list of them, to the loss of the model: to be called in `call`."""
        self._own_losses.extend(loss if isinstance(loss, list | tuple) else [loss])

    @property
    def losses(self) -> list[Any]:
        """What the last call added with `add_loss`, here and in the layers inside, and what regularizers say."""
        parts = self._flattened()
        added = [loss for layer in parts for loss in layer._own_losses]
        regularized = [w for w in self.trainable_weights if getattr(w, "regularizer", None) is not None]
        return [*added, *(w.regularizer(w) for w in regularized)]  # type: ignore[attr-defined]

    def _flattened(self) -> list[Layer]:
        """Return this layer and all that it is made of, each once."""
        found = {id(self): self}
        for layer in self.sublayers():
            found |= {id(each): each for each in layer._flattened()}
        return list(found.values())

    def _forget_losses(self) -> None:
        for layer in self._flattened():
            layer._own_losses.clear()

    @property
    def metrics(self) -> list[Any]:
        """The metrics that are attributes of this layer and of those it is made of."""
        return [m for layer in self._flattened() for m in layer._parts() if isinstance(m, Metric)]

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_") or isinstance(value, Layer | Metric):
            self._tracked.pop(name, None)
            if _may_hold(value):
                self._tracked[name] = value  # a list is looked through when asked, since it may grow
        object.__setattr__(self, name, value)

    def sublayers(self) -> Iterator[Layer]:
        """Yield the layers that this one is made of, in the order in which they were set."""
        yield from (v for v in self._parts() if isinstance(v, Layer))

    def _parts(self) -> Iterator[Any]:
        """Yield the layers, variables and metrics among the attributes, those in lists and dicts too."""
        for value in self._tracked.values():
            yield from (v for v in _leaves(value) if isinstance(v, Layer | Variable | Metric))

    @property
    def weights(self) -> list[Variable]:
        """All weights: first its own, then those of the layers it is made of."""
        own = [*self._weights, *(v for v in self._parts() if isinstance(v, Variable))]
        inner = [w for layer in self.sublayers() for w in layer.weights]
        return list({id(w): w for w in (*own, *inner)}.values())

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training changes."""
        if not self.trainable:
            return []
        own = [*self._weights, *(v for v in self._parts() if isinstance(v, Variable))]
        inner = [w for layer in self.sublayers() for w in layer.trainable_weights]
        return list({id(w): w for w in (*(w for w in own if w.trainable), *inner)}.values())

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that training does not change."""
        changing = {id(w) for w in self.trainable_weights}
        return [w for w in self.weights if id(w) not in changing]

    @property
    def variables(self) -> list[Variable]:
        """All weights."""
        return self.weights

    @property
    def trainable_variables(self) -> list[Variable]:
        """The weights that training changes."""
        return self.trainable_weights

    @property
    def generators(self) -> list[Generator]:
        """The sources of random numbers of this layer and of those that it is made of."""
        return [v for layer in self._flattened() for v in vars(layer).values() if isinstance(v, Generator)]

    def count_params(self) -> int:
        """Return the number of elements of all weights.

        Raises
        ------
        FailedPreconditionError
            If there are none yet, because the layer never saw an input.
        """
        if not self.built:
            raise FailedPreconditionError(
                "{name} was not built yet, so its weights are not known.",
                hint="Call it on data, or begin the model with an Input.",
                name=self.name,
            )
        return sum(w.shape.num_elements() or 0 for w in self.weights)

    def get_weights(self) -> list[Array]:
        """Return copies of the weights."""
        return [np.array(w.numpy()) for w in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set all weights, in the order of `weights`.

        Raises
        ------
        InvalidArgumentError
            If their number or a shape differs; nothing is changed then.
        """
        mine = self.weights
        if len(weights) != len(mine):
            raise InvalidArgumentError(
                "{name} has {have} weights, but {given} were given.", name=self.name, have=len(mine), given=len(weights)
            )
        arrays = [as_array(array_of(w), dtype=v.dtype) for w, v in zip(weights, mine, strict=True)]
        for variable, array in zip(mine, arrays, strict=True):
            if variable.shape != array.shape:
                raise InvalidArgumentError(
                    "The weight {name} has shape {shape}, but {given} was given.",
                    name=variable.name,
                    shape=variable.shape,
                    given=TensorShape(array.shape),
                )
        for variable, array in zip(mine, arrays, strict=True):
            variable.assign(array)

    # --------------------------------------------------------------------------------------------------- calling

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if any(isinstance(leaf, KerasTensor) for leaf in nest.leaves((args, kwargs))):
            return self._record(args, kwargs)
        if is_outermost():
            self._forget_losses()
        training = kwargs.pop("training", None)
        if training is None:
            training = inherited_training()
        if training is None:
            training = self._default_training
        args = nest.map_structure(self._converted, args)
        with calling(training), at(self.origin):
            self._prepare(args)
            if self._takes_training and training is not None:
                kwargs["training"] = training
            outputs = self._statements(*args, **kwargs)
            if self.activity_regularizer is not None:
                self.add_loss([self._cost_of(output) for output in nest.leaves(outputs)])
        if not self.seen_shapes:
            shapes = [_without_batch(o.shape) for o in nest.leaves(outputs) if hasattr(o, "spec")]
            object.__setattr__(self, "seen_shapes", [tuple(shape) for shape in shapes])
        return outputs

    def _cost_of(self, output: Any) -> Any:
        """Return what the regularizer says of an output, for each example."""
        examples = OPS["shape"](output)[0] if output.shape else 1
        return self.activity_regularizer(output) / OPS["cast"](examples, dtype=output.dtype)

    @property
    def origin(self) -> str:
        """What its ops are said to come from."""
        return self.name

    @property
    def _statements(self) -> Callable[..., Any]:
        """`call`; in a trace with Python's statements on tensors as those of the graph."""
        if not is_tracing() or type(self).call.__module__.startswith("engine."):
            return self.call
        from engine.runtime.autograph import convert  # 40 ms to import, and the layers of this package need none

        return convert(self.call)

    def _converted(self, value: Any) -> Any:
        """Return an input as a tensor; floats are converted to the layer's dtype, as Keras does."""
        if value is None or isinstance(value, bool | str):
            return value
        tensor = convert_to_tensor(value)
        if tensor.dtype.is_floating and tensor.dtype is not self.dtype and self.dtype.is_floating:
            return OPS["cast"].apply(tensor, dtype=self.dtype)
        return tensor

    def _prepare(self, args: tuple[Any, ...]) -> None:
        """Check the first argument's rank, and build at the first call."""
        shapes = nest.map_structure(lambda t: t.shape if hasattr(t, "shape") else None, args[0] if args else ())
        if isinstance(shapes, TensorShape) and shapes.rank < self.min_rank:
            raise InvalidArgumentError(
                "{layer} takes inputs with at least {least} axes, the batch among them, but got shape {shape}.",
                hint="Give the input the axes that are missing.",
                layer=self.name,
                least=self.min_rank,
                shape=shapes,
            )
        if not self.built:
            first = nest.map_structure(_without_batch, shapes)
            self.build_for_call(first[0] if isinstance(first, list) and len(first) == 1 else first)
            self.built = True

    def build_for_call(self, input_shape: Any) -> None:
        """Make the weights before the first call."""
        self.build(input_shape)

    def _record(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        specs = nest.map_structure(lambda v: v.spec if isinstance(v, KerasTensor) else v, args)
        outputs = self.compute_output_spec(*specs, **kwargs)
        call = Call(self, args, kwargs)
        self.calls.append(call)
        made = nest.map_structure(lambda s: KerasTensor(s, call), outputs)
        call.outputs = list(nest.leaves(made))
        for index, tensor in enumerate(call.outputs):
            tensor.index = index
        return made

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return the specs of the outputs for inputs with these specs, by tracing `call` on them.

        Raises
        ------
        EngineError
            If the layer cannot take such inputs; the error names the layer.
        """
        tracer = Tracer(observe)
        with interpreting(tracer):
            inputs = nest.map_structure(lambda s: tracer.input(s) if isinstance(s, TensorSpec) else s, args)
            try:
                outputs = self(*inputs, **kwargs)
            except EngineError as error:
                error.facts.setdefault("node", self.name)
                raise
        if is_outermost():
            self._forget_losses()  # they belong to this trace
        return nest.map_structure(_spec, outputs)

    @property
    def output(self) -> Any:
        """The symbolic output of its only call."""
        outputs = self._only_call().outputs
        return outputs[0] if len(outputs) == 1 else outputs

    @property
    def input(self) -> Any:
        """The symbolic input of its only call."""
        return self._only_call().args[0]

    def _only_call(self) -> Call:
        if len(self.calls) != 1:
            raise InvalidArgumentError(
                "{name} was called {times} times on symbolic inputs.",
                hint="Its input and output are defined if it was called once.",
                name=self.name,
                times=len(self.calls),
            )
        return self.calls[0]

    # ------------------------------------------------------------------------------------------------------ config

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments by name, also those of a constructor of one's own."""
        config = super().get_config()
        regularizer = self.activity_regularizer
        kept = {} if regularizer is None else {"activity_regularizer": serialized(regularizer)}
        config = {"name": self.name, "trainable": self.trainable, "dtype": self.dtype.name, **kept, **config}
        parameters = inspect.signature(type(self)).parameters
        given = inspect.signature(type(self)).bind_partial(*self._given[0], **self._given[1]).arguments
        variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        config |= {n: v for n, v in given.items() if parameters[n].kind not in variable and n not in config}
        if any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values()):
            return config
        return {name: value for name, value in config.items() if name in parameters}

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        layer = super().__new__(cls)
        object.__setattr__(layer, "_given", (args, kwargs))  # for the configuration of classes with an own constructor
        return layer

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


def _leaves(value: Any) -> Iterator[Any]:
    """Yield what is in nested lists and dicts, whatever the keys are."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _may_hold(value: Any) -> bool:
    return isinstance(value, Layer | Variable | Metric | list | tuple | dict)


def _without_batch(shape: Any) -> Any:
    return TensorShape((None, *shape[1:])) if isinstance(shape, TensorShape) and shape else shape


def _spec(output: Any) -> Any:
    return output.spec if isinstance(output, SymbolicTensor | Tensor) else output
