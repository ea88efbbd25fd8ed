"""Points in the plane, made on the spot: what a small network can be watched with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.core.dtype import Array
from engine.core.param import Param
from engine.core.spec import TensorSpec
from engine.data.dataset import Dataset, Examples, register

_SAMPLES = Param("int", 1000, "Number of points.", min=2, max=1_000_000, unit="samples")
_NOISE = Param("float", 0.1, "Standard deviation of what is added to each coordinate.", min=0)
_SEED = Param("int", 0, "Seed of the random numbers.", min=0)

Points = tuple[Array, Array]
Random = np.random.Generator


def _plane(
    name: str,
    title: str,
    summary: str,
    make: Callable[..., Points],
    noise: float = 0.1,
    params: dict[str, Param] | None = None,
    classes: int | str = 2,
) -> Dataset:
    def load(samples: int, noise: float, seed: int, **others: Any) -> Examples:
        source = np.random.Generator(np.random.Philox(seed))
        x, y = make(source, samples, **others)
        x = x + noise * source.standard_normal(x.shape)
        order = source.permutation(samples)
        return Examples((x[order].astype(np.float32), y[order].astype(np.int32)))

    return register(
        name=name,
        title=title,
        summary=summary,
        x=TensorSpec((None, 2)),
        y=TensorSpec((None,), "int32"),
        load=load,
        params={
            "samples": _SAMPLES,
            "noise": Param("float", noise, _NOISE.help, min=0),
            "seed": _SEED,
            **(params or {}),
        },
        keywords=("points", "plane", "classification", "toy"),
        classes=classes,
    )


def _classes(samples: int, count: int) -> Array:
    """Return class numbers, as equally often as possible."""
    return np.arange(samples) % count


def _moons(source: Random, samples: int) -> Points:
    y = _classes(samples, 2)
    angle = source.uniform(0, np.pi, samples)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    return np.where(y[:, None] == 0, upper, lower), y


def _circles(source: Random, samples: int) -> Points:
    y = _classes(samples, 2)
    angle = source.uniform(0, 2 * np.pi, samples)
    radius = np.where(y == 0, 1.0, 0.5)
    return radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1), y


def _blobs(source: Random, samples: int, centers: int) -> Points:
    y = _classes(samples, centers)
    angle = 2 * np.pi * y / centers
    return 3 * np.stack([np.cos(angle), np.sin(angle)], axis=1), y


def _spiral(source: Random, samples: int, arms: int, turns: float) -> Points:
    y = _classes(samples, arms)
    share = np.sqrt(source.uniform(0, 1, samples))
    angle = 2 * np.pi * (turns * share + y / arms)
    return 3 * share[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1), y


def _xor(source: Random, samples: int) -> Points:
    x = source.uniform(-1, 1, (samples, 2))
    return x, ((x[:, 0] > 0) ^ (x[:, 1] > 0)).astype(int)


MOONS = _plane("moons", "Moons", "Two half moons that reach into each other.", _moons)
CIRCLES = _plane("circles", "Circles", "A circle inside another.", _circles, noise=0.05)
BLOBS = _plane(
    "blobs",
    "Blobs",
    "Clouds of points around centres on a circle.",
    _blobs,
    noise=0.6,
    params={"centers": Param("int", 3, "Number of clouds.", min=1, max=100)},
    classes="centers",
)
SPIRAL = _plane(
    "spiral",
    "Spiral",
    "Arms that wind around each other.",
    _spiral,
    noise=0.05,
    params={
        "arms": Param("int", 2, "Number of arms.", min=1, max=20),
        "turns": Param("float", 1.5, "How often an arm goes around.", min=0, max=10),
    },
    classes="arms",
)
XOR = _plane("xor", "XOR", "A class for the quadrants where both signs agree, another for the others.", _xor, noise=0.0)
