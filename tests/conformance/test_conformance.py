"""The engine against figures that TensorFlow and Keras computed (see `generate.py`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cases import CASES

import engine as tf

FIGURES: dict[str, Any] = json.loads(Path(__file__).with_name("figures.json").read_text(encoding="utf-8"))

#: Relative tolerance for one op in float32, and for what many steps of training accumulate.
CLOSE, TRAINED = 2e-6, 2e-5
LOOSER = {"training": TRAINED, "several_outputs": TRAINED, "optimizers": CLOSE}


def test_the_figures_are_of_these_cases() -> None:
    assert set(FIGURES) == {"versions", *CASES}


@pytest.mark.parametrize("name", CASES)
def test_the_same_program_gives_the_same_figures(name: str) -> None:
    found, expected = CASES[name](tf), FIGURES[name]
    assert list(found) == list(expected)
    tolerance = LOOSER.get(name, CLOSE)
    for key, figure in expected.items():
        array, wanted = np.asarray(found[key]), np.array(figure["values"], figure["dtype"]).reshape(figure["shape"])
        assert (array.dtype, array.shape) == (wanted.dtype, wanted.shape), key
        np.testing.assert_allclose(array, wanted, rtol=tolerance, atol=tolerance, err_msg=key)
