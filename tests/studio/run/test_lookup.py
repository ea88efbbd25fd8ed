"""Tensors by name: gradients against finite differences, slots and updates against what the optimiser did."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
import pytest
from graphs import build, moons, port

from studio.document.catalogue import CATALOGUE
from studio.document.document import Document
from studio.document.file import dumps
from studio.document.lower import Program
from studio.run.lookup import Lookup, weights_of, why_missing
from studio.run.messages import Inventory, Missing, Preview, Previewed, Train, Watch, Watched
from studio.run.tensor_ref import Kind, TensorRef
from studio.run.training import listener
from studio.run.training.listener import LOOK_INTERVAL
from studio.run.worker import Worker


def looked(document: Document, *wanted: TensorRef) -> tuple[Program, Lookup]:
    program = Program(CATALOGUE)
    program.update(document)
    lookup = Lookup(program)
    lookup.look(program.run, wanted)
    return program, lookup


def loss_of(program: Program) -> float:
    return float(program.values().tensors[port("loss.loss")].numpy())


@pytest.mark.parametrize(("node", "name"), [("hidden", "kernel"), ("hidden", "bias"), ("output", "kernel")])
def test_the_gradient_of_a_weight_is_what_differences_give(node: str, name: str) -> None:
    ref = TensorRef("weight_gradient", node, name)
    program, lookup = looked(moons(), ref)
    gradient = lookup.array(ref)
    assert gradient is not None
    step = program.step(node)
    assert step is not None
    weight = weights_of(step)[name]
    before = weight.numpy().copy()
    for place in [(0,) * before.ndim, tuple(size - 1 for size in before.shape)]:
        found = []
        for sign in (1, -1):
            moved = before.copy()
            moved[place] += sign * 1e-2
            weight.assign(moved)
            found.append(loss_of(program))
        weight.assign(before)
        assert gradient[place] == pytest.approx((found[0] - found[1]) / 2e-2, rel=0.05, abs=2e-4)


def test_the_gradient_at_a_wire_is_that_of_what_comes_behind() -> None:
    document = build(
        {
            "x": ("data.constant", {"value": [1.0, 2.0]}),
            "y": ("data.constant", {"value": [0.0, 0.0]}),
            "squared": "op.square",
            "loss": "loss.MeanSquaredError",
        },
        "x.output > squared.x\ny.output > loss.y_true\nsquared.output > loss.y_pred",
    )
    at_x, at_square = (TensorRef.of(port(name), "gradient") for name in ("x.output", "squared.output"))
    _program, lookup = looked(document, at_x)
    np.testing.assert_allclose(lookup.array(at_square), [1.0, 4.0])
    np.testing.assert_allclose(lookup.array(at_x), [2.0, 16.0])


def test_gradients_are_not_computed_for_nothing() -> None:
    ref = TensorRef.of(port("hidden.output"), "gradient")
    _program, lookup = looked(moons())
    assert not lookup.knows(ref)
    assert lookup.array(ref) is None
    _program, lookup = looked(moons(), ref)
    assert lookup.knows(ref)
    assert lookup.array(ref) is not None


def test_compiled_values_are_those_of_the_eager_run() -> None:
    _program, lookup = looked(moons())
    eager, compiled = (lookup.array(TensorRef.of(port("output.output"), kind)) for kind in ("value", "compiled"))
    np.testing.assert_allclose(eager, compiled, rtol=1e-5, atol=1e-6)


def test_weights_of_a_layer_within_a_layer_are_told_apart() -> None:
    class Weight:
        def __init__(self, name: str) -> None:
            self.name = name

    class Made:
        weights = [Weight("a/kernel"), Weight("b/kernel"), Weight("b/bias")]

    class Step:
        made = Made()

    step: Any = Step()
    assert list(weights_of(step)) == ["kernel", "kernel_2", "bias"]


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_has_words_for_not_being_there(kind: Any) -> None:
    ref = TensorRef(kind, "no", "where", "momentum")
    _program, lookup = looked(moons())
    assert lookup.array(ref) is None
    assert why_missing(ref).node == "no"


class Post(list[Any]):
    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self if isinstance(event, kind)]


def driven(commands: Sequence[Any]) -> Post:
    post = Post()
    worker = Worker(post.append)
    for command in commands:
        worker.handle(command)
    return post


def test_slots_and_updates_are_there_while_a_training_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "QUIET_INTERVAL", 0.0)
    monkeypatch.setattr(listener, "LOOK_INTERVAL", 0.0)
    monkeypatch.setattr(listener, "LOOK_SHARE", dict.fromkeys((True, False), math.inf))
    momentum = TensorRef("slot", "hidden", "kernel", "momentum")
    update = TensorRef("update", "hidden", "kernel")
    kernel = TensorRef("weight", "hidden", "kernel")
    text = dumps(moons())
    post = driven([Preview(1, 1, text), Watch(1, (momentum, update, kernel)), Train(1, 1, text, "eager")])
    assert {event.ref for event in post.of(Missing)[:2]} == {momentum, update}, "there is no optimiser yet"
    during = [event for event in post.of(Watched) if event.step is not None]
    assert {event.ref for event in during} == {momentum, update, kernel}
    weights = {event.step: event.values for event in during if event.ref == kernel}
    changes = {event.step: event.values for event in during if event.ref == update}
    assert len(weights) > 2
    for step in weights:
        if step - 1 in weights and step in changes:
            np.testing.assert_allclose(weights[step] - weights[step - 1], changes[step], atol=1e-7)
    assert momentum in post.of(Inventory)[-1].refs
    assert momentum not in post.of(Inventory)[0].refs


def test_values_say_when_they_were_taken() -> None:
    text = dumps(moons())
    ref = TensorRef.of(port("hidden.output"))
    post = driven([Watch(1, (ref,)), Preview(1, 1, text), Train(1, 1, text, "lazy"), Preview(1, 2, text)])
    first, *_others, trained, last = post.of(Watched)
    assert (first.step, first.every) == (None, 0.0)
    assert trained.step is not None
    assert trained.every >= LOOK_INTERVAL
    assert (last.step, last.every) == (None, 0.0)


def test_only_what_is_new_is_sent_when_more_is_wanted() -> None:
    text = dumps(moons())
    one, two = (TensorRef.of(port(name)) for name in ("hidden.output", "output.output"))
    post = driven([Preview(1, 1, text), Watch(1, (one,)), Watch(1, (one, two)), Watch(1, (two, one))])
    assert [event.ref for event in post.of(Watched)] == [one, one, two, two]
    gradient = TensorRef.of(port("hidden.output"), "gradient")
    post = driven([Preview(1, 1, text), Watch(1, (gradient,))])
    assert [event.ref for event in post.of(Watched)] == [gradient], "the look was made again, with a tape"
    assert len(post.of(Previewed)) == 2
