"""The base of all optimisers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.core.dispatch import at, during
from engine.core.errors import InvalidArgumentError, UnsupportedError
from engine.core.op import OPS
from engine.core.param import param
from engine.core.shape import as_shape
from engine.keras.declared import Declared, snake_case
from engine.keras.lookup import serialized
from engine.keras.optimizers import schedules
from engine.runtime.eager import convert_to_tensor
from engine.runtime.tensor import array_of
from engine.runtime.variable import Variable

#: How a learning rate is declared: a number, or a schedule.
RATE: dict[str, Any] = {
    "help": "How far each step goes.",
    "kind": "float",
    "min": 0,
    "below": math.inf,
    "objects": True,
}


class Optimizer(Declared):
    """Changes variables so that a loss falls.

    A subclass makes its slots in `make_slots` and says in `update_step` how one variable follows from its gradient.

    Attributes
    ----------
    learning_rate
        A variable: assign to it, or set the attribute to a number, and the next step follows, compiled or not. With a
        schedule it changes by itself.
    iterations
        A variable: how many steps were made.
    """

    learning_rate: Any = param(0.01, **RATE)
    weight_decay: float | None = param(
        None, "Share of each weight that a step takes away, times the rate.", min=0, below=math.inf
    )
    clipnorm: float | None = param(None, "Length that each gradient is shortened to.", above=0)
    clipvalue: float | None = param(None, "Value that each element of a gradient is limited to.", above=0)
    global_clipnorm: float | None = param(None, "Length that all gradients together are shortened to.", above=0)

    def __init__(self, *args: Any, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name or snake_case(type(self).__name__)
        limits = [n for n in ("clipnorm", "clipvalue", "global_clipnorm") if getattr(self, n) is not None]
        if len(limits) > 1:
            raise InvalidArgumentError(
                "{owner} is given {names}.",
                hint="Gradients can be limited in one way only: keep one of them.",
                owner=type(self).__name__,
                names=", ".join(limits),
            )
        given = self.learning_rate
        self._schedule = None if isinstance(given, int | float) else schedules.get(given)
        first = given if self._schedule is None else array_of(convert_to_tensor(self._schedule(0)))
        rate = Variable(np.float32(first), trainable=False, name=f"{self.name}/learning_rate")
        object.__setattr__(self, "learning_rate", rate)
        self.iterations = Variable(np.int64(0), trainable=False, name=f"{self.name}/iterations")
        self._slots: dict[int, dict[str, Variable]] = {}
        self._built_for: list[Variable] = []

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "learning_rate" and isinstance(self.learning_rate, Variable):
            if self._schedule is not None:
                raise UnsupportedError(
                    "The learning rate of {owner} follows a schedule, so it cannot be set.",
                    hint="Make the optimiser with a number instead.",
                    owner=type(self).__name__,
                )
            value = float(array_of(value)) if hasattr(value, "dtype") else value
            value = self.params[name].validate(value, name, type(self).__name__)
            self.learning_rate.assign(np.float32(value))  # a compiled step reads it anew each time
            return
        object.__setattr__(self, name, value)

    def get_config(self) -> dict[str, Any]:
        """Return the parameters by name, the learning rate as it is now, or its schedule."""
        rate = float(self.learning_rate) if self._schedule is None else serialized(self._schedule)
        return {**super().get_config(), "learning_rate": rate}

    # ------------------------------------------------------------------------------------------------- to define

    def make_slots(self, variable: Variable) -> None:
        """Make the slots of a variable, with `add_slot`."""

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable."""
        raise TypeError(f"{type(self).__name__} does not say how it steps: define update_step.")

    # --------------------------------------------------------------------------------------------------- to call

    def build(self, variables: Iterable[Variable]) -> None:
        """Make the slots of the variables that have none yet; the first step does so by itself."""
        known = {id(v) for v in self._built_for}
        for variable in variables:
            if id(variable) not in known:
                self._built_for.append(variable)
                self.make_slots(variable)

    def add_slot(self, variable: Variable, name: str, first: float = 0.0, shape: Any = None) -> Variable:
        """Make a variable that belongs to `variable`: of its shape, if no other is given, with `first` everywhere."""
        dims, kind = variable.shape if shape is None else as_shape(shape), variable.dtype
        slot = Variable(
            lambda: OPS["fill"](dims, first, kind), False, f"{self.name}/{variable.name}/{name}", dtype=kind, shape=dims
        )
        self._slots.setdefault(id(variable), {})[name] = slot
        return slot

    @property
    def built_for(self) -> tuple[Variable, ...]:
        """The variables that have slots, in the order in which they got them."""
        return tuple(self._built_for)

    def slot(self, variable: Variable, name: str) -> Variable:
        """Return the slot of a variable."""
        return self._slots[id(variable)][name]

    def slots(self, variable: Variable) -> Mapping[str, Variable]:
        """Return all slots of a variable by name, none before the first step."""
        return self._slots.get(id(variable), {})

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Variable]]) -> None:
        """Make one step.

        Raises
        ------
        InvalidArgumentError
            If no variable has a gradient, or one has another shape than its variable.
        """
        pairs = [(convert_to_tensor(g), v) for g, v in grads_and_vars if g is not None]
        if not pairs:
            raise InvalidArgumentError(
                "No variable has a gradient.",
                hint="The loss must depend on the variables through ops, and they must be trainable.",
                op=self.name,
            )
        for gradient, variable in pairs:
            if not gradient.shape.is_compatible_with(variable.shape):
                raise InvalidArgumentError(
                    "The gradient of '{name}' has shape {given}, but the variable has shape {wanted}.",
                    hint="Both must be equal: mind the order of gradients and variables.",
                    op=self.name,
                    name=variable.name,
                    given=gradient.shape,
                    wanted=variable.shape,
                )
        with during("update"), at(self.name):
            self._step(pairs)

    def _step(self, pairs: list[tuple[Any, Variable]]) -> None:
        self.build([v for _, v in pairs])
        rate = self.learning_rate.read_value()
        for gradient, (_, variable) in zip(self._limited([g for g, _ in pairs]), pairs, strict=True):
            with at(variable.name):
                self._update(gradient, variable, rate)
        self.iterations.assign_add(1)
        if self._schedule is not None:
            self.learning_rate.assign(OPS["cast"](self._schedule(self.iterations.read_value()), dtype="float32"))

    def _update(self, gradient: Any, variable: Variable, rate: Any) -> None:
        kind = variable.dtype
        own_rate = rate if kind is rate.dtype else OPS["cast"].apply(rate, dtype=kind)
        if self.weight_decay:
            variable.assign_sub(variable * own_rate * self.weight_decay)
        self.update_step(gradient, variable, own_rate)
        if (constraint := getattr(variable, "constraint", None)) is not None:
            variable.assign(constraint(variable.read_value()))

    def _limited(self, gradients: list[Any]) -> list[Any]:
        """Return the gradients, shortened if they are to be."""
        if self.clipvalue is not None:
            return [OPS["clip_by_value"](g, -self.clipvalue, self.clipvalue) for g in gradients]
        if self.clipnorm is not None:
            return [g * (self.clipnorm / OPS["maximum"](_length([g]), self.clipnorm)) for g in gradients]
        if self.global_clipnorm is not None:
            share = self.global_clipnorm / OPS["maximum"](_length(gradients), self.global_clipnorm)
            return [g * OPS["cast"](share, dtype=g.dtype) for g in gradients]
        return gradients

    def step_number(self, variable: Variable) -> Any:
        """Return the number of the present step, counted from 1, in the dtype of a variable."""
        return OPS["cast"](self.iterations + 1, dtype=variable.dtype)

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Variable]) -> None:
        """Make one step; the same as `apply_gradients`, in Keras 3's order."""
        self.apply_gradients(zip(grads, trainable_variables, strict=True))

    @property
    def variables(self) -> list[Variable]:
        """Its state: iterations, learning rate, then the slots."""
        slots = [s for v in self._built_for for s in self._slots.get(id(v), {}).values()]
        return [self.iterations, self.learning_rate, *slots]


def _length(gradients: Sequence[Any]) -> Any:
    """Return the length of all gradients together."""
    kind = gradients[0].dtype
    squares = [OPS["cast"](OPS["reduce_sum"](OPS["square"](g)), dtype=kind) for g in gradients]
    total = squares[0]
    for square in squares[1:]:
        total = total + square
    return OPS["sqrt"](total)
