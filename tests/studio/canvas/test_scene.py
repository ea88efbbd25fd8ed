import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF
from strategies import fitting_edits

from studio.canvas.node_item import NodeItem
from studio.canvas.scene import CanvasScene
from studio.canvas.style import Style
from studio.document.analysis import Analysis
from studio.document.document import Document, Node, PortRef, Wire
from studio.document.edits import (
    AddNode,
    AddWire,
    Compound,
    Move,
    RemoveNode,
    RemoveNote,
    RemoveWire,
    SetParams,
    remove,
)
from studio.document.history import History
from studio.run.summary import summarise
from studio.ui.theme import DARK


def portrait(scene: CanvasScene) -> dict:
    """Return all that a scene shows, for comparison."""
    nodes = [i for id in scene.document.nodes if (i := scene.node(id)) is not None]
    notes = [scene.items_by_id[id] for id in scene.document.notes]
    return {
        "ids": sorted(scene.items_by_id),
        "nodes": {i.id: (i.face, i.pos(), [i.kind(s) for s in i.slots()]) for i in nodes},
        "notes": {i.id: (i.text, i.size, i.pos()) for i in notes},
        "strands": {t: (s.wire, s.start, s.end, s.kind, s.text) for t, s in scene.wires.strands().items()},
        "blocks": {i.id: scene.overview.body(i.id) for i in (*nodes, *notes)},
        "count": len(scene.items()),
    }


@given(data=st.data())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_walk_the_scene_is_as_one_made_anew(data, qapp, catalogue):
    document = Document()
    history = History(document)
    scene = CanvasScene(document, catalogue, Style(DARK))
    for _ in range(data.draw(st.integers(0, 20))):
        action = data.draw(st.sampled_from(["do", "do", "do", "undo", "redo"]))
        if action == "do":
            history.do(data.draw(fitting_edits(document)))
        else:
            getattr(history, action)()
    assert portrait(scene) == portrait(CanvasScene(document, catalogue, Style(DARK)))
    scene.close()


@pytest.fixture
def scene(qapp, document, catalogue):
    scene = CanvasScene(document, catalogue, Style(DARK))
    yield scene
    scene.close()


def test_a_step_is_announced_once_and_late(scene, qtbot):
    seen = []
    scene.synced.connect(lambda: seen.append(portrait(scene)["ids"]))
    scene.document.apply(remove(scene.document, ["hidden", "output"]))
    assert seen == [["digits", "flatten", "loss", "note", "trainer"]]
    assert set(scene.wires.strands()) == {
        PortRef("flatten", "x"),
        PortRef("loss", "labels"),
        PortRef("trainer", "loss"),
    }


def test_what_comes_and_goes_in_one_step_leaves_nothing(scene):
    before = portrait(scene)
    new = AddNode(Node("new", "op.relu"))
    wire = Wire(PortRef("digits", "images"), PortRef("new", "x"))
    steps = (new, AddWire(wire), Move({"new": (9.0, 9.0)}), RemoveWire(wire), RemoveNode("new"))
    scene.document.apply(Compound("Nothing", steps))
    assert portrait(scene) == before


def test_a_note_may_become_a_node_of_the_same_name(scene):
    before = portrait(scene)
    undo = scene.document.apply(Compound("Swap", (RemoveNote("note"), AddNode(Node("note", "op.relu")))))
    assert scene.node("note") is not None
    assert len(scene.items()) == before["count"]
    scene.document.apply(undo)
    assert portrait(scene) == before


def test_the_selection_forgets_what_is_gone(scene):
    scene.select(["hidden", "loss"])
    heard = []
    scene.chosen.connect(lambda: heard.append(scene.selected_ids()))
    scene.document.apply(remove(scene.document, ["hidden"]))
    assert heard == [["loss"]]


def test_an_unknown_type_keeps_its_wires_and_parameters(scene):
    document = scene.document
    document.apply(AddNode(Node("odd", "layer.NotThere", {"depth": 3})))
    document.apply(AddWire(Wire(PortRef("digits", "images"), PortRef("odd", "in"))))
    document.apply(AddWire(Wire(PortRef("odd", "out"), PortRef("loss", "weights"))))
    face = scene.node("odd").face
    assert ([s.name for s in face.inputs], [s.name for s in face.outputs]) == (["in"], ["out"])
    assert [(line.label, line.value) for line in face.lines] == [("depth", "3")]
    assert face.category == ""


def test_a_wire_to_a_port_that_the_type_lost_still_shows(scene):
    scene.document.apply(AddWire(Wire(PortRef("hidden", "gone"), PortRef("loss", "weights"))))
    assert [s.name for s in scene.node("hidden").face.outputs] == ["y", "gone"]


def test_nodes_far_out_stay_reachable(scene):
    scene.document.apply(AddNode(Node("far", "op.relu", position=(1e12, -1e12))))
    assert scene.node("far").x() == 1e6
    assert scene.item_at(scene.node("far").body().center()).id == "far"


def test_the_index_covers_what_is_moved_out(scene):
    scene.document.apply(Move({"hidden": (50_000.0, 50_000.0)}))
    assert scene.sceneRect().contains(scene.node("hidden").body())
    assert scene.item_at(scene.node("hidden").body().center()).id == "hidden"


