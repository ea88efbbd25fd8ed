"""Conditions of breakpoints: what they say of tensors, and that nothing else can be reached through them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import EngineError, InvalidArgumentError
from studio.document.breakpoints import Breakpoint
from studio.run.debug.breakpoints import Watchpoints
from studio.run.debug.condition import FUNCTIONS, NAMES, Condition, Moment

ROWS = np.array([[1.0, -2.0], [3.0, 0.0]], np.float32)
MOMENT = Moment(ROWS, gradient=np.array([[0.0, 1e-9], [0.0, 0.0]]), epoch=2, step=7, hits=3)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("isnan", False),
        ("isnan or isinf", False),
        ("max > 2", True),
        ("max > 3", False),
        ("min(v) == -2", True),
        ("mean(abs(g)) < 1e-6", True),
        ("mean(abs(gradient)) > 1e-6", False),
        ("value > 2.5", True),
        ("all(value > -3)", True),
        ("not any(v > 5)", True),
        ("-2 <= min <= 0 < max", True),
        ("shape == (2, 2)", True),
        ("shape[1] == 2 and rank == 2 and size == 4", True),
        ("dtype == 'float32'", True),
        ("epoch == 2 and step % 7 == 0 and hits > 2", True),
        ("zeros > 0.2", True),
        ("norm(v) ** 2 > 13.9", True),
        ("quantile(v, 0.5) < 1", True),
        ("v[1, 0] == 3", True),
        ("9 ** 9 ** 9 > 10", True),
        ("inf > max", True),
    ],
)
def test_what_it_says_of_a_tensor(text: str, holds: bool) -> None:
    assert Condition(text).holds(MOMENT) is holds


@pytest.mark.parametrize(
    ("value", "text", "holds"),
    [
        (np.array([1.0, np.nan]), "isnan", True),
        (np.array([1.0, np.nan]), "max > 0", False),
        (np.zeros((0, 3)), "max > 0", False),
        (np.zeros((0, 3)), "isnan", False),
        (np.zeros((0, 3)), "mean > 0 or std > 0 or quantile(v, 0.5) > 0 or norm > 0", False),
        (np.array([True, False]), "-v < 0 and quantile(v, 0.5) == 0.5 and v[0] - v[1] == 1", True),
        (np.array([3, 5], np.uint8), "v - 4 < 0 and all(-v < 0) and v[0] - v[1] == -2", True),
        (np.array([300.0, 400.0], np.float16), "norm == 500", True),
        (np.array(True), "value", True),
        (np.array(5), "value == 5", True),
        (np.zeros((1,) * 8), "rank == 8 and zeros == 1", True),
        (np.array([1, 2], np.int64), "mean > 1.2", True),
    ],
)
def test_tensors_of_all_kinds(value: np.ndarray, text: str, holds: bool) -> None:
    assert Condition(text).holds(Moment(value)) is holds


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is no condition"),
        (" max >", "'max >' is no condition: it ends where a number or a name was expected"),
        ("max > 10 and", "it ends where"),
        ("max > 10;", "at character 9 stands ;, where a comparison, 'and', 'or' or the end was expected"),
        ("max >\n> 3", "at character 7 stands >, where a number or a name was expected"),
        ("(max > 3", r"the \( at character 1 has no other"),
        ("max) > 3", r"the \) at character 4 has no other"),
        ("max >= 1 and min = 3", "at character 18 stands a single ="),
        ("maxi > 10", "Did you mean 'max'"),
        ("zzzzz", "It knows: abs"),
        ("__import__('os')", "has no place"),
        ("value.tofile('x')", "has no place"),
        ("().__class__", "has no place"),
        ("max.__globals__", "has no place"),
        ("[x for x in v]", "has no place|knows no"),
        ("lambda: 1", "has no place"),
        ("max(v, axis=0)", "has no place"),
        ("value @ value", "has no place"),
        ("v is None", "has no place"),
        ("f'{v}'", "has no place"),
        ("1j", "has no place"),
        ("b'x'", "has no place"),
        ("(y := 3)", "has no place|knows no"),
        ("max" * 300, "500 characters at most"),
        ("(" * 200 + "v", "no condition|has no place"),
    ],
)
def test_what_is_no_condition_is_refused_before_it_runs(text: str, words: str) -> None:
    with pytest.raises(InvalidArgumentError, match=words):
        Condition(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("v + (1, 2, 3) > 0", "cannot be said of a tensor of shape"),
        ("v[5] > 0", r"'v\[5\]' asks for place 5, and there are 2. They count from 0: the last one is 1"),
        ("shape[-3] > 0", "asks for place -3, and there are 2"),
        ("v[0, 0, 0] > 0", "picks from a single number"),
        ("max[0] > 0", "picks from a single number"),
        ("v[1.5] > 0", "1.5 is no place"),
        ("v['x'] > 0", "x is no place"),
        ("v[v] > 0", "is no place"),
        ("v[inf] > 0", "inf is no place"),
        ("1 < 'a'", "has no place"),
        ("'a' + 1 > 0", "has no place"),
        ("'a' * 9 == 'b'", "has no place"),
        ("max(v, 1, 2, 3, 4, 5, 6, 7, 8)", "arguments"),
    ],
)
def test_what_cannot_be_said_is_told(text: str, words: str) -> None:
    with pytest.raises(InvalidArgumentError, match=words):
        Condition(text).holds(MOMENT)


def test_without_a_gradient_it_is_told_so() -> None:
    with pytest.raises(InvalidArgumentError, match="no gradient here"):
        Condition("max(g) > 1").holds(Moment(ROWS))


WORDS = st.sampled_from(
    [
        *FUNCTIONS,
        *NAMES,
        "(",
        ")",
        "[",
        "]",
        ",",
        ".",
        "<",
        ">",
        "==",
        "+",
        "-",
        "*",
        "**",
        "/",
        "and",
        "or",
        "not",
        "1",
        "2.5",
    ]
)


@given(st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=40))
def test_anything_typed_holds_or_is_refused_in_words(text: str) -> None:
    try:
        holds = Condition(text).holds(MOMENT)
    except EngineError:
        return
    assert isinstance(holds, bool)


@pytest.mark.parametrize(
    "text", ["exp(value, value) > 0", "abs(g, g)", "sqrt(v, v)", "mean()", "max(v, 0)", "norm(v, v)"]
)
def test_a_function_takes_what_it_takes_and_writes_nowhere(text: str) -> None:
    with pytest.raises(InvalidArgumentError, match="arguments"):
        Condition(text)


@pytest.mark.parametrize("text", ["max > 10,5", "(1, 2)", "[max]", "max > 10,5 and isnan", "isnan or (1, 2)"])
def test_a_list_is_no_condition(text: str) -> None:
    with pytest.raises(InvalidArgumentError, match="is a list"):
        Condition(text)


def test_a_list_has_its_places() -> None:
    moment = Moment(np.zeros((2, 3)))
    assert Condition("shape == (2, 3)").holds(moment)
    assert not Condition("v[1, 2] > 0").holds(moment)
    assert Condition("quantile(v, 0.5) == 0").holds(moment)


@pytest.mark.parametrize("log", ["up to {max", "max}", "{mean} of {{max}", "{"])
def test_a_brace_of_a_log_text_that_has_no_other_is_refused(log: str) -> None:
    found = Watchpoints([Breakpoint(1, "node", log=log)])
    assert "mean {mean}" in str(found.errors[1])


@pytest.mark.parametrize(
    ("log", "words"),
    [("mean {mean:.2f}", "a format, ':.2f'"), ("{max!r}", "a format, '!r'"), ("{ }", "nothing between two braces")],
)
def test_a_log_text_says_what_it_does_not_take(log: str, words: str) -> None:
    found = Watchpoints([Breakpoint(1, "node", log=log), Breakpoint(2, "node", log="{max != 3}")])
    assert words in str(found.errors[1])
    assert 2 not in found.errors
