"""The base of all optimisers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from engine.core.errors import InvalidArgumentError
from engine.core.op import OPS
from engine.core.param import param
from engine.keras.declared import Declared, snake_case
from engine.runtime.eager import convert_to_tensor
from engine.runtime.variable import Variable


class Optimizer(Declared):
    """Changes variables so that a loss falls.

    A subclass makes its slots in `build` and says in `update_step` how one variable follows from its gradient.

    Attributes
    ----------
    learning_rate
        A variable: assign to it, or set the attribute to a number, and the next step follows, compiled or not.
    iterations
        A variable: how many steps were made.
    """

    learning_rate: Any = param(0.01, "How far each step goes.", kind="float", min=0)

    def __init__(self, *args: Any, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name or snake_case(type(self).__name__)
        rate = Variable(np.float32(self.learning_rate), trainable=False, name=f"{self.name}/learning_rate")
        object.__setattr__(self, "learning_rate", rate)
        self.iterations = Variable(np.int64(0), trainable=False, name=f"{self.name}/iterations")
        self._slots: dict[int, dict[str, Variable]] = {}
        self._built_for: list[Variable] = []

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "learning_rate" and isinstance(self.learning_rate, Variable):
            value = self.params[name].validate(value, name, type(self).__name__)
            self.learning_rate.assign(np.float32(value))  # a compiled step reads it anew each time
            return
        object.__setattr__(self, name, value)

    def get_config(self) -> dict[str, Any]:
        """Return the parameters by name, the learning rate as it is now."""
        return {**super().get_config(), "learning_rate": float(self.learning_rate)}

    # ------------------------------------------------------------------------------------------------- to define

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the slots for these variables, all at the first call."""

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable."""
        raise TypeError(f"{type(self).__name__} does not say how it steps: define update_step.")

    # --------------------------------------------------------------------------------------------------- to call

    def add_slot(self, variable: Variable, name: str) -> Variable:
        """Make a variable of the same shape, full of zeros, that belongs to `variable`."""
        dims, kind = variable.shape, variable.dtype
        slot = Variable(
            lambda: OPS["fill"](dims, 0, kind), False, f"{self.name}/{variable.name}/{name}", dtype=kind, shape=dims
        )
        self._slots.setdefault(id(variable), {})[name] = slot
        return slot

    def slot(self, variable: Variable, name: str) -> Variable:
        """Return the slot of a variable."""
        return self._slots[id(variable)][name]

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
        new = [v for _, v in pairs if all(v is not known for known in self._built_for)]
        if new:
            self.build(new)
            self._built_for.extend(new)
        rate = self.learning_rate.read_value()
        for gradient, variable in pairs:
            kind = variable.dtype
            own_rate = rate if kind is rate.dtype else OPS["cast"].apply(rate, dtype=kind)
            self.update_step(gradient, variable, own_rate)
        self.iterations.assign_add(1)

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Variable]) -> None:
        """Make one step; the same as `apply_gradients`, in Keras 3's order."""
        self.apply_gradients(zip(grads, trainable_variables, strict=True))

    @property
    def variables(self) -> list[Variable]:
        """Its state: iterations, learning rate, then the slots."""
        slots = [s for v in self._built_for for s in self._slots.get(id(v), {}).values()]
        return [self.iterations, self.learning_rate, *slots]
