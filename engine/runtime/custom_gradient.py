"""Functions that bring their own gradient."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Final

from engine.core import nest
from engine.core.dispatch import is_tracing
from engine.core.op import OPS, Op, Operand
from engine.core.param import Param
from engine.graph.graph import Graph
from engine.graph.interpret import replay
from engine.runtime.control.part import Part, outer
from engine.runtime.eager import convert_to_tensor
from engine.runtime.tape import GradientTape

Rule = Callable[..., Sequence[Any]]


def _slopes(
    g: Sequence[Any], y: Sequence[Any], *inputs: Any, count: int, along: int, rule: Any, there: Any
) -> list[Any]:
    """Return nothing for the results themselves, what the rule says for the arguments, nothing for what it captured."""
    seeds = [OPS["zeros_like"](v) if d is None else d for d, v in zip(g, y, strict=True)]
    captured = inputs[count + along :]
    if isinstance(rule, Graph):
        given = iter(replay(rule, [*seeds, *captured]))
        found = [next(given) if present else None for present in there]
    else:
        found = list(rule(*seeds))
    return [*[None] * count, *found, *[None] * len(captured)]


#: The results of a function, unchanged; what its arguments are owed, a rule says. It takes the results, the arguments
#: and what the rule captured. In a graph the rule is a graph too, so that it can be compiled with the rest.
_WITH_RULE: Final = Op(
    name="custom_gradient",
    summary="The results of a function that brings its own gradient.",
    inputs=(Operand("values", "any", group="", variadic=True),),
    outputs=("values",),
    infer=lambda *specs, count, along, rule, there: specs[:count],
    reference=lambda *arrays, count, along, rule, there: [a.copy() for a in arrays[:count]],
    gradient=_slopes,
    params={
        "count": Param("any", help="How many results there are."),
        "along": Param("any", help="How many arguments there are."),
        "rule": Param("any", help="From gradients at the results to those at the arguments."),
        "there": Param("any", help="Which arguments have a gradient."),
    },
    broadcasts=True,  # an eager call need not be remembered by its rule
    internal=True,
)


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return `f` with the gradient that it brings along.

    Parameters
    ----------
    f
        ``f(*args)`` returns its result and a function from the gradients at the results to those at the arguments. If
        it reads variables, that function takes `variables` too, and returns a pair: the gradients at the arguments
        and a list of those at the variables.

    Examples
    --------
    >>> import engine as tf
    >>> @tf.custom_gradient
    ... def straight(x):
    ...     return tf.round(x), lambda upstream: upstream
    >>> x = tf.constant(1.4)
    >>> with tf.GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = straight(x)
    >>> float(y), float(tape.gradient(y, x))
    (1.0, 1.0)
    """

    @functools.wraps(f)
    def call(*args: Any, **kwargs: Any) -> Any:
        args = tuple(nest.map_structure(convert_to_tensor, args))
        with GradientTape() as watch:
            result, slopes = f(*args, **kwargs)
        variables = list(watch.watched_variables())
        results = [convert_to_tensor(t) for t in nest.leaves(result)]
        arguments = [*nest.leaves(args), *[v.read_value() for v in variables]]

        def rule(*upstream: Any) -> list[Any]:
            if not variables:
                return list(nest.leaves(slopes(*upstream)))
            own, others = slopes(*upstream, variables=variables)
            return [*nest.leaves(own), *others]

        attrs: dict[str, Any] = {"count": len(results), "along": len(arguments), "rule": rule, "there": ()}
        captured: list[Any] = []
        if is_tracing():
            part = Part(rule, [t.spec for t in results])
            captured = outer(part.tracer.things)
            attrs["rule"] = part.graph(part.tracer.things, part.given, ())
            attrs["there"] = tuple(t is not None for t in part.outputs)
        return nest.rebuild(result, iter(_WITH_RULE.apply(*results, *arguments, *captured, **attrs)))

    return call
