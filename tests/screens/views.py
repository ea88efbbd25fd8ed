"""The views of the tensor inspector, each of something that it is made for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
from PySide6.QtTest import QTest

from engine.core.dtype import Array
from studio.app import MainWindow
from studio.document.edits import SetParams
from studio.inspector.structure import ragged
from studio.inspector.views import VIEWS
from studio.inspector.views.attention import AttentionView
from studio.inspector.views.history import HistoryView
from studio.inspector.views.image import ImageView
from studio.inspector.views.kernels import KernelsView
from studio.inspector.views.structure import StructureView
from studio.inspector.views.text import TextView
from studio.inspector.views.view import View
from studio.inspector.watching import Pin
from studio.run.messages import Watched
from studio.run.summary import summarise
from studio.run.tensor_ref import TensorRef

from .driving import editor_of, open_example, train, until

_KERNEL: Final = TensorRef("weight", "hidden", "kernel")


def _weights() -> Array:
    return np.random.default_rng(0).normal(scale=0.1, size=(64, 32)).astype(np.float32)


def _words() -> Array:
    return np.array([["cero", "uno", "dos"], ["zero", "one", ""]], object)


def _pictures() -> Array:
    across = np.linspace(0, 1, 24, dtype=np.float32)
    phases = np.arange(6, dtype=np.float32)[:, None, None]
    waves = [0.5 + 0.5 * np.sin(k * across + across[:, None] * 5 + phases) for k in (3, 7, 11)]
    return np.stack(waves, axis=-1).astype(np.float32)


def _kernels() -> Array:
    kernels = np.random.default_rng(1).normal(size=(3, 3, 1, 12)).astype(np.float32)
    kernels[1, 1, 0, 2], kernels[0, 0, 0, 5] = np.nan, np.inf
    return kernels


def _scores() -> Array:
    logits = 3 * np.random.default_rng(2).normal(size=(2, 4, 10, 10)) + 4 * np.eye(10)
    shares: Array = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return shares.astype(np.float32)


#: What the digits network has nothing of. The other views show a weight of it where there is an engine.
_OF_ITS_OWN: Final[dict[type[View], Callable[[], Array]]] = {
    TextView: _words,
    StructureView: lambda: ragged(np.arange(9.0), [0, 2, 2, 6, 9]),
    ImageView: _pictures,
    KernelsView: _kernels,
    AttentionView: _scores,
}


def _show(view: type[View], window: MainWindow) -> None:
    open_example(window, "digits_mlp").select(["hidden"])
    watching = editor_of(window).watching
    if view in _OF_ITS_OWN or window.controller.pid is None:
        values = _OF_ITS_OWN.get(view, _weights)()
        ref = TensorRef("value", "hidden", "output")
        watching.look_at_pin(Pin(ref, Watched(1, ref, summarise(values), values)))
    else:
        watching.look_at(_KERNEL)
        if view is HistoryView:  # of which there is a sample each half second
            editor_of(window).history.do(SetParams("trainer", {"epochs": 200}))
            train(window)
        until(lambda: watching.shown is not None)
    if not window.inspector.tensor.turn_to(view):
        raise ValueError(f"{view.__name__} does not accept what it was to be photographed with")
    QTest.qWait(300)


def _name(view: type[View]) -> str:
    return "view_" + view.__module__.rpartition(".")[2]


VIEW_SCENES: Final[dict[str, Callable[[MainWindow], None]]] = {_name(view): partial(_show, view) for view in VIEWS}
"""A scene for each view: a new one has its own."""
