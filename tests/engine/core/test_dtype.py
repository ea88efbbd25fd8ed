"""Dtypes: one object each, equal to their names and to NumPy's types."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import engine as tf
from engine.core.dtype import DTYPES, as_dtype
from engine.core.errors import InvalidArgumentError


@pytest.mark.parametrize("name", DTYPES)
def test_a_dtype_is_one_object_under_many_names(name: str) -> None:
    dtype, kind = DTYPES[name], np.dtype(name)
    for same in (name, kind, kind.type, dtype, np.zeros(1, name).dtype):
        assert as_dtype(same) is dtype
        assert dtype == same
    assert pickle.loads(pickle.dumps(dtype)) is dtype
    assert (repr(dtype), str(dtype), dtype.size) == (f"tf.{name}", name, kind.itemsize)
    assert hash(dtype) == hash(as_dtype(name))


@pytest.mark.parametrize("name", DTYPES)
def test_a_dtype_knows_its_kind_and_its_limits(name: str) -> None:
    dtype, kind = DTYPES[name], np.dtype(name).kind
    assert [dtype.is_floating, dtype.is_integer, dtype.is_bool] == [kind == "f", kind in "iu", kind == "b"]
    assert dtype.is_numeric is not dtype.is_bool
    for limit in (dtype.min, dtype.max):
        assert np.asarray(limit, name) == limit
    assert dtype.min < dtype.max


@pytest.mark.parametrize(("given", "wanted"), [(float, tf.float32), (int, tf.int32), (bool, tf.bool)])
def test_pythons_types_are_those_of_32_bits(given: Any, wanted: Any) -> None:
    assert as_dtype(given) is wanted


@pytest.mark.parametrize("value", [None, "float31", object, str, complex, "U3", 3, [("a", "i4")], object()])
def test_what_is_no_dtype_is_refused(value: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="is no dtype of a tensor"):
        as_dtype(value)


def test_a_dtype_differs_from_other_things() -> None:
    assert tf.float32 != "float64"
    assert tf.float32 != tf.float64
    assert tf.float32 != None  # noqa: E711
    assert tf.float32 != object()
