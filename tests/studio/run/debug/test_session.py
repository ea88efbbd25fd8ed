"""The debugger without a window: stepping forth and back through a training, breakpoints, and bad values."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from debugging import Debuggee, debugged
from graphs import build, example, moons, port, stacked

from engine.core.dtype import Array
from engine.core.op import OPS
from studio.document.breakpoints import Breakpoint
from studio.document.document import Document, Node, Wire
from studio.document.edits import AddNode, AddWire, RemoveWire, SetParams
from studio.document.enclose import enclose
from studio.document.reroute import REROUTE
from studio.document.scope import Scope
from studio.document.types import Types
from studio.run.debug.trace import MEMORY, Trace
from studio.run.tensor_ref import TensorRef


def walk(debuggee: Debuggee, count: int) -> list[list[str]]:
    found = []
    for _ in range(count):
        debuggee.over()
        found.append(debuggee.here)
    return found


def test_stepping_over_goes_from_node_to_node_forward_backward_and_through_the_update() -> None:
    with debugged(example("digits_mlp")) as debuggee:
        assert walk(debuggee, 11) == [
            ["data", "digits"],
            ["forward", "flatten"],
            ["forward", "hidden"],
            ["forward", "output"],
            ["loss", "loss"],
            ["metrics", ""],
            ["metrics", "accuracy"],
            ["backward", ""],
            ["backward", "loss"],
            ["backward", "output"],
            ["backward", "hidden"],
        ]
        assert walk(debuggee, 2) == [["update", "trainer"], ["data", "digits"]]
        assert debuggee.session.trace[debuggee.session.place.step].batch == 1


def test_stepping_into_goes_down_to_the_ops_and_out_again() -> None:
    with debugged(example("digits_mlp")) as debuggee:
        walk(debuggee, 2)
        stop = debuggee.into()
        assert debuggee.here[:2] == ["forward", "hidden"]
        assert debuggee.here[2].startswith("matmul#")
        assert stop.after is not None
        assert stop.after[-1].name.startswith("bias_add#")
        debuggee.over()
        assert debuggee.here[2].startswith("bias_add#")
        debuggee.out()
        assert debuggee.here == ["forward", "hidden"], "to the end of the node"
        debuggee.into()
        assert debuggee.here[:2] == ["forward", "output"]
        for _ in range(3):
            debuggee.over()
        assert debuggee.here == ["loss", "loss"], "behind the last op of a node one is out of it"


def test_a_function_is_stepped_over_as_one_node_and_into_to_its_nodes() -> None:
    document = moons()
    edit, block = enclose(document, {}, Types(document), ["hidden", "output"], "Block")
    document.apply(edit)
    with debugged(document) as debuggee:
        while debuggee.here != ["forward", block]:
            debuggee.over()
        last = debuggee.session.place.step
        debuggee.back()
        assert debuggee.session.trace[debuggee.session.place.step].phase == "data"
        debuggee.into()
        assert debuggee.here == ["forward", block, "hidden"]
        debuggee.over()
        assert debuggee.here == ["forward", block, "output"]
        assert debuggee.session.place.step == last
        debuggee.out()
        assert debuggee.here == ["forward", block]
        assert debuggee.session.trace[last].node == f"{block}/output"
        debuggee.over()
        assert debuggee.here[0] == "loss"


def test_backward_one_steps_from_gradient_to_gradient() -> None:
    with debugged(example("digits_mlp")) as debuggee:
        while debuggee.here != ["backward", "output"]:
            debuggee.over()
        debuggee.into()
        assert debuggee.here[2].startswith("relu#")
        debuggee.over()
        assert debuggee.here[2].startswith("bias_add#")
        debuggee.into()
        assert debuggee.here[2].startswith("matmul#")
        assert debuggee.here[3].startswith("matmul#")
        forward = debuggee.session.trace[debuggee.session.place.step].reverses
        assert forward is not None
        step = debuggee.session.trace[forward]
        assert (step.op, step.phase, step.node) == ("matmul", "forward", "hidden")


def test_back_to_the_start_and_forward_again_gives_identical_values() -> None:
    """The digits network through one whole training step; each gradient equals finite differences."""
    with debugged(example("digits_mlp")) as debuggee:
        seen: list[tuple[list[str], dict[TensorRef, bytes]]] = []

        def look() -> tuple[list[str], dict[TensorRef, bytes]]:
            session = debuggee.session
            batch = session.trace.batch_of(session.place.step)
            state = session.trace.state(session.place.step)
            return debuggee.here, {ref: np.asarray(batch.array(place)).tobytes() for ref, place in state.items()}

        while not seen or seen[-1][0] != ["update", "trainer"]:
            debuggee.over()
            seen.append(look())
        assert len(seen) == 12
        for before in reversed(seen[:-1]):
            debuggee.back()
            assert look() == before
        debuggee.back()
        assert debuggee.session.place.step == -1
        for before in seen:
            debuggee.over()
            assert look() == before
        kinds = {ref.kind for ref in seen[-1][1]}
        assert kinds == {"value", "gradient", "weight", "weight_gradient", "update", "slot"}


def replayed(debuggee: Debuggee, changed: dict[int, Array], begin: int) -> float:
    """Return the loss, in float64, where some of the arrays are others: all ops behind a step are carried out anew."""
    trace = debuggee.session.trace
    batch = trace.batch_of(begin)
    known = dict(changed)
    for step in batch.steps[begin + 1 - batch.first :]:
        if step.phase in ("forward", "loss") and any(o.array in known for o in step.operands):
            operands = [known.get(o.array, batch.array(o.array)) for o in step.operands]
            operands = [a.astype(np.float64) if a.dtype.kind == "f" else a for a in operands]
            found = OPS[step.op].reference(*operands, **step.attrs)
            known.update(zip(step.outputs, found if isinstance(found, list | tuple) else [found], strict=True))
    return float(known[trace.state(debuggee.session.place.step)[TensorRef("value", "loss", "loss")]])


def slope_at(debuggee: Debuggee, place: int, begin: int, cell: int, by: float = 1e-7) -> float:
    """Return how the loss changes with one element of an array: little is moved, or a ReLU would bend on the way."""
    value = np.asarray(debuggee.session.trace.batch_of(begin).array(place), np.float64)
    ends = []
    for sign in (1, -1):
        moved = value.copy()
        moved.ravel()[cell] += sign * by
        ends.append(replayed(debuggee, {place: moved}, begin))
    return (ends[0] - ends[1]) / (2 * by)


@pytest.mark.parametrize("name", ["hidden/kernel", "hidden/bias", "output/kernel", "output/bias"])
def test_gradients_of_weights_equal_finite_differences(name: str) -> None:
    """Of the larger kernel a part, in each of its columns; of the others every element."""
    with debugged(example("digits_mlp")) as debuggee:
        while debuggee.here != ["update", "trainer"]:
            debuggee.over()
        ref, trace = TensorRef("weight", *name.split("/")), debuggee.session.trace
        found = debuggee.session.array(TensorRef("weight_gradient", *name.split("/")))
        assert found is not None
        begin, place = 0, trace.state(0)[ref]
        cells = np.arange(found.size) if found.size < 2000 else np.arange(0, found.size, 7)
        wanted = [slope_at(debuggee, place, begin, int(cell)) for cell in cells]
        np.testing.assert_allclose(found.ravel()[cells], wanted, rtol=2e-3, atol=1e-6)


def test_gradients_of_the_results_of_all_ops_equal_finite_differences() -> None:
    """Those that the chain rule is filled with, too: of each the strongest elements, and others at random."""
    with debugged(example("digits_mlp")) as debuggee:
        while debuggee.here != ["update", "trainer"]:
            debuggee.over()
        batch = debuggee.session.trace.batch_of(debuggee.session.place.step)
        slopes = {key: place for step in batch.steps for key, place in step.slopes.items()}
        ops = {batch.steps[number - batch.first].op for number, _output in slopes}
        assert {"matmul", "bias_add", "relu", "softmax"} <= ops
        for (number, output), place in slopes.items():
            step, found = batch.steps[number - batch.first], np.asarray(batch.array(place))
            drawn = np.random.default_rng(0).choice(found.size, min(found.size, 25), replace=False)
            for cell in {*np.argsort(np.abs(found), axis=None)[-10:].tolist(), *drawn.tolist()}:
                wanted = slope_at(debuggee, step.outputs[output], number, cell)
                assert found.ravel()[cell] == pytest.approx(wanted, rel=2e-3, abs=1e-6), (step.op, step.phase)


def test_gradients_of_wires_follow_from_those_behind_them() -> None:
    with debugged(example("digits_mlp")) as debuggee:
        while debuggee.here != ["update", "trainer"]:
            debuggee.over()
        array = debuggee.session.array
        y = np.asarray(array(TensorRef("value", "digits", "y"))).ravel()
        prediction = np.asarray(array(TensorRef("value", "output", "output")))
        wanted = np.zeros_like(prediction)
        wanted[np.arange(len(y)), y] = -1 / prediction[np.arange(len(y)), y] / len(y)
        np.testing.assert_allclose(
            np.asarray(array(TensorRef("gradient", "output", "output")))[np.arange(len(y)), y],
            (wanted + 1 / len(y))[np.arange(len(y)), y],
            rtol=1e-4,
        )
        slope = np.asarray(array(TensorRef("gradient", "loss", "loss")))
        assert slope == 1.0


def loss_behind(debuggee: Debuggee, node: str, value: np.ndarray) -> float:
    """Return the loss of the batch, in float64, for another value of what a node of the digits network gives."""
    array, last = debuggee.session.trace.array, debuggee.session.place.step
    labels = np.asarray(array(last, TensorRef("value", "digits", "y"))).ravel()

    def weight(layer: str, name: str) -> np.ndarray:
        return np.asarray(array(0, TensorRef("weight", layer, name)), np.float64)

    at = ["flatten", "hidden", "output"].index(node)
    if at < 1:
        value = np.maximum(value @ weight("hidden", "kernel") + weight("hidden", "bias"), 0)
    if at < 2:
        value = np.exp(value @ weight("output", "kernel") + weight("output", "bias"))
    value = value / value.sum(axis=1, keepdims=True)
    return float(-np.log(value[np.arange(len(labels)), labels]).mean())


@pytest.mark.parametrize("node", ["hidden", "output"])
def test_gradients_of_wires_equal_finite_differences(node: str) -> None:
    """The strongest elements and others at random; those of which the loss hardly depends must be about 0 as well."""
    with debugged(example("digits_mlp")) as debuggee:
        while debuggee.here != ["update", "trainer"]:
            debuggee.over()
        found = np.asarray(debuggee.session.array(TensorRef("gradient", node, "output")))
        value = np.asarray(debuggee.session.array(TensorRef("value", node, "output")), np.float64)
        shown = {ref.node for ref in debuggee.session.refs() if ref.kind == "gradient"}
        assert shown == {"hidden", "output", "loss"}, "none is left out"
        drawn = np.random.default_rng(0).choice(found.size, 20, replace=False)
        for cell in {*np.argsort(np.abs(found), axis=None)[-10:].tolist(), *drawn.tolist()}:
            index = np.unravel_index(cell, found.shape)
            ends = []
            for by in (1e-6, -1e-6):
                moved = value.copy()
                moved[index] += by
                ends.append(loss_behind(debuggee, node, moved))
            assert found[index] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=2e-3, abs=1e-6)


def test_a_breakpoint_stops_in_front_of_its_node_and_one_with_a_condition_behind_it() -> None:
    points = [Breakpoint(1, "output"), Breakpoint(2, "hidden", "output", "max > 0")]
    with debugged(moons(), points) as debuggee:
        stop = debuggee.do(debuggee.session.go_on)
        assert stop.reason == "breakpoint"
        assert [hit.point.id for hit in stop.hits] == [2, 1]
        assert debuggee.here == ["forward", "hidden"]
        assert stop.after is not None
        assert stop.after[2].name == "output"
        debuggee.do(lambda: debuggee.session.go_to(0))
        again = debuggee.do(debuggee.session.go_on)
        assert (again.place, [hit.point.id for hit in again.hits]) == (stop.place, [2, 1]), "it is met in the past, too"


def test_a_breakpoint_in_what_is_repeated_is_one_in_each_of_its_copies() -> None:
    def stops(count: int, *points: Breakpoint) -> list[list[str]]:
        found = []
        with debugged(stacked(3), points) as debuggee:
            for _ in range(count):
                assert debuggee.do(debuggee.session.go_on).reason == "breakpoint"
                after = debuggee.stops[-1].after
                assert after is not None
                found.append([frame.name for frame in after[1:4]])
        return found

    copies = [["forward", f"block{number}", "dense"] for number in ("", "#2", "#3")]
    assert stops(4, Breakpoint(1, "block/dense")) == [*copies, copies[0]]
    assert stops(3, Breakpoint(1, "block")) == copies
    assert stops(2, Breakpoint(1, "block#2/dense")) == [copies[1]] * 2
    outputs = stops(3, Breakpoint(1, "block/dense", "output"))
    assert outputs[:2] == copies[1:], "behind the first one comes the second"
    assert stops(1, Breakpoint(1, "block/dense", hits=3)) == [copies[2]]


def test_it_runs_to_the_next_copy_of_what_is_repeated_and_to_what_is_no_op_itself() -> None:
    for node in ("block/dense", "block"):
        with debugged(stacked(2)) as debuggee:
            found = []
            for _ in range(2):
                stop = debuggee.do(lambda: debuggee.session.run_to(node))  # noqa: B023 - called at once
                assert stop.after is not None
                found.append(stop.after[2].name)
            debuggee.do(lambda: debuggee.session.go_to(-1))
            stop = debuggee.do(lambda: debuggee.session.run_to(node))  # noqa: B023 - called at once
            assert stop.after is not None, "through what was seen before, too"
            assert stop.after[2].name == "block"
        assert found == ["block", "block#2"]


def led_around() -> tuple[Document, str]:
    """Return a document with a function, and a wire out of it that is led around."""
    document = moons()
    edit, block = enclose(document, {}, Types(document), ["hidden", "output"], "Block")
    document.apply(edit)
    document.apply(AddNode(Node("bend", REROUTE)))
    old = document.wires[port("loss.y_pred")]
    for change in (RemoveWire(old), AddWire(Wire(old.source, port("bend.input")))):
        document.apply(change)
    document.apply(AddWire(Wire(port("bend.output"), old.target)))
    return document, block


def test_what_is_led_around_or_out_of_a_function_is_known_there_and_stopped_at() -> None:
    document, block = led_around()
    places = (port("bend.output"), Scope(document).outer(document.wires[port("bend.input")].source))
    for place in places:
        with debugged(
            document, [Breakpoint(1, place.node, place.port), Breakpoint(2, place.node, place.port, "any(g != 0)")]
        ) as debuggee:
            stop = debuggee.do(debuggee.session.go_on)
            assert (stop.reason, debuggee.here) == ("breakpoint", ["forward", block])
            stop = debuggee.do(debuggee.session.go_on)
            assert (stop.reason, debuggee.here[0]) == ("breakpoint", "backward")
            session = debuggee.session
            known, own = TensorRef.of(place, "gradient"), TensorRef("gradient", f"{block}/output", "output")
            np.testing.assert_array_equal(np.asarray(session.array(known)), np.asarray(session.array(own)))


@pytest.mark.parametrize(
    ("node", "before"), [("data", "update"), ("loss", "forward"), ("accuracy", "metrics"), ("trainer", "backward")]
)
def test_the_run_stops_in_front_of_every_kind_of_node(node: str, before: str) -> None:
    with debugged(moons(), [Breakpoint(1, node)]) as debuggee:
        stop = debuggee.do(debuggee.session.go_on)
        assert stop.reason == "breakpoint"
        assert stop.after is not None
        assert stop.after[2].name == node
        assert debuggee.here[0] == before


def test_a_breakpoint_counts_hits_epochs_and_steps() -> None:
    with debugged(moons(), [Breakpoint(1, "output", hits=3)]) as debuggee:
        debuggee.do(debuggee.session.go_on)
        assert debuggee.session.trace[debuggee.session.place.step].batch == 2
    with debugged(moons(), [Breakpoint(1, "output", epoch=2, step=2)]) as debuggee:
        debuggee.do(debuggee.session.go_on)
        batch = debuggee.session.trace.batches[-1]
        assert (batch.epoch, batch.in_epoch) == (1, 2)


@pytest.mark.parametrize(
    ("value", "condition"),
    [
        ([[], []], "size == 0 and zeros == 0"),
        (3.5, "max > 3 and rank == 1"),
        ([[[[[[[[1.0, 2.0]]]]]]]], "rank == 9 and sum == 3"),
        ([float("nan")] * 3, "all(isnan)"),
        ([True, False], "any and not all"),
    ],
)
def test_the_last_node_of_a_run_can_be_stopped_at_whatever_it_holds(value: object, condition: str) -> None:
    document = build(
        {"x": ("data.constant", {"value": value}), "more": ("op.expand_dims", {"axis": 0})}, "x.output > more.input"
    )
    points = [Breakpoint(1, "more", condition=condition), Breakpoint(2, "more", log="of shape {shape}")]
    with debugged(document, points, until_bad=False) as debuggee:
        stop = debuggee.do(debuggee.session.go_on)
        assert (stop.reason, [hit.point.id for hit in stop.hits]) == ("breakpoint", [1])
        assert stop.hits[0].error is None
        assert [hit.said for hit in debuggee.said] == [f"of shape {(1, *np.shape(value))}"]
        assert debuggee.do(debuggee.session.go_on).reason == "complete"


def test_what_was_met_counts_once_however_often_one_comes_by() -> None:
    """Going back, in memory or by running again, changes no count, and nothing is said twice."""
    points = [Breakpoint(1, "output", hits=3), Breakpoint(2, "hidden", log="{hits}"), Breakpoint(3, "loss", hits=6)]
    for budget in ({}, {"memory": 3000, "disk": 3000}):
        with debugged(moons(), points, **budget) as debuggee:
            session = debuggee.session
            third = debuggee.do(session.go_on)
            fourth = debuggee.do(session.go_on)
            assert session.trace[fourth.place.step].batch == 3
            for step in (-1, 0, session.trace.batches[1].first):
                debuggee.do(partial(session.go_to, step))
                assert session.total > third.place.step, "the slider goes as far as before"
                found = [debuggee.do(session.go_on) for _ in range(3)]
                assert [stop.place for stop in found] == [third.place, fourth.place, found[2].place]
                assert session.trace[found[2].place.step].batch == 4
            said = [hit.said for hit in debuggee.said]
            assert said == [str(i + 1) for i in range(len(said))]


def test_steps_are_bounded_too_and_one_goes_back_over_those_that_are_not_kept() -> None:
    points = [Breakpoint(1, "output", epoch=2, step=1)]
    with debugged(moons(), points, steps=100) as debuggee:
        session = debuggee.session
        late = debuggee.do(session.go_on)
        first = session.trace.batches[0]
        assert len(session.trace.batches) <= 3
        assert first.number > 2
        debuggee.do(lambda: session.go_to(first.first))
        back = [debuggee.back().place.step for _ in range(20)]
        assert debuggee.here[0] == "forward"
        assert back[0] == first.first - 1, "in front of what is kept lies the training step before"
        assert session.trace.batch_of(back[-1]).number == first.number - 2
        assert [debuggee.over().place.step for _ in back] == [*back[-2::-1], first.first]
        before = session.trace.batch_of(0)
        assert (before.number, before.epoch, before.in_epoch, before.is_gone) == (0, 0, 1, True)
        assert debuggee.do(session.go_on).place == late.place


def test_the_slider_goes_ahead_to_what_is_made_again() -> None:
    points = [Breakpoint(1, "output", epoch=2, step=1)]
    with debugged(moons(), points, memory=3000, disk=3000) as debuggee:
        session = debuggee.session
        late = debuggee.do(session.go_on)
        kept = {ref: np.array(session.array(ref)) for ref in session.refs()}
        total = session.total
        debuggee.do(lambda: session.go_to(2))
        assert (len(session.trace) < total, session.total) == (True, total)
        there = debuggee.do(lambda: session.go_to(late.place.step))
        assert there.place.step == late.place.step
        for ref, before in kept.items():
            np.testing.assert_array_equal(session.array(ref), before, str(ref))


def test_a_breakpoint_that_is_new_is_met_in_the_past_too_over_and_on() -> None:
    with debugged(moons()) as debuggee:
        session = debuggee.session
        while session.trace.next_batch < 2 or debuggee.here[0] != "update":
            debuggee.over()
        debuggee.do(lambda: session.go_to(-1))
        debuggee.over()
        session.replace_breakpoints([Breakpoint(1, "output")], True)
        for move in (session.go_on, lambda: session.move("over")):
            debuggee.do(lambda: session.go_to(0))
            stop = debuggee.do(move)
            while stop.reason == "move":
                stop = debuggee.do(move)
            assert (stop.reason, debuggee.here) == ("breakpoint", ["forward", "hidden"])


def test_conditions_at_the_trainer_are_asked_of_the_loss() -> None:
    with debugged(moons(), [Breakpoint(1, "trainer", condition="value > 0"), Breakpoint(2, "trainer")]) as debuggee:
        stop = debuggee.do(debuggee.session.go_on)
        assert (stop.reason, [hit.point.id for hit in stop.hits]) == ("breakpoint", [1])
        loss = debuggee.session.array(TensorRef("value", "trainer", ""))
        np.testing.assert_array_equal(loss, debuggee.session.array(TensorRef("value", "loss", "loss")))
        stop = debuggee.do(debuggee.session.go_on)
        assert [hit.point.id for hit in stop.hits] == [2], "and without one it is in front of the update"


def test_a_log_point_says_something_and_goes_on() -> None:
    points = [Breakpoint(1, "hidden", log="up to {max}"), Breakpoint(2, "output", hits=2)]
    with debugged(moons(), points) as debuggee:
        debuggee.do(debuggee.session.go_on)
        assert len(debuggee.said) == 2
        largest = np.asarray(debuggee.session.trace.array(3, TensorRef("value", "hidden", "output")))
        assert all(hit.said.startswith("up to ") for hit in debuggee.said)
        assert largest.size


def test_what_is_said_of_steps_that_were_seen_names_their_own_batch() -> None:
    with debugged(moons(), [Breakpoint(1, "loss", step=4)]) as debuggee:
        debuggee.do(debuggee.session.go_on)
        debuggee.do(lambda: debuggee.session.go_to(-1))
        debuggee.session.replace_breakpoints(
            [Breakpoint(1, "loss", step=4), Breakpoint(2, "output", "output", log="max {max}")], until_bad=True
        )
        debuggee.do(debuggee.session.go_on)
        assert [(hit.epoch, hit.step) for hit in debuggee.said] == [(1, 1), (1, 2), (1, 3), (1, 4)]


def test_a_breakpoint_at_a_gradient_that_never_comes_says_so_once() -> None:
    points = [
        Breakpoint(1, "data", "x", condition="max(abs(g)) > 1"),
        Breakpoint(2, "hidden", condition="norm(g) < 0"),
    ]
    with debugged(moons(), points) as debuggee:
        stop = debuggee.do(debuggee.session.go_on)
        assert [hit.point.id for hit in stop.hits] == [1]
        assert "no weight lies in front of it" in str(stop.hits[0].error)
        assert debuggee.do(debuggee.session.go_on).reason == "complete"
    without_trainer = build({"x": ("data.constant", {"value": [1.0, 2.0]}), "y": "op.exp"}, "x.output > y.x")
    with debugged(without_trainer, [Breakpoint(1, "y", condition="max(g) > 0")]) as debuggee:
        stop = debuggee.do(debuggee.session.go_on)
        assert [str(hit.error)[:14] for hit in stop.hits] == ["The breakpoint"]


def test_the_run_stops_at_the_op_that_makes_the_first_nan() -> None:
    document = build(
        {"x": ("data.constant", {"value": [1.0, 0.0, -1.0]}), "log": "op.log", "sum": "op.reduce_sum"},
        "x.output > log.x\nlog.output > sum.input_tensor",
    )
    with debugged(document) as debuggee:
        stop = debuggee.do(debuggee.session.go_on)
        assert stop.reason == "bad"
        assert stop.bad is not None
        assert debuggee.session.trace[stop.place.step].op == "log"
        assert "NaN appears here first, in 1 of 3 values." in str(stop.bad.what)
        assert "logarithm of -1, at [2] of x" in str(stop.bad.why)
        found = stop
        debuggee.back()
        for move in ("over", "on"):
            stop = debuggee.over() if move == "over" else debuggee.do(debuggee.session.go_on)
            assert (stop.reason, stop.place, stop.bad) == ("bad", found.place, found.bad), "one stops there again"
            debuggee.do(lambda: debuggee.session.go_to(-1))
        debuggee.do(debuggee.session.go_on)
        stop = debuggee.do(debuggee.session.go_on)
        assert stop.reason == "complete", "what hands it on is not to blame"


def test_what_is_remembered_is_bounded_and_comes_back_from_the_disk() -> None:
    with debugged(moons(), [Breakpoint(1, "output", epoch=2, step=1)], memory=20_000) as debuggee:
        debuggee.do(debuggee.session.go_on)
        trace = debuggee.session.trace
        assert trace.in_memory <= 20_000
        assert not trace.batches[0].in_memory
        debuggee.do(lambda: debuggee.session.go_to(3))
        assert debuggee.session.array(TensorRef("weight", "hidden", "kernel")) is not None
    with debugged(moons(), [Breakpoint(1, "output", epoch=2, step=1)], memory=20_000, disk=20_000) as debuggee:
        debuggee.do(debuggee.session.go_on)
        assert debuggee.session.trace.batches[0].is_gone


@pytest.mark.parametrize("budget", [{"memory": 20_000, "disk": 20_000}, {"steps": 150}])
def test_what_was_forgotten_is_run_again_with_the_same_seed_to_the_bit(budget: dict[str, int]) -> None:
    points = [Breakpoint(1, "output", epoch=2, step=1)]
    with debugged(moons(), points, **budget) as debuggee:
        for _ in range(9):
            debuggee.over()
        session = debuggee.session
        step = session.place.step
        refs = list(session.trace.state(step))
        early = {ref: np.array(session.array(ref)) for ref in refs}
        debuggee.do(session.go_on)
        late_place, total = session.place, session.total
        late = {ref: np.array(session.array(ref)) for ref in session.trace.state(late_place.step)}
        assert session.trace.batch_of(0).is_gone
        for way in ("to it", "to the start, and over"):
            if way == "to it":
                debuggee.do(lambda: session.go_to(step))
            else:
                debuggee.do(lambda: session.go_to(-1))
                assert (session.place.step, session.total) == (-1, total)
                for _ in range(9):
                    debuggee.over()
            assert session.place.step == step
            assert list(session.trace.state(step)) == refs
            for ref, before in early.items():
                np.testing.assert_array_equal(session.array(ref), before, str(ref))
        stop = debuggee.do(session.go_on)
        assert (stop.reason, stop.place) == ("breakpoint", late_place)
        for ref, before in late.items():
            np.testing.assert_array_equal(session.array(ref), before, str(ref))


def test_the_end_leaves_the_weights_where_they_are() -> None:
    debuggee = Debuggee(moons())
    debuggee.session.start()
    debuggee.wait()
    debuggee.session.end()
    assert not debuggee.session._thread.is_alive()


def test_within_a_training_step_that_has_more_than_the_budget_the_oldest_arrays_make_way() -> None:
    def seen(memory: int) -> tuple[int, dict[TensorRef, Array], list[list[tuple[Any, ...]]], Trace]:
        with debugged(moons(), memory=memory) as debuggee:
            for _ in range(11):
                debuggee.over()
            trace, step = debuggee.session.trace, debuggee.session.place.step
            batch = trace.batch_of(step)
            assert batch.number == 0
            assert trace.in_memory <= memory
            places = {ref: np.array(trace.array(step, ref)) for ref in trace.state(step)}
            operands = [[(o.name, o.refs, o.made_by, o.result) for o in each.operands] for each in batch.steps]
            return batch.on_disk, places, operands, trace

    on_disk, plain, operands, trace = seen(MEMORY)
    assert on_disk == 0
    budget = 3000
    on_disk, tight, tight_operands, trace = seen(budget)
    assert on_disk > budget
    assert trace.on_disk == 0, "and at the end nothing is left"
    assert list(tight) == list(plain)
    for ref, before in plain.items():
        np.testing.assert_array_equal(tight[ref], before, str(ref))
    assert tight_operands == operands, "what is known of tensors does not depend on where they are"


def test_each_training_step_that_was_forgotten_comes_back_with_its_own_examples() -> None:
    refs = [TensorRef("value", "data", "x"), TensorRef("weight", "hidden", "kernel")]
    points = [Breakpoint(1, "output", epoch=3, step=1)]

    def ends(trace: Trace) -> list[int]:
        """Return the last step of each training step but the one that has just begun."""
        return [batch.first + len(batch.steps) - 1 for batch in trace.batches[:-1]]

    with debugged(moons(), points) as free:
        free.do(free.session.go_on)
        places = ends(free.session.trace)
        expected = {n: [np.array(free.session.trace.array(n, ref)) for ref in refs] for n in places}
    assert len(places) > 4
    for place in places:
        with debugged(moons(), points, memory=3000, disk=3000) as tight:
            tight.do(tight.session.go_on)
            assert tight.session.trace.batch_of(place).is_gone or place == places[-1]
            tight.do(lambda place=place: tight.session.go_to(place))
            for ref, before in zip(refs, expected[place], strict=True):
                np.testing.assert_array_equal(tight.session.array(ref), before, f"{ref} at {place}")


def test_run_to_here_knows_what_comes_next_behind_what_was_seen() -> None:
    with debugged(moons()) as debuggee:
        walk(debuggee, 3)
        stood = debuggee.session.place.step
        debuggee.back()
        debuggee.do(lambda: debuggee.session.run_to("loss"))
        assert debuggee.session.place.step == stood, "not in front of its gradient"


def test_run_to_here_stops_at_breakpoints_in_what_was_seen() -> None:
    with debugged(moons(), [Breakpoint(1, "hidden")]) as debuggee:
        first = debuggee.do(lambda: debuggee.session.run_to("output"))
        assert first.reason == "breakpoint"
        walk(debuggee, 4)
        debuggee.do(lambda: debuggee.session.go_to(-1))
        again = debuggee.do(lambda: debuggee.session.run_to("output"))
        assert (again.reason, again.place.step) == ("breakpoint", first.place.step)


def test_run_to_here_ends_where_the_run_does() -> None:
    document = moons()
    document.apply(SetParams("trainer", {"epochs": 1}))
    with debugged(document) as debuggee:
        debuggee.do(debuggee.session.go_on)
        assert debuggee.session.state == "ended"
        assert debuggee.do(lambda: debuggee.session.run_to("hidden")).reason == "complete"
        assert debuggee.session.state == "ended"
