"""The tensor inspector, over tensors of every sort."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.core.dtype import Array
from engine.core.errors import FailedPreconditionError, InvalidArgumentError, UnavailableError
from studio.document.document import PortRef
from studio.inspector.formats import written
from studio.inspector.slices import Cut
from studio.inspector.structure import ragged, sparse
from studio.inspector.tensor import TensorInspector
from studio.inspector.views import PINNED, VIEWS
from studio.inspector.views.attention import AttentionView
from studio.inspector.views.bits import BitsView
from studio.inspector.views.heat import MOST_CELLS, HeatView
from studio.inspector.views.image import ImageView
from studio.inspector.views.kernels import KernelsView
from studio.inspector.views.line import LineView
from studio.inspector.views.scatter import ScatterView
from studio.inspector.views.statistics import StatisticsView
from studio.inspector.views.table import TableView
from studio.inspector.views.view import View
from studio.inspector.watching import MOST_PINS, Pin, Watching
from studio.run.images import as_bytes, as_images
from studio.run.messages import Missing, TensorInfo, Watched
from studio.run.projection import project
from studio.run.summary import summarise
from studio.run.tensor_ref import TensorRef
from studio.ui import fonts
from studio.ui.appearance import Appearance
from studio.ui.colours import limit_of, places
from studio.ui.i18n import number, written_size
from studio.ui.widgets.veil import Veil

pytest_plugins = ("look",)
pytestmark = pytest.mark.usefixtures("look")

RNG = np.random.default_rng(0)
ODD = np.array([[np.nan, np.inf, -1.0], [0.0, 2.0, -np.inf]], np.float32)
TENSORS = {
    "scalar": np.array(3.25, np.float32),
    "vector": RNG.normal(size=20),
    "matrix": RNG.normal(size=(32, 128)).astype(np.float32),
    "odd": ODD,
    "all NaN": np.full((3, 3), np.nan, np.float32),
    "images": RNG.random((8, 8, 8)).astype(np.float32),
    "batch": RNG.random((4, 8, 8, 3)).astype(np.float32),
    "maps": RNG.random((2, 8, 8, 16)).astype(np.float32),
    "empty": np.zeros((0, 3), np.float32),
    "empty vector": np.zeros(0, np.float32),
    "bool": RNG.random((5, 4)) > 0.5,
    "int": np.arange(12, dtype=np.int64).reshape(3, 4),
    "uint8": np.arange(64, dtype=np.uint8).reshape(8, 8),
    "half": RNG.normal(size=(4, 4)).astype(np.float16),
    "complex": (RNG.normal(size=(3, 3)) + 1j).astype(np.complex64),
    "rank 5": RNG.normal(size=(2, 2, 2, 2, 2)),
    "constant": np.full((4, 4), 7.0),
    "scores": RNG.dirichlet(np.ones(8), (2, 4, 8)).astype(np.float32),
    "kernels": RNG.normal(size=(3, 3, 3, 70)).astype(np.float32),
    "rank 8": RNG.normal(size=(2, 1, 2, 1, 2, 1, 2, 3)),
    "strings": np.array([["one", "dos"], ["tres", ""]]),
    "objects": np.array([b"a", b"\xff", "ñ"], object),
    "sparse": sparse([1.0, -2.0], [[0, 1], [2, 0]], (3, 2)),
    "ragged": ragged(np.arange(6.0), [0, 2, 2, 6]),
    "empty ragged": ragged(np.zeros(0), [0]),
    "large": np.array([[1.7e308, -1.7e308] * 4] * 8),
    "odd kernels": np.full((3, 3, 3, 2), [np.inf, np.nan], np.float32),
    "nothing": np.zeros((2, 0, 3, 4)),
    "huge": np.broadcast_to(np.float32(1), (100_000, 10_000)),
}


def watched(values: Array, name: str = "output") -> Watched:
    huge = values.size > 1_000_000
    info = TensorInfo(values.shape, values.dtype.name, values.nbytes) if huge else summarise(values)
    return Watched(1, TensorRef("value", "hidden", name), info, values)


def show(panel: TensorInspector, event: Watched | Missing) -> None:
    """Let a tensor be in front, and its values come."""
    if panel.watching.front != event.ref:
        panel.watching.look_at(event.ref)
    panel.watching.take(event)


@pytest.fixture
def panel(qtbot: QtBot) -> TensorInspector:
    widget = TensorInspector({"hidden": "hidden"}.get)
    qtbot.addWidget(widget)
    widget.resize(320, 560)
    widget.show()
    return widget


@pytest.mark.parametrize("name", TENSORS)
def test_every_view_shows_every_tensor_it_accepts(panel: TensorInspector, look: Appearance, name: str) -> None:
    show(panel, watched(TENSORS[name]))
    assert panel.tabs.count() >= 1
    for theme in ("dark", "light"):
        look.set_theme(theme, remember=False)
        for place in range(panel.tabs.count()):
            panel.tabs.setCurrentIndex(place)
            assert not panel.grab().isNull()
            if panel.view is not None:
                panel.view.leave()  # what takes long is tested elsewhere


def test_the_header_says_what_it_is(panel: TensorInspector, look: Appearance) -> None:
    show(panel, watched(TENSORS["matrix"]))
    assert panel.head.heading.text() == "Tensor — output of hidden"
    assert (panel.head.spec.text(), panel.head.nbytes.text()) == ("float32 (32, 128)", "16 KiB")
    show(panel, watched(TENSORS["vector"]))
    assert panel.head.spec.text() == "float64 (20,)"
    look.set_language("es")
    assert panel.head.heading.text() == "Tensor — output de hidden" or "de hidden" in panel.head.heading.text()
    panel.watching.forget()
    assert panel.head.heading.text() == "Tensor"
    assert panel.shown is None


def test_the_index_picks_a_plane(qtbot: QtBot, panel: TensorInspector) -> None:
    values = TENSORS["maps"]
    show(panel, watched(values))
    assert panel.index.text() == "0, :, :, 0"
    panel.index.clear()
    qtbot.keyClicks(panel.index, "1, :, :, 3")
    table = panel._views[TableView]
    np.testing.assert_array_equal(table.grid.values, values[1, :, :, 3])
    panel.index.clear()
    qtbot.keyClicks(panel.index, "9")
    assert panel.wrong.text() == "Axis 0 has no place 9. Its size is 2."
    panel.index.clear()
    qtbot.keyClicks(panel.index, "0")
    assert "3 axes" in panel.wrong.text()


def test_the_index_may_be_any_of_numpy(qtbot: QtBot, panel: TensorInspector, look: Appearance) -> None:
    values = TENSORS["images"]
    show(panel, watched(values))
    table = panel._views[TableView]
    for text, expected in (
        ("0, [0, 1, 2], [0, 1, 2]", values[0, [0, 1, 2], [0, 1, 2]].reshape(-1, 1)),
        ("None, 1, 2", values[None, 1, 2]),
        ("[0, 1], :, [2, 3]", values[[0, 1], :, [2, 3]]),
        ("0, [0, 1, 2, 3, 4, 5, 6, 7], :", values[0]),
    ):
        panel.index.setText(text)
        panel.index.textEdited.emit(text)
        np.testing.assert_array_equal(table.grid.values, expected)
        assert not panel.grab().isNull()
        assert not panel.wrong.isVisible()
    assert panel.axes.words(1) == "↓ 1: 8"
    panel.index.setText("0, 0, None")
    panel._slice()
    panel.axes._change(panel.axes.cut.moved(1, 3))
    assert panel.index.text() == "0, 3, None, :"
    panel.axes._change(panel.axes.cut.swapped(0, 2))
    assert panel.index.text() == ":, 3, 0"


def test_a_vector_has_an_index_too(panel: TensorInspector) -> None:
    show(panel, watched(TENSORS["vector"]))
    assert panel._slicing.isVisible()
    panel.index.setText("[3, -1]")
    panel._slice()
    table = panel._views[TableView]
    np.testing.assert_array_equal(table.grid.values[:, 0], TENSORS["vector"][[3, -1]])
    show(panel, watched(TENSORS["scalar"], "other"))
    assert not panel._slicing.isVisible()


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_a_tensor_without_elements_has_no_index(panel: TensorInspector, name: str) -> None:
    show(panel, watched(TENSORS[name]))
    show(panel, watched(np.zeros((0, 4, 5)), "other"))
    assert not panel._slicing.isVisible()
    assert not panel.wrong.isVisible()


def test_the_index_stays_while_the_same_port_is_watched(panel: TensorInspector) -> None:
    show(panel, watched(TENSORS["images"]))
    panel.index.setText("5, :, :")
    show(panel, watched(TENSORS["images"] + 1))
    assert panel.index.text() == "5, :, :"
    show(panel, watched(TENSORS["images"], "other"))
    assert panel.index.text() == "0, :, :"


def test_the_chosen_view_comes_back_with_the_next_tensor_that_has_it(panel: TensorInspector) -> None:
    show(panel, watched(TENSORS["images"]))
    assert panel.turn_to(ImageView)
    show(panel, watched(TENSORS["vector"]))
    assert isinstance(panel.view, TableView)
    show(panel, watched(TENSORS["images"]))
    assert isinstance(panel.view, ImageView)


def test_views_are_told_apart() -> None:
    titles = [view.title for view in (*VIEWS, *PINNED)]
    assert len(set(titles)) == len(titles)


def test_what_takes_all_of_a_huge_tensor_is_done_beside_the_window(panel: TensorInspector) -> None:
    huge = watched(TENSORS["huge"])
    show(panel, huge)
    for kind in VIEWS:
        if not kind.accepts(huge.info):
            continue
        panel.turn_to(kind)
        panel.watching.take(replace(huge))
        assert panel.view.background is None or panel.view.background.is_working, kind.title
        panel.view.leave()


def test_what_takes_long_is_said_to_be_computed_and_can_be_cancelled(qtbot: QtBot, panel: TensorInspector) -> None:
    show(panel, watched(TENSORS["huge"]))
    panel.turn_to(StatisticsView)
    qtbot.waitUntil(panel.busy.isVisible, timeout=30_000)
    view = panel.view
    assert isinstance(view, StatisticsView)
    qtbot.mouseClick(panel.busy.button, Qt.MouseButton.LeftButton)
    assert not panel.busy.isVisible()
    assert not view.background.is_working
    assert not view.widget.isVisible(), "it shows the figures of whatever was there before"
    qtbot.mouseClick(panel.tabs, Qt.MouseButton.LeftButton, pos=panel.tabs.tabRect(panel.tabs.currentIndex()).center())
    qtbot.waitUntil(lambda: view.background.is_working, timeout=30_000)
    qtbot.waitUntil(panel.busy.isVisible, timeout=30_000)
    assert not view.widget.isVisible()
    values = RNG.normal(size=200_000)
    show(panel, watched(values, "other"))
    qtbot.waitUntil(lambda: view.figures is not None and view.figures.size == 200_000, timeout=30_000)
    assert view.values["mean"].text() == number(float(values.mean()))
    assert view.widget.isVisible()


def test_the_heat_map_reads_single_values(qtbot: QtBot) -> None:
    view = HeatView()
    qtbot.addWidget(view.widget)
    view.widget.resize(300, 200)
    values = np.arange(6.0).reshape(2, 3)
    view.cut = Cut.first(values.shape)
    view.show(TensorInfo((2, 3), "float64", 48), values)
    assert view.widget.value_at(QPointF(1, 1)) == "[0, 0]  0"
    assert view.widget.value_at(QPointF(71, 47)) == "[1, 2]  5"
    assert view.widget.value_at(QPointF(290, 190)) == ""


def test_a_cell_of_the_heat_map_is_one_of_the_tensor(qtbot: QtBot, panel: TensorInspector) -> None:
    asked: list[tuple[int, ...]] = []
    panel.watching.trace_asked.connect(lambda _ref, place: asked.append(place))
    panel.toggle_link()
    for name, place in (("vector", (3,)), ("matrix", (2, 3)), ("images", (0, 2, 3))):
        show(panel, watched(TENSORS[name]))
        panel.turn_to(HeatView)
        panel.view.widget.chosen(0 if name == "vector" else 2, 3)
        assert asked[-1] == place


def test_the_heat_map_takes_no_more_cells_than_can_be_seen(qtbot: QtBot) -> None:
    view = HeatView()
    qtbot.addWidget(view.widget)
    view.show(TensorInfo((100_000, 10), "float32", 4_000_000), np.zeros((100_000, 10), np.float32))
    rows, columns = view.widget.size_in_cells
    assert rows <= MOST_CELLS
    assert columns == 10


def test_colours_of_values() -> None:
    assert places(ODD, 2.0).tolist() == [[255, 256, 64], [127, 254, 257]]
    assert limit_of(ODD) == 2.0
    assert limit_of(np.zeros(0)) == 0.0
    large = np.array([1e300, -5e299, np.inf, np.iinfo(np.int64).max])
    assert limit_of(large) == 1e300
    assert places(large, 1e300).tolist() == [254, 64, 256, 127]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_heat_map_says_what_is_not_finite(qtbot: QtBot, look: Appearance, theme: str) -> None:
    look.set_theme(theme, remember=False)
    view = HeatView()
    qtbot.addWidget(view.widget)
    view.widget.resize(300, 200)
    view.show(TensorInfo((2, 3), "float32", 24), ODD)
    assert list(view.widget.special.values()) == ["NaN 1", "∞ 1", "−∞ 1"]
    assert view.widget.sampled == ""
    image = view.widget.grab().toImage()
    ground = [image.pixelColor(2 + 24 * column, 26 + 24 * row).rgb() for row, column in ((-1, 0), (-1, 1), (0, 2))]
    assert len(set(ground)) == 3
    below = {image.pixelColor(x, y).rgb() for x in range(60) for y in range(70, 82)}
    assert len(below) > 1, "the numbers of the legend can be read"
    marks = [image.pixelColor(x, y).rgb() for x, y in ((36, 8), (12, 8), (60, 31))]
    assert marks[0] != ground[1], "a plus has an upright stroke"
    assert (marks[1], marks[2]) == (ground[0], ground[2]), "neither a cross has one nor a minus"
    view.show(TensorInfo((2, 3), "float32", 24), np.zeros((2, 3)))
    assert not view.widget.special
    view.show(TensorInfo((2000, 900), "float32", 24), np.full((2000, 900), np.nan, np.float32))
    assert list(view.widget.special.values()) == ["NaN"]
    assert view.widget.sampled == "drawn: 1 row of 5, 1 column of 2"
    assert not view.widget.grab().isNull()


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (RNG.random((8, 8)), ImageView),
        (RNG.random((2, 8, 8, 3)), ImageView),
        (RNG.normal(size=(4, 4, 1, 2)), KernelsView),
        (RNG.normal(size=(4, 4, 3, 2)), KernelsView),
        (np.full((1, 2, 5, 5), 0.2), AttentionView),
    ],
)
def test_pictures_mark_what_is_not_finite(
    panel: TensorInspector, look: Appearance, values: Array, kind: type[View]
) -> None:
    values = values.copy()
    show(panel, watched(values))
    assert panel.turn_to(kind)
    sheet = panel.view.pages.sheet
    before = sheet.grab().toImage()
    odd = {ImageView: (0, 0), KernelsView: (1, 1, 0, 0), AttentionView: (0, 0, 1, 1)}[kind]
    for value, words in ((np.nan, "× NaN 1"), (np.inf, "+ ∞ 1"), (-np.inf, "− −∞ 1")):
        values[odd if values.ndim == 2 or kind is not ImageView else (0, 0, 0, 0)] = value
        panel.view.show(replace(summarise(values), minimum=0.0), values)
        assert words in panel.view.caption.text()
        after = sheet.grab().toImage()
        assert after != before, "by another mark than the one before"
        before = after


def test_equal_values_have_equal_colours_unless_each_picture_has_its_own(panel: TensorInspector) -> None:
    kernels = np.ones((3, 3, 1, 2))
    kernels[..., 1] = 4.0
    show(panel, watched(kernels))
    assert panel.turn_to(KernelsView)
    view = panel.view
    one, two = view.pages.sheet.images
    assert one != two
    assert view.caption.text() == "strongest colours: ±4"
    view.scale.setCurrentIndex(1)
    one, two = view.pages.sheet.images
    assert one == two
    assert view.caption.text() == "strongest colours: the largest magnitude of each"
    images = np.zeros((40, 8, 8))
    images[:, 4, 4] = np.arange(40)
    show(panel, watched(images, "images"))
    assert panel.turn_to(ImageView)
    assert panel.view.caption.text() == "black 0, white 39", "on all pages"
    brightest = panel.view.pages.sheet.images[15].pixelColor(4, 4).red()
    assert brightest == round(255 * 15 / 39)
    panel.view.scale.setCurrentIndex(1)
    assert panel.view.pages.sheet.images[15].pixelColor(4, 4).red() == 255


def test_lines_are_named_and_read(qtbot: QtBot, panel: TensorInspector, look: Appearance) -> None:
    values = np.arange(2 * 5 * 20.0).reshape(2, 5, 20)
    show(panel, watched(values))
    assert panel.turn_to(LineView)
    panel.index.clear()
    qtbot.keyClicks(panel.index, "1, :, 3:13")
    view = panel.view
    assert view.caption.text().startswith("The first 6 of 10 columns.")
    assert view.key.names == [f"[1, :, {column}]" for column in range(3, 9)]
    area = view.curves.area
    assert view.curves.value_at(QPointF(area.left(), area.bottom())) == "[1, 0, 3]  103"
    assert view.curves.value_at(QPointF(area.right(), area.top())) == "[1, 4, 8]  188"
    assert view.curves.value_at(QPointF(area.right(), area.bottom())) == ""
    with_signs = view.curves.grab().toImage()
    one = view.curves.found.lines[:1]
    view.curves.found = replace(view.curves.found, lines=one)
    assert view.curves.grab().toImage() != with_signs
    long = np.arange(5000.0)
    show(panel, watched(long, "long"))
    assert view.caption.text() == "Of runs of 20 rows the least and the greatest value are drawn."
    area = view.curves.area
    assert view.curves.value_at(QPointF(area.left(), area.bottom())) == "[0] to [19]: from 0 to 19"
    assert view.curves.value_at(QPointF(area.right(), area.top())).startswith("[4980] to [4999]: from ")


def test_what_is_left_out_of_points_and_bits_is_said(panel: TensorInspector, look: Appearance) -> None:
    values = RNG.normal(size=(1000, 3000)).astype(np.float32)
    values[10, 0] = np.nan
    view = ScatterView()
    view.show(summarise(values), values)
    view.present(project(values))
    for words in ("One entry of 2 is taken.", "One feature of 2 is taken.", "1 entry with values that are not finite"):
        assert words in view.caption.text()
    entry = int(view.points.found.places[7])
    assert view.points.words(entry).startswith(f"[{entry}]  (")
    show(panel, watched(np.arange(60, dtype=np.float32).reshape(2, 6, 5)))
    panel.index.setText("1, 2:, :")
    panel._slice()
    assert panel.turn_to(BitsView)
    text = panel.view.text.toPlainText()
    assert "sign exponent fraction" in text
    assert "[1, 2, 0] 40" in text, "the place is one in the tensor"
    assert "The first 16 of 20 elements." in text


def test_only_shares_of_one_are_attention(panel: TensorInspector) -> None:
    assert AttentionView.accepts(summarise(TENSORS["scores"]))
    assert not AttentionView.accepts(summarise(TENSORS["images"])), "pictures are between 0 and 1 as well"


@pytest.mark.parametrize(
    ("name", "images"),
    [("matrix", 1), ("images", 8), ("batch", 4), ("maps", 2), ("vector", 0), ("int", 0), ("rank 5", 0), ("empty", 0)],
)
def test_what_is_an_image(name: str, images: int) -> None:
    found = as_images(TENSORS[name])
    assert (0 if found is None else len(found)) == images


def test_magnitudes_are_said_to_be_ones(panel: TensorInspector) -> None:
    show(panel, watched(TENSORS["complex"]))
    assert panel.magnitudes.isVisible()
    show(panel, watched(TENSORS["matrix"], "other"))
    assert not panel.magnitudes.isVisible()


def test_numbers_beside_a_plot_are_written_in_full(qtbot: QtBot) -> None:
    for values in (np.array([0.0, -1234567.0]), np.array([-1.2345e-101, -1.1e-101]), np.array([-0.0, 2.0])):
        view = LineView()
        qtbot.addWidget(view.widget)
        view.widget.resize(300, 200)
        view.show(summarise(values), values)
        ends = [number(end + 0) for end in view.curves.vertical]
        assert "-0" not in ends
        metrics = QFontMetrics(fonts.mono(11))
        assert view.curves.area.left() > max(metrics.horizontalAdvance(end) for end in ends)
        assert not view.widget.grab().isNull()


def test_images_are_stretched_only_where_they_must_be() -> None:
    shares = np.array([0.0, 0.5, 1.0]).reshape(1, 1, 3, 1)
    assert as_bytes(shares).ravel().tolist() == [0, 128, 255]
    assert as_bytes(shares * 10 - 5).ravel().tolist() == [0, 128, 255]
    assert as_bytes(np.uint8([[[[7]]]])).ravel().tolist() == [7]
    assert as_bytes((shares - 0.5) * 2 * 1.7e308).ravel().tolist() == [0, 128, 255]


def test_figures_alarm_where_they_should(panel: TensorInspector) -> None:
    info = TensorInfo((2, 3), "float32", 24, -1.0, 0.25, 2.0, 1.1, zeros=1, nans=1, infs=2)
    show(panel, Watched(1, TensorRef("value", "hidden", "y"), info, ODD))
    values = panel._pinned[0].values
    assert {name: label.text() for name, label in values.items()} == {
        "min": "-1",
        "mean": "0.25",
        "max": "2",
        "std": "1.1",
        "zeros": "16.7 %",
        "NaN · Inf": "1 · 2",
    }
    assert values["NaN · Inf"].property("tone") == "bad"
    show(panel, Watched(1, TensorRef("value", "hidden", "y"), replace(info, nans=500_000_000, infs=9999), ODD))
    assert values["NaN · Inf"].text().replace("\u2009", "") == "5.0e8 · 9999"


def test_sizes_read_well() -> None:
    assert [written_size(n) for n in (0, 480, 16_384, 1_600_000, 3 << 30)] == [
        "0 B",
        "480 B",
        "16 KiB",
        "1.5 MiB",
        "3 GiB",
    ]


def test_a_tensor_of_an_earlier_run_is_said_to_be_one(panel: TensorInspector) -> None:
    first = watched(TENSORS["matrix"])
    show(panel, first)
    assert not panel.stale.isVisible()
    why = InvalidArgumentError("The axis is {axis}.", axis=3)
    panel.watching.take(Missing(1, first.ref, why))
    assert panel.stale.isVisible()
    assert panel.stale.text() == "From an earlier run. The axis is 3."
    assert panel.shown is first, "nothing is lost"
    assert panel._stack.findChild(Veil).isVisibleTo(panel)
    assert not panel.grab().isNull()
    show(panel, watched(TENSORS["matrix"]))
    assert not panel.stale.isVisible()
    assert not panel._stack.findChild(Veil).isVisibleTo(panel)


def test_a_tensor_that_never_had_a_value_says_why(panel: TensorInspector) -> None:
    ref = TensorRef("slot", "hidden", "kernel", "momentum")
    show(panel, Missing(1, ref, UnavailableError("There is none yet.", hint="Train.")))
    assert panel._empty.isVisible()
    assert panel._empty.text.text() == "There is none yet. Train."
    assert panel.head.heading.text() == "Tensor — kernel · momentum of hidden"


def test_the_chooser_lists_what_the_node_has(panel: TensorInspector) -> None:
    panel.watching.take_ports([PortRef("hidden", "output"), PortRef("other", "output")])
    gradient, kernel = TensorRef("gradient", "hidden", "output"), TensorRef("weight", "hidden", "kernel")
    panel.watching.take_inventory([gradient, kernel, TensorRef("weight", "other", "kernel")])
    show(panel, watched(TENSORS["matrix"]))
    menu = panel.head.chooser.menu()
    menu.aboutToShow.emit()
    entries = [action for action in menu.actions() if not action.isSeparator()]
    assert [entry.text() for entry in entries] == ["output", "∂L/∂output", "kernel"]
    entries[2].trigger()
    assert panel.watching.front == kernel


def test_pins_stay_in_sight_and_can_be_looked_at(qtbot: QtBot, panel: TensorInspector) -> None:
    asked: list[Any] = []
    panel.watching.asked.connect(asked.append)
    first, second = watched(TENSORS["matrix"]), watched(ODD, "other")
    show(panel, first)
    panel.watching.pin(Pin(first.ref))
    panel.watching.keep()
    show(panel, second)
    assert asked[-1] == (second.ref, first.ref)
    assert panel.pins.count() == 2
    panel.watching.take(Watched(1, first.ref, summarise(ODD), ODD, 7, 0.5))
    assert panel.pins.words(Pin(first.ref)) == ("output of hidden", "‖·‖ 2.236  1 NaN  2 Inf", True)
    assert "kept" in panel.pins.item(1).text()
    panel.pins.chosen.emit(panel.watching.pins[1])
    assert panel.shown.values is first.values, "what was kept, not what came since"
    assert panel.head.when.text() == "kept"
    panel.pins.setCurrentRow(1)
    qtbot.keyClick(panel.pins, Qt.Key.Key_Delete)
    qtbot.keyClick(panel.pins, Qt.Key.Key_Return)
    assert panel.watching.front == first.ref
    assert panel.head.when.text() == "step 7 · sampled every 0.5 s"


def test_there_are_not_more_pins_than_can_be_sent(panel: TensorInspector) -> None:
    for i in range(MOST_PINS):
        panel.watching.pin(Pin(TensorRef("value", "hidden", str(i))))
    with pytest.raises(UnavailableError, match="16 tensors are pinned"):
        panel.watching.pin(Pin(TensorRef("value", "hidden", "more")))


def test_axes_are_swapped_by_dragging(qtbot: QtBot, panel: TensorInspector) -> None:
    values = TENSORS["images"]
    show(panel, watched(values))
    axes = panel.axes
    start, end = (axes.rect_of(axis).center().toPoint() for axis in (0, 1))
    qtbot.mousePress(axes, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(axes, (start + end) / 2)
    assert not axes.grab().isNull()
    QTest.mouseMove(axes, end)
    qtbot.mouseRelease(axes, Qt.MouseButton.LeftButton, pos=end)
    assert panel.index.text() == ":, 0, :"
    table = panel._views[TableView]
    np.testing.assert_array_equal(table.grid.values, values[:, 0, :])
    qtbot.keyClick(axes, Qt.Key.Key_R)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_R):
        qtbot.keyClick(axes, key)
    np.testing.assert_array_equal(table.grid.values, values[:, 2, :].T)
    assert axes.words(1) == "1 = 2 / 8"


def test_values_may_be_kept_twice_although_nothing_has_changed(qtbot: QtBot) -> None:
    watching, ref = Watching(), TensorRef("weight", "hidden", "kernel")
    watching.look_at(ref)
    for _ in range(2):  # two looks, the same values
        values = np.eye(3, dtype=np.float32)
        watching.take(Watched(1, ref, summarise(values, True), values, 5))
        watching.keep()
    assert len(watching.pins) == 2
    last = watching.pins[1]
    watching.unpin(last)
    assert watching.pins[0] is not last
    assert len(watching.pins) == 1


@pytest.mark.parametrize(("name", "kind"), [("kernels", KernelsView), ("scores", AttentionView)])
def test_pictures_take_on_the_colours_of_another_theme(
    panel: TensorInspector, look: Appearance, name: str, kind: type[View]
) -> None:
    show(panel, watched(TENSORS[name]))
    assert panel.turn_to(kind)
    if kind is KernelsView:
        panel.view.channel.setCurrentIndex(1)  # colour images have the same colours in each
    look.set_theme("dark", remember=False)
    before = list(panel.view.pages.sheet.images)
    look.set_theme("light", remember=False)
    assert all(one != other for one, other in zip(before, panel.view.pages.sheet.images, strict=True))


def test_bits_take_on_the_colours_of_another_theme(panel: TensorInspector, look: Appearance) -> None:
    show(panel, watched(TENSORS["vector"]))
    assert panel.turn_to(BitsView)
    look.set_theme("dark", remember=False)
    before = panel.view.text.toHtml()
    look.set_theme("light", remember=False)
    assert panel.view.text.toHtml() != before


def test_where_there_are_no_cells_none_is_linked(qtbot: QtBot, panel: TensorInspector) -> None:
    show(panel, watched(TENSORS["empty"]))
    assert panel.turn_to(TableView)
    with pytest.raises(FailedPreconditionError, match="no elements"):
        panel.toggle_link()
    assert not panel.is_linking
    show(panel, watched(TENSORS["matrix"]))
    panel.index.clear()
    qtbot.keyClicks(panel.index, "0:0")
    panel.toggle_link()
    assert panel.watching.linking is None
    panel.index.clear()
    qtbot.keyClicks(panel.index, "3, 2:")
    panel.view.grid.go_to(0, 0)
    assert panel.watching.linking == (panel.watching.front, (3, 2))


def test_cells_of_a_vector_are_copied_as_a_vector(panel: TensorInspector) -> None:
    show(panel, watched(TENSORS["vector"]))
    assert panel.turn_to(TableView)
    panel.view.grid.show_cell(2, 0)
    panel.view.grid.show_cell(4, 0, extend=True)
    np.testing.assert_array_equal(panel.picked, TENSORS["vector"][2:5])


def test_the_mouse_tells_the_place_in_the_tensor(qtbot: QtBot, panel: TensorInspector) -> None:
    show(panel, watched(TENSORS["maps"]))
    assert panel.turn_to(HeatView)
    panel.index.clear()
    qtbot.keyClicks(panel.index, "1, 2:, ::-1, 5")
    heat = panel.view.widget
    words = heat.value_at(QPointF(1, 1))
    assert words == f"[1, 2, 7, 5]  {written(TENSORS['maps'][1, 2, 7, 5])}"
    panel.index.clear()
    qtbot.keyClicks(panel.index, "1, 3:, 4, 5")
    assert heat.value_at(QPointF(1, 1)).startswith("[1, 3, 4, 5]")


def test_a_condition_that_is_wrong_marks_nothing(qtbot: QtBot, panel: TensorInspector) -> None:
    show(panel, watched(TENSORS["matrix"]))
    assert panel.turn_to(TableView)
    qtbot.keyClicks(panel.view.where, "> 0")
    assert panel.view.grid.condition is not None
    qtbot.keyClicks(panel.view.where, "x")
    assert panel.view.grid.condition is None
    assert panel.view.where.property("invalid")
