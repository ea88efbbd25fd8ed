"""The table of any size: what it paints, how it scrolls, what is chosen."""

from __future__ import annotations

import operator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from engine.core.dtype import Array
from engine.core.errors import InvalidArgumentError
from studio.inspector.formats import FORMATS, written
from studio.inspector.grid import Grid
from studio.inspector.marks import Condition
from studio.inspector.slices import Cut
from studio.inspector.views.table import TableView
from studio.run.summary import summarise
from studio.ui.appearance import Appearance

pytest_plugins = ("look",)
pytestmark = pytest.mark.usefixtures("look")

COMPARISONS = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
}
ODD = np.array([[np.nan, np.inf, -1.0], [0.0, 2.0, -np.inf]], np.float32)


@pytest.fixture
def grid(qtbot: QtBot) -> Grid:
    widget = Grid()
    qtbot.addWidget(widget)
    widget.resize(320, 240)
    widget.show()
    return widget


def present(grid: Grid, values: Array, limit: float) -> None:
    grid.present(values, limit, Cut.first(values.shape))


def test_a_cell_is_told_by_its_place_in_the_tensor(grid: Grid) -> None:
    values = np.arange(120.0).reshape(2, 5, 12)
    for index, rows, columns, place in (
        ("1, 2:5, ::-3", [2, 3, 4], [11, 8, 5, 2], [1, 3, 8]),
        ("1, [4, 0, 3], 2:9:2", [4, 0, 3], [2, 4, 6, 8], [1, 0, 4]),
        (":, 3, [7, 1]", [0, 1], [7, 1], [1, 3, 1]),
    ):
        cut = Cut.read(index, values.shape)
        grid.present(cut.plane(values), 1.0, cut)
        assert [cut.row_label(i) for i in range(len(rows))] == rows
        assert [cut.column_label(i) for i in range(len(columns))] == columns
        assert grid.words(1, 1) == f"{place}  {values[tuple(place)]}"


def test_what_is_exact_is_written_as_the_language_does(grid: Grid, look: Appearance) -> None:
    present(grid, np.array([[0.1, np.nan]], np.float32), 1.0)
    assert grid.words(0, 0) == "[0, 0]  0.10000000149011612"
    assert grid.words(0, 1) == "[0, 1]  NaN"
    assert written(np.float64("nan"), "Hexadecimal") == "NaN"
    assert written(np.complex64(complex(1.0, -0.0))) == "1 − 0i"
    look.set_language("es")
    assert grid.words(0, 0) == "[0, 0]  0,10000000149011612"


def test_it_writes_numbers_as_the_language_does(grid: Grid, look: Appearance) -> None:
    present(grid, ODD, 2.0)
    assert [[grid.text(r, c) for c in range(3)] for r in range(2)] == [["NaN", "∞", "-1"], ["0", "2", "−∞"]]
    look.set_language("es")
    present(grid, np.array([[0.25]]), 1.0)
    assert grid.text(0, 0) == "0,25"


def test_what_is_not_finite_has_another_ink_and_size_tints(grid: Grid, look: Appearance) -> None:
    present(grid, ODD, 2.0)
    tints, inks = grid._colours(ODD)
    assert [[ink.name() == look.theme.bad for ink in row] for row in inks] == [
        [True, True, False],
        [False, False, True],
    ]
    assert tints[1][0] is None
    assert tints[1][1] is not None
    grid.mark_where(Condition.read("nan"))
    tints, _inks = grid._colours(ODD)
    assert [[tint is not None for tint in row] for row in tints] == [[True, False, False], [False, False, False]]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int64, np.uint8, np.bool_, np.complex64])
def test_every_format_writes_every_number(format: str, dtype: type) -> None:
    for value in np.array([0, 1, 100], dtype):
        assert written(value, format)
    if np.dtype(dtype).kind in "fc":
        for value in np.array([np.nan, np.inf, -np.inf, 1e-7], dtype):
            assert written(value, format)


def test_formats_write_what_they_say(look: Appearance) -> None:
    value = np.float64(1234.56789)
    assert [written(value, format).replace("\u2009", "_") for format in FORMATS] == [
        "1_235",
        "1_234.57",
        "1_234.5679",
        "1.235e+03",
        "123_456.8 %",
        "1234.56789",
        "0x1.34a4584f4c6e7p+10",
    ]


