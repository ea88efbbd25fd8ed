"""Arranging with the mouse and by command: snapping, frames, notes, layout, modes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hand import ALT, NONE, pixels, settled_pixels
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.canvas.frame_item import FrameItem
from studio.canvas.note_item import NoteItem, written
from studio.canvas.scene import CanvasScene
from studio.canvas.style import Style
from studio.document.document import Note
from studio.document.edits import AddNote, Compound, Move, RemoveNote
from studio.ui import motion
from studio.ui.action_table import COLOURS
from studio.ui.theme import THEMES, contrast

pytest_plugins = ("look",)


@pytest.fixture(autouse=True)
def still(look):
    """Nothing moves by itself."""
    motion.set_reduced(True)


@pytest.fixture
def frame(canvas):
    """A frame around two of the nodes."""
    note = Note("frame", "Block", (200.0, 60.0), (420.0, 200.0), "op", frame=True)
    canvas.history.do(AddNote(note))
    return canvas.canvas.items_by_id["frame"]


def positions(canvas, *ids):
    return [canvas.canvas.position(id) for id in ids]


# ------------------------------------------------------------------------------------------------- snapping


def test_a_drag_snaps_to_a_neighbour_and_shows_it(canvas, hand):
    canvas.arranging.snapping.neighbours = True
    start = hand.header("note")
    hand.press(start)
    hand.move(start + QPointF(200, -75))
    hand.move(start + QPointF(217, -75))  # three pixels short of the left edge of "flatten"
    gesture = canvas.gesture
    assert canvas.canvas.items_by_id["note"].x() == 220
    assert [line.x1() for line in gesture._drawn.guides if line.dx() == 0] == [220.0]
    canvas.grab()
    hand.release(start + QPointF(217, -75))
    assert canvas.canvas.position("note") == (220.0, -115.0)
    assert canvas.history.labels == ["Move"]


def test_a_wire_that_could_run_level_comes_first(canvas, hand):
    canvas.arranging.snapping.neighbours = True
    canvas.canvas.document.apply(Move({"trainer": (1210.0, 240.0)}))
    level = hand.port("loss", "loss", is_input=False).y() - hand.port("trainer", "loss", is_input=True).y()
    start = hand.header("trainer")
    hand.drag(start, start + QPointF(0, level + 5))
    assert hand.port("loss", "loss", is_input=False).y() == hand.port("trainer", "loss", is_input=True).y()


def test_alt_lets_a_drag_go_anywhere(canvas, hand):
    canvas.arranging.snapping.neighbours = True
    start = hand.header("flatten")
    end = start + QPointF(0, -28)
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, NONE, hand.at(start))
    for at in (start + QPointF(0, -20), end):
        hand.move(at)
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, ALT, hand.at(end))
    assert canvas.canvas.position("flatten") == (220.0, 102.0)


def test_a_drag_on_the_grid(canvas, hand):
    canvas.arranging.snapping.grid = True
    start = hand.header("flatten")
    hand.drag(start, start + QPointF(30, 5))
    x, y = canvas.canvas.position("flatten")
    assert (x % 24, y % 24) == (0, 0)


def test_a_cancelled_drag_leaves_no_lines(canvas, hand):
    canvas.arranging.snapping.neighbours = True
    start = hand.header("flatten")
    hand.press(start)
    hand.move(start + QPointF(0, -28))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.canvas.position("flatten") == (220.0, 130.0)
    assert canvas.canvas.items_by_id["flatten"].y() == 130
    hand.release(start)


# --------------------------------------------------------------------------------------------------- frames


def test_a_frame_is_dragged_by_its_title_with_what_lies_in_it(canvas, hand, frame):
    before = positions(canvas, "flatten", "hidden", "output")
    start = QPointF(300, 72)
    hand.drag(start, start + QPointF(50, 20))
    after = positions(canvas, "flatten", "hidden", "output")
    assert canvas.canvas.position("frame") == (250.0, 80.0)
    assert [(b[0] - a[0], b[1] - a[1]) for a, b in zip(before, after, strict=True)] == [(50, 20), (50, 20), (0, 0)]
    canvas.history.undo()
    assert positions(canvas, "flatten", "hidden", "output") == before


def test_inside_of_a_frame_the_band_begins_and_nodes_are_clicked(canvas, hand, frame):
    hand.drag(QPointF(210, 100), QPointF(240, 200))
    assert canvas.selected_ids() == ["flatten"]
    hand.click(hand.header("hidden"))
    assert canvas.selected_ids() == ["hidden"]
    hand.drag(QPointF(150, 40), QPointF(660, 300))
    assert "frame" in canvas.selected_ids()


@pytest.mark.parametrize(
    ("grip", "way", "expected"),
    [
        (QPointF(618, 200), QPointF(40, 0), ((200.0, 60.0), (460.0, 200.0))),
        (QPointF(201, 200), QPointF(-30, 0), ((170.0, 60.0), (450.0, 200.0))),
        (QPointF(400, 258), QPointF(0, 33), ((200.0, 60.0), (420.0, 233.0))),
        (QPointF(619, 259), QPointF(10, 20), ((200.0, 60.0), (430.0, 220.0))),
        (QPointF(619, 259), QPointF(-900, -900), ((200.0, 60.0), (64.0, 40.0))),
    ],
)
def test_a_frame_is_resized_by_its_edges_and_corners(canvas, hand, frame, grip, way, expected):
    hand.drag(grip, grip + way)
    note = canvas.canvas.document.notes["frame"]
    assert (note.position, note.size) == expected
    assert canvas.canvas.items_by_id["frame"].size == expected[1]
    assert canvas.history.labels[-1] == "Edit note"
    canvas.history.undo()
    assert canvas.canvas.items_by_id["frame"].size == (420.0, 200.0)


def test_escape_gives_a_frame_its_size_back(canvas, hand, frame):
    hand.press(QPointF(619, 259))
    hand.move(QPointF(700, 300))
    assert frame.size != (420.0, 200.0)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert frame.size == (420.0, 200.0)
    hand.release(QPointF(700, 300))


def test_the_cursor_tells_an_edge(canvas, hand, frame):
    hand.move(QPointF(400, 150))
    hand.move(QPointF(619, 200))
    assert canvas.viewport().cursor().shape() is Qt.CursorShape.SizeHorCursor
    hand.move(QPointF(619, 259))
    assert canvas.viewport().cursor().shape() is Qt.CursorShape.SizeFDiagCursor


def test_a_selection_is_put_into_a_frame_and_titled(canvas):
    canvas.select(["flatten", "hidden"])
    canvas.arranging.frame_selection()
    editor = QApplication.focusWidget()
    QTest.keyClicks(editor, "Encoder")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    (id,) = canvas.selected_ids()
    note = canvas.canvas.document.notes[id]
    assert (note.text, note.frame) == ("Encoder", True)
    assert set(canvas.canvas.contents(id)) == {"flatten", "hidden"}
    canvas.arranging.colour("loss")
    assert canvas.canvas.document.notes[id].colour == "loss"
    assert canvas.history.labels == ["Add frame", "Edit note", "Change colour"]


def test_the_title_of_a_frame_is_edited_in_place(canvas, hand, frame):
    QTest.mouseDClick(canvas.viewport(), Qt.MouseButton.LeftButton, NONE, hand.at(QPointF(300, 72)))
    editor = QApplication.focusWidget()
    assert editor.text() == "Block"
    QTest.keyClicks(editor, "Stem")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert canvas.canvas.document.notes["frame"].text == "Stem"


def test_a_frame_that_becomes_a_note_gets_another_item(canvas, frame):
    canvas.history.do(Compound("Other", (RemoveNote("frame"), AddNote(Note("frame", "x")))))
    assert isinstance(canvas.canvas.items_by_id["frame"], NoteItem)
    assert frame.scene() is None
    canvas.history.undo()
    assert isinstance(canvas.canvas.items_by_id["frame"], FrameItem)


# ---------------------------------------------------------------------------------------------------- notes


def test_notes_are_markdown_without_anything_from_outside(qapp):
    document = written("# Title\n\nSome **bold** and `code`.\n\n![x](file:///etc/passwd)\n\n<b>no</b>", "#2563c9")
    assert document.begin().blockFormat().headingLevel() == 1
    assert "Some bold and code." in document.toPlainText()
    assert "<b>no</b>" in document.toPlainText()
    assert document.loadResource(2, "file:///etc/passwd") is None


# --------------------------------------------------------------------------------------------------- layout


def test_a_layout_is_one_step_and_undone_in_one(canvas, qtbot):
    before = {id: canvas.canvas.position(id) for id in canvas.canvas.document.nodes}
    canvas.arranging.lay_out()
    qtbot.waitUntil(lambda: canvas.history.labels == ["Lay out"])
    rights = {id: item.body().right() for id, item in canvas.canvas.items_by_id.items()}
    for wire in canvas.canvas.document.wires.values():
        assert rights[wire.source.node] < canvas.canvas.position(wire.target.node)[0]
    canvas.history.undo()
    assert {id: canvas.canvas.position(id) for id in canvas.canvas.document.nodes} == before


def test_a_layout_glides(canvas, qtbot):
    motion.set_reduced(False)
    canvas.canvas.document.apply(Move({"trainer": (0.0, 900.0)}))
    canvas.arranging.lay_out()
    qtbot.waitUntil(lambda: canvas.arranging.glide.busy)
    assert canvas.history.labels == []
    qtbot.waitUntil(lambda: canvas.canvas.items_by_id["trainer"].x() > 10)
    qtbot.waitUntil(lambda: not canvas.arranging.glide.busy)
    assert canvas.history.labels == ["Lay out"]
    item = canvas.canvas.items_by_id["trainer"]
    assert (item.x(), item.y()) == canvas.canvas.position("trainer")


def test_a_press_lets_what_glides_arrive(canvas, hand, qtbot):
    motion.set_reduced(False)
    canvas.canvas.document.apply(Move({"trainer": (0.0, 900.0)}))
    canvas.arranging.lay_out()
    qtbot.waitUntil(lambda: canvas.arranging.glide.busy)
    hand.click(QPointF(560, -60))
    assert not canvas.arranging.glide.busy
    assert canvas.history.labels == ["Lay out"]


def test_a_key_lets_what_glides_arrive_before_it_does_anything(canvas, qtbot):
    motion.set_reduced(False)
    canvas.canvas.document.apply(Move({"trainer": (0.0, 900.0)}))
    canvas.select(["trainer"])
    canvas.arranging.lay_out()
    qtbot.waitUntil(lambda: canvas.arranging.glide.busy)
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.history.labels == ["Lay out", "Move"]
    x, y = canvas.canvas.position("trainer")
    qtbot.wait(250)
    assert canvas.canvas.position("trainer") == (x, y)
    assert canvas.history.labels == ["Lay out", "Move"]


def test_only_the_selected_nodes_are_laid_out(canvas, qtbot):
    canvas.canvas.document.apply(Move({"output": (440.0, 300.0)}))
    canvas.select(["hidden", "output"])
    rest = {id: canvas.canvas.position(id) for id in canvas.canvas.document.nodes if id not in ("hidden", "output")}
    canvas.arranging.lay_out()
    qtbot.waitUntil(lambda: canvas.history.labels == ["Lay out"])
    assert {id: canvas.canvas.position(id) for id in rest} == rest
    assert canvas.canvas.position("output")[0] > canvas.canvas.items_by_id["hidden"].body().right()


def test_frames_go_along_with_a_layout(canvas, qtbot, frame):
    held = set(canvas.canvas.contents("frame"))
    canvas.arranging.lay_out()
    qtbot.waitUntil(lambda: canvas.history.labels[-1] == "Lay out")
    assert set(canvas.canvas.contents("frame")) == held == {"flatten", "hidden"}


@pytest.mark.parametrize("command", ["straighten", "to_grid"])
def test_commands_without_a_selection_are_for_all(canvas, command, qtbot):
    getattr(canvas.arranging, command)()
    qtbot.waitUntil(lambda: not canvas.arranging.run.busy)
    assert canvas.history.labels == [{"straighten": "Straighten the wires", "to_grid": "Move to the grid"}[command]]


def test_alignment_and_distribution(canvas):
    canvas.select(["flatten", "hidden", "output"])
    canvas.arranging.align("top")
    assert {y for _, y in positions(canvas, "flatten", "hidden", "output")} == {100.0}
    canvas.arranging.distribute(vertical=False)
    bodies = [canvas.canvas.items_by_id[id].body() for id in ("flatten", "hidden", "output")]
    gaps = [b.left() - a.right() for a, b in pairwise(bodies)]
    assert abs(gaps[0] - gaps[1]) <= 1
    assert canvas.history.labels == ["Align", "Distribute"]
    canvas.select([])
    canvas.arranging.align("left")
    assert canvas.history.labels == ["Align", "Distribute"]


def test_wires_are_led_around_nodes_in_one_step(canvas, qtbot):
    canvas.canvas.document.apply(Move({"loss": (930.0, 110.0), "digits": (0.0, 100.0)}))
    canvas.arranging.tidy()
    qtbot.waitUntil(lambda: not canvas.arranging.run.busy)
    added = [id for id in canvas.canvas.document.nodes if id.startswith("reroute")]
    assert len(added) == 2
    assert canvas.history.labels == ["Lead wires around nodes"]
    canvas.history.undo()
    assert not any(id.startswith("reroute") for id in canvas.canvas.document.nodes)


# ---------------------------------------------------------------------------------------------------- modes


def test_collapsed_nodes_keep_their_ports_in_the_header(canvas, hand):
    canvas.select(["loss", "hidden"])
    canvas.arranging.collapse()
    face = canvas.canvas.node("loss").face
    assert face.lines == ()
    assert face.height < 60
    assert len({slot.y for slot in face.inputs}) == 3
    assert all(0 < slot.y < face.height for slot in (*face.inputs, *face.outputs))
    strand = canvas.canvas.wires.strands()[next(w.target for w in canvas.canvas.document.wires_of("trainer"))]
    assert strand.start == hand.port("loss", "loss", is_input=False)
    canvas.arranging.collapse()
    assert canvas.canvas.node("loss").face.height > face.height
    assert canvas.history.labels == ["Collapse", "Collapse"]


def test_bypassed_and_muted_nodes_say_so(canvas, qtbot):
    canvas.select(["hidden"])
    canvas.arranging.toggle("bypass")
    assert canvas.canvas.node("hidden").face.subtitle == "bypassed"
    canvas.arranging.toggle("mute")
    assert canvas.canvas.node("hidden").face.subtitle == "muted"
    canvas.arranging.toggle("mute")
    assert canvas.canvas.document.nodes["hidden"].mode == ""
    canvas.select(["loss", "hidden"])
    with qtbot.waitSignal(canvas.refused) as caught:
        canvas.arranging.toggle("bypass")
    assert "Cross-entropy cannot be bypassed" in str(caught.args[0])
    assert [canvas.canvas.document.nodes[id].mode for id in ("loss", "hidden")] == ["", "bypass"]


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("zoom", [0.1, 0.45, 1.0])
def test_everything_paints_in_every_theme(canvas, frame, name, zoom):
    canvas.set_theme(THEMES[name])
    canvas.history.do(AddNote(Note("list", "- a\n- **b**\n\n`c`", (700.0, 300.0), colour="nobody knows")))
    canvas.select(["hidden", "frame"])
    canvas.arranging.toggle("bypass")
    canvas.select(["loss"])
    canvas.arranging.toggle("mute")
    canvas.arranging.collapse()
    canvas.zoom_to(zoom)
    image = canvas.grab().toImage()
    assert len({image.pixelColor(x, y).name() for x in range(0, 1500, 7) for y in range(0, 800, 7)}) > 8


@pytest.mark.parametrize("way", [(40, 30), (40, 0), (0, -30)])
@pytest.mark.parametrize("with_map", [True, False])
def test_a_drag_that_snaps_leaves_no_trail(canvas, hand, qtbot, way, with_map):
    canvas.minimap.set_wanted(with_map)
    qtbot.wait(30)
    canvas.arranging.snapping.neighbours = True
    canvas.pan(*way)
    qtbot.wait(30)
    start = hand.header("output")
    hand.press(start)
    for step in (QPointF(10, 40), QPointF(12, 52), QPointF(12, 62), QPointF(-30, 62), QPointF(-60, 130)):
        hand.move(start + step)
        qtbot.wait(20)
    shown = settled_pixels(canvas)
    canvas.viewport().repaint()
    assert np.abs(shown - pixels(canvas)).max() < 8
    hand.release(start + QPointF(-60, 130))


@pytest.mark.parametrize("name", THEMES)
def test_titles_of_frames_and_texts_of_notes_can_be_read(name):
    style = Style(THEMES[name])
    for colour in COLOURS:
        ground, note = style.frame_ground[colour].color().name(), style.sheet_ground[colour].color().name()
        assert contrast(style.frame_title[colour].name(), ground) >= 4.5
        assert contrast(style.frame_title[colour].name(), style.canvas.name()) >= 4.5
        assert contrast(style.theme.text, note) >= 4.5
        assert contrast(style.theme.accent, note) >= 4.5  # links


def test_wires_are_led_around_the_titles_of_frames(canvas, qtbot):
    canvas.canvas.document.apply(AddNote(Note("f", "Title", (400.0, -120.0), (520.0, 400.0), frame=True)))
    canvas.canvas.document.apply(Move({"loss": (1000.0, -170.0), "digits": (0.0, -170.0)}))
    canvas.arranging.tidy()
    qtbot.waitUntil(lambda: not canvas.arranging.run.busy)
    title = canvas.canvas.items_by_id["f"].title_area()
    strands = [
        s for s in canvas.canvas.wires.strands().values() if "reroute" in s.wire.source.node + s.wire.target.node
    ]
    assert strands
    middle = next(s for s in strands if "reroute" in s.wire.source.node and "reroute" in s.wire.target.node)
    assert not any(title.contains(middle.path.pointAtPercent(i / 20)) for i in range(21))


def test_wires_that_move_with_both_ends_are_as_if_made_anew(canvas, hand, analysis):
    canvas.set_analysis(analysis)
    canvas.select(["flatten", "hidden", "output", "note"])
    start = hand.header("hidden")
    hand.press(start)
    for step in (QPointF(12, 9), QPointF(30, -20), QPointF(41, -33)):
        hand.move(start + step)
    moved = CanvasScene(canvas.canvas.document, canvas.canvas.catalogue, canvas.canvas.shared.style)
    moved.set_analysis(analysis)
    moved.show_at({id: (i.x(), i.y()) for id, i in canvas.canvas.items_by_id.items()})
    for target, strand in moved.wires.strands().items():
        other = canvas.canvas.wires.strands()[target]
        assert (other.start, other.end, other.path, other.label) == (
            strand.start,
            strand.end,
            strand.path,
            strand.label,
        )
        assert list(canvas.canvas.wires._bounds[other.row]) == list(moved.wires._bounds[strand.row])
        line = canvas.canvas.overview._lines[other.kind][target]
        assert line == moved.overview._lines[strand.kind][target]
    for id in canvas.canvas.items_by_id:
        assert canvas.canvas.overview.body(id) == moved.overview.body(id)
    assert canvas.canvas.overview.bounds() == moved.overview.bounds()
    hand.release(start + QPointF(41, -33))
    moved.close()


def test_a_frame_is_duplicated_with_what_lies_in_it(canvas, frame):
    canvas.select(["frame"])
    canvas.duplicate()
    document = canvas.canvas.document
    assert {"flatten_2", "hidden_2", "frame_2"} <= {*document.nodes, *document.notes}
    assert set(canvas.canvas.contents("frame_2")) >= {"flatten_2", "hidden_2"}
    assert canvas.history.labels[-1] == "Duplicate"
    canvas.history.undo()
    canvas.select(["frame"])
    canvas.cut()
    assert not {"flatten", "hidden", "frame"} & {*document.nodes, *document.notes}
    assert "output" in document.nodes
