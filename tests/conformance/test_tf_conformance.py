"""The functions beyond those that networks are made of, against figures that TensorFlow computed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tf_cases import TF_CASES

import engine as tf

FIGURES: dict[str, Any] = json.loads(Path(__file__).with_name("tf_figures.json").read_text(encoding="utf-8"))

#: Relative tolerance in float32, and for what is factored, of which TensorFlow's own error is of this size.
CLOSE, FACTORED = 4e-6, 1e-4


def test_the_figures_are_of_these_cases() -> None:
    assert set(FIGURES) == {"versions", *TF_CASES}


@pytest.mark.parametrize("name", TF_CASES)
def test_the_same_program_gives_the_same_figures(name: str) -> None:
    found, expected = TF_CASES[name](tf), FIGURES[name]
    assert list(found) == list(expected)
    tolerance = FACTORED if name == "factors" else CLOSE
    for key, figure in expected.items():
        array, wanted = np.asarray(found[key]), np.array(figure["values"], figure["dtype"]).reshape(figure["shape"])
        assert (array.dtype, array.shape) == (wanted.dtype, wanted.shape), key
        np.testing.assert_allclose(array, wanted, rtol=tolerance, atol=tolerance, err_msg=key)
