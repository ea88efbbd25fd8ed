"""Facts of tasks against their definitions: matrices that add up, curves and areas, the plane, maps, bad input."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import pytest
from graphs import ROOT, build, convolution, example, moons, wire
from hypothesis import given
from hypothesis import strategies as st
from lowering import Source, program_of, weights
from sklearn.metrics import confusion_matrix, f1_score, precision_recall_fscore_support, roc_auc_score

from engine.core.spec import TensorSpec
from engine.data import Examples
from studio.document.document import Document
from studio.document.edits import RemoveNodes, RemoveWire, SetParams
from studio.document.file import dumps, load
from studio.document.lower import Program
from studio.document.nodetype import Catalogue
from studio.document.stopping import Stopped
from studio.run import session
from studio.run.messages import Ended, Train
from studio.run.tasks import evaluation
from studio.run.tasks.data import Confusion, Fit, Maps, Pairs, Plane, Projected, Scores, Seen, Task, Wish, Worst
from studio.run.tasks.evaluation import MOST, evaluate
from studio.run.tasks.facts import FACTS, score_curve
from studio.run.tasks.host import TaskHost
from studio.run.tasks.messages import LookAtTask, TaskFailed, TaskSeen
from studio.run.tasks.subject import spread, subjects_of
from studio.run.tasks.task import predicted
from studio.run.worker import Worker

T = TypeVar("T")

YES_OR_NO = {
    "data": ("data.moons", {"samples": 200}),
    "output": ("layer.Dense", {"units": 1}),
    "loss": ("loss.BinaryCrossentropy", {"from_logits": True}),
    "trainer": "train.Adam",
}
LABELS = {
    **YES_OR_NO,
    "both": ("op.one_hot", {"depth": 3}),
    "more": ("op.cast", {"dtype": "float32"}),
}
STRAIGHT = """
    data.x > output.inputs
    data.y > loss.y_true
    output.output > loss.y_pred
    loss.loss > trainer.loss[0]
