"""What the canvas shows of a run under the debugger."""

from __future__ import annotations

import numpy as np
import pytest
from graphs import build, moons
from hand import settled_pixels

from studio.canvas.metrics import Detail
from studio.canvas.progress import NOTHING, Progress
from studio.canvas.view import CanvasView
from studio.document.document import PortRef
from studio.document.enclose import enclose
from studio.document.scope import Scope
from studio.document.types import Types
from studio.run.messages import TensorInfo
from studio.ui import motion

pytest_plugins = ("look",)

INFO = TensorInfo((4,), "float32", 16, picture=np.array([1.0, -2.0, 0.5, 0.0], np.float32))


@pytest.fixture
def canvas(show) -> CanvasView:
    """The network that tells moons apart."""
    view = show(moons())
    view.canvas.settle()
    return view


def test_without_a_run_there_is_nothing_to_see(canvas: CanvasView) -> None:
    before = settled_pixels(canvas).tobytes()
    assert not canvas.canvas.run.isVisible()
    canvas.set_progress(Progress("hidden", "output", "forward", frozenset({"data"}), is_on=True))
    assert settled_pixels(canvas).tobytes() != before
    assert canvas.canvas.node("hidden").marks.running
    canvas.set_progress(NOTHING)
    assert settled_pixels(canvas).tobytes() == before


def test_from_afar_it_is_seen_where_a_run_stands_and_stops(canvas: CanvasView) -> None:
    canvas.zoom_to(0.2)
    assert canvas.detail is Detail.FAR
    seen = []
    for progress in (
        NOTHING,
        Progress("hidden", "output", "forward", is_on=True),
        Progress("output", "loss", "forward", is_on=True),
        Progress(points={"hidden": "on"}),
        Progress(port_points={PortRef("output", "output"): "log"}),
    ):
        canvas.set_progress(progress)
        seen.append(settled_pixels(canvas).tobytes())
    assert len(set(seen)) == len(seen)
    canvas.set_progress(NOTHING)
    assert settled_pixels(canvas).tobytes() == seen[0]


def test_gradients_lie_below_their_nodes_and_over_nothing_else(canvas: CanvasView) -> None:
    layer, scene = canvas.canvas.run, canvas.canvas
    canvas.set_progress(Progress("hidden", phase="forward", is_on=True))
    assert layer.lane("hidden") is None
    canvas.set_progress(Progress("hidden", phase="backward", gradients={PortRef("output", "output"): INFO}, is_on=True))
    places = {id: layer.lane(id) for id in scene.document.nodes}
    assert {id for id, place in places.items() if place is not None} == {"hidden", "output", "loss"}
    bodies = [scene.node(id).body() for id in scene.document.nodes]
    found = [place for place in places.values() if place is not None]
    for i, place in enumerate(found):
        assert not any(place.intersects(body) for body in bodies)
        assert not any(place.intersects(other) for other in found[i + 1 :])
    hidden = places["hidden"]
    assert hidden is not None
    assert hidden.left() == scene.node("hidden").body().left()
    assert hidden.top() > scene.node("hidden").body().bottom()


def test_a_node_with_several_outputs_shows_the_gradient_of_each(show, qtbot) -> None:
    view = show(build({"x": ("op.moments", {"axes": [0]}), "root": "op.sqrt"}, "x.variance > root.x"))
    view.canvas.settle()
    qtbot.waitUntil(lambda: view.windowHandle() is not None and view.windowHandle().isExposed())
    known = {PortRef("x", "variance"): INFO, PortRef("x", "mean"): INFO}
    view.set_progress(Progress("x", phase="backward", gradients={PortRef("x", "mean"): INFO}, is_on=True))
    before = settled_pixels(view).tobytes()
    view.set_progress(Progress("x", phase="backward", gradients=known, is_on=True))
    assert view.canvas.run.gradients("x") == [PortRef("x", "mean"), PortRef("x", "variance")]
    assert settled_pixels(view).tobytes() != before


def test_the_four_states_of_breakpoints_look_different(canvas: CanvasView) -> None:
    looks = []
    for look in ("on", "conditional", "log", "off"):
        canvas.set_progress(Progress(points={"hidden": look}))
        looks.append(settled_pixels(canvas).tobytes())
    canvas.set_progress(Progress(port_points={PortRef("hidden", "output"): "on"}))
    looks.append(settled_pixels(canvas).tobytes())
    assert all(a != b for i, a in enumerate(looks) for b in looks[i + 1 :])


def test_values_travel_unless_motion_is_reduced(canvas: CanvasView, monkeypatch: pytest.MonkeyPatch, qtbot) -> None:
    layer = canvas.canvas.run
    canvas.set_progress(Progress("hidden", phase="forward", is_on=True))
    monkeypatch.setattr(motion, "reduced", lambda: True)
    canvas.travel(1.0)
    assert layer._animation.state() == layer._animation.State.Stopped
    monkeypatch.setattr(motion, "reduced", lambda: False)
    canvas.travel(100.0)
    assert [(strand.wire.source.node, back) for strand, back in layer._strands()] == [("data", False)]
    qtbot.waitUntil(lambda: layer._animation.state() == layer._animation.State.Stopped)
    assert layer._travelled < 0
    canvas.set_progress(Progress("output", phase="backward", gradients={PortRef("output", "output"): INFO}, is_on=True))
    assert [(strand.wire.target.node, back) for strand, back in layer._strands()] == [("loss", True)]


def test_what_travels_is_what_the_wire_carries(canvas: CanvasView, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two values look different on their way; a gradient goes the other way."""
    monkeypatch.setattr(motion, "reduced", lambda: False)
    layer, seen = canvas.canvas.run, []
    for values in ([1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]):
        info = TensorInfo((4,), "float32", 16, picture=np.array(values, np.float32))
        canvas.set_preview({PortRef("data", "x"): info}, {})
        canvas.set_progress(Progress("hidden", phase="forward", is_on=True))
        canvas.travel(0.01)
        layer._animation.pause()
        layer._travel(0.5)
        seen.append(settled_pixels(canvas).tobytes())
        layer._travel(0.6)
        assert settled_pixels(canvas).tobytes() != seen[-1]
        layer._animation.stop()
    assert seen[0] != seen[1]


def test_a_function_stands_for_what_lies_within() -> None:
    document = moons()
    edit, block = enclose(document, {}, Types(document), ["hidden", "output"], "Block")
    document.apply(edit)
    inner = PortRef(f"{block}/hidden", "output")
    progress = Progress(
        f"{block}/hidden",
        f"{block}/output",
        "backward",
        frozenset({"data", f"{block}/output"}),
        {inner: INFO},
        is_on=True,
    )
    outside = progress.within(Scope(document))
    assert (outside.current, outside.after, outside.done) == (block, block, {"data", block})
    entered = Scope(document).entered(block)
    assert entered is not None
    within = progress.within(entered)
    assert (within.current, within.after, within.done) == ("hidden", "output", {"output"})
    assert dict(within.gradients) == {PortRef("hidden", "output"): INFO}
