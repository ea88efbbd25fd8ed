"""Python's statements on tensors give the figures of TensorFlow, and their gradients are finite differences."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flow_cases
import numpy as np
import pytest
from flow_cases import FLOW_CASES

import engine as tf

FIGURES: dict[str, Any] = json.loads(Path(__file__).with_name("flow_figures.json").read_text(encoding="utf-8"))

#: Relative tolerance in float64; half the distance of the points of a central difference, and what its quotient allows.
CLOSE, STEP, SLOPE = 1e-12, 1e-6, 2e-8


def test_the_figures_are_of_these_cases() -> None:
    assert set(FIGURES) == {"versions", *FLOW_CASES}


@pytest.mark.parametrize("name", FLOW_CASES)
def test_the_same_program_gives_the_same_figures(name: str) -> None:
    found, expected = FLOW_CASES[name](tf), FIGURES[name]
    assert list(found) == list(expected)
    for key, figure in expected.items():
        array, wanted = np.asarray(found[key]), np.array(figure["values"], figure["dtype"]).reshape(figure["shape"])
        assert (array.dtype, array.shape) == (wanted.dtype, wanted.shape), key
        np.testing.assert_allclose(array, wanted, rtol=CLOSE, atol=CLOSE, err_msg=key)


@pytest.mark.parametrize("name", FLOW_CASES)
def test_slopes_are_finite_differences(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the same program run op by op, by Python itself."""

    def compare(_: Any, program: Callable[..., Any], *arguments: tuple[Any, ...], **_options: Any) -> dict[str, Any]:
        for number, arrays in enumerate(arguments):
            *others, x = arrays
            if x.dtype.kind != "f":
                continue
            slope = np.zeros(x.shape)
            for place in np.ndindex(x.shape):
                ends = []
                for sign in (1, -1):
                    moved = np.array(x)
                    moved[place] += sign * STEP
                    y = flow_cases.first_of(program(*map(tf.constant, others), tf.constant(moved)))
                    ends.append(float(tf.reduce_sum(y)))
                slope[place] = (ends[0] - ends[1]) / (2 * STEP)
            for way in ("slope", "slope inside"):
                np.testing.assert_allclose(found[f"{number} {way}"], slope, rtol=SLOPE, atol=SLOPE, err_msg=way)
        return {}

    found = FLOW_CASES[name](tf)
    monkeypatch.setattr(flow_cases, "runs", compare)
    FLOW_CASES[name](tf)
