"""The first step of a network of 50 layers in a new process, from the start of Python on."""

from __future__ import annotations

import sys

import first_step
from bench_common import Measures, cold_and_warm, in_new_process

TARGETS = [("cold", None, "most", 8.0)]
HIDDEN = 49


def engine() -> Measures:
    return cold_and_warm(__file__, "engine")


def keras() -> Measures:
    return {"cold": lambda: in_new_process(__file__, "keras")["seconds"]}


def torch() -> Measures:
    return {"cold": lambda: in_new_process(__file__, "torch")["seconds"]}


if __name__ == "__main__":
    first_step.run(sys.argv[1], HIDDEN)
