"""Comparing two tensors: figures against NumPy, and the view that shows them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.core.errors import InvalidArgumentError, UnavailableError, UnsupportedError
from studio.inspector.chunks import CHUNK
from studio.inspector.comparing import difference, differences, relative_error
from studio.inspector.structure import ragged, sparse
from studio.inspector.tensor import TensorInspector
from studio.inspector.views.compare import MODES, CompareView
from studio.inspector.views.table import TableView
from studio.inspector.watching import Pin
from studio.run.messages import Missing, Watched
from studio.run.summary import summarise
from studio.run.tensor_ref import TensorRef

pytest_plugins = ("look",)
RNG = np.random.default_rng(0)
NO_NUMBERS = [
    np.array(["one", "two"]),
    np.array([b"a", "b"], object),
    sparse([1.0], [[1]], (2,)),
    ragged([1.0], [0, 0, 1]),
]


def test_equal_tensors_part_nowhere() -> None:
    values = RNG.normal(size=(40, 50)).astype(np.float32)
    values[3, 4], values[5, 6] = np.nan, np.inf
    found = differences(values, values.copy())
    assert (found.count, found.largest, found.relative, found.mean, found.first) == (0, 0.0, 0.0, 0.0, None)


@pytest.mark.parametrize("transposed", [False, True])
def test_the_first_place_is_the_first_in_order(transposed: bool) -> None:
    a = RNG.normal(size=(300, 700))
    b = a.copy()
    b[200, 17] += 1e-3
    b[250, 3] += 5.0
    if transposed:
        a, b = a.T, b.T
    found = differences(a, b)
    assert a.size > CHUNK
    assert found.first == ((3, 250) if transposed else (200, 17))
    assert found.largest_at == ((3, 250) if transposed else (250, 3))
    assert found.largest == pytest.approx(5.0)
    assert found.count == 2
    assert found.mean == pytest.approx(np.abs(a - b).mean())


def test_a_tolerance_is_relative() -> None:
    a = np.array([1e6, 1.0, 1e-6])
    found = differences(a, a * (1 + 1e-5), tolerance=1e-4)
    assert found.first is None
    assert differences(a, a * (1 + 1e-5), tolerance=1e-6).count == 3


def test_where_only_one_is_finite_they_differ() -> None:
    a = np.array([1.0, np.nan, np.inf, np.inf, np.nan])
    b = np.array([np.nan, 1.0, np.inf, -np.inf, np.nan])
    found = differences(a, b)
    assert (found.count, found.first) == (3, (0,))
    assert np.isnan(difference(a, b)[0])
    assert relative_error(a, b)[2] == 0


@pytest.mark.parametrize("values", [np.zeros((0, 3)), np.array(2.0), np.array([True, False]), np.array([1 + 2j])])
def test_odd_tensors_can_be_compared(values: np.ndarray) -> None:
    assert differences(values, values).first is None


def test_unsigned_numbers_do_not_wrap() -> None:
    assert difference(np.uint8([1]), np.uint8([2])).tolist() == [-1.0]


@given(st.data())
def test_whole_numbers_of_64_bits_are_compared_to_the_last_digit(data: st.DataObject) -> None:
    dtypes = [data.draw(st.sampled_from([np.int64, np.uint64])) for _ in range(2)]
    a, b = (data.draw(st.integers(int(np.iinfo(d).min), int(np.iinfo(d).max))) for d in dtypes)
    if data.draw(st.booleans()):  # neighbours: what floats do not tell apart
        b = min(max(a + data.draw(st.integers(-3000, 3000)), np.iinfo(dtypes[1]).min), np.iinfo(dtypes[1]).max)
    one, two = np.array([a], dtypes[0]), np.array([b], dtypes[1])
    assert differences(one, two).count == (a != b)
    np.testing.assert_allclose(difference(one, two), [float(a - b)], rtol=1e-15)
    rounded = np.array([float(b)])
    assert differences(one, rounded).count == (a != int(float(b)))


def test_a_difference_beyond_the_largest_float_is_one() -> None:
    a, b = np.array([1.7e308, 1.0]), np.array([-1.7e308, 1.0])
    found = differences(a, b)
    assert (found.count, found.first, found.largest, found.largest_at) == (1, (0,), np.inf, (0,))
    assert found.relative == 2.0


def test_shapes_must_be_equal() -> None:
    with pytest.raises(InvalidArgumentError, match=r"shapes \(2,\) and \(3,\)"):
        differences(np.zeros(2), np.zeros(3))


def event(values: np.ndarray, name: str = "output", step: int | None = None) -> Watched:
    return Watched(1, TensorRef("value", "hidden", name), summarise(values), values, step)


def test_what_was_kept_is_compared_with_what_is_there_now(qtbot: QtBot, look: object) -> None:
    panel = TensorInspector()
    qtbot.addWidget(panel)
    panel.resize(320, 700)
    panel.show()
    before = RNG.normal(size=(4, 5, 6))
    panel.watching.look_at(TensorRef("value", "hidden", "output"))
    panel.watching.take(event(before, step=3))
    panel.watching.keep()
    after = before.copy()
    after[2, 3, 4] += 0.5
    panel.watching.take(event(after, step=4))
    panel.pins.compared.emit(panel.watching.pins[0])
    view = panel.view
    assert isinstance(view, CompareView)
    assert view.values["largest difference"].text() == "0.5 @ [2, 3, 4]"
    assert view.values["they part first at"].text() == "[2, 3, 4]"
    for place in range(len(MODES)):
        view.mode.setCurrentIndex(place)
        assert not panel.grab().isNull()
    qtbot.mouseClick(view.first, Qt.MouseButton.LeftButton)
    assert panel.index.text() == "2, :, :"
    table = panel.view
    assert isinstance(table, TableView)
    assert table.grid.current == (3, 4)
    panel.turn_to(CompareView)
    panel.watching.take(event(np.zeros((2, 2)), step=5))
    assert view.wrong.isVisible()
    assert "shapes" in view.wrong.text()
    panel.watching.take(event(before, step=6))
    assert not view.wrong.isVisible()
    assert view.values["they part first at"].text() == "nowhere"
    assert not view.first.isEnabled()
    panel.compare(None)
    assert not panel.turn_to(CompareView)


def test_a_live_pin_can_be_the_other_one(qtbot: QtBot, look: object) -> None:
    panel = TensorInspector()
    qtbot.addWidget(panel)
    one, two = RNG.normal(size=(2, 6, 6))
    panel.watching.look_at(TensorRef("value", "hidden", "other"))
    panel.watching.take(event(one, "other"))
    pin = Pin(TensorRef("value", "hidden", "other"))
    panel.watching.pin(pin)
    panel.watching.look_at(TensorRef("value", "hidden", "output"))
    panel.watching.take(event(two))
    panel.compare(pin)
    view = panel.view
    assert isinstance(view, CompareView)
    assert view.found is not None
    assert view.found.count == 36
    panel.watching.take(event(two, "other"))
    assert view.found.count == 0, "the other one has changed"


@pytest.mark.parametrize("is_front", [False, True])
@pytest.mark.parametrize(
    "odd",
    [np.array(["one", "two"]), np.array([b"a", "b"], object), sparse([1.0], [[1]], (2,)), ragged([1.0], [0, 0, 1])],
)
def test_what_holds_no_numbers_is_not_compared_and_that_is_said(
    qtbot: QtBot, look: object, odd: np.ndarray, is_front: bool
) -> None:
    panel = TensorInspector()
    qtbot.addWidget(panel)
    numbers = np.zeros(2)
    front, other = (odd, numbers) if is_front else (numbers, odd)
    kept = event(other, "kept")
    panel.watching.look_at(TensorRef("value", "hidden", "output"))
    panel.watching.take(event(front))
    panel.compare(Pin(kept.ref, kept))
    view = panel.view
    assert isinstance(view, CompareView)
    assert "Only numbers" in view.wrong.text()
    assert view.values["places that differ"].text() == "–"
    assert not panel.grab().isNull()
    with pytest.raises(UnsupportedError, match="Only numbers"):
        differences(odd, odd)


def test_why_the_other_one_has_no_values_is_said(qtbot: QtBot, look: object) -> None:
    panel = TensorInspector()
    qtbot.addWidget(panel)
    other = TensorRef("value", "hidden", "other")
    panel.watching.look_at(TensorRef("value", "hidden", "output"))
    panel.watching.pin(Pin(other))
    panel.watching.take(event(np.zeros(3)))
    panel.compare(Pin(other))
    assert isinstance(panel.view, CompareView)
    assert panel.view.wrong.text() == "The engine has not sent it yet."
    panel.watching.take(Missing(1, other, UnavailableError("It was not computed.", hint="Run it.")))
    assert "It was not computed." in panel.view.wrong.text()
    panel.watching.take(event(np.ones(3), "other"))
    assert not panel.view.wrong.text()
    assert panel.view.found is not None
