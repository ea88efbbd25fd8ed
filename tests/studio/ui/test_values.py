"""Values of parameters, as nodes and tooltips show them."""

from __future__ import annotations

import pytest

from engine.core.param import Param
from studio.ui.appearance import Appearance
from studio.ui.values import shown

pytest_plugins = ("look",)


def test_values_show_whatever_they_are() -> None:
    assert shown(Param("int", min=1), 3) == "3"
    assert shown(Param("int", min=1), Param("int").default) == "—"
    assert shown(Param("float", 0.5), "half") == "half"
    assert shown(Param("ints", (1, 2)), (3, 4)) == "3, 4"


@pytest.mark.parametrize(
    ("param", "value", "text"),
    [
        (Param("float", 0.0), 0.001, "0,001"),
        (Param("int", 0), 1000, "1000"),
        (Param("value", 0.0), [0.5, 1.5], "[0.5, 1.5]"),  # there, commas part the numbers
        (Param("float", None, optional=True), None, "ninguno"),
        (Param("bool", True), True, "verdadero"),
        (Param("bool", True), False, "falso"),
    ],
)
def test_values_are_in_the_language_in_use(look: Appearance, param: Param, value: object, text: str) -> None:
    look.set_language("es", remember=False)
    assert shown(param, value) == text
