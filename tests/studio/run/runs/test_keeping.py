"""A training that is kept: what is in its folder, and that it goes on from there bit for bit, however it was ended."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from graphs import MOON_WIRES, MOONS, build, moons

from engine.core.errors import DataLossError, UnavailableError
from engine.io import checkpoint_file
from engine.io.tensorboard import EventFile
from studio.document.document import Document
from studio.document.file import dumps, load
from studio.run.messages import (
    CheckpointSaved,
    Control,
    Ended,
    EpochEnd,
    Freeze,
    Keep,
    LoadWeights,
    Paused,
    Progress,
    Refused,
    Restore,
    SaveCheckpoint,
    Started,
    Train,
    Tune,
    Tuned,
    WentBack,
)
from studio.run.runs import keeper, record
from studio.run.runs.folder import RunFolder
from studio.run.runs.glance import Glance
from studio.run.runs.store import RunStore
from studio.run.training import keeping, listener
from studio.run.worker import Worker
from studio.ui.runs.story import story

T = TypeVar("T")


class Driven:
    """A worker without a process; what it sends is collected, and may be answered."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.answer: Callable[[Any], None] = lambda _event: None
        self.worker = Worker(self._take)
        self.worker.shown = 0

    def _take(self, event: Any) -> None:
        self.events.append(event)
        self.answer(event)

    def of(self, kind: type[T]) -> list[T]:
        return [e for e in self.events if isinstance(e, kind)]

    def losses(self) -> list[float]:
        """Return the losses of all steps: of one that was made twice, the last one."""
        found: dict[int, float] = {}
        for event in self.of(Progress):
            found |= dict(zip(event.steps.tolist(), event.series["loss"].tolist(), strict=True))
        return [found[step] for step in sorted(found)]


