"""From Python to machine code: helpers are compiled once, and never one for another."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from engine.compile import machine
from engine.compile.native import helper
from engine.compile.score import Score

TEXT = """
from engine.compile.native import helper, native

@helper(nogil=True)
def factor():
    return {factor}

@helper(nogil=True)
def scaled(x):
    return x * factor()

def kernel(x, out):
    out[0] = scaled(x[0])

kernel = native({{"x": "float64[::1]", "out": "float64[::1]"}}, nogil=True)(kernel)
"""


def module(name: str, text: str) -> dict[str, Any]:
    """Run a kernel's module."""
    made = ModuleType(f"trenza_kernels.k_{name}")
    exec(text, made.__dict__)
    return made.__dict__


def test_helpers_of_equal_text_that_call_others_are_two() -> None:
    for number, factor in enumerate((2.0, 200.0, 2.0)):
        score = Score([machine.load(module(f"native{number}", TEXT.format(factor=factor))["kernel"])], [1])
        out = np.zeros(1)
        score.write(0, [np.ones(1), out], {})
        score.play(0, 1)
        assert out[0] == factor


def test_equal_helpers_are_one() -> None:
    one, other = (module(f"same{i}", TEXT.format(factor=3.0)) for i in range(2))
    assert one["scaled"] is other["scaled"]
    assert one["scaled"] is not module("same2", TEXT.format(factor=4.0))["scaled"]


def test_options_tell_helpers_apart() -> None:
    def half(x):
        return x / 2

    assert helper(nogil=True)(half) is helper(nogil=True)(half)
    assert helper(nogil=True)(half) is not helper(nogil=True, boundscheck=True)(half)
