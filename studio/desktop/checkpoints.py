"""Comparing with checkpoints: the weight that is in front, beside what a run had kept of it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject

from engine.core.dtype import Array
from engine.core.errors import EngineError, UnavailableError
from engine.io.checkpoint_file import read_weight
from studio.desktop.inspecting import reveal_inspector
from studio.inspector.tensor import TensorInspector
from studio.inspector.watching import Pin
from studio.run.messages import TensorInfo, Watched
from studio.run.runs.folder import RunFolder, Saved
from studio.run.summary import summarise
from studio.run.tensor_ref import TensorRef
from studio.ui.actions import Actions
from studio.ui.beside import beside
from studio.ui.i18n import describe
from studio.ui.widgets.banner import Banner

_NO_WEIGHT = UnavailableError(
    "There is no weight in the inspector to compare with.",
    hint="Click a layer and choose one of its weights, or one of their slots.",
)


@dataclass(frozen=True)
class _Found:
    array: Array
    info: TensorInfo


class Checkpoints(QObject):
    """Pins what a checkpoint holds of the weight in front, and compares the two.

    Parameters
    ----------
    tensor, actions, banner
        The inspector, what brings it into sight, and where is said why nothing can be compared.
    """

    def __init__(self, tensor: TensorInspector, actions: Actions, banner: Banner) -> None:
        super().__init__(tensor)
        self._tensor, self._actions, self._banner = tensor, actions, banner

    def compare(self, run: RunFolder, saved: Saved) -> None:
        """Compare the weight in front with what this checkpoint of a run holds of it."""
        ref = self._tensor.watching.front
        if ref is None or ref.kind not in ("weight", "slot"):
            self._refuse(_NO_WEIGHT)
            return
        beside(self, "checkpoint", lambda: _read(saved, ref), lambda found: self._on_read(run, saved, ref, found))

    def _on_read(self, run: RunFolder, saved: Saved, ref: TensorRef, found: _Found | EngineError) -> None:
        if isinstance(found, EngineError):
            self._refuse(found)
            return
        pin = Pin(ref, Watched(0, ref, found.info, found.array, saved.step), run.id)
        try:
            self._tensor.watching.pin(pin)
        except EngineError as error:
            self._refuse(error)
            return
        self._tensor.compare(pin)
        reveal_inspector(self._actions)

    def _refuse(self, error: EngineError) -> None:
        self._banner.say("warn", lambda: describe(error))


def _read(saved: Saved, ref: TensorRef) -> _Found | EngineError:
    try:
        array = read_weight(saved.path, f"{ref.node}/{ref.name}", ref.part)
    except EngineError as error:
        return error
    if array is None:
        return UnavailableError(
            "This checkpoint holds no '{name}' of '{node_id}'.",
            hint="Choose a run of the same network.",
            name=ref.part or ref.name,
            node_id=ref.node,
        )
    return _Found(array, summarise(array, array.ndim > 1))