@pytest.fixture
def each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Report behind each step, and keep no more checkpoints than are wished for."""
    monkeypatch.setattr(listener, "QUIET_INTERVAL", 0.0)
    monkeypatch.setattr(keeping, "CHECKPOINT_INTERVAL", 1e9)


def document(epochs: int = 4, **trainer: Any) -> Document:
    nodes = {**MOONS, "drop": ("layer.Dropout", {"rate": 0.25})}
    wires = MOON_WIRES.replace(
        "hidden.output > output.inputs", "hidden.output > drop.inputs\ndrop.output > output.inputs"
    )
    assert wires != MOON_WIRES
    return build({**nodes, "trainer": ("train.Adam", {"epochs": epochs, "batch_size": 5, **trainer})}, wires, seed=5)


def train(folder: Path, epochs: int = 4, start: str = "", **trainer: Any) -> Train:
    return Train(1, 1, dumps(document(epochs, **trainer)), "lazy", Keep(str(folder), "moons"), start)


def whole(epochs: int = 4, **trainer: Any) -> list[float]:
    """Return the losses of a training that nobody interrupts."""
    driven = Driven()
    driven.worker.handle(replace(train(Path(), epochs, **trainer), keep=None))
    return driven.losses()


def test_what_is_in_a_folder(tmp_path: Path) -> None:
    driven, folder = Driven(), tmp_path / "run"
    driven.worker.handle(train(folder))
    run = RunFolder(folder)
    found = run.record
    assert (found.name, found.status, found.epochs, found.seed, found.mode) == ("moons", "complete", 4, 5, "lazy")
    assert found.series == ("loss", "accuracy")
    assert found.settings["trainer.batch_size"] == 5
    assert set(found.versions) == {"trenza", "numpy", "python"}
    assert dumps(load(run.document)) == dumps(document())
    np.testing.assert_array_equal(run.steps()[:, 0], np.array(driven.losses(), np.float32))
    assert [(e["epoch"], e["logs"]) for e in run.epochs()] == [(e.epoch, e.logs) for e in driven.of(EpochEnd)]
    first, last = run.checkpoints()[0], run.last
    assert first.step == 0
    assert last is not None
    assert last.step == len(driven.losses()) == found.epochs * found.steps_per_epoch
    assert not run.can_go_on
    assert len(list((folder / "events").iterdir())) == 1
    assert not (folder / "beat").exists()
    assert run.size > 1000


@pytest.mark.parametrize("at", [1, 7, 17, 33])
def test_it_is_stopped_and_goes_on_bit_for_bit(at: int, tmp_path: Path, each_step: None) -> None:
    driven = Driven()

    def answer(event: Any) -> None:
        if isinstance(event, Progress) and event.steps[-1] == at:
            driven.worker.receive(Control("stop", 1))

    driven.answer = answer
    driven.worker.handle(train(tmp_path, patience=9))
    assert driven.of(Ended)[0].status == "stopped"
    expected = whole(patience=9)
    assert driven.losses() == expected[: len(driven.losses())]
    assert at < len(driven.losses()) < len(expected)
    run = RunFolder(tmp_path)
    assert run.can_go_on
    last = run.last
    assert last is not None
    again = Driven()
    again.worker.handle(train(tmp_path, patience=9, start=str(last.path)))
    assert again.of(Started)[0].step == last.step == len(driven.losses())
    np.testing.assert_array_equal(again.losses(), np.array(expected, np.float32), "with what was before, repeated")
    run = RunFolder(tmp_path)
    np.testing.assert_array_equal(run.steps()[:, 0], np.array(expected, np.float32))
    assert [e["epoch"] for e in run.epochs()] == [0, 1, 2, 3]
    assert run.record.status == "complete"


def test_killed_at_any_moment_it_goes_on_bit_for_bit(tmp_path: Path) -> None:
    expected = whole(epochs=400)
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from studio.run.messages import Keep, Train\n"
        "from studio.run.training import keeping\n"
        "from studio.run.worker import Worker\n"
        "keeping.CHECKPOINT_INTERVAL, keeping.CHECKPOINT_SHARE = 0.05, 1.0\n"
        "worker = Worker(lambda event: None)\n"
        "worker.shown = 0\n"
        "text = Path(sys.argv[2]).read_text()\n"
        "worker.handle(Train(1, 1, text, 'lazy', Keep(sys.argv[1], 'moons'), sys.argv[3]))\n"
    )
    folder, text = tmp_path / "run", tmp_path / "text"
    text.write_text(dumps(document(epochs=400)))
    start, reached = "", []
    for kill in range(3):
        command = [sys.executable, "-c", program, str(folder), str(text), start]
        process = subprocess.Popen(command, cwd=Path(__file__).parents[4])
        begin = time.monotonic()
        before = reached[-1] if reached else 0
        while time.monotonic() - begin < 60 and process.poll() is None:
            last = RunFolder(folder).last
            if last is not None and last.step > before + 50:
                break
            time.sleep(0.01)
        time.sleep(0.013 * kill)
        assert process.poll() is None, "it was over before it could be killed"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        run = RunFolder(folder)
        assert run.record.status == "interrupted"
        assert run.last is not None
        reached.append(run.last.step)
        start = str(run.last.path)
        checkpoint_file.read(start)
    assert 0 < reached[0] < reached[1] < reached[2] < len(expected)
    again = Driven()
    again.worker.handle(train(folder, 400, start))
    run = RunFolder(folder)
    np.testing.assert_array_equal(run.steps()[:, 0], np.array(expected, np.float32))
    assert run.record.status == "complete"
    assert [e["epoch"] for e in run.epochs()] == list(range(400))


def test_another_learning_rate_is_there_with_the_next_step(tmp_path: Path, each_step: None) -> None:
    driven = Driven()

    def answer(event: Any) -> None:
        if isinstance(event, Progress) and event.steps[-1] == 4:
            driven.worker.receive(Tune(1, 0.5))

    driven.answer = answer
    driven.worker.handle(train(tmp_path))
    expected, found = whole(), driven.losses()
    assert found[:6] == expected[:6]
    assert found[7] != expected[7]
    assert [t.learning_rate for t in driven.of(Tuned)] == [pytest.approx(0.001), 0.5]
    assert RunFolder(tmp_path).notes() == [{"what": "learning_rate", "step": 6, "value": 0.5}]


def test_a_wrong_learning_rate_is_refused_and_changes_nothing(tmp_path: Path, each_step: None) -> None:
    driven = Driven()

    def answer(event: Any) -> None:
        if isinstance(event, Progress) and event.steps[-1] == 4:
            driven.worker.receive(Tune(1, -1.0))

    driven.answer = answer
    driven.worker.handle(train(tmp_path))
    (refused,) = driven.of(Refused)
    assert "learning_rate is -1" in str(refused.error)
    assert driven.losses() == whole()


@pytest.mark.parametrize("at", [4, 15])
def test_a_frozen_layer_stays_as_it_is_and_learns_again(at: int, tmp_path: Path, each_step: None) -> None:
    driven = Driven()
    seen: dict[int, Any] = {}

    def answer(event: Any) -> None:
        if isinstance(event, Progress):
            step = int(event.steps[-1])
            (hidden,) = (s.made for s in driven.worker.study(1).program.steps if s.id == "hidden")
            seen[step] = hidden.get_weights()[0]
            if step == at:
                driven.worker.receive(Freeze(1, "hidden", True))
            if step == at + 6:
                driven.worker.receive(Freeze(1, "hidden", False))

    driven.answer = answer
    driven.worker.handle(train(tmp_path))
    assert driven.losses()[: at + 2] == whole()[: at + 2]
    assert len(driven.losses()) == len(whole())
    changed = [step for step in sorted(seen)[1:] if not np.array_equal(seen[step], seen[step - 1])]
    assert set(range(1, len(seen))) - set(changed) == set(range(at + 2, at + 8))
    assert [t.frozen for t in driven.of(Tuned)] == [(), ("hidden",), ()]
    assert [n["what"] for n in RunFolder(tmp_path).notes()] == ["frozen", "thawed"]


def test_what_was_frozen_learns_again_in_the_next_training(tmp_path: Path, each_step: None) -> None:
    driven = Driven()

    def answer(event: Any) -> None:
        if isinstance(event, Progress) and event.run == 1 and event.steps[-1] == 4:
            driven.worker.receive(Freeze(1, "hidden", True))

    driven.answer = answer
    driven.worker.handle(train(tmp_path / "first"))
    assert [t.frozen for t in driven.of(Tuned)] == [(), ("hidden",)]
    driven.worker.handle(replace(train(tmp_path / "second"), run=2))
    assert [t.frozen for t in driven.of(Tuned)][2:] == [()]


def test_the_last_layer_that_learns_is_not_frozen(tmp_path: Path, each_step: None) -> None:
    driven = Driven()

    def answer(event: Any) -> None:
        if isinstance(event, Progress) and event.steps[-1] == 2:
            for node in ("hidden", "output", "nobody"):
                driven.worker.receive(Freeze(1, node, True))

    driven.answer = answer
    driven.worker.handle(train(tmp_path))
    texts = [str(r.error) for r in driven.of(Refused)]
    assert len(texts) == 2
    assert "'output' is the last layer that learns" in texts[0]
    assert "nobody" in texts[1]
    assert driven.of(Ended)[0].status == "complete"


def test_steps_are_made_one_by_one(tmp_path: Path, each_step: None) -> None:
    driven = Driven()
    stood: list[int] = []

    def answer(event: Any) -> None:
        if isinstance(event, Paused) and event.paused:
            stood.append(len(driven.losses()))
            driven.worker.receive(Control("step" if len(stood) < 4 else "resume", 1))

    driven.answer = answer
    driven.worker.receive(Control("step", 1))
    driven.worker.handle(train(tmp_path))
    assert stood == [1, 2, 3, 4]
    assert driven.losses() == whole()


def test_it_goes_back_to_a_checkpoint_that_was_wished_for(tmp_path: Path, each_step: None) -> None:
    driven = Driven()
    kept: queue.Queue[CheckpointSaved] = queue.Queue()

    def answer(event: Any) -> None:
        if isinstance(event, Progress) and event.steps[-1] == 5 and not driven.of(WentBack):
            driven.worker.receive(SaveCheckpoint(1))
        if isinstance(event, CheckpointSaved) and event.kind == "kept":
            kept.put(event)  # from the thread that writes it, when it comes to that
        if isinstance(event, Progress) and event.steps[-1] == 20 and not driven.of(WentBack):
            driven.worker.receive(Restore(1, kept.get(timeout=60).path))

    driven.answer = answer
    driven.worker.handle(train(tmp_path))
    assert [(e.step, e.epoch) for e in driven.of(WentBack)] == [(7, 0)]
    assert driven.losses() == whole()
    run = RunFolder(tmp_path)
    np.testing.assert_array_equal(run.steps()[:, 0], np.array(whole(), np.float32))
    assert [n["what"] for n in run.notes()] == ["restored"]
    assert [s.step for s in run.checkpoints() if s.kind == "kept"] == [7]


def test_the_weights_of_a_checkpoint_go_into_a_network_that_does_not_train(tmp_path: Path) -> None:
    driven = Driven()
    driven.worker.handle(train(tmp_path))
    first = RunFolder(tmp_path).checkpoints()[0]
    driven.worker.handle(LoadWeights(1, dumps(document()), str(first.path)))
    assert driven.of(Refused) == []
    fresh = Driven()
    fresh.worker.study(1).program.update(document())
    for a, b in zip(driven.worker.study(1).program.steps, fresh.worker.study(1).program.steps, strict=True):
        if a.node_type.category == "layer":
            for x, y in zip(a.made.get_weights(), b.made.get_weights(), strict=True):
                np.testing.assert_array_equal(x, y)
    driven.worker.handle(LoadWeights(1, dumps(moons()), str(tmp_path / "none.npz")))
    assert "no file" in str(driven.of(Refused)[0].error)


def test_a_full_disk_ends_the_keeping_and_not_the_training(
    tmp_path: Path, each_step: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: Any) -> None:
        raise OSError(28, "No space left on device")

    driven = Driven()
    original = checkpoint_file.write
    monkeypatch.setattr(checkpoint_file, "write", lambda p, c: full() if c.done or c.epoch else original(p, c))
    seen: list[str] = []

    def answer(event: Any) -> None:
        if isinstance(event, EpochEnd):
            if driven.of(Refused):
                seen.append(RunFolder(tmp_path).record.status)
            driven.worker.receive(SaveCheckpoint(1))
            time.sleep(0.01)  # for the thread that writes

    driven.answer = answer
    driven.worker.handle(train(tmp_path))
    assert set(seen) == {"training"}, "it is not cut off: an engine is at it"
    assert RunFolder(tmp_path).record.status == "interrupted", "its end could not be written"
    texts = [str(refused.error) for refused in driven.of(Refused)]
    assert texts, "and whoever insists is told again"
    assert all("No space left on device. The training goes on" in text for text in texts)
    assert all(isinstance(refused.error, UnavailableError) for refused in driven.of(Refused))
    assert driven.of(Ended)[0].status == "complete"
    assert driven.losses() == whole()
    run = RunFolder(tmp_path)
    assert 0 in [s.step for s in run.checkpoints()], "what was whole is"
    assert not list((tmp_path / "checkpoints").glob("*.part"))


def test_with_room_again_a_wish_begins_the_keeping_anew(
    tmp_path: Path, each_step: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_full = True
    original = checkpoint_file.write

    def write(path: Path, taken: Any) -> None:
        if is_full and (taken.done or taken.epoch):
            raise OSError(28, "No space left on device")
        original(path, taken)

    def answer(event: Any) -> None:
        nonlocal is_full
        if isinstance(event, Progress) and event.steps[-1] in (5, 15):
            driven.worker.receive(SaveCheckpoint(1))
        if isinstance(event, Progress) and event.steps[-1] == 10:
            while not driven.of(Refused):  # told by the thread that writes
                time.sleep(0.001)
            is_full = False

    driven = Driven()
    monkeypatch.setattr(checkpoint_file, "write", write)
    driven.answer = answer
    driven.worker.handle(train(tmp_path))
    assert len(driven.of(Refused)) == 1
    run = RunFolder(tmp_path)
    assert run.record.status == "complete"
    assert [s.step for s in run.checkpoints() if s.kind == "kept"] == [17]
    losses = run.steps()[:, 0]
    assert len(losses) == len(whole())
    known = np.isfinite(losses)
    assert 0 < (~known).sum() <= 12, "of the steps that could not be written there are no values"
    np.testing.assert_array_equal(losses[known], np.array(whole(), np.float32)[known])


def test_the_last_values_of_a_run_are_in_its_event_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, int] = {}

    def scalars(_file: EventFile, step: int, values: Mapping[str, float], at: float) -> None:
        assert at <= time.time()
        told.update(dict.fromkeys(values, step))

    monkeypatch.setattr(EventFile, "scalars", scalars)
    Driven().worker.handle(train(tmp_path))
    last = RunFolder(tmp_path).step_count - 1
    assert told == dict.fromkeys(("step/loss", "step/accuracy", "step/learning_rate", "step/seconds"), last) | (
        dict.fromkeys(RunFolder(tmp_path).epochs()[0]["logs"], last)
    )


def test_each_epoch_of_a_short_run_is_in_its_event_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []

    def scalars(_file: EventFile, step: int, values: Mapping[str, float], at: float) -> None:
        if "loss" in values:
            told.append(step)

    monkeypatch.setattr(EventFile, "scalars", scalars)
    driven = Driven()
    driven.worker.handle(train(tmp_path, epochs=7))
    run = RunFolder(tmp_path)
    each = run.step_count // 7
    assert len(run.epochs()) == 7
    assert told == [each * epoch - 1 for epoch in range(1, 8)]


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_checkpoints_are_made_by_themselves(mode: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "CHECKPOINT_INTERVAL", 0.02)
    monkeypatch.setattr(keeping, "CHECKPOINT_SHARE", 1.0)
    monkeypatch.setattr(listener, "QUIET_INTERVAL", 0.01)
    driven, begun = Driven(), time.monotonic()

    def own() -> list[int]:
        return [saved.step for saved in driven.of(CheckpointSaved) if saved.kind == "auto"]

    def stop(event: Any) -> None:
        if len(own()) > 3 or time.monotonic() > begun + 60:
            driven.worker.receive(Control("stop", 1))

    driven.answer = stop
    driven.worker.handle(replace(train(tmp_path, epochs=100_000), mode=mode))
    first, *others = own()
    assert first == 0
    assert len(others) >= 3
    assert others == sorted(others)


def test_the_best_checkpoint_is_that_of_the_best_epoch_however_often_it_goes_on(tmp_path: Path) -> None:
    def check() -> None:
        run = RunFolder(tmp_path)
        losses = {row["epoch"]: row["logs"]["val_loss"] for row in run.epochs()}
        best = min(losses, key=losses.__getitem__)
        found = [saved.step for saved in run.checkpoints() if saved.kind == "best"]
        assert found == [(best + 1) * run.record.steps_per_epoch]

    rate = {"learning_rate": 0.3}  # which leaps about
    driven = Driven()
    driven.worker.handle(train(tmp_path, epochs=30, **rate))
    check()
    for epochs in (34, 60):
        last = RunFolder(tmp_path).last
        assert last is not None
        driven.worker.handle(train(tmp_path, epochs=epochs, start=str(last.path), **rate))
        check()


def test_a_run_that_ended_early_says_so_and_which_weights_it_has(tmp_path: Path) -> None:
    Driven().worker.handle(train(tmp_path, epochs=200, patience=1, restore_best=True, learning_rate=0.3))
    told = " ".join(story(RunFolder(tmp_path)))
    assert "It ended early" in told
    assert "The network has the weights of its best epoch again." in told


def test_of_a_folder_that_could_not_be_made_nothing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(record.Record, "write", full)
    driven = Driven()
    driven.worker.handle(train(tmp_path / "run"))
    assert "is not kept" in str(driven.of(Refused)[0].error)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_it_goes_on_from_a_checkpoint_anywhere_with_the_same_epochs(
    share: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "QUIET_INTERVAL", 0.0)
    monkeypatch.setattr(listener, "REPORT_INTERVAL", 0.0)  # within a validation, too
    monkeypatch.setattr(keeping, "CHECKPOINT_INTERVAL", 0.0)
    monkeypatch.setattr(keeping, "CHECKPOINT_SHARE", 1e9)
    monkeypatch.setattr(keeper, "AUTO_LEFT", 1000)
    monkeypatch.setattr(keeper.Keeper, "is_idle", True)
    driven, folder = Driven(), tmp_path / "run"
    known: dict[int, list[int]] = {}

    def answer(event: Any) -> None:
        if isinstance(event, CheckpointSaved):  # that is, were it killed now
            known[event.step] = [line["epoch"] for line in RunFolder(folder).epochs()]

    driven.answer = answer
    driven.worker.handle(train(folder, 2, validation_split=share))
    expected = [(e["epoch"], e["logs"]) for e in RunFolder(folder).epochs()]
    assert ("val_loss" in expected[0][1]) == (share > 0)
    starts = RunFolder(folder).checkpoints()
    steps = RunFolder(folder).record.steps_per_epoch
    assert len(starts) > steps
    assert any(start.step == steps for start in starts), "the end of an epoch is one of the places"
    for start in starts[1:-1]:
        assert set(known[start.step]) >= set(range(checkpoint_file.read(start.path).epoch))
        copy = tmp_path / start.path.stem
        shutil.copytree(folder, copy)
        Driven().worker.handle(train(copy, 2, start=str(start.path), validation_split=share))
        assert [(e["epoch"], e["logs"]) for e in RunFolder(copy).epochs()] == expected, start.path.name


def test_where_nothing_can_be_written_it_trains_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    driven = Driven()
    driven.worker.handle(train(tmp_path / "file" / "run"))
    assert "is not kept any more" in str(driven.of(Refused)[0].error)
    assert driven.of(Ended)[0].status == "complete"


def test_a_failure_is_in_the_record(tmp_path: Path) -> None:
    driven = Driven()
    other = dumps(build({**MOONS, "output": ("layer.Dense", {"units": 5})}, MOON_WIRES, seed=1))
    driven.worker.handle(train(tmp_path / "a"))
    last = RunFolder(tmp_path / "a").last
    assert last is not None
    driven.worker.handle(Train(2, 2, other, "lazy", Keep(str(tmp_path / "b"), "b"), str(last.path)))
    assert driven.of(Ended)[1].status == "failed"
    assert "of another network" in str(driven.of(Ended)[1].error)
    assert not (tmp_path / "b").exists()


# ------------------------------------------------------------------------------------------------- reading


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    Driven().worker.handle(train(tmp_path / "runs" / "one", 1))
    return RunFolder(tmp_path / "runs" / "one")


def test_lines_and_rows_that_were_cut_off_are_left_out(run: RunFolder) -> None:
    whole_steps, whole_epochs = run.steps(), run.epochs()
    with (run.path / "steps.f32").open("ab") as file:
        file.write(b"\0\0\0")
    with (run.path / "epochs.jsonl").open("a") as file:
        file.write('{"epoch": 1, "lo')
    np.testing.assert_array_equal(run.steps(), whole_steps)
    assert run.epochs() == whole_epochs


def test_a_folder_without_most_of_its_files_is_still_a_run(run: RunFolder) -> None:
    for name in ("steps.f32", "epochs.jsonl", "document.trenza"):
        (run.path / name).unlink()
    again = RunFolder(run.path)
    assert (again.record.name, len(again.steps()), again.epochs(), again.tags) == ("moons", 0, [], ())


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "trenza run"}', '{"format": "trenza run", "version": 1}'])
def test_a_damaged_record_says_so(text: str, run: RunFolder) -> None:
    (run.path / "run.json").write_text(text)
    with pytest.raises(DataLossError, match="The run one is damaged"):
        _ = RunFolder(run.path).record


def test_a_newer_record_says_so(run: RunFolder) -> None:
    found = json.loads((run.path / "run.json").read_text())
    (run.path / "run.json").write_text(json.dumps({**found, "version": record.VERSION + 1, "novel": 1}))
    with pytest.raises(DataLossError, match="one was saved by a newer Trenza: its format has version 2"):
        _ = RunFolder(run.path).record


def test_the_store_finds_tags_and_deletes(run: RunFolder) -> None:
    store = RunStore(run.path.parent)
    (store.place / "no run").mkdir()
    assert [r.id for r in store.runs()] == ["one"]
    run.tag(("good", "to keep"))
    assert store.find("on").tags == ("good", "to keep")
    run.delete()
    run.delete()
    assert store.runs() == []
    assert RunStore(store.place / "nowhere").runs() == []
    assert store.new("Mi red · 2").name.split("-")[2:4] == ["Mi", "red"]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("run.json", '"complete"', '"paused"'),
        ("run.json", '"version": 1', '"version": 1e400'),
        ("run.json", '"steps_per_epoch": ', '"steps_per_epoch": "1", "was": '),
        ("run.json", '"created": ', '"created": 1e300, "was": '),
    ],
)
def test_an_odd_record_is_a_damaged_one(name: str, old: str, new: str, run: RunFolder) -> None:
    path = run.path / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(DataLossError):
        assert RunFolder(run.path).record
    assert Glance.of(run).error is not None


@pytest.mark.parametrize("logs", ['{"loss": null}', "[]", '{"accuracy": 1}', '{"loss": "x", "val_loss": null}', "{}"])
def test_odd_logs_are_no_obstacle(logs: str, run: RunFolder) -> None:
    (run.path / "epochs.jsonl").write_text(f'{{"epoch": 0, "seconds": 1, "logs": {logs}}}\n')
    assert np.isnan(Glance.of(run).best)
    assert story(run)


def test_a_folder_without_a_record_is_listed_and_can_be_deleted(run: RunFolder) -> None:
    (run.path / "run.json").unlink()
    (found,) = RunStore(run.path.parent).runs()
    assert Glance.of(found).error is not None
    found.delete()
    assert RunStore(run.path.parent).runs() == []
