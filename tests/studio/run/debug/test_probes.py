"""Breakpoints of trainings at full speed: just the values that they ask for are watched, eager and compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from graphs import moons, port
from lowering import program_of

from engine.core.dtype import Array
from engine.keras.callbacks import LambdaCallback
from studio.document.breakpoints import Breakpoint
from studio.document.document import Document
from studio.document.enclose import enclose
from studio.document.scope import Scope
from studio.document.types import Types
from studio.run import session
from studio.run.debug.breakpoints import Hit, Watchpoints
from studio.run.debug.names import Names
from studio.run.debug.probes import Probes
from studio.run.tensor_ref import TensorRef

Met = list[tuple[Hit, int, int, TensorRef, Array]]


def trained(
    mode: Any, *points: Breakpoint, epochs: int = 2, document: Document | None = None
) -> tuple[Met, list[float]]:
    """Train with breakpoints, and return what they have met, and the losses."""
    program = program_of(document if document is not None else moons())
    training = program.training()
    training.fit["epochs"] = epochs
    met: Met = []
    losses: list[float] = []
    watched = Watchpoints(points)
    probes = Probes(Names(program, training), watched, lambda *found: met.append((*found[:-1], np.array(found[-1]))))
    note = LambdaCallback(on_epoch_end=lambda _epoch, logs: losses.append(logs["loss"]))
    with probes.at_work(training.model):
        session.train(program, training, mode, [probes, note])
    assert "train_step" not in vars(training.model)
    return met, losses


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_values_and_gradients_are_met_in_every_step(mode: Any) -> None:
    points = (
        Breakpoint(1, "hidden", "output", log="{max}"),
        Breakpoint(2, "hidden", condition="mean(abs(g)) >= 0"),
        Breakpoint(3, "output", epoch=2, step=1),
    )
    met, losses = trained(mode, *points)
    plain = trained(mode)[1]
    assert losses == pytest.approx(plain, rel=1e-6), "who watches changes nothing"
    steps = max(step for _hit, _epoch, step, *_ in met)
    by_point = {id: [m for m in met if m[0].point.id == id] for id in (1, 2, 3)}
    assert [len(by_point[id]) for id in (1, 2, 3)] == [2 * steps, 2 * steps, 1]
    assert [m[1:3] for m in by_point[3]] == [(2, 1)]
    assert not by_point[1][0][0].stops
    assert float(by_point[1][0][0].said) == pytest.approx(float(by_point[1][0][4].max()), rel=1e-4)
    assert {m[3].kind for m in by_point[2]} == {"gradient"}
    assert all(np.abs(m[4]).sum() > 0 for m in by_point[2])


def test_what_is_met_is_the_same_eager_and_compiled() -> None:
    point = Breakpoint(1, "hidden", condition="norm(g) > 0")
    (eager, _), (compiled, _) = (trained(mode, point, epochs=1) for mode in ("eager", "lazy"))
    assert len(eager) == len(compiled) > 0
    for one, other in zip(eager[:5], compiled[:5], strict=True):
        assert one[1:4] == other[1:4]
        np.testing.assert_allclose(one[4], other[4], rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("mode", ["eager", "lazy"])
@pytest.mark.parametrize(
    ("node", "port"),
    [("data", "x"), ("data", "y"), ("loss", "loss"), ("accuracy", "value"), ("output", ""), ("trainer", "")],
)
def test_each_kind_of_node_can_be_stopped_at(mode: Any, node: str, port: str) -> None:
    met, _ = trained(mode, Breakpoint(1, node, port, epoch=1, step=2), epochs=1)
    assert [found[1:3] for found in met] == [(1, 2)]
    assert met[0][3].node == node
    assert met[0][4].size


def test_what_a_function_gives_can_be_stopped_at() -> None:
    document = moons()
    edit, _block = enclose(document, {}, Types(document), ["hidden", "output"], "Block")
    document.apply(edit)
    out = Scope(document).outer(document.wires[port("loss.y_pred")].source)
    points = (
        Breakpoint(1, out.node, out.port, epoch=1, step=1),
        Breakpoint(2, out.node, condition="norm(g) > 0", epoch=1, step=1),
    )
    met, _ = trained("lazy", *points, epochs=1, document=document)
    assert [(found[0].point.id, found[3].node, found[3].kind) for found in met] == [
        (1, out.node, "value"),
        (2, out.node, "gradient"),
    ]


def test_a_condition_that_cannot_be_asked_says_so() -> None:
    met, _ = trained("lazy", Breakpoint(1, "hidden", "output", "shape[7] > 1"), epochs=1)
    assert met[0][0].error is not None
    assert "asks for place 7, and there are 2" in str(met[0][0].error)


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_a_gradient_that_never_comes_is_told_of_once(mode: Any) -> None:
    met, _losses = trained(mode, Breakpoint(1, "data", "x", condition="max(g) > 0"), Breakpoint(2, "output", log="{g}"))
    wrong = [hit for hit, *_ in met if hit.error is not None]
    assert [hit.point.id for hit in wrong] == [1]
    assert wrong[0].stops
