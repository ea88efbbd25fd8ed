"""What the window is photographed in: each scene brings a window into a state that a reader of the manual would see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from studio.app import MainWindow
from studio.desktop.inspecting import reveal_inspector
from studio.document.breakpoints import Breakpoint, breakpoints, set_breakpoints
from studio.document.document import Node, PortRef, Wire
from studio.document.edits import AddNode, AddWire, Edit, RemoveWire, SetParams, remove
from studio.inspector.watching import Pin
from studio.run.runs.sweep import Choices, Place, grid
from studio.run.tensor_ref import TensorRef

from .driving import canvas_of, editor_of, open_example, settled, train, until
from .views import VIEW_SCENES


def start_page(window: MainWindow) -> None:
    """The start page with its pictures."""
    window.desk.show(None)
    until(lambda: not window.gallery.busy)


def design(window: MainWindow) -> None:
    """A network with its values, and a layer selected."""
    canvas = open_example(window, "digits_mlp")
    canvas.select(["hidden"])
    QTest.qWait(300)


def subgraph(window: MainWindow) -> None:
    """Within a function, under the breadcrumb."""
    canvas = open_example(window, "digits_mlp")
    canvas.select(["flatten", "hidden", "output"])
    canvas.functions.make()
    settled(window)
    editor = window.editors.current
    assert editor is not None
    editor.levels.enter(canvas.selected_ids()[0])
    settled(window)
    canvas_of(window).frame_all()
    canvas_of(window).select(["hidden"])
    QTest.qWait(600)


def search_to_add(window: MainWindow) -> None:
    """What fits a wire that was dropped where nothing is."""
    canvas = open_example(window, "digits_mlp")
    canvas.request_add(canvas.visible_area().center() + QPointF(0, 60), PortRef("flatten", "output"))
    QTest.qWait(100)


def refused_wire(window: MainWindow) -> None:
    """A wire in the hand, over an input that cannot take it, with the reason."""
    canvas = open_example(window, "digits_mlp")
    item, target = canvas.canvas.node("digits"), canvas.canvas.node("hidden")
    assert item is not None
    assert target is not None
    start = canvas.mapFromScene(item.port_position("y", is_input=False))
    end = canvas.mapFromScene(target.port_position("inputs", is_input=True))
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=start)
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(canvas.viewport(), start + QPoint(*(round(share * d) for d in (end - start).toTuple())))
        QTest.qWait(30)


def problem_with_fix(window: MainWindow) -> None:
    """A loss without truth behind a layer with too few units: badges, words, and what would mend it."""
    canvas = open_example(window, "digits_mlp")
    canvas.do(SetParams("output", {"units": 8}))
    settled(window)
    canvas.select(["loss"])
    until(lambda: bool(canvas.problems.fixes))
    window.dock.setCurrentWidget(window.problems)
    QTest.qWait(100)


def unconnected(window: MainWindow) -> None:
    """A node whose wire was taken away, and the wires that are offered."""
    canvas = open_example(window, "digits_mlp")
    wires = canvas.canvas.document.wires
    canvas.do(RemoveWire(wires[PortRef("loss", "y_true")]))
    settled(window)
    canvas.select(["loss"])
    until(lambda: bool(canvas.problems.fixes))
    QTest.qWait(300)


def minimap(window: MainWindow) -> None:
    """Zoomed in, with the map at the corner."""
    canvas = open_example(window, "digits_mlp")
    canvas.zoom_to(1.6)
    canvas.centerOn(canvas.canvas.items_by_id["hidden"].body().center())
    QTest.qWait(100)


def tensor(window: MainWindow) -> None:
    """A weight with its gradient and what was kept of it pinned."""
    canvas = open_example(window, "digits_mlp")
    canvas.select(["hidden"])
    watching = editor_of(window).watching
    kernel = TensorRef("weight", "hidden", "kernel")
    watching.look_at(kernel)
    watching.pin(Pin(TensorRef("weight_gradient", "hidden", "kernel")))
    until(lambda: window.controller.pid is None or watching.shown is not None)
    watching.keep()
    QTest.qWait(300)


def linked(window: MainWindow) -> None:
    """A cell of a layer's output, and what it was made of."""
    canvas = open_example(window, "digits_mlp")
    canvas.select(["hidden"])
    watching = editor_of(window).watching
    output = TensorRef.of(PortRef("hidden", "output"))
    watching.look_at(output)
    if window.controller.pid is not None:
        until(lambda: watching.shown is not None)
        watching.link(output, (2, 3))
        until(lambda: len(watching.links) == 3)
    QTest.qWait(200)


