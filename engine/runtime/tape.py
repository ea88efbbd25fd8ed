"""Gradient tapes: they listen to the ops that are applied, and play them backwards."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Literal

import numpy as np

from engine.core import nest
from engine.core.dispatch import during, place
from engine.core.dtype import DType
from engine.core.errors import FailedPreconditionError, InvalidArgumentError
from engine.core.op import Op
from engine.graph.gradient import Application, backpropagate
from engine.ops import OPS


class _State(threading.local):
    tapes: tuple[GradientTape, ...] = ()


_state = _State()
_identity = OPS["identity"]


def observe(op: Op, inputs: Sequence[Any], outputs: Sequence[Any], attrs: dict[str, Any]) -> None:
    """Tell the tapes that are running that an op was applied."""
    for tape in _state.tapes:
        tape._record(op, inputs, outputs, attrs)


def observe_read(variable: Any, tensor: Any) -> None:
    """Tell the tapes that are running that a variable was read."""
    for tape in _state.tapes:
        tape._record_read(variable, tensor)


def is_recording() -> bool:
    """Return whether a tape is running in this thread."""
    return bool(_state.tapes)


@contextmanager
def stop_recording() -> Iterator[None]:
    """Let no tape listen for the time of the block."""
    before = _state.tapes
    _state.tapes = ()
    try:
        yield
    finally:
        _state.tapes = before


def _tensors(name: str, structure: Any) -> list[Any]:
    """Return the ends of a structure, all of which must be tensors."""
    leaves = list(nest.leaves(structure))
    for leaf in leaves:
        if not isinstance(getattr(leaf, "dtype", None), DType):
            raise InvalidArgumentError(
                "{name} holds {value}, which is no tensor.",
                hint="Make it one with constant, and use that in the computation.",
                name=name,
                value=repr(leaf)[:60],
            )
    return leaves


def _seeds(targets: Sequence[Any], given: Any) -> list[Any]:
    """Return what comes in at each target: ones, times what is given for it."""
    ones = [OPS["ones_like"](t) for t in targets]
    if given is None:
        return ones
    factors = [given] if len(targets) == 1 and not isinstance(given, list | tuple | dict) else list(nest.leaves(given))
    shapes = [None if g is None else np.shape(g) if not hasattr(g, "shape") else tuple(g.shape) for g in factors]
    if len(factors) != len(targets) or not all(
        s is None or t.shape.is_compatible_with(s) for t, s in zip(targets, shapes, strict=True)
    ):
        raise InvalidArgumentError(
            "output_gradients has shapes {given}, but the targets have shapes {wanted}.",
            hint="Give a tensor as large as the target for each of them.",
            given=", ".join(map(str, shapes)),
            wanted=", ".join(str(t.shape) for t in targets),
        )
    return [one if g is None else one * g for one, g in zip(ones, factors, strict=True)]


class GradientTape:
    """Records ops for automatic differentiation.

    Trainable variables are watched when they are read; tensors must be named with `watch`. Tapes can be nested: the
    gradient that an inner tape computes is recorded by the outer one, so it can be differentiated again.

    Parameters
    ----------
    persistent
        Whether `gradient` may be called more than once.
    watch_accessed_variables
        Whether variables are watched when they are read.

    Examples
    --------
    >>> import engine as tf
    >>> x = tf.constant(3.0)
    >>> with tf.GradientTape() as outer:
    ...     outer.watch(x)
    ...     with tf.GradientTape() as inner:
    ...         inner.watch(x)
    ...         y = x * x * x
    ...     slope = inner.gradient(y, x)
    >>> float(slope), float(outer.gradient(slope, x))
    (27.0, 18.0)
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._persistent = persistent
        self._watch_variables = watch_accessed_variables
        self._applications: list[Application] = []
        self._watched: set[int] = set()
        self._kept: list[Any] = []  # watched tensors, kept alive so that their ids stay theirs
        self._variables: dict[int, Any] = {}
        self._used = False

    def __enter__(self) -> GradientTape:
        _state.tapes = (*_state.tapes, self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        _state.tapes = tuple(t for t in _state.tapes if t is not self)

    def watch(self, tensor: Any) -> None:
        """Record what is done with a tensor, or with each tensor of a structure.

        Raises
        ------
        InvalidArgumentError
            If one is not a floating tensor.
        """
        for leaf in nest.leaves(tensor):
            dtype = getattr(leaf, "dtype", None)
            if not isinstance(dtype, DType) or not dtype.is_floating:
                raise InvalidArgumentError(
                    "Only floating tensors can be watched, not {what}.",
                    hint="Make it a tensor with constant, or convert it with cast.",
                    what=dtype if isinstance(dtype, DType) else type(leaf).__name__,
                )
            self._watched.add(id(leaf))
            self._kept.append(leaf)

    def watched_variables(self) -> tuple[Any, ...]:
        """Return the variables that were read."""
        return tuple(self._variables.values())

    def _record(self, op: Op, inputs: Sequence[Any], outputs: Sequence[Any], attrs: dict[str, Any]) -> None:
        watched = self._watched
        for x in inputs:
            if id(x) in watched:
                if outputs and id(outputs[0]) in watched:  # an eager tensor that a trace takes in once more
                    return
                self._applications.append(Application(op, inputs, outputs, attrs, place()))
                watched.update(map(id, outputs))
                return

    def _record_read(self, variable: Any, tensor: Any) -> None:
        if id(tensor) in self._watched and id(variable) in self._variables:
            return
        if id(variable) in self._watched or (self._watch_variables and variable.trainable):
            self._variables[id(variable)] = variable
            self._watched |= {id(variable), id(tensor)}
            self._applications.append(Application(_identity, [variable], [tensor], {}))

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: Literal["none", "zero"] = "none",
    ) -> Any:
        """Return the gradient of the targets, summed over their elements, with respect to the sources.

        Parameters
        ----------
        target
            A tensor or a structure of them.
        sources
            Tensors or variables, in any structure; the result has the same structure.
        output_gradients
            What comes in at each target; ones if nothing is given.
        unconnected_gradients
            What stands for a source that was not watched or from which no path leads to a target: None, or zeros.

        Raises
        ------
        FailedPreconditionError
            If the tape is not persistent and was asked before.
        InvalidArgumentError
            If a target or a source is no tensor, or `output_gradients` do not fit the targets.
        """
        if unconnected_gradients not in ("none", "zero"):
            raise InvalidArgumentError(
                "unconnected_gradients is {value}.",
                hint="It takes 'none' or 'zero'.",
                value=repr(unconnected_gradients),
            )
        if self._used:
            raise FailedPreconditionError(
                "A tape that is not persistent can be asked for gradients once.",
                hint="Use GradientTape(persistent=True).",
            )
        targets, wanted = _tensors("target", target), _tensors("sources", sources)
        self._used = not self._persistent
        listening = _state.tapes
        if not self._persistent:
            _state.tapes = tuple(t for t in listening if t is not self)
        try:
            with during("backward"):
                seeds = _seeds(targets, output_gradients)
                known = [s for s in wanted if id(s) in self._watched]
                slopes = iter(backpropagate(list(self._applications), zip(targets, seeds, strict=True), known))
            found = [next(slopes) if id(s) in self._watched else None for s in wanted]
            if unconnected_gradients == "zero":
                found = [OPS["zeros_like"](s) if g is None else g for g, s in zip(found, wanted, strict=True)]
        finally:
            _state.tapes = listening
        if self._used:
            self._applications.clear()
        return nest.rebuild(sources, iter(found))

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """Do not listen for the time of the block."""
        before = _state.tapes
        _state.tapes = tuple(t for t in before if t is not self)
        try:
            yield
        finally:
            _state.tapes = before

    def reset(self) -> None:
        """Forget all that was recorded."""
        self._applications.clear()
        self._watched.clear()
        self._variables.clear()
        self._kept.clear()
        self._used = False