"""


class Desk:
    """A host with what it has answered."""

    def __init__(self, document: Document, program: Program | None = None) -> None:
        self.program = program if program is not None else program_of(document)
        self.events: list[Any] = []
        self.host = TaskHost(self.events.append, lambda _number, _text: self.program, lambda _number: None)
        self.run = 0

    def ask(self, view: str, fresh: bool = False, **others: Any) -> Seen:
        self.run += 1
        self.host.handle(LookAtTask(1, self.run, "text", Wish(view, **others), fresh))
        event = self.events[-1]
        assert isinstance(event, TaskSeen), event
        return event.seen

    def facts(self, view: str, kind: type[T], **others: Any) -> T:
        seen = self.ask(view, **others)
        assert isinstance(seen.facts, kind), seen.error
        return seen.facts

    def fails(self) -> str:
        self.run += 1
        self.host.handle(LookAtTask(1, self.run, "text", Wish(""), True))
        event = self.events[-1]
        assert isinstance(event, TaskFailed), event
        return str(event.error)


def trained(document: Document, epochs: int = 3) -> Program:
    program = program_of(document)
    training = program.training()
    training.fit["epochs"] = epochs
    session.train(program, training, "eager")
    return program


def predict(model: Any, x: np.ndarray) -> np.ndarray:
    return np.asarray(model.predict(x, verbose=0)[0])


@pytest.fixture(scope="module")
def digits() -> Desk:
    document = example("digits_mlp")
    return Desk(document, trained(document))


@pytest.fixture(scope="module")
def autoencoder() -> Desk:
    return Desk(load(ROOT / "resources" / "templates" / "autoencoder.trenza"))


# ---------------------------------------------------------------------------------------------------- what is evaluated


@given(st.integers(1, 5000), st.integers(1, 3000))
def test_examples_are_spread_evenly_and_each_comes_once(count: int, most: int) -> None:
    found = spread(count, most)
    assert len(found) == min(count, most)
    assert len(np.unique(found)) == len(found)
    assert found.min() >= 0
    assert found.max() < count
    begin = np.sort(found[: max(1, len(found) // 2)])
    if len(begin) > 4:  # each beginning of the order is spread, too
        assert np.diff(begin).max() <= 4 * count / len(begin) + 2


def test_predictions_are_those_of_the_model_and_losses_average_to_its_loss(digits: Desk) -> None:
    subject = subjects_of(digits.program)[0]
    found = evaluate(subject, "validation", None, 60.0)
    training = digits.program.training()
    size = len(training.x[0])
    x, y = training.x[0][int(size * 0.8) :], training.y[0][int(size * 0.8) :]
    assert found.sample.count == found.sample.total == len(x)
    np.testing.assert_allclose(found.scores, predict(training.model, x), atol=1e-5)
    np.testing.assert_array_equal(found.truth, y)
    assert found.losses.mean() == pytest.approx(float(subject.loss.made(y, predict(training.model, x))), rel=1e-5)
    assert found.places[0] == int(size * 0.8)


def test_without_validation_data_those_to_train_on_are_looked_at() -> None:
    document = moons()
    document.apply(SetParams("trainer", {"validation_split": 0.0}))
    sample = Desk(document).ask("").sample
    assert (sample.on, sample.has_validation, sample.count, sample.total) == ("training", False, 80, 80)
    sample = Desk(moons()).ask("", on="training").sample
    assert (sample.on, sample.has_validation, sample.count) == ("training", True, 64)


def test_of_many_examples_a_stated_number_is_taken() -> None:
    sample = Desk(moons(data=("data.moons", {"samples": 30_000}))).ask("").sample
    assert (sample.count, sample.total) == (MOST, 6000)


def test_a_document_without_a_trainer_is_judged_all_the_same() -> None:
    document = moons()
    document.apply(RemoveWire(wire("loss.loss > trainer.loss[0]")))
    document.apply(RemoveNodes(("trainer",)))
    assert Desk(document).ask("confusion").facts is not None


def test_looking_leaves_no_trace() -> None:
    document = convolution()
    desk = Desk(document)
    before = weights(desk.program)
    for view in FACTS:
        desk.ask(view, fresh=True)
    after = weights(desk.program)
    assert all(np.array_equal(a, b) for node in before for a, b in zip(before[node], after[node], strict=True))


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_a_training_goes_the_same_way_while_somebody_looks(mode: Any) -> None:
    """Dropout draws random numbers, which looks must not use up."""
    document = moons(hidden=("layer.Dropout", {"rate": 0.3}), data=("data.moons", {"samples": 400}))

    def train(looks: bool) -> list[np.ndarray]:
        events: list[Any] = []

        def send(event: Any) -> None:
            events.append(event)
            if looks and len(events) < 200 and not isinstance(event, TaskSeen):
                run = len(events)
                worker.receive(LookAtTask(1, run, dumps(document), Wish("plane"), True))

        worker = Worker(send)
        worker.handle(Train(1, 1, dumps(document), mode))
        ended = next(e for e in events if isinstance(e, Ended))
        assert ended.status == "complete", ended.error
        seen = [e.seen for e in events if isinstance(e, TaskSeen)]
        assert bool(seen) == looks
        if looks:
            assert seen[0].sample.step is not None
        return [w for ws in weights(worker.study(1).program).values() for w in ws]

    assert all(np.array_equal(a, b) for a, b in zip(train(False), train(True), strict=True))


# ------------------------------------------------------------------------------------------------------ classification


def test_the_matrix_adds_up_and_its_margins_are_precision_and_recall(digits: Desk) -> None:
    found = evaluate(subjects_of(digits.program)[0], "validation", None, 60.0)
    facts = digits.facts("confusion", Confusion)
    given_, truth = found.scores.argmax(axis=-1), found.truth
    np.testing.assert_array_equal(facts.counts.sum(axis=1), np.bincount(truth, minlength=10))
    np.testing.assert_array_equal(facts.counts.sum(axis=0), np.bincount(given_, minlength=10))
    np.testing.assert_array_equal(facts.counts, confusion_matrix(truth, given_))
    precision, recall, _f1, _support = precision_recall_fscore_support(truth, given_, zero_division=np.nan)
    np.testing.assert_allclose(facts.precision, precision)
    np.testing.assert_allclose(facts.recall, recall)
    assert 0 < f1_score(truth, given_, average="macro") <= 1


def test_a_cell_holds_as_many_examples_as_it_says_the_costliest_first(digits: Desk) -> None:
    for row, column in ((8, 8), (3, 3), (8, 1), (0, 1)):
        facts = digits.facts("confusion", Confusion, cell=(row, column))
        assert len(facts.examples) == min(48, facts.counts[row, column])
        assert all((e.truth[0], e.prediction[0]) == (row, column) for e in facts.examples)
        losses = [e.loss for e in facts.examples]
        assert losses == sorted(losses, reverse=True)
        assert all(e.picture is not None and e.picture.shape == (8, 8, 1) for e in facts.examples)


def test_the_example_that_is_named_is_the_one_of_the_data(digits: Desk) -> None:
    worst = digits.facts("worst", Worst).examples[0]
    picked = digits.ask("worst", number=worst.number).picked
    assert picked is not None
    data = digits.program.examples(digits.program.steps[0]).train
    np.testing.assert_array_equal(picked.numbers, data[0][worst.number])
    assert int(picked.truth[0]) == int(data[1][worst.number])
    losses = [e.loss for e in digits.facts("worst", Worst).examples]
    assert losses == sorted(losses, reverse=True)
    assert digits.ask("worst", number=0).picked is None, "it is not one of the validation data"


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=1, max_size=60))
def test_curves_begin_and_end_where_they_must(rows: list[tuple[bool, int]]) -> None:
    truth = np.array([int(t) for t, _score in rows])
    scores = np.array([score / 20 for _t, score in rows])
    curve = score_curve(1, truth, scores)
    assert curve.positives + curve.negatives == len(rows)
    if curve.is_one_sided:
        assert not len(curve.recall)
        return
    assert (curve.recall[0], curve.recall[-1]) == (1.0, 0.0)
    assert (curve.false[0], curve.true[0], curve.false[-1], curve.true[-1]) == (0.0, 0.0, 1.0, 1.0)
    assert (np.diff(curve.true) >= 0).all()
    assert (np.diff(curve.false) >= 0).all()
    assert len(curve.recall) == len(curve.precision) == len(curve.thresholds)
    assert len(curve.true) == len(curve.roc_thresholds)
    wins = [float(a > b) + 0.5 * float(a == b) for a in scores[truth == 1] for b in scores[truth == 0]]
    assert curve.area == pytest.approx(np.mean(wins)), "how often a positive one scores above a negative one"
    for at in range(0, len(curve.thresholds) - 1, 7):
        taken = scores >= curve.thresholds[at]
        assert curve.recall[at] == pytest.approx((taken & (truth == 1)).sum() / truth.sum())
        assert curve.precision[at] == pytest.approx((taken & (truth == 1)).sum() / taken.sum())


def test_yes_or_no_has_one_curve_and_a_threshold_at_a_half() -> None:
    document = build(YES_OR_NO, STRAIGHT, seed=1)
    desk = Desk(document, trained(document))
    seen = desk.ask("scores")
    assert (seen.task.kind, seen.task.classes) == ("binary", 2)
    assert isinstance(seen.facts, Scores)
    (curve,) = seen.facts.curves
    found = evaluate(subjects_of(desk.program)[0], "validation", None, 60.0)
    assert ((found.scores >= 0) & (found.scores <= 1)).all(), "logits have become shares"
    assert curve.area == pytest.approx(roc_auc_score(found.truth, found.scores))
    np.testing.assert_array_equal(found.predicted, found.scores > 0.5)
    counts = desk.facts("confusion", Confusion).counts
    assert counts.shape == (2, 2)
    assert counts.sum() == 40


def test_a_truth_of_one_and_zeros_is_a_class_or_labels() -> None:
    nodes = {**LABELS, "output": ("layer.Dense", {"units": 3, "activation": "sigmoid"})}
    nodes["loss"] = ("loss.BinaryCrossentropy", {})
    del nodes["more"]
    wires = STRAIGHT.replace("data.y > loss.y_true", "data.y > both.indices\nboth.output > loss.y_true")
    assert Desk(build(nodes, wires, seed=1)).ask("").task.kind == "classes", "each has one"
    nodes["loss"] = "loss.CategoricalCrossentropy"
    seen = Desk(build(nodes, wires, seed=1)).ask("confusion")
    assert seen.task.kind == "classes"
    assert isinstance(seen.facts, Confusion)
    assert seen.facts.counts.shape == (3, 3)
    assert seen.facts.counts[2].sum() == 0
    assert np.isnan(seen.facts.recall[2]), "there are none of the third class"


def test_several_labels_have_a_curve_each() -> None:
    source = Source()
    rows = np.random.default_rng(0)
    y = rows.integers(0, 2, (40, 3)).astype(np.int32)
    source.examples = Examples((rows.normal(size=(40, 2)).astype(np.float32), y))
    record = source.catalogue["data.own"]
    catalogue: Catalogue = Catalogue("node type")
    for id, node_type in source.catalogue.items():
        if id != "data.own":
            catalogue.add(id, node_type)
    catalogue.add("data.own", replace(record, make=replace(record.make, y=TensorSpec((None, 3), "int32"))))
    nodes = {**YES_OR_NO, "data": "data.own", "output": ("layer.Dense", {"units": 3})}
    desk = Desk(Document(), program_of(build(nodes, STRAIGHT, seed=1), catalogue))
    seen = desk.ask("scores", on="training")
    assert seen.task.kind == "labels"
    assert isinstance(seen.facts, Scores)
    assert [curve.positives for curve in seen.facts.curves] == y[:32].sum(axis=0).tolist()
    worst = desk.facts("worst", Worst, on="training").examples[0]
    assert worst.truth.shape == (3,)


# ------------------------------------------------------------------------------------------------------- other tasks


def test_the_plane_holds_what_is_predicted_there() -> None:
    document = moons(data=("data.moons", {"samples": 400}))
    desk = Desk(document, trained(document, 10))
    seen = desk.ask("plane")
    assert seen.task.is_plane
    plane = seen.facts
    assert isinstance(plane, Plane)
    model = desk.program.training().model
    for row, column in ((0, 0), (40, 10), (79, 79), (20, 60)):
        share = np.array([column, row]) / 79
        place = np.array(plane.low) + share * (np.array(plane.high) - plane.low)
        scores = predict(model, place[np.newaxis].astype(np.float32))[0]
        assert plane.predicted[row, column] == scores.argmax()
        assert plane.certainty is not None
        assert plane.certainty[row, column] == pytest.approx(abs(scores[0] - scores[1]), abs=1e-4)
    assert (plane.points > plane.low).all()
    assert (plane.points < plane.high).all()
    found = evaluate(subjects_of(desk.program)[0], "validation", None, 60.0)
    assert plane.wrong.sum() == (found.truth != found.predicted).sum()


def test_numbers_are_judged_by_their_definitions() -> None:
    document = example("regression")
    desk = Desk(document, trained(document))
    found = evaluate(subjects_of(desk.program)[0], "validation", None, 60.0)
    fit = desk.facts("fit", Fit)
    residuals = (found.scores - found.truth).ravel().astype(np.float64)
    assert fit.mae == pytest.approx(np.abs(residuals).mean())
    assert fit.rmse == pytest.approx(np.sqrt((residuals**2).mean()))
    spread_ = ((found.truth - found.truth.mean()) ** 2).sum()
    assert fit.r2 == pytest.approx(1 - (residuals**2).sum() / spread_, rel=1e-5)
    assert fit.counts.sum() == len(residuals)
    assert len(fit.edges) == len(fit.counts) + 1


def test_what_comes_back_stands_beside_what_was_given(autoencoder: Desk) -> None:
    seen = autoencoder.ask("pairs", example=9)
    assert seen.task.kind == "reconstruction"
    pairs = seen.facts
    assert isinstance(pairs, Pairs)
    assert (pairs.first, len(pairs.pairs), pairs.is_images) == (8, 8, True)
    pair = pairs.pairs[0]
    assert pair.given.shape == pair.returned.shape == (8, 8, 1)
    found = evaluate(subjects_of(autoencoder.program)[0], "validation", None, 60.0)
    difference = (found.scores[8] - found.truth[8]).reshape(8, 8, 1)
    np.testing.assert_allclose(pair.difference, difference, atol=1e-5)
    assert pair.loss == pytest.approx(float((difference**2).mean()), rel=1e-4)
    last = autoencoder.facts("pairs", Pairs, example=10**6)
    assert last.first + len(last.pairs) == last.count


def test_kernels_and_maps_are_those_of_the_layer() -> None:
    desk = Desk(convolution())
    maps = desk.facts("maps", Maps, example=3)
    conv = next(s for s in desk.program.steps if s.id == "conv").made
    kernel = conv.kernel.array
    assert maps.kernels.shape == (5, 1, 3, 3)
    np.testing.assert_array_equal(maps.kernels[2, 0], kernel[:, :, 0, 2])
    x = desk.program.examples(desk.program.steps[0]).train[0][maps.example.number]
    at = (x[2:5, 1:4] * kernel[:, :, 0, 2]).sum() + conv.bias.array[2]
    assert maps.maps[2, 2, 1] == pytest.approx(at, rel=1e-4)
    depth = desk.facts("maps", Maps, place="depth")
    assert depth.node == "depth"
    assert depth.kernels.shape == (10, 1, 3, 3)
    assert depth.maps.shape == (10, 4, 4)
    assert desk.facts("maps", Maps, example=-4).place == 0


def test_vectors_are_those_of_the_node_and_the_rows_those_of_the_embedding(digits: Desk) -> None:
    shown = digits.facts("projection", Projected, place="hidden.output")
    found = evaluate(subjects_of(digits.program)[0], "validation", None, 60.0)
    assert (shown.total, shown.is_rows) == (len(found.numbers), False)
    assert shown.classes is not None
    np.testing.assert_array_equal(shown.classes, found.truth)
    assert 0 < shown.shares[1] <= shown.shares[0] <= 1
    nodes = {
        "data": ("data.moons", {"samples": 60}),
        "number": ("op.cast", {"dtype": "int32"}),
        "words": ("layer.Embedding", {"input_dim": 7, "output_dim": 4}),
        "flat": "layer.Flatten",
        "output": ("layer.Dense", {"units": 2, "activation": "softmax"}),
        "loss": "loss.SparseCategoricalCrossentropy",
        "trainer": "train.Adam",
    }
    wires = """
        data.y > number.x
        number.output > words.inputs
        words.output > flat.inputs
        flat.output > output.inputs
        data.y > loss.y_true
        output.output > loss.y_pred
        loss.loss > trainer.loss[0]
    """
    seen = Desk(build(nodes, wires, seed=1)).ask("projection")
    assert isinstance(seen.facts, Projected), seen.error
    assert seen.task.embeddings == ("words",)
    assert (seen.facts.is_rows, seen.facts.total) == (True, 7)


# --------------------------------------------------------------------------------------------------------- bad input


def test_predictions_that_are_no_numbers_are_left_out_or_named() -> None:
    document = moons()
    desk = Desk(document)
    output = next(s for s in desk.program.steps if s.id == "output").made
    output.kernel.assign(np.full(output.kernel.shape, np.nan, np.float32))
    assert "NaN" in desk.fails()
    desk = Desk(document)
    data = desk.program.examples(desk.program.steps[0])
    data.train[0][70] = np.inf
    seen = desk.ask("confusion", fresh=True)
    assert seen.sample.left_out == 1
    assert isinstance(seen.facts, Confusion)
    assert seen.facts.counts.sum() == seen.sample.count - 1
    assert np.isnan(desk.facts("worst", Worst).examples[0].loss)


def test_one_class_only_has_no_curve() -> None:
    desk = Desk(build({**YES_OR_NO, "data": ("data.blobs", {"centers": 1})}, STRAIGHT, seed=1))
    (curve,) = desk.facts("scores", Scores).curves
    assert curve.is_one_sided
    assert curve.negatives == 200
    assert desk.facts("confusion", Confusion).counts[1].sum() == 0


def test_classes_that_the_network_does_not_know_are_named() -> None:
    source = Source()
    source.examples = Examples((np.zeros((20, 2), np.float32), np.arange(20, dtype=np.int32) % 3))
    nodes = {**YES_OR_NO, "data": "data.own", "output": ("layer.Dense", {"units": 2})}
    nodes["loss"] = ("loss.SparseCategoricalCrossentropy", {"from_logits": True})
    desk = Desk(Document(), program_of(build(nodes, STRAIGHT, seed=1), source.catalogue))
    desk.host.handle(LookAtTask(1, 1, "text", Wish("confusion"), True))
    event = desk.events[-1]
    assert isinstance(event, TaskFailed)
    assert event.error is not None
    assert event.error.node == "loss"
    assert "holds 2" in str(event.error)


def test_what_keeps_a_document_from_running_is_said() -> None:
    assert "no loss" in Desk(Document()).fails()
    document = moons()
    document.apply(SetParams("output", {"units": 0}))
    assert "units" in Desk(document).fails()
    document = moons()
    document.apply(RemoveWire(wire("hidden.output > output.inputs")))
    assert Desk(document).fails()


def test_a_share_that_leaves_nothing_is_said() -> None:
    document = moons()
    document.apply(SetParams("trainer", {"validation_split": 0.999}))
    desk = Desk(document)
    assert desk.ask("").sample.count == 80
    desk.host.handle(LookAtTask(1, 2, "text", Wish("", on="training"), True))
    event = desk.events[-1]
    assert isinstance(event, TaskFailed)
    assert "no examples" in str(event.error)


def test_of_large_images_fewer_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "BYTES", 100 * 8 * 8 * 4)
    sample = Desk(example("digits_mlp")).ask("").sample
    assert (sample.count, sample.total) == (100, 360)


def test_a_constant_truth_has_no_r2() -> None:
    source = Source()
    source.examples = Examples((np.ones((20, 2), np.float32), np.full(20, 3, np.int32)))
    nodes = {**YES_OR_NO, "data": "data.own", "loss": "loss.MeanSquaredError"}
    desk = Desk(Document(), program_of(build(nodes, STRAIGHT, seed=1), source.catalogue))
    fit = desk.facts("fit", Fit)
    assert np.isnan(fit.r2)
    assert fit.mae > 0
    assert desk.ask("plane").facts is not None, "all examples at one place still have a plane around them"


def test_a_newer_wish_ends_an_older_one_and_stop_ends_any() -> None:
    document = moons()
    desk = Desk(document)
    desk.host.expect(LookAtTask(1, 9, "text", Wish("plane"), True))
    desk.host.handle(LookAtTask(1, 8, "text", Wish("plane"), True))
    assert desk.events == [TaskFailed(1, 8, None, desk.events[0].seconds)]

    def stop() -> None:
        raise Stopped

    events: list[Any] = []
    host = TaskHost(events.append, lambda _n, _t: desk.program, lambda _n: None, stop)
    host.handle(LookAtTask(1, 1, "text", Wish("plane"), True))
    assert isinstance(events[0], TaskFailed)
    assert events[0].error is None


def test_what_is_known_is_not_evaluated_again(digits: Desk) -> None:
    first = digits.ask("confusion", fresh=True).sample
    assert digits.ask("worst").sample is first
    assert digits.ask("worst", on="training").sample is not first
    assert digits.ask("worst", fresh=True).sample is not first


def test_predicted_follows_the_threshold() -> None:
    yes = Task("loss", "binary", 1, threshold=0.0)
    np.testing.assert_array_equal(predicted(yes, np.array([-0.1, 0.1])), [0, 1])
