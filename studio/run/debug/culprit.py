"""The step that is to blame for bad values: the one that made them, and none of those that handed them on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.core.dtype import Array
from studio.run.debug.bad import Bad, bad_values, is_zero, only_zeros
from studio.run.debug.step import Operand, Step
from studio.run.debug.trace import Trace

#: Phases in which values that are no numbers, or too large, are the user's concern, and those in which zeros are.
_WATCHED: Final = ("program", "data", "forward", "loss", "backward", "update")
_OF_ZEROS: Final = ("program", "forward", "loss", "backward")
#: What outlasts a training step, and may well be zero, by the kinds of its names.
_KEPT: Final = ("weight", "slot", "update")


def culprit(trace: Trace, last: Step) -> tuple[int, Bad] | None:
    """Return the step that has made bad values, and which, as it shows behind the step that was made last."""
    if last.phase not in _WATCHED:
        return None
    operands = last.operands
    given = [i for i, o in enumerate(operands) if o.made_by is None and not any(r.kind in _KEPT for r in o.refs)]
    found = bad_values(last.op, [o.name for o in operands], _operands(trace, last), _outputs(trace, last), given)
    if found is not None:
        return last.number, found
    return _of_zeros(trace, last) if last.phase in _OF_ZEROS else None


def _of_zeros(trace: Trace, last: Step) -> tuple[int, Bad] | None:
    """Return the step that has made nothing but zeros of something that bears a name since this step."""
    batch = trace.batch_of(last.number)
    for place in {place for ref, place in last.gives.items() if ref.kind not in _KEPT}:
        array = batch.array(place)
        if array is None or not is_zero(array):
            continue
        maker = next((s for s in reversed(batch.steps[: last.number - batch.first + 1]) if place in s.outputs), None)
        origin = _origin(trace, maker) if maker is not None else None
        if origin is not None:
            outputs = _outputs(trace, origin)
            number = next(i for i, a in enumerate(outputs) if is_zero(a))
            names = [o.name for o in origin.operands]
            return origin.number, only_zeros(origin.op, names, _operands(trace, origin), outputs, number)
    return None


def _origin(trace: Trace, step: Step) -> Step | None:
    """Return the step at which values have become zeros that this one has handed on, or made; None if none has."""
    while (maker := next(filter(None, (_maker_of_zeros(trace, step, o) for o in step.operands)), None)) is not None:
        step = maker
    is_made_of_something = any(a.dtype.kind == "f" and a.any() for a in _operands(trace, step))
    return step if is_made_of_something else None


def _maker_of_zeros(trace: Trace, step: Step, operand: Operand) -> Step | None:
    """Return the step that an operand comes from if it holds nothing but zeros; weights and data may."""
    array = trace.batch_of(step.number).array(operand.array)
    if operand.made_by is None or array is None or not is_zero(array):
        return None
    maker = trace[operand.made_by]
    is_mask = not any(a.dtype.kind == "f" for a in _operands(trace, maker))
    return None if maker.phase == "data" or is_mask else maker


def _operands(trace: Trace, step: Step) -> list[Array]:
    return _arrays(trace, step, [o.array for o in step.operands])


def _outputs(trace: Trace, step: Step) -> list[Array]:
    return _arrays(trace, step, step.outputs)


def _arrays(trace: Trace, step: Step, places: Sequence[int]) -> list[Array]:
    batch = trace.batch_of(step.number)
    return [array for place in places if (array := batch.array(place)) is not None]
