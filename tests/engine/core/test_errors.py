"""Errors: a text made of a template and facts, which survives translation and the way between processes."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import engine as tf
from engine.core import errors
from engine.core.dtype import float32
from engine.core.errors import EngineError, InvalidArgumentError
from engine.core.registry import Registry
from engine.core.shape import TensorShape

KINDS = [k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, EngineError)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.__name__)
def test_an_error_travels_with_its_facts(kind: type[EngineError]) -> None:
    facts: dict[str, Any] = {"op": "add", "node": "n1", "shape": TensorShape([2, None]), "dtype": float32}
    error = kind("{shape} of {dtype}.", hint="See {op}.", **facts)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == str(error) == "add: (2, None) of float32. See add."
    assert (again.op, again.node, again.where) == ("add", "n1", error.where)
    assert again.render(lambda text: text.replace("of", "de")) == "add: (2, None) de float32. See add."


def test_a_translation_gets_the_templates() -> None:
    spanish = {"{n} is wrong.": "{n} está mal.", "Use {good}.": "Use {good}, por favor."}
    error = InvalidArgumentError("{n} is wrong.", hint="Use {good}.", n=3, good=4)
    assert error.render(lambda text: spanish[text]) == "3 está mal. Use 4, por favor."


def test_braces_in_facts_are_harmless() -> None:
    assert str(EngineError("{value} is odd.", value="{not} a {template}")) == "{not} a {template} is odd."


def test_an_error_knows_the_line_outside_of_the_engine() -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        tf.constant([1.0]) + tf.constant([1])
    file, _, line = caught.value.where.rpartition(":")
    assert file == __file__
    assert int(line) > 0


@pytest.mark.parametrize(
    ("kind", "python"),
    [
        ("InvalidArgumentError", ValueError),
        ("UnsupportedError", TypeError),
        ("NotFoundError", LookupError),
        ("DataLossError", ValueError),
        ("UnavailableError", OSError),
        ("FailedPreconditionError", RuntimeError),
    ],
)
def test_errors_are_pythons_too(kind: str, python: type[Exception]) -> None:
    assert issubclass(getattr(tf.errors, kind), python)


def test_a_registry_suggests_what_was_meant() -> None:
    table: Registry[int] = Registry("fruit")
    table.add("apple", 1)
    with pytest.raises(tf.errors.NotFoundError, match=r"no fruit called 'aple'\. Did you mean 'apple'"):
        table["aple"]
    with pytest.raises(tf.errors.NotFoundError, match=r"no fruit called 'zzz'\. There are: apple"):
        table["zzz"]
    with pytest.raises(ValueError, match="two fruit records called 'apple'"):
        table.add("apple", 2)
    assert list(table.items()) == [("apple", 1)]
