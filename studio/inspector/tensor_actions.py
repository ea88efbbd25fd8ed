"""What can be done with the tensor in front: pin, keep, compare, copy, save, put into the document."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDrag, QGuiApplication
from PySide6.QtWidgets import QWidget

from engine.core.errors import EngineError, FailedPreconditionError, UnavailableError
from studio.inspector.background import Background
from studio.inspector.export import COPIES, FILES, constant_of, save
from studio.inspector.tensor import TensorInspector
from studio.inspector.watching import Pin
from studio.ui.actions import Actions
from studio.ui.i18n import _
from studio.ui.pictures import save_png
from studio.ui.saving import ask_path

#: What a node that is dragged onto the canvas is carried as: the id of its type, and its parameters in JSON.
TYPE_MIME: Final = "application/x-trenza-node"
PARAMS_MIME: Final = "application/x-trenza-params"

#: Elements that are written in less than a frame.
_AT_ONCE: Final = 10_000

BUTTONS: Final = ("tensor.pin", "tensor.keep", "tensor.compare")
MENU: Final = (
    *("tensor.link", "", "tensor.copy_numpy", "tensor.copy_csv", "tensor.copy_latex", ""),
    *("tensor.save", "tensor.save_picture", "", "tensor.constant"),
)


class TensorActions(QObject):
    """Binds the commands about tensors to the inspector.

    Signals
    -------
    failed
        Something cannot be done: carries the error.
    saved
        A file was written: carries its path.

    Parameters
    ----------
    commands
        The program's actions.
    inspector
        Whose tensor they are about.
    window
        Over which dialogs show.
    add
        Adds a constant with given parameters to the document.
    """

    failed = Signal(object)
    saved = Signal(object)

    def __init__(
        self, commands: Actions, inspector: TensorInspector, window: QWidget, add: Callable[[Mapping[str, Any]], None]
    ) -> None:
        super().__init__(window)
        self._commands, self._inspector, self._window, self._add = commands, inspector, window, add
        self.background = Background(self)
        self._copying = Background(self)
        for background in (self.background, self._copying):
            background.failed.connect(self._fail)
        slots: tuple[tuple[str, Callable[[], object]], ...] = (
            ("tensor.pin", self._pin),
            ("tensor.keep", lambda: inspector.watching.keep()),
            ("tensor.compare", self._compare),
            ("tensor.link", inspector.toggle_link),
            ("tensor.save", self._ask_and_save),
            ("tensor.save_picture", self._ask_and_save_picture),
            ("tensor.constant", lambda: add(constant_of(inspector.picked))),
            *((id, partial(self._copy, write)) for id, write in COPIES.items()),
        )
        for id, slot in slots:
            commands.bind(id, partial(self._carry_out, slot))
        menu = [commands[id] if id else None for id in MENU]
        inspector.head.dress([commands[id] for id in BUTTONS], menu)
        inspector.head.dragged.connect(self._drag)
        inspector.turned.connect(self.update)
        self.update()

    def update(self) -> None:
        """Enable what can be done just now."""
        shown = self._inspector.shown
        for id in (*BUTTONS, *filter(None, MENU)):
            self._commands[id].setEnabled(shown is not None)
        self._commands["tensor.pin"].setChecked(self._inspector.watching.is_pinned(self._inspector.watching.front))
        self._commands["tensor.compare"].setChecked(self._inspector.compared is not None)
        self._commands["tensor.link"].setChecked(self._inspector.is_linking)

    def _carry_out(self, slot: Callable[[], object], *_checked: bool) -> None:
        try:
            slot()
        except EngineError as error:
            self.failed.emit(error)
        self.update()

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, EngineError):
            error = UnavailableError(
                "The tensor could not be saved: {why}.", hint="Try another format.", why=str(error)
            )
        self.failed.emit(error)

    # --------------------------------------------------------------------------------------------- pinning, comparing

    def _pin(self) -> None:
        watching = self._inspector.watching
        if watching.front is None:
            return
        pin = Pin(watching.front)
        (watching.unpin if pin in watching.pins else watching.pin)(pin)

    def _compare(self) -> None:
        """Compare with the newest pin that is another one; or no longer."""
        inspector = self._inspector
        if inspector.compared is not None:
            inspector.compare(None)
            return
        live = Pin(inspector.watching.front) if inspector.watching.front is not None else None
        others = [pin for pin in inspector.watching.pins if pin != live]
        if not others:
            raise FailedPreconditionError(
                "There is nothing to compare with.",
                hint="Pin another tensor, or keep the values of this one, and come back when it has others.",
            )
        inspector.compare(others[-1])

    # ------------------------------------------------------------------------------------------------ copying, saving

    def _copy(self, write: Callable[[Any], str]) -> None:
        values = self._inspector.picked
        if values.size <= _AT_ONCE:
            QGuiApplication.clipboard().setText(write(values))
        else:
            self._copying.start(lambda _token: write(values), lambda text: QGuiApplication.clipboard().setText(text))

    def _ask(self, title: str, words: Mapping[str, str]) -> Path | None:
        front = self._inspector.watching.front
        stem = f"{front.node}.{front.name}".replace("/", ".") if front is not None else "tensor"
        return ask_path(self._window, "tensor", title, stem, words)

    def _ask_and_save(self) -> None:
        path = self._ask(_("Save the tensor"), {ending: words for ending, (words, _write) in FILES.items()})
        if path is not None:
            self.save(path)

    def save(self, path: Path) -> None:
        """Write the whole tensor to a file; that takes its time, and the window goes on."""
        shown = self._inspector.shown
        if shown is not None:
            values = shown.values
            self.background.start(lambda token: save(values, path, token.check), lambda _none: self.saved.emit(path))

    def _ask_and_save_picture(self) -> None:
        path = self._ask(_("Save the picture of the view"), {".png": "PNG"})
        if path is not None:
            self.save_picture(path)

    def save_picture(self, path: Path) -> None:
        """Write what the view shows as a picture.

        Raises
        ------
        UnavailableError
            If the file cannot be written.
        """
        view = self._inspector.view
        if view is None:
            return
        save_png(view.widget, path)
        self.saved.emit(path)

    # -------------------------------------------------------------------------------------------------------- dragging

    def mime(self) -> QMimeData:
        """Return the tensor as what the canvas takes for a constant, and other programs for text.

        Raises
        ------
        InvalidArgumentError
            If it is too large for a constant.
        """
        values = self._inspector.picked
        data = QMimeData()
        data.setData(TYPE_MIME, b"data.constant")
        data.setData(PARAMS_MIME, json.dumps(constant_of(values)).encode())
        data.setText(COPIES["tensor.copy_numpy"](values))
        return data

    def _drag(self) -> None:
        self._carry_out(self._drag_out)

    def _drag_out(self) -> None:
        drag = QDrag(self._inspector)
        drag.setMimeData(self.mime())
        drag.exec(Qt.DropAction.CopyAction)
