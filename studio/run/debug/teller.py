"""The teller: what of a run under the debugger is new to the window."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from engine.core.errors import EngineError
from studio.run.debug.card import Row
from studio.run.debug.explain import card_of, info_of
from studio.run.debug.messages import DebugStopped, Shown
from studio.run.debug.recorder import is_ours
from studio.run.debug.session import DebugSession, Stop
from studio.run.debug.trace import Batch
from studio.run.messages import TensorInfo
from studio.run.tensor_ref import TensorRef

#: Kinds of tensors that are shown on the canvas.
_ON_NODES: Final = ("value", "gradient")


class Teller:
    """Tells of each stop what was not told before.

    Parameters
    ----------
    document, run
        What the messages are about.
    """

    def __init__(self, document: int, run: int) -> None:
        self._document, self._run = document, run
        self._batch = -1
        self._known: dict[TensorRef, int] = {}
        self._rows = 0
        self._bad_step = -1

    def tell(self, session: DebugSession, stop: Stop, is_thorough: bool = False) -> DebugStopped:
        """Return what has to be told of a stop; thoroughly, with numbers that take long to work out."""
        step, trace = stop.place.step, session.trace
        if stop.bad is not None:
            self._bad_step = step
        findings = [hit.error for hit in stop.hits if hit.error is not None]
        findings += [stop.bad.what, stop.bad.why] if stop.bad is not None else []
        findings += _told(stop.error) if stop.error is not None else []
        hits = tuple(hit.point.id for hit in stop.hits)
        if step < 0:
            gone, self._known, self._batch, self._rows = tuple(self._known), {}, -1, 0
            shown = Shown(-1, session.total, stop.place.depth, after=stop.after, budget=trace.memory)
            return DebugStopped(
                self._document, self._run, stop.reason, shown, {}, gone, (), None, hits, tuple(findings)
            )
        batch = trace.batch_of(step)
        if batch.number != self._batch:
            self._batch, self._rows = batch.number, 0
            before, self._known = self._known, {}
        else:
            before = self._known
        now = trace.state(step)
        fresh = {ref: place for ref, place in now.items() if self._known.get(ref) != place}
        tensors = {ref: info for ref, place in fresh.items() if (info := _info(batch, ref, place)) is not None}
        gone = tuple(ref for ref in before if ref not in now)
        self._known = now
        rows = tuple(self._row(batch, i) for i in range(self._rows, len(batch.steps)))
        self._rows = len(batch.steps)
        shown = Shown(
            step,
            session.total,
            stop.place.depth,
            trace[step].path,
            stop.after,
            batch.number,
            batch.epoch,
            batch.in_epoch,
            batch.first,
            trace.in_memory,
            trace.memory,
        )
        card = card_of(trace, step, is_thorough)
        found = tuple(findings)
        return DebugStopped(self._document, self._run, stop.reason, shown, tensors, gone, rows, card, hits, found)

    def _row(self, batch: Batch, index: int) -> Row:
        step = batch.steps[index]
        shape, dtype = batch.kind(step.outputs[0]) if step.outputs else ((), "")
        return Row(step.number, step.path, step.op, shape, dtype, step.seconds, step.number == self._bad_step)


def _told(error: EngineError) -> list[EngineError]:
    """Return an error, behind the line of the user's program that it comes from."""
    file, _colon, line = error.where.rpartition(":")
    if not file or is_ours(file):
        return [error]
    return [EngineError("It fails in {file}, line {line}:", file=Path(file).name, line=int(line)), error]


def _info(batch: Batch, ref: TensorRef, place: int) -> TensorInfo | None:
    """Return a tensor in brief: with figures and a picture if a node shows it, else they would take 5 ms each."""
    if ref.kind in _ON_NODES:
        return info_of(batch, place)
    shape, dtype = batch.kind(place)
    return TensorInfo(shape, dtype, batch.nbytes_of(place))
