"""The palette: sorted, searchable, to drag and to choose from."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.core.registry import Registry
from studio.document.nodetype import Catalogue, NodeType
from studio.palette.model import MIME_TYPE, ROW
from studio.palette.panel import Palette
from studio.ui.appearance import Appearance
from studio.ui.usage import Usage

pytest_plugins = ("look",)
pytestmark = pytest.mark.usefixtures("look")


@pytest.fixture
def palette(qtbot: QtBot, catalogue: Catalogue) -> Palette:
    panel = Palette(catalogue, Usage())
    qtbot.addWidget(panel)
    panel.resize(230, 700)
    panel.show()
    return panel


def headings(palette: Palette) -> list[str]:
    rows = (palette.model.index(i).data(ROW) for i in range(palette.model.rowCount()))
    return [row.text for row in rows if row.node_type is None]


def test_types_are_sorted_by_category(palette: Palette) -> None:
    assert headings(palette) == ["Data", "Layers", "Operations", "Losses", "Training"]
    assert palette.model.types()[:3] == ["data.Digits", "layer.Flatten", "layer.Dense"]
    assert palette.objectName() == "palette"


def test_a_search_keeps_what_fits_and_picks_the_best(qtbot: QtBot, palette: Palette) -> None:
    qtbot.keyClicks(palette.field, "den")
    assert palette.model.types() == ["layer.Dense"]
    with qtbot.waitSignal(palette.chosen) as chosen:
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert chosen.args == ["layer.Dense"]
    palette.field.setText("nothing like it")
    assert palette.model.types() == []
    assert palette._nothing.isVisible()


def test_the_palette_learns_but_keeps_its_order(qtbot: QtBot, catalogue: Catalogue) -> None:
    usage = Usage()
    panel = Palette(catalogue, usage)
    qtbot.addWidget(panel)
    before = panel.model.types()
    panel.field.setText("d")
    assert panel.model.best().data(ROW).node_type.id == "layer.Dense"
    for _ in range(9):
        usage.note("data.Digits")
    panel.field.setText("")
    assert panel.model.types() == before
    panel.field.setText("d")
    assert panel.model.best().data(ROW).node_type.id == "data.Digits"


def test_return_in_an_empty_search_adds_nothing(qtbot: QtBot, palette: Palette) -> None:
    with qtbot.assertNotEmitted(palette.chosen):
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)


def test_a_double_click_chooses(qtbot: QtBot, palette: Palette) -> None:
    place = palette.list.visualRect(palette.model.index(1)).center()
    with qtbot.waitSignal(palette.chosen) as chosen:
        qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseDClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == ["data.Digits"]


def test_the_keyboard_goes_from_the_search_to_the_types(qtbot: QtBot, palette: Palette) -> None:
    palette.field.setFocus()
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentIndex().data() == "Digits 8×8"


def test_a_drag_carries_the_type(palette: Palette) -> None:
    index = palette.model.index(1)
    data = palette.model.mimeData([index])
    assert bytes(data.data(MIME_TYPE).data()) == b"data.Digits"
    assert palette.model.flags(index) & Qt.ItemFlag.ItemIsDragEnabled
    assert not palette.model.flags(palette.model.index(0)) & Qt.ItemFlag.ItemIsDragEnabled


def test_a_category_folds_but_a_search_looks_into_it(qtbot: QtBot, palette: Palette) -> None:
    place = palette.list.visualRect(palette.model.index(0)).center()
    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert "data.Digits" not in palette.model.types()
    palette.field.setText("digits")
    assert palette.model.types() == ["data.Digits"]


@pytest.fixture
def ops(qtbot: QtBot) -> Palette:
    """Sums and maxima among logarithms, each in its family."""
    nodes: Catalogue = Registry("node type")
    for name, family in (("log", "math"), ("reduce_sum", "reduce"), ("exp", "math"), ("reduce_max", "reduce")):
        nodes.add(f"op.{name}", NodeType(f"op.{name}", "op", name, "", family=family))
    panel = Palette(nodes, Usage())
    qtbot.addWidget(panel)
    panel.resize(230, 700)
    panel.show()
    return panel


def test_the_types_of_a_family_stand_together(ops: Palette, look: Appearance) -> None:
    assert headings(ops) == ["Operations", "Math", "Reduce"]
    assert ops.model.types() == ["op.log", "op.exp", "op.reduce_sum", "op.reduce_max"]
    look.set_language("es")
    assert headings(ops) == ["Operaciones", "Matemáticas", "Reducción"]


def test_a_family_folds_and_a_search_knows_none(qtbot: QtBot, ops: Palette) -> None:
    place = ops.list.visualRect(ops.model.index(1)).center()
    qtbot.mouseClick(ops.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert ops.model.types() == ["op.reduce_sum", "op.reduce_max"]
    assert headings(ops) == ["Operations", "Math", "Reduce"]
    ops.field.setText("e")
    assert headings(ops) == ["Operations"]
    assert "op.exp" in ops.model.types()


def test_the_palette_speaks_and_paints(palette: Palette, look: Appearance) -> None:
    for theme in ("dark", "light", "contrast"):
        look.set_theme(theme)
        assert not palette.grab().isNull()
    look.set_language("es")
    assert headings(palette)[:3] == ["Datos", "Capas", "Operaciones"]
    assert palette.field.placeholderText() == "Buscar nodos…"