def test_specs_give_symbols_shapes_and_words(scene, analysis):
    scene.set_analysis(analysis)
    strands = scene.wires.strands()
    assert strands[PortRef("output", "x")].text == "·,128"
    assert strands[PortRef("loss", "labels")].text == "· int32"
    assert strands[PortRef("loss", "labels")].kind.shape == "square"
    assert strands[PortRef("trainer", "loss")].kind.shape == "diamond"
    assert scene.node("trainer").marks.severity == "error"
    assert "It takes 1 or more" in scene.status.words("trainer")[0]
    assert scene.describe_output(PortRef("hidden", "y")) == "hidden · y\nfloat32 (?, 128)"
    info = summarise(np.array([0.0, 0.0, 1.0, 4.0], np.float32))
    scene.status.set_preview({PortRef("hidden", "y"): info}, {})
    lines = scene.describe_output(PortRef("hidden", "y")).splitlines()
    assert lines[2] == "min 0 · mean 1.25 · max 4"
    assert (len(lines[3]), lines[3][0], lines[3][-1]) == (16, "█", "▄")
    scene.set_analysis(Analysis())
    assert strands[PortRef("output", "x")].text == ""
    assert scene.node("trainer").marks.severity == ""


def test_one_wire_of_a_fan_bears_the_shape(scene, analysis):
    scene.set_analysis(analysis)
    scene.document.apply(AddNode(Node("relu", "op.relu")))
    scene.document.apply(AddWire(Wire(PortRef("hidden", "y"), PortRef("relu", "x"))))
    texts = [s.text for s in scene.wires.strands().values() if s.wire.source == PortRef("hidden", "y")]
    assert texts == ["·,128", ""]
    scene.document.apply(RemoveWire(Wire(PortRef("hidden", "y"), PortRef("output", "x"))))
    assert scene.wires.strands()[PortRef("relu", "x")].text == "·,128"


def test_pictures_make_room_once_and_turn_pale_when_stale(scene, preview):
    low = scene.node("hidden").face.height
    scene.set_preview(preview, {})
    high = scene.node("hidden").face.height
    assert high > low
    scene.set_preview({k: v for k, v in preview.items() if k.node != "hidden"}, {})
    assert scene.node("hidden").stale
    assert scene.node("hidden").face.height == high
    scene.set_preview({}, {})
    assert scene.node("hidden").face.height == low


def test_a_failed_run_marks_the_node(scene, preview, analysis):
    error = analysis.problems[0].error
    scene.set_preview(preview, {"hidden": error})
    assert scene.node("hidden").marks.severity == "error"
    assert scene.status.words("hidden") == [str(error)]


def test_parameters_show_what_was_set_first(scene):
    def lines():
        return [(line.label, line.value) for line in scene.node("hidden").face.lines]

    assert lines() == [("units", "128"), ("activation", "relu")]
    scene.document.apply(SetParams("hidden", {"use_bias": False, "kernel_initializer": "zeros"}))
    assert [label for label, _ in lines()] == ["units", "activation", "use bias", "kernel initializer"]
    scene.document.apply(SetParams("hidden", {"units": {"not": "a number"}}))
    assert lines()[0][0] == "units"


# ------------------------------------------------------------------------------------- many at once


def test_an_edit_of_many_leaves_the_event_loop_free_and_ends_as_the_document_is(scene, qtbot):
    document = scene.document
    many = [Node(f"n{i}", "op.relu", position=(i % 20 * 200.0, i // 20 * 100.0)) for i in range(400)]
    wires = [Wire(PortRef(f"n{i}", "y"), PortRef(f"n{i + 1}", "x")) for i in range(399)]
    undo = document.apply(Compound("Many", (*map(AddNode, many), *map(AddWire, wires))))
    assert scene.busy
    assert len(scene.items_by_id) < 400
    qtbot.waitUntil(lambda: not scene.busy)
    assert len(scene.items_by_id) == len(document.nodes) + len(document.notes)
    assert scene.wires.strands().keys() == document.wires.keys()
    assert scene.overview.bounds().right() > 19 * 200
    document.apply(undo)
    assert scene.busy
    assert "n7" not in scene.items_by_id  # what is gone is not found, even while its item is still there
    assert scene.item_at(QPointF(7 * 200 + 20, 20)) is None
    qtbot.waitUntil(lambda: not scene.busy)
    assert scene.wires.strands().keys() == document.wires.keys()
    assert len([i for i in scene.items() if isinstance(i, NodeItem)]) == len(document.nodes)


def test_what_is_selected_before_its_item_is_made_is_selected_then(scene, qtbot):
    ids = [f"n{i}" for i in range(400)]
    scene.document.apply(Compound("Many", tuple(AddNode(Node(id, "op.relu")) for id in ids)))
    scene.select(ids)
    assert scene.selected_ids() == ids
    scene.settle()
    assert not scene.busy
    assert all(scene.marks(id).selected for id in ids)


def test_an_item_that_is_asked_for_is_made_before_its_turn(scene):
    ids = [f"n{i}" for i in range(400)]
    scene.document.apply(Compound("Many", tuple(AddNode(Node(id, "op.relu")) for id in ids)))
    assert "n399" not in scene.items_by_id
    scene.ensure("n399")
    assert "n399" in scene.items_by_id
    assert scene.busy
    scene.settle()
    assert len([i for i in scene.items() if isinstance(i, NodeItem)]) == len(scene.document.nodes)
