"""Every kind of parameter: what it accepts it keeps, what it refuses it explains, and text goes there and back."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import engine as tf
from engine.core.errors import InvalidArgumentError
from engine.core.kinds import KINDS
from engine.core.param import Param, bind

#: For each kind values with what they become.
ACCEPTED: dict[str, list[tuple[Param, Any, Any]]] = {
    "int": [
        (Param("int"), 3, 3),
        (Param("int"), 3.0, 3),
        (Param("int"), np.int64(3), 3),
        (Param("int"), tf.constant(3), 3),
        (Param("int", min=1, max=3), 1, 1),
        (Param("int", above=0, below=4), 3, 3),
    ],
    "float": [
        (Param("float"), 2, 2.0),
        (Param("float"), np.float32(0.5), 0.5),
        (Param("float"), float("inf"), float("inf")),
        (Param("float", min=0, below=1), 0, 0.0),
        (Param("float", min=0, below=float("inf")), 1e300, 1e300),
    ],
    "bool": [(Param("bool"), True, True), (Param("bool"), np.bool_(False), False)],
    "text": [(Param("text"), "a b", "a b")],
    "choice": [(Param("choice", choices=("a", "b")), "b", "b")],
    "ints": [
        (Param("ints"), [1, 2], (1, 2)),
        (Param("ints"), 3, (3,)),
        (Param("ints"), np.array([1, 2]), (1, 2)),
        (Param("ints"), tf.constant([4, 5]), (4, 5)),
        (Param("ints"), (), ()),
    ],
    "axes": [(Param("axes"), -1, -1), (Param("axes"), [0, -1], (0, -1))],
    "dtype": [(Param("dtype"), "float64", tf.float64), (Param("dtype"), np.int32, tf.int32)],
    "value": [(Param("value"), [[1, 2]], [[1, 2]]), (Param("value"), 0.5, 0.5)],
    "any": [(Param("any"), "x", "x")],
}

CASES = [(kind, p, value, kept) for kind, cases in ACCEPTED.items() for p, value, kept in cases]


def test_every_kind_has_cases() -> None:
    assert set(ACCEPTED) == set(KINDS)


@pytest.mark.parametrize(("kind", "param", "value", "kept"), CASES)
def test_what_is_accepted_is_kept_in_one_form(kind: str, param: Param, value: Any, kept: Any) -> None:
    found = param.validate(value, "p")
    assert found == kept
    assert type(found) is type(kept)


@pytest.mark.parametrize(("kind", "param", "value", "kept"), CASES)
def test_text_goes_there_and_back(kind: str, param: Param, value: Any, kept: Any) -> None:
    assert param.validate(param.parse(param.show(kept)), "p") == kept


@pytest.mark.parametrize(("kind", "param", "value", "kept"), CASES)
def test_json_goes_there_and_back(kind: str, param: Param, value: Any, kept: Any) -> None:
    assert param.validate(json.loads(json.dumps(param.to_json(kept))), "p") == kept


BAD = [(p, v) for cases in ACCEPTED.values() for p, *_ in cases for v in p.bad_values()]


@pytest.mark.parametrize(("param", "value"), BAD)
def test_bad_values_are_refused_with_owner_name_value_and_what_is_expected(param: Param, value: Any) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        param.validate(value, "p", "Owner")
    text = str(caught.value)
    assert text.startswith("Owner: p is ")
    assert param.expected in text


@pytest.mark.parametrize(
    ("param", "value"),
    [
        (Param("int", min=1), 0),
        (Param("int", max=3), 4),
        (Param("float", above=0), 0.0),
        (Param("float", below=1), 1.0),
        (Param("float", below=float("inf")), float("inf")),
        (Param("int"), float("inf")),
        (Param("int"), "3"),
        (Param("int"), tf.constant([1, 2])),
        (Param("int"), tf.constant(1.0)),
        (Param("float"), "0.5"),
        (Param("float"), [1.0]),
        (Param("ints", min=0), [1, -1]),
        (Param("ints"), [None, 2]),
        (Param("ints"), "12"),
        (Param("ints"), [True]),
        (Param("axes"), True),
        (Param("dtype", choices=("float32",)), "int32"),
        (Param("dtype"), None),
        (Param("value"), 1j),
        (Param("choice", choices=("a",), objects=True), object()),
    ],
)
def test_what_is_out_of_bounds_is_refused(param: Param, value: Any) -> None:
    with pytest.raises(InvalidArgumentError):
        param.validate(value, "p")


@pytest.mark.parametrize("kind", KINDS)
def test_optional_means_that_none_is_a_value(kind: str) -> None:
    param = Param(kind, None, optional=True, choices=("a",) if kind == "choice" else ())
    assert param.validate(None, "p") is None
    assert param.parse("none") is None
    assert param.parse("") is None
    assert param.show(None) == "none"
    assert None not in list(param.bad_values())


@pytest.mark.parametrize(
    "param",
    [Param("int", min=3), Param("float", above=2), Param("int", max=-5), Param("choice", choices=("z", "y"))]
    + [Param(kind, choices=("a",) if kind == "choice" else ()) for kind in KINDS if kind != "any"],
    ids=repr,
)
def test_the_example_is_accepted_as_it_is(param: Param) -> None:
    kept = param.validate(param.example, "p")
    assert kept == param.example
    assert type(kept) is type(param.example)


def test_objects_are_taken_beside_names_and_saved_by_name_or_configuration() -> None:
    param = Param("choice", choices=("relu",), objects=True)
    initializer = tf.keras.initializers.Constant(2.0)
    assert param.validate(tf.nn.relu, "p") is tf.nn.relu
    assert param.to_json(tf.nn.relu) == "relu"
    assert param.to_json(initializer) == {"class_name": "Constant", "config": {"value": 2.0}}


def test_bind_fills_in_defaults_and_names_what_is_wrong() -> None:
    params = {"a": Param("int"), "b": Param("float", 0.5)}
    assert bind(params, {"a": 1}, "Owner") == {"a": 1, "b": 0.5}
    with pytest.raises(InvalidArgumentError, match="Owner: a is missing"):
        bind(params, {}, "Owner")
    with pytest.raises(InvalidArgumentError, match=r"Owner has no parameter 'c'\. It has: a, b\."):
        bind(params, {"a": 1, "c": 2}, "Owner")
