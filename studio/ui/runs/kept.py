"""The runs as the window knows them: where new ones are kept, and which belongs to which document."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from engine.core.errors import EngineError
from studio.run.controller import RunController
from studio.run.messages import CheckpointSaved, Ended, EpochEnd, Keep, Started
from studio.run.runs.folder import RunFolder
from studio.run.runs.store import RunStore
from studio.ui.settings import settings
from studio.ui.stored import RUNS_DIR

#: The setting that says whether trainings are kept.
KEEPS: Final = "keep_runs"


class KeptRuns(QObject):
    """Gives each training a folder, and tells when something has changed in one.

    Signals
    -------
    changed
        There is another run, or one has gone on or come to its end: carries its folder.

    Attributes
    ----------
    current
        The folder of the run that goes on, None if none does or it is not kept.
    """

    changed = Signal(Path)

    def __init__(self, controller: RunController) -> None:
        super().__init__(controller)
        self.current: Path | None = None
        self._of: dict[int, Path] = {}
        self._next: Path | None = None
        controller.started.connect(self._on_started)
        controller.epoch_ended.connect(self._on_event)
        controller.checkpoint_saved.connect(self._on_event)
        controller.ended.connect(self._on_ended)
        controller.crashed.connect(lambda _event: self._on_over())

    @property
    def store(self) -> RunStore:
        """All runs."""
        chosen = str(settings().value(RUNS_DIR) or "")
        return RunStore(Path(chosen) if chosen else None)

    def keep(self, number: int, name: str, sweep: str = "") -> Keep | None:
        """Return where the next training, of this document, is kept; None if the user wants none kept."""
        self._of.pop(number, None)
        if settings().value(KEEPS, "true") == "false":
            self._next = None
            return None
        self._next = self._of[number] = self.store.new(name)
        return Keep(str(self._next), name, sweep)

    def go_on(self, number: int, run: RunFolder) -> Keep:
        """Return where a run goes on that was kept, as the training of this document."""
        self._next = self._of[number] = run.path
        return Keep(str(run.path), run.record.name, run.record.sweep)

    def of(self, number: int) -> RunFolder | None:
        """Return the last run of a document, if it was kept and can be read."""
        path = self._of.get(number)
        run = RunFolder(path) if path is not None else None
        try:
            return run if run is not None and run.record else None
        except EngineError:
            return None

    def forget(self, number: int) -> None:
        """The document was closed."""
        self._of.pop(number, None)

    def _on_started(self, _event: Started) -> None:
        self.current = self._next
        self._tell()

    def _on_event(self, _event: EpochEnd | CheckpointSaved) -> None:
        self._tell()

    def _on_ended(self, _event: Ended) -> None:
        self._on_over()

    def _on_over(self) -> None:
        self._tell()
        self.current = None

    def _tell(self) -> None:
        if self.current is not None:
            self.changed.emit(self.current)