def compared(window: MainWindow) -> None:
    """The values of the eager run beside those of the compiled one."""
    canvas = open_example(window, "digits_mlp")
    canvas.select(["output"])
    watching = editor_of(window).watching
    eager, compiled = (TensorRef.of(PortRef("output", "output"), kind) for kind in ("value", "compiled"))
    watching.look_at(eager)
    watching.pin(Pin(compiled))
    if window.controller.pid is not None:
        until(lambda: watching.shown is not None and watching.latest(compiled) is not None)
        window.inspector.tensor.compare(Pin(compiled))
    QTest.qWait(200)


def debugging(window: MainWindow) -> None:
    """Half-way back through a training step, with breakpoints."""
    canvas = open_example(window, "digits_mlp")
    window.workspaces.turn_to("debug")
    points = (
        Breakpoint(1, "output"),
        Breakpoint(2, "hidden", "output", "max > 10"),
        Breakpoint(3, "loss", enabled=False),
    )
    editor_of(window).history.do(set_breakpoints(points))
    canvas.frame_all()
    if window.controller.pid is not None:
        debugger = window.debug_controller
        until(lambda: window.controller.state == "ready")
        window.commands["debug.over"].trigger()
        until(lambda: debugger.state == "stopped")
        for _ in range(10):
            step = debugger.shown.step
            window.commands["debug.over"].trigger()
            until(lambda step=step: debugger.state == "stopped" and debugger.shown.step != step)
    QTest.qWait(300)


def edited(window: MainWindow) -> None:
    """What is debugged was edited since: a breakpoint has lost its node, and there are more of them than lines."""
    debugging(window)
    history = editor_of(window).history
    history.do(remove(window.document, ["output"]))
    points = breakpoints(window.document)
    more = [Breakpoint(4, "hidden", condition="mean(abs(g)) < 1e-6"), Breakpoint(5, "loss", log="up to {max}")]
    history.do(set_breakpoints([*points, *more]))
    QTest.qWait(300)


def _compiled(window: MainWindow) -> bool:
    """Bring the digits network and the program that it runs as side by side; return whether there is an engine."""
    open_example(window, "digits_mlp")
    window.commands["view.workspace_lazy"].trigger()
    if window.controller.pid is None:
        QTest.qWait(100)
        return False
    until(lambda: bool(window.lazy.graph.drawing.nodes))
    return True


def passes(window: MainWindow) -> None:
    """What is computed twice is computed once: what went, what it has become, and by which law."""
    if _compiled(window):
        window.lazy.strip.choose(4)
        window.lazy.show_page(window.lazy.changes)
        QTest.qWait(300)


def raced(window: MainWindow) -> None:
    """The race between eager and compiled, with the heat of the nodes on the canvas."""
    if _compiled(window):
        window.commands["lazy.race"].trigger()
        until(lambda: window.lazy_controller.found.race is not None)


def profiled(window: MainWindow) -> None:
    """A kernel of the fused graph, and the roof above it."""
    if _compiled(window):
        window.commands["lazy.profile"].trigger()
        until(lambda: window.lazy_controller.found.profile is not None)
        window.lazy.look_at_kernel(14)


def memory_over_time(window: MainWindow) -> None:
    """The plan in lanes, and the memory that values lie in."""
    if _compiled(window):
        window.lazy.show_page(window.lazy.memory)
        window.lazy.look_at_kernel(14)


def curves(window: MainWindow) -> None:
    """The curves of a training that is over, with the cross at one epoch."""
    open_example(window, "digits_mlp")
    window.workspaces.turn_to("train")
    if window.controller.pid is not None:
        train(window)
        until(lambda: window.plots.is_complete)
        window.plots.cells["loss"].pointed.emit(1.5)
    QTest.qWait(600)


def _trained(window: MainWindow, front: str, *edits: SetParams) -> bool:
    """Train the digits network, its layers in front, and choose one of them; return whether there is an engine."""
    canvas = open_example(window, "digits_mlp")
    window.workspaces.turn_to("train")
    window.dock.setCurrentWidget(window.layers)
    if window.controller.pid is None:
        QTest.qWait(100)
        return False
    for edit in edits:
        canvas.do(edit)
    ended: list[object] = []
    window.controller.ended.connect(ended.append)
    window.running.train()
    window.dock.setCurrentWidget(window.layers)
    until(lambda: ended)
    until(lambda: window.layers.subject is not None)
    window.layers.choose_row((front, "kernel") if front else ("", ""))
    until(lambda: window.layers.turns.are_over)
    QTest.qWait(300)
    return True


