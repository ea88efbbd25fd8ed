"""What is remembered of layers: it says what the looks saw, stays small, and is the same in memory and in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from faults.bad_learners import BAD_LEARNERS
from faults.healthy import HEALTHY
from graphs import moons

from engine.core.errors import DataLossError, NotFoundError
from studio.document.catalogue import CATALOGUE
from studio.document.document import Document
from studio.document.edits import SetParams
from studio.document.file import dumps
from studio.document.lower import Program
from studio.run.health import layers
from studio.run.health.layers import LayerHistory
from studio.run.health.layout import ActivationPlace, LayerPlace, Layout, Sampling, WeightPlace
from studio.run.health.messages import AskLayers, HealthWarned, LayersSeen
from studio.run.health.monitor import Allowance, HealthMonitor
from studio.run.health.records import Sample, WeightHealth
from studio.run.messages import Keep, Observe, Started, Train
from studio.run.runs.folder import LAYERS, WARNINGS, RunFolder
from studio.run.training import job
from studio.run.training.layers import layout_of
from studio.run.worker import Worker

DIGITS = Layout(
    (
        LayerPlace("flatten", "Flatten"),
        LayerPlace("hidden", "Dense", (WeightPlace("kernel", (64, 32)), WeightPlace("bias", (32,)))),
        LayerPlace("act", "relu", (), (ActivationPlace("relu", 32),)),
        LayerPlace("frozen", "Dense", (WeightPlace("kernel", (32, 10), "frozen"),)),
    ),
    epochs=4,
    steps_per_epoch=50,
)


def filled(steps: range, layout: Layout = DIGITS) -> LayerHistory:
    history = LayerHistory(layout)
    for step in steps:
        row = np.zeros(1, layout.row)
        row["step"], row["loss"] = step, step / 2
        history.extend(row)
    return history


def trained(worker: Worker, document: Document, keep: Path | None = None, start: str = "") -> None:
    worker.handle(Train(1, 1, dumps(document), "eager", Keep(str(keep), "a") if keep else None, start))


@pytest.fixture
def events() -> list[Any]:
    return []


@pytest.fixture
def worker(events: list[Any], monkeypatch: pytest.MonkeyPatch) -> Worker:
    monkeypatch.setattr(job, "UNSEEN", Allowance(1e9))
    monkeypatch.setattr(job, "SEEN", Allowance(1e9))  # a look whenever it is due, on a slow machine, too
    return Worker(events.append)


# ------------------------------------------------------------------------------------------------------------- table


def test_a_long_training_takes_no_more_room_than_a_short_one() -> None:
    history = filled(range(0, 200_000, 20))
    steps = history.rows["step"]
    assert len(history) <= history.capacity == layers.KEPT
    assert steps[0] == 0
    assert steps[-layers.RECENT :].tolist() == list(range(200_000 - 20 * layers.RECENT, 200_000, 20))
    assert np.diff(steps).min() > 0
    np.testing.assert_array_equal(history.rows["loss"], steps / 2)
    gaps = np.diff(steps)
    old = gaps[gaps > 20]
    assert len(old) > layers.KEPT // 4
    assert old.max() < 3 * np.median(old), "what is left is spread over the whole training"


def test_a_large_network_takes_no_more_room_than_is_stated() -> None:
    places = tuple(
        LayerPlace(f"layer{i}", "Dense", (WeightPlace("kernel", (8, 8)), WeightPlace("bias", (8,)))) for i in range(300)
    )
    history = filled(range(500), Layout(places))
    assert layers.LEAST <= len(history) <= history.capacity < layers.KEPT
    assert history.nbytes <= layers.BYTES


def test_what_lies_behind_a_step_that_was_gone_back_to_does_not_count() -> None:
    history = filled(range(0, 100, 10))
    row = np.zeros(1, DIGITS.row)
    row["step"] = 40
    assert history.extend(row)
    assert history.rows["step"].tolist() == [0, 10, 20, 30, 40]
    row["step"] = 41
    assert not history.extend(row)


def test_of_what_does_not_learn_nothing_is_known() -> None:
    history = filled(range(3))
    assert history.weight("hidden", "bias") is not None
    assert history.weight("frozen", "kernel") is None
    assert history.weight("flatten", "kernel") is None
    assert history.activation("act", 0) is not None
    assert history.activation("act", 1) is None


def test_no_number_is_no_number_and_what_is_not_known_is_left_out() -> None:
    history = LayerHistory(DIGITS)
    bad = WeightHealth("hidden", "kernel", (64, 32), 2048, np.nan, None, np.inf, None, None)
    empty = WeightHealth("hidden", "bias", (0,), 0, 0.0, 1e300, None, None, None)
    other = WeightHealth("another", "kernel", (2,), 2, 1.0, 1.0, 1.0, None, None)
    sample = Sample(3, 0, np.nan, 0.0, np.inf, (bad, empty, other), (), (), ())
    history.extend(history.row_of(sample, 7))
    kernel, bias = history.weight("hidden", "kernel"), history.weight("hidden", "bias")
    assert kernel is not None
    assert bias is not None
    assert history.rows["step"][0] == 7
    assert np.isnan([kernel["norm"][0], kernel["gradient_norm"][0], kernel["values"]["low"][0]]).all()
    assert np.isinf([kernel["update_ratio"][0], bias["gradient_norm"][0]]).all()
    assert bias["norm"][0] == 0
    relu = history.activation("act", 0)
    assert relu is not None
    assert np.isnan(relu["mean"][0])


def test_a_file_gives_back_what_was_written_and_a_row_that_was_cut_off_is_left_out() -> None:
    history = filled(range(0, 50, 5))
    data = history.head() + history.rows.tobytes()
    for cut, count in ((0, 10), (1, 9)):
        found = LayerHistory.read(data[: len(data) - cut])
        assert found.layout == history.layout
        assert found.rows.tobytes() == history.rows[:count].tobytes()


@pytest.mark.parametrize(
    "data", [b"", b"{}\n", b"\xff\xfe\n", b'{"format": "trenza layers", "version": 1}\n', b"[1]\n", b'"a"\n']
)
def test_a_damaged_file_says_so(data: bytes) -> None:
    with pytest.raises(DataLossError, match="damaged"):
        LayerHistory.read(data, "layers.dat")


def test_a_file_of_a_newer_program_says_so() -> None:
    data = filled(range(2)).head().replace(b'"version": 2', b'"version": 9')
    with pytest.raises(DataLossError, match="newer Trenza: its format has version 9"):
        LayerHistory.read(data, "layers.dat")


def test_a_file_of_the_first_version_can_be_read() -> None:
    head = filled(range(2)).head()
    data = head.replace(b'"version": 2', b'"version": 1').replace(b'"seconds"', b'"seen_seconds"')
    assert data.count(b"seen_seconds") == 1
    assert LayerHistory.read(data).layout == LayerHistory.read(head).layout


# ------------------------------------------------------------------------------------------------------------ layout


def test_layers_stand_in_the_order_of_the_network_with_what_they_have() -> None:
    program = Program(CATALOGUE)
    program.update(HEALTHY["digits, batch normalisation"](1))
    training = program.training()
    training.model.layers[-1].trainable = False
    monitor = HealthMonitor(program, training, share=None)
    training.model.fit(training.x[0][:64], training.y[0][:64], epochs=1, callbacks=[monitor], verbose=0)
    layout = layout_of(program, training, monitor.evidence.samples[0], 1, 2, Sampling())
    order = [step.id for step in program.steps]
    nodes = [layer.node for layer in layout.layers]
    assert nodes == sorted(nodes, key=order.index)
    states = {layer.kind: [w.state for w in layer.weights] for layer in layout.layers}
    assert states["BatchNormalization"] == ["learns", "learns", "kept", "kept"]
    assert set(states["Dense"]) == {"frozen"}, "that of the last one of its kind"
    assert states["Flatten"] == []


# ---------------------------------------------------------------------------------------------------------- training


def test_the_window_is_told_while_it_shows_layers_and_of_all_when_it_asks(worker: Worker, events: list[Any]) -> None:
    worker.receive(Observe(1, ("layers",)))
    trained(worker, moons())
    kinds = [type(event) for event in events if isinstance(event, Started | LayersSeen)]
    assert kinds[0] is Started, "a training is known before its layers are"
    told = [event for event in events if isinstance(event, LayersSeen)]
    assert told[0].layout is not None
    assert all(event.layout is None for event in told[1:])
    history = LayerHistory(told[0].layout)
    for event in told:
        history.extend(history.rows_of(event.rows))
    assert history.rows["step"][:2].tolist() == [0, 1]
    assert (history.rows["weights"]["norm"] > 0).any()
    del events[:]
    worker.handle(AskLayers(1))
    (answer,) = events
    assert answer.rows.tobytes() == history.rows.tobytes()
    worker.handle(AskLayers(7))
    assert len(events) == 1, "of what was never trained there is nothing to say"


def test_a_window_that_shows_no_layers_is_told_nothing_of_them(worker: Worker, events: list[Any]) -> None:
    trained(worker, moons())
    assert not [event for event in events if isinstance(event, LayersSeen)]


def test_warnings_that_show_before_the_first_step_are_told_when_the_training_is_known(
    worker: Worker, events: list[Any]
) -> None:
    trained(worker, BAD_LEARNERS["pixels from 0 to 255"].make(1))
    kinds = [type(event) for event in events if isinstance(event, Started | HealthWarned)]
    assert kinds[0] is Started
    assert HealthWarned in kinds


def test_a_run_keeps_what_was_seen_and_goes_on_with_it(worker: Worker, events: list[Any], tmp_path: Path) -> None:
    document = moons()
    trainer = next(node.id for node in document.nodes.values() if node.type.startswith("train."))
    document.apply(SetParams(trainer, {"epochs": 12, "learning_rate": 30.0}))
    trained(worker, document, tmp_path / "run")
    run = RunFolder(tmp_path / "run")
    history = run.layers()
    worker.handle(AskLayers(1))
    assert events[-1].rows.tobytes() == history.rows.tobytes()
    told = [(e.rule, str(e.error), e.step) for e in events if isinstance(e, HealthWarned)]
    assert told
    assert [(rule, str(error), step) for rule, error, step in run.warnings()] == told
    document.apply(SetParams(trainer, {"epochs": 26}))
    start = run.last
    assert start is not None
    trained(worker, document, tmp_path / "run", str(start.path))
    steps = RunFolder(tmp_path / "run").layers().rows["step"]
    assert steps[: len(history)].tolist() == [step for step in history.rows["step"] if step <= start.step][: len(steps)]
    assert steps[-1] > start.step
    assert (np.diff(steps) > 0).all()


def test_a_run_of_an_earlier_program_says_that_nothing_was_kept(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="Nothing of the layers was kept"):
        RunFolder(tmp_path).layers()
    (tmp_path / LAYERS).mkdir()
    with pytest.raises(OSError, match="cannot be read"):
        RunFolder(tmp_path).layers()


@pytest.mark.parametrize(
    "line",
    [
        '{"rule": "a", "step": 1, "message": "{node.__class__}", "hint": "", "facts": {"node": "x"}}',
        '{"rule": "a", "step": 1, "message": "{node:{node}}", "hint": "", "facts": {"node": "x"}}',
        '{"rule": "a", "step": 1, "message": "{", "hint": "", "facts": {}}',
        '{"rule": "a", "step": 1, "message": "{what}", "hint": "", "facts": {}}',
        '{"rule": "a", "step": 1, "message": "", "hint": "", "facts": {"x": [1]}}',
        '{"rule": "a"}',
    ],
)
def test_a_kept_warning_that_reaches_beyond_its_facts_is_left_out(line: str, tmp_path: Path) -> None:
    good = '{"rule": "b", "step": 2, "message": "{share} dead", "hint": "", "facts": {"share": 3, "node": "x"}}'
    (tmp_path / WARNINGS).write_text(f"{line}\n{good}\n")
    assert [(rule, str(error), step) for rule, error, step in RunFolder(tmp_path).warnings()] == [("b", "3 dead", 2)]


def test_one_step_is_enough(worker: Worker) -> None:
    document = moons()
    trainer = next(node.id for node in document.nodes.values() if node.type.startswith("train."))
    document.apply(SetParams(trainer, {"epochs": 1, "batch_size": 4096}))
    trained(worker, document)
    history = worker.study(1).layers
    assert history is not None
    assert history.rows["step"].tolist() == [0, 1]
