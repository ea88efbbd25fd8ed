"""Numbers and errors in the languages of the reader."""

from __future__ import annotations

import pytest

from engine.core.errors import EngineError, InvalidArgumentError
from engine.core.kinds import KINDS
from engine.core.param import Param
from studio.ui import i18n
from studio.ui.appearance import Appearance
from studio.ui.i18n import THIN_SPACE, describe, number
from studio.ui.settings import settings
from studio.ui.widgets.labels import Text

pytest_plugins = ("look",)
pytestmark = pytest.mark.usefixtures("look")


@pytest.mark.parametrize(
    ("value", "english", "spanish"),
    [
        (9610, "9_610", "9_610"),
        (999, "999", "999"),
        (0.21437, "0.2144", "0,2144"),
        (1234.56, "1_235", "1_235"),
        (3e-9, "3e-9", "3e-9"),
        (float("nan"), "NaN", "NaN"),
        (float("-inf"), "−∞", "−∞"),
        (0.0, "0", "0"),
    ],
)
def test_numbers_by_language(value: float, english: str, spanish: str) -> None:
    assert number(value).replace(THIN_SPACE, "_") == english
    i18n.set_language("es")
    assert number(value).replace(THIN_SPACE, "_") == spanish


def test_an_error_is_told_in_the_language_in_use() -> None:
    error = InvalidArgumentError(
        "{name} is {value}.", hint="It takes {expected}.", name="rate", value="2", expected="a number from 0 to below 1"
    )
    assert describe(error) == str(error)
    i18n.set_language("es")
    assert describe(error) == "rate es 2. Admite un número de 0 a menos de 1."


def test_numbers_in_an_error_are_written_as_the_language_does() -> None:
    error = EngineError("{count} values, {share:.1f} %, {flag}", count=12345, share=12.34, flag=True)
    i18n.set_language("es")
    assert describe(error) == f"12{THIN_SPACE}345 values, 12.3 %, True"


def test_a_fact_that_is_missing_does_not_hide_the_error() -> None:
    assert describe(EngineError("{op} failed.")) == "{op} failed."


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "limits",
    [
        {},
        {"min": 0},
        {"max": 5},
        {"min": 0, "max": 5},
        {"min": 0, "below": 1},
        {"above": 0},
        {"above": 0, "max": 1},
        {"above": 0, "below": 1},
        {"below": 1},
        {"min": 1, "optional": True},
    ],
)
def test_every_expectation_of_a_parameter_is_translated(kind: str, limits: dict[str, float]) -> None:
    i18n.set_language("es")
    expected = Param(kind, choices=("relu", "tanh"), **limits).expected
    text = describe(EngineError("{expected}", expected=expected))
    assert not {"or", "from", "to", "of", "one", "above", "below", "number"} & set(text.split()), text


def test_the_language_changes_live_and_is_remembered(look: Appearance) -> None:
    text = Text("Save")
    look.set_language("es")
    assert text.text() == "Guardar"
    assert settings().value("language") == "es"
    look.set_language("xx")
    assert text.text() == "Save"


def test_the_theme_is_remembered(look: Appearance) -> None:
    look.set_theme("light")
    look.start()
    assert look.theme.name == "light"


def test_the_system_chooses_the_first_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "fr:es_MX:en")
    assert i18n.system_language() == "es"


def test_a_port_is_called_in_errors_as_on_the_canvas() -> None:
    error = EngineError("The input '{port}' is not connected.", port="y_true")
    assert describe(error) == "The input 'y true' is not connected."
    i18n.set_language("es")
    assert "«y verdadera»" in describe(error)