def layers(window: MainWindow) -> None:
    """A layer of a training that is over, with the cross at one step."""
    if _trained(window, "hidden"):
        window.layers.charts["norms"].pointed.emit(200.0)


def layers_ridges(window: MainWindow) -> None:
    """The spreads of the same layer as ridges, and what is wrong with it."""
    if _trained(window, "hidden", SetParams("trainer", {"learning_rate": 5.0})):
        window.commands["layers.ridges"].trigger()
        QTest.qWait(300)


def all_layers(window: MainWindow) -> None:
    """All layers side by side, and what is wrong with the training as a whole."""
    _trained(window, "", SetParams("trainer", {"learning_rate": 5.0}))


def _results(window: MainWindow, name: str, view: str, *edits: Edit) -> bool:
    """Train a document and bring one of its task views to the front; return whether there is an engine."""
    canvas = open_example(window, name)
    window.workspaces.turn_to("train")
    if edits:
        for edit in edits:
            canvas.do(edit)
        window.commands["arrange.layout"].trigger()
        settled(window)
        canvas.frame_all()
    window.commands["tasks.show"].trigger()
    if window.controller.pid is None:
        QTest.qWait(100)
        return False
    train(window)
    until(lambda: window.tasks.view is not None and not window.task_controller.is_waiting)
    window.tasks.show_view(view)
    until(lambda: window.tasks.view is not None and window.tasks.view.facts == view)
    QTest.qWait(300)
    return True


def confusion(window: MainWindow) -> None:
    """Which digits are taken for which, and the examples of a cell."""
    if _results(window, "digits_mlp", "confusion"):
        window.task_controller.want(cell=(8, 8))
        until(lambda: not window.task_controller.is_waiting)


def worst(window: MainWindow) -> None:
    """The digits that cost the most, the first of them large."""
    _results(window, "digits_mlp", "worst")


def scores(window: MainWindow) -> None:
    """Precision, recall and ROC of each digit."""
    _results(window, "digits_mlp", "scores")


def projection(window: MainWindow) -> None:
    """What a hidden layer makes of the digits, on two principal components."""
    _results(window, "digits_mlp", "projection")


def boundary(window: MainWindow) -> None:
    """Where one arm of the spiral ends for the network and the other begins."""
    _results(window, "spiral", "plane")


def regression(window: MainWindow) -> None:
    """Predicted numbers against true ones, and the residuals."""
    _results(window, "regression", "fit")


def pairs(window: MainWindow) -> None:
    """What an autoencoder was given, and what it gives back."""
    _results(window, "../resources/templates/autoencoder", "pairs")


def trained(window: MainWindow) -> None:
    """The picture of the README: a trained network, a tensor, and the curves."""
    canvas = open_example(window, "digits_mlp")
    window.workspaces.turn_to("design")
    window.dock.setCurrentWidget(window.plots)
    if window.controller.pid is not None:
        train(window)
        until(lambda: window.plots.is_complete)
    reveal_inspector(window.commands)
    canvas.select(["hidden"])
    watching = editor_of(window).watching
    watching.look_at(TensorRef.of(PortRef("hidden", "output")))
    until(lambda: watching.shown is not None or window.controller.pid is None)
    canvas.frame_all()
    QTest.qWait(600)


def filters(window: MainWindow) -> None:
    """What a convolution looks for in the digits, and where it finds it in one of them."""
    before = Wire(PortRef("digits", "x"), PortRef("flatten", "inputs"))
    _results(
        window,
        "digits_mlp",
        "maps",
        RemoveWire(before),
        AddNode(Node("image", "layer.Reshape", {"target_shape": [8, 8, 1]}, (0.0, -200.0))),
        AddNode(
            Node("conv", "layer.Conv2D", {"activation": "relu", "filters": 12, "kernel_size": [3, 3]}, (230.0, -200.0))
        ),
        AddWire(Wire(before.source, PortRef("image", "inputs"))),
        AddWire(Wire(PortRef("image", "output"), PortRef("conv", "inputs"))),
        AddWire(Wire(PortRef("conv", "output"), before.target)),
    )