@pytest.mark.parametrize("text", ["", "x > 1", "> ", "> one", "__import__('os')", "abs", "> 1 > 2"])
def test_what_is_no_condition_is_said_to_be_none(text: str) -> None:
    with pytest.raises(InvalidArgumentError, match="is no condition"):
        Condition.read(text)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("> 0", [0, 0, 1, 1]),
        ("<=0", [1, 1, 0, 0]),
        ("ABS >= 2", [1, 0, 0, 1]),
        ("= 0", [0, 1, 0, 0]),
        ("zero", [0, 1, 0, 0]),
        ("> 1,5", [0, 0, 0, 1]),
    ],
)
def test_conditions_hold_where_they_should(text: str, holds: list[int]) -> None:
    np.testing.assert_array_equal(Condition.read(text).holds(np.array([-2.0, 0.0, 1.0, 2.0])), np.array(holds, bool))


@given(
    st.sampled_from(["<", "<=", "=", "!=", ">", ">="]),
    st.sampled_from([np.int8, np.int64, np.uint64]),
    st.integers(-(2**66), 2**66) | st.integers(2**53 - 3, 2**53 + 3) | st.integers(-130, 130),
    st.booleans(),
)
def test_conditions_on_whole_numbers_are_exact(sign: str, dtype: type, limit: int, has_half: bool) -> None:
    least, most = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    numbers = sorted({min(max(n, least), most) for n in (least, 0, limit - 1, limit, limit + 1, most)})
    bound = Fraction(f"{limit}{'.5' if has_half else ''}")
    for before, values in (("", numbers), ("abs ", [abs(n) for n in numbers])):
        found = Condition.read(f"{before}{sign} {limit}{'.5' if has_half else ''}").holds(np.array(numbers, dtype))
        assert found.tolist() == [COMPARISONS[sign](n, bound) for n in values]


def test_conditions_on_floats_and_complex_numbers() -> None:
    halves = np.array([0.1, 60000.0, np.inf], np.float16)
    assert Condition.read("= 0.1").holds(halves).tolist() == [True, False, False]
    assert Condition.read("> 70000").holds(halves).tolist() == [False, False, True]
    assert Condition.read("<= 1e400").holds(halves).tolist() == [True, True, True]
    turned = np.array([3j, 0, 1 + 0j], np.complex64)
    assert Condition.read("> 2").holds(turned).tolist() == [True, False, False]
    assert Condition.read("= 0").holds(turned).tolist() == [False, True, False]
    assert Condition.read("> 1e-99999999").holds(np.array([0, 1])).tolist() == [False, True]


def test_the_keys_move_and_extend(qtbot: QtBot, grid: Grid) -> None:
    present(grid, np.arange(10_000.0).reshape(100, 100), 1.0)
    chosen: list[tuple[int, int]] = []
    grid.chosen.connect(lambda row, column: chosen.append((row, column)))
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    qtbot.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert grid.selection() == (slice(1, 2), slice(0, 2))
    qtbot.keyClick(grid, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert grid.current == (99, 99)
    assert grid.rect_of(99, 99).bottom() <= grid.viewport().height()
    qtbot.keyClick(grid, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(grid, Qt.Key.Key_Up)
    assert chosen[-1] == (0, 0)
    rect = grid.rect_of(2, 1)
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert grid.current == (2, 1)
    assert grid.cell_at(QPoint(1, 1)) is None


def test_a_hundred_million_cells_can_be_scrolled_through(grid: Grid) -> None:
    huge = np.broadcast_to(np.float32(0.5), (100_000_000, 1))
    wide = np.broadcast_to(np.float32(0.5), (10_000, 10_000))
    for values in (huge, wide, wide.T):
        present(grid, values, 1.0)
        grid.go_to(*(size - 1 for size in values.shape))
        assert grid.rect_of(*grid.current).bottom() <= grid.viewport().height() + 1
        bar = grid.verticalScrollBar()
        bar.setValue(bar.value() - bar.pageStep())
        assert not grid.grab().isNull()


def test_cells_can_be_marked(qtbot: QtBot) -> None:
    view = TableView()
    qtbot.addWidget(view.widget)
    values = np.zeros((40, 6), np.float32)
    view.show(summarise(values), values)
    cells = np.zeros((40, 6), bool)
    cells[30, 2] = True
    view.highlight(cells)
    assert view.grid.current == (30, 2)
    assert not view.widget.grab().isNull()
    view.highlight(None)
    assert view.grid.cells is None


def test_a_wrong_condition_is_said_in_the_field(qtbot: QtBot) -> None:
    view = TableView()
    qtbot.addWidget(view.widget)
    qtbot.keyClicks(view.where, "> x")
    assert view.where.property("invalid")
    assert "is no condition" in view.where.toolTip()
    view.where.clear()
    qtbot.keyClicks(view.where, "> 0")
    assert not view.where.property("invalid")
    assert view.grid.condition is not None
