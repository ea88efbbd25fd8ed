"""The parts of the canvas that need no window around them."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from engine.core.param import Param
from engine.core.spec import TensorSpec
from studio.canvas.backlog import Backlog
from studio.canvas.edge_scroll import _speed
from studio.canvas.face import make_face
from studio.canvas.metrics import LABEL_GAP, MAX_WIDTH, MIN_WIDTH, PAD
from studio.canvas.node_item import PaintState
from studio.canvas.overview import Overview
from studio.canvas.picture import picture_of
from studio.canvas.ports import CONTROL, UNKNOWN, input_slots, kind_of
from studio.canvas.sprites import Sprites
from studio.canvas.style import Style, symbol_path, text_width
from studio.canvas.wires import WireLayer
from studio.document.document import PICTURES, Document, Node, PortRef, Wire
from studio.document.nodetype import NodeType, Port
from studio.run.summary import summarise
from studio.ui.theme import DARK, LIGHT

# --------------------------------------------------------------------------------------------------- ports

pytest_plugins = ("look",)


@pytest.mark.parametrize(
    ("spec", "shape", "dot"),
    [
        (TensorSpec([None, 3]), "circle", False),
        (TensorSpec([None], "int32"), "square", False),
        (TensorSpec([2, 2], "bool"), "square", True),
        (TensorSpec([]), "diamond", False),
        (None, "circle", False),
    ],
)
def test_a_symbol_for_each_sort_of_tensor(spec, shape, dot):
    kind = kind_of(spec)
    assert (kind.shape, kind.dot) == (shape, dot)
    assert (kind == UNKNOWN) == (spec is None)
    assert kind_of(spec, Port("x", control=True)) == CONTROL


def test_symbols_are_about_twelve_pixels(qapp):
    for shape in ("circle", "square", "diamond", "triangle"):
        area = symbol_path(shape).boundingRect()
        assert 9 <= area.width() <= 12
        assert abs(area.center().y()) < 0.6


@pytest.mark.parametrize(
    ("wired", "names"),
    [
        ([], ["values[0]"]),
        (["values[0]"], ["values[0]", "values[1]"]),
        (["values[2]", "values[0]"], ["values[0]", "values[1]", "values[2]"]),
        (["values[1000000000]"], ["values[0]", "values[1000000000]"]),
        (["values[01]", "values[-1]", "values[x]", "values[]"], None),
    ],
)
def test_slots_of_a_variadic_input(wired, names):
    node_type = NodeType("op.concat", "op", "Concat", "", (Port("values", variadic=True),))
    found = [s.name for s in input_slots(node_type, wired)]
    assert found == (names or ["values[0]", *sorted(wired)])


# ---------------------------------------------------------------------------------------------------- faces


def test_long_texts_are_elided_within_the_node(qapp):
    params = {"a_parameter_with_quite_a_long_name": Param("text", ""), "b": Param("text", "")}
    node_type = NodeType("layer.X", "layer", "A title that is far too long for any header of a node", "", params=params)
    node = Node("x", "layer.X", {"a_parameter_with_quite_a_long_name": "v" * 80, "b": "w" * 80}, title="t" * 90)
    face = make_face(Document(), node, node_type)
    assert face.width == MAX_WIDTH
    assert text_width(face.title, "title") <= MAX_WIDTH - 2 * PAD
    for line in face.lines:
        assert text_width(line.label, "label") + text_width(line.value, "value") <= MAX_WIDTH - 2 * PAD
        assert line.value.endswith("…")


def test_short_nodes_keep_a_width(qapp, catalogue):
    face = make_face(Document(), Node("x", "op.relu"), catalogue["op.relu"])
    assert face.width == MIN_WIDTH
    assert face.inputs[0].y == face.outputs[0].y


# ------------------------------------------------------------------------------------------------- pictures


@pytest.mark.parametrize(
    "values",
    [
        np.zeros((8, 8)),
        np.arange(12.0).reshape(3, 4),
        np.full((4, 4), np.nan),
        np.array([[np.inf, 0.0], [1.0, -np.inf]]),
        np.zeros((300, 200)),
        np.zeros((28, 28, 3)),
        np.zeros((0, 5)),
        np.array([]),
        np.array([-1.0, 2.0, np.nan]),
        np.arange(64) % 7,
        np.array([True, False]),
        np.array(3),
        np.array(float("nan")),
    ],
    ids=lambda v: f"{v.dtype}{v.shape}",
)
def test_any_picture_can_be_painted(qapp, values):
    image = QImage(140, 60, QImage.Format.Format_ARGB32)
    area = QRectF(10, 8, 120, 44)
    for theme in (DARK, LIGHT):
        image.fill(0)
        painter = QPainter(image)
        for kind in PICTURES:
            picture_of(summarise(values), kind).paint(painter, area, Style(theme), "layer")
        painter.end()
        outside = [image.pixel(x, y) for x in (0, 8, 132, 139) for y in (0, 6, 54, 59)]
        assert not any(outside)


# ---------------------------------------------------------------------------------------------------- wires


@pytest.fixture
def layer(qapp):
    style = Style(DARK)
    layer = WireLayer(PaintState(style, Sprites(style)))
    for i in range(200):
        wire = Wire(PortRef("a", "y"), PortRef(f"n{i}", "x"))
        layer.put(wire, QPointF(0, 50 * i), QPointF(400, 50 * i + 20))
    return layer


def test_a_wire_is_found_by_its_curve(layer):
    for i in (0, 77, 199):
        strand = layer.at(QPointF(200, 50 * i + 10), 6)
        assert strand.wire.target == PortRef(f"n{i}", "x")
    assert layer.at(QPointF(200, 35), 6) is None
    assert len(layer.within(QRectF(100, 0, 10, 200))) == 5


def test_rows_of_the_table_are_used_again(layer):
    for i in range(100):
        layer.take(PortRef(f"n{i}", "x"))
    assert layer.at(QPointF(200, 10), 6) is None
    for i in range(100):
        layer.put(Wire(PortRef("b", "y"), PortRef(f"m{i}", "x")), QPointF(0, -50 * i - 50), QPointF(400, -50 * i - 50))
    assert len(layer._by_row) == 200
    assert layer.at(QPointF(200, -50), 6).wire.target == PortRef("m0", "x")
    layer.take(PortRef("not", "there"))


# -------------------------------------------------------------------------------------------------- backlog


def test_a_backlog_does_some_at_once_and_the_rest_in_slices(qtbot):
    done = []

    def slow(id):
        done.append(id)
        time.sleep(0.001)

    backlog = Backlog({"only": slow})
    ids = [str(i) for i in range(100)]
    with qtbot.waitSignal(backlog.emptied):
        backlog.put("only", ids)
        backlog.begin()
        assert 0 < len(done) < 100
        backlog.put("only", ids[-3:])
        assert backlog.busy
    assert done == ids
    assert not backlog.busy


def test_a_backlog_does_one_stage_after_the_other(qtbot):
    done = []
    backlog = Backlog(
        {"first": lambda id: done.append(("first", id)), "second": lambda id: done.append(("second", id))}
    )
    with qtbot.waitSignal(backlog.emptied):
        backlog.put("second", "ab")
        backlog.put("first", "ba")
        backlog.begin()
    assert done == [("first", "b"), ("first", "a"), ("second", "a"), ("second", "b")]


def test_a_backlog_can_be_finished_at_once(qtbot):
    done = []
    backlog = Backlog({"only": lambda id: (done.append(id), time.sleep(0.0005))})
    backlog.put("only", range(100))
    backlog.begin()
    assert backlog.busy
    with qtbot.waitSignal(backlog.emptied):
        backlog.finish()
    assert done == list(range(100))


def test_a_backlog_can_be_dropped(qtbot):
    done = []
    backlog = Backlog({"only": lambda id: (done.append(id), time.sleep(0.001))})
    backlog.put("only", map(str, range(100)))
    backlog.begin()
    count = len(done)
    backlog.clear()
    qtbot.wait(20)
    assert len(done) == count < 100


@pytest.mark.parametrize(("at", "sign"), [(-50, -1), (5, -1), (100, 0), (195, 1), (300, 1)])
def test_the_edge_pulls_outwards(at, sign):
    assert np.sign(_speed(at, 0, 200)) == sign


@pytest.mark.parametrize(("zoom", "room", "shown"), [(1.0, 90, True), (0.5, 200, True), (0.5, 90, False)])
def test_shapes_on_wires_can_be_read_or_are_not_there(qapp, zoom, room, shown):
    style = Style(DARK)

    layer = WireLayer(PaintState(style, Sprites(style)))
    target = PortRef("b", "x")
    layer.put(Wire(PortRef("a", "y"), target), QPointF(0, 40), QPointF(room, 40), text="·, 8, 8")
    strand = layer.strands()[target]
    image = QImage(int(220 * zoom), int(80 * zoom), QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.scale(zoom, zoom)
    layer.paint_labels(painter, [strand])
    painter.end()
    rows = [y for y in range(image.height()) if any(image.pixel(x, y) for x in range(image.width()))]
    assert bool(rows) == shown
    assert not rows or len(rows) >= 11, "pixels of the screen"


@pytest.mark.parametrize("zoom", [1.0, 0.55])
@pytest.mark.parametrize("room", [200, 2000])
def test_shapes_on_wires_keep_clear_of_the_output(qapp, zoom, room):
    style = Style(DARK)
    layer = WireLayer(PaintState(style, Sprites(style)))
    target = PortRef("b", "x")
    layer.put(Wire(PortRef("a", "y"), target), QPointF(0, 40), QPointF(room, 40), text="· int32")
    image = QImage(200, 80, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.scale(zoom, zoom)
    layer.paint_labels(painter, [layer.strands()[target]])
    painter.end()
    columns = [x for x in range(image.width()) if any(image.pixel(x, y) for y in range(image.height()))]
    assert columns[0] >= (LABEL_GAP - 1) * zoom
    assert columns[-1] <= layer.strands()[target].area().right() * zoom


def test_frames_that_were_moved_together_can_be_seen_from_afar(qapp):
    overview = Overview()
    overview.put_block("a", "layer", QRectF(0, 0, 100, 50))
    overview.put_sheet("frame", True, QRectF(-10, -10, 200, 100), "", "Title")
    overview.shift(["a", "frame"], [], QPointF(5, 5))
    image = QImage(300, 200, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    overview.paint_blocks(painter, Style(DARK))
    painter.end()
    assert overview.body("frame") == QRectF(-5, -5, 200, 100)