def _two_runs(window: MainWindow) -> None:
    """Train the digits network twice, with two learning rates, and bring both runs into sight."""
    open_example(window, "digits_mlp")
    window.workspaces.turn_to("train")
    if window.controller.pid is not None:
        for rate in (0.01, 0.001):
            editor_of(window).history.do(SetParams("trainer", {"learning_rate": rate}))
            settled(window)
            until(lambda: window.controller.state == "ready")
            train(window)
    window.commands["run.runs"].trigger()
    until(lambda: len(window.runs.model.glances) >= 2 or window.controller.pid is None)


def runs(window: MainWindow) -> None:
    """Two runs beside each other, with their curves."""
    _two_runs(window)
    window.runs.table.selectAll()
    QTest.qWait(300)


def _swept(window: MainWindow) -> None:
    """Let the queue train the digits network with several rates and sizes."""
    open_example(window, "digits_mlp")
    window.workspaces.turn_to("train")
    document = editor_of(window).history.document
    rates, units = (Place("trainer", "learning_rate"), Place("hidden", "units"))
    choices = {rates: Choices((0.0003, 0.003, 0.03)), units: Choices((4, 16, 64))}
    trials = [(trial.label, trial.make) for trial in grid(document, choices)]
    window.commands["run.runs"].trigger()
    if window.controller.pid is not None:
        until(lambda: window.controller.state == "ready")
        window.queue.add("digits_mlp", trials, "lazy", is_sweep=True)
        until(lambda: not window.queue.waiting and window.queue.current is None)
        until(lambda: {g.run.id for g in window.runs.model.glances} == {r.id for r in window.kept.store.runs()})


def parallel(window: MainWindow) -> None:
    """A sweep on parallel coordinates: the runs of one learning rate stay, the others step back."""
    _swept(window)
    plot = window.runs.parallel
    window.runs.tabs.setCurrentWidget(window.runs.parallel_page)
    window.runs.table.selectAll()
    QTest.qWait(300)
    if window.runs.model.glances:
        place = plot.line(window.runs.model.glances[0].id)[0].toPoint()
        begin, end = place + QPoint(0, 14), place - QPoint(0, 14)
        QTest.mousePress(plot, Qt.MouseButton.LeftButton, pos=begin)
        QTest.mouseMove(plot, end)
        QTest.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=end)


def queue(window: MainWindow) -> None:
    """The queue behind a sweep, and the list of its runs."""
    _swept(window)
    window.runs.tabs.setCurrentIndex(window.runs.tabs.count() - 1)


def what_happened(window: MainWindow) -> None:
    """What happened in a run, in a few sentences."""
    _two_runs(window)
    window.runs.tabs.setCurrentIndex(2)


def checkpoints(window: MainWindow) -> None:
    """The checkpoints of a run, and a weight beside what the first of them holds of it."""
    _two_runs(window)
    page = window.runs.checkpoints
    window.runs.tabs.setCurrentWidget(page)
    tensor = window.inspector.tensor
    reveal_inspector(window.commands)  # nothing is sent to one that nobody sees
    canvas_of(window).select(["hidden"])
    tensor.watching.look_at(TensorRef("weight", "hidden", "kernel"))
    if window.controller.pid is not None:
        until(lambda: tensor.shown is not None)
        page.table.setCurrentItem(page.table.topLevelItem(page.table.topLevelItemCount() - 1))
        page.compare_asked.emit(window.runs.chosen()[0].run, page.chosen)
        until(lambda: tensor.compared is not None)
    QTest.qWait(300)


SCENES: Final[dict[str, Callable[[MainWindow], None]]] = {
    "start": start_page,
    "design": design,
    "subgraph": subgraph,
    "search": search_to_add,
    "refused": refused_wire,
    "problem": problem_with_fix,
    "unconnected": unconnected,
    "minimap": minimap,
    "tensor": tensor,
    "linked": linked,
    "compared": compared,
    "debugging": debugging,
    "edited": edited,
    "passes": passes,
    "raced": raced,
    "profiled": profiled,
    "memory": memory_over_time,
    "curves": curves,
    "trained": trained,
    "layers": layers,
    "ridges": layers_ridges,
    "all_layers": all_layers,
    "confusion": confusion,
    "worst": worst,
    "scores": scores,
    "projection": projection,
    "boundary": boundary,
    "regression": regression,
    "pairs": pairs,
    "filters": filters,
    "runs": runs,
    "parallel": parallel,
    "queue": queue,
    "story": what_happened,
    "checkpoints": checkpoints,
    **VIEW_SCENES,
}
