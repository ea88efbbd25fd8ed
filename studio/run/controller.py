"""The window's side of the engine's process: starts it, talks to it, and notices when it dies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from engine.core.errors import EngineError
from studio.document.breakpoints import Breakpoint
from studio.document.document import Document, PortRef
from studio.document.file import Writer
from studio.run.messages import (
    BreakAt,
    CheckpointSaved,
    Command,
    Compiling,
    Control,
    Crashed,
    Downloading,
    Ended,
    EpochEnd,
    Forget,
    Freeze,
    Inventory,
    Keep,
    LoadWeights,
    Missing,
    Mode,
    Observe,
    Paused,
    Preview,
    Previewed,
    Progress,
    Ready,
    Refused,
    Restore,
    SaveCheckpoint,
    Show,
    Shutdown,
    Started,
    TensorInfo,
    Trace,
    Traced,
    TraceEnded,
    Train,
    Tune,
    Tuned,
    Watch,
    Watched,
    WentBack,
)
from studio.run.process import EngineProcess
from studio.run.tensor_ref import TensorRef

State = Literal["starting", "ready", "training", "paused", "crashed"]

#: Milliseconds after an edit until the preview is asked for, so that typing asks once.
PREVIEW_DELAY: Final = 40
#: Milliseconds after which a preview that is not there yet makes the engine "busy".
BUSY_DELAY: Final = 300
#: Milliseconds after which Stop that has had no effect is said to have none.
STOP_PATIENCE: Final = 2000


@dataclass
class _Followed:
    """A document whose values the window may show."""

    document: Document
    oldest: int
    """Previews before this one are of what had the number before."""
    asked: int = 0
    """The preview of the document as it is now, 0 if there is none yet."""
    is_fresh: bool = False
    """Whether the values that the window has are those of the document as it is."""
    reset: bool = False
    watching: tuple[TensorRef, ...] = ()
    parts: dict[PortRef, TensorInfo] = field(default_factory=dict)
    """Of a preview that is not complete yet."""
    writer: Writer = field(default_factory=Writer)


class RunController(QObject):
    """Runs documents in the engine's process: each is known by a number from 1 on, one is shown, one trains at a time.

    Signals carry the messages of `studio.run.messages`, which name the document that they are about; those of an
    earlier run or of a closed document are dropped. `busy_changed` tells that the preview of the document that is shown
    takes its time, and that it is over; `stuck`, that Stop has had no effect. Nothing here waits for the process,
    except for `shutdown` and `restart`, which may take a moment.

    Parameters
    ----------
    data_dir
        Returns the folder in which data files are looked for first; it is asked when an engine starts.

    Attributes
    ----------
    training
        The number of the document that is being trained, 0 if none is.
    """

    state_changed = Signal(str)
    ready = Signal(Ready)
    previewed = Signal(Previewed)
    watched = Signal(Watched)
    missed = Signal(Missing)
    inventoried = Signal(Inventory)
    traced = Signal(Traced)
    trace_ended = Signal(TraceEnded)
    compiling = Signal(Compiling)
    started = Signal(Started)
    progressed = Signal(Progress)
    epoch_ended = Signal(EpochEnd)
    ended = Signal(Ended)
    tuned = Signal(Tuned)
    went_back = Signal(WentBack)
    checkpoint_saved = Signal(CheckpointSaved)
    refused = Signal(Refused)
    crashed = Signal(Crashed)
    downloading = Signal(Downloading)
    busy_changed = Signal(bool)
    stuck = Signal()

    def __init__(self, data_dir: Callable[[], str | None] = lambda: None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state: State = "starting"
        self.run = 0
        self._data_dir = data_dir
        self._process: EngineProcess | None = None
        self.training = 0
        self._revision = 0
        self._shown = 0
        self._followed: dict[int, _Followed] = {}
        self._observed: dict[int, dict[str, tuple[str, ...]]] = {}
        self.busy = False
        self.debugged = 0
        self._signals = {
            Ready: self.ready,
            Previewed: self.previewed,
            Watched: self.watched,
            Missing: self.missed,
            Inventory: self.inventoried,
            Traced: self.traced,
            TraceEnded: self.trace_ended,
            Downloading: self.downloading,
            Compiling: self.compiling,
            Started: self.started,
            Progress: self.progressed,
            EpochEnd: self.epoch_ended,
            Ended: self.ended,
            Tuned: self.tuned,
            WentBack: self.went_back,
            CheckpointSaved: self.checkpoint_saved,
            Refused: self.refused,
        }
        self._others: dict[type, Callable[[Any], None]] = {}
        self._preview_timer = QTimer(self, interval=PREVIEW_DELAY, singleShot=True)
        self._preview_timer.timeout.connect(self._send_preview)
        self._busy_timer = QTimer(self, interval=BUSY_DELAY, singleShot=True)
        self._busy_timer.timeout.connect(lambda: self._set_busy(True))
        self._stop_timer = QTimer(self, interval=STOP_PATIENCE, singleShot=True)
        self._stop_timer.timeout.connect(self.stuck)

    # ----------------------------------------------------------------------------------------------------- process

    def start(self) -> None:
        """Start the engine's process."""
        self._process = EngineProcess(self._data_dir(), self)
        self._process.received.connect(self._receive)
        self._process.died.connect(self._crash)
        self._set_state("starting")
        for number in self._observed:
            self._send(self._observe(number))

    def restart(self) -> None:
        """Replace a process that has died or hangs with a new one, and show it the documents."""
        self._end_process()
        self.start()
        for number, followed in self._followed.items():
            followed.is_fresh = False
            if followed.watching:
                self._send(Watch(number, followed.watching))
        self.show(self._shown)

    def shutdown(self) -> None:
        """End the process; it has a moment to obey."""
        self._preview_timer.stop()
        self._send(Shutdown())
        self._end_process(patience=0.3)

    def _end_process(self, patience: float = 0.0) -> None:
        """Let the process end by itself for some seconds, then make it end."""
        self._rest_from_training()
        self._rest()
        process, self._process = self._process, None
        for followed in self._followed.values():
            followed.parts = {}
        if process is not None:
            process.end(patience)
            process.deleteLater()

    @property
    def pid(self) -> int | None:
        """Number of the engine's process."""
        return self._process.pid if self._process is not None else None

    # -------------------------------------------------------------------------------------------------------- send

    def show(self, number: int) -> None:
        """Show a document, or none (0): it is the one whose values are of interest from now on."""
        self._shown = number
        self._send(Show(number))
        self._preview_timer.stop()
        self._end_preview()
        followed = self._followed.get(number)
        if followed is not None and (not followed.is_fresh or number == self.training):
            self._preview_timer.start()

    def preview(self, number: int, document: Document, reset: bool = False) -> None:
        """Ask for the values of all wires of a document, soon, or as soon as it is shown.

        With `reset` the weights are drawn anew first.
        """
        followed = self._follow(number, document)
        followed.is_fresh, followed.asked = False, 0
        followed.reset = followed.reset or reset
        if number == self._shown:
            self._preview_timer.start()

    def _follow(self, number: int, document: Document) -> _Followed:
        """Return what is known of a document; of what had its number before, nothing is."""
        followed = self._followed.get(number)
        if followed is None or followed.document is not document:
            followed = self._followed[number] = _Followed(document, self._revision + 1)
            self._send(Watch(number))
        return followed

    def _send_preview(self) -> None:
        followed = self._followed.get(self._shown)
        if followed is None or self._process is None:
            return
        self._revision += 1
        followed.asked = self._revision
        try:
            text = followed.writer.text(followed.document)
        except EngineError as error:
            followed.is_fresh = True
            self.previewed.emit(Previewed(self._shown, self._revision, {}, {error.node or "": error}))
            return
        self._send(Preview(self._shown, self._revision, text, followed.reset))
        followed.reset = False
        is_up = self.state in ("ready", "training", "paused")
        # a training looks when it comes to it, and a run under the debugger shows what it holds itself
        if is_up and self._shown not in (self.training, self.debugged) and not self.busy:
            self._busy_timer.start()

    def let_debug(self, number: int) -> None:
        """Take note of the document that is under the debugger, 0 for none: no preview comes of it meanwhile."""
        self.debugged = number
        if number and number == self._shown:
            self._rest()

    def document(self, number: int) -> Document | None:
        """Return the document that is known by this number."""
        followed = self._followed.get(number)
        return followed.document if followed is not None else None

    def forget(self, number: int) -> None:
        """Hear no more of a document, which was closed; its training ends."""
        if number == self.training:
            self.abandon()
        self._observed.pop(number, None)
        if self._followed.pop(number, None) is not None:
            self._send(Forget(number))

    def train(
        self,
        number: int,
        document: Document,
        mode: Mode,
        keep: Keep | None = None,
        start: str = "",
        fresh: bool = False,
    ) -> int:
        """Begin to train, and return the number of this run. One that goes on is to be stopped before.

        Parameters
        ----------
        keep
            Where it is kept, if it is.
        start
            The file of a checkpoint to go on from.
        fresh
            Whether it begins with new weights.
        """
        self.run += 1
        try:
            text = self.text_of(number, document)
        except EngineError as error:
            self.ended.emit(Ended(number, self.run, "failed", error=error))
            return self.run
        if self._process is not None:
            if (followed := self._followed.get(number)) is not None:
                # or weights that were to be drawn anew with the next values would be drawn behind the training
                fresh, followed.reset = fresh or followed.reset, False
            self._send(Train(number, self.run, text, mode, keep, start, fresh))
            self.training = number
            self._set_state("training")
        return self.run

    def step(self) -> None:
        """Let a training that stands still make a step; let another one stand still."""
        self._send(Control("step", self.run))

    def tune(self, learning_rate: float) -> None:
        """Let the training go on with another learning rate."""
        self._send(Tune(self.run, learning_rate))

    def freeze(self, node: str, frozen: bool) -> None:
        """Let the training go on without learning a layer, or with it again."""
        self._send(Freeze(self.run, node, frozen))

    def break_at(self, points: Sequence[Breakpoint]) -> None:
        """Let these breakpoints be in force in the training, and no others."""
        self._send(BreakAt(self.run, tuple(points)))

    def save_checkpoint(self) -> None:
        """Let the training write a checkpoint."""
        self._send(SaveCheckpoint(self.run))

    def restore(self, path: str) -> None:
        """Let the training go on from one of its checkpoints."""
        self._send(Restore(self.run, path))

    def load_weights(self, number: int, document: Document, path: str) -> None:
        """Give the network of a document the weights of a checkpoint.

        Raises
        ------
        EngineError
            If the document cannot be written down.
        """
        self._send(LoadWeights(number, self._follow(number, document).writer.text(document), path))

    def pause(self) -> None:
        """Let the training stand still."""
        self._send(Control("pause", self.run))

    def resume(self) -> None:
        """Let the training go on."""
        self._send(Control("resume", self.run))

    def stop(self) -> None:
        """End the training, or else the preview that takes so long; the network stays as it is."""
        looking = self._revision if self.busy and self._shown != self.training else 0
        self._send(Control("stop", self.run, looking))
        if self.training or self.busy:
            self._stop_timer.start()

    def abandon(self) -> None:
        """End the training and hear no more of it."""
        if self.training:
            self.stop()
            self.run += 1
            self._rest_from_training()
            self._set_state("ready")

    def watch(self, number: int, refs: Sequence[TensorRef]) -> None:
        """From now on send all values of these tensors of a document; the first is the one that is looked at."""
        followed = self._followed.get(number)
        if followed is not None:
            followed.watching = tuple(refs)
            self._send(Watch(number, followed.watching))

    def observe(self, number: int, what: Sequence[str], where: str = "plots") -> None:
        """From now on this, beside the losses, is shown of the trainings of a document, in one of the panels."""
        before = self._observe(number)
        self._observed.setdefault(number, {})[where] = tuple(what)
        if (now := self._observe(number)) != before:
            self._send(now)

    def _observe(self, number: int) -> Observe:
        """Return what is shown of the trainings of a document in all panels together."""
        shown = self._observed.get(number, {}).values()
        return Observe(number, tuple(dict.fromkeys(name for what in shown for name in what)))

    def trace(self, number: int, ref: TensorRef, place: tuple[int, ...]) -> None:
        """Ask what a place of a tensor of a document was made of."""
        self._send(Trace(number, ref, place))

    def _send(self, command: Command) -> None:
        self.post(command)

    # ------------------------------------------------------------------------------------------- others who talk to it

    def hear(self, kinds: Sequence[type], listener: Callable[[Any], None]) -> None:
        """From now on hand events of these kinds to a listener, whatever run they are of."""
        self._others.update(dict.fromkeys(kinds, listener))

    def post(self, command: Any) -> bool:
        """Send a command of anybody's; return whether there is a process that takes it."""
        if self._process is not None:
            self._process.send(command)
        return self._process is not None

    def text_of(self, number: int, document: Document) -> str:
        """Return the text of a document, as quickly as what is known of it allows.

        Raises
        ------
        EngineError
            If it has none.
        """
        return self._follow(number, document).writer.text(document)

    # ----------------------------------------------------------------------------------------------------- receive

    def _receive(self, event: Any) -> None:
        if (listener := self._others.get(type(event))) is not None:
            listener(event)
            return
        if getattr(event, "run", self.run) not in (self.run, 0):
            return
        followed = self._followed.get(getattr(event, "document", 0))
        if isinstance(event, Previewed):
            if followed is None or event.revision < followed.oldest:
                return
            followed.parts |= event.tensors
            if not event.last:
                return
            event, followed.parts = replace(event, tensors=followed.parts), {}
            if event.revision == followed.asked:
                followed.is_fresh = True
            if event.revision == self._revision:
                self._end_preview()
        if isinstance(event, Watched | Missing) and (followed is None or event.ref not in followed.watching):
            return
        if isinstance(event, Inventory | Traced | TraceEnded) and followed is None:
            return
        if isinstance(event, Paused):
            self._set_state("paused" if event.paused else "training")
            return
        if isinstance(event, Ready) and self.state == "starting":
            self._set_state("ready")
        if isinstance(event, Ended):
            self._rest()
            self._rest_from_training()
            self._set_state("ready")
        if (signal := self._signals.get(type(event))) is not None:  # else it is for one who is not here to hear it
            signal.emit(event)

    def _crash(self, code: int | None) -> None:
        self._end_process()
        self._set_state("crashed")
        self.crashed.emit(Crashed(code))

    def _rest(self) -> None:
        """What was under way has come to its end."""
        self._stop_timer.stop()
        self._end_preview()

    def _rest_from_training(self) -> None:
        """Nothing trains any more; what was trained behind another document has other values than were shown."""
        if self.training != self._shown and (followed := self._followed.get(self.training)) is not None:
            followed.is_fresh = False
        self.training = 0

    def _end_preview(self) -> None:
        """The newest preview is there; a training that Stop is to end goes on."""
        if not self.training:
            self._stop_timer.stop()
        self._busy_timer.stop()
        self._set_busy(False)

    def _set_busy(self, busy: bool) -> None:
        if busy != self.busy:
            self.busy = busy
            self.busy_changed.emit(busy)

    def _set_state(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)
