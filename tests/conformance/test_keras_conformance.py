"""The engine against figures that Keras itself computed (see `generate.py`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from keras_cases import KERAS_CASES

import engine as tf

FIGURES: dict[str, Any] = json.loads(Path(__file__).with_name("keras_figures.json").read_text(encoding="utf-8"))


def test_the_figures_are_of_these_cases() -> None:
    assert set(FIGURES) == {"versions", *KERAS_CASES}


@pytest.mark.parametrize("name", KERAS_CASES)
def test_the_same_program_gives_the_same_figures_as_keras(name: str) -> None:
    found, expected = KERAS_CASES[name](tf), FIGURES[name]
    assert list(found) == list(expected)
    for key, figure in expected.items():
        array, wanted = np.asarray(found[key]), np.array(figure["values"]).reshape(figure["shape"])
        assert array.shape == wanted.shape, key
        np.testing.assert_allclose(array, wanted, rtol=2e-5, atol=2e-6, err_msg=key)
