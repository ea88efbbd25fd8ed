"""Layers against figures that Keras computed (see `generate.py`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from layer_cases import LAYER_CASES

import engine as tf

FIGURES: dict[str, Any] = json.loads(Path(__file__).with_name("layer_figures.json").read_text(encoding="utf-8"))

#: Sums of some hundred products in float32, relative to the largest element.
CLOSE = 1e-5


def test_the_figures_are_of_these_layers() -> None:
    assert set(FIGURES) == {"versions", *LAYER_CASES}


@pytest.mark.parametrize("name", LAYER_CASES)
def test_a_layer_gives_keras_figures(name: str) -> None:
    found, expected = LAYER_CASES[name](tf), FIGURES[name]
    assert list(found) == list(expected)
    for key, figure in expected.items():
        array, wanted = np.asarray(found[key]), np.array(figure["values"], figure["dtype"]).reshape(figure["shape"])
        assert (array.dtype, array.shape) == (wanted.dtype, wanted.shape), key
        np.testing.assert_allclose(array, wanted, rtol=CLOSE, atol=CLOSE * np.abs(wanted).max(initial=1), err_msg=key)
